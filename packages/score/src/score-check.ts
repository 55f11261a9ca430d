import { Complaint, MOST_BARS, MOST_NOTES, MOST_PARTS, MOST_SECONDS } from "@kuishi/base";
import type { Fraction } from "./fraction.ts";
import type { Chord, Score } from "./score.ts";

/** The complaint of every reader about a score that asks for more than is taken of one. */
export const tooMuch = (): Complaint => new Complaint("unreadable", "score.huge", { notes: MOST_NOTES, bars: MOST_BARS, hours: MOST_SECONDS / 3600 });

/** Things of one score that are no notes. */
const MOST_ITEMS = 1_000_000;
/** Whole notes that a bar lasts at most: unmeasured chant is written so. */
const MOST_WHOLES = 4096;

const isSound = ([top, bottom]: Fraction): boolean =>
  Number.isSafeInteger(top) && Number.isSafeInteger(bottom) && bottom > 0 && top >= 0 && top <= MOST_WHOLES * bottom;

/**
 * A score within what is taken of one: counts bounded, every place and length a fraction, every part with as many bars as the score.
 * @throws Complaint `unreadable`.
 */
export function checkedScore(score: Score): Score {
  const { parts, bars } = score;
  if (parts.length > MOST_PARTS || bars.length > MOST_BARS) throw tooMuch();
  let [notes, items] = [0, 0];
  for (const part of parts) {
    if (part.bars.length !== bars.length) throw new Complaint("unreadable", "score.figures");
    for (const bar of part.bars) {
      items += bar.items.length;
      for (const item of bar.items) {
        if (!isSound(item.at)) throw new Complaint("unreadable", "score.figures");
        if (item.kind === "chord") notes += checkedChord(item);
      }
    }
  }
  if (notes > MOST_NOTES * 2 || items > MOST_ITEMS) throw tooMuch();
  if (!bars.every((bar) => isSound(bar.length))) throw new Complaint("unreadable", "score.figures");
  return score;
}
function checkedChord(chord: Chord): number {
  const sound = chord.notes.every(
    ({ sound: one, own }) => (one.kind !== "pitch" || Number.isFinite(one.alter + one.octave)) && (!own?.length || isSound(own.length)),
  );
  if (!isSound(chord.length) || !sound || chord.notes.length === 0) throw new Complaint("unreadable", "score.figures");
  return chord.notes.length;
}
