import { type Cents, type Random, type Seconds, seeded } from "@kuishi/base";
import type { Heard } from "@kuishi/score";
import { type Choices, curveAt } from "../choices.ts";
import type { Edges } from "../edges.ts";
import type { Grid } from "../grid.ts";
import type { Harmony } from "../harmony.ts";
import { type Phrase, phraseAt } from "../phrases.ts";
import type { Timbre } from "../roughness.ts";
import { type ArrangedSection, sectionIndexAt } from "../sections.ts";
import type { Mix, PartTemplate, Role, Style } from "../style.ts";

/** Why something is there: a code whose sentence lives in `words`, and what to fill in. */
export interface Reason {
  readonly code: string;
  readonly params?: Readonly<Record<string, string | number>>;
}
/** A generated event, in the tune's real time and cents. */
export interface BlendEvent {
  readonly at: Seconds;
  readonly length: Seconds;
  /** Absolute; 0 of a drum and of a slice, which have no pitch of ours. */
  readonly cents: Cents;
  readonly velocity: number;
  /** Drum name, or string number. */
  readonly voice: string | number;
  /** Which of its part's slices is played. */
  readonly slice?: number;
  readonly reason: Reason;
}
/** A piece of the recording that a part plays. */
export interface Slice {
  readonly from: Seconds;
  readonly to: Seconds;
}
/** One generated part. */
export interface Part {
  /** Its own in the whole arrangement: settings of the mixer, dice and what is left out go by it. */
  readonly id: string;
  /** What its style calls it, and that style. */
  readonly name: string;
  readonly style: string;
  /** The part that presses it: its own style's kick. */
  readonly key?: string;
  readonly role: "drums" | Role;
  readonly source: PartTemplate["instrument"] | { readonly kind: "drums"; readonly kit: string };
  /** Open strings of a plucked instrument, lowest first. */
  readonly open?: readonly Cents[];
  /** Of the recording, for parts made of it. */
  readonly slices?: readonly Slice[];
  readonly mix: Mix;
  readonly reason: Reason;
  readonly events: readonly BlendEvent[];
}

/** What every part is made from. */
export interface ArrangeContext {
  readonly heard: Heard;
  readonly grid: Grid;
  readonly sections: readonly ArrangedSection[];
  readonly energy: readonly (readonly [Seconds, number])[];
  readonly harmony: readonly Harmony[];
  readonly timbre: Timbre;
  readonly melody: readonly MelodyNote[];
  readonly choices: Choices;
  /** Who plays when. */
  readonly phrases: readonly Phrase[];
  /** By how much the energies between which a part is called, and its rules speak, are widened. */
  readonly slack: ReadonlyMap<string, number>;
  /** Beginnings of the bars that stand before the tune's turning points. */
  readonly drops: ReadonlySet<Seconds>;
  /** What lies before and after the tune, and from which energy on each part is called there. */
  readonly edges: Edges;
  readonly called: ReadonlyMap<string, number>;
  /** Times between which a singer sings; melodic parts make room. */
  readonly sung: readonly (readonly [Seconds, Seconds])[];
}
/** The part that is being made. */
export interface PartSlot {
  readonly id: string;
  readonly name: string;
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
    const top = notes.reduce((a, b) => (b.cents! > a.cents! ? b : a));
    return [{ at: stroke.at, to: Math.max(top.offset, stroke.at + 0.03), cents: top.cents!, accent: stroke.accent }];
  });
  const sustained = heard.notes.filter((note) => note.articulation === "sustained" && note.cents !== null);
  const all = tops.length > 0 ? tops : sustained.map((note) => ({ at: note.onset, to: note.offset, cents: note.cents!, accent: 0.5 }));
  return all.map((note, i) => ({ ...note, to: Math.max(note.at + 0.03, Math.min(note.to, all[i + 1]?.at ?? note.to)) }));
}

/** Dice for one part in one place: of the section and of the part, where they have their own, else of the whole. */
export function partRandom(
  { choices, sections }: Pick<ArrangeContext, "choices" | "sections">,
  slot: Pick<PartSlot, "id">,
  at: Seconds,
  place: string | number,
): Random {
  const outside = at < (sections[0]?.from ?? 0) - 0.02 || at >= (sections.at(-1)?.to ?? Number.POSITIVE_INFINITY) - 0.02;
  const section = outside ? undefined : choices.sections[String(sectionIndexAt(sections, at))]?.seed;
  const part = choices.seeds[slot.id];
  // both thrown: neither hides the other
  const both = section !== undefined && part !== undefined ? `${part} ` : "";
  return seeded(section ?? part ?? choices.seed, `${both}${slot.id} ${place}`);
}

/** By how much one tone or stroke of a player is stronger than the next: nobody plays twice alike. */
export const touch = (context: ArrangeContext, slot: PartSlot, at: Seconds, place: string | number = ""): number =>
  partRandom(context, slot, at, `touch ${Math.round(at * 20)} ${place}`).between(0.94, 1.05);

/** Number of the section at a time; before the tune -1, after it one more than there are: lines begin anew there too. */
export function stretchAt({ sections, edges: { head, tail } }: ArrangeContext, at: Seconds): number {
  if (head && at < head.to - 0.02) return -1;
  return tail && at >= tail.from - 0.02 ? sections.length : sectionIndexAt(sections, at);
}
/** Whether a part plays at a time: the section has its style and its cast has the part. */
export function isPlaying(context: ArrangeContext, slot: PartSlot, at: Seconds): boolean {
  const { head, tail, last } = context.edges;
  if ((head && at < head.to - 0.02) || (tail && at >= tail.from - 0.02)) {
    const from = context.called.get(slot.id);
    // whoever was called after the tune joins the last chord
    return from !== undefined && from <= (tail && last !== undefined && at >= last - 0.02 ? Math.max(...tail.energy) : energyAt(context, at));
  }
  const k = sectionIndexAt(context.sections, at);
  return context.sections[k]?.style === slot.style.name && (phraseAt(context.phrases, at)?.parts.includes(slot.id) ?? false);
}
export const energyAt = (context: ArrangeContext, at: Seconds): number => curveAt(context.energy, at);
export const isSinging = (context: ArrangeContext, at: Seconds): boolean => context.sung.some(([from, to]) => at > from - 0.3 && at < to + 0.1);
