import { clamp, exp, log, log2, median, type Seconds } from "@kuishi/base";
import type { MarkedStroke } from "./marks.ts";

/** A moment of the grid and the stroke that fell on it. */
export interface Slot {
  readonly at: Seconds;
  readonly stroke: MarkedStroke | undefined;
}
/** Pulses followed through a tune, and what was struck on them. */
export interface FollowedGrid {
  readonly slots: readonly Slot[];
  /** Slots to one pulse: 2, or 1 where the pulse is itself half of what was followed. */
  readonly perPulse: number;
  /** Mean length of a pulse. */
  readonly period: Seconds;
  /** Share of the strokes that fall on no slot. */
  readonly off: number;
  /** How far the others fall from theirs, in parts of 40 ms. */
  readonly stray: number;
}

const FRAME_SEC = 0.01;
/** Periods that are followed, and how many of them. */
const PERIODS = { shortest: 0.125, longest: 0.62, most: 7 } as const;
/** A period longer than the first may have its half for a pulse; no pulse is longer than the second. */
const [HALVED_FROM, LONGEST_PULSE] = [0.24, 0.5];
/** Stiffness of the pulses: what an octave of a stretched gap costs, in strokes. */
const STIFFNESS = 60;

/**
 * Grids under the strokes, each of another period: a pulse is followed by dynamic programming (Ellis 2007, twice, the second time by
 * the local period of the first) and halved by the stroke nearest to its middle. Strokes inside a pulse need not lie evenly.
 */
export function followPulses(strokes: readonly MarkedStroke[]): FollowedGrid[] {
  if (strokes.length < 8) return [];
  const [first, last] = [strokes[0]!.at, strokes.at(-1)!.at];
  const envelope = envelopeOf(strokes, last + 1);
  return periodsOf(envelope).flatMap((period) => {
    const pulses = follow(envelope, period, first, last);
    if (pulses.length < 8) return [];
    const times = halved(strokes, pulses);
    const struck = assign(strokes, times);
    return (period > HALVED_FROM ? [2, 1] : [2])
      .map((perPulse) => ({ ...struck, perPulse, period: (period * perPulse) / 2 }))
      .filter((grid) => grid.period <= LONGEST_PULSE);
  });
}

/** When a slot is, also before the first and after the last. */
export function timeOfSlot({ slots, period, perPulse }: FollowedGrid, slot: number): Seconds {
  const step = period / perPulse;
  if (slot < 0) return slots[0]!.at + slot * step;
  const last = slots.length - 1;
  if (slot > last) return slots[last]!.at + (slot - last) * step;
  return slots[slot]!.stroke?.at ?? slots[slot]!.at;
}

function envelopeOf(strokes: readonly MarkedStroke[], end: Seconds): Float64Array {
  const envelope = new Float64Array(Math.ceil(end / FRAME_SEC) + 60);
  for (const { at, weight } of strokes) {
    const centre = at / FRAME_SEC;
    for (let k = Math.max(0, Math.floor(centre - 6)); k <= Math.min(envelope.length - 1, centre + 6); k++)
      envelope[k] = Math.max(envelope[k]!, clamp(1 + 0.35 * weight, 0.3, 2) * exp(-0.125 * (k - centre) * (k - centre)));
  }
  return envelope;
}

/** Periods at which the strokes repeat, the likeliest first: peaks of the autocorrelation summed over four multiples. */
function periodsOf(envelope: Float64Array): Seconds[] {
  const mean = envelope.reduce((a, b) => a + b, 0) / envelope.length;
  const lags = Math.ceil((4 * PERIODS.longest) / FRAME_SEC) + 2;
  const correlation = new Float64Array(lags + 1);
  for (let lag = 8; lag <= Math.min(lags, envelope.length - 1, 260); lag++) {
    let sum = 0;
    for (let i = 0; i + lag < envelope.length; i++) sum += (envelope[i]! - mean) * (envelope[i + lag]! - mean);
    correlation[lag] = sum / (envelope.length - lag);
  }
  const comb = (period: Seconds): number => {
    let [sum, weights] = [0, 0];
    for (let k = 1; k <= 4; k++) {
      const place = (k * period) / FRAME_SEC;
      const below = Math.floor(place);
      sum += ((correlation[below] ?? 0) * (1 - place + below) + (correlation[below + 1] ?? 0) * (place - below)) / k;
      weights += 1 / k;
    }
    return sum / weights;
  };
  const tried: { period: Seconds; value: number }[] = [];
  for (let period = PERIODS.shortest; period <= PERIODS.longest; period *= 1.008) tried.push({ period, value: comb(period) });
  const peaks = tried.filter(({ value }, i) => i > 0 && i < tried.length - 1 && value > tried[i - 1]!.value && value >= tried[i + 1]!.value);
  const found: Seconds[] = [];
  for (const { period } of peaks.sort((a, b) => b.value - a.value))
    if (found.length < PERIODS.most && found.every((other) => Math.abs(log(other / period)) > 0.05)) found.push(period);
  return found;
}

function follow(envelope: Float64Array, period: Seconds, first: Seconds, last: Seconds): Seconds[] {
  let times = trace(envelope, () => period, period, first, last, STIFFNESS);
  if (times.length < 4) return times;
  const gaps = times.slice(1).map((at, i) => at - times[i]!);
  const smooth = gaps.map((_, i) => median(gaps.slice(Math.max(0, i - 8), i + 9)));
  const before = times;
  let near = 0;
  const local = (at: Seconds): Seconds => {
    while (near + 1 < smooth.length && before[near + 1]! < at) near++;
    return smooth[near]!;
  };
  times = trace(envelope, local, period, first, last, 2 * STIFFNESS);
  return times;
}

/** What walks of so many frames cost where pulses are expected `gap` apart. */
const costsOf = (gap: number, stiffness: number): Float64Array<ArrayBuffer> =>
  Float64Array.from({ length: Math.ceil(gap * 1.4) + 2 }, (_, distance) => {
    const stretch = log2(distance / gap);
    return stiffness * stretch * stretch;
  });

/** The walk of pulses that meets most strokes with the evenest gaps. @param local period expected at a time; asked in order. */
function trace(envelope: Float64Array, local: (at: Seconds) => Seconds, period: Seconds, first: Seconds, last: Seconds, stiffness: number): Seconds[] {
  const n = envelope.length;
  const score = new Float64Array(n);
  const from = new Int32Array(n).fill(-1);
  // what a walk of so many frames costs: the same as long as the gap is
  let costs = new Float64Array(0);
  let before = Number.NaN;
  for (let i = 0; i < n; i++) {
    const gap = local(i * FRAME_SEC) / FRAME_SEC;
    if (gap !== before) {
      costs = costsOf(gap, stiffness);
      before = gap;
    }
    let best = i * FRAME_SEC < first + period * 1.5 ? 0 : -1e9;
    for (let j = Math.max(0, Math.round(i - gap * 1.4)); j <= i - gap * 0.7; j++) {
      const value = score[j]! - costs[i - j]!;
      if (value > best) {
        best = value;
        from[i] = j;
      }
    }
    score[i] = envelope[i]! + best;
  }
  const end = Math.min(n - 1, Math.ceil((last + 0.05) / FRAME_SEC));
  let at = end;
  for (let i = Math.max(0, end - Math.round(period / FRAME_SEC)); i <= end; i++) if (score[i]! > score[at]!) at = i;
  const times: Seconds[] = [];
  for (; at >= 0; at = from[at]!) times.push(at * FRAME_SEC);
  return times.reverse();
}

/** Pulses and, between each two, the stroke nearest to the middle or the middle itself. */
function halved(strokes: readonly MarkedStroke[], pulses: readonly Seconds[]): Seconds[] {
  const times: Seconds[] = [];
  let i = 0;
  pulses.forEach((at, k) => {
    times.push(at);
    const next = pulses[k + 1];
    if (next === undefined) return;
    const middle = (at + next) / 2;
    let [best, distance] = [middle, 0.2 * (next - at)];
    while (i < strokes.length && strokes[i]!.at < at) i++;
    for (let j = i; j < strokes.length && strokes[j]!.at < next; j++) {
      const off = Math.abs(strokes[j]!.at - middle);
      if (off < distance) [best, distance] = [strokes[j]!.at, off];
    }
    times.push(best);
  });
  return times;
}

/** Strokes on the slots they fall on. */
function assign(strokes: readonly MarkedStroke[], times: readonly Seconds[]): { slots: Slot[]; off: number; stray: number } {
  const on: (MarkedStroke | undefined)[] = times.map(() => undefined);
  const distances = times.map(() => 0);
  let [slot, off, stray] = [0, 0, 0];
  for (const stroke of strokes) {
    while (slot + 1 < times.length && Math.abs(times[slot + 1]! - stroke.at) <= Math.abs(times[slot]! - stroke.at)) slot++;
    const here = times[slot]!;
    const room = Math.max(0.02, Math.min((times[slot + 1] ?? here + 0.3) - here, here - (times[slot - 1] ?? here - 0.3)));
    const distance = Math.abs(stroke.at - here);
    if (distance > 0.35 * room + 0.012 || distance > 0.06) {
      off++;
      continue;
    }
    stray += Math.min(1, distance / 0.04);
    if (on[slot] && distances[slot]! <= distance) continue;
    on[slot] = stroke;
    distances[slot] = distance;
  }
  return { slots: times.map((at, i) => ({ at, stroke: on[i] })), off: off / strokes.length, stray: stray / strokes.length };
}
