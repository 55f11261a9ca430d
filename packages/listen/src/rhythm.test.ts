import { seeded } from "@kuishi/base";
import { heardFromText } from "@kuishi/score";
import { describe, expect, test } from "vitest";
import { findRhythm, tempoMap } from "./rhythm.ts";

/** Bars and strokes of a tune in text. */
function tune(text: string, late: (at: number) => number = () => 0) {
  const heard = heardFromText(text);
  const groups = "groups" in heard.meter[0]! ? heard.meter[0].groups : [];
  return { bars: heard.downbeats.map((at) => ({ at, groups })), strokes: heard.strokes.map((stroke) => ({ ...stroke, at: stroke.at + late(stroke.at) })) };
}
const times = (bar: string, count: number): string => Array.from({ length: count }, () => bar).join(" | ");

describe("a player's own rhythm", () => {
  test("slots lie where strokes are, not on a grid", () => {
    // the second of two pulses comes late by a fifth of its length: a tenth of the bar
    const { bars, strokes } = tune(`2/8 pulse=0.4 | ${times("d0 d2", 10)}`, (at) => (Math.round((at - 0.3) / 0.4) % 2 ? 0.08 : 0));
    const [rhythm] = findRhythm(bars, strokes);
    expect(rhythm!.slots.map(({ at }) => at)).toEqual([0, expect.closeTo(0.6, 2)]);
    expect(rhythm).toMatchObject({ groups: [2], bars: 9 });
  });
  test("how often, how hard and which way", () => {
    const { bars, strokes } = tune(`2+2/8 | ${times("d0 d2 . d4 | d0 d2 d3 d4", 6)}`);
    const [rhythm] = findRhythm(bars, strokes);
    expect(rhythm!.slots).toHaveLength(4);
    expect(rhythm!.slots[0]).toMatchObject({ share: 1, accent: 1, direction: "down" });
    expect(rhythm!.slots[1]).toMatchObject({ accent: 0.6, direction: "up" });
    expect(rhythm!.slots[2]!.share).toBeCloseTo(0.5, 1);
  });
  test("a stroke in one bar of five is no slot; two bars are no rhythm", () => {
    const { bars, strokes } = tune(`2+2/8 | ${times("d0 . d2 . | d0 . d2 . | d0 . d2 . | d0 . d2 . | d0 d1 d2 .", 3)}`);
    expect(findRhythm(bars, strokes)[0]!.slots).toHaveLength(2);
    expect(findRhythm(bars.slice(0, 3), strokes)).toEqual([]);
  });
  test("a ragged hand spreads", () => {
    const random = seeded(2);
    const at = (stray: number) => {
      const { bars, strokes } = tune(`2/8 pulse=0.4 | ${times("d0 d2", 20)}`, () => stray * random.gauss());
      return findRhythm(bars, strokes)[0]!.slots[1]!.spread;
    };
    expect(at(0.006)).toBeGreaterThan(at(0.001) * 2);
  });
});

test("tempo bar by bar in its pulses", () => {
  const bars = [0, 1, 2, 3.5].map((at) => ({ at, groups: [2, 3] }));
  expect(tempoMap(bars)).toEqual([
    { at: 0, pulsesPerMinute: 300 },
    { at: 1, pulsesPerMinute: 300 },
    { at: 2, pulsesPerMinute: 200 },
  ]);
});
