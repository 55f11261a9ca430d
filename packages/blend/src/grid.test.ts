import { heardFromText } from "@kuishi/score";
import { expect, test } from "vitest";
import { makeGrid } from "./grid.ts";

const PULSE = 0.25;

test.each([
  ["3+2/8", 5],
  ["2+3/8", 5],
  ["2+2+3/8", 7],
  ["3/8", 3],
  ["2+2/8", 4],
])("the pulses of the last bar stand where the player's would, in %s", (meter, pulses) => {
  const bar = Array.from({ length: pulses }, (_, p) => `d${p}`).join(" ");
  const heard = heardFromText(`${meter} pulse=${PULSE} tonic=5500 | ${bar} | ${bar} | ${bar}`);
  // silence behind the tune must not stretch it
  const { bars } = makeGrid({ ...heard, durationSec: heard.durationSec + 3 }, 1);
  const last = bars.at(-1)!;
  expect(bars.length).toBe(3);
  const times = last.groups.flatMap((group) => group.pulses);
  expect(times.length).toBe(pulses);
  times.forEach((at, k) => expect(at - last.from).toBeCloseTo(k * PULSE, 3));
  expect(last.to - last.from).toBeCloseTo(pulses * PULSE, 3);
});
