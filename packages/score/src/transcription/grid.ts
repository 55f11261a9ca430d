import { MOST_BARS, median, type Seconds } from "@kuishi/base";
import { type Fraction, fraction, plus, times, ZERO } from "../fraction.ts";
import type { Heard } from "../heard.ts";
import { type Meter, pulses } from "../meter.ts";

/** A bar as it was played. */
export interface PlayedBar {
  readonly from: Seconds;
  readonly to: Seconds;
  readonly length: Fraction;
  /** Its groups; none where the rhythm is free. */
  readonly meter: Meter | undefined;
  /** A part of a bar that goes before the first. */
  readonly pickup: boolean;
  readonly groups: readonly PlayedGroup[];
}
/** A group of pulses as it was played. */
export interface PlayedGroup {
  /** From the start of the bar. */
  readonly at: Fraction;
  readonly pulses: number;
  readonly unit: number;
  readonly from: Seconds;
  readonly to: Seconds;
}

/** The meter of a bar, counted from 1; before the first that is told, that one. */
export function meterAt(heard: Heard, bar: number): Meter {
  const entry = heard.meter.findLast((change) => "groups" in change && change.fromBar <= Math.max(1, bar)) ?? heard.meter.find((change) => "groups" in change);
  return entry && "groups" in entry ? { groups: entry.groups, unit: entry.unit } : { groups: [2, 2], unit: 8 };
}

/** Written for free rhythm: bars of two seconds, which claim nothing. */
const FREE: Meter = { groups: [1, 1, 1, 1], unit: 4 };
const FREE_SEC: Seconds = 2;
/** A stroke so long before a bar line belongs behind it. */
export const EARLY_SEC: Seconds = 0.025;
/** Of a pulse: what lies nearer before the first bar is its first note. */
const NO_PICKUP = 0.3;

/** The bars of a hearing, and what sounds before and after them in bars of its own. @param last where the last note begins. */
export function playedBars(heard: Heard, first: Seconds, last: Seconds): readonly PlayedBar[] {
  const { downbeats } = heard;
  if (downbeats.length < 2) {
    const count = Math.min(MOST_BARS, Math.max(1, Math.ceil((Math.max(heard.durationSec, last + 0.1) || 1) / FREE_SEC)));
    return Array.from({ length: count }, (_, i) => barOf(FREE, i * FREE_SEC, (i + 1) * FREE_SEC, [], { free: true, pickup: false }));
  }
  const gap = median(downbeats.slice(1).map((edge, i) => edge - downbeats[i]!));
  const edges = [...downbeats];
  do edges.push(edges.at(-1)! + gap);
  while (edges.at(-1)! - EARLY_SEC <= last && edges.length < MOST_BARS);
  const free = (at: Seconds): boolean => heard.meter.some((change) => "free" in change && change.fromSec <= at + EARLY_SEC && at + EARLY_SEC < change.toSec);
  const beats = heard.beats.map((beat) => beat.at);
  const bars = edges.slice(0, -1).map((from, i) => barOf(meterAt(heard, i + 1), from, edges[i + 1]!, beats, { free: free(from), pickup: false }));
  return [...before(bars[0]!, first, meterAt(heard, 1)), ...bars];
}

/** What sounds before the first bar: whole bars at its tempo, and before them as many pulses as it takes. */
function before(bar: PlayedBar, first: Seconds, meter: Meter): PlayedBar[] {
  const count = pulses(meter);
  const pulse = (bar.to - bar.from) / count;
  const lead = (bar.from - EARLY_SEC - first) / pulse;
  if (lead < NO_PICKUP) return [];
  const told = Math.max(1, Math.ceil(lead - NO_PICKUP));
  const whole = Math.min(MOST_BARS / 2, Math.floor(told / count));
  const out: PlayedBar[] = [];
  const part = told % count;
  if (part > 0) {
    const from = Math.max(0, bar.from - (whole * count + part) * pulse);
    out.push(barOf({ groups: lastGroups(meter.groups, part), unit: meter.unit }, from, bar.from - whole * count * pulse, [], { free: false, pickup: true }));
  }
  for (let i = whole; i > 0; i--) out.push(barOf(meter, bar.from - i * count * pulse, bar.from - (i - 1) * count * pulse, [], { free: false, pickup: false }));
  return out.filter((one) => one.to > one.from);
}
/** The groups of the last pulses of a bar. */
function lastGroups(groups: readonly number[], count: number): readonly number[] {
  const out: number[] = [];
  for (let left = count, i = groups.length - 1; left > 0 && i >= 0; i--) {
    out.unshift(Math.min(left, groups[i]!));
    left -= groups[i]!;
  }
  return out;
}

function barOf(meter: Meter, from: Seconds, to: Seconds, beats: readonly Seconds[], { free, pickup }: { free: boolean; pickup: boolean }): PlayedBar {
  const pulse = (to - from) / pulses(meter);
  let [at, edge] = [ZERO, from];
  let count = 0;
  const groups = meter.groups.map((group, g): PlayedGroup => {
    count += group;
    const even = from + count * pulse;
    // where a beat was heard near the place, the group ends with it
    const heard = g < meter.groups.length - 1 ? nearest(beats, even) : undefined;
    const end = g === meter.groups.length - 1 ? to : heard !== undefined && Math.abs(heard - even) < pulse * 0.4 && heard > edge + pulse * 0.4 ? heard : even;
    const own = { at, pulses: group, unit: meter.unit, from: edge, to: end };
    at = plus(at, fraction(group, meter.unit));
    edge = end;
    return own;
  });
  return { from, to, length: at, meter: free ? undefined : meter, pickup, groups };
}
/** Of rising moments the one nearest. */
function nearest(moments: readonly Seconds[], at: Seconds): Seconds | undefined {
  let [low, high] = [0, moments.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (moments[middle]! < at) low = middle + 1;
    else high = middle;
  }
  const [a, b] = [moments[low - 1], moments[low]];
  return a === undefined || (b !== undefined && b - at < at - a) ? b : a;
}

/** Notes of other values than the meter's: so many in the time of so many. */
export interface TupletSpan {
  readonly from: Fraction;
  readonly to: Fraction;
  readonly actual: number;
  readonly normal: number;
}
/** Where the moments of a group stand. */
interface Quantised {
  readonly places: readonly Fraction[];
  readonly tuplets: readonly TupletSpan[];
}

/** Parts of a pulse, or of a group: how many, what is written of it, how much it must explain to be chosen. */
interface Division {
  readonly parts: number;
  readonly tuplet?: readonly [actual: number, normal: number];
  readonly cost: number;
}
const PULSE: readonly Division[] = [
  { parts: 1, cost: 0 },
  { parts: 2, cost: 0.5 },
  { parts: 4, cost: 1 },
  { parts: 3, tuplet: [3, 2], cost: 2.5 },
  { parts: 8, cost: 3 },
  { parts: 6, tuplet: [6, 4], cost: 5 },
  { parts: 16, cost: 8 },
  { parts: 32, cost: 12 },
];
/** Of a whole group, by its pulses. */
const GROUP: Readonly<Record<number, readonly Division[]>> = {
  2: [
    { parts: 3, tuplet: [3, 2], cost: 2.5 },
    { parts: 6, tuplet: [6, 4], cost: 4 },
    { parts: 5, tuplet: [5, 4], cost: 7 },
  ],
  3: [
    { parts: 2, tuplet: [2, 3], cost: 2.5 },
    { parts: 4, tuplet: [4, 3], cost: 4 },
  ],
  4: [
    { parts: 3, tuplet: [3, 2], cost: 3.5 },
    { parts: 6, tuplet: [3, 2], cost: 4 },
  ],
};
/** How far strokes stray, seconds; of a short pulse, a part of it. */
const STRAY_SEC = 0.028;
const STRAY_PART = 0.14;
/** Two moments nearer than this may share a place. */
const TOGETHER_SEC = 0.02;
const SHARED = 30;

/** Gives each moment of a group its place, by the division that explains them with the least. @param strays how far they do at most. */
export function quantised(group: PlayedGroup, moments: readonly Seconds[], strays: Seconds = STRAY_SEC): Quantised {
  const each = (group.to - group.from) / group.pulses;
  const stray = Math.min(strays, each * STRAY_PART);
  const spans = Array.from({ length: group.pulses }, (_, k) => [k, k + 1] as const);
  const inside = spans.map(([a, b]) => moments.filter((at) => (a === 0 || at >= group.from + a * each) && (b === group.pulses || at < group.from + b * each)));
  const pulsed = spans.map(([a], k) => best(inside[k]!, group.from + a * each, each, stray, PULSE));
  const whole = GROUP[group.pulses] && best(moments, group.from, group.to - group.from, stray, GROUP[group.pulses]!);
  const place = (pulse: number, span: number, slot: number, parts: number): Fraction =>
    plus(group.at, times(plus(fraction(pulse, 1), fraction(slot * span, parts)), fraction(1, group.unit)));
  const tuplet = (pulse: number, span: number, { tuplet: ratio }: Division): TupletSpan[] =>
    ratio ? [{ from: place(pulse, span, 0, 1), to: place(pulse, span, 1, 1), actual: ratio[0], normal: ratio[1] }] : [];
  if (whole && whole.cost < pulsed.reduce((sum, one) => sum + one.cost, 0))
    return { places: whole.slots.map((slot) => place(0, group.pulses, slot, whole.division.parts)), tuplets: tuplet(0, group.pulses, whole.division) };
  return {
    places: pulsed.flatMap(({ slots, division }, k) => slots.map((slot) => place(k, 1, slot, division.parts))),
    tuplets: pulsed.flatMap(({ slots, division }, k) => (slots.some((slot) => slot % division.parts !== 0) ? tuplet(k, 1, division) : [])),
  };
}
function best(
  moments: readonly Seconds[],
  from: Seconds,
  length: Seconds,
  stray: Seconds,
  divisions: readonly Division[],
): { slots: readonly number[]; division: Division; cost: number } {
  const tried = divisions.map((division) => {
    const slots = moments.map((at) => Math.min(division.parts, Math.max(0, Math.round(((at - from) / length) * division.parts))));
    const cost = slots.reduce((sum, slot, k) => {
      const off = (moments[k]! - from - (slot * length) / division.parts) / stray;
      const shared = k > 0 && slots[k - 1] === slot && moments[k]! - moments[k - 1]! > TOGETHER_SEC ? SHARED : 0;
      return sum + off * off + shared;
    }, division.cost);
    return { slots, division, cost };
  });
  return tried.reduce((a, b) => (b.cost < a.cost ? b : a));
}
