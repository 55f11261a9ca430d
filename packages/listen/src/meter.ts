import { clamp, exp, log, log2, type Seconds } from "@kuishi/base";
import type { PulseGrid } from "./pulse.ts";

/** A bar: its groups in pulses and the slot of the grid it begins at. */
export interface Bar {
  readonly slot: number;
  readonly groups: readonly number[];
}
/** How a tune is barred. */
export interface Barring {
  readonly bars: readonly Bar[];
  /** Slots to one pulse (one unit of a group). */
  readonly perPulse: number;
  /** Slots at which beats, the beginnings of groups, lie. */
  readonly beats: readonly number[];
  readonly confidence: number;
  /** Log-likelihood per stroke. */
  readonly score: number;
}

/** Bars of the tradition and their neighbours, in pulses, and turns of unequal bars (docs/sources.md#kazakh-metres), with what each costs a priori. */
const TURNS: readonly (readonly [bars: readonly (readonly number[])[], cost: number])[] = [
  [[[2, 2]], 0],
  [[[2, 2, 2]], 0.25],
  [[[2, 2, 2, 2]], 0.6],
  [[[3, 3]], 0.5],
  [[[3, 3, 3]], 1],
  [[[2]], 0.8],
  [[[3]], 1],
  [[[2, 3]], 0.7],
  [[[3, 2]], 0.7],
  [[[2, 2, 3]], 0.8],
  [[[3, 2, 2]], 0.8],
  [[[2, 3, 2]], 1],
  [[[3, 3, 2]], 0.9],
  [[[2, 3, 3]], 1],
  [[[3, 2, 3]], 1.1],
  [[[2, 1]], 1.3],
  [[[2, 2, 1]], 1.7],
  [[[2, 2, 2, 3]], 1.2],
  [[[3, 2, 2, 2]], 1.2],
  [
    [
      [2, 2],
      [2, 2, 2],
    ],
    0.9,
  ],
  [
    [
      [2, 2],
      [2, 2],
      [2, 2, 2],
    ],
    1.2,
  ],
  [
    [
      [2, 2, 2],
      [2, 2, 2],
      [2, 2],
    ],
    1.2,
  ],
  [
    [
      [2, 3],
      [2, 2],
    ],
    1.5,
  ],
];

/** Ranks of a slot in its bar. */
const [DOWN, GROUP, PULSE, BETWEEN] = [0, 1, 2, 3];
/** What a struck slot of each rank weighs, in deviations of the tune's strokes. */
const WEIGHT = [1.5, 0.6, -0.4, -0.8];
/** How often each rank is struck: by a hand as most are, by one that runs through every slot, by one that plays hardly more than the beats, by one that breaks across them. */
const HANDS = [
  [0.97, 0.94, 0.62, 0.42],
  [0.98, 0.97, 0.94, 0.92],
  [0.95, 0.85, 0.25, 0.15],
  [0.8, 0.7, 0.5, 0.4],
];
const SPREAD = 0.5;
/** Weight of the costs above, per turn. */
const COST = 2.5;
/** Changing the kind of bar, per change. */
const CHANGE = 5;
/** How much a usual length of beats weighs, per beat. */
const TEMPO = 0.8;

interface Slot {
  readonly struck: boolean;
  readonly weight: number;
}
/** A slot at which a bar is known to begin, and its groups where they are known. */
export interface KnownBar {
  readonly slot: number;
  readonly groups?: readonly number[] | undefined;
}
/** What a known bar outweighs: everything. */
const KNOWN = 60;

/**
 * Bars a tune by the most probable sequence of bars or turns of bars (Viterbi): every slot of the grid has a rank in
 * its bar, and higher ranks are struck harder, and more often where the hand leaves any out. Tried with one to four slots to the pulse.
 * @param weights weight of each stroke in deviations from the tune's mean.
 */
export function findBars(grid: PulseGrid, weights: readonly number[], known: readonly KnownBar[] = []): Barring {
  const count = (grid.slots.at(-1) ?? 0) + 1;
  const slots: Slot[] = Array.from({ length: count }, () => ({ struck: false, weight: 0 }));
  grid.slots.forEach((slot, i) => {
    slots[slot] = { struck: true, weight: clamp(weights[i]!, -2.5, 2.5) };
  });
  const tried = [1, 2, 3, 4]
    .flatMap((perPulse) => HANDS.map((hand) => ({ perPulse, ...barBy(slots, perPulse, hand, grid.period, known) })))
    .sort((a, b) => b.score - a.score);
  const best = tried[0]!;
  const beats = best.bars.flatMap((bar) => {
    let at = bar.slot;
    return bar.groups.map((group) => {
      const here = at;
      at += group * best.perPulse;
      return here;
    });
  });
  return {
    score: best.score,
    bars: best.bars,
    perPulse: best.perPulse,
    beats: beats.filter((slot) => slot >= 0 && slot < count),
    confidence: clamp(0.5 + best.lead, 0.1, 0.97),
  };
}

/** Best barring with so many slots to the pulse by a hand that strikes each rank so often; its score is per stroke. */
function barBy(
  slots: readonly Slot[],
  perPulse: number,
  hand: readonly number[],
  period: Seconds,
  known: readonly KnownBar[],
): { bars: Bar[]; score: number; lead: number } {
  const n = slots.length;
  const begins = new Set(known.map((bar) => bar.slot));
  const groupsAt = new Map(known.flatMap((bar) => (bar.groups ? [[bar.slot, bar.groups.join("+")] as const] : [])));
  const strokes = slots.filter((slot) => slot.struck).length;
  // running sums of each rank's log-likelihood
  const sums = [DOWN, GROUP, PULSE, BETWEEN].map((rank) => {
    const out = new Float64Array(n + 1);
    for (let i = 0; i < n; i++) {
      const { struck, weight } = slots[i]!;
      const d = (weight - WEIGHT[rank]!) / SPREAD;
      const p = hand[rank]!;
      out[i + 1] = (struck ? log(p) - 0.5 * d * d : log(1 - p)) + (rank === DOWN && begins.has(i) ? KNOWN : 0);
    }
    return out;
  });
  const at = (rank: number, slot: number): number => (slot < 0 || slot >= n ? 0 : sums[rank]![slot + 1]!);
  const others = [...new Set(groupsAt.values())].filter((name) => !TURNS.some(([bars]) => bars.length === 1 && bars[0]?.join("+") === name));
  const turns = [...TURNS, ...others.map((name) => [[name.split("+").map(Number)], 1] as const)];
  const kinds = turns.map(([bars, cost]) => ({ bars, cost: cost * COST, length: bars.flat().reduce((a, b) => a + b, 0) * perPulse }));
  const tempo = kinds.map(({ bars }) =>
    bars.flat().reduce((sum, group) => {
      const d = log2((group * perPulse * period) / 0.5) / 0.5;
      return sum - 0.5 * TEMPO * d * d * (group === 1 ? 0.3 : 1);
    }, 0),
  );
  const barScore = (kind: number, from: number): number => {
    const { bars } = kinds[kind]!;
    let sum = tempo[kind]!;
    let slot = from;
    for (const groups of bars) {
      if (groupsAt.get(slot) === groups.join("+")) sum += KNOWN;
      groups.forEach((group, g) => {
        for (let k = 0; k < group * perPulse; k++, slot++) sum += at(k === 0 ? (g === 0 ? DOWN : GROUP) : k % perPulse === 0 ? PULSE : BETWEEN, slot);
      });
    }
    return sum;
  };
  const longest = Math.max(...kinds.map((kind) => kind.length));
  const total = n + longest;
  const best = kinds.map(() => new Float64Array(total + 1).fill(-Infinity));
  const from = kinds.map(() => new Int16Array(total + 1).fill(-1));
  // the best kind to end at each slot
  const leaders = new Int16Array(total + 1).fill(-1);
  // the tune may begin inside a bar
  for (let to = 0; to <= n + longest - 1; to++) {
    kinds.forEach((kind, k) => {
      const begin = to - kind.length;
      if (begin >= n || begin <= -kind.length) return;
      let before = -Infinity;
      let by = -1;
      if (begin <= 0) before = -kind.cost * 2 - (begin < 0 ? 1 : 0);
      else {
        const leader = leaders[begin]!;
        const changed = leader < 0 ? -Infinity : best[leader]![begin]! - CHANGE - kind.cost;
        const same = best[k]![begin]!;
        [before, by] = changed > same ? [changed, leader] : [same, k];
      }
      if (before === -Infinity) return;
      best[k]![to] = before + barScore(k, begin) - kind.cost;
      from[k]![to] = by;
      if (leaders[to]! < 0 || best[k]![to]! > best[leaders[to]!]![to]!) leaders[to] = k;
    });
  }
  let [kind, end, top] = [0, n, -Infinity];
  for (let to = n; to < n + longest; to++) {
    kinds.forEach((_, k) => {
      const value = best[k]![to]!;
      if (value > top) [kind, end, top] = [k, to, value];
    });
  }
  const bars: Bar[] = [];
  let gain = 0;
  for (let k = kind, to = end; k >= 0 && to > 0; ) {
    const begin = to - kinds[k]!.length;
    const turn: Bar[] = [];
    let slot = begin;
    for (const groups of kinds[k]!.bars) {
      turn.push({ slot, groups });
      gain += at(DOWN, slot) - at(PULSE, slot);
      slot += groups.reduce((a, b) => a + b, 0) * perPulse;
    }
    bars.push(...turn.reverse());
    k = from[k]![to]!;
    to = begin;
  }
  bars.reverse();
  return { bars, score: top / Math.max(1, strokes), lead: 0.45 * (1 - exp(-Math.max(0, gain) / Math.max(1, bars.length))) };
}
