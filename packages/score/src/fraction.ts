/** A length or place in written music, as an exact part of a whole note, in lowest terms: [1, 4] is a quarter, [1, 12] a triplet eighth. */
export type Fraction = readonly [top: number, bottom: number];

export const ZERO: Fraction = [0, 1];

/** Both terms stay below this, so that a product of two is still exact. */
const MOST_TERM = 0x400_0000;

const gcd = (a: number, b: number): number => {
  let [x, y] = [Math.abs(a), Math.abs(b)];
  while (y > 0) [x, y] = [y, x % y];
  return x;
};

/**
 * A fraction in lowest terms; one that would leave the whole numbers we can count with becomes the nearest that does not.
 * @throws RangeError for a bottom of 0 and for what is no number.
 * @example
 * fraction(6, 8); // => [3, 4]
 */
export function fraction(top: number, bottom: number): Fraction {
  if (!Number.isFinite(top) || !Number.isFinite(bottom) || bottom === 0) throw new RangeError(`no fraction: ${top}/${bottom}`);
  if (top === 0) return ZERO;
  if (!Number.isSafeInteger(top) || !Number.isSafeInteger(bottom)) return nearest(top / bottom);
  const divisor = gcd(top, bottom) * (bottom < 0 ? -1 : 1);
  const [a, b] = [top / divisor, bottom / divisor];
  return Math.abs(a) > MOST_TERM || b > MOST_TERM ? nearest(a / b) : [a, b];
}
/** The nearest fraction of a small bottom, by its continued fraction. */
function nearest(value: number): Fraction {
  const whole = Math.floor(value);
  let [top, bottom, topBefore, bottomBefore] = [whole, 1, 1, 0];
  let left = value - whole;
  for (let k = 0; k < 32 && left > 1e-12; k++) {
    const term = Math.floor(1 / left);
    const [nextTop, nextBottom] = [term * top + topBefore, term * bottom + bottomBefore];
    if (nextBottom > MOST_TERM || Math.abs(nextTop) > MOST_TERM) break;
    [topBefore, bottomBefore, top, bottom] = [top, bottom, nextTop, nextBottom];
    left = 1 / left - term;
  }
  return [top, bottom];
}

/** A decimal as text, exactly; undefined where it is none. */
export function fractionOf(decimal: string): Fraction | undefined {
  const match = /^\s*([+-]?)(\d{1,15})?(?:\.(\d{0,15}))?\s*$/.exec(decimal);
  if (!match || (match[2] === undefined && !match[3])) return undefined;
  const tail = (match[3] ?? "").slice(0, 6);
  return fraction((match[1] === "-" ? -1 : 1) * Number((match[2] ?? "") + tail), Number(`1${"0".repeat(tail.length)}`));
}
export const plus = (a: Fraction, b: Fraction): Fraction => fraction(a[0] * b[1] + b[0] * a[1], a[1] * b[1]);
export const minus = (a: Fraction, b: Fraction): Fraction => fraction(a[0] * b[1] - b[0] * a[1], a[1] * b[1]);
export const times = (a: Fraction, b: Fraction): Fraction => fraction(a[0] * b[0], a[1] * b[1]);
export const over = (a: Fraction, b: Fraction): Fraction => fraction(a[0] * b[1], a[1] * b[0]);
/** Below 0 where a is less than b, 0 where they are alike. */
export const compare = (a: Fraction, b: Fraction): number => a[0] * b[1] - b[0] * a[1];
export const isZero = (a: Fraction): boolean => a[0] === 0;
export const later = (a: Fraction, b: Fraction): Fraction => (compare(a, b) >= 0 ? a : b);
/** As a number of whole notes. */
export const wholes = (a: Fraction): number => a[0] / a[1];
/**
 * "3/8", "2"
 * @example
 * fractionText([3, 8]); // => "3/8"
 */
export const fractionText = (a: Fraction): string => (a[1] === 1 ? String(a[0]) : `${a[0]}/${a[1]}`);
/** Least common multiple, Infinity beyond what is exact. */
export function commonBottom(a: number, b: number): number {
  const product = (a / gcd(a, b)) * b;
  return product > MOST_TERM ? Number.POSITIVE_INFINITY : product;
}
