import type { Beat } from "@kuishi/flow";
import { expect, test } from "vitest";
import { nextBar, passageAt } from "./passage.ts";

/** Bars of five, seven and five groups of 4,800 frames. */
const beats: Beat[] = [5, 7, 5].flatMap((groups, bar) =>
  Array.from({ length: groups }, (_, k) => ({ at: [0, 24_000, 57_600][bar]! + 4800 * k, rank: k === 0 ? ("bar" as const) : ("group" as const), bar: bar + 1 })),
);

test("a passage is whole bars from the one that is played, however long each is", () => {
  expect(passageAt(beats, 30_000, 1, 90_000)).toEqual({ from: 24_000, to: 57_600 });
  expect(passageAt(beats, 0, 2, 90_000)).toEqual({ from: 0, to: 57_600 });
  expect(passageAt(beats, 60_000, 4, 90_000)).toEqual({ from: 57_600, to: 90_000 });
});
test("before the first bar, and where there are none, it begins where one is", () => {
  expect(passageAt(beats, -9600, 4, 90_000).from).toBe(-9600);
  expect(passageAt([], 1000, 4, 2_000_000)).toEqual({ from: 1000, to: 289_000 });
  expect(passageAt([], 1000, 4, 5000).to).toBe(5000);
});
test("the next bar", () => {
  expect(nextBar(beats, 24_000)).toBe(57_600);
  expect(nextBar(beats, 60_000)).toBeUndefined();
  expect(nextBar([], 0)).toBeUndefined();
});
