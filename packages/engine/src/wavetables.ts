import { cos, exp, PI, sin } from "@kuishi/base";
import type { Wavetable } from "./plan.ts";

/** Frames of a table, points of a frame, octaves each is kept for, as the kernel reads them. */
export const FRAMES = 8;
const POINTS = 2048;
const OCTAVES = 10;
const PARTIALS = 96;

/** Amplitude of partial n in a frame that lies at `place`, 0..1. */
const recipes: Readonly<Record<Wavetable, (n: number, place: number) => number>> = {
  // a saw through two formants that travel from a closed to an open vowel (about 300/870 to 730/1090 Hz over 110 Hz)
  vowels: (n, place) => {
    const [first, second] = [2.7 + 3.9 * place, 7.9 + 2 * place];
    const bell = (centre: number, width: number): number => exp((-0.5 * (n - centre) * (n - centre)) / (width * width));
    return (0.12 + bell(first, 1.1) + 0.7 * bell(second, 1.4)) / Math.sqrt(n);
  },
  // drawbars: eight feet alone to all nine
  organ: (n, place) => ([1, 2, 3, 4, 6, 8].includes(n) ? (n === 1 ? 1 : place * (1.1 - n / 12)) : 0),
  // few, wide-set partials that thin out
  glass: (n, place) => (n === 1 ? 1 : n % 3 === 0 || n % 7 === 0 ? 0.7 * (1 - 0.8 * place) * exp(-n / 14) : 0.05 * exp(-n / 5)),
};

/** Single-cycle waves, for each octave with only the partials it can carry: FRAMES x OCTAVES x POINTS. */
export function makeWavetable(name: Wavetable): Float32Array {
  const recipe = recipes[name];
  const sine = Float32Array.from({ length: POINTS }, (_, i) => sin((2 * PI * i) / POINTS));
  const out = new Float32Array(FRAMES * OCTAVES * POINTS);
  for (let frame = 0; frame < FRAMES; frame++) {
    const place = frame / (FRAMES - 1);
    const levels = Array.from({ length: PARTIALS }, (_, k) => recipe(k + 1, place) * (0.9 + 0.1 * cos(k)));
    const scale = 0.7 / levels.reduce((sum, level) => sum + Math.abs(level) / 1.6, 0);
    for (let octave = 0; octave < OCTAVES; octave++) {
      const wave = out.subarray((frame * OCTAVES + octave) * POINTS, (frame * OCTAVES + octave + 1) * POINTS);
      const most = Math.min(PARTIALS, POINTS / 4 / (1 << octave));
      levels.forEach((level, k) => {
        const n = k + 1;
        if (n > most || level === 0) return;
        for (let i = 0; i < POINTS; i++) wave[i] = wave[i]! + scale * level * sine[(i * n) & (POINTS - 1)]!;
      });
    }
  }
  return out;
}
