import { type Cents, centsToHertz, exp } from "@kuishi/base";

/** Amplitudes of a tone's partials, the first 1. */
export type Timbre = readonly number[];

/** A dombra's over its first half second, where no recording told: means of 40 measured notes, within the measured spread (docs/sources.md#dombra-partials). */
export const DOMBRA_TIMBRE: Timbre = [1, 0.71, 0.42, 0.35, 0.22, 0.13, 0.1, 0.07];

/** Roughness of one pair of pure tones (Sethares 1993, after Plomp & Levelt 1965). */
function pair(f1: number, a1: number, f2: number, a2: number): number {
  const [low, high] = f1 < f2 ? [f1, f2] : [f2, f1];
  const s = 0.24 / (0.0207 * low + 18.96);
  const x = s * (high - low);
  return Math.min(a1, a2) * 5 * (exp(-3.51 * x) - exp(-5.75 * x));
}

/**
 * Roughness of tones that sound together, of a timbre: the sum over the partials of different tones, per pair of tones.
 * @example
 * const fifth = roughness([5500, 6200], DOMBRA_TIMBRE);
 * const second = roughness([5500, 5600], DOMBRA_TIMBRE);
 * fifth < second; // => true
 */
export function roughness(tones: readonly Cents[], timbre: Timbre): number {
  if (tones.length < 2) return 0;
  const hertz = tones.map(centsToHertz);
  let sum = 0;
  let pairs = 0;
  for (let i = 0; i < hertz.length; i++) {
    for (let j = i + 1; j < hertz.length; j++) {
      pairs++;
      for (let m = 0; m < timbre.length; m++)
        for (let n = 0; n < timbre.length; n++) sum += pair(hertz[i]! * (m + 1), timbre[m]!, hertz[j]! * (n + 1), timbre[n]!);
    }
  }
  return sum / pairs;
}
