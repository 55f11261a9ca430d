import fc from "fast-check";
import { expect, test } from "vitest";
import { modes, readChordName, rootName, soundedChord, steppedChord, transposedChord } from "./index.ts";

const seed = Number(process.env["KUISHI_SEED"]);
const modeNamed = (name: string) => modes.find((one) => one.name === name)!;
const NAMES = ["C", "Am", "F#m7", "Bbmaj7", "G/B", "D5", "Esus4", "C#dim", "Ab6/9", "Hm", "Em7b5", "Dm(add9)", "G13"];

test("names are read, and what is no chord is none", () => {
  for (const name of NAMES) expect(readChordName(name), name).toBeDefined();
  expect(readChordName("G/B")).toEqual({ root: 700, tones: [0, 400, 700], bass: 1100 });
  expect(readChordName("Ab6/9")).toEqual({ root: 800, tones: [0, 400, 700, 900, 1400], bass: null });
  for (const name of ["", "Coda", "N.C.", "am", "*riff", "x2", "Aqsaq"]) expect(readChordName(name), name).toBeUndefined();
});
test("transposed there and back a chord sounds as before, and whole octaves leave its name", () => {
  fc.assert(
    fc.property(fc.constantFrom(...NAMES), fc.integer({ min: -24, max: 24 }), (name, by) => {
      const there = transposedChord(name, by);
      expect(readChordName(there)!.root).toBe((((readChordName(name)!.root + 100 * by) % 1200) + 1200) % 1200);
      expect(readChordName(transposedChord(there, -by))).toEqual(readChordName(name));
      if (by % 12 === 0) expect(there).toBe(name);
    }),
    { seed },
  );
  expect(transposedChord("Coda", 3)).toBe("Coda");
});
test("steps of a scale keep its chords inside it, there and back", () => {
  const aeolian = modeNamed("aeolian");
  expect(["Am", "Dm", "G", "C", "F"].map((name) => steppedChord(name, 1, aeolian, 900))).toEqual(["Bdim", "Em", "Am", "Dm", "G"]);
  fc.assert(
    fc.property(fc.constantFrom("Am", "C", "Dm7", "Em", "F", "G", "Am/G"), fc.integer({ min: -8, max: 8 }), (name, steps) => {
      const there = steppedChord(name, steps, aeolian, 900);
      expect(soundedChord(readChordName(there)!, aeolian, 900, 4800).outside).toBe(0);
      expect(readChordName(steppedChord(there, -steps, aeolian, 900))).toEqual(readChordName(name));
    }),
    { seed },
  );
  // a chord with a tone the scale lacks goes along with its root
  expect(steppedChord("E", 3, aeolian, 900)).toBe("A");
});
test("a chord sounds where the tune has its tones", () => {
  const neutral = modeNamed("neutral third");
  // on D at 5510: the third lies between major and minor, whichever the name says
  for (const name of ["D", "Dm"]) expect(soundedChord(readChordName(name)!, neutral, 5010, 4800).cents, name).toEqual([5010, 5360, 5710]);
  expect(soundedChord(readChordName("D#")!, neutral, 5010, 4800).outside).toBeGreaterThan(0);
  expect(soundedChord(readChordName("G/B")!, modeNamed("ionian"), 6000, 4800).cents).toEqual([4700, 5500, 5900, 6200]);
  expect(rootName(5010)).toBe("D");
});
