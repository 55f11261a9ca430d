import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compare, plus, wholes } from "../fraction.ts";
import type { Heard } from "../heard.ts";
import { readMusicXml } from "../musicxml/read.ts";
import { writeMusicXml } from "../musicxml/write.ts";
import { playOut } from "../playing/play-out.ts";
import type { Chord, Score } from "../score.ts";
import { pitchCents } from "../score.ts";
import { scoreAsText } from "../score-text.ts";
import { heardFromText } from "../text.ts";
import { heardDifferences } from "./differences.ts";
import { spellingOf, spelt } from "./spelling.ts";
import { transcribe } from "./transcribe.ts";

const again = (score: Score): Score => readMusicXml(new TextEncoder().encode(writeMusicXml(score)));
const text = (heard: Heard): string[] => scoreAsText(transcribe(heard).score).split("\n");
const chords = (score: Score): Chord[] => score.parts[0]!.bars.flatMap((bar) => bar.items.filter((item) => item.kind === "chord"));

const seven = heardFromText("3+2+2/8 pulse=0.2 tonic=5500 | d0 d2 d3 d5+u0 d3 d2 d0 | d7+u0 . d5 d3 . d2 d0+u5");
/** A hearing of one bar of 4/8 at half a second an eighth, with strokes at moments of our own. */
function struck(at: readonly number[], places: readonly string[] = []): Heard {
  const base = heardFromText("2+2/8 pulse=0.5 tonic=5500 | d0 d0 d0 d0 | d0 d0 d0 d0");
  const [note, stroke] = [base.notes[0]!, base.strokes[0]!];
  const notes = at.map((t, k) => {
    const [string, fret] = [places[k]?.startsWith("u") ? 0 : 1, Number(places[k]?.slice(1) ?? k % 8)];
    return { ...note, id: `x${k}`, onset: 0.3 + t, offset: 0.3 + t + 0.1, string, fret, cents: (string === 0 ? 5000 : 5500) + fret * 100 };
  });
  return { ...base, notes, strokes: notes.map(({ id, onset }) => ({ ...stroke, at: onset, noteIds: [id] })) };
}

test("a tune in sevens is written in its groups, with strings, frets and strokes", () => {
  const lines = text(seven);
  expect(lines[0]).toBe("P1 dombra");
  expect(lines[1]).toContain(" 1 (7/8) 3+2+2/8");
  expect(lines[1]).toContain("D3{up-bow string=2 fret=0}+C4{string=1 fret=5}:1/8");
  expect(heardDifferences(seven, transcribe(seven).score)).toEqual([]);
  expect(heardDifferences(seven, again(transcribe(seven).score))).toEqual([]);
});
test("triplets are found, alone and over a group, and are whole", () => {
  const triplet = chords(transcribe(struck([0, 0.167, 0.335, 0.5, 1, 1.33, 1.67, 2, 2.5, 3, 3.5])).score);
  expect(triplet.map((chord) => [chord.tuplet?.actual ?? 1, wholes(chord.length)])).toEqual([
    [3, 1 / 24],
    [3, 1 / 24],
    [3, 1 / 24],
    [1, 1 / 8],
    [3, 1 / 12],
    [3, 1 / 12],
    [3, 1 / 12],
    [1, 1 / 8],
    [1, 1 / 8],
    [1, 1 / 8],
    [1, 1 / 8],
  ]);
  expect(triplet[0]!.notes[0]!.marks?.filter((mark) => mark.name === "tuplet").map((mark) => mark.phase)).toEqual(["start"]);
  expect(triplet[2]!.notes[0]!.marks?.filter((mark) => mark.name === "tuplet").map((mark) => mark.phase)).toEqual(["stop"]);
});
test("what sounds before the first bar line is a pickup", () => {
  const three = heardFromText("3+2+2/8 pulse=0.2 tonic=5500 | d0 . . d5 . d2 . | d0 d2 d3 d5+u0 d3 d2 d0 | d7+u0 . d5 d3 . d2 d0+u5");
  const { score, starts } = transcribe({ ...three, downbeats: three.downbeats.slice(1), beats: [] });
  expect(score.bars.map((bar) => [bar.number, bar.uncounted ?? false, wholes(bar.length)])).toEqual([1, 2, 3].map((bar) => [String(bar), false, 7 / 8]));
  const short = transcribe({ ...struck([-0.5, 0, 0.5, 1]), downbeats: [0.3 + 0, 2.3] });
  expect(short.score.bars[0]).toMatchObject({ number: "0", uncounted: true, length: [1, 8] });
  expect(short.starts[1]).toBeCloseTo(0.3, 6);
  expect(starts.length).toBe(score.bars.length + 1);
});
test("a string that rings while the other goes on has a voice of its own", () => {
  const heard = struck([0, 0, 0.5, 1, 1.5], ["u0", "d0", "d2", "d4", "d5"]);
  const ringing = { ...heard, notes: heard.notes.map((note) => (note.string === 0 ? { ...note, offset: note.onset + 1.9 } : note)) };
  const one = chords(transcribe(heard).score);
  expect(new Set(one.map((chord) => chord.voice))).toEqual(new Set(["1"]));
  const two = chords(transcribe(ringing).score);
  expect(two.filter((chord) => chord.voice === "2").map((chord) => wholes(chord.length))).toEqual([1 / 2]);
  expect(heardDifferences(ringing, transcribe(ringing).score)).toEqual([]);
});
test("pitches are spelt by the mode, with all their cents", () => {
  const d = spellingOf({ tonicCents: 5000, name: "dorian", degreesCents: [0, 200, 300, 500, 700, 900, 1000], confidence: 1 });
  expect(d).toMatchObject({ fifths: 0, mode: "dorian" });
  const flats = spellingOf({ tonicCents: 5300, name: "unknown", degreesCents: [0, 210, 290, 500, 702, 790, 1000], confidence: 1 });
  expect(flats.fifths).toBe(-4);
  expect(spelt(5600, flats)).toMatchObject({ step: "A", alter: -100 });
  expect(spelt(5650, flats)).toMatchObject({ step: "A", alter: -50 });
  expect(spelt(5400, { ...d, fifths: 2, alters: { F: 100, C: 100 } })).toMatchObject({ step: "F", alter: 100 });
  fc.assert(
    fc.property(fc.double({ min: -1200, max: 15_000, noNaN: true }), fc.integer({ min: 0, max: 11 }), (cents, tonic) => {
      expect(pitchCents(spelt(cents, spellingOf({ tonicCents: 6000 + tonic * 100, name: "x", degreesCents: [0, 400, 700], confidence: 1 })))).toBeCloseTo(
        cents,
        6,
      );
    }),
  );
});
test("it is played as it was heard, within what strokes stray", () => {
  const { score, starts } = transcribe(seven);
  const played = playOut(score).parts[0]!.notes;
  expect(played.length).toBe(seven.notes.length);
  for (const note of seven.notes) expect(played.some((other) => Math.abs(other.at + starts[0]! - note.onset) < 0.001 && other.cents === note.cents)).toBe(true);
  expect(played.some((note) => note.stroke === "up")).toBe(true);
});
describe("whatever was heard", () => {
  const note = fc.record({
    gap: fc.double({ min: 0, max: 1.2, noNaN: true }),
    length: fc.double({ min: 0.02, max: 4, noNaN: true }),
    string: fc.constantFrom(0, 1, null),
    fret: fc.integer({ min: 0, max: 38 }).map((half) => half / 2),
    beside: fc.integer({ min: -49, max: 49 }),
    kind: fc.constantFrom("plucked", "pullOff", "hammerOn", "slide", "tap", "sustained"),
    direction: fc.constantFrom("down", "up", null),
    joins: fc.boolean(),
    struck: fc.boolean(),
  });
  const meter = fc
    .record({ groups: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 }), unit: fc.constantFrom(4, 8, 16) })
    // MusicXML has no sign for a bar of one group where its number is commonly counted in several
    .filter(({ groups, unit }) => groups.length > 1 || groups[0]! < (unit === 4 ? 2 : 4));
  const heard = fc
    .record({
      notes: fc.array(note, { minLength: 1, maxLength: 60 }),
      bar: fc.double({ min: 0.4, max: 3, noNaN: true }),
      meters: fc.array(meter, { minLength: 1, maxLength: 4 }),
      late: fc.double({ min: 0, max: 4, noNaN: true }),
      free: fc.boolean(),
    })
    .map(({ notes, bar, meters, late, free }): Heard => {
      let at = 0.1;
      const strokes: Heard["strokes"] = [];
      const made = notes.map((one, k): Heard["notes"][number] => {
        const joins = one.joins && strokes.length > 0 && one.struck;
        if (!joins) at += one.gap;
        const id = `n${k}`;
        const last = strokes.at(-1);
        if (joins && last) last.noteIds.push(id);
        else if (one.struck) strokes.push({ at, direction: one.direction as "down" | "up" | null, noteIds: [id], accent: 0.5, confidence: 1 });
        const tap = one.kind === "tap";
        return {
          id,
          onset: joins && last ? last.at : at,
          offset: at + one.length,
          cents: tap ? null : 5000 + (one.string ?? 0) * 500 + one.fret * 100 + one.beside,
          string: one.string,
          fret: one.string === null || tap ? null : one.fret,
          articulation: one.kind as Heard["notes"][number]["articulation"],
          confidence: { onset: 1, pitch: 1, string: 1, fret: 1 },
        };
      });
      const count = Math.max(2, Math.ceil((at - late) / bar));
      const downbeats = free ? [] : Array.from({ length: count }, (_, i) => late + i * bar);
      return {
        ...seven,
        durationSec: at + 1,
        notes: made,
        strokes,
        beats: [],
        downbeats,
        meter: meters.map(({ groups, unit }, k) => ({ fromBar: 1 + 2 * k, groups, unit: unit as 4 | 8 | 16, confidence: 1 })),
      };
    });
  test("every note, string, fret, stroke and group is in the score, and in its MusicXML; bars are whole", () => {
    fc.assert(
      fc.property(heard, (one) => {
        const { score, starts } = transcribe(one);
        expect(heardDifferences(one, score)).toEqual([]);
        const read = again(score);
        expect(heardDifferences(one, read)).toEqual([]);
        expect(scoreAsText(read)).toBe(scoreAsText(score));
        expect(starts.every((at, k) => k === 0 || at > starts[k - 1]!)).toBe(true);
        score.parts[0]!.bars.forEach((bar, b) => {
          let end = [0, 1] as const as readonly [number, number];
          for (const item of bar.items)
            if (item.kind === "chord" && item.voice === "1") {
              expect(compare(item.at, end)).toBe(0);
              end = plus(item.at, item.length);
            }
          expect(end).toEqual(score.bars[b]!.length);
        });
      }),
      { numRuns: 150 },
    );
  });
});
