import { z } from "zod";

/**
 * What a listener corrected. A second hearing keeps it, and learns from it for its kin. Seconds from
 * the start of the file, absolute cents, string 0 = lowest-pitched.
 */
const seconds = z.number().min(0).max(1e6);
const cents = z.number().min(-12_000).max(24_000);

/** All that was struck at one moment; no notes: nothing was. */
export const StrokeLock = z.object({
  at: seconds,
  notes: z.array(z.object({ string: z.int().min(0).max(63), cents, fret: z.number().multipleOf(0.5).min(0).max(127).optional() })).max(64),
});
export type StrokeLock = z.infer<typeof StrokeLock>;

/** A bar begins here, of these groups if they are given. */
export const BarLock = z.object({ at: seconds, groups: z.array(z.int().min(1).max(32)).min(1).max(32).optional() });
export type BarLock = z.infer<typeof BarLock>;

export const Locks = z.object({
  strokes: z.array(StrokeLock).max(100_000).default([]),
  bars: z.array(BarLock).max(100_000).default([]),
  /** Open strings, lowest first; null = to be heard. */
  open: z.array(cents.nullable()).max(64).default([]),
  tonicCents: cents.optional(),
});
export type Locks = z.infer<typeof Locks>;

/** Nothing corrected. */
export const noLocks: Locks = { strokes: [], bars: [], open: [] };
