import type { Cents } from "@kuishi/base";
import type { Heard } from "../heard.ts";
import { type KeyAlters, keyAlters } from "../playing/ornaments.ts";
import { type Pitch, STEP_CENTS, type Step } from "../score.ts";

/** How pitches of a mode are spelt. */
export interface Spelling {
  readonly fifths: number;
  /** A name that MusicXML has for it. */
  readonly mode: string | undefined;
  readonly alters: KeyAlters;
}
/** The modes of seven letters: their place among the fifths beside ionian, and their steps. */
const MODES: readonly (readonly [name: string, fifths: number, steps: readonly Cents[]])[] = [
  ["ionian", 0, [0, 200, 400, 500, 700, 900, 1100]],
  ["mixolydian", -1, [0, 200, 400, 500, 700, 900, 1000]],
  ["dorian", -2, [0, 200, 300, 500, 700, 900, 1000]],
  ["aeolian", -3, [0, 200, 300, 500, 700, 800, 1000]],
  ["phrygian", -4, [0, 100, 300, 500, 700, 800, 1000]],
  ["lydian", 1, [0, 200, 400, 600, 700, 900, 1100]],
  ["locrian", -5, [0, 100, 300, 500, 600, 800, 1000]],
];
const LETTERS: readonly Step[] = ["C", "D", "E", "F", "G", "A", "B"];
/** Fifths above C of a tonic on each semitone, sharps few. */
const FIFTHS: readonly number[] = [0, -5, 2, -3, 4, -1, 6, 1, -4, 3, -2, 5];

/** The signature under which a mode's steps need the fewest signs of their own. */
export function spellingOf({ tonicCents, name, degreesCents }: Heard["mode"]): Spelling {
  const far = (steps: readonly Cents[]): number =>
    degreesCents.reduce((sum, degree) => sum + Math.min(...steps.map((step) => Math.abs(degree - step)), Math.abs(1200 - degree)), 0);
  const [best] = [...MODES].sort((a, b) => far(a[2]) - far(b[2]));
  const tonic = FIFTHS[((Math.round(tonicCents / 100) % 12) + 12) % 12]!;
  // of two that sound alike the one with fewer signs
  const plain = tonic + best![1];
  const fifths = plain > 6 ? plain - 12 : plain < -6 ? plain + 12 : plain;
  return { fifths, mode: best![0] === name ? name : undefined, alters: keyAlters(fifths) };
}

/** Letters beside the signature are so much further away, so that a step of the mode keeps its letter. */
const BESIDE = 20;
/**
 * A pitch by the letter whose step in the key lies nearest, with all its cents beside it.
 * @example
 * spelt(6600, { fifths: -3, mode: undefined, alters: { B: -100, E: -100, A: -100 } }).step; // => "G"
 */
export function spelt(cents: Cents, { alters, fifths }: Spelling): Pitch {
  const octave = Math.floor(cents / 1200);
  const candidates = [octave - 1, octave, octave + 1].flatMap((at) =>
    LETTERS.flatMap((step): { pitch: Pitch; far: number }[] => {
      const alter = cents - at * 1200 - STEP_CENTS[step];
      const signed = alters[step] ?? 0;
      const natural = Math.abs(alter) + BESIDE + (signed === 0 ? -BESIDE : 0);
      const raised = Math.abs(alter - (fifths >= 0 ? 100 : -100)) + BESIDE * 2;
      const far = Math.min(Math.abs(alter - signed), natural, raised);
      return Math.abs(alter) > 250 ? [] : [{ pitch: { kind: "pitch", step, alter, octave: at - 1 }, far }];
    }),
  );
  return candidates.reduce((a, b) => (b.far < a.far ? b : a)).pitch;
}
