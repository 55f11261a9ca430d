import { compare, type Fraction, fraction, isZero, minus } from "./fraction.ts";
import type { NoteValue } from "./score.ts";

const TYPES: readonly (readonly [number, string])[] = [
  [4, "long"],
  [2, "breve"],
  [1, "whole"],
  [1 / 2, "half"],
  [1 / 4, "quarter"],
  [1 / 8, "eighth"],
  [1 / 16, "16th"],
  [1 / 32, "32nd"],
  [1 / 64, "64th"],
  [1 / 128, "128th"],
  [1 / 256, "256th"],
  [1 / 512, "512th"],
  [1 / 1024, "1024th"],
];
/** A length as one printed note; undefined where it takes several. */
export function valueOfLength(length: Fraction): NoteValue | undefined {
  const size = length[0] / length[1];
  for (const [whole, type] of TYPES) {
    for (let dots = 0; dots <= 3; dots++) if (size === whole * (2 - 1 / (1 << dots))) return { type, dots };
  }
  return undefined;
}
/** Notes of one length at most; what is left then is no rhythm. */
const MOST_TIED = 32;
/**
 * A length as printed notes that are tied: the longest that fit, once dotted where that is one; the last without a value where none is so short.
 * @example
 * valuesOf([5, 16]).map(({ length }) => length); // => [[1, 4], [1, 16]]
 */
export function valuesOf(length: Fraction): readonly { readonly length: Fraction; readonly value?: NoteValue }[] {
  const out: { length: Fraction; value?: NoteValue }[] = [];
  let left = length;
  while (!isZero(left)) {
    const one = out.length < MOST_TIED ? LENGTHS.find((each) => compare(each, left) <= 0) : undefined;
    const own = one ?? left;
    const value = valueOfLength(own);
    out.push({ length: own, ...(value ? { value } : {}) });
    left = minus(left, own);
  }
  return out;
}
const LENGTHS: readonly Fraction[] = TYPES.flatMap(([size]): Fraction[] =>
  size >= 1 ? [fraction(size * 3, 2), fraction(size, 1)] : [fraction(3, 2 / size), fraction(1, 1 / size)],
);
