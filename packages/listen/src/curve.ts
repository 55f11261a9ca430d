import { type Cents, centsToHertz, hertzToCents, log2, type Seconds } from "@kuishi/base";
import { RATE, type Sound } from "./sound.ts";

/** Pitch of a single line, frame by frame. */
export interface Curve {
  /** 0 where nothing of a pitch sounds. */
  readonly cents: Float32Array;
  /** How periodic each frame is, 0..1. */
  readonly clarity: Float32Array;
  /** RMS of each frame. */
  readonly level: Float32Array;
  readonly hopSec: Seconds;
  /** Middle of the first frame. */
  readonly startSec: Seconds;
}

const HOP = 120; // samples at 12 kHz: 10 ms
const LENGTH = 480; // 40 ms, over which the difference is summed
const HALF_RATE = RATE / 2;
const CANDIDATES = 5;

export interface Candidate {
  readonly cents: Cents;
  readonly cost: number;
}

/**
 * Follows one voice: candidates from the cumulative mean normalised difference (YIN, de Cheveigne and
 * Kawahara 2002), the path through them by Viterbi with silence as a state (as in pYIN, Mauch and Dixon 2014).
 * @param range lowest and highest pitch.
 */
export function followPitch(sound: Sound, range: readonly [Cents, Cents]): Curve {
  const x = halve(sound.samples);
  const longest = Math.ceil(HALF_RATE / centsToHertz(range[0])) + 2;
  const shortest = Math.max(4, Math.floor(HALF_RATE / centsToHertz(range[1])) - 1);
  const frames = Math.max(0, Math.floor((x.length - LENGTH - longest) / HOP));
  const level = new Float32Array(frames);
  const lists: Candidate[][] = [];
  const difference = new Float64Array(longest + 2);
  for (let f = 0; f < frames; f++) {
    const from = f * HOP;
    let power = 0;
    for (let i = 0; i < LENGTH; i++) power += (x[from + i] as number) * (x[from + i] as number);
    level[f] = Math.sqrt(power / LENGTH);
    let sum = 0;
    difference[0] = 1;
    for (let lag = 1; lag <= longest; lag++) {
      let d = 0;
      for (let i = 0; i < LENGTH; i++) {
        const step = (x[from + i] as number) - (x[from + i + lag] as number);
        d += step * step;
      }
      sum += d;
      difference[lag] = sum > 0 ? (d * lag) / sum : 1;
    }
    lists.push(minima(difference, shortest, longest));
  }
  const sorted = level.slice().sort();
  const gate = Math.max(1e-6, (sorted[Math.floor(sorted.length * 0.95)] ?? 0) * 0.02);
  return { ...pathThrough(lists, level, gate), level, hopSec: HOP / HALF_RATE, startSec: LENGTH / 2 / HALF_RATE };
}

/** Half the rate, behind a short lowpass. */
function halve(samples: Float32Array): Float32Array {
  const out = new Float32Array(samples.length >> 1);
  for (let i = 1; i + 1 < out.length; i++) {
    const at = 2 * i;
    out[i] = 0.25 * (samples[at - 1] as number) + 0.5 * (samples[at] as number) + 0.25 * (samples[at + 1] as number);
  }
  return out;
}

function minima(difference: Float64Array, shortest: number, longest: number): Candidate[] {
  const found: Candidate[] = [];
  const middle = Math.sqrt(shortest * longest);
  for (let lag = shortest; lag <= longest; lag++) {
    const [a, b, c] = [difference[lag - 1] as number, difference[lag] as number, difference[lag + 1] as number];
    if (b > 0.6 || b > a || b >= c || lag + 1 > longest) continue;
    const bend = a - 2 * b + c;
    const place = lag + (bend > 0 ? (0.5 * (a - c)) / bend : 0);
    // of two that fit alike the shorter period is meant
    found.push({ cents: hertzToCents(HALF_RATE / place), cost: b + 0.12 * log2(lag / middle) });
  }
  return found.sort((a, b) => a.cost - b.cost).slice(0, CANDIDATES);
}

/** Cost of sounding nothing, of starting and stopping, of moving an octave in one frame. */
const [SILENT, SWITCH, OCTAVE] = [0.38, 0.25, 4];

/** Cheapest way through the candidates of every frame, silence among them. */
export function pathThrough(lists: readonly (readonly Candidate[])[], level: Float32Array, gate: number): { cents: Float32Array; clarity: Float32Array } {
  const n = lists.length;
  let costs: number[] = [];
  const back: number[][] = [];
  // the last state of each frame is silence
  lists.forEach((list, f) => {
    const before = f > 0 ? (lists[f - 1] as readonly Candidate[]) : [];
    const quiet = (level[f] as number) < gate;
    const links: number[] = [];
    const now: number[] = [];
    for (let k = 0; k <= list.length; k++) {
      const own = k === list.length ? (quiet ? 0 : SILENT) : (list[k] as Candidate).cost + (quiet ? 1 : 0);
      let best = f === 0 ? 0 : Infinity;
      let from = -1;
      for (let j = 0; f > 0 && j <= before.length; j++) {
        const sounding = k < list.length;
        const sounded = j < before.length;
        const move =
          sounding && sounded
            ? OCTAVE * Math.min(1.2, Math.abs((list[k] as Candidate).cents - (before[j] as Candidate).cents) / 1200)
            : sounding !== sounded
              ? SWITCH
              : 0;
        const value = (costs[j] as number) + move;
        if (value < best) {
          best = value;
          from = j;
        }
      }
      now.push(best + own);
      links.push(from);
    }
    costs = now;
    back.push(links);
  });
  const cents = new Float32Array(n);
  const clarity = new Float32Array(n);
  let at = costs.indexOf(Math.min(...costs));
  for (let f = n - 1; f >= 0; f--) {
    const chosen = (lists[f] as readonly Candidate[])[at];
    if (chosen) {
      cents[f] = chosen.cents;
      clarity[f] = Math.max(0, 1 - chosen.cost);
    }
    at = (back[f] as number[])[at] as number;
  }
  return { cents, clarity };
}

/** A stretch of the curve heard as one note. */
export interface LineNote {
  readonly onset: Seconds;
  readonly offset: Seconds;
  readonly cents: Cents;
  readonly clarity: number;
  readonly level: number;
  /** Frames of the curve, from and up to. */
  readonly frames: readonly [number, number];
}

const LEAST_NOTE = 7; // frames
const VIBRATO = 9; // frames on each side: a turn of vibrato is evened out
const STEP: Cents = 65;

/** Cuts a curve into notes where it stops, and where its mean over a turn of vibrato moves on. */
export function notesOfCurve(curve: Curve): LineNote[] {
  const notes: LineNote[] = [];
  const { cents, hopSec } = curve;
  let from = 0;
  while (from < cents.length) {
    if (cents[from] === 0) {
      from++;
      continue;
    }
    let to = from;
    while (to < cents.length && cents[to] !== 0) to++;
    for (const [a, b] of cut(cents, from, to)) {
      if (b - a < LEAST_NOTE) continue;
      const inside = Array.from(cents.subarray(a + Math.min(4, (b - a) >> 2), b)).sort((p, q) => p - q);
      const middle = inside.slice(Math.floor(inside.length * 0.2), Math.max(1, Math.ceil(inside.length * 0.8)));
      const mean = (values: Float32Array): number => values.subarray(a, b).reduce((sum, v) => sum + v, 0) / (b - a);
      notes.push({
        onset: a * hopSec,
        offset: b * hopSec,
        cents: middle.reduce((sum, v) => sum + v, 0) / middle.length,
        clarity: mean(curve.clarity),
        level: mean(curve.level),
        frames: [a, b],
      });
    }
    from = to;
  }
  return notes;
}

/** Edges of notes inside one sounding stretch. */
function cut(cents: Float32Array, from: number, to: number): [number, number][] {
  const mean = (a: number, b: number): number => {
    let sum = 0;
    for (let i = a; i < b; i++) sum += cents[i] as number;
    return sum / Math.max(1, b - a);
  };
  const edges = [from];
  const change = (i: number): number => Math.abs(mean(i, Math.min(to, i + VIBRATO)) - mean(Math.max(from, i - VIBRATO), i));
  for (let i = from + 4; i < to - 4; i++) {
    const here = change(i);
    if (here < STEP) continue;
    let top = true;
    for (let k = Math.max(from + 1, i - 6); k <= Math.min(to - 2, i + 6); k++) if (change(k) > here) top = false;
    if (top && i - (edges.at(-1) as number) >= LEAST_NOTE) edges.push(i);
  }
  return edges.map((edge, k) => [edge, edges[k + 1] ?? to]);
}
