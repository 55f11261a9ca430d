import { clamp, type Seconds } from "@kuishi/base";
import type { Heard } from "@kuishi/score";
import type { Grid } from "./grid.ts";

/** A stretch of the arrangement with one energy. */
export interface ArrangedSection {
  readonly from: Seconds;
  readonly to: Seconds;
  readonly label: string;
  readonly role: "intro" | "build" | "main" | "climax" | "calm" | "outro";
  /** 0..1 */
  readonly energy: number;
}

/**
 * The arc over what was heard: long sections are cut at bars, there are at least four parts, the
 * liveliest part in the middle or later is the climax, the first and last breathe.
 */
export function arrangeSections(heard: Heard, grid: Grid): ArrangedSection[] {
  const end = heard.durationSec;
  const bars = grid.bars.map((bar) => bar.from);
  const firstSound = heard.notes[0]?.onset ?? 0;
  const snap = (at: Seconds): Seconds => bars.reduce((best, bar) => (Math.abs(bar - at) < Math.abs(best - at) ? bar : best), bars[0] ?? at);
  const longest = clamp(end / 4, 4, 16);
  const cuts: { from: Seconds; label: string }[] = [];
  for (const section of heard.form.length > 0 ? heard.form : [{ fromSec: 0, toSec: end, label: "A" }]) {
    const pieces = Math.max(1, Math.round((section.toSec - section.fromSec) / longest));
    for (let k = 0; k < pieces; k++) {
      const at = section.fromSec + ((section.toSec - section.fromSec) * k) / pieces;
      const from = cuts.length === 0 ? 0 : snap(at);
      const last = cuts.at(-1);
      if (!last || from > last.from + 1.5) cuts.push({ from, label: section.label });
    }
  }
  const spans = cuts.map((cut, i) => ({ ...cut, to: cuts[i + 1]?.from ?? end }));
  const activity = spans.map((span) => {
    const inside = heard.strokes.filter((stroke) => stroke.at >= span.from && stroke.at < span.to);
    return inside.reduce((sum, stroke) => sum + 0.4 + stroke.accent, 0) / Math.max(0.5, span.to - Math.max(span.from, firstSound));
  });
  const most = Math.max(...activity, 1e-9);
  const position = (i: number): number => (spans.length > 1 ? i / (spans.length - 1) : 0.5);
  const climax = spans.reduce((best, _, i) => {
    const worth = (k: number): number => (activity[k] as number) / most - Math.abs(position(k) - 0.7) * 0.8;
    return worth(i) > worth(best) ? i : best;
  }, 0);
  return spans.map((span, i): ArrangedSection => {
    const arc = i <= climax ? (climax === 0 ? 1 : i / climax) : 1 - ((i - climax) / Math.max(1, spans.length - 1 - climax)) * 0.6;
    const lively = (activity[i] as number) / most;
    let energy = clamp(0.3 + 0.45 * arc + 0.25 * lively, 0, 1);
    let role: ArrangedSection["role"] = i < climax ? "build" : i === climax ? "climax" : "main";
    if (i === climax) energy = Math.max(energy, 0.92);
    else if (spans.length > 2 && i === 0) [energy, role] = [Math.min(energy, 0.3), "intro"];
    else if (spans.length > 2 && i === spans.length - 1) [energy, role] = [Math.min(energy, 0.42), "outro"];
    else if (i === climax - 1 && spans.length > 4) [energy, role] = [Math.min(energy, 0.52), "calm"];
    return { from: span.from, to: span.to, label: span.label, role, energy: Math.round(energy * 1000) / 1000 };
  });
}

/** The section at a time. */
export function sectionAt(sections: readonly ArrangedSection[], at: Seconds): ArrangedSection {
  return sections.findLast((section) => section.from <= at + 0.02) ?? (sections[0] as ArrangedSection);
}
