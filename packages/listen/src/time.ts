import { clamp, log, median, type Seconds } from "@kuishi/base";
import type { BarLock } from "@kuishi/score";
import { barsOfBeats, type Pulse, subdivision, trackBeats } from "./beats.ts";
import { findBars } from "./meter.ts";
import type { Stroke } from "./notes.ts";
import { findGrids } from "./pulse.ts";

/** A bar as it was played. */
export interface TimedBar {
  readonly at: Seconds;
  /** Lengths of its groups in pulses. */
  readonly groups: readonly number[];
}
/** Beats and bars of a tune. */
export interface Time {
  readonly beats: readonly { readonly at: Seconds; readonly confidence: number }[];
  readonly bars: readonly TimedBar[];
  readonly confidence: number;
  /** No pulse holds: the strokes keep to no grid. */
  readonly free: boolean;
  /** Slot of the grid for each stroke; slots to the pulse. */
  readonly strokeSlots: readonly number[];
  readonly perPulse: number;
}

/** Strokes that keep to an even grid no better than this are followed by their beats alone; chance gives 0.05. */
const LEAST_FIT = 0.4;

/**
 * Finds pulse, beats and bars from when the strokes come and how hard: on an even grid where there is
 * one; else, as with players whose sub-beats are uneven, by the beats that repeat.
 */
export function findTime(all: readonly Stroke[], seconds: Seconds, known: readonly BarLock[] = []): Time {
  // blows on the board may fall anywhere; the left hand speaks after the beat
  const strokes = all.filter((stroke) => !stroke.tap);
  const grids = findGrids(strokes.map((stroke) => stroke.at)).filter((grid) => grid.fit >= LEAST_FIT);
  if (strokes.length < 8 || grids.length === 0) return byBeats(all, strokes, seconds, known);
  // a grid that slipped bars badly
  const accents = accentsOf(strokes);
  const { grid, bars, beats, perPulse, confidence } = grids
    .map((grid) => ({
      grid,
      ...findBars(
        grid,
        accents,
        known.map((bar) => ({ slot: slotAt(grid.times, bar.at), groups: bar.groups })),
      ),
    }))
    .reduce((a, b) => (b.score > a.score + 0.05 ? b : a));
  const timeOf = (slot: number): Seconds => {
    const last = grid.times.length - 1;
    if (slot < 0) return (grid.times[0] ?? 0) + slot * grid.period;
    return slot <= last ? (grid.times[slot] as Seconds) : (grid.times[last] as Seconds) + (slot - last) * grid.period;
  };
  const struck = new Set(grid.slots);
  return {
    beats: beats.map((slot) => ({ at: timeOf(slot), confidence: clamp(confidence * grid.fit * (struck.has(slot) ? 1.1 : 0.8), 0.05, 1) })),
    bars: bars.map((bar) => ({ at: timeOf(bar.slot), groups: bar.groups })).filter((bar) => bar.at >= 0 && bar.at < seconds),
    confidence: confidence * clamp(grid.fit * 1.2, 0, 1),
    free: false,
    strokeSlots: all.map((stroke) => slotAt(grid.times, stroke.at)),
    perPulse,
  };
}

/** Beats that repeat at a period, however uneven what lies between. */
function byBeats(all: readonly Stroke[], strokes: readonly Stroke[], seconds: Seconds, known: readonly BarLock[]): Time {
  return timeOfPulses(
    pulsesOf(strokes),
    seconds,
    known,
    all.map((stroke) => stroke.at),
  );
}

/** Time of anything that begins at moments of some weight. */
export function timeOfPulses(pulses: readonly Pulse[], seconds: Seconds, known: readonly BarLock[] = [], places: readonly Seconds[] = []): Time {
  const { beats, regularity, free } = trackBeats(withKnown(pulses, known), seconds);
  const { bars, confidence } = barsOfBeats(pulses, beats, known);
  const sub = subdivision(pulses, beats);
  const halves = beats.flatMap((beat, i) => {
    const next = beats[i + 1];
    return next ? Array.from({ length: sub * 2 }, (_, k) => beat.at + ((next.at - beat.at) * k) / (sub * 2)) : [beat.at];
  });
  return {
    beats,
    bars: bars.map((bar) => {
      const { at } = beats[bar.firstBeat] as { at: Seconds };
      const told = known.find((lock) => lock.groups && Math.abs(lock.at - at) < 0.12);
      return { at, groups: told?.groups ?? Array.from({ length: bar.beats }, () => sub) };
    }),
    confidence: confidence * regularity,
    free,
    strokeSlots: places.map((at) => slotAt(halves, at)),
    perPulse: 2,
  };
}

/** Where a bar is known to begin a beat must lie. */
const withKnown = (pulses: readonly Pulse[], known: readonly BarLock[]): Pulse[] =>
  [...pulses, ...known.map((bar): Pulse => ({ at: bar.at, weight: 6, mark: 1 }))].sort((a, b) => a.at - b.at);

/** Strokes as marks of a beginning: the bass struck, the melody moved, a long note after. */
function pulsesOf(strokes: readonly Stroke[]): Pulse[] {
  let melody = 0;
  return strokes.map((stroke, i): Pulse => {
    const top = stroke.pitches.at(-1)?.cents ?? melody;
    const moved = Math.abs(top - melody) > 40;
    melody = top;
    const bass = stroke.pitches.some((pitch) => pitch.string === 0);
    const gap = ((strokes[i + 1]?.at ?? stroke.at + 0.5) - stroke.at) / 0.5;
    return { at: stroke.at, weight: clamp(stroke.strength, 0.1, 1.3), mark: (moved ? 0.3 : 0) + (bass ? 0.2 : 0) + 0.4 * clamp(gap, 0, 1) };
  });
}

/** The slot nearest to a time. */
function slotAt(times: readonly Seconds[], at: Seconds): number {
  let [low, high] = [0, times.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] as number) < at) low = middle + 1;
    else high = middle;
  }
  return low > 0 && at - (times[low - 1] as number) < (times[low] as number) - at ? low - 1 : low;
}

/**
 * How much each stroke marks a beginning, in deviations from the tune's mean: its strength against
 * others at the same place of the neck (a chord is louder than a lone string whoever plays it), both strings struck, a rest after it.
 */
function accentsOf(strokes: readonly Stroke[]): number[] {
  const strings = (stroke: Stroke): string => stroke.pitches.map((pitch) => pitch.string).join("");
  const places = (stroke: Stroke): string => stroke.pitches.map((pitch) => `${pitch.string}:${pitch.pitch}`).join(" ");
  const louds = strokes.map((stroke) => log(Math.max(1e-3, stroke.strength)));
  const byStrings = groupMeans(strokes.map(strings), louds, () => 0, 0);
  const byPlace = groupMeans(strokes.map(places), louds, (i) => byStrings[i] as number, 2);
  const rest = louds.map((loud, i) => loud - (byPlace[i] as number));
  const spread = Math.sqrt(rest.reduce((sum, value) => sum + value * value, 0) / Math.max(1, rest.length)) || 1;
  const pace = strokes.length > 1 ? median(strokes.slice(1).map((stroke, i) => stroke.at - (strokes[i] as Stroke).at)) : 0.5;
  return strokes.map((stroke, i) => {
    const gap = (strokes[i + 1]?.at ?? stroke.at + pace) - stroke.at;
    const length = clamp(log(gap / pace) / log(2), -1, 1);
    return (
      0.8 * clamp((rest[i] as number) / spread, -2.5, 2.5) +
      (stroke.pitches.length > 1 ? 0.15 : -0.15) +
      0.1 * length -
      (stroke.leftHand || stroke.tap ? 0.6 : 0)
    );
  });
}

/** For each value the mean of its group, drawn to `prior` as if that had been seen `weight` times. */
function groupMeans(names: readonly string[], values: readonly number[], prior: (i: number) => number, weight: number): number[] {
  const sums = new Map<string, { sum: number; count: number }>();
  names.forEach((name, i) => {
    const group = sums.get(name) ?? { sum: 0, count: 0 };
    group.sum += values[i] as number;
    group.count++;
    sums.set(name, group);
  });
  return names.map((name, i) => {
    const { sum, count } = sums.get(name) as { sum: number; count: number };
    return (sum + weight * prior(i)) / (count + weight);
  });
}

/** Beats per minute from the median gap. */
export function tempoOf(beats: readonly { at: Seconds }[]): number | null {
  if (beats.length < 3) return null;
  return 60 / median(beats.slice(1).map((beat, i) => beat.at - (beats[i] as { at: number }).at));
}
