import { median, type Seconds, type Ticks } from "@kuishi/base";
import type { Heard, HeardNote } from "./heard.ts";
import { barTicks, type Meter, pulseTicks, TempoMap, type TempoPoint } from "./meter.ts";

/** A bar of the written score. */
export interface WrittenBar {
  readonly number: number;
  readonly start: Ticks;
  readonly meter: Meter;
  readonly chords: readonly WrittenChord[];
}
/** Notes struck together, at their written place inside the bar. */
export interface WrittenChord {
  readonly start: Ticks;
  readonly length: Ticks;
  readonly notes: readonly HeardNote[];
  readonly direction: "down" | "up" | null;
}
/** A hearing written down: bars, and the map between written and played time. */
export interface Transcript {
  readonly bars: readonly WrittenBar[];
  readonly tempo: TempoMap;
}

const FREE: Meter = { groups: [4], unit: 4 };

/**
 * Writes a hearing down: each downbeat begins a bar, strokes go to the nearest quarter of a pulse.
 * Free rhythm is written in bars of two seconds, which claim nothing.
 */
export function transcribe(heard: Heard): Transcript {
  const free = heard.downbeats.length < 2;
  const edges = free ? Array.from({ length: Math.max(2, Math.ceil(heard.durationSec / 2) + 1) }, (_, i) => i * 2) : [...heard.downbeats];
  const gap = median(edges.slice(1).map((edge, i) => edge - (edges[i] as number)));
  // What sounds before the first downbeat stands in a bar of its own.
  if (!free && (heard.notes[0]?.onset ?? Infinity) < (edges[0] as number) - 0.05)
    edges.unshift(Math.min(heard.notes[0]?.onset ?? 0, Math.max(0, (edges[0] as number) - gap)));
  const upbeats = free ? 0 : edges.length - heard.downbeats.length;
  const last = edges.at(-1) as Seconds;
  if (!free) edges.push(last + gap);
  const points: TempoPoint[] = [];
  const bars: WrittenBar[] = [];
  let start = 0;
  edges.slice(0, -1).forEach((from, i) => {
    const to = edges[i + 1] as Seconds;
    const meter = free ? FREE : meterAt(heard, i + 1 - upbeats);
    points.push({ ticks: start, seconds: from });
    const length = barTicks(meter);
    const step = pulseTicks(meter) / 4;
    const inside = heard.strokes.filter((stroke) => stroke.noteIds.length > 0 && stroke.at >= from - 0.025 && stroke.at < to - 0.025);
    const byTick = new Map<Ticks, { notes: HeardNote[]; direction: "down" | "up" | null }>();
    for (const stroke of inside) {
      const at = Math.min(length - step, Math.max(0, Math.round((((stroke.at - from) / (to - from)) * length) / step) * step));
      const notes = stroke.noteIds.flatMap((id) => heard.notes.find((note) => note.id === id) ?? []);
      const known = byTick.get(at);
      if (known) known.notes.push(...notes.filter((note) => !known.notes.some((other) => other.string === note.string)));
      else byTick.set(at, { notes: [...notes], direction: stroke.direction });
    }
    const ticks = [...byTick.keys()].sort((a, b) => a - b);
    bars.push({
      number: i + 1,
      start,
      meter,
      chords: ticks.map((at, k) => ({
        start: at,
        length: (ticks[k + 1] ?? length) - at,
        ...(byTick.get(at) as { notes: HeardNote[]; direction: "down" | "up" | null }),
      })),
    });
    start += length;
  });
  points.push({ ticks: start, seconds: edges.at(-1) as Seconds });
  return { bars, tempo: new TempoMap(points) };
}

/** The meter of a bar, counted from 1; before the first that is told, that one. */
export function meterAt(heard: Heard, bar: number): Meter {
  const entry = heard.meter.findLast((change) => "groups" in change && change.fromBar <= Math.max(1, bar)) ?? heard.meter.find((change) => "groups" in change);
  return entry && "groups" in entry ? { groups: entry.groups, unit: entry.unit } : { groups: [2, 2], unit: 8 };
}
