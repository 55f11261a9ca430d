import { metronomeUntil, plainMetronome, readBars } from "@kuishi/practice";
import { expect, test } from "vitest";
import { clicksPlan, dronePlan } from "./metronome.ts";

test("clicks lie on the frames of their times, however long it has gone on; what is left out makes no sound", () => {
  const settings = { ...plainMetronome, bars: readBars("3+2+2 2+3"), tempo: 217, sounding: 1, silent: 1 };
  const bars = metronomeUntil(settings, 3600);
  const { events } = clicksPlan(bars, 3600 * 48_000).strips[0]!;
  // bars of seven sound, those of five are silent
  expect(new Set(events.map(({ voice }) => voice))).toEqual(new Set(["rim"]));
  const pulse = (60 / 217) * 48_000;
  events.forEach(({ frame }, k) => {
    const at = (Math.floor(k / 7) * 12 + (k % 7)) * pulse;
    expect(Math.abs(frame - at)).toBeLessThanOrEqual(0.500001);
  });
  expect(events.length).toBeGreaterThan(7000);
  expect(events.slice(0, 8).map(({ velocity }) => velocity)).toEqual([1, 0.4, 0.4, 0.75, 0.4, 0.75, 0.4, 1]);
});
test("a drone's strings: the fifth that was asked for, the tonic on two strings a hair apart, its octave below", () => {
  const { strips } = dronePlan({ tonic: 5500, first: 702, cycle: 4, gainDb: -6 }, 48_000 * 4);
  expect(strips[0]!.events.map(({ cents }) => cents)).toEqual([5002, 5500, 5502, 4300]);
});
