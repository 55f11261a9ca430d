import { clamp, median, type Seconds } from "@kuishi/base";
import type { Heard } from "@kuishi/score";

/** A group of pulses: the unit the hand feels. */
export interface Group {
  readonly from: Seconds;
  readonly to: Seconds;
  /** Times of its pulses, the first at `from`. */
  readonly pulses: readonly Seconds[];
}
/** A bar of the tune as it was played. */
export interface GridBar {
  readonly index: number;
  readonly from: Seconds;
  readonly to: Seconds;
  readonly groups: readonly Group[];
}
/** A stroke of the player's right hand. */
export interface Stroke {
  readonly at: Seconds;
  readonly accent: number;
}

/** The tune's own time: bars, groups and pulses where the player put them. */
export interface Grid {
  readonly bars: readonly GridBar[];
  readonly strokes: readonly Stroke[];
  readonly end: Seconds;
  readonly free: boolean;
}

/** Strokes closer than this to a hit pull it onto themselves: nobody hears two attacks as one beyond it. */
export const FLAM_SEC = 0.06;

/**
 * Bars from what was heard. `merge` joins that many neighbouring groups into one, for a beat that walks at half time.
 * Pulses inside a group take the player's median place for that slot, where there is one.
 */
export function makeGrid(heard: Heard, merge: number): Grid {
  const strokes = heard.strokes.filter((stroke) => stroke.noteIds.length > 0).map(({ at, accent }) => ({ at, accent }));
  const free = heard.meter.some((entry) => "free" in entry) || heard.downbeats.length < 2;
  if (free) return { bars: [], strokes, end: heard.durationSec, free };
  const beats = heard.beats.map((beat) => beat.at);
  const bars: GridBar[] = [];
  const raw = heard.downbeats.map((from, i) => {
    const next = heard.downbeats[i + 1];
    const meter = heard.meter.findLast((entry) => "groups" in entry && entry.fromBar <= i + 1) ?? heard.meter.find((entry) => "groups" in entry);
    const groups = meter && "groups" in meter ? meter.groups : [2, 2];
    const inside = beats
      .filter((beat) => beat >= from - 0.01 && (next === undefined || beat < next - 0.01))
      .slice(0, next === undefined ? groups.length : undefined);
    const gap = inside.length > 1 ? median(inside.slice(1).map((beat, k) => beat - (inside[k] as number))) : 0.5;
    return { from, to: next ?? Math.min(heard.durationSec, (inside.at(-1) ?? from) + gap), inside: inside.length > 0 ? inside : [from], groups };
  });
  const slots = slotPhases(raw, strokes);
  raw.forEach((bar, index) => {
    const starts = bar.inside.filter((_, k) => k % merge === 0);
    const groups = starts.map((start, k): Group => {
      const to = starts[k + 1] ?? bar.to;
      const count = (bar.groups[Math.min(k, bar.groups.length - 1)] ?? 2) * Math.min(merge, bar.inside.length - k * merge);
      const phases = merge === 1 ? slots.get(count) : undefined;
      return { from: start, to, pulses: Array.from({ length: count }, (_, p) => start + (phases?.[p] ?? p / count) * (to - start)) };
    });
    bars.push({ index, from: bar.from, to: bar.to, groups });
  });
  return { bars, strokes, end: heard.durationSec, free };
}

/** The player's median phase for each pulse of groups of two and of three, from all groups of the tune. */
function slotPhases(bars: readonly { to: number; inside: readonly number[]; groups: readonly number[] }[], strokes: readonly Stroke[]): Map<number, number[]> {
  const found = new Map<number, number[][]>();
  for (const bar of bars) {
    bar.inside.forEach((from, k) => {
      const to = bar.inside[k + 1] ?? bar.to;
      const count = bar.groups[Math.min(k, bar.groups.length - 1)] ?? 2;
      let lists = found.get(count);
      if (!lists) found.set(count, (lists = Array.from({ length: count }, () => [])));
      for (const stroke of strokes) {
        const phase = (stroke.at - from) / (to - from);
        const slot = Math.round(phase * count);
        if (slot > 0 && slot < count && Math.abs(phase - slot / count) < 0.3 / count) lists[slot]?.push(phase);
      }
    });
  }
  return new Map(
    [...found].map(([count, lists]) => [
      count,
      lists.map((list, slot) => (list.length >= 4 ? clamp(median(list), (slot - 0.25) / count, (slot + 0.25) / count) : slot / count)),
    ]),
  );
}

/** The stroke nearest to a time, if any lies within `reach`. */
export function strokeNear(strokes: readonly Stroke[], at: Seconds, reach: Seconds): Stroke | undefined {
  let low = 0;
  let high = strokes.length;
  while (low < high) {
    const mid = (low + high) >> 1;
    if ((strokes[mid] as Stroke).at < at) low = mid + 1;
    else high = mid;
  }
  const [before, after] = [strokes[low - 1], strokes[low]];
  const best = !before ? after : !after ? before : at - before.at <= after.at - at ? before : after;
  return best && Math.abs(best.at - at) <= reach ? best : undefined;
}
