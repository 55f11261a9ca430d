import { Complaint, type Seconds } from "@kuishi/base";
import type { Heard } from "@kuishi/score";
import { makeGrid } from "./grid.ts";
import { type Harmony, harmonise } from "./harmony.ts";
import { arpPart, bassPart, dombraPart, drumParts, type Ground, type Part, padPart, type Reason } from "./parts.ts";
import { type ArrangedSection, arrangeSections } from "./sections.ts";
import type { Style } from "./style.ts";

/** A blend: what is added to the recording, and why. */
export interface Arrangement {
  readonly style: string;
  readonly seed: number;
  readonly sections: readonly ArrangedSection[];
  readonly harmony: readonly Harmony[];
  readonly parts: readonly Part[];
  /** Pulse length in seconds over time, for the echo: [from, length]. */
  readonly pulses: readonly (readonly [Seconds, Seconds])[];
  readonly reasons: readonly Reason[];
}

/** How many groups the beat takes as one, so that it walks at the style's pace. */
function mergeFor(heard: Heard, style: Style): number {
  const bpm = heard.tempoBpm ?? 100;
  return bpm > style.bpm[1] * 1.35 ? 2 : 1;
}

/**
 * Blends. Pure: the same hearing, style and seed give the same arrangement on every host, and
 * each part draws its own chance from the seed and its name, so a change to one leaves the others.
 * @throws Complaint `notEnough` when nothing was heard.
 */
export function blend(heard: Heard, style: Style, seed: number): Arrangement {
  if (heard.notes.length === 0) throw new Complaint("notEnough", "listen.few", { count: 0 });
  const merge = mergeFor(heard, style);
  const grid = makeGrid(heard, merge);
  const sections = arrangeSections(heard, grid);
  const harmony = harmonise(heard, grid);
  const ground: Ground = { grid, sections, harmony, style, seed };
  const parts = [...drumParts(ground), bassPart(ground), padPart(ground), arpPart(ground), dombraPart(ground)].filter(
    (part): part is Part => part !== null && part.events.length > 0,
  );
  const pulses = grid.bars.map((bar): [Seconds, Seconds] => {
    const group = bar.groups[0];
    return [bar.from, group ? (group.to - group.from) / group.pulses.length : 0.3];
  });
  const reasons: Reason[] = [
    { code: "why.tonic", params: { cents: heard.mode.tonicCents, mode: heard.mode.name } },
    grid.free ? { code: "why.free" } : { code: "why.beat", params: { bpm: Math.round(heard.tempoBpm ?? 0), bars: grid.bars.length } },
    ...(merge > 1 ? [{ code: "why.halftime" }] : []),
  ];
  return { style: style.name, seed, sections, harmony, parts, pulses, reasons };
}
