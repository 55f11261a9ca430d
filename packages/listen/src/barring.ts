import { clamp, exp, log, log2, type Seconds } from "@kuishi/base";
import { WEIGHTS } from "./barring-weights.ts";
import { type Bar, barsOf, type Cycle, findCycles, type KnownBar, lengthOf, type Turn, turnsWith } from "./cycles.ts";
import { type FollowedGrid, followPulses, timeOfSlot } from "./followed-pulses.ts";
import { LOUD, MARKS, type MarkedStroke } from "./marks.ts";

/** A way to bar a tune. */
export interface Barring {
  readonly grid: FollowedGrid;
  readonly bars: readonly Bar[];
  /** Slots at which beats, the beginnings of groups, lie. */
  readonly beats: readonly number[];
  /** How far all that is believed of the tune agrees with its bar lines, 0..1. */
  readonly agreement: number;
  /** The same of its beats. */
  readonly beatAgreement: number;
}
/** A turn on a cycle, beginning so many pulses into its stretches. */
export interface Hypothesis {
  readonly grid: FollowedGrid;
  readonly cycle: Cycle;
  readonly turn: Turn;
  readonly shift: number;
  /** What tells for or against it. */
  readonly features: Readonly<Record<string, number>>;
}

/** Ranks of a place in its bar. */
const [DOWN, GROUP, PULSE, BETWEEN] = [0, 1, 2, 3] as const;
/** Hypotheses less likely than this part of the likeliest are given up, and how many are kept. */
const [LEAST_BELIEF, MOST_BELIEVED] = [0.003, 60];
/** Bar lines this near are one. */
const NEAR_SEC = 0.07;

/**
 * Bars a tune: every turn at every place of every cycle of every grid is a hypothesis, weighed by what the whole tune does at its bar
 * lines, groups and pulses. The bars with which most of what is believed agrees win, best first.
 * The weights were fitted to tunes composed as print and practice have them (docs/audit/bars.md), none of them a recording.
 * @param knownAt slots of a grid at which bars are known to begin.
 */
export function findBarrings(strokes: readonly MarkedStroke[], seconds: Seconds, knownAt: (grid: FollowedGrid) => readonly KnownBar[] = () => []): Barring[] {
  const believed = weigh(hypotheses(strokes, seconds, knownAt)).map(({ grid, cycle, turn, shift, belief }) => {
    const bars = barsOf(grid, cycle, turn, shift, knownAt(grid));
    const lines = bars.map((bar) => timeOfSlot(grid, bar.slot));
    const beats = beatsOf(grid, bars);
    return { grid, bars, lines, beats, times: beats.map((slot) => timeOfSlot(grid, slot)), belief };
  });
  const agreement = (own: readonly Seconds[], of: (one: (typeof believed)[number]) => readonly Seconds[]): number =>
    believed.reduce((sum, other) => sum + other.belief * alike(own, of(other)), 0);
  return believed
    .map(({ grid, bars, lines, beats, times }) => ({
      grid,
      bars,
      beats,
      agreement: agreement(lines, (other) => other.lines),
      beatAgreement: agreement(times, (other) => other.times),
    }))
    .sort((a, b) => b.agreement - a.agreement);
}

/** Slots at which groups begin. */
function beatsOf({ slots, perPulse }: FollowedGrid, bars: readonly Bar[]): number[] {
  return bars
    .flatMap((bar) => {
      let at = bar.slot;
      return bar.groups.map((group) => {
        const here = at;
        at += group * perPulse;
        return here;
      });
    })
    .filter((slot) => slot >= 0 && slot < slots.length);
}

/** F1 of bar lines. */
function alike(a: readonly Seconds[], b: readonly Seconds[]): number {
  let [i, j, hits] = [0, 0, 0];
  while (i < a.length && j < b.length) {
    const distance = b[j]! - a[i]!;
    if (Math.abs(distance) <= NEAR_SEC) {
      hits++;
      i++;
      j++;
    } else if (distance < 0) j++;
    else i++;
  }
  return (2 * hits) / Math.max(1, a.length + b.length);
}

/** The likeliest hypotheses and how far each is believed (log-linear). */
function weigh(all: readonly Hypothesis[]): (Hypothesis & { readonly belief: number })[] {
  const scored = all.map((one) => ({ ...one, score: Object.entries(one.features).reduce((sum, [name, value]) => sum + (WEIGHTS[name] ?? 0) * value, 0) }));
  const kept = scored.sort((a, b) => b.score - a.score).slice(0, MOST_BELIEVED);
  const likely = kept.map((one) => ({ ...one, belief: exp(one.score - kept[0]!.score) })).filter(({ belief }) => belief >= LEAST_BELIEF);
  const total = likely.reduce((sum, { belief }) => sum + belief, 0);
  return likely.map((one) => ({ ...one, belief: one.belief / total }));
}

/** Every way to bar a tune that is thought of. */
export function hypotheses(strokes: readonly MarkedStroke[], seconds: Seconds, knownAt: (grid: FollowedGrid) => readonly KnownBar[] = () => []): Hypothesis[] {
  const density = strokes.length / Math.max(1, seconds);
  return followPulses(strokes).flatMap((grid) => {
    const known = knownAt(grid);
    const turns = turnsWith(known);
    const cycles = findCycles(grid, turns, known);
    return cycles.flatMap((cycle) => {
      const shared = cycleFeatures(grid, cycle, cycles, strokes.length);
      return turns
        .filter((turn) => lengthOf(turn) === cycle.length)
        .flatMap((turn) =>
          Array.from({ length: known.length > 0 ? 1 : cycle.length }, (_, shift): Hypothesis => {
            const features = { ...shared, ...turnFeatures(grid, turn, density), ...placeFeatures(grid, cycle, turn, shift) };
            return { grid, cycle, turn, shift, features };
          }),
        );
    });
  });
}

/** How well a cycle explains the strokes, against others of its grid: longer ones always explain more. */
function cycleFeatures(grid: FollowedGrid, cycle: Cycle, all: readonly Cycle[], strokes: number): Record<string, number> {
  const { length, inserted, stretches } = cycle;
  const own = cycle.gain / strokes;
  const gainOf = (other: number): number | undefined => {
    const found = all.find((one) => one.length === other);
    return found && found.gain / strokes;
  };
  const half = gainOf(length / 2);
  const twice = gainOf(length * 2);
  return {
    gain: own,
    "gain by length": own / Math.sqrt(length),
    "over half": half === undefined ? 0 : own - half,
    "no half": half === undefined ? 1 : 0,
    "twice over": twice === undefined ? 0 : twice - own,
    "no twice": twice === undefined ? 1 : 0,
    "over least": own - Math.min(...all.map(({ gain }) => gain / strokes)),
    "below most": own / Math.sqrt(length) - Math.max(...all.map((one) => one.gain / strokes / Math.sqrt(one.length))),
    inserted: inserted / stretches.length,
    off: grid.off,
    stray: grid.stray,
  };
}

/** What practice expects of a turn: lengths of pulse, beat and bar, strokes to a beat, kinds of groups. */
function turnFeatures({ period, perPulse }: FollowedGrid, turn: Turn, density: number): Record<string, number> {
  const groups = turn.flat();
  const total = lengthOf(turn) * period;
  const beat = log2(total / groups.length / 0.4);
  const bar = log2(total / turn.length / 0.9);
  const pulse = log2(period / 0.2);
  const strokes = log2((density * total) / groups.length / 2.2);
  const threes = groups.filter((group) => group === 3).length / groups.length;
  return {
    beat,
    "beat²": beat * beat,
    bar,
    "bar²": bar * bar,
    pulse,
    "pulse²": pulse * pulse,
    strokes,
    "strokes²": strokes * strokes,
    threes: threes === 1 ? 1 : 0,
    uneven: threes > 0 && threes < 1 ? 1 : 0,
    ones: groups.includes(1) ? 1 : 0,
    turn: turn.length > 1 ? 1 : 0,
    "one group": groups.length === 1 ? 1 : 0,
    "three groups": turn.length === 1 && groups.length === 3 ? 1 : 0,
    "four groups": turn.length === 1 && groups.length === 4 ? 1 : 0,
    undivided: perPulse === 1 ? 1 : 0,
  };
}

const square = (value: number): number => value * value;
/** Strokes the tune's mean counts for at each rank. */
const PRIOR = 3;

/** What is struck at bar lines, at groups, at pulses and between them. */
function placeFeatures({ perPulse }: FollowedGrid, { profile, stretches, length }: Cycle, turn: Turn, shift: number): Record<string, number> {
  const ranks = turn.flatMap((groups) =>
    groups.flatMap((group, g) =>
      Array.from({ length: group * perPulse }, (_, k) => (k === 0 ? (g === 0 ? DOWN : GROUP) : k % perPulse === 0 ? PULSE : BETWEEN)),
    ),
  );
  const places = [0, 0, 0, 0];
  const struck = [0, 0, 0, 0];
  const marks = places.map(() => new Float64Array(MARKS.length));
  ranks.forEach((rank, k) => {
    const place = (k + shift * perPulse) % ranks.length;
    places[rank] = places[rank]! + profile.places[place]!;
    struck[rank] = struck[rank]! + profile.struck[place]!;
    const [sums, here] = [marks[rank]!, profile.marks[place]!];
    for (let f = 0; f < sums.length; f++) sums[f] = sums[f]! + here[f]!;
  });
  const total = (of: readonly number[], upTo: number, from = 0): number => of.slice(from, upTo + 1).reduce((a, b) => a + b, 0);
  const mean = (f: number, upTo: number, from = 0): number =>
    total(
      marks.map((sums) => sums[f]!),
      upTo,
      from,
    ) /
    (total(struck, upTo, from) + PRIOR);
  const rate = (upTo: number, from = 0): number => log((total(struck, upTo, from) + 1) / (total(places, upTo, from) + 2));
  // the longer the tune, the surer its means
  const sure = Math.sqrt(clamp(stretches.length * length, 40, 320) / 120);
  const [down, group] = [mean(LOUD, DOWN) - mean(LOUD, GROUP, GROUP), mean(LOUD, GROUP) - mean(LOUD, PULSE, PULSE)];
  const out: Record<string, number> = {
    "loud down+": sure * Math.max(0, down),
    "loud group+": sure * Math.max(0, group),
    "loud down²": sure * down * down,
    "loud group²": sure * group * group,
    "down²": MARKS.reduce((sum, _, f) => sum + square(mean(f, DOWN)), 0),
    "group²": MARKS.reduce((sum, _, f) => sum + square(mean(f, GROUP)), 0),
    "struck down": rate(DOWN),
    "struck group": rate(GROUP),
    "struck pulse": rate(PULSE),
    "struck all": rate(BETWEEN),
    "struck between": rate(BETWEEN, BETWEEN),
  };
  MARKS.forEach((name, f) => {
    out[`${name} down`] = sure * (mean(f, DOWN) - mean(f, GROUP, GROUP));
    out[`${name} group`] = sure * (mean(f, GROUP) - mean(f, PULSE, PULSE));
    out[`${name} pulse`] = sure * (mean(f, PULSE) - mean(f, BETWEEN, BETWEEN));
  });
  return out;
}
