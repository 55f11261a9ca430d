import { seeded } from "@kuishi/base";
import { heardFromText } from "@kuishi/score";
import { describe, expect, test } from "vitest";
import type { MeasuredStroke } from "./notes.ts";
import { candidateOf, strokesFromText } from "./testing.ts";
import { findTime, tempoOf, timeOfPulses } from "./time.ts";
import { withDirections } from "./transcribe.ts";

const times = (bar: string, count: number): string => Array.from({ length: count }, () => bar).join(" | ");

describe("pulse, beats and bars of strokes", () => {
  test("bars of five begin where they are struck hardest, whatever is struck", () => {
    // every place of the neck comes on every pulse: its own loudness says nothing
    const text = `2+3/8 pulse=0.22 | ${times("d0 d2 d4 d2 d5 | d5 d0 d2 d4 d2 | d2 d5 d0 d2 d4 | d4 d2 d5 d0 d2", 4)}`;
    const random = seeded(1);
    const strokes = strokesFromText(text, () => 0.006 * random.gauss()).map((stroke, i) => ({ ...stroke, strength: [1, 0.5, 0.75, 0.5, 0.5][i % 5]! }));
    const { bars, free, confidence } = findTime(strokes, 19);
    expect(free).toBe(false);
    expect(confidence).toBeGreaterThan(0.4);
    const right = heardFromText(text).downbeats.filter((at) => bars.some((bar) => Math.abs(bar.at - at) < 0.05 && bar.groups.join() === "2,3"));
    expect(right.length).toBeGreaterThan(13);
  });
  test("blows on the board do not move the bars", () => {
    const strokes = strokesFromText(`2+2/8 pulse=0.25 | ${times("d0+u0 d2 d4 d2", 12)}`);
    const blows = [1.33, 3.71, 6.08].map((at): MeasuredStroke => ({ ...strokes[0]!, candidate: candidateOf(at, []), at, pitches: [], tap: true }));
    const mixed = [...strokes, ...blows].sort((a, b) => a.at - b.at);
    expect(findTime(mixed, 13).bars).toEqual(findTime(strokes, 13).bars);
  });
  test("a bar the listener gave stands", () => {
    const strokes = strokesFromText(`2+2/8 pulse=0.25 | ${times("d0+u0 d2 d4 d2", 12)}`);
    const known = [{ at: strokes[18]!.at, groups: [3, 3] }];
    const { bars } = findTime(strokes, 13, known);
    expect(bars.find((bar) => Math.abs(bar.at - known[0]!.at) < 0.03)?.groups).toEqual([3, 3]);
  });
  test("few strokes go by their beats, and nothing at all is free", () => {
    expect(findTime(strokesFromText("2+2/8 | d0 d2 d4 d2"), 2).perPulse).toBe(2);
    expect(findTime([], 2).free).toBe(true);
  });
  test("strokes at random times keep to no grid: their beats are unsure", () => {
    const random = seeded(5);
    let at = 0;
    const strokes = strokesFromText(`2+2/8 | ${times("d0 d2 d4 d2", 20)}`).map((stroke) => ({ ...stroke, at: (at += 0.15 + random.next() * 0.9) }));
    const sure = (list: readonly { confidence: number }[]): number => list.reduce((sum, beat) => sum + beat.confidence, 0) / Math.max(1, list.length);
    expect(sure(findTime(strokes, at + 1).beats)).toBeLessThan(0.5);
  });
});

describe("time of anything that begins", () => {
  test("beats in three give bars of threes", () => {
    const pulses = Array.from({ length: 60 }, (_, i) => ({
      at: 0.3 + i * 0.2,
      weight: i % 3 === 0 ? 1 : 0.4,
      mark: i % 6 === 0 ? 1 : i % 3 === 0 ? 0.5 : 0.1,
    }));
    const { bars } = timeOfPulses(pulses, 13);
    expect(bars.slice(1, -1).every(({ groups }) => groups.every((group) => group === 3))).toBe(true);
  });
  test("tempo from the median gap, none of two beats", () => {
    expect(tempoOf([{ at: 0 }, { at: 0.5 }, { at: 1 }, { at: 2 }])).toBe(120);
    expect(tempoOf([{ at: 0 }, { at: 0.5 }])).toBeNull();
  });
});

describe("the way of the hand where a stroke says nothing of itself", () => {
  const strokes = heardFromText(`2+2/8 | ${times("d0 d2 d4 d2", 8)}`).strokes;
  const slots = strokes.map((_, i) => i);
  test("what the others show: even slots down, odd ones up, never sure", () => {
    const hidden = strokes.map((stroke, i) => (i % 5 === 0 ? { ...stroke, direction: null } : stroke));
    const told = withDirections(hidden, slots, 1);
    expect(told.map(({ direction }) => direction)).toEqual(strokes.map(({ direction }) => direction));
    expect(told[5]!.confidence).toBeLessThan(strokes[5]!.confidence);
  });
  test("where they agree on nothing it stays untold", () => {
    const random = seeded(3);
    const mixed = strokes.map((stroke, i) => ({ ...stroke, direction: i % 5 === 0 ? null : random.pick(["down", "up"] as const) }));
    expect(withDirections(mixed, slots, 1)[5]!.direction).toBeNull();
  });
});
