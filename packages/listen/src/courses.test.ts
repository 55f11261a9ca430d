import { instruments } from "@kuishi/tuning";
import { describe, expect, test } from "vitest";
import { placeNotes } from "./courses.ts";
import type { PlacedStroke } from "./fretboard.ts";
import { pitchesUsed } from "./pitches.ts";
import { candidateOf } from "./testing.ts";

const guitar = instruments.get("guitar")!;
const tar = instruments.get("tar")!;
const open = guitar.tunings[0]!.open;
/** A chord by the frets of its strings, lowest first; `x` is not struck. */
const chord = (frets: string, shift = 0) =>
  [...frets].flatMap((fret, string) => (fret === "x" ? [] : [{ cents: open[string]! + 100 * Number(fret) + shift, string: string < 3 ? 0 : 1 }]));
const shape = ({ pitches }: PlacedStroke): string => open.map((_, string) => pitches.find((note) => note.string === string)?.fret ?? "x").join("");
const place = (chords: readonly string[], shift = 0) => {
  const candidates = chords.map((one, i) => candidateOf(0.5 + i * 0.5, chord(one, shift)));
  return placeNotes(candidates, pitchesUsed(candidates), guitar);
};

describe("six strings", () => {
  const SONG = ["x32010", "x02210", "133211", "320003", "x32010", "320003"];
  test("open chords are fingered as guitarists finger them", () => {
    expect(place(SONG).strokes.map(shape)).toEqual(SONG);
  });
  test.each([-30, 45, 100, 200])("a guitar tuned %s cents off its preset", (shift) => {
    // chords with many open strings, which tell where the nut is
    const SONG = ["320003", "022000", "x02220", "xx0232", "022100", "320003"];
    const { open: found, strokes } = place(SONG, shift);
    found.nuts.forEach((nut, string) => {
      expect(Math.abs(nut - open[string]! - shift)).toBeLessThan(12);
    });
    expect(strokes.map(shape)).toEqual(SONG);
  });
  test("a string sounds one note at a time, and none off the neck", () => {
    const crowded = candidateOf(
      1,
      [4000, 4100, 4200, 4300].map((cents) => ({ cents, string: 0 })),
    );
    const { strokes } = placeNotes([crowded], pitchesUsed([crowded]), guitar);
    const used = strokes[0]!.pitches.map((note) => note.string);
    expect(new Set(used).size).toBe(used.length);
    expect(strokes[0]!.pitches.every((note) => note.fret >= 0 && note.fret <= guitar.frets)).toBe(true);
  });
  test("the hand stays where it is", () => {
    // b2 above the fifth fret: reached on the string that lies under the hand, not by a leap to the nut
    const line = [6400 + 500, 6400 + 700, 6400 + 500, 5900 + 700, 6400 + 500].map((cents, i) => candidateOf(i / 3, [{ cents, string: 1 }]));
    const frets = placeNotes(line, pitchesUsed(line), guitar).strokes.map(({ pitches }) => pitches[0]!.fret);
    expect(Math.min(...frets)).toBeGreaterThan(0);
  });
  test("what the listener gave stands; strings the instrument lacks are left out", () => {
    const candidates = SONG.map((one, i) => candidateOf(0.5 + i * 0.5, chord(one)));
    const pitches = pitchesUsed(candidates);
    const given = {
      open: [],
      strokes: new Map([
        [0, [{ string: 1, pitch: 0 }]],
        [1, [{ string: 9, pitch: 0 }]],
      ]),
    };
    const { strokes } = placeNotes(candidates, pitches, guitar, given);
    expect(strokes[0]!.pitches.map((note) => note.string)).toEqual([1]);
    expect(strokes[1]!.pitches).toEqual([]);
  });
});

test("a tar's three courses: the low one for what only it has", () => {
  const nuts = tar.tunings[0]!.open;
  const line = [nuts[0]!, nuts[0]! + 200, nuts[1]!, nuts[2]!, nuts[2]! + 700].map((cents, i) => candidateOf(i / 3, [{ cents, string: i < 2 ? 0 : 1 }]));
  const { strokes } = placeNotes(line, pitchesUsed(line), tar);
  expect(strokes.map(({ pitches }) => [pitches[0]!.string, pitches[0]!.fret])).toEqual([
    [0, 0],
    [0, 2],
    [1, 0],
    [2, 0],
    [2, 7],
  ]);
});
