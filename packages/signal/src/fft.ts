import { cos, PI, sin } from "@kuishi/base";

/** In-place complex FFT of a power of two in 64 bits (Cooley and Tukey 1965), for what is measured rather than played. @param sign -1 forth, 1 back (not scaled). */
export function fft(re: Float64Array, im: Float64Array, sign: -1 | 1): void {
  const n = re.length;
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      [re[i], re[j]] = [re[j] as number, re[i] as number];
      [im[i], im[j]] = [im[j] as number, im[i] as number];
    }
  }
  for (let size = 2; size <= n; size <<= 1) {
    const half = size >> 1;
    const [turnRe, turnIm] = [cos((2 * PI) / size), sign * sin((2 * PI) / size)];
    let [wr, wi] = [1, 0];
    for (let k = 0; k < half; k++) {
      for (let a = k; a < n; a += size) {
        const b = a + half;
        const [br, bi] = [re[b] as number, im[b] as number];
        const xr = br * wr - bi * wi;
        const xi = br * wi + bi * wr;
        re[b] = (re[a] as number) - xr;
        im[b] = (im[a] as number) - xi;
        re[a] = (re[a] as number) + xr;
        im[a] = (im[a] as number) + xi;
      }
      [wr, wi] = [wr * turnRe - wi * turnIm, wr * turnIm + wi * turnRe];
    }
  }
}
