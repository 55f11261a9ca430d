import { clamp } from "@kuishi/base";
import { between, DECIMATION, type Delay, decimated } from "./delay.ts";
import { fft } from "./fft.ts";
import type { Kernels } from "./kernels.ts";

/** A moment whose sound was found again so much later, frames at 48 kHz. */
export interface Found {
  /** First frame of what was played, and the one after its last. */
  readonly from: number;
  readonly to: number;
  readonly late: number;
}
/** Samples at 12 kHz of a moment, half overlapping with the next; of the transform it is looked for with; of the delays that are tried. */
const [MOMENT, FFT_SIZE, REACH] = [512, 2048, 1440];
/** What is so much quieter than the loudest moment is not looked for, as a ratio of energies. */
const QUIET = 1e-4;
/** Peaks up to so many standard deviations high may be chance; what is so much higher than that is quite sure. */
const [CHANCE, SURE] = [6, 6];
/** What a moment that is quite sure is worth, and what a jump costs: two moments, as any stroke has, ask for one. */
const [WORTH, JUMP] = [2, 1.5];
/** Delays that differ by so many samples are one. */
const SAME = 4;

/**
 * The way of a delay that jumps, moment by moment (43 ms): where each is found again by its phases alone, as in `delaysOf`, and of all ways through
 * the delays the one with the most that is found and the fewest jumps (Viterbi 1967).
 * @param seen what `delaysOf` said of the same two sounds: only about where most of it lies is a stroke taken for itself, for strokes are alike.
 * @returns the moments that were found again, in order.
 */
export function delayPath(kernels: Kernels, played: Float32Array, heard: Float32Array, seen: readonly Delay[]): Found[] {
  const first = Math.max(0, Math.round(thickest(seen) / DECIMATION) - REACH / 2);
  const [a, b] = [decimated(kernels, played), decimated(kernels, heard)];
  const hops = Array.from({ length: Math.max(0, Math.floor(a.length / (MOMENT / 2)) - 1) }, (_, k) => (k * MOMENT) / 2);
  const energies = hops.map((at) => energy(a, at));
  const floor = Math.max(0, ...energies) * QUIET;
  const gains = hops.map((at, h) => (energies[h]! > floor ? gainsAt(a, b, at, first) : undefined));
  const path = bestPath(gains);
  return hops.flatMap((at, h): Found[] => {
    const [own, lag] = [gains[h], path[h]!];
    if (!own || own[lag] === 0) return [];
    const late = first + lag + between(own[lag - 1] ?? 0, own[lag]!, own[lag + 1] ?? 0);
    return [{ from: at * DECIMATION, to: (at + MOMENT) * DECIMATION, late: late * DECIMATION }];
  });
}

/** The delay about which most peaks lie, frames. */
function thickest(seen: readonly Delay[]): number {
  const peaks = seen.flatMap((delay) => delay.peaks);
  const reach = (REACH / 2) * DECIMATION;
  const weight = (about: number): number => peaks.reduce((sum, peak) => sum + (Math.abs(peak.frames - about) < reach ? peak.sure : 0), 0);
  const [best] = peaks.map((peak) => ({ frames: peak.frames, weight: weight(peak.frames) })).sort((x, y) => y.weight - x.weight);
  if (!best) return 0;
  // in the middle of what lies there
  const inside = peaks.filter((peak) => Math.abs(peak.frames - best.frames) < reach);
  return inside.reduce((sum, peak) => sum + peak.frames * peak.sure, 0) / inside.reduce((sum, peak) => sum + peak.sure, 0);
}

function energy(sound: Float32Array, at: number): number {
  let sum = 0;
  for (let i = at; i < at + MOMENT; i++) sum += (sound[i] ?? 0) * (sound[i] ?? 0);
  return sum;
}

/** Smoothly from nothing and to nothing over so many samples. */
function taper(i: number, length: number, over: number): number {
  const x = Math.min(1, (Math.min(i, length - 1 - i) + 0.5) / over);
  return x * x * (3 - 2 * x);
}

/** How sure it is that a moment of `a` lies each delay later in `b`. */
function gainsAt(a: Float32Array, b: Float32Array, at: number, first: number): Float32Array {
  const [ar, ai, br, bi] = [new Float64Array(FFT_SIZE), new Float64Array(FFT_SIZE), new Float64Array(FFT_SIZE), new Float64Array(FFT_SIZE)];
  // an edge sounds at every frequency, and would be found at every other edge
  for (let i = 0; i < MOMENT; i++) ar[i] = (a[at + i] ?? 0) * taper(i, MOMENT, MOMENT / 4);
  for (let i = 0; i < FFT_SIZE; i++) br[i] = (b[at + first + i] ?? 0) * taper(i, FFT_SIZE, MOMENT / 4);
  fft(ar, ai, -1);
  fft(br, bi, -1);
  const power = ar.reduce((sum, re, k) => sum + re * re + ai[k]! * ai[k]!, 0) / FFT_SIZE;
  for (let k = 0; k < FFT_SIZE; k++) {
    const [re, im] = [br[k]! * ar[k]! + bi[k]! * ai[k]!, bi[k]! * ar[k]! - br[k]! * ai[k]!];
    const norm = Math.sqrt(re * re + im * im);
    const silent = norm === 0 || ar[k]! * ar[k]! + ai[k]! * ai[k]! < power * 1e-3;
    br[k] = silent ? 0 : re / norm;
    bi[k] = silent ? 0 : im / norm;
  }
  fft(br, bi, 1);
  let [sum, squares] = [0, 0];
  for (let lag = 0; lag < REACH; lag++) {
    sum += br[lag]!;
    squares += br[lag]! * br[lag]!;
  }
  const mean = sum / REACH;
  const deviation = Math.sqrt(Math.max(1e-30, squares / REACH - mean * mean));
  return Float32Array.from({ length: REACH }, (_, lag) => clamp(((br[lag]! - mean) / deviation - CHANCE) / SURE, 0, 1) * WORTH);
}

/** The way with the greatest sum of gains, less what its jumps cost. */
function bestPath(gains: readonly (Float32Array | undefined)[]): number[] {
  let scores = new Float64Array(REACH);
  const back: Int16Array[] = [];
  for (const own of gains) {
    const from = new Int16Array(REACH);
    const next = new Float64Array(REACH);
    let best = 0;
    for (let lag = 1; lag < REACH; lag++) if (scores[lag]! > scores[best]!) best = lag;
    for (let lag = 0; lag < REACH; lag++) {
      let [chosen, score] = [best, scores[best]! - JUMP];
      for (let other = Math.max(0, lag - SAME); other <= Math.min(REACH - 1, lag + SAME); other++) {
        // a step aside is dearer than none, so that nothing drifts without a reason
        const value = scores[other]! - 0.05 * Math.abs(other - lag);
        if (value > score || (value === score && other === lag)) [chosen, score] = [other, value];
      }
      from[lag] = chosen;
      next[lag] = score + (own?.[lag] ?? 0);
    }
    back.push(from);
    scores = next;
  }
  let state = scores.reduce((best, score, lag) => (score > scores[best]! ? lag : best), 0);
  const out: number[] = [];
  for (let h = gains.length - 1; h >= 0; h--) {
    out.push(state);
    state = back[h]![state]!;
  }
  return out.reverse();
}
