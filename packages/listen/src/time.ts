import { clamp, log, median, type Seconds } from "@kuishi/base";
import type { BarLock } from "@kuishi/score";
import { findBarrings } from "./barring.ts";
import { barsOfBeats, type Pulse, subdivision, trackBeats } from "./beats.ts";
import type { KnownBar } from "./cycles.ts";
import { type FollowedGrid, timeOfSlot } from "./followed-pulses.ts";
import { marksOf, strengthForPlace } from "./marks.ts";
import { findBars } from "./meter.ts";
import type { MeasuredStroke } from "./notes.ts";
import { findPulseGrids } from "./pulse.ts";

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

/** An even grid this good needs no more proof; a worse one is believed where stresses tell so surely of bars that so seldom change. */
const EVEN = { sureFit: 0.65, confidence: 0.9, changes: 0.05 } as const;
/** Strokes under which no form of the whole tells of bars. */
const LEAST_STROKES = 40;
/** Where beats hardly repeat and barrings agree no more than this, the rhythm is free. */
const LEAST_AGREEMENT = 0.4;
/** Share of the strokes that fall beside the grid: so many are usual (real küi have 1-3 %), as many as the other fall beside a grid through strokes at random. */
const [USUAL_OFF, MOST_OFF] = [0.1, 0.3];

/**
 * Finds pulse, beats and bars. Where an even grid and stresses tell them, by these; else, as with most küi, whose sub-beats are
 * uneven and whose bar lines are not louder than the rest, by what the whole tune does at its bar lines: harmony that changes and
 * stays, long notes, repeats that begin there.
 */
export function findTime(all: readonly MeasuredStroke[], seconds: Seconds, known: readonly BarLock[] = []): Time {
  // blows on the board may fall anywhere; the left hand speaks after the beat
  const strokes = all.filter((stroke) => !stroke.tap);
  if (strokes.length < 8) return byBeats(all, strokes, seconds, known);
  return byStress(all, strokes, seconds, known) ?? byWhole(all, strokes, seconds, known) ?? byBeats(all, strokes, seconds, known);
}

/** Bars by stresses on an even grid; undefined where there is none, or the stresses tell too little. */
function byStress(all: readonly MeasuredStroke[], strokes: readonly MeasuredStroke[], seconds: Seconds, known: readonly BarLock[]): Time | undefined {
  const grids = findPulseGrids(strokes.map((stroke) => stroke.at)).filter((grid) => grid.fit >= LEAST_FIT);
  if (grids.length === 0) return undefined;
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
  const changes = bars.filter((bar, i) => i > 0 && bar.groups.join() !== bars[i - 1]!.groups.join()).length / Math.max(1, bars.length);
  const sure = grid.fit >= EVEN.sureFit || (confidence >= EVEN.confidence && changes <= EVEN.changes);
  if (!sure && strokes.length >= LEAST_STROKES) return undefined;
  const timeOf = (slot: number): Seconds => {
    const last = grid.times.length - 1;
    if (slot < 0) return (grid.times[0] ?? 0) + slot * grid.period;
    return slot <= last ? grid.times[slot]! : grid.times[last]! + (slot - last) * grid.period;
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

/** Bars by what the whole tune does at them; undefined where it does too little. */
function byWhole(all: readonly MeasuredStroke[], strokes: readonly MeasuredStroke[], seconds: Seconds, known: readonly BarLock[]): Time | undefined {
  if (strokes.length < LEAST_STROKES) return undefined;
  const knownAt = ({ slots }: FollowedGrid): KnownBar[] => {
    const times = slots.map(({ at }) => at);
    return known.map((bar) => ({ slot: slotAt(times, bar.at), groups: bar.groups }));
  };
  const [best] = findBarrings(marksOf(strokes), seconds, knownAt);
  if (!best) return undefined;
  const { grid, bars, beats } = best;
  // strokes beside every grid are no proof of one
  const keeps = clamp((MOST_OFF - grid.off) / (MOST_OFF - USUAL_OFF), 0, 1);
  const [agreement, beatAgreement] = [keeps * best.agreement, keeps * best.beatAgreement];
  if (known.length === 0 && agreement < LEAST_AGREEMENT && trackBeats(pulsesOf(strokes), seconds).free) return undefined;
  const times = grid.slots.map((_, slot) => timeOfSlot(grid, slot));
  return {
    beats: beats.map((slot) => ({ at: times[slot]!, confidence: clamp(beatAgreement * (grid.slots[slot]!.stroke ? 1.1 : 0.8), 0.05, 1) })),
    bars: bars.map((bar) => ({ at: timeOfSlot(grid, bar.slot), groups: bar.groups })).filter((bar) => bar.at >= 0 && bar.at < seconds),
    confidence: agreement,
    free: false,
    strokeSlots: all.map((stroke) => slotAt(times, stroke.at)),
    perPulse: grid.perPulse,
  };
}

/** Beats that repeat at a period, however uneven what lies between. */
function byBeats(all: readonly MeasuredStroke[], strokes: readonly MeasuredStroke[], seconds: Seconds, known: readonly BarLock[]): Time {
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
      const { at } = beats[bar.firstBeat]!;
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
function pulsesOf(strokes: readonly MeasuredStroke[]): Pulse[] {
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
    if (times[middle]! < at) low = middle + 1;
    else high = middle;
  }
  return low > 0 && at - times[low - 1]! < times[low]! - at ? low - 1 : low;
}

/**
 * How much each stroke marks a beginning, in deviations from the tune's mean: its strength against
 * others at the same place of the neck (a chord is louder than a lone string whoever plays it), both strings struck, a rest after it.
 */
function accentsOf(strokes: readonly MeasuredStroke[]): number[] {
  const rest = strengthForPlace(strokes);
  const spread = Math.sqrt(rest.reduce((sum, value) => sum + value * value, 0) / Math.max(1, rest.length)) || 1;
  const pace = strokes.length > 1 ? median(strokes.slice(1).map((stroke, i) => stroke.at - strokes[i]!.at)) : 0.5;
  return strokes.map((stroke, i) => {
    const gap = (strokes[i + 1]?.at ?? stroke.at + pace) - stroke.at;
    const length = clamp(log(gap / pace) / log(2), -1, 1);
    return 0.8 * clamp(rest[i]! / spread, -2.5, 2.5) + (stroke.pitches.length > 1 ? 0.15 : -0.15) + 0.1 * length - (stroke.leftHand || stroke.tap ? 0.6 : 0);
  });
}

/** Beats per minute from the median gap. */
export function tempoOf(beats: readonly { at: Seconds }[]): number | null {
  if (beats.length < 3) return null;
  return 60 / median(beats.slice(1).map((beat, i) => beat.at - beats[i]!.at));
}
