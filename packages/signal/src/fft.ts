import { cos, PI, sin } from "@kuishi/base";

/** In-place complex FFT of a power of two in 64 bits (Cooley and Tukey 1965), for what is measured rather than played. @param sign -1 forth, 1 back (not scaled). */
export function fft(re: Float64Array, im: Float64Array, sign: -1 | 1): void {
  const n = re.length;
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      const [x, y] = [re[i]!, im[i]!];
      re[i] = re[j]!;
      im[i] = im[j]!;
      re[j] = x;
      im[j] = y;
    }
  }
  for (let size = 2; size <= n; size <<= 1) {
    const half = size >> 1;
    const { re: turnsRe, im: turnsIm } = turnsOf(size, sign);
    // block by block: what lies together is read together
    for (let block = 0; block < n; block += size) {
      for (let k = 0; k < half; k++) {
        const [a, b] = [block + k, block + k + half];
        const [cr, ci] = [turnsRe[k]!, turnsIm[k]!];
        const br = re[b]!;
        const bi = im[b]!;
        const xr = br * cr - bi * ci;
        const xi = br * ci + bi * cr;
        re[b] = re[a]! - xr;
        im[b] = im[a]! - xi;
        re[a] = re[a]! + xr;
        im[a] = im[a]! + xi;
      }
    }
  }
}

interface Turns {
  readonly re: Float64Array;
  readonly im: Float64Array;
}
/** Turns by size, forth and back: made once. */
const known: Readonly<Record<-1 | 1, Map<number, Turns>>> = { [-1]: new Map(), 1: new Map() };
/** The turns of half a circle in `size / 2` steps. */
function turnsOf(size: number, sign: -1 | 1): Turns {
  const own = known[sign].get(size);
  if (own) return own;
  const turns = { re: new Float64Array(size / 2), im: new Float64Array(size / 2) };
  const [turnRe, turnIm] = [cos((2 * PI) / size), sign * sin((2 * PI) / size)];
  let [wr, wi] = [1, 0];
  for (let k = 0; k < size / 2; k++) {
    turns.re[k] = wr;
    turns.im[k] = wi;
    const turned = wr * turnRe - wi * turnIm;
    wi = wr * turnIm + wi * turnRe;
    wr = turned;
  }
  known[sign].set(size, turns);
  return turns;
}
