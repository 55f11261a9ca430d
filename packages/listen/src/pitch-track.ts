import { type Cents, centsToHertz, hertzToCents, log2, type Seconds } from "@kuishi/base";
import { ANALYSIS_RATE, type AnalysisSignal } from "./analysis-signal.ts";

/** Pitch of a single line, frame by frame. */
export interface PitchTrack {
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

const HOP_SAMPLES = 120; // samples at 12 kHz: 10 ms
const WINDOW_SAMPLES = 480; // 40 ms, over which the difference is summed
const HALF_RATE = ANALYSIS_RATE / 2;
const CANDIDATES = 5;

export interface PitchCandidate {
  readonly cents: Cents;
  readonly cost: number;
}

/**
 * Follows one voice: candidates from the cumulative mean normalised difference (YIN, de Cheveigne and
 * Kawahara 2002), the path through them by Viterbi with silence as a state (as in pYIN, Mauch and Dixon 2014).
 * @param range lowest and highest pitch.
 */
export function trackPitch(signal: AnalysisSignal, range: readonly [Cents, Cents]): PitchTrack {
  const x = halve(signal.samples);
  const yin = new Yin(range);
  const frames = Math.max(0, Math.floor((x.length - yin.reach) / HOP_SAMPLES));
  const level = Float32Array.from({ length: frames }, (_, f) => levelOf(x, f * HOP_SAMPLES));
  const lists = Array.from({ length: frames }, (_, f) => yin.candidates(x, f * HOP_SAMPLES));
  const sorted = level.slice().sort();
  return {
    ...pathThrough(lists, level, gateOf(sorted[Math.floor(sorted.length * 0.95)] ?? 0)),
    level,
    hopSec: HOP_SAMPLES / HALF_RATE,
    startSec: WINDOW_SAMPLES / 2 / HALF_RATE,
  };
}

/** Frames quieter than this are silence. @param loud level of the loud ones. */
const gateOf = (loud: number): number => Math.max(1e-6, loud * 0.02);

function levelOf(x: Float32Array, from: number): number {
  let power = 0;
  for (let i = 0; i < WINDOW_SAMPLES; i++) power += x[from + i]! * x[from + i]!;
  return Math.sqrt(power / WINDOW_SAMPLES);
}

/** Pitches a frame of 12 kHz samples may have. */
class Yin {
  readonly #longest: number;
  readonly #shortest: number;
  readonly #difference: Float64Array;

  constructor(range: readonly [Cents, Cents]) {
    this.#longest = Math.ceil(HALF_RATE / centsToHertz(range[0])) + 2;
    this.#shortest = Math.max(4, Math.floor(HALF_RATE / centsToHertz(range[1])) - 1);
    this.#difference = new Float64Array(this.#longest + 2);
  }
  /** Samples a frame needs. */
  get reach(): number {
    return WINDOW_SAMPLES + this.#longest;
  }
  candidates(x: Float32Array, from: number): PitchCandidate[] {
    const difference = this.#difference;
    let sum = 0;
    difference[0] = 1;
    for (let lag = 1; lag <= this.#longest; lag++) {
      let d = 0;
      for (let i = 0; i < WINDOW_SAMPLES; i++) {
        const step = x[from + i]! - x[from + i + lag]!;
        d += step * step;
      }
      sum += d;
      difference[lag] = sum > 0 ? (d * lag) / sum : 1;
    }
    return minima(difference, this.#shortest, this.#longest);
  }
}

/** A line's pitch as it comes, about 60 ms after it: the path is never looked at again. */
export class PitchStream {
  readonly #yin: Yin;
  #held = new Float32Array(0);
  #odd = new Float32Array(0);
  #costs: number[] = [];
  #before: readonly PitchCandidate[] = [];
  #frames = 0;
  #loud = 0;

  constructor(range: readonly [Cents, Cents]) {
    this.#yin = new Yin(range);
  }
  /** @param samples at 24 kHz. @returns a point every 10 ms: its time, its pitch (0 = none) and how periodic it is. */
  push(samples: Float32Array): { readonly at: Seconds; readonly cents: Cents; readonly clarity: number }[] {
    const all = new Float32Array(this.#odd.length + samples.length);
    all.set(this.#odd);
    all.set(samples, this.#odd.length);
    // one sample on each side belongs to the lowpass
    const made = Math.max(0, (all.length - 1) >> 1);
    const x = new Float32Array(this.#held.length + made);
    x.set(this.#held);
    for (let i = 0; i < made; i++) x[this.#held.length + i] = lowpassed(all, 2 * i + 1);
    this.#odd = all.slice(2 * made);
    const points: { at: Seconds; cents: Cents; clarity: number }[] = [];
    let from = 0;
    for (; from + this.#yin.reach <= x.length; from += HOP_SAMPLES) {
      const level = levelOf(x, from);
      this.#loud = Math.max(level, this.#loud * 0.9995);
      const list = this.#yin.candidates(x, from);
      const { costs } = advance(this.#costs, this.#before, list, level < gateOf(this.#loud), this.#frames === 0);
      const least = Math.min(...costs);
      this.#costs = costs.map((cost) => cost - least);
      this.#before = list;
      const chosen = list[this.#costs.indexOf(0)];
      points.push({
        at: (this.#frames * HOP_SAMPLES + WINDOW_SAMPLES / 2) / HALF_RATE,
        cents: chosen?.cents ?? 0,
        clarity: chosen ? Math.max(0, 1 - chosen.cost) : 0,
      });
      this.#frames++;
    }
    this.#held = x.slice(from);
    return points;
  }
}

/** Half the rate, behind a short lowpass. */
function halve(samples: Float32Array): Float32Array {
  const out = new Float32Array(samples.length >> 1);
  for (let i = 1; i + 1 < out.length; i++) out[i] = lowpassed(samples, 2 * i);
  return out;
}
const lowpassed = (x: Float32Array, at: number): number => 0.25 * x[at - 1]! + 0.5 * x[at]! + 0.25 * x[at + 1]!;

function minima(difference: Float64Array, shortest: number, longest: number): PitchCandidate[] {
  const found: PitchCandidate[] = [];
  const middle = Math.sqrt(shortest * longest);
  for (let lag = shortest; lag <= longest; lag++) {
    const [a, b, c] = [difference[lag - 1]!, difference[lag]!, difference[lag + 1]!];
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

/** Costs of a frame's states, silence the last, and the state before that each is best reached from. */
function advance(
  before: readonly number[],
  from: readonly PitchCandidate[],
  list: readonly PitchCandidate[],
  quiet: boolean,
  first: boolean,
): { costs: number[]; links: number[] } {
  const links: number[] = [];
  const costs: number[] = [];
  for (let k = 0; k <= list.length; k++) {
    const own = k === list.length ? (quiet ? 0 : SILENT) : list[k]!.cost + (quiet ? 1 : 0);
    let best = first ? 0 : Infinity;
    let link = -1;
    for (let j = 0; !first && j <= from.length; j++) {
      const sounding = k < list.length;
      const sounded = j < from.length;
      const move = sounding && sounded ? OCTAVE * Math.min(1.2, Math.abs(list[k]!.cents - from[j]!.cents) / 1200) : sounding !== sounded ? SWITCH : 0;
      const value = before[j]! + move;
      if (value < best) {
        best = value;
        link = j;
      }
    }
    costs.push(best + own);
    links.push(link);
  }
  return { costs, links };
}

/** Cheapest way through the candidates of every frame, silence among them. */
export function pathThrough(lists: readonly (readonly PitchCandidate[])[], level: Float32Array, gate: number): { cents: Float32Array; clarity: Float32Array } {
  const n = lists.length;
  let costs: number[] = [];
  const back: number[][] = [];
  lists.forEach((list, f) => {
    const next = advance(costs, lists[f - 1] ?? [], list, level[f]! < gate, f === 0);
    costs = next.costs;
    back.push(next.links);
  });
  const cents = new Float32Array(n);
  const clarity = new Float32Array(n);
  let at = costs.indexOf(Math.min(...costs));
  for (let f = n - 1; f >= 0; f--) {
    const chosen = lists[f]![at];
    if (chosen) {
      cents[f] = chosen.cents;
      clarity[f] = Math.max(0, 1 - chosen.cost);
    }
    at = back[f]![at]!;
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

const MIN_NOTE_FRAMES = 7;
const VIBRATO_FRAMES = 18; // on each side: a whole turn of vibrato, 180 ms, is evened out
const NOTE_STEP_CENTS: Cents = 65;

/** Cuts a curve into notes where it stops, and where its mean over a turn of vibrato moves on. */
export function notesOfTrack(track: PitchTrack): LineNote[] {
  const notes: LineNote[] = [];
  const { cents, hopSec, startSec } = track;
  let from = 0;
  while (from < cents.length) {
    if (cents[from] === 0) {
      from++;
      continue;
    }
    let to = from;
    while (to < cents.length && cents[to] !== 0) to++;
    for (const [a, b] of cut(cents, from, to)) {
      if (b - a < MIN_NOTE_FRAMES) continue;
      const inside = Array.from(cents.subarray(a + Math.min(4, (b - a) >> 2), b)).sort((p, q) => p - q);
      const middle = inside.slice(Math.floor(inside.length * 0.2), Math.max(1, Math.ceil(inside.length * 0.8)));
      const mean = (values: Float32Array): number => values.subarray(a, b).reduce((sum, v) => sum + v, 0) / (b - a);
      notes.push({
        onset: Math.max(0, startSec + (a - 2) * hopSec),
        offset: startSec + b * hopSec,
        cents: middle.reduce((sum, v) => sum + v, 0) / middle.length,
        clarity: mean(track.clarity),
        level: mean(track.level),
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
    for (let i = a; i < b; i++) sum += cents[i]!;
    return sum / Math.max(1, b - a);
  };
  const edges = [from];
  const change = (i: number): number => Math.abs(mean(i, Math.min(to, i + VIBRATO_FRAMES)) - mean(Math.max(from, i - VIBRATO_FRAMES), i));
  for (let i = from + 4; i < to - 4; i++) {
    const here = change(i);
    if (here < NOTE_STEP_CENTS) continue;
    let top = true;
    for (let k = Math.max(from + 1, i - 6); k <= Math.min(to - 2, i + 6); k++) if (change(k) > here) top = false;
    if (top && i - edges.at(-1)! >= MIN_NOTE_FRAMES) edges.push(i);
  }
  return edges.map((edge, k) => [edge, edges[k + 1] ?? to]);
}
