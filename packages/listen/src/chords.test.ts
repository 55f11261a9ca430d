import { describe, expect, test } from "vitest";
import { type ChordNote, findChords } from "./chords.ts";

/** Strums of notes a few milliseconds apart, one a second. */
const strums = (...chords: (readonly number[])[]): ChordNote[] =>
  chords.flatMap((cents, k) => cents.map((c, i) => ({ at: k + i * 0.006, cents: c, sure: 0.9 })));
const named = (notes: readonly ChordNote[]): string[] => findChords(notes).map(({ rootCents, quality }) => `${((rootCents % 1200) + 1200) % 1200} ${quality}`);

describe("chords by root and quality", () => {
  test.each([
    ["major", [4800, 5200, 5500, 6000]],
    ["minor", [4800, 5100, 5500, 6000]],
    ["7", [4800, 5200, 5500, 5800]],
    ["m7", [4800, 5100, 5500, 5800]],
    ["sus4", [4800, 5300, 5500, 6000]],
    ["5", [4800, 5500, 6000]],
    ["dim", [4800, 5100, 5400]],
  ])("%s", (quality, cents) => {
    expect(named(strums(cents))).toEqual([`0 ${quality}`]);
  });
  test("a guitar a quarter tone low keeps its cents", () => {
    const [chord] = findChords(strums([4750, 5150, 5450, 5950]));
    expect(chord).toMatchObject({ rootCents: 4750, quality: "major" });
  });
  test("the same chord again is one, another begins where it is struck", () => {
    const found = findChords(strums([4800, 5200, 5500], [4800, 5200, 5500], [4500, 4800, 5200]));
    expect(found.map(({ at }) => at)).toEqual([0, 2]);
  });
  test("the lowest note leans to the root: C with an A below is A minor seventh", () => {
    expect(named(strums([4500, 4800, 5200, 5500]))).toEqual(["900 m7"]);
  });
  test("broken chords are gathered", () => {
    const broken = [4800, 5200, 5500, 6000].map((cents, i) => ({ at: i * 0.14, cents, sure: 0.9 }));
    expect(named(broken)).toEqual(["0 major"]);
  });
  test("one note is no chord, a cluster has no name", () => {
    expect(findChords(strums([4800]))).toEqual([]);
    expect(findChords(strums([4800, 4900, 5000, 5100, 5200]))).toEqual([]);
  });
});
