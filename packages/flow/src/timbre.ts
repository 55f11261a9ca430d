import { centsToHertz, cos, PI, SAMPLE_RATE, sin } from "@kuishi/base";
import { DOMBRA_TIMBRE, type Timbre } from "@kuishi/blend";
import type { HeardFile } from "./hear.ts";

const PARTIALS = 8;
const NOTES = 48;

/**
 * Partials of the recording's own sound, by which harmony measures roughness: the mean of its longer lone notes, each partial by the
 * Goertzel sum over 80-280 ms after the onset, relative to the strongest of the first two.
 */
export function timbreOf({ recording, heard }: HeardFile): Timbre {
  const x = recording.channels[0];
  if (!x) return DOMBRA_TIMBRE;
  const notes = heard.notes
    .filter((note, i) => {
      const next = heard.notes[i + 1]?.onset ?? Number.POSITIVE_INFINITY;
      return note.cents !== null && note.cents < 7600 && Math.min(note.offset, next) - note.onset > 0.28 && note.confidence.pitch > 0.6;
    })
    .slice(0, NOTES);
  if (notes.length < 6) return DOMBRA_TIMBRE;
  const sums = new Float64Array(PARTIALS);
  for (const note of notes) {
    const from = Math.round((note.onset + 0.08) * SAMPLE_RATE);
    const own = Array.from({ length: PARTIALS }, (_, k) => goertzel(x, from, 9600, centsToHertz(note.cents!) * (k + 1)));
    const top = Math.max(own[0]!, own[1]!, 1e-12);
    own.forEach((level, k) => {
      sums[k] = sums[k]! + level / top / notes.length;
    });
  }
  return [...sums].map((value) => Math.round(value * 1000) / 1000);
}

/** Amplitude of one frequency, Hann window. */
function goertzel(x: Float32Array, from: number, length: number, hertz: number): number {
  if (hertz > 0.45 * SAMPLE_RATE) return 0;
  const w = (2 * PI * hertz) / SAMPLE_RATE;
  const coefficient = 2 * cos(w);
  const [turnCos, turnSin] = [cos((2 * PI) / length), sin((2 * PI) / length)];
  let [c, s, a, b] = [1, 0, 0, 0];
  for (let i = 0; i < length; i++) {
    const value = (x[from + i] ?? 0) * (0.5 - 0.5 * c);
    [c, s] = [c * turnCos - s * turnSin, s * turnCos + c * turnSin];
    [a, b] = [value + coefficient * a - b, a];
  }
  return Math.sqrt(Math.max(0, a * a + b * b - coefficient * a * b)) / length;
}
