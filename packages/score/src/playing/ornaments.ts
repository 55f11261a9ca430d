import type { Cents } from "@kuishi/base";
import { type Mark, type Pitch, pitchCents, type Step } from "../score.ts";

const STEPS: readonly Step[] = ["C", "D", "E", "F", "G", "A", "B"];
const SHARPS: readonly Step[] = ["F", "C", "G", "D", "A", "E", "B"];

/** Alterations of a key signature's letters. */
export type KeyAlters = Readonly<Partial<Record<Step, Cents>>>;
/** The letters a number of sharps or flats alters. */
export function keyAlters(fifths: number): KeyAlters {
  const letters = fifths > 0 ? SHARPS.slice(0, fifths) : [...SHARPS].reverse().slice(0, -fifths);
  return Object.fromEntries(letters.map((letter) => [letter, fifths > 0 ? 100 : -100]));
}
/** The neighbour of a pitch in a key, a step up or down. */
function neighbour(pitch: Pitch, by: 1 | -1, key: KeyAlters): Cents {
  const at = STEPS.indexOf(pitch.step) + by;
  const step = STEPS[(at + 7) % 7]!;
  return pitchCents({ kind: "pitch", step, alter: key[step] ?? 0, octave: pitch.octave + Math.floor(at / 7) });
}

/** One tone of an ornament: cents, and its share of the note's time. */
interface Tone {
  readonly cents: Cents;
  readonly share: number;
}
/** Seconds of one tone of a trill or a tremolo. */
const TONE_SEC = 0.07;

/**
 * What an ornament makes of a note; one tone where there is none. Trills begin on the note itself, mordents take a quarter of it at most.
 * @param seconds how long the note is.
 */
export function ornamented(pitch: Pitch, marks: readonly Mark[], seconds: number, key: KeyAlters): readonly Tone[] {
  const main = pitchCents(pitch);
  const up = (): Cents => neighbour(pitch, 1, key);
  const down = (): Cents => neighbour(pitch, -1, key);
  const even = (tones: readonly Cents[]): Tone[] => tones.map((cents) => ({ cents, share: 1 / tones.length }));
  const short = (tones: readonly Cents[]): Tone[] => {
    const share = Math.min(0.25, TONE_SEC / Math.max(seconds, 0.01));
    return [...tones.map((cents) => ({ cents, share })), { cents: main, share: 1 - share * tones.length }];
  };
  for (const mark of marks) {
    const repeats = Math.max(2, Math.min(64, Math.round(seconds / TONE_SEC)));
    switch (mark.name) {
      case "trill-mark":
      case "shake": {
        const pairs = repeats >> 1;
        return even(Array.from({ length: pairs * 2 }, (_, k) => (k % 2 === 0 ? main : up())));
      }
      case "turn":
      case "vertical-turn":
        return even([up(), main, down(), main]);
      case "inverted-turn":
      case "inverted-vertical-turn":
        return even([down(), main, up(), main]);
      case "delayed-turn":
        return [{ cents: main, share: 0.5 }, ...[up(), main, down(), main].map((cents) => ({ cents, share: 0.125 }))];
      case "mordent":
        return short([main, down()]);
      case "inverted-mordent":
        return short([main, up()]);
      case "schleifer":
        return short([neighbour(pitch, -1, key) - 200, down()]);
      case "tremolo": {
        if (mark.phase !== undefined && mark.phase !== "single") break;
        return even(Array<Cents>(repeats).fill(main));
      }
    }
  }
  return [{ cents: main, share: 1 }];
}
