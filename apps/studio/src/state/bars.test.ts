import type { Pair } from "@kuishi/practice";
import { expect, test } from "vitest";
import { barsOf } from "./bars.ts";

const pair = (masterOnset: number | null, verdict: Pair["verdict"]): Pair => ({
  master: masterOnset === null ? null : `n${masterOnset}`,
  take: null,
  masterOnset,
  takeOnset: null,
  verdict,
  offsetMs: null,
  centsOff: null,
  accentDb: null,
  direction: null,
});

test("bars are counted by what could be told; what was played besides, and pickups, have their places", () => {
  const pairs = [pair(0.2, "right"), pair(0.99, "late"), pair(1.5, "right"), pair(1.8, "unsure"), pair(null, "extra"), pair(3.2, "missed"), pair(3.4, "right")];
  expect(barsOf(pairs, [1, 2, 3])).toEqual([
    { bar: 0, told: 1, right: 1 },
    { bar: 1, told: 2, right: 1 },
    { bar: 3, told: 2, right: 1 },
  ]);
});
