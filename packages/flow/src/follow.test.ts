import { heardFromText } from "@kuishi/score";
import { expect, test } from "vitest";
import { mapped, straightening } from "./follow.ts";

/** Four bars of 3+2 whose groups a player takes so many times as long as the machine would. */
function played(lengths: readonly number[]): ReturnType<typeof heardFromText> {
  const heard = heardFromText(`3+2/8 pulse=0.2 tonic=5500 | ${Array.from({ length: lengths.length / 2 }, () => "d0 d2 d3 d5 d7").join(" | ")}`);
  let at = 0.3;
  const beats = lengths.map((part, k) => {
    const beat = { at, confidence: 1 };
    at += 0.2 * (k % 2 === 0 ? 3 : 2) * part;
    return beat;
  });
  return { ...heard, beats, downbeats: beats.filter((_, k) => k % 2 === 0).map((beat) => beat.at) };
}
const even = Array<number>(8).fill(1);

test("an even player is left as he is", () => {
  const map = straightening(played(even));
  for (const at of [0, 0.3, 1.17, 2.9, 9]) expect(mapped(map, at)).toBeCloseTo(at, 9);
});
test("what wavers a little is straightened whole: each pulse one length", () => {
  const map = straightening(played([1, 1.03, 0.98, 1, 1, 0.97, 1.02, 1]));
  const groups = map.points.slice(2).map((point, k) => (point.to - map.points[k + 1]!.to) / (k % 2 === 0 ? 3 : 2));
  for (const pulse of groups) expect(pulse).toBeCloseTo(0.2, 6);
});
test("what strays further keeps part of its freedom: no stretch by more than four in a hundred", () => {
  const map = straightening(played([1, 1.3, 1, 1, 0.7, 1, 1, 1]));
  const { points } = map;
  for (let k = 2; k < points.length; k++) {
    const rate = (points[k]!.to - points[k - 1]!.to) / (points[k]!.from - points[k - 1]!.from);
    expect(rate).toBeGreaterThan(1 / 1.0401);
    expect(rate).toBeLessThan(1.0401);
  }
});
test("free rhythm and too few beats are not straightened; before the first beat nothing moves, after the last all moves alike", () => {
  const heard = played(even);
  expect(straightening({ ...heard, beats: heard.beats.slice(0, 2) }).points).toEqual([{ from: 0, to: 0 }]);
  expect(straightening({ ...heard, meter: [{ fromSec: 0, toSec: 9, free: true }] }).points).toEqual([{ from: 0, to: 0 }]);
  const map = straightening(played([1.04, 1.04, 1.04, 1, 1, 1, 1, 1]));
  expect(mapped(map, 0.1)).toBeCloseTo(0.1, 9);
  const last = map.points.at(-1)!;
  expect(mapped(map, last.from + 5)).toBeCloseTo(last.to + 5, 9);
});
