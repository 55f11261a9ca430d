import type { Frames } from "@kuishi/base";
import { AFTER, BEFORE, between, DECIMATION, decimated, likeness, MOMENT } from "./delay.ts";
import type { Kernels } from "./kernels.ts";

/** A moment whose sound was found again so much later, frames at 48 kHz. */
interface Found {
  /** First frame of what was played, and the one after its last. */
  readonly from: Frames;
  readonly to: Frames;
  readonly late: number;
}
/** A stretch without a jump: from where on, frames at 48 kHz, and the moments of it that were found again. */
interface DelayRun {
  readonly from: Frames;
  readonly found: readonly Found[];
}
/** The way of a delay through a sound. */
export interface DelayPath {
  /** One for each stretch without a jump, in order. */
  readonly runs: readonly DelayRun[];
  /** Likeness gathered along the way; along the best one elsewhere; along the best one through delays below none, which no sound can have. */
  readonly sure: number;
  readonly rival: number;
  readonly chance: number;
  /** What a moment that sounded gathers along the way, on the mean; up to about 30. */
  readonly alike: number;
}
/** Moments lie half over each other; of a long sound only so many are looked at. */
const MOST_MOMENTS = 1000;
/** What is so much quieter than the loudest moment is not looked for, as a ratio of energies; nor what is no sound, mean square. */
const [QUIET, SILENT] = [1e-4, 1e-9];
/** Deviations that a moment must stand above chance to speak for a delay, and the most that one may say. */
const [DOUBT, LOUDEST] = [1, 30];
/** Deviations from which on a moment counts as found again. */
const HEARD = 4;
/** What a jump costs: any stroke lies in two moments, and asks for one where it stands high in both. */
const JUMP_COST = 30;
/** What a step aside by one sample costs, clocks drift by one in a second at most. */
const STEP_COST = 2;
/** A delay jumps within so many samples, 0.2 s. */
const REACH = 2400;
/** A way is another where it lies so many samples away, 5 ms. */
const ELSEWHERE = 60;

/**
 * The way of a delay that may drift and jump: each moment (0.17 s) is laid beside what was heard, by its phases alone (`likeness`), and of all
 * ways through the delays the one is taken that gathers most likeness with the fewest jumps (Viterbi 1967). What the same search gathers where
 * no copy can be, before its cause, says what chance and sounds that repeat are worth.
 * @param played and @param heard mono at 48 kHz from the same moment on.
 */
export function delayPath(kernels: Kernels, played: Float32Array, heard: Float32Array): DelayPath {
  const [a, b] = [decimated(kernels, played), decimated(kernels, heard)];
  const hop = Math.max(MOMENT / 2, Math.ceil(a.length / MOST_MOMENTS));
  const hops = Array.from({ length: Math.max(0, Math.ceil((a.length - MOMENT / 2) / hop)) }, (_, k) => k * hop);
  const energies = hops.map((at) => energy(a, at));
  const floor = Math.max(SILENT * MOMENT, Math.max(0, ...energies) * QUIET);
  const moments = hops.flatMap((at, h) => (energies[h]! > floor && energy(b, at) + energy(b, at + MOMENT) > SILENT * MOMENT ? [at] : []));
  const curves = moments.map((at) => likeness(a, b, at));
  const best = bestWay(curves, BEFORE, BEFORE + AFTER);
  const rival = bestWay(curves, BEFORE, BEFORE + AFTER, best.lags);
  const chance = bestWay(curves, 0, BEFORE - ELSEWHERE);
  const runs: Found[][] = [];
  for (const [h, at] of moments.entries()) {
    const [own, lag] = [curves[h]!, best.lags[h]!];
    if (h === 0 || Math.abs(lag - best.lags[h - 1]!) > 1) runs.push([]);
    if (own[lag]! < HEARD) continue;
    const late = lag - BEFORE + between(own[lag - 1] ?? 0, own[lag]!, own[lag + 1] ?? 0);
    runs.at(-1)!.push({ from: at * DECIMATION, to: (at + MOMENT) * DECIMATION, late: late * DECIMATION });
  }
  const full = runs.filter((run) => run.length > 0);
  return {
    runs: full.map((found, k) => ({ from: k === 0 ? 0 : cutBetween(a, b, full[k - 1]!.at(-1)!, found[0]!), found })),
    sure: best.score,
    rival: rival.score,
    chance: chance.score,
    alike: curves.reduce((sum, own, h) => sum + gain(own[best.lags[h]!]!), 0) / Math.max(1, curves.length),
  };
}

/** Where the delay jumped between two moments, frames: where what was played before fits the one delay best, and what was played after the other. */
function cutBetween(a: Float32Array, b: Float32Array, before: Found, after: Found): Frames {
  const [early, late] = [Math.round(before.late / DECIMATION), Math.round(after.late / DECIMATION)];
  const [from, to] = [Math.min(before.to, after.from) / DECIMATION, Math.max(before.to, after.from) / DECIMATION];
  // differences from sample to sample: strokes stand out of what hums on
  const edge = (sound: Float32Array, i: number): number => (sound[i] ?? 0) - (sound[i - 1] ?? 0);
  let [sum, top, first, last] = [0, 0, from, from];
  for (let i = from; i < to; i++) {
    sum += edge(a, i) * (edge(b, i + early) - edge(b, i + late));
    if (sum > top) [top, first] = [sum, i + 1];
    if (sum >= top * 0.98) last = i + 1;
  }
  return Math.round((first + last) / 2) * DECIMATION;
}

function energy(sound: Float32Array, at: number): number {
  let sum = 0;
  for (let i = at; i < at + MOMENT; i++) sum += (sound[i] ?? 0) * (sound[i] ?? 0);
  return sum;
}

/** The way with the greatest sum of gains, less what its steps and jumps cost, between two delays; kept away from another way where one is given. */
function bestWay(
  curves: readonly Float32Array[],
  from: number,
  to: number,
  away?: readonly number[],
): { readonly lags: readonly number[]; readonly score: number } {
  const first = bestBand(curves, from, to, new Set(away));
  const size = Math.min(REACH, to - first);
  let scores = new Float64Array(size);
  const back: Int16Array[] = [];
  for (const [h, own] of curves.entries()) {
    const before = new Int16Array(size);
    const next = new Float64Array(size);
    const top = highest(scores);
    const jump = scores[top]! - JUMP_COST;
    const avoid = away?.[h] ?? -1e9;
    for (let k = 0; k < size; k++) {
      let [chosen, score] = [k, scores[k]!];
      if (k > 0 && scores[k - 1]! - STEP_COST > score) [chosen, score] = [k - 1, scores[k - 1]! - STEP_COST];
      if (k + 1 < size && scores[k + 1]! - STEP_COST > score) [chosen, score] = [k + 1, scores[k + 1]! - STEP_COST];
      if (jump > score) [chosen, score] = [top, jump];
      before[k] = chosen;
      next[k] = score + (Math.abs(first + k - avoid) < ELSEWHERE ? -DOUBT : gain(own[first + k]!));
    }
    back.push(before);
    scores = next;
  }
  let state = highest(scores);
  const score = scores[state] ?? 0;
  const lags: number[] = [];
  for (let h = curves.length - 1; h >= 0; h--) {
    lags.push(first + state);
    state = back[h]![state]!;
  }
  return { lags: lags.reverse(), score };
}
const gain = (like: number): number => Math.max(-DOUBT, Math.min(LOUDEST, like - DOUBT));

/** First delay of the band that gathers most, steadily or in single moments; nothing counts beside the delays of another way. */
function bestBand(curves: readonly Float32Array[], from: number, to: number, away: ReadonlySet<number>): number {
  const sums = new Float64Array(to - from);
  for (let k = 0; k < sums.length; k++) {
    let [steady, single] = [0, 0];
    for (const own of curves) {
      const like = own[from + k]!;
      steady += gain(like);
      if (like > HEARD) single += Math.min(LOUDEST, like) - HEARD;
    }
    sums[k] = Math.max(0, steady) + single;
  }
  for (const lag of away) sums.fill(0, Math.max(0, lag - ELSEWHERE - from), Math.max(0, lag + ELSEWHERE - from));
  let [sum, top, best] = [0, -1, 0];
  for (let k = 0; k < sums.length; k++) {
    sum += sums[k]! - (sums[k - REACH] ?? 0);
    if (sum > top) [top, best] = [sum, k];
  }
  // the best band ends where the last of it was added: what it holds lies in its middle
  const weights = sums.subarray(Math.max(0, best - REACH + 1), best + 1);
  const centre = Math.max(0, best - REACH + 1) + Math.round(weights.reduce((total, x, k) => total + x * k, 0) / (top || 1));
  return from + Math.max(0, Math.min(centre - REACH / 2, sums.length - REACH));
}
function highest(values: Float64Array): number {
  let best = 0;
  for (let k = 1; k < values.length; k++) if (values[k]! > values[best]!) best = k;
  return best;
}
