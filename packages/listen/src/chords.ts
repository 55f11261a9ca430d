import { type Cents, clamp, rounded, type Seconds } from "@kuishi/base";
import type { Heard } from "@kuishi/score";
import { classDistance } from "@kuishi/tuning";

/** Tones above the root, in cents of 12 equal steps: a chord's name is a Western one, its notes keep their own cents. */
const QUALITIES: readonly (readonly [name: string, tones: readonly Cents[], cost: number])[] = [
  ["major", [0, 400, 700], 0],
  ["minor", [0, 300, 700], 0],
  ["7", [0, 400, 700, 1000], 0.12],
  ["m7", [0, 300, 700, 1000], 0.14],
  ["maj7", [0, 400, 700, 1100], 0.16],
  ["sus4", [0, 500, 700], 0.1],
  ["sus2", [0, 200, 700], 0.12],
  ["5", [0, 700], 0.1],
  ["dim", [0, 300, 600], 0.12],
];
/** Two strums closer than this are of one hand. */
const CHORD_WINDOW_SEC: Seconds = 0.6;

/** A note that may be of a chord. */
export interface ChordNote {
  readonly at: Seconds;
  readonly cents: Cents;
  readonly sure: number;
}

/**
 * Names the chords of strummed and broken playing: what sounds together in a stretch against each chord's tones, the
 * lowest note leaning to the root.
 */
export function findChords(notes: readonly ChordNote[]): NonNullable<Heard["chords"]> {
  const chords: NonNullable<Heard["chords"]> = [];
  let i = 0;
  while (i < notes.length) {
    const { at } = notes[i]!;
    // a strum and what follows it until the next strum of three notes or more
    let to = i;
    while (to < notes.length && notes[to]!.at < at + CHORD_WINDOW_SEC && !(to > i && isStrum(notes, to) && notes[to]!.at > at + 0.08)) to++;
    const group = notes.slice(i, to);
    const found = nameOf(group);
    const last = chords.at(-1);
    if (found && !(last && last.quality === found.quality && classDistance(last.rootCents, found.rootCents) < 50))
      chords.push({ at: rounded(at, 4), ...found });
    i = Math.max(i + 1, to);
  }
  return chords;
}

/** Three notes or more within 60 ms. */
function isStrum(notes: readonly ChordNote[], i: number): boolean {
  const { at } = notes[i]!;
  return (notes[i + 2]?.at ?? Infinity) < at + 0.06;
}

function nameOf(group: readonly ChordNote[]): { rootCents: Cents; quality: string; confidence: number } | undefined {
  const classes: { cents: Cents; weight: number }[] = [];
  for (const note of group) {
    const near = classes.find((one) => classDistance(one.cents, note.cents) < 45);
    if (near) near.weight += note.sure;
    else classes.push({ cents: note.cents, weight: note.sure });
  }
  if (classes.length < 2) return undefined;
  const total = classes.reduce((sum, one) => sum + one.weight, 0);
  const bass = Math.min(...group.map((note) => note.cents));
  const tried = classes.flatMap((root) =>
    QUALITIES.map(([quality, tones, cost]) => {
      let covered = 0;
      for (const one of classes) if (tones.some((tone) => classDistance(root.cents + tone, one.cents) < 45)) covered += one.weight;
      const idle = tones.filter((tone) => !classes.some((one) => classDistance(root.cents + tone, one.cents) < 45)).length;
      return { root, quality, score: covered / total - 0.3 * idle - cost + (classDistance(root.cents, bass) < 45 ? 0.12 : 0) };
    }),
  );
  tried.sort((a, b) => b.score - a.score);
  const best = tried[0]!;
  const rival = tried.find((other) => other.root !== best.root || other.quality !== best.quality);
  if (best.score < 0.6) return undefined;
  return {
    rootCents: rounded(best.root.cents, 1),
    quality: best.quality,
    confidence: rounded(clamp(0.5 + 1.5 * (best.score - (rival?.score ?? 0)), 0.2, 0.95), 3),
  };
}
