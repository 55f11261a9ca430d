import { type Cents, clamp, log, log2, median, type Seconds } from "@kuishi/base";
import type { MeasuredStroke } from "./notes.ts";

/** What may mark a stroke as the beginning of a bar or group, each in deviations of the tune's own mean. */
export const MARKS = ["pair", "top", "loud", "gap", "two", "low", "down", "again", "stay", "held", "bass"] as const;
export const LOUD: number = MARKS.indexOf("loud");

/** A stroke as the meter sees it. */
export interface MarkedStroke {
  readonly at: Seconds;
  /** One value for each of `MARKS`. */
  readonly marks: Float64Array;
  /** All of them in one, in deviations: how much it asks to be followed. */
  readonly weight: number;
}

/** How much each mark counts where pulses are followed; set by hand, they decide nothing about bars. */
const WEIGHTS = [0.3, 0.1, 0.6, 0.35, 0.15, 0.1, 0.15, 0.1, 0.3, 0.2, 0.1];
/** Farthest a mark strays from the mean that is believed. */
const FAR = 2.5;
/** Pitches this near are one, cents. */
const SAME_CENTS = 40;

/** Marks of the strokes of a tune: harmony that changes and then stays, strength for its place on the neck, what comes after, the hand, what is heard again. */
export function marksOf(strokes: readonly MeasuredStroke[]): MarkedStroke[] {
  const n = strokes.length;
  const tops = held(strokes.map(({ pitches }) => (pitches.length === 0 ? NaN : Math.max(...pitches.map(({ cents }) => cents)))));
  const bottoms = held(strokes.map(({ pitches }) => (pitches.length === 0 ? NaN : Math.min(...pitches.map(({ cents }) => cents)))));
  const lows = held(strokes.map(({ pitches }) => pitches.find(({ string }) => string === 0)?.cents ?? NaN));
  const gaps = strokes.map((stroke, i) => (strokes[i + 1]?.at ?? stroke.at + 0.5) - stroke.at);
  const pace = median(gaps);
  const loud = strengthForPlace(strokes);
  const again = repeatsBegin(tops, gaps);
  const moved = (line: readonly Cents[], i: number): boolean => i === 0 || !(Math.abs(line[i]! - line[i - 1]!) <= SAME_CENTS);
  /** How long what begins here stays, in octaves of the tune's pace; -1 where nothing begins. */
  const stays = (lines: readonly (readonly Cents[])[], i: number): number => {
    if (!lines.some((line) => moved(line, i))) return -1;
    let j = i + 1;
    while (j < n && lines.every((line) => Math.abs(line[j]! - line[i]!) <= SAME_CENTS)) j++;
    return clamp(log2(((strokes[j]?.at ?? strokes[i]!.at + 0.5) - strokes[i]!.at) / pace), -1, 3.5);
  };
  const rows = strokes.map((stroke, i) => {
    const { direction } = stroke;
    return Float64Array.of(
      moved(tops, i) || moved(bottoms, i) ? 1 : 0,
      moved(tops, i) ? 1 : 0,
      loud[i]!,
      clamp(log2(gaps[i]! / pace), -1.5, 1.5),
      stroke.pitches.length > 1 ? 1 : 0,
      stroke.pitches.some(({ string }) => string === 0) ? 1 : 0,
      direction === "down" ? 1 : direction === "up" ? -1 : 0,
      again[i]!,
      stays([tops], i),
      stays([tops, lows], i),
      stays([lows], i),
    );
  });
  MARKS.forEach((_, f) => {
    const mean = rows.reduce((sum, row) => sum + row[f]!, 0) / n;
    const spread = Math.sqrt(rows.reduce((sum, row) => sum + (row[f]! - mean) * (row[f]! - mean), 0) / n);
    for (const row of rows) row[f] = spread > 1e-6 ? clamp((row[f]! - mean) / spread, -FAR, FAR) : 0;
  });
  const weights = rows.map((row) => WEIGHTS.reduce((sum, weight, f) => sum + weight * row[f]!, 0));
  const spread = Math.sqrt(weights.reduce((sum, weight) => sum + weight * weight, 0) / n) || 1;
  return strokes.map(({ at }, i) => ({ at, marks: rows[i]!, weight: weights[i]! / spread }));
}

/** A line whose gaps keep what sounded before. */
function held(line: readonly number[]): number[] {
  let last = line.find((value) => !Number.isNaN(value)) ?? 0;
  return line.map((value) => {
    if (!Number.isNaN(value)) last = value;
    return last;
  });
}

/** Log-strength against others at the same place of the neck: a chord is louder than a lone string whoever plays it. */
export function strengthForPlace(strokes: readonly MeasuredStroke[]): number[] {
  const louds = strokes.map(({ strength }) => log(Math.max(1e-3, strength)));
  const strings = strokes.map(({ pitches }) => pitches.map(({ string }) => string).join(""));
  const places = strokes.map(({ pitches }) => pitches.map(({ string, pitch }) => `${string}:${pitch}`).join(" "));
  const byStrings = groupMeans(strings, louds, () => 0, 0);
  const byPlace = groupMeans(places, louds, (i) => byStrings[i]!, 2);
  return louds.map((loud, i) => loud - byPlace[i]!);
}

/** For each value the mean of its group, drawn to `prior` as if that had been seen `weight` times. */
function groupMeans(names: readonly string[], values: readonly number[], prior: (i: number) => number, weight: number): number[] {
  const sums = new Map<string, { sum: number; count: number }>();
  names.forEach((name, i) => {
    const group = sums.get(name) ?? { sum: 0, count: 0 };
    group.sum += values[i]!;
    group.count++;
    sums.set(name, group);
  });
  return names.map((name, i) => {
    const { sum, count } = sums.get(name)!;
    return (sum + weight * prior(i)) / (count + weight);
  });
}

/** Strokes that make a repeat, and how far their gaps may differ (natural log). */
const REPEAT = { least: 6, gap: 0.35, kinds: 3, whole: 16 } as const;

/** How much each stroke begins (or follows) a passage that is heard elsewhere too, while the strokes before it are not. */
function repeatsBegin(tops: readonly Cents[], gaps: readonly Seconds[]): number[] {
  const n = tops.length;
  const out = new Float64Array(n + 1);
  for (let lag = REPEAT.least; lag < n; lag++) {
    let run = 0;
    for (let j = lag; j <= n; j++) {
      const i = j - lag;
      const same = j < n && Math.abs(tops[i]! - tops[j]!) < SAME_CENTS && (run === 0 || Math.abs(log(gaps[i - 1]! / gaps[j - 1]!)) < REPEAT.gap);
      if (same) {
        run++;
        continue;
      }
      if (run >= REPEAT.least && new Set(tops.slice(i - run, i).map((cents) => Math.round(cents / 90))).size >= REPEAT.kinds) {
        const weight = Math.min(1, run / REPEAT.whole);
        for (const begins of [i - run, j - run]) out[begins] = out[begins]! + weight;
        for (const follows of [i, j]) out[follows] = out[follows]! + 0.5 * weight;
      }
      run = 0;
    }
  }
  return Array.from(out.subarray(0, n), (value) => log(1 + value));
}
