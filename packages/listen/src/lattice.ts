import { type Cents, exp, log } from "@kuishi/base";
import { type OnsetCandidate, valueAt } from "./onset-candidates.ts";

/**
 * Weights in log-odds unless another unit is said. Set by hand, one after the other, on the shared benchmark's seeds 1-9 and on modelled lutes of
 * `bench:listen`, whose figures decided; no search. The hand's costs are kept small on purpose: strong enough to decide strings,
 * they pulled the open strings up by whole tones (ADR 3).
 */
const WEIGHTS = {
  /** States of a candidate that are followed. */
  states: 14,
  /** Sum of both strings' activations (0..1 each) under which a pitch is not thought of. */
  leastActivation: 0.04,
  /** How far the network's activations of the strings are trusted against the neck. */
  timbre: 0.6,
  /** Given for every note: between missing and inventing. */
  note: 0.6,
  /** Cost of a lone note on the low string: it is hardly ever struck alone. */
  loneLow: 0.35,
  /** Given for an open string: there is always one. */
  open: 0.04,
  /** Frets two fingers span without effort, and the cost of each fret beyond. */
  span: 4,
  spanPerFret: 0.1,
  /** Cost of each fret the hand moves, and frets beyond which it costs no more. */
  movePerFret: 0.05,
  longestMove: 9,
  /** Cost of a note off the neck. */
  offNeck: 9,
  /** Frets below the nut and beyond the last that are still on the neck: pitches stray. */
  belowNut: 0.45,
  beyondLast: 0.6,
} as const;
/** Least chances (0..1) that keep the logarithms from deciding alone. */
const FLOOR = { nothing: 0.004, any: 0.01, string: 0.02, anyString: 0.04, unison: 1e-4 } as const;

/** What the two strings may do at one candidate: an index of a pitch, or -1. */
export interface State {
  readonly low: number;
  readonly high: number;
  /** Log-odds against "nothing struck". */
  readonly score: number;
}
/** Where the two open strings sound. */
export interface OpenPair {
  readonly low: Cents;
  readonly high: Cents;
}
/** What else speaks for a pitch of a string at a candidate, in log-odds. */
export type Bias = (candidate: number, string: 0 | 1, pitch: number) => number;

/** Evidence of every pitch at one candidate, as log-odds for each string. */
export function statesOf(candidate: OnsetCandidate, index: number, pitches: readonly Cents[], bias: Bias): State[] {
  const heard: { d: number; low: number; high: number; both: number }[] = [];
  pitches.forEach((cents, d) => {
    const l = valueAt(candidate.activations.low, cents);
    const h = valueAt(candidate.activations.high, cents);
    if (l + h < WEIGHTS.leastActivation) return;
    const both = Math.max(0, l + h - 1);
    const none = Math.max(FLOOR.nothing, 1 - l - h + both);
    const any = Math.max(FLOOR.any, l + h - both);
    const odds = log(any / none) + WEIGHTS.note;
    heard.push({
      d,
      low: odds + WEIGHTS.timbre * log((l - both + FLOOR.string) / (any + FLOOR.anyString)) + bias(index, 0, d),
      high: odds + WEIGHTS.timbre * log((h - both + FLOOR.string) / (any + FLOOR.anyString)) + bias(index, 1, d),
      both: log(Math.max(FLOOR.unison, both) / none) + 2 * WEIGHTS.note + bias(index, 0, d) + bias(index, 1, d),
    });
  });
  const states: State[] = [{ low: -1, high: -1, score: 0 }];
  for (const a of heard) {
    states.push({ low: a.d, high: -1, score: a.low - WEIGHTS.loneLow }, { low: -1, high: a.d, score: a.high });
    for (const b of heard) states.push({ low: a.d, high: b.d, score: a === b ? a.both : a.low + b.high });
  }
  return states.sort((a, b) => b.score - a.score).slice(0, WEIGHTS.states);
}

/** The states of all candidates, scored with the neck in mind. */
export interface Lattice {
  readonly states: readonly (readonly State[])[];
  /** Node scores with the neck in mind. */
  readonly scores: readonly Float64Array[];
  /** Mean of the stopped frets; NaN where none is stopped. */
  readonly hands: readonly Float64Array[];
}

/** Scores states with two open strings and so many frets in mind. */
export function lattice(states: readonly (readonly State[])[], pitches: readonly Cents[], open: OpenPair, frets: number): Lattice {
  const hands: Float64Array[] = [];
  const scores = states.map((list) => {
    const hand = new Float64Array(list.length).fill(NaN);
    const out = Float64Array.from(list, (state, k) => {
      let score = state.score;
      const stopped: number[] = [];
      for (const [d, nut] of [
        [state.low, open.low],
        [state.high, open.high],
      ] as const) {
        if (d < 0) continue;
        const fret = (pitches[d]! - nut) / 100;
        if (offNeck(fret, frets)) score -= WEIGHTS.offNeck;
        else if (fret < WEIGHTS.belowNut) score += WEIGHTS.open;
        else stopped.push(fret);
      }
      if (stopped.length > 0) hand[k] = stopped.reduce((a, b) => a + b, 0) / stopped.length;
      if (stopped.length === 2) score -= WEIGHTS.spanPerFret * Math.max(0, Math.abs(stopped[0]! - stopped[1]!) - WEIGHTS.span);
      return score;
    });
    hands.push(hand);
    return out;
  });
  return { states, scores, hands };
}

/** Log-score of moving the hand between two states. */
function move(from: number, to: number): number {
  return Number.isNaN(from) || Number.isNaN(to) ? 0 : -WEIGHTS.movePerFret * Math.min(WEIGHTS.longestMove, Math.abs(from - to));
}

/** Best path (Viterbi) and its score. */
export function bestPath({ states, scores, hands }: Lattice): { path: number[]; score: number } {
  let now = scores[0] ?? new Float64Array(0);
  const back: Int32Array[] = [];
  for (let i = 1; i < states.length; i++) {
    const [from, to] = [hands[i - 1]!, hands[i]!];
    const links = new Int32Array(to.length);
    now = scores[i]!.map((own, k) => {
      let best = -Infinity;
      for (let j = 0; j < from.length; j++) {
        const value = now[j]! + move(from[j]!, to[k]!);
        if (value > best) {
          best = value;
          links[k] = j;
        }
      }
      return own + best;
    });
    back.push(links);
  }
  let at = 0;
  now.forEach((value, k) => {
    if (value > now[at]!) at = k;
  });
  const score = now[at] ?? 0;
  const path: number[] = [];
  for (let i = states.length - 1; i >= 0; i--) {
    path[i] = at;
    if (i > 0) at = back[i - 1]![at]!;
  }
  return { path, score };
}

/** Probability of every state (forward-backward). */
export function marginals({ states, scores, hands }: Lattice): Float64Array[] {
  const n = states.length;
  const pass = (order: readonly number[]): Float64Array[] => {
    const out: Float64Array[] = [];
    let before = -1;
    for (const i of order) {
      const own = scores[i]!;
      if (before < 0) out[i] = own.slice();
      else {
        const last = out[before]!;
        const [from, to] = [hands[before]!, hands[i]!];
        out[i] = own.map((score, k) => {
          let sum = 0;
          for (let j = 0; j < from.length; j++) sum += exp(last[j]! + move(from[j]!, to[k]!));
          return score + log(sum);
        });
      }
      const list = out[i];
      const top = Math.max(...list);
      for (let k = 0; k < list.length; k++) list[k] = list[k]! - top;
      before = i;
    }
    return out;
  };
  const order = Array.from({ length: n }, (_, i) => i);
  const forth = pass(order);
  const back = pass(order.slice().reverse());
  return forth.map((list, i) => {
    const raw = list.map((value, k) => exp(value + back[i]![k]! - scores[i]![k]!));
    const sum = raw.reduce((a, b) => a + b, 0) || 1;
    return raw.map((value) => value / sum);
  });
}

const offNeck = (fret: number, frets: number): boolean => fret < -WEIGHTS.belowNut || fret > frets + WEIGHTS.beyondLast;

/** Evidence a pair of open strings leaves playable, whatever the hand. */
export function playable(states: readonly (readonly State[])[], pitches: readonly Cents[], open: OpenPair, frets: number): number {
  const off = [open.low, open.high].map((nut) => pitches.map((cents) => offNeck((cents - nut) / 100, frets)));
  let sum = 0;
  for (const list of states) {
    let best = -Infinity;
    for (const { low, high, score } of list) {
      const value = score - (low >= 0 && off[0]?.[low] ? WEIGHTS.offNeck : 0) - (high >= 0 && off[1]?.[high] ? WEIGHTS.offNeck : 0);
      if (value > best) best = value;
    }
    sum += best;
  }
  return sum;
}
