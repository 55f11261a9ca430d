import type { Cents, Seconds } from "@kuishi/base";
import type { Heard } from "@kuishi/score";
import { classDistance, fold, type Scale } from "@kuishi/tuning";
import type { Grid } from "./grid.ts";

/** What sounds under a bar, in the tune's own cents. */
export interface Harmony {
  readonly from: Seconds;
  readonly to: Seconds;
  /** Pitch class of the root, as absolute cents near the tonic. */
  readonly root: Cents;
  /** Cents above the root: an open fifth, or a fourth where the mode has no fifth there. */
  readonly above: Cents;
  readonly kind: "quint" | "quart";
  /** Which degree of the scale the root is, 0 = tonic. */
  readonly degree: number;
}

/** The measured scale of the tune. */
export const scaleOf = (heard: Heard): Scale => ({ name: heard.mode.name, degrees: heard.mode.degreesCents, period: 1200 });

/** How well a note stands over a root: open intervals carry, thirds colour, seconds and tritones rub. */
function affinity(interval: Cents): number {
  const near = (target: Cents): boolean => Math.abs(interval - target) < 45;
  if (near(0) || near(1200)) return 1;
  if (near(702)) return 0.75;
  if (near(498)) return 0.3;
  if (interval > 270 && interval < 430) return 0.4;
  if (near(900) || near(800)) return 0.15;
  if (near(1000)) return 0.05;
  return -0.35;
}

/**
 * One root a bar (or every two seconds in free rhythm): the degree that carries most of what the player sounds
 * there, drawn to the tonic, to the drone of the open strings, and to staying where it is.
 */
export function harmonise(heard: Heard, grid: Grid): Harmony[] {
  const tonic = heard.mode.tonicCents;
  const degrees = heard.mode.degreesCents;
  const open = heard.tuning.strings.map((string) => string.openCents);
  const spans: { from: Seconds; to: Seconds }[] = grid.free
    ? Array.from({ length: Math.max(1, Math.ceil(grid.end / 4)) }, (_, i) => ({ from: i * 4, to: Math.min(grid.end, i * 4 + 4) }))
    : [...((grid.bars[0]?.from ?? 0) > 0.4 ? [{ from: 0, to: grid.bars[0]?.from ?? 0 }] : []), ...grid.bars.map((bar) => ({ from: bar.from, to: bar.to }))];
  let last = 0;
  const bars = spans.map((span): Harmony => {
    const notes = heard.notes.filter((note) => note.cents !== null && note.onset < span.to - 0.03 && note.offset > span.from + 0.05);
    const scores = degrees.map((degree, i) => {
      let score = (i === 0 ? 0.35 : 0) + (i === last ? 0.25 : 0);
      if (open.some((cents) => classDistance(cents, tonic + degree) < 40)) score += 0.15;
      let weight = 0;
      let sum = 0;
      for (const note of notes) {
        const w = Math.min(note.offset, span.to) - Math.max(note.onset, span.from);
        weight += w;
        sum += w * affinity(fold((note.cents as number) + 30, tonic + degree) - 30);
      }
      // A root without a fifth or fourth of its own in the scale stands badly.
      const has = (interval: Cents): boolean => degrees.some((other) => classDistance(tonic + other, tonic + degree + interval) < 45);
      return score + (weight > 0 ? (2 * sum) / weight : 0) + (has(702) ? 0.1 : has(498) ? 0 : -0.3);
    });
    last = scores.indexOf(Math.max(...scores));
    const degree = degrees[last] as Cents;
    const match = (target: Cents): Cents | undefined => {
      const other = degrees.find((candidate) => classDistance(tonic + candidate, tonic + degree + target) < 45);
      return other === undefined ? undefined : fold(other, degree);
    };
    const fifth = match(702);
    const fourth = match(498);
    const above = fifth ?? fourth ?? 702;
    return { ...span, root: tonic + degree, above, kind: fifth === undefined && fourth !== undefined ? "quart" : "quint", degree: last };
  });
  const joined: Harmony[] = [];
  for (const bar of bars) {
    const before = joined.at(-1);
    if (before && before.root === bar.root && Math.abs(before.to - bar.from) < 0.05 && bar.to - before.from < 9)
      joined[joined.length - 1] = { ...before, to: bar.to };
    else joined.push(bar);
  }
  return joined;
}

/** The harmony at a time. */
export function harmonyAt(list: readonly Harmony[], at: Seconds): Harmony {
  return list.findLast((harmony) => harmony.from <= at + 0.02) ?? (list[0] as Harmony);
}

/** The pitch of a class in the octave that begins at `low`. */
export function inOctave(cents: Cents, low: Cents): Cents {
  return low + fold(cents, low);
}
