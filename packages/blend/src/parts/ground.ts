import { type Cents, type Random, type Seconds, seeded } from "@kuishi/base";
import type { Heard } from "@kuishi/score";
import { type Choices, curveAt } from "../choices.ts";
import type { Grid } from "../grid.ts";
import type { Harmony } from "../harmony.ts";
import type { Timbre } from "../roughness.ts";
import { type ArrangedSection, sectionIndexAt } from "../sections.ts";
import type { Mix, Role, Style, Voice } from "../style.ts";

/** Why something is there: a code whose sentence lives in `words`, and what to fill in. */
export interface Reason {
  readonly code: string;
  readonly params?: Readonly<Record<string, string | number>>;
}
/** A generated event, in the tune's real time and cents. */
export interface BlendEvent {
  readonly at: Seconds;
  readonly length: Seconds;
  readonly cents: Cents;
  readonly velocity: number;
  /** Drum name, or string number. */
  readonly voice: string | number;
  readonly reason: Reason;
}
/** A piece of the recording that a part plays. */
export interface Slice {
  readonly from: Seconds;
  readonly to: Seconds;
}
/** One generated part. */
export interface Part {
  readonly id: string;
  readonly role: "drums" | Role;
  readonly source: Voice["instrument"] | { readonly kind: "drums"; readonly kit: string };
  /** Open strings of a plucked instrument, lowest first. */
  readonly open?: readonly Cents[];
  /** Of the recording, for parts made of it; an event of `cents` 100 k (chops) or 2000 k + 300 (textures) plays the k-th. */
  readonly slices?: readonly Slice[];
  readonly mix: Mix;
  readonly reason: Reason;
  readonly events: readonly BlendEvent[];
}

/** What every part is made from. */
export interface Ground {
  readonly heard: Heard;
  readonly grid: Grid;
  readonly sections: readonly ArrangedSection[];
  readonly energy: readonly (readonly [Seconds, number])[];
  readonly harmony: readonly Harmony[];
  readonly timbre: Timbre;
  readonly melody: readonly MelodyNote[];
  readonly choices: Choices;
  /** Parts that play in each section. */
  readonly casts: readonly ReadonlySet<string>[];
  /** Times between which a singer sings; melodic parts make room. */
  readonly sung: readonly (readonly [Seconds, Seconds])[];
}
/** The part that is being made. */
export interface Seat {
  readonly id: string;
  readonly style: Style;
}

/** The tune's top line. */
export interface MelodyNote {
  readonly at: Seconds;
  readonly to: Seconds;
  readonly cents: Cents;
  readonly accent: number;
}
/** The highest note of each stroke, until the next. */
export function melodyOf(heard: Heard): MelodyNote[] {
  const byId = new Map(heard.notes.map((note) => [note.id, note]));
  const tops = heard.strokes.flatMap((stroke): MelodyNote[] => {
    const notes = stroke.noteIds.flatMap((id) => byId.get(id) ?? []).filter((note) => note.cents !== null);
    if (notes.length === 0) return [];
    const top = notes.reduce((a, b) => ((b.cents as number) > (a.cents as number) ? b : a));
    return [{ at: stroke.at, to: Math.max(top.offset, stroke.at + 0.03), cents: top.cents as number, accent: stroke.accent }];
  });
  const sustained = heard.notes.filter((note) => note.articulation === "sustained" && note.cents !== null);
  const all = tops.length > 0 ? tops : sustained.map((note) => ({ at: note.onset, to: note.offset, cents: note.cents as number, accent: 0.5 }));
  return all.map((note, i) => ({ ...note, to: Math.max(note.at + 0.03, Math.min(note.to, all[i + 1]?.at ?? note.to)) }));
}

/** Dice for one part in one place: of the part, if it has its own, else of the section. */
export function dice(ground: Ground, seat: Seat, at: Seconds, place: string | number): Random {
  const section = ground.sections[sectionIndexAt(ground.sections, at)];
  const own = section && section.seed !== ground.choices.seed ? section.seed : undefined;
  return seeded(own ?? ground.choices.seeds[seat.id] ?? ground.choices.seed, `${seat.id} ${place}`);
}

/** Whether a part plays at a time: the section has its style and its cast has the part. */
export function plays(ground: Ground, seat: Seat, at: Seconds): boolean {
  const k = sectionIndexAt(ground.sections, at);
  return ground.sections[k]?.style === seat.style.name && (ground.casts[k]?.has(seat.id) ?? false);
}
export const energyAt = (ground: Ground, at: Seconds): number => curveAt(ground.energy, at);
export const singing = (ground: Ground, at: Seconds): boolean => ground.sung.some(([from, to]) => at > from - 0.3 && at < to + 0.1);
