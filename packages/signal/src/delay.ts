import { fft } from "./fft.ts";
import type { Kernels } from "./kernels.ts";
import { Resampler } from "./resampler.ts";

/** By how much one sound comes after another, over a stretch of both. */
export interface Delay {
  /** First frame of the stretch, at 48 kHz. */
  readonly at: number;
  /** Frames at 48 kHz; parts of one count. */
  readonly frames: number;
  /** How far the peak stands above everything else, in standard deviations of it: below about 9, chance. */
  readonly sure: number;
}

/** One sample of what is compared, in frames at 48 kHz; stretches are so many samples long and a quarter of it apart. */
const STEP = 4;
const WINDOW = 1 << 15;
/** What is quieter than this is no sound, mean square. */
const SILENT = 1e-9;

/**
 * How much later `heard` has what `played` had, stretch by stretch: generalised cross-correlation with phase transform
 * (Knapp and Carter 1976), which stands on every frequency alike, so that a faint copy under other music is found by its timing.
 * @param played and @param heard mono at 48 kHz from the same moment on. @param most longest delay looked for, frames.
 */
export function delaysOf(kernels: Kernels, played: Float32Array, heard: Float32Array, most = 36_000): Delay[] {
  const low = (sound: Float32Array): Float32Array => {
    const resampler = new Resampler(kernels, 48_000, 48_000 / STEP);
    const parts: Float32Array[] = [];
    for (let at = 0; at < sound.length; at += 48_000) parts.push(resampler.push(sound.subarray(at, at + 48_000)).slice());
    parts.push(resampler.finish().slice());
    const out = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      out.set(part, at);
      at += part.length;
    }
    return out;
  };
  const [a, b] = [low(played), low(heard)];
  const size = WINDOW * 2;
  const reach = Math.min(WINDOW, Math.ceil(most / STEP));
  const out: Delay[] = [];
  for (let from = 0; from + WINDOW / 4 < Math.min(a.length, b.length); from += WINDOW / 4) {
    const [re, im] = [new Float64Array(size), new Float64Array(size)];
    // both real sounds in one transform: played in the real part, heard in the imaginary
    let [powerA, powerB] = [0, 0];
    for (let i = 0; i < WINDOW; i++) {
      const [x, y] = [a[from + i] ?? 0, b[from + i] ?? 0];
      powerA += x * x;
      powerB += y * y;
      re[i] = x;
      im[i] = y;
    }
    if (powerA / WINDOW < SILENT || powerB / WINDOW < SILENT) continue;
    fft(re, im, -1);
    const [cr, ci] = [new Float64Array(size), new Float64Array(size)];
    // a floor under each frequency: where nothing was played there is no phase to stand on
    let mean = 0;
    const product = (k: number): [number, number, number] => {
      const m = (size - k) % size;
      const [xr, xi] = [((re[k] as number) + (re[m] as number)) / 2, ((im[k] as number) - (im[m] as number)) / 2];
      const [yr, yi] = [((im[k] as number) + (im[m] as number)) / 2, ((re[m] as number) - (re[k] as number)) / 2];
      // heard times the conjugate of played
      return [yr * xr + yi * xi, yi * xr - yr * xi, xr * xr + xi * xi];
    };
    for (let k = 1; k < size; k++) mean += product(k)[2] / size;
    for (let k = 1; k < size; k++) {
      const [r, i, power] = product(k);
      const norm = Math.sqrt(r * r + i * i);
      if (norm === 0 || power < mean * 1e-3) continue;
      cr[k] = r / norm;
      ci[k] = i / norm;
    }
    fft(cr, ci, 1);
    let best = 0;
    let [sum, squares] = [0, 0];
    for (let lag = 0; lag < reach; lag++) {
      const value = cr[lag] as number;
      sum += value;
      squares += value * value;
      if (value > (cr[best] as number)) best = lag;
    }
    const deviation = Math.sqrt(Math.max(1e-30, squares / reach - (sum / reach) * (sum / reach)));
    const [l, m, r] = [cr[best - 1] ?? 0, cr[best] as number, cr[best + 1] ?? 0];
    const bend = l - 2 * m + r;
    const part = bend < 0 ? (l - r) / (2 * bend) : 0;
    out.push({ at: from * STEP, frames: (best + Math.max(-0.5, Math.min(0.5, part))) * STEP, sure: (m - sum / reach) / deviation });
  }
  return out;
}
