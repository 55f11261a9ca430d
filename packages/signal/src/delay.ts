import { joinedSamples, SAMPLE_RATE } from "@kuishi/base";
import { fft } from "./fft.ts";
import type { Kernels } from "./kernels.ts";
import { Resampler } from "./resampler.ts";

/** One sample of what is compared, in frames at 48 kHz. */
export const DECIMATION: number = 4;
/** Samples at 12 kHz of a moment that is looked for, 0.17 s. */
export const MOMENT: number = 2048;
/** Delays below none, where no cause can be, samples. */
export const BEFORE: number = 4096;
/** Delays above none, samples: half a second. */
export const AFTER: number = 6144;
/** Samples of the soft ends of what it is looked for in, and of the transform. */
const [END, FFT_SIZE] = [1024, 16_384];
/** So much below the mean, as a ratio of powers, a frequency holds nothing that was played, or nothing that was heard. */
const [UNPLAYED, UNHEARD] = [1e-3, 1e-7];

/**
 * How like a moment of `played` is to what `heard` has so much later, by phases alone: generalised cross-correlation with phase transform
 * (Knapp and Carter 1976), which stands on every frequency alike, so that a faint copy under other music is found by its timing.
 * @param at first sample of the moment. @returns for delays from -`BEFORE` up to `AFTER`, in standard deviations from their mean: to chance, about -4..4.
 */
export function likeness(played: Float32Array, heard: Float32Array, at: number): Float32Array {
  const [re, im] = [new Float64Array(FFT_SIZE), new Float64Array(FFT_SIZE)];
  const first = at - BEFORE - END;
  const length = MOMENT + BEFORE + AFTER + 2 * END;
  // both real sounds in one transform: played in the real part, heard in the imaginary; an edge would be found at every other edge
  for (let i = 0; i < MOMENT; i++) re[i] = (played[at + i] ?? 0) * taper(i, MOMENT, MOMENT / 4);
  for (let i = 0; i < length; i++) im[i] = (heard[first + i] ?? 0) * taper(i, length, END);
  fft(re, im, -1);
  const [cr, ci] = [new Float64Array(FFT_SIZE), new Float64Array(FFT_SIZE)];
  const [own, other] = [new Float64Array(FFT_SIZE), new Float64Array(FFT_SIZE)];
  let [level, loud] = [0, 0];
  for (let k = 1; k < FFT_SIZE; k++) {
    const m = FFT_SIZE - k;
    const [xr, xi] = [(re[k]! + re[m]!) / 2, (im[k]! - im[m]!) / 2];
    const [yr, yi] = [(im[k]! + im[m]!) / 2, (re[m]! - re[k]!) / 2];
    // heard times the conjugate of played
    cr[k] = yr * xr + yi * xi;
    ci[k] = yi * xr - yr * xi;
    own[k] = xr * xr + xi * xi;
    other[k] = yr * yr + yi * yi;
    level += own[k]! / FFT_SIZE;
    loud += other[k]! / FFT_SIZE;
  }
  for (let k = 1; k < FFT_SIZE; k++) {
    const norm = own[k]! < level * UNPLAYED || other[k]! < loud * UNHEARD ? 0 : Math.sqrt(cr[k]! * cr[k]! + ci[k]! * ci[k]!);
    cr[k] = norm > 0 ? cr[k]! / norm : 0;
    ci[k] = norm > 0 ? ci[k]! / norm : 0;
  }
  fft(cr, ci, 1);
  return standardised(cr.subarray(END, END + BEFORE + AFTER));
}
function standardised(curve: Float64Array): Float32Array {
  let [sum, squares] = [0, 0];
  for (const value of curve) {
    sum += value;
    squares += value * value;
  }
  const mean = sum / curve.length;
  const deviation = Math.sqrt(Math.max(1e-30, squares / curve.length - mean * mean));
  return Float32Array.from(curve, (value) => (value - mean) / deviation);
}
/** Smoothly from nothing and to nothing over so many samples (Perlin's smootherstep: its slope and bend begin at nothing too). */
function taper(i: number, length: number, over: number): number {
  const x = Math.min(1, (Math.min(i, length - 1 - i) + 0.5) / over);
  return x * x * x * (x * (6 * x - 15) + 10);
}
/** Place of a parabola's top between three samples, -0.5..0.5 about the middle one. */
export function between(left: number, middle: number, right: number): number {
  const bend = left - 2 * middle + right;
  return bend < 0 ? Math.max(-0.5, Math.min(0.5, (left - right) / (2 * bend))) : 0;
}

/** At 12 kHz. */
export function decimated(kernels: Kernels, sound: Float32Array): Float32Array {
  const resampler = new Resampler(kernels, SAMPLE_RATE, SAMPLE_RATE / DECIMATION);
  const parts: Float32Array[] = [];
  for (let at = 0; at < sound.length; at += SAMPLE_RATE) parts.push(resampler.push(sound.subarray(at, at + SAMPLE_RATE)).slice());
  parts.push(resampler.finish().slice());
  return joinedSamples(parts);
}
