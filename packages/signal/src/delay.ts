import { joinedSamples, log2, SAMPLE_RATE } from "@kuishi/base";
import { fft } from "./fft.ts";
import type { Kernels } from "./kernels.ts";
import { Resampler } from "./resampler.ts";

/** By how much one sound comes after another, over a stretch of both. */
export interface Delay {
  /** First frame of the stretch, at 48 kHz, and the one after its last. */
  readonly at: number;
  readonly to: number;
  /** Frames at 48 kHz; parts of one count. */
  readonly frames: number;
  /** How far the peak stands above everything else, in standard deviations of it: below about 9, chance. */
  readonly sure: number;
  /** Every delay whose peak stands that high, the highest first: a delay that jumps within the stretch leaves one for each. */
  readonly peaks: readonly { readonly frames: number; readonly sure: number }[];
}

/** One sample of what is compared, in frames at 48 kHz. */
export const DECIMATION: number = 4;
/** Of each stretch, so many peaks at most, each so many deviations high and so many samples from the next. */
const [MAX_PEAKS, MIN_PEAK, PEAK_GAP] = [32, 7, 3];
/** What is quieter than this is no sound, mean square. */
const SILENT = 1e-9;

/**
 * How much later `heard` has what `played` had, stretch by stretch: generalised cross-correlation with phase transform
 * (Knapp and Carter 1976), which stands on every frequency alike, so that a faint copy under other music is found by its timing.
 * @param played and @param heard mono at 48 kHz from the same moment on. @param most longest delay looked for, frames.
 * @param seconds of a stretch, roughly: a shorter one finds what lasts less long, and needs it louder.
 */
export function delaysOf(kernels: Kernels, played: Float32Array, heard: Float32Array, most = 36_000, seconds = 2.7): Delay[] {
  const window = 1 << Math.round(log2((seconds * SAMPLE_RATE) / DECIMATION));
  const [a, b] = [decimated(kernels, played), decimated(kernels, heard)];
  const size = window * 2;
  const reach = Math.min(window, Math.ceil(most / DECIMATION));
  const out: Delay[] = [];
  for (let from = 0; from + window / 4 < Math.min(a.length, b.length); from += window / 4) {
    const [re, im] = [new Float64Array(size), new Float64Array(size)];
    // both real sounds in one transform: played in the real part, heard in the imaginary
    let [powerA, powerB] = [0, 0];
    for (let i = 0; i < window; i++) {
      const [x, y] = [a[from + i] ?? 0, b[from + i] ?? 0];
      powerA += x * x;
      powerB += y * y;
      re[i] = x;
      im[i] = y;
    }
    if (powerA / window < SILENT || powerB / window < SILENT) continue;
    fft(re, im, -1);
    const [cr, ci] = [new Float64Array(size), new Float64Array(size)];
    // a floor under each frequency: where nothing was played there is no phase to stand on
    let level = 0;
    const product = (k: number): [number, number, number] => {
      const m = (size - k) % size;
      const [xr, xi] = [(re[k]! + re[m]!) / 2, (im[k]! - im[m]!) / 2];
      const [yr, yi] = [(im[k]! + im[m]!) / 2, (re[m]! - re[k]!) / 2];
      // heard times the conjugate of played
      return [yr * xr + yi * xi, yi * xr - yr * xi, xr * xr + xi * xi];
    };
    for (let k = 1; k < size; k++) level += product(k)[2] / size;
    for (let k = 1; k < size; k++) {
      const [r, i, power] = product(k);
      const norm = Math.sqrt(r * r + i * i);
      if (norm === 0 || power < level * 1e-3) continue;
      cr[k] = r / norm;
      ci[k] = i / norm;
    }
    fft(cr, ci, 1);
    let [sum, squares] = [0, 0];
    for (let lag = 0; lag < reach; lag++) {
      const value = cr[lag]!;
      sum += value;
      squares += value * value;
    }
    const mean = sum / reach;
    const deviation = Math.sqrt(Math.max(1e-30, squares / reach - mean * mean));
    const sure = (lag: number): number => (cr[lag]! - mean) / deviation;
    const peaks = peaksOf(cr, reach).map((lag) => ({ frames: (lag + between(cr[lag - 1] ?? 0, cr[lag]!, cr[lag + 1] ?? 0)) * DECIMATION, sure: sure(lag) }));
    const [best] = peaks;
    if (best) out.push({ at: from * DECIMATION, to: (from + window) * DECIMATION, ...best, peaks: peaks.filter((peak) => peak.sure > MIN_PEAK) });
  }
  return out;
}

/** Where a curve stands highest, the highest first, none beside a higher one. */
function peaksOf(curve: Float64Array, reach: number): number[] {
  const tops: number[] = [];
  for (let lag = 0; lag < reach; lag++) if (curve[lag]! >= (curve[lag - 1] ?? -1) && curve[lag]! > (curve[lag + 1] ?? -1)) tops.push(lag);
  tops.sort((a, b) => curve[b]! - curve[a]!);
  const out: number[] = [];
  for (const lag of tops) {
    if (out.every((other) => Math.abs(other - lag) >= PEAK_GAP)) out.push(lag);
    if (out.length === MAX_PEAKS) break;
  }
  return out;
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
