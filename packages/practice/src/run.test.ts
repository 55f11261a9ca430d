import { expect, test } from "vitest";
import type { Pair, Practice } from "./contract.ts";
import { passagePlayed, runOf } from "./run.ts";

const pair = (verdict: Pair["verdict"], master: string | null = "n"): Pair => ({
  master,
  take: "t",
  masterOnset: 0,
  takeOnset: 0,
  verdict,
  offsetMs: null,
  centsOff: null,
  accentDb: null,
  direction: null,
});
const practice = (some: Partial<Practice>): Practice => ({
  kuishi: "practice/1",
  instrument: "dombra",
  masterSec: 60,
  takeSec: 40,
  pairs: [],
  passages: [],
  spread: { steadyMs: 0, noiseMs: 0 },
  three: [],
  score: null,
  warnings: [],
  ...some,
});

test("what could not be told, and what was played besides, counts neither as right nor as wrong", () => {
  const pairs = [pair("right"), pair("right"), pair("late"), pair("missed"), pair("unsure"), pair("extra", null)];
  const passages = [
    { takeFromSec: 0, takeToSec: 10, masterFromSec: 20, masterToSec: 28 },
    { takeFromSec: 12, takeToSec: 22, masterFromSec: 20, masterToSec: 28 },
  ];
  expect(runOf(practice({ pairs, passages }))).toEqual({ told: 4, right: 2, tempo: 0.8, masterFromSec: 20, masterToSec: 28 });
});
test("another tune is no run", () => expect(runOf(practice({ pairs: [pair("missed")] }))).toBeNull());
test("the passage that was played is the one that covers it best", () => {
  const passages = [
    { name: "first", from: 0, to: 10 },
    { name: "long", from: 0, to: 30 },
    { name: "second", from: 10, to: 20 },
  ];
  expect(passagePlayed(passages, { from: 9, to: 21 })?.name).toBe("second");
  expect(passagePlayed(passages, { from: 1, to: 28 })?.name).toBe("long");
  expect(passagePlayed(passages, { from: 40, to: 60 })).toBeUndefined();
  expect(passagePlayed([], { from: 0, to: 1 })).toBeUndefined();
});
