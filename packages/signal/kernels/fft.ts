import { alloc } from "./memory";

/** Tables and work space of one transform size. */
@unmanaged
class Fft {
  half: i32 = 0;
  re: usize = 0;
  im: usize = 0;
  cosines: usize = 0;
  sines: usize = 0;
  reversed: usize = 0;
}

/** Plan of a real transform over `n` points (a power of two, at least 16). */
export function fftMake(n: i32): usize {
  const plan = changetype<Fft>(alloc(offsetof<Fft>()));
  const half = n >> 1;
  plan.half = half;
  plan.re = alloc(half << 2);
  plan.im = alloc(half << 2);
  plan.cosines = alloc((half + 1) << 2);
  plan.sines = alloc((half + 1) << 2);
  plan.reversed = alloc(half << 2);
  for (let k = 0; k <= half; k++) {
    const angle = (2.0 * Math.PI * <f64>k) / <f64>n;
    store<f32>(plan.cosines + (k << 2), <f32>NativeMath.cos(angle));
    store<f32>(plan.sines + (k << 2), <f32>NativeMath.sin(angle));
  }
  let bits = 0;
  while (1 << bits < half) bits++;
  for (let i = 0; i < half; i++) {
    let r = 0;
    for (let b = 0; b < bits; b++) if (i & (1 << b)) r |= 1 << (bits - 1 - b);
    store<i32>(plan.reversed + (i << 2), r);
  }
  return changetype<usize>(plan);
}

/** The transforms of two and of four points, one vector of four each. */
function smallest(plan: Fft): void {
  const re = plan.re;
  const im = plan.im;
  const quarter = plan.half >> 1;
  const zero = f32x4.splat(0);
  const wr = f32x4(1, load<f32>(plan.cosines + (quarter << 2)), 1, load<f32>(plan.cosines + (quarter << 2)));
  const wi = f32x4(0, load<f32>(plan.sines + (quarter << 2)), 0, load<f32>(plan.sines + (quarter << 2)));
  const odd = f32x4(1, -1, 1, -1);
  const late = f32x4(1, 1, -1, -1);
  for (let at: usize = 0, end = <usize>plan.half << 2; at < end; at += 16) {
    let r = v128.load(re + at);
    let i = v128.load(im + at);
    // the twiddle of two points is 1 + 0i, and its zero keeps the signs of zeros
    const b = v128.shuffle<f32>(r, r, 1, 1, 3, 3);
    const c = v128.shuffle<f32>(i, i, 1, 1, 3, 3);
    r = f32x4.add(v128.shuffle<f32>(r, r, 0, 0, 2, 2), f32x4.mul(odd, f32x4.add(b, f32x4.mul(c, zero))));
    i = f32x4.add(v128.shuffle<f32>(i, i, 0, 0, 2, 2), f32x4.mul(odd, f32x4.sub(c, f32x4.mul(b, zero))));
    const br = v128.shuffle<f32>(r, r, 2, 3, 2, 3);
    const bi = v128.shuffle<f32>(i, i, 2, 3, 2, 3);
    const tr = f32x4.add(f32x4.mul(br, wr), f32x4.mul(bi, wi));
    const ti = f32x4.sub(f32x4.mul(bi, wr), f32x4.mul(br, wi));
    v128.store(re + at, f32x4.add(v128.shuffle<f32>(r, r, 0, 1, 0, 1), f32x4.mul(late, tr)));
    v128.store(im + at, f32x4.add(v128.shuffle<f32>(i, i, 0, 1, 0, 1), f32x4.mul(late, ti)));
  }
}

/** Complex transform in place over `half` points, decimation in time, radix 2. */
function transform(plan: Fft): void {
  const half = plan.half;
  const re = plan.re;
  const im = plan.im;
  smallest(plan);
  for (let size = 8; size <= half; size <<= 1) {
    const mid = size >> 1;
    // twiddle exp(-2 pi i k / size) lies at index k * (2 half / size) of the tables over n = 2 half
    const stride = (half << 1) / size;
    for (let k = 0; k < mid; k += 4) {
      const w0 = (k * stride) << 2;
      const step = stride << 2;
      const wr = f32x4(
        load<f32>(plan.cosines + w0), load<f32>(plan.cosines + w0 + step),
        load<f32>(plan.cosines + w0 + 2 * step), load<f32>(plan.cosines + w0 + 3 * step),
      );
      const wi = f32x4(
        load<f32>(plan.sines + w0), load<f32>(plan.sines + w0 + step),
        load<f32>(plan.sines + w0 + 2 * step), load<f32>(plan.sines + w0 + 3 * step),
      );
      for (let start = 0; start < half; start += size) {
        const a = (start + k) << 2;
        const b = a + (mid << 2);
        const br = v128.load(re + b);
        const bi = v128.load(im + b);
        const tr = f32x4.add(f32x4.mul(br, wr), f32x4.mul(bi, wi));
        const ti = f32x4.sub(f32x4.mul(bi, wr), f32x4.mul(br, wi));
        const ar = v128.load(re + a);
        const ai = v128.load(im + a);
        v128.store(re + b, f32x4.sub(ar, tr));
        v128.store(im + b, f32x4.sub(ai, ti));
        v128.store(re + a, f32x4.add(ar, tr));
        v128.store(im + a, f32x4.add(ai, ti));
      }
    }
  }
}

/**
 * Power spectrum of `length` windowed samples, zero-padded to the plan's size.
 * Writes half + 1 values |X(k)|^2 to `out`.
 */
export function fftPower(planAt: usize, signal: usize, window: usize, length: i32, out: usize): void {
  const plan = changetype<Fft>(planAt);
  const half = plan.half;
  for (let i = 0; i < half; i++) {
    const to = load<i32>(plan.reversed + (i << 2)) << 2;
    const even = i << 1;
    const odd = even + 1;
    store<f32>(plan.re + to, even < length ? load<f32>(signal + (even << 2)) * load<f32>(window + (even << 2)) : 0);
    store<f32>(plan.im + to, odd < length ? load<f32>(signal + (odd << 2)) * load<f32>(window + (odd << 2)) : 0);
  }
  transform(plan);
  for (let k = 0; k <= half; k++) {
    const a = (k & (half - 1)) << 2;
    const b = ((half - k) & (half - 1)) << 2;
    const er: f32 = 0.5 * (load<f32>(plan.re + a) + load<f32>(plan.re + b));
    const ei: f32 = 0.5 * (load<f32>(plan.im + a) - load<f32>(plan.im + b));
    const or: f32 = 0.5 * (load<f32>(plan.im + a) + load<f32>(plan.im + b));
    const oi: f32 = -0.5 * (load<f32>(plan.re + a) - load<f32>(plan.re + b));
    const c = load<f32>(plan.cosines + (k << 2));
    const s = load<f32>(plan.sines + (k << 2));
    const xr = er + or * c + oi * s;
    const xi = ei + oi * c - or * s;
    store<f32>(out + (k << 2), xr * xr + xi * xi);
  }
}

/** `count` square roots in place. */
export function sqrtAll(at: usize, count: i32): void {
  for (let i = 0; i < count; i += 4) v128.store(at + (i << 2), f32x4.sqrt(v128.load(at + (i << 2))));
}

/** Convolution with a long response, in equal parts of 128 frames (uniformly partitioned overlap-save; Wefers 2015). No delay. */
@unmanaged
class Convolver {
  plan: usize = 0;
  parts: i32 = 0;
  responses: usize = 0; // per part BINS re, BINS im
  inputs: usize = 0; // ring of spectra of the input
  now: i32 = 0;
  last: usize = 0; // the 128 frames before
  sum: usize = 0;
}
const PART: i32 = 128;
const BINS: i32 = 132; // 129 rounded up
const SPECTRUM: i32 = BINS * 2 * 4; // bytes

/** A convolver of `parts` x 128 frames. */
export function convolverMake(parts: i32): usize {
  const c = changetype<Convolver>(alloc(offsetof<Convolver>()));
  c.plan = fftMake(4 * PART);
  c.parts = parts;
  c.responses = alloc(parts * SPECTRUM);
  c.inputs = alloc(parts * SPECTRUM);
  c.last = alloc(PART * 4);
  c.sum = alloc(SPECTRUM);
  return changetype<usize>(c);
}
/** Spectrum of the 256 frames at `first` and `second`, 128 each; 0 stands for silence. */
function spectrum(plan: Fft, first: usize, second: usize, to: usize): void {
  const half = plan.half;
  memory.fill(plan.im, 0, half << 2);
  for (let i = 0; i < half; i++) {
    const from = load<i32>(plan.reversed + (i << 2));
    const at = from < PART ? first : second;
    store<f32>(plan.re + (i << 2), at == 0 ? 0 : load<f32>(at + ((from & (PART - 1)) << 2)));
  }
  transform(plan);
  memory.copy(to, plan.re, BINS << 2);
  memory.copy(to + (BINS << 2), plan.im, BINS << 2);
}
/** Sets part `index` of the response from 128 frames at `from`. */
export function convolverLoad(at: usize, index: i32, from: usize): void {
  const c = changetype<Convolver>(at);
  if (index >= 0 && index < c.parts) spectrum(changetype<Fft>(c.plan), from, 0, c.responses + index * SPECTRUM);
}
/** Replaces 128 frames by their convolution. */
export function convolverProcess(at: usize, io: usize): void {
  const c = changetype<Convolver>(at);
  const plan = changetype<Fft>(c.plan);
  c.now = c.now == 0 ? c.parts - 1 : c.now - 1;
  spectrum(plan, c.last, io, c.inputs + c.now * SPECTRUM);
  memory.copy(c.last, io, PART << 2);
  const sumRe = c.sum;
  const sumIm = c.sum + (BINS << 2);
  memory.fill(sumRe, 0, SPECTRUM);
  for (let p = 0; p < c.parts; p++) {
    let k = c.now + p;
    if (k >= c.parts) k -= c.parts;
    const x = c.inputs + k * SPECTRUM;
    const h = c.responses + p * SPECTRUM;
    for (let i = 0; i < BINS << 2; i += 16) {
      const o = <usize>i;
      const xr = v128.load(x + o);
      const xi = v128.load(x + o + (BINS << 2));
      const hr = v128.load(h + o);
      const hi = v128.load(h + o + (BINS << 2));
      v128.store(sumRe + o, f32x4.add(v128.load(sumRe + o), f32x4.sub(f32x4.mul(xr, hr), f32x4.mul(xi, hi))));
      v128.store(sumIm + o, f32x4.add(v128.load(sumIm + o), f32x4.add(f32x4.mul(xr, hi), f32x4.mul(xi, hr))));
    }
  }
  // back: the transform of the mirrored, conjugated spectrum
  const n = plan.half;
  for (let i = 0; i < n; i++) {
    const from = load<i32>(plan.reversed + (i << 2));
    const k = from <= PART ? from : n - from;
    const sign: f32 = from <= PART ? -1 : 1;
    store<f32>(plan.re + (i << 2), load<f32>(sumRe + (k << 2)));
    store<f32>(plan.im + (i << 2), sign * load<f32>(sumIm + (k << 2)));
  }
  transform(plan);
  const scale = <f32>1 / <f32>n;
  for (let i = 0; i < PART; i++) store<f32>(io + (i << 2), load<f32>(plan.re + ((PART + i) << 2)) * scale);
}

/**
 * Transforms a stereo pair at once, as left + i right: `n` windowed samples of each, n the number of points (the plan is made with
 * twice as many). Real gains, alike for k and n - k, keep the two apart.
 */
export function pairForth(planAt: usize, left: usize, right: usize, window: usize, re: usize, im: usize): void {
  const plan = changetype<Fft>(planAt);
  const n = plan.half;
  for (let i = 0; i < n; i++) {
    const to = load<i32>(plan.reversed + (i << 2)) << 2;
    const w = load<f32>(window + (i << 2));
    store<f32>(plan.re + to, load<f32>(left + (i << 2)) * w);
    store<f32>(plan.im + to, load<f32>(right + (i << 2)) * w);
  }
  transform(plan);
  memory.copy(re, plan.re, n << 2);
  memory.copy(im, plan.im, n << 2);
}
/** Power of both channels together in bins 0..n/2. */
export function pairPower(planAt: usize, re: usize, im: usize, out: usize): void {
  const n = changetype<Fft>(planAt).half;
  for (let k = 0; k <= n >> 1; k++) {
    const a = k << 2;
    const b = ((n - k) & (n - 1)) << 2;
    const ar = load<f32>(re + a);
    const ai = load<f32>(im + a);
    const br = load<f32>(re + b);
    const bi = load<f32>(im + b);
    store<f32>(out + a, ar * ar + ai * ai + br * br + bi * bi);
  }
}
/** Multiplies by gains of bins 0..n/2, transforms back, windows, and adds to `left` and `right`. */
export function pairBack(planAt: usize, re: usize, im: usize, gains: usize, window: usize, left: usize, right: usize): void {
  const plan = changetype<Fft>(planAt);
  const n = plan.half;
  for (let k = 0; k < n; k++) {
    const to = load<i32>(plan.reversed + (k << 2)) << 2;
    const g = load<f32>(gains + ((k <= n >> 1 ? k : n - k) << 2));
    store<f32>(plan.re + to, g * load<f32>(re + (k << 2)));
    // conjugated: the transform forth of it is the conjugate of the transform back
    store<f32>(plan.im + to, -g * load<f32>(im + (k << 2)));
  }
  transform(plan);
  const scale = <f32>1 / <f32>n;
  for (let i = 0; i < n; i++) {
    const o = i << 2;
    const w = load<f32>(window + o) * scale;
    store<f32>(left + o, load<f32>(left + o) + load<f32>(plan.re + o) * w);
    store<f32>(right + o, load<f32>(right + o) - load<f32>(plan.im + o) * w);
  }
}
