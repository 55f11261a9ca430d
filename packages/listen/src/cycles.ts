import { clamp, log } from "@kuishi/base";
import type { FollowedGrid } from "./followed-pulses.ts";
import { MARKS, type MarkedStroke } from "./marks.ts";

/** A bar: its groups in pulses and the slot of the grid it begins at. */
export interface Bar {
  readonly slot: number;
  readonly groups: readonly number[];
}
/** A slot at which a bar is known to begin, and its groups where they are known. */
export interface KnownBar {
  readonly slot: number;
  readonly groups?: readonly number[] | undefined;
}
/** Bars, or turns of unequal bars, that come again and again (docs/sources.md#kazakh-metres), as groups of pulses. */
export type Turn = readonly (readonly number[])[];

export const TURNS: readonly Turn[] = [
  [[2]],
  [[3]],
  [[2, 1]],
  [[2, 2]],
  [[2, 3]],
  [[3, 2]],
  [[2, 2, 1]],
  [[2, 2, 2]],
  [[3, 3]],
  [[2, 2, 3]],
  [[3, 2, 2]],
  [[2, 3, 2]],
  [[2, 2, 2, 2]],
  [[3, 3, 2]],
  [[2, 3, 3]],
  [[3, 2, 3]],
  [[3, 3, 3]],
  [[2, 2, 2, 3]],
  [[3, 2, 2, 2]],
  [
    [2, 2],
    [2, 2, 2],
  ],
  [
    [2, 2],
    [2, 2],
    [2, 2, 2],
  ],
  [
    [2, 2, 2],
    [2, 2, 2],
    [2, 2],
  ],
  [
    [2, 3],
    [2, 2],
  ],
];

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
export const lengthOf = (turn: Turn): number => sum(turn.flat());

/** A stretch of the tune that a turn fills, or an inserted one of another length in pulses. */
interface Stretch {
  readonly slot: number;
  readonly length: number;
}
/** What happens at each place of a turn: how often a stroke falls there, the sums of its marks. */
export interface Profile {
  readonly places: Float64Array;
  readonly struck: Float64Array;
  readonly marks: readonly Float64Array[];
}
/** A tune cut into stretches of one length; where in them its bars begin is not said. */
export interface Cycle {
  /** Length of the turn in pulses. */
  readonly length: number;
  readonly stretches: readonly Stretch[];
  readonly profile: Profile;
  /** How much better the places explain the strokes than no places do, nats, less what insertions cost. */
  readonly gain: number;
  /** Stretches of another length. */
  readonly inserted: number;
}

/** Cost of a stretch of another length, nats. */
const INSERTION = 6;
/** What a known bar outweighs: everything. */
const KNOWN = 1000;
/** Strokes the mean counts for at each place. */
const PRIOR = 4;
/** How far marks are trusted as independent. */
const TRUST = 0.5;
const ROUNDS = 2;

/** Turns that are thought of: all, or, where the listener gave the groups of bars, these bars alone; the tune may still put others between. */
export function turnsWith(known: readonly KnownBar[]): readonly Turn[] {
  const told = new Map(known.flatMap(({ groups }) => (groups ? [[groups.join(), [groups]] as const] : [])));
  return told.size === 0 ? TURNS : [...told.values()];
}

/** Cuts a tune into stretches of the length of each turn. */
export function findCycles(grid: FollowedGrid, turns: readonly Turn[], known: readonly KnownBar[] = []): Cycle[] {
  const lengths = [...new Set(turns.map(lengthOf))].sort((a, b) => a - b);
  return lengths.map((length) => {
    // two beginnings half a stretch apart: the search is local
    const starts = length <= 3 || known.length > 0 ? [known[0]?.slot ?? 0] : [0, Math.floor(length / 2) * grid.perPulse];
    return starts.map((start) => cut(grid, length, start, known)).reduce((a, b) => (b.gain > a.gain ? b : a));
  });
}

/** Stretches of a length by what this tune does at each of their places, learned from the cut before (hard EM, Viterbi). */
function cut(grid: FollowedGrid, length: number, start: number, known: readonly KnownBar[]): Cycle {
  const n = grid.slots.length;
  const width = length * grid.perPulse;
  let stretches: Stretch[] = [];
  for (let slot = (start % width) - width; slot < n; slot += width) if (slot > -width) stretches.push({ slot, length });
  let evidence = likelihoods(grid, width, profileOf(grid, stretches, width));
  for (let round = 0; round < ROUNDS; round++) {
    stretches = bestCut(n, evidence, length, grid.perPulse, known);
    evidence = likelihoods(grid, width, profileOf(grid, stretches, width));
  }
  let gain = 0;
  for (const { slot, length: own } of stretches)
    for (let k = 0; k < own * grid.perPulse; k++) if (slot + k >= 0 && slot + k < n) gain += evidence[(slot + k) * width + (k % width)]!;
  const inserted = stretches.filter((stretch) => stretch.length !== length).length;
  return { length, stretches, profile: profileOf(grid, stretches, width), gain: gain - INSERTION * inserted, inserted };
}

function profileOf({ slots, perPulse }: FollowedGrid, stretches: readonly Stretch[], width: number): Profile {
  const places = new Float64Array(width);
  const struck = new Float64Array(width);
  const marks = Array.from({ length: width }, () => new Float64Array(MARKS.length));
  for (const { slot, length } of stretches) {
    for (let k = 0; k < length * perPulse; k++) {
      const here = slots[slot + k];
      if (!here) continue;
      const place = k % width;
      places[place] = places[place]! + 1;
      if (here.stroke) addStroke(struck, marks[place]!, place, here.stroke);
    }
  }
  return { places, struck, marks };
}
function addStroke(struck: Float64Array, sums: Float64Array, place: number, stroke: MarkedStroke): void {
  struck[place] = struck[place]! + 1;
  for (let f = 0; f < sums.length; f++) sums[f] = sums[f]! + stroke.marks[f]!;
}

/** Log-likelihood of every slot at every place, against no places; row by row. */
function likelihoods({ slots }: FollowedGrid, width: number, { places, struck, marks }: Profile): Float64Array {
  const all = clamp(sum([...struck]) / Math.max(1, sum([...places])), 0.02, 0.98);
  const rates = Array.from(struck, (hits, k) => clamp((hits + PRIOR * all) / (places[k]! + PRIOR), 0.02, 0.98));
  const means = marks.map((sums, k) => sums.map((value) => value / (struck[k]! + PRIOR)));
  const squares = means.map((mean) => mean.reduce((a, b) => a + b * b, 0) / 2);
  const hit = rates.map((rate) => log(rate / all));
  const rest = rates.map((rate) => log((1 - rate) / (1 - all)));
  const out = new Float64Array(slots.length * width);
  slots.forEach(({ stroke }, i) => {
    for (let k = 0; k < width; k++) {
      let value = (stroke ? hit : rest)[k]!;
      if (stroke) {
        const mean = means[k]!;
        let dot = 0;
        for (let f = 0; f < mean.length; f++) dot += stroke.marks[f]! * mean[f]!;
        value += TRUST * (dot - squares[k]!);
      }
      out[i * width + k] = value;
    }
  });
  return out;
}

/** The most probable stretches; the tune may begin inside one. */
function bestCut(n: number, evidence: Float64Array, length: number, perPulse: number, known: readonly KnownBar[]): Stretch[] {
  const width = length * perPulse;
  const begins = new Map(known.map((bar) => [bar.slot, bar.groups && sum(bar.groups)]));
  const others = [2, 3, 4, 5, 6, 7, length / 2, length * 1.5].filter((one) => Number.isInteger(one) && one !== length && one >= 2 && one <= 1.5 * length);
  const lengths = [...new Set([length, ...others, ...known.flatMap(({ groups }) => (groups ? [sum(groups)] : []))])].sort((a, b) => a - b);
  const longest = Math.max(...lengths) * perPulse;
  // a place of the table is a slot and `longest` more
  const best = new Float64Array(n + 2 * longest + 1).fill(-Infinity);
  const by = new Int16Array(best.length);
  for (let slot = 1 - width; slot <= 0; slot++) best[slot + longest] = slot === 0 ? 0 : -0.5;
  for (let from = 1 - width; from < n; from++) {
    const here = best[from + longest]! + (begins.has(from) ? KNOWN : 0);
    if (here === -Infinity) continue;
    let [total, k] = [0, 0];
    for (const one of lengths) {
      const to = from + one * perPulse;
      for (; from + k < to; k++) if (from + k >= 0 && from + k < n) total += evidence[(from + k) * width + (k % width)]!;
      if (to <= 0) continue;
      const value = here + total - (one === length ? 0 : INSERTION) + (begins.get(from) === one ? KNOWN : 0);
      if (value <= best[to + longest]!) continue;
      best[to + longest] = value;
      by[to + longest] = one;
    }
  }
  let end = n;
  for (let to = n; to < n + width; to++) if (best[to + longest]! > best[end + longest]!) end = to;
  const stretches: Stretch[] = [];
  for (let to = end; to > 0 && by[to + longest]! > 0; ) {
    const one = by[to + longest]!;
    to -= one * perPulse;
    stretches.push({ slot: to, length: one });
  }
  return stretches.reverse();
}

/** Bars of a turn that begins so many pulses into the stretches. */
export function barsOf({ slots, perPulse }: FollowedGrid, { length, stretches }: Cycle, turn: Turn, shift: number, known: readonly KnownBar[] = []): Bar[] {
  const moved = stretches.map((stretch) => ({ ...stretch, slot: stretch.slot + shift * perPulse }));
  for (let first = moved[0]; first && first.slot > 0; first = moved[0]) moved.unshift({ slot: first.slot - length * perPulse, length });
  const told = new Map(known.map(({ slot, groups }) => [slot, groups]));
  return moved
    .flatMap((stretch): Bar[] => {
      const groups = told.get(stretch.slot);
      if (groups && sum(groups) === stretch.length) return [{ slot: stretch.slot, groups }];
      if (stretch.length !== length) return [{ slot: stretch.slot, groups: plain(stretch.length) }];
      let slot = stretch.slot;
      return turn.map((bar) => {
        const here = slot;
        slot += sum(bar) * perPulse;
        return { slot: here, groups: bar };
      });
    })
    .filter((bar) => bar.slot < slots.length && bar.slot + sum(bar.groups) * perPulse > 0);
}

/** An inserted bar in twos, the last a three or a one where it must be. */
function plain(length: number): number[] {
  if (length === 3) return [3];
  return [...Array.from({ length: Math.floor(length / 2) }, () => 2), ...(length % 2 === 1 ? [1] : [])];
}
