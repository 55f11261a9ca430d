import type { Seconds } from "@kuishi/base";
import type { Grid } from "./grid.ts";
import type { ArrangedSection } from "./sections.ts";

/** A stretch of a section in which the same parts play: eight bars at most, so that a section moves too. */
export interface Phrase {
  readonly from: Seconds;
  readonly to: Seconds;
  /** Number of its section, its place in it, and how many there are. */
  readonly section: number;
  readonly place: number;
  readonly count: number;
  /** Who plays. */
  readonly parts: readonly string[];
}

const MOST_BARS = 8;

/** Sections cut into phrases of whole bars, as even as they go. A tune without bars keeps its sections whole. */
export function phrasesOf(sections: readonly ArrangedSection[], { bars }: Pick<Grid, "bars">): Omit<Phrase, "parts">[] {
  return sections.flatMap(({ from, to }, section) => {
    const own = bars.filter((bar) => bar.from >= from - 0.02 && bar.from < to - 0.02).map((bar) => bar.from);
    const count = Math.max(1, Math.ceil(own.length / MOST_BARS));
    const starts = Array.from({ length: count }, (_, place) => (place === 0 ? from : own[Math.round((place * own.length) / count)]!));
    return starts.map((start, place) => ({ from: start, to: starts[place + 1] ?? to, section, place, count }));
  });
}

/** Bars in which a style's part sounds at least, as a share. */
const LEAST_SHARE = 0.58;

/**
 * By how much the energies between which a part is called are widened so that who names a style is heard in it: nearest energies first.
 * @param bars energies of the tune's bars.
 */
export function slackOf(from: number, to: number, bars: readonly number[]): number {
  const outside = bars.map((energy) => Math.max(0, from - energy, energy - to)).sort((a, b) => a - b);
  return outside[Math.ceil(LEAST_SHARE * outside.length) - 1] ?? 0;
}

/** The phrase at a time. */
export const phraseAt = (phrases: readonly Phrase[], at: Seconds): Phrase | undefined => phrases.findLast((phrase) => phrase.from <= at + 0.02) ?? phrases[0];
