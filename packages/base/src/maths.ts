/**
 * Elementary functions that give the same bits on every host.
 *
 * JavaScript engines differ in the last bits of `Math.sin`, `exp`, `log`, `pow` and their kin.
 * These are built from `+ - * /` and `sqrt` alone, which IEEE 754 fixes. Methods: argument
 * reduction with a two-part constant, then a minimax or Taylor polynomial (Muller,
 * "Elementary Functions", 3rd ed., ch. 3 and 11). Error below 1e-14 relative in the ranges
 * audio uses.
 */

const LN2_HI = 0.6931471803691238;
const LN2_LO = 1.9082149292705877e-10;
const INV_LN2 = 1.4426950408889634;
const PIO2_HI = 1.5707963267341256;
const PIO2_LO = 6.077100506506192e-11;

/** The circle constant, 3.14159... */
export const PI = 3.141592653589793;

const scratch = new DataView(new ArrayBuffer(8));

/** `2 ** n` for whole `n`, exact in the normal range, 0 or Infinity outside. */
export function pow2i(n: number): number {
  if (n > 1023) return Infinity;
  if (n < -1022) return n < -1074 ? 0 : pow2i(n + 60) / 1073741824 / 1073741824;
  scratch.setUint32(0, (n + 1023) << 20);
  scratch.setUint32(4, 0);
  return scratch.getFloat64(0);
}

/** e to the `x`. */
export function exp(x: number): number {
  if (Number.isNaN(x)) return x;
  if (x > 709.78) return Infinity;
  if (x < -745.2) return 0;
  const k = Math.round(x * INV_LN2);
  const r = x - k * LN2_HI - k * LN2_LO;
  let sum = 1;
  for (let n = 14; n >= 1; n--) sum = 1 + (sum * r) / n;
  return sum * pow2i(k);
}

/** Natural logarithm; -Infinity at 0, NaN below. */
export function log(x: number): number {
  if (Number.isNaN(x) || x < 0) return NaN;
  if (x === 0) return -Infinity;
  if (x === Infinity) return x;
  let shift = 0;
  let value = x;
  if (value < 2.3e-308) {
    value *= 18014398509481984;
    shift = -54;
  }
  scratch.setFloat64(0, value);
  const high = scratch.getUint32(0);
  let k = (high >>> 20) - 1023 + shift;
  scratch.setUint32(0, (high & 0xfffff) | 0x3ff00000);
  let m = scratch.getFloat64(0);
  if (m > 1.4142135623730951) {
    m *= 0.5;
    k += 1;
  }
  // ln m = 2 artanh(s), s = (m-1)/(m+1), |s| < 0.1716
  const s = (m - 1) / (m + 1);
  const z = s * s;
  let sum = 0;
  for (let n = 21; n >= 3; n -= 2) sum = (sum + 1 / n) * z;
  return k * LN2_HI + (2 * s + (2 * s * sum + k * LN2_LO));
}

/** Logarithm to base 2. */
export const log2 = (x: number): number => log(x) * INV_LN2;
/** Logarithm to base 10. */
export const log10 = (x: number): number => log(x) * 0.4342944819032518;
/** 2 to the `x`. */
export function exp2(x: number): number {
  const k = Math.round(x);
  return exp((x - k) * 0.6931471805599453) * pow2i(k);
}
/** `base` to the `exponent`, for `base >= 0`. */
export function pow(base: number, exponent: number): number {
  if (exponent === 0) return 1;
  if (base === 0) return exponent > 0 ? 0 : Infinity;
  return exp(exponent * log(base));
}

function sinPoly(r: number): number {
  const z = r * r;
  let sum = 1;
  for (let n = 16; n >= 2; n -= 2) sum = 1 - (sum * z) / (n * (n + 1));
  return r * sum;
}
function cosPoly(r: number): number {
  const z = r * r;
  let sum = 1;
  for (let n = 16; n >= 2; n -= 2) sum = 1 - (sum * z) / (n * (n - 1));
  return sum;
}

/** Sine of `x` radians, for |x| < 1e6. */
export function sin(x: number): number {
  const k = Math.round(x / (PI / 2));
  const r = x - k * PIO2_HI - k * PIO2_LO;
  const q = ((k % 4) + 4) % 4;
  if (q === 0) return sinPoly(r);
  if (q === 1) return cosPoly(r);
  return q === 2 ? -sinPoly(r) : -cosPoly(r);
}
/** Cosine of `x` radians, for |x| < 1e6. */
export function cos(x: number): number {
  const k = Math.round(x / (PI / 2));
  const r = x - k * PIO2_HI - k * PIO2_LO;
  const q = ((k % 4) + 4) % 4;
  if (q === 0) return cosPoly(r);
  if (q === 1) return -sinPoly(r);
  return q === 2 ? -cosPoly(r) : sinPoly(r);
}
/** Tangent of `x` radians. */
export const tan = (x: number): number => sin(x) / cos(x);

/** Angle of the point (x, y), in radians from -PI to PI. */
export function atan2(y: number, x: number): number {
  if (x === 0 && y === 0) return 0;
  const [ax, ay] = [Math.abs(x), Math.abs(y)];
  let t = Math.min(ax, ay) / Math.max(ax, ay);
  // Halve the angle twice: tan(a/2) = t / (1 + sqrt(1 + t^2)).
  t = t / (1 + Math.sqrt(1 + t * t));
  t = t / (1 + Math.sqrt(1 + t * t));
  const z = t * t;
  let sum = 0;
  for (let n = 25; n >= 3; n -= 2) sum = (sum + ((n & 2) === 0 ? 1 : -1) / n) * z;
  let angle = 4 * (t + t * sum);
  if (ay > ax) angle = PI / 2 - angle;
  if (x < 0) angle = PI - angle;
  return y < 0 ? -angle : angle;
}

/**
 * Amplitude ratio of a level in decibels.
 * @example
 * fromDb(0); // => 1
 * fromDb(20); // => 10
 */
export const fromDb = (db: number): number => exp(db * 0.11512925464970229);
/** Level in decibels of an amplitude ratio; -Infinity at 0. */
export const toDb = (ratio: number): number => 8.685889638065037 * log(ratio);
/**
 * Frequency in hertz of absolute cents (6900 = 440 Hz).
 * @example
 * centsToHertz(6900); // => 440
 * centsToHertz(5700); // => 220
 */
export const centsToHertz = (cents: number): number => 440 * exp2((cents - 6900) / 1200);
/**
 * Absolute cents of a frequency in hertz.
 * @example
 * hertzToCents(880); // => 8100
 */
export const hertzToCents = (hertz: number): number => 6900 + 1200 * log2(hertz / 440);

/**
 * Middle value; the mean of the two middle ones for an even count; NaN when empty.
 * @example
 * median([3, 1, 2]); // => 2
 * median([4, 1, 2, 3]); // => 2.5
 * median([]); // => NaN
 */
export function median(values: Iterable<number>): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  if (sorted.length === 0) return NaN;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

/** `value` held between `low` and `high`. */
export const clamp = (value: number, low: number, high: number): number => (value < low ? low : value > high ? high : value);

/** `value` rounded to `digits` decimals, for files that people read. */
export function rounded(value: number, digits: number): number {
  let scale = 1;
  for (let i = 0; i < digits; i++) scale *= 10;
  return Math.round(value * scale) / scale;
}

/**
 * A curve at a place: straight lines through points [place, value] in order, held before the first and after the last; `empty` where there are none.
 * @example
 * along([[0, 10], [2, 20]], 1, 0); // => 15
 * along([[0, 10], [2, 20]], 9, 0); // => 20
 * along([], 1, 7); // => 7
 */
export function along(points: readonly (readonly [number, number])[], at: number, empty: number): number {
  let k = 0;
  while (k + 1 < points.length && points[k + 1]![0] <= at) k++;
  const a = points[k];
  const b = points[k + 1];
  if (!a) return empty;
  if (!b || at <= a[0]) return a[1];
  return a[1] + ((b[1] - a[1]) * (at - a[0])) / (b[0] - a[0]);
}
