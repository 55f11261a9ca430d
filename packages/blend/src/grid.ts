import { clamp, median, type Seconds } from "@kuishi/base";
import { type Heard, meterAt } from "@kuishi/score";

/** A group of pulses: the unit the hand feels. */
export interface PulseGroup {
  readonly from: Seconds;
  readonly to: Seconds;
  /** Times of its pulses, the first at `from`. */
  readonly pulses: readonly Seconds[];
  /** Times half-way between pulses, one after each, where the player puts them; null where no player told. */
  readonly halves: readonly (Seconds | null)[];
}
/** A bar of the tune as it was played. */
export interface GridBar {
  readonly index: number;
  readonly from: Seconds;
  readonly to: Seconds;
  readonly groups: readonly PulseGroup[];
  /** Which groups answer the first: where a snare belongs. */
  readonly backs: readonly number[];
}
/** A stroke of the player's right hand. */
export interface GridStroke {
  readonly at: Seconds;
  readonly accent: number;
}

/** The tune's own time: bars, groups and pulses where the player put them. */
export interface Grid {
  readonly bars: readonly GridBar[];
  readonly strokes: readonly GridStroke[];
  /** Where it begins: 0, or before the recording. */
  readonly start: Seconds;
  readonly end: Seconds;
  readonly free: boolean;
}

/** A tune that is free for more of its time than this has no beat at all. */
const MAX_FREE_SHARE = 0.7;
/** Strokes closer than this to a hit pull it onto themselves: nobody hears two attacks as one beyond it. */
export const FLAM_SEC = 0.06;

interface RawBar {
  readonly from: Seconds;
  readonly to: Seconds;
  /** Starts of its groups. */
  readonly inside: readonly Seconds[];
  readonly groups: readonly number[];
}

/**
 * Bars from what was heard. `merge` joins that many neighbouring groups into one, for a beat that walks at half time.
 * Pulses inside a group, and what lies between them, take the player's median place for that slot, where there is one.
 */
export function makeGrid(heard: Heard, merge: number): Grid {
  const strokes = heard.strokes.filter((stroke) => stroke.noteIds.length > 0).map(({ at, accent }) => ({ at, accent }));
  const loose = heard.meter.flatMap((entry) => ("free" in entry ? [entry] : []));
  const free = loose.reduce((sum, { fromSec, toSec }) => sum + toSec - fromSec, 0) > MAX_FREE_SHARE * heard.durationSec || heard.downbeats.length < 2;
  if (free) return { bars: [], strokes, start: 0, end: heard.durationSec, free };
  const inFree = (at: Seconds): boolean => loose.some(({ fromSec, toSec }) => at >= fromSec - 0.01 && at < toSec - 0.01);
  const beats = heard.beats.map((beat) => beat.at);
  const raw = heard.downbeats.map((from, i): RawBar => {
    const next = heard.downbeats[i + 1];
    const { groups } = meterAt(heard, i + 1);
    const inside = beats
      .filter((beat) => beat >= from - 0.01 && (next === undefined || beat < next - 0.01))
      .slice(0, next === undefined ? groups.length : undefined);
    // the last bar's last group is as long as its pulses, which groups of other lengths tell
    const pulse = inside.length > 1 ? median(inside.slice(1).map((beat, k) => (beat - inside[k]!) / (groups[k] ?? 2))) : 0.25;
    const end = (inside.at(-1) ?? from) + pulse * (groups[Math.max(0, inside.length - 1)] ?? 2);
    return { from, to: next ?? Math.min(heard.durationSec, end), inside: inside.length > 0 ? inside : [from], groups };
  });
  const pulsePlaces = slotPlaces(raw, strokes, 1);
  const halfPlaces = slotPlaces(raw, strokes, 2);
  const accents = groupAccents(raw, strokes);
  // a passage that is free has no bars, though the rest of the tune has
  const beaten = raw.filter((bar) => !inFree((bar.from + bar.to) / 2));
  const bars = beaten.map((bar, index): GridBar => {
    const starts = bar.inside.filter((_, k) => k % merge === 0);
    const groups = starts.map((from, k): PulseGroup => {
      const to = starts[k + 1] ?? bar.to;
      const count = pulsesOf(bar, k) * Math.min(merge, bar.inside.length - k * merge);
      const places = merge === 1 ? pulsePlaces(bar, k) : undefined;
      const between = merge === 1 ? halfPlaces(bar, k) : undefined;
      const time = (phase: number): Seconds => from + phase * (to - from);
      return {
        from,
        to,
        pulses: Array.from({ length: count }, (_, p) => time(places?.[p] ?? p / count)),
        halves: Array.from({ length: count }, (_, p) => {
          const phase = between?.[2 * p + 1];
          return phase === undefined || phase === null ? null : time(phase);
        }),
      };
    });
    return { index, from: bar.from, to: bar.to, groups, backs: backsOf(groups.length, index, merge === 1 ? accents.get(bar.groups.join()) : undefined) };
  });
  return { bars, strokes, start: 0, end: heard.durationSec, free };
}

/** Places of a group's slots: its own in its kind of bar, else that of all groups as long. */
type Places = (bar: RawBar, group: number) => readonly (number | null)[] | undefined;

const pulsesOf = (bar: RawBar, group: number): number => bar.groups[Math.min(group, bar.groups.length - 1)] ?? 2;

/**
 * The player's median phase for each slot of a group, `parts` slots a pulse: of the same group in bars of the same kind where
 * four strokes or more fell there, else of all groups as long. Null where too few strokes fell; what lies on a pulse then stands evenly.
 */
function slotPlaces(bars: readonly RawBar[], strokes: readonly GridStroke[], parts: number): Places {
  const found = new Map<string, number[][]>();
  const listsOf = (key: string, slots: number): number[][] => {
    let lists = found.get(key);
    if (!lists) found.set(key, (lists = Array.from({ length: slots }, () => [])));
    return lists;
  };
  const own = (bar: RawBar, group: number): string => `${bar.groups.join("+")}/${group}`;
  for (const bar of bars) {
    bar.inside.forEach((from, k) => {
      const to = bar.inside[k + 1] ?? bar.to;
      const slots = pulsesOf(bar, k) * parts;
      const lists = [listsOf(own(bar, k), slots), listsOf(String(slots / parts), slots)];
      for (let i = firstFrom(strokes, from); i < strokes.length && strokes[i]!.at < to; i++) {
        const phase = (strokes[i]!.at - from) / (to - from);
        const slot = Math.round(phase * slots);
        if (slot > 0 && slot < slots && Math.abs(phase - slot / slots) < 0.3 / slots) for (const list of lists) list[slot]?.push(phase);
      }
    });
  }
  const places = new Map(
    [...found].map(([key, lists]) => {
      const slots = lists.length;
      return [key, lists.map((list, slot) => (list.length >= 4 ? clamp(median(list), (slot - 0.25) / slots, (slot + 0.25) / slots) : null))] as const;
    }),
  );
  return (bar, group) => {
    const [mine, all] = [places.get(own(bar, group)), places.get(String(pulsesOf(bar, group)))];
    const slots = (all ?? mine)?.length ?? 0;
    return Array.from({ length: slots }, (_, slot) => mine?.[slot] ?? all?.[slot] ?? (parts === 1 ? slot / slots : null));
  };
}

/** Mean accent at the start of each group, for each kind of bar. */
function groupAccents(bars: readonly RawBar[], strokes: readonly GridStroke[]): Map<string, number[]> {
  const sums = new Map<string, { sum: number; count: number }[]>();
  for (const bar of bars) {
    const key = bar.groups.join();
    let list = sums.get(key);
    if (!list) sums.set(key, (list = bar.groups.map(() => ({ sum: 0, count: 0 }))));
    for (const [k, at] of bar.inside.entries()) {
      const entry = list[k];
      if (!entry) continue;
      entry.sum += strokeNear(strokes, at, FLAM_SEC)?.accent ?? 0;
      entry.count++;
    }
  }
  return new Map([...sums].map(([key, list]) => [key, list.map(({ sum, count }) => sum / Math.max(1, count))]));
}

/** Every second group, of bars of one group every second bar; where their number is odd, the one the right hand stresses most after the first, else the last. */
function backsOf(count: number, index: number, accents: readonly number[] | undefined): number[] {
  if (count < 2) return index % 2 === 1 ? [0] : [];
  if (count % 2 === 0) return Array.from({ length: count / 2 }, (_, k) => 2 * k + 1);
  let best = count - 1;
  for (let k = 1; k < count; k++) if ((accents?.[k] ?? 0) > (accents?.[best] ?? 0) + 0.05) best = k;
  return [best];
}

/** Index of the first stroke not before a time. */
function firstFrom(strokes: readonly GridStroke[], at: Seconds): number {
  let low = 0;
  let high = strokes.length;
  while (low < high) {
    const mid = (low + high) >> 1;
    if (strokes[mid]!.at < at) low = mid + 1;
    else high = mid;
  }
  return low;
}

/** The stroke nearest to a time, if any lies within `reach`. */
export function strokeNear(strokes: readonly GridStroke[], at: Seconds, reach: Seconds): GridStroke | undefined {
  const next = firstFrom(strokes, at);
  const [before, after] = [strokes[next - 1], strokes[next]];
  const best = !before ? after : !after ? before : at - before.at <= after.at - at ? before : after;
  return best && Math.abs(best.at - at) <= reach ? best : undefined;
}
/** The strokes from one time up to another. */
export function strokesIn(strokes: readonly GridStroke[], from: Seconds, to: Seconds): readonly GridStroke[] {
  return strokes.slice(firstFrom(strokes, from), firstFrom(strokes, to));
}
