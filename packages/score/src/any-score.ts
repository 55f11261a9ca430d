import fc from "fast-check";
import { type Fraction, fraction, plus, times } from "./fraction.ts";
import type { Chord, Item, Mark, Note, Part, Score, Step } from "./score.ts";

const marks: fc.Arbitrary<readonly Mark[]> = fc.array(
  fc.constantFrom<Mark>(
    { kind: "articulation", name: "staccato" },
    { kind: "ornament", name: "trill-mark", place: "above" },
    { kind: "technique", name: "fret", value: "7" },
    { kind: "technique", name: "bend", cents: 150 },
    { kind: "notation", name: "slur", phase: "start", number: "1" },
    { kind: "dynamic", name: "sfz" },
    { kind: "notation", name: "fermata", phase: "inverted" },
  ),
  { maxLength: 2 },
);
const anyNote: fc.Arbitrary<Note> = fc
  .record({
    step: fc.constantFrom<Step>("A", "B", "C", "D", "E", "F", "G"),
    alter: fc.integer({ min: -250, max: 250 }),
    octave: fc.integer({ min: 0, max: 9 }),
    marks,
  })
  .map(({ marks: signs, ...pitch }) => {
    // written family by family
    const order = ["notation", "ornament", "technique", "articulation", "dynamic"];
    const sorted = [...signs].sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind) || (a.name < b.name ? 1 : -1));
    const [fermatas, others] = [sorted.filter((mark) => mark.name === "fermata"), sorted.filter((mark) => mark.name !== "fermata")];
    const all = [...others, ...fermatas];
    return { sound: { kind: "pitch", ...pitch }, ...(all.length > 0 ? { marks: all } : {}) };
  });
const anyChord = fc.record({
  top: fc.integer({ min: 1, max: 12 }),
  bottom: fc.constantFrom(4, 8, 12, 20, 28, 64),
  notes: fc.array(anyNote, { minLength: 1, maxLength: 3 }),
  text: fc.option(fc.constantFrom("қа", "ра <&>", "ә"), { nil: undefined }),
  sign: fc.constantFrom("none", "key", "words", "harmony", "grace"),
});
/** For tests: a score of any bars, lengths, pitches and signs. */
export const anyScore: fc.Arbitrary<Score> = fc.array(fc.array(anyChord, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 4 }).map((raw): Score => {
  let at: Fraction = [0, 1];
  const bars = raw.map((chords) => {
    at = [0, 1];
    const items = chords.flatMap(({ top, bottom, notes, text, sign }): Item[] => {
      const length = fraction(top, bottom);
      const chord: Chord = { kind: "chord", at, length, voice: "1", ...(text ? { lyrics: [{ number: "1", syllables: [{ text }] }] } : {}), notes };
      const before: Item[] =
        sign === "key"
          ? [{ kind: "key", at, fifths: -3 }]
          : sign === "words"
            ? [{ kind: "direction", at, marks: [{ kind: "direction", name: "words", value: "баяу" }] }]
            : sign === "harmony"
              ? [{ kind: "harmony", at, chords: [{ root: { step: "D", alter: -100 }, quality: "major" }], offset: { by: times(length, [1, 2]) } }]
              : sign === "grace"
                ? [{ kind: "chord", at, length: [0, 1], grace: { slash: true }, voice: "1", value: { type: "16th", dots: 0 }, notes: [notes[0]!] }]
                : [];
      at = plus(at, length);
      return [...before, chord];
    });
    return { items, length: at };
  });
  const part: Part = { id: "P1", name: "Домбыра", instruments: [], bars: bars.map(({ items }) => ({ items })) };
  return { creators: [], rights: [], groups: [], parts: [part], bars: bars.map(({ length }, b) => ({ number: String(b + 1), length })) };
});
