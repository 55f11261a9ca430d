import { type Cents, exp2, median } from "@kuishi/base";

/** Plucks of one fret and where it should sound. */
export interface FretReading {
  /** What the plucks sounded, absolute cents; three are asked for. */
  readonly plucks: readonly Cents[];
  /** Where the fret should sound. */
  readonly target: Cents;
  /** Its open string as it sounds now. */
  readonly open: Cents;
  /** Free length of the string, millimetres; null where it is not known. */
  readonly scaleMm: number | null;
}

/**
 * How far a movable fret is off: the median of its plucks in cents, and how far it must be moved along the neck, by the law of the string
 * (length goes as 2^(-cents/1200)), towards the bridge where positive.
 * @throws RangeError without a pluck.
 * @example
 * const shift = fretShift({ plucks: [5690, 5700, 5760], target: 5720, open: 5500, scaleMm: 600 });
 * shift.offCents; // => -20
 * Math.round(shift.moveMm * 10) / 10; // => 6.1
 */
export function fretShift({ plucks, target, open, scaleMm }: FretReading): { cents: Cents; offCents: Cents; moveMm: number | null } {
  if (plucks.length === 0) throw new RangeError("a fret without a pluck");
  const cents = median(plucks);
  // pressing sharpens: what moves is counted from where the fret sounds
  const free = (above: Cents): number => exp2(-above / 1200);
  return { cents, offCents: cents - target, moveMm: scaleMm === null ? null : scaleMm * (free(cents - open) - free(target - open)) };
}
