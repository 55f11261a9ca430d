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

/** Complex transform in place over `half` points, decimation in time, radix 2. */
function transform(plan: Fft): void {
  const half = plan.half;
  const re = plan.re;
  const im = plan.im;
  for (let size = 2; size <= half; size <<= 1) {
    const mid = size >> 1;
    // twiddle exp(-2 pi i k / size) lies at index k * (2 half / size) of the tables over n = 2 half
    const stride = (half << 1) / size;
    if (mid >= 4) {
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
    } else {
      for (let start = 0; start < half; start += size) {
        for (let k = 0; k < mid; k++) {
          const w = (k * stride) << 2;
          const wr = load<f32>(plan.cosines + w);
          const wi = load<f32>(plan.sines + w);
          const a = (start + k) << 2;
          const b = a + (mid << 2);
          const tr = load<f32>(re + b) * wr + load<f32>(im + b) * wi;
          const ti = load<f32>(im + b) * wr - load<f32>(re + b) * wi;
          store<f32>(re + b, load<f32>(re + a) - tr);
          store<f32>(im + b, load<f32>(im + a) - ti);
          store<f32>(re + a, load<f32>(re + a) + tr);
          store<f32>(im + a, load<f32>(im + a) + ti);
        }
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
