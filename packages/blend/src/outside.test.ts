import { Complaint } from "@kuishi/base";
import { fitHeard, Heard, heardFromText, midiTimeOf, transcribe, writeMidiFile, writeMusicXml } from "@kuishi/score";
import fc from "fast-check";
import { expect, test } from "vitest";
import { blend } from "./blend.ts";
import { choicesOf } from "./choices.ts";
import { styles } from "./styles.ts";

const tune = heardFromText("3+2/8 pulse=0.2 | d0 d2 d3+u0 d5 . | d7 . d5 d3+u5 d2 | d0+u0 d2 d3 . d5 | d7 d5 d3 d2 d0");

/** Every place in a value where a number stands. */
function numbers(value: unknown, path: (string | number)[] = []): (string | number)[][] {
  if (typeof value === "number") return [path];
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([key, inner]) => numbers(inner, [...path, key]));
}
const places = numbers(tune);

test("a hearing from outside with any numbers in it is blended and written down, or refused", () => {
  const wild = fc.oneof(fc.double({ min: -10, max: 100, noNaN: true }), fc.double({ noNaN: true }), fc.integer({ min: -3, max: 100 }), fc.constant(0));
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(places.length - 1), wild), { minLength: 1, maxLength: 12 }), fc.constantFrom(...styles.values()), (changes, style) => {
      const copy = structuredClone(tune) as unknown as Record<string, unknown>;
      for (const [index, value] of changes) {
        const path = places[index]!;
        let at = copy as Record<string | number, unknown>;
        for (const key of path.slice(0, -1)) at = at[key] as Record<string | number, unknown>;
        at[path.at(-1) as string] = value;
      }
      const read = Heard.safeParse(copy);
      if (!read.success) return;
      const heard = fitHeard(read.data, tune.durationSec);
      try {
        const made = blend(heard, styles, choicesOf(style.name, 1));
        for (const part of made.parts)
          for (const event of part.events) expect(Number.isFinite(event.at + event.length + event.cents + event.velocity)).toBe(true);
        const transcript = transcribe(heard);
        expect(writeMusicXml(transcript.score)).not.toMatch(/NaN|undefined|Infinity/);
        writeMidiFile(midiTimeOf(transcript), [
          {
            name: "x",
            drums: false,
            notes: heard.notes
              .filter((note) => note.cents !== null)
              .map((note) => ({ at: note.onset, length: note.offset - note.onset, cents: note.cents!, velocity: 0.5 })),
          },
        ]);
      } catch (error) {
        if (!(error instanceof Complaint)) throw error;
      }
    }),
    { numRuns: 600 },
  );
});
