// How well a tune is barred: against printed bars, against its own repeats, against the same recording slightly changed.
import { median, type Seconds, seeded } from "@kuishi/base";
import { matched } from "@kuishi/lab/lute";
import type { Heard } from "@kuishi/score";

/** Downbeats read from a printed score and found in a recording; outside the spans nothing is known. */
export interface PrintedBars {
  readonly spans: readonly { readonly fromSec: Seconds; readonly toSec: Seconds; readonly downbeats: readonly Seconds[] }[];
}
/** What is measured of a hearing, or of anything that bars like one. */
export type Bared = Pick<Heard, "notes" | "strokes" | "beats" | "downbeats" | "meter" | "durationSec">;

const at = (seconds: Seconds): { at: Seconds } => ({ at: seconds });
/** Tolerance of a beat, seconds. */
const NEAR_SEC = 0.07;

/** Against print: F1 of downbeats within 70 ms; share of printed bars one heard bar covers (intersection over union .7); whether bars are as long as the printed ones. */
export function againstPrint({ downbeats }: Bared, { spans }: PrintedBars): { readonly downbeat: number; readonly found: number; readonly level: boolean } {
  const inside = downbeats.filter((time) => spans.some((span) => time > span.fromSec - NEAR_SEC && time < span.toSec + NEAR_SEC));
  const printed = spans.flatMap((span) => span.downbeats);
  const bars = spans.flatMap(({ downbeats: lines }) => lines.slice(1).map((to, i) => [lines[i]!, to] as const));
  const heard = downbeats.slice(1).map((to, i) => [downbeats[i]!, to] as const);
  const covered = bars.filter(([from, to]) => heard.some(([a, b]) => Math.min(to, b) - Math.max(from, a) >= 0.7 * (Math.max(to, b) - Math.min(from, a))));
  const ratio = inside.length / Math.max(1, printed.length);
  return {
    downbeat: matched(printed.map(at), inside.map(at), NEAR_SEC).f,
    found: covered.length / Math.max(1, bars.length),
    level: ratio > 0.8 && ratio < 1.25,
  };
}

/** Strokes that make a repeat. */
const MOTIF = 10;

/**
 * A küi repeats itself, and where the same strokes come again any bars must cut them alike. Ten strokes return when their top pitches
 * agree within 40 cents and their gaps within 25 % of one common tempo.
 * @returns share of their strokes with the same place in the bar (pulses, within 0.4), the same against a random stroke; NaN without repeats.
 */
export function repeatsAlike({ notes, strokes, downbeats, meter }: Bared): { readonly repeats: number; readonly place: number; readonly chance: number } {
  const cents = new Map(notes.map((note) => [note.id, note.cents]));
  const tops = strokes.flatMap((stroke) => {
    const own = stroke.noteIds.flatMap((id) => cents.get(id) ?? []);
    return own.length > 0 ? [{ at: stroke.at, top: Math.max(...own) }] : [];
  });
  const places = tops.map((stroke) => {
    const bar = downbeats.findLastIndex((line) => line < stroke.at + 0.03);
    const pulses = bar >= 0 ? groupsOf({ meter }, bar + 1).reduce((a, b) => a + b, 0) : 0;
    const to = downbeats[bar + 1];
    return to === undefined || pulses === 0 ? NaN : ((stroke.at - downbeats[bar]!) / (to - downbeats[bar]!)) * pulses;
  });
  const random = seeded(7, "chance place");
  let [count, alike, chance] = [0, 0, 0];
  const pairs = repeatsOf(tops);
  for (const [i, j] of pairs) {
    for (let k = 0; k < MOTIF; k++) {
      const [a, b] = [places[i + k]!, places[j + k]!];
      if (!Number.isFinite(a + b)) continue;
      count++;
      if (Math.abs(a - b) < 0.4) alike++;
      if (Math.abs(a - random.pick(places)) < 0.4) chance++;
    }
  }
  return { repeats: pairs.length, place: alike / count, chance: chance / count };
}

/** Pairs of places at which the same strokes begin. */
function repeatsOf(tops: readonly { readonly at: Seconds; readonly top: number }[]): [number, number][] {
  const pairs: [number, number][] = [];
  const used = new Set<string>();
  for (let i = 0; i + MOTIF < tops.length; i++) {
    // a tremolo on one fret says nothing
    if (new Set(tops.slice(i, i + MOTIF).map(({ top }) => Math.round(top / 90))).size < 3) continue;
    for (let j = i + MOTIF; j + MOTIF < tops.length; j++) {
      if (used.has(`${i - 1} ${j - 1}`)) continue;
      if (!tops.slice(i, i + MOTIF).every(({ top }, k) => Math.abs(top - tops[j + k]!.top) < 40)) continue;
      const gap = (from: number, k: number): Seconds => tops[from + k + 1]!.at - tops[from + k]!.at;
      const ratios = Array.from({ length: MOTIF - 1 }, (_, k) => gap(i, k) / gap(j, k));
      const middle = median(ratios);
      if (ratios.filter((ratio) => ratio / middle > 0.75 && ratio / middle < 1.33).length <= 0.8 * (MOTIF - 1)) continue;
      pairs.push([i, j]);
      used.add(`${i} ${j}`);
    }
  }
  return pairs;
}

/** Groups of a bar, counted from 1. */
export function groupsOf({ meter }: Pick<Heard, "meter">, bar: number): readonly number[] {
  let groups: readonly number[] = [];
  for (const one of meter) if ("fromBar" in one && one.fromBar <= bar) groups = one.groups;
  return groups;
}

/** How alike two hearings of one recording are, the second's times stretched by `scale`: F1 of beats, share of the first's bars that come again with the same groups. */
export function steadiness(first: Bared, second: Bared, scale = 1): { readonly beats: number; readonly groups: number } {
  const end = Math.min(first.durationSec, second.durationSec * scale);
  const cut = (times: readonly Seconds[]): { at: Seconds }[] => times.filter((time) => time < end).map(at);
  const lines = second.downbeats.map((time) => time * scale);
  const bars = first.downbeats.flatMap((time, i) => (time < end ? [{ time, groups: groupsOf(first, i + 1).join() }] : []));
  const same = bars.filter(({ time, groups }) => lines.some((line, k) => Math.abs(line - time) < NEAR_SEC && groupsOf(second, k + 1).join() === groups));
  return {
    beats: matched(cut(first.beats.map((beat) => beat.at)), cut(second.beats.map((beat) => beat.at * scale)), NEAR_SEC).f,
    groups: same.length / Math.max(1, bars.length),
  };
}
