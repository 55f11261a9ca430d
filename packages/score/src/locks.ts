import { z } from "zod";

/**
 * What a listener corrected. A second hearing keeps it, and learns from it for its kin. Seconds from
 * the start of the file, absolute cents, string 0 = lowest-pitched.
 */
const seconds = z.number().min(0).max(1e6);
const cents = z.number().min(-12_000).max(24_000);

/** All that was struck at one moment; no notes: nothing was. */
export const StrokeLock = z.object({
  /** Seconds; the stroke nearest to it within 50 ms is meant, else a new one. */
  at: seconds,
  /** What sounded on which string, absolute cents; the fret where it is to be told. */
  notes: z.array(z.object({ string: z.int().min(0).max(63), cents, fret: z.number().multipleOf(0.5).min(0).max(127).optional() })).max(64),
});
/** All that was struck at one moment; no notes: nothing was. */
export type StrokeLock = z.infer<typeof StrokeLock>;

/** A bar begins here, of these groups if they are given. */
export const BarLock = z.object({ at: seconds, groups: z.array(z.int().min(1).max(32)).min(1).max(32).optional() });
/** A bar begins here, of these groups if they are given. */
export type BarLock = z.infer<typeof BarLock>;

/** Everything that was corrected, as `--locks` reads it. What is not here is heard. */
export const Locks = z.object({
  /** Corrected strokes, in any order. */
  strokes: z.array(StrokeLock).max(100_000).default([]),
  /** Corrected bars, in any order; each outweighs what was heard. */
  bars: z.array(BarLock).max(100_000).default([]),
  /** Open strings, lowest first; null = to be heard. */
  open: z.array(cents.nullable()).max(64).default([]),
  /** The tonic, absolute cents. */
  tonicCents: cents.optional(),
});
/** Everything that was corrected. */
export type Locks = z.infer<typeof Locks>;

/** Nothing corrected. */
export const noLocks: Locks = { strokes: [], bars: [], open: [] };
