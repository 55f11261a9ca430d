import type { Cents } from "@kuishi/base";
import { fold, fretsOf, type KnownMake } from "@kuishi/tuning";

/** A neck as a hand meets it. */
export interface Neck {
  /** Open strings, lowest first. */
  readonly open: readonly Cents[];
  readonly frets: number;
  /** Frets between the first and the last finger. */
  readonly span: number;
}

/**
 * The neck of a make, its strings tuned to the tune: as the recording's own where those are as many and lie where it can have them; others
 * moved by the part of a semitone the tonic lies off, as a player tunes to a singer.
 */
export function neckOf(known: KnownMake, tonic: Cents, recorded: readonly Cents[]): Neck {
  const { instrument } = known;
  const open = instrument.tunings[0]?.open ?? [];
  const neck = { frets: fretsOf(known), span: instrument.span ?? 4 };
  const own = recorded.length === open.length && recorded.every((cents) => cents > instrument.lowest - 150 && cents < instrument.highest - 1200);
  if (own) return { ...neck, open: recorded };
  const off = fold(tonic + 50, 0, 100) - 50;
  return { ...neck, open: open.map((cents) => cents + off) };
}

/** Strings and what they sound. */
export type Shape = readonly { readonly string: number; readonly cents: Cents }[];

/**
 * A shape for tones on a neck: the most strings and tones within a hand's reach, the root lowest, near to where the hand would like to be (`hand`, frets).
 * Null where the neck cannot give two strings.
 */
export function shapeFor(neck: Neck, root: Cents, tones: readonly Cents[], hand: number, limit = neck.open.length): Shape | null {
  const classes = [...new Set(tones.map((tone) => fold(root + tone, 0)))];
  const rootClass = fold(root, 0);
  let best: { shape: Shape; worth: number } | null = null;
  for (let position = 0; position + 1 <= neck.frets && position <= 14; position++) {
    const shape: { string: number; cents: Cents; fret: number }[] = [];
    neck.open.forEach((open, string) => {
      let found: { cents: Cents; fret: number; worth: number } | undefined;
      for (const one of classes) {
        for (let cents = open + fold(one, open); cents <= open + neck.frets * 100; cents += 1200) {
          const fret = (cents - open) / 100;
          const stopped = fret > 0.4;
          if (stopped && (fret < Math.max(0.6, position - 0.4) || fret > position + neck.span - 0.5)) continue;
          // the lowest string that sounds has the root; tones not yet there come first
          const lowest = shape.length === 0;
          if (lowest && fold(one - rootClass + 1, 0) > 2 && string < neck.open.length - 2) continue;
          const fresh = shape.some((other) => Math.abs(fold(other.cents - cents + 600, 0) - 600) < 2) ? 0 : 1;
          const worth = fresh * 2 + (lowest && fold(one - rootClass + 1, 0) <= 2 ? 2 : 0) - fret * 0.02;
          if (!found || worth > found.worth) found = { cents, fret, worth };
        }
      }
      if (found) shape.push({ string, cents: found.cents, fret: found.fret });
    });
    const kept = shape.slice(-limit);
    const stopped = kept.filter((one) => one.fret > 0.4);
    if (kept.length < 2) continue;
    const covered = classes.filter((one) => kept.some((other) => Math.abs(fold(other.cents - one + 600, 0) - 600) < 2)).length;
    const middle = stopped.length > 0 ? stopped.reduce((sum, one) => sum + one.fret, 0) / stopped.length : hand;
    const worth = kept.length * 0.6 + covered * 2 - Math.abs(middle - hand) * 0.15 - (Math.min(4, stopped.length) === stopped.length ? 0 : 2);
    if (!best || worth > best.worth + 1e-9) best = { shape: kept.map(({ string, cents }) => ({ string, cents })), worth };
  }
  return best?.shape ?? null;
}
