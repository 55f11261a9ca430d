import { clamp, type Seconds } from "@kuishi/base";
import type { Heard } from "@kuishi/score";
import { type Choices, curveAt } from "./choices.ts";
import type { Grid } from "./grid.ts";

/** A stretch of the arrangement with one energy. */
export interface ArrangedSection {
  readonly from: Seconds;
  readonly to: Seconds;
  readonly label: string;
  readonly role: "intro" | "build" | "main" | "climax" | "calm" | "outro";
  /** 0..1 */
  readonly energy: number;
  readonly style: string;
}

type Span = Pick<ArrangedSection, "from" | "to" | "label"> & { readonly zone?: string };
type Arc = readonly { readonly energy: number; readonly role: ArrangedSection["role"] }[];

/**
 * The arc over what was heard: long sections are cut at bars, there are at least four parts; a tökpe küi, a shertpe küi and a song rise
 * each in their own way. What was drawn or chosen wins.
 */
export function arrangeSections(heard: Heard, grid: Grid, choices: Choices): ArrangedSection[] {
  const spans = spansOf(heard, grid);
  const activity = activityOf(heard, spans);
  const zoned = heard.kind?.name === "tokpe" && new Set(spans.map((span) => span.zone)).size > 1 && spans.every((span) => span.zone !== undefined);
  const arc = zoned ? tokpeArc(spans) : heard.kind?.name === "shertpe" ? archArc(spans, activity) : songArc(spans, activity);
  const drawn = spans.map((span) => (choices.energy.length > 0 ? meanOver(choices.energy, span.from, span.to) : undefined));
  const top = Math.max(...drawn.map((energy) => energy ?? 0));
  return spans.map((span, i): ArrangedSection => {
    const own = choices.sections[String(i)];
    const base = arc[i]!;
    const hand = own?.energy ?? drawn[i];
    const energy = hand ?? base.energy;
    const role = drawn[i] === undefined ? base.role : drawn[i] === top ? "climax" : i === 0 ? "intro" : drawn[i] > drawn[i - 1]! ? "build" : "main";
    return {
      from: span.from,
      to: span.to,
      label: span.label,
      role,
      energy: Math.round(clamp(energy, 0, 1) * 1000) / 1000,
      style: own?.style ?? choices.style,
    };
  });
}

function spansOf(heard: Heard, grid: Grid): Span[] {
  const end = heard.durationSec;
  const bars = grid.bars.map((bar) => bar.from);
  const snap = (at: Seconds): Seconds => bars.reduce((best, bar) => (Math.abs(bar - at) < Math.abs(best - at) ? bar : best), bars[0] ?? at);
  const longest = clamp(end / 4, 4, 16);
  const cuts: { from: Seconds; label: string; zone?: string }[] = [];
  for (const section of heard.form.length > 0 ? heard.form : [{ fromSec: 0, toSec: end, label: "A" }]) {
    const pieces = Math.max(1, Math.round((section.toSec - section.fromSec) / longest));
    for (let k = 0; k < pieces; k++) {
      const at = section.fromSec + ((section.toSec - section.fromSec) * k) / pieces;
      const from = cuts.length === 0 ? 0 : snap(at);
      const last = cuts.at(-1);
      const zone = "zone" in section ? section.zone : undefined;
      if (!last || from > last.from + 1.5) cuts.push({ from, label: section.label, ...(zone === undefined ? {} : { zone }) });
    }
  }
  return cuts.map((cut, i) => ({ ...cut, to: cuts[i + 1]?.from ?? end }));
}

/** Strokes a second, louder ones counting more; of the liveliest span 1. */
function activityOf(heard: Heard, spans: readonly Span[]): number[] {
  const first = heard.notes[0]?.onset ?? 0;
  const activity = spans.map((span) => {
    const inside = heard.strokes.filter((stroke) => stroke.at >= span.from && stroke.at < span.to);
    return inside.reduce((sum, stroke) => sum + 0.4 + stroke.accent, 0) / Math.max(0.5, span.to - Math.max(span.from, first));
  });
  const most = Math.max(...activity, 1e-9);
  return activity.map((value) => value / most);
}

const ZONES: Readonly<Record<string, number>> = { bas: 0.36, orta: 0.56, kishi: 0.76, ulken: 1 };

/**
 * A tökpe küi: the low register returns, each time a little fuller; the highest saga is the climax, which a long saga reaches by rising;
 * within a saga nothing falls.
 */
function tokpeArc(spans: readonly Span[]): Arc {
  const height = (span: Span): number => ZONES[span.zone ?? ""] ?? 0.5;
  const highest = Math.max(...spans.map(height));
  // of several times in the highest register the last is the climax
  const climax = spans.findLastIndex((span) => height(span) === highest);
  const first = spans.findLastIndex((span, i) => i <= climax && height(span) !== highest) + 1;
  let returns = 0;
  return spans.map((span, i) => {
    const again = i > 0 && spans[i - 1]?.zone === span.zone;
    if (!again && i > 0 && span.zone === spans[0]?.zone) returns++;
    if (i === climax) return { energy: 1, role: "climax" as const };
    if (i === 0) return { energy: 0.26, role: "intro" as const };
    if (i === spans.length - 1) return { energy: 0.4, role: "outro" as const };
    if (i >= first && i < climax) return { energy: 0.66 + (0.28 * (i - first)) / Math.max(1, climax - first), role: "build" as const };
    const rise = again ? 0.05 * countBack(spans, i) : 0;
    const energy = Math.min(0.84, height(span) + 0.05 * returns + rise + (i < 2 ? -0.06 : 0));
    return { energy: i > climax ? energy * 0.85 : energy, role: i < climax ? ("build" as const) : ("main" as const) };
  });
}
/** How many spans before this one are of the same register without a break. */
function countBack(spans: readonly Span[], i: number): number {
  let k = i;
  while (k > 0 && spans[k - 1]?.zone === spans[i]?.zone) k--;
  return i - k;
}

/** A shertpe küi: one long breath that rises to two thirds of the way and falls. */
function archArc(spans: readonly Span[], activity: readonly number[]): Arc {
  const n = spans.length;
  const position = (i: number): number => (n > 1 ? i / (n - 1) : 0.66);
  const climax = best(n, (i) => activity[i]! * 0.5 - Math.abs(position(i) - 0.66));
  return spans.map((_, i) => {
    const arc = i <= climax ? i / Math.max(1, climax) : 1 - (i - climax) / Math.max(1, n - climax);
    const energy = i === climax ? 0.92 : clamp(0.2 + 0.62 * arc + 0.1 * (activity[i]! - 0.5), 0.15, 0.86);
    return { energy, role: i === climax ? "climax" : i === 0 ? "intro" : i === n - 1 ? "outro" : i < climax ? "build" : "calm" };
  });
}

/** A song, or what nobody could tell: intro, build, a breath before the climax, outro; what returns most (a refrain) stands higher. */
function songArc(spans: readonly Span[], activity: readonly number[]): Arc {
  const n = spans.length;
  const position = (i: number): number => (n > 1 ? i / (n - 1) : 0.5);
  const refrain = (i: number): number => (spans[i]?.label === "refrain" ? 0.12 : 0);
  const climax = best(n, (i) => activity[i]! - Math.abs(position(i) - 0.7) * 0.8 + refrain(i));
  return spans.map((_, i) => {
    const arc = i <= climax ? (climax === 0 ? 1 : i / climax) : 1 - ((i - climax) / Math.max(1, n - 1 - climax)) * 0.6;
    const energy = clamp(0.3 + 0.42 * arc + 0.2 * activity[i]! + refrain(i), 0, 0.9);
    if (i === climax) return { energy: 0.96, role: "climax" };
    if (n > 2 && i === 0) return { energy: Math.min(energy, 0.3), role: "intro" };
    if (n > 2 && i === n - 1) return { energy: Math.min(energy, 0.42), role: "outro" };
    if (i === climax - 1 && n > 4) return { energy: Math.min(energy, 0.5), role: "calm" };
    return { energy, role: i < climax ? "build" : "main" };
  });
}

const best = (n: number, worth: (i: number) => number): number => {
  let at = 0;
  for (let i = 1; i < n; i++) if (worth(i) > worth(at)) at = i;
  return at;
};

function meanOver(points: readonly (readonly [Seconds, number])[], from: Seconds, to: Seconds): number {
  let sum = 0;
  for (let k = 0; k < 16; k++) sum += curveAt(points, from + ((to - from) * (k + 0.5)) / 16);
  return sum / 16;
}

/** The energy over time: what was drawn, else the sections' own with a second's rise between them, and nothing after the tune's last note. */
export function energyCurve(heard: Heard, sections: readonly ArrangedSection[], choices: Choices): [Seconds, number][] {
  if (choices.energy.length > 0 && Object.values(choices.sections).every((section) => section.energy === undefined))
    return choices.energy.map(([at, value]) => [at, value]);
  const curve = sections.flatMap((section, i): [Seconds, number][] => {
    const ramp = Math.min(0.5, (section.to - section.from) / 4);
    return [
      [i === 0 ? section.from : section.from + ramp, section.energy],
      [Math.max(section.from + ramp, section.to - ramp), section.energy],
    ];
  });
  // the tune's last note rings, then there is nothing
  const last = Math.max(...heard.notes.map((note) => note.onset)) + 0.8;
  const kept = curve.filter(([at]) => at < last);
  return last + 1.2 < heard.durationSec ? [...kept, [last, curveAt(curve, last)], [last + 1.2, 0]] : curve;
}

/** The section at a time. */
export function sectionAt(sections: readonly ArrangedSection[], at: Seconds): ArrangedSection {
  return sections[sectionIndexAt(sections, at)]!;
}
/** Its number. */
export function sectionIndexAt(sections: readonly ArrangedSection[], at: Seconds): number {
  return Math.max(
    0,
    sections.findLastIndex((section) => section.from <= at + 0.02),
  );
}
