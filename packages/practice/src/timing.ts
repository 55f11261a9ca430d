import { clamp, log2, median, type Seconds } from "@kuishi/base";
import type { PlayedStroke } from "./strokes.ts";

/** One moment in both recordings. */
export interface TimePair {
  readonly master: Seconds;
  readonly take: Seconds;
}
/** How late a moment came, and how much less sure that is at the end of a stretch than in its middle. */
export interface Offset {
  readonly seconds: Seconds;
  /** Factor on the spread of an offset: 1 with neighbours without number, more with few. */
  readonly reach: number;
}

/** Moments on each side that make the slow curve; fewer than `FEWEST` in a stretch say nothing. */
const [REACH, FEWEST] = [8, 6];
/** A gap so many times as long as expected, and at least this much longer, is a wait: what follows is a stretch of its own. */
const [WAITED, WAITED_SEC] = [1.6, 0.25];

/** A run cut where the player waited. */
function stretches(moments: readonly TimePair[]): TimePair[][] {
  const out: TimePair[][] = [];
  const gaps = moments.slice(1).map((moment, i) => (moment.take - moments[i]!.take) / Math.max(0.02, moment.master - moments[i]!.master));
  const pace = gaps.length > 0 ? median(gaps) : 1;
  moments.forEach((moment, i) => {
    const before = moments[i - 1];
    const expected = before ? pace * (moment.master - before.master) : 0;
    const gap = before ? moment.take - before.take : 0;
    if (!before || gap > Math.max(WAITED * expected, expected + WAITED_SEC)) out.push([moment]);
    else out.at(-1)!.push(moment);
  });
  return out;
}

/**
 * How late each moment came after the slow tempo curves of both are removed: against a parabola through the moments around it, itself left out, faults
 * among them held down (local regression, Cleveland 1979). Ramps, rubato and waits leave nothing behind.
 * @param moments of one run, in order. @returns null where too few are around.
 */
export function offsetsOf(moments: readonly TimePair[]): (Offset | null)[] {
  return stretches(moments).flatMap((stretch) => (stretch.length < FEWEST ? stretch.map(() => null) : stretch.map((_, at) => offsetAt(stretch, at))));
}

function offsetAt(stretch: readonly TimePair[], at: number): Offset {
  const here = stretch[at]!;
  const from = Math.max(0, at - REACH);
  const near = stretch.slice(from, at + REACH + 1).flatMap((moment, k) => {
    const d = Math.abs(from + k - at) / (REACH + 1);
    return d === 0 ? [] : [{ x: moment.master - here.master, y: moment.take - here.take, own: (1 - d * d * d) * (1 - d * d * d) * (1 - d * d * d) }];
  });
  let weights = near.map(({ own }) => own);
  let curve = curveThrough(near, weights);
  for (let round = 0; round < 2; round++) {
    const off = near.map(({ x, y }) => Math.abs(y - curve.at - curve.slope * x - curve.bend * x * x));
    const scale = Math.max(0.004, 6 * median(off));
    weights = near.map(({ own }, i) => own * bisquare(off[i]! / scale));
    curve = curveThrough(near, weights);
  }
  return { seconds: -curve.at, reach: Math.sqrt(1 + curve.leverage) };
}

const bisquare = (u: number): number => (u >= 1 ? 1e-6 : (1 - u * u) * (1 - u * u));

/** How little a tempo is expected to bend, against the weight of one stroke: it may double within eight seconds. */
const STIFFNESS = 1e-3;

/** Weighted least squares of a parabola: its height, slope and bend at 0, and the variance of the height against that of one stroke. */
function curveThrough(
  points: readonly { readonly x: number; readonly y: number }[],
  weights: readonly number[],
): { at: number; slope: number; bend: number; leverage: number } {
  const s = [0, 0, 0, 0, 0];
  const t = [0, 0, 0];
  points.forEach(({ x, y }, i) => {
    let power = weights[i]!;
    for (let k = 0; k < 5; k++, power *= x) {
      s[k] = s[k]! + power;
      if (k < 3) t[k] = t[k]! + power * y;
    }
  });
  const [w, a, b, c, d] = [s[0]!, s[1]!, s[2]!, s[3]!, s[4]! + STIFFNESS];
  const [p, q, r] = t as [number, number, number];
  // Cramer's rule on the symmetric three by three; without spread in time, their mean
  const [m11, m12, m13] = [b * d - c * c, b * c - a * d, a * c - b * b];
  const determinant = w * m11 + a * m12 + b * m13;
  if (Math.abs(determinant) < 1e-15) return { at: p / w, slope: 0, bend: 0, leverage: 1 / w };
  return {
    at: (p * m11 + q * m12 + r * m13) / determinant,
    slope: (p * m12 + q * (w * d - b * b) + r * (a * b - w * c)) / determinant,
    bend: (p * m13 + q * (a * b - w * c) + r * (w * b - a * a)) / determinant,
    leverage: m11 / determinant,
  };
}

/** What a stroke sounds like among its neighbours, with their gaps in steps of a third: those alike are repeats of one another. */
function surroundings(strokes: readonly PlayedStroke[], at: number): string {
  const said = (i: number): string => {
    const { notes, at: when } = strokes[i]!;
    const gap = Math.round(2.4 * log2(Math.max(0.02, when - strokes[i - 1]!.at)));
    return `${gap}:${notes
      .map((note) => (note.fret === null ? Math.round(note.cents! / 50) : `${note.string}/${Math.round(note.fret)}`))
      .sort()
      .join("+")}`;
  };
  return [-1, 0, 1, 2].map((d) => said(at + d)).join(" ");
}

/** Fewest repeats of a place that tell how far it is spread. */
const REPEATS = 3;

/**
 * How far the master himself spreads over his repeats, seconds, stroke by stroke: where a stroke lies between its neighbours, over all places that sound
 * alike; where a place is heard too seldom, the median of those that are not. 0 where nothing is repeated.
 */
export function ownSpread(strokes: readonly PlayedStroke[]): Seconds[] {
  const places = new Map<string, number[]>();
  for (let i = 2; i < strokes.length - 2; i++) {
    const key = surroundings(strokes, i);
    places.set(key, [...(places.get(key) ?? []), i]);
  }
  const spread = new Map<number, Seconds>();
  for (const own of places.values()) {
    if (own.length < REPEATS) continue;
    const parts = own.map((i) => (strokes[i]!.at - strokes[i - 1]!.at) / Math.max(0.02, strokes[i + 1]!.at - strokes[i - 1]!.at));
    const middle = median(parts);
    const off = 1.4826 * median(parts.map((part) => Math.abs(part - middle)));
    for (const i of own) spread.set(i, off * (strokes[i + 1]!.at - strokes[i - 1]!.at));
  }
  const usual = spread.size > 0 ? median([...spread.values()]) : 0;
  return strokes.map((_, i) => spread.get(i) ?? usual);
}

/** The band inside which nobody hears a difference: 6 ms, or 2.5 % of the interval (Friberg and Sundberg 1995). */
const [LEAST_BAND, BAND_OF_INTERVAL] = [0.006, 0.025];
/** Without a pulse the master's own time is no measure: this part of the interval, at least so much. */
const [FREE_BAND, FREE_OF_INTERVAL] = [0.06, 0.2];
/** How many times its spread something must lie off; how far two heard onsets stray by hearing alone, and the most that unevenness may widen the band, seconds. */
const [SURE, HEARD_NOISE, WIDEST_NOISE] = [2.6, 0.004, 0.0075];

/** How far off each stroke may lie: the master's own spread, at least what can be heard; and what the take's unevenness does not explain. */
export type Band = (stroke: number, reach: number) => Seconds;
/** @param offsets of the take, seconds. @param free whether a stroke of the master lies in free rhythm. */
export function bandOf(master: readonly PlayedStroke[], offsets: readonly Seconds[], free: (at: Seconds) => boolean): Band {
  const spread = ownSpread(master);
  const middle = offsets.length > 0 ? median(offsets) : 0;
  const noise = offsets.length > 0 ? clamp(1.4826 * median(offsets.map((offset) => Math.abs(offset - middle))), HEARD_NOISE, WIDEST_NOISE) : HEARD_NOISE;
  return (stroke, reach) => {
    const { at } = master[stroke]!;
    const gap = Math.min(at - (master[stroke - 1]?.at ?? at - 1), (master[stroke + 1]?.at ?? at + 1) - at);
    // at the end of a stretch the curve is less sure, and in free rhythm nothing else is
    const heard = free(at) ? reach * Math.max(FREE_BAND, FREE_OF_INTERVAL * gap) : Math.max(LEAST_BAND, BAND_OF_INTERVAL * gap);
    return Math.max(heard, SURE * spread[stroke]!, SURE * noise * reach);
  };
}

/** A deviation with the place of the tune it belongs to. */
export interface Placed {
  readonly place: string;
  readonly seconds: Seconds;
}
/** Deviations split into what comes again at a place and what does not (van Vugt et al. 2012, PMC3499913). Milliseconds. */
export function spreadOf(offsets: readonly Placed[]): { steadyMs: number; noiseMs: number } {
  const places = Map.groupBy(offsets, ({ place }) => place);
  let [within, free, total] = [0, 0, 0];
  const means: { mean: number; count: number }[] = [];
  for (const own of places.values()) {
    const mean = own.reduce((sum, { seconds }) => sum + seconds, 0) / own.length;
    means.push({ mean, count: own.length });
    total += own.length;
    if (own.length < 2) continue;
    within += own.reduce((sum, { seconds }) => sum + (seconds - mean) * (seconds - mean), 0);
    free += own.length - 1;
  }
  if (total === 0) return { steadyMs: 0, noiseMs: 0 };
  // heard once each, all of it may be chance
  const noise = free > 0 ? within / free : offsets.reduce((sum, { seconds }) => sum + seconds * seconds, 0) / total;
  const between = means.reduce((sum, { mean, count }) => sum + count * mean * mean, 0) / total - (noise * means.length) / total;
  return { steadyMs: 1000 * Math.sqrt(Math.max(0, between)), noiseMs: 1000 * Math.sqrt(noise) };
}
