import { alloc } from "./memory";
import { ratioOf, setting } from "./units";

/** 4x interpolation after ITU-R BS.1770-4 annex 2: 4 phases of 12 taps, newest sample last. */
const TAPS: i32 = 12;

/** True-peak detector of one channel: 12 samples of history, twice, so that reads are contiguous. */
export function truePeakMake(): usize {
  return alloc(16 + TAPS * 8);
}
/** Greatest absolute value at 4x of the sample `x` and its three successors, with the bank at `bank`. */
// @ts-ignore: decorator
@inline
function truePeakStep(at: usize, bank: usize, x: f32): f32 {
  let pos = load<i32>(at);
  const h = at + 16;
  store<f32>(h + (pos << 2), x);
  store<f32>(h + ((pos + TAPS) << 2), x);
  pos = pos + 1 == TAPS ? 0 : pos + 1;
  store<i32>(at, pos);
  const from = h + (pos << 2);
  // the four phases side by side, one tap after another
  let even = f32x4.mul(v128.load32_splat(from), v128.load(bank));
  let odd = f32x4.mul(v128.load32_splat(from, 4), v128.load(bank, 16));
  for (let k: usize = 2; k < <usize>TAPS; k += 2) {
    even = f32x4.add(even, f32x4.mul(v128.load32_splat(from + (k << 2)), v128.load(bank + (k << 4))));
    odd = f32x4.add(odd, f32x4.mul(v128.load32_splat(from + (k << 2), 4), v128.load(bank + (k << 4), 16)));
  }
  const y = f32x4.abs(f32x4.add(even, odd));
  return max(abs(x), max(max(f32x4.extract_lane(y, 0), f32x4.extract_lane(y, 1)), max(f32x4.extract_lane(y, 2), f32x4.extract_lane(y, 3))));
}
/** Takes a sample without looking between it and its neighbours. */
// @ts-ignore: decorator
@inline
function truePeakSkip(at: usize, x: f32): void {
  const pos = load<i32>(at);
  store<f32>(at + 16 + (pos << 2), x);
  store<f32>(at + 16 + ((pos + TAPS) << 2), x);
  store<i32>(at, pos + 1 == TAPS ? 0 : pos + 1);
}
/** No interpolated value exceeds the greatest of its 12 samples by more: the taps' absolute sum is 1.9 at most. */
const OVERSHOOT: f32 = 2.2;
/** Raises the f64 at `to` to the greatest 4x-interpolated absolute value over `count` frames; where it cannot be raised, nothing is looked for. */
export function truePeakProcess(at: usize, bank: usize, signal: usize, count: i32, to: usize): void {
  let top = <f32>load<f64>(to);
  // frames whose window may hold a sample loud enough; of those before this call that is not known
  let hot = TAPS;
  for (let i = 0; i < count; i++) {
    const x = load<f32>(signal + (i << 2));
    if (abs(x) * OVERSHOOT > top) hot = TAPS;
    if (hot > 0) {
      hot--;
      top = max(top, truePeakStep(at, bank, x));
    } else truePeakSkip(at, x);
  }
  store<f64>(to, <f64>top);
}

/** K-weighting of one channel: coefficients (10 f64) and state (4 f64). */
export function kWeightMake(): usize {
  return alloc(14 * 8);
}
/** Coefficient `k` of b0 b1 b2 a1 a2 (shelf), b0 b1 b2 a1 a2 (high-pass). */
export function kWeightSet(at: usize, k: i32, value: f64): void {
  store<f64>(at + (k << 3), value);
}
/** Adds the sum of squares of `count` K-weighted frames of both channels, side by side, to the f64 at `to`; `other` has the second channel's state. */
export function kWeightPair(at: usize, other: usize, left: usize, right: usize, count: i32, to: usize): void {
  const b0 = f64x2.splat(load<f64>(at));
  const b1 = f64x2.splat(load<f64>(at + 8));
  const b2 = f64x2.splat(load<f64>(at + 16));
  const a1 = f64x2.splat(load<f64>(at + 24));
  const a2 = f64x2.splat(load<f64>(at + 32));
  const c0 = f64x2.splat(load<f64>(at + 40));
  const c1 = f64x2.splat(load<f64>(at + 48));
  const c2 = f64x2.splat(load<f64>(at + 56));
  const d1 = f64x2.splat(load<f64>(at + 64));
  const d2 = f64x2.splat(load<f64>(at + 72));
  let y1 = f64x2(load<f64>(at + 80), load<f64>(other + 80));
  let y2 = f64x2(load<f64>(at + 88), load<f64>(other + 88));
  let z1 = f64x2(load<f64>(at + 96), load<f64>(other + 96));
  let z2 = f64x2(load<f64>(at + 104), load<f64>(other + 104));
  let sum = f64x2.splat(0);
  for (let i = 0; i < count; i++) {
    const x = f64x2.promote_low_f32x4(f32x4.replace_lane(v128.load32_zero(left + (i << 2)), 1, load<f32>(right + (i << 2))));
    const y = f64x2.add(f64x2.mul(b0, x), y1);
    y1 = f64x2.sub(f64x2.add(f64x2.mul(b1, x), y2), f64x2.mul(a1, y));
    y2 = f64x2.sub(f64x2.mul(b2, x), f64x2.mul(a2, y));
    const z = f64x2.add(f64x2.mul(c0, y), z1);
    z1 = f64x2.sub(f64x2.add(f64x2.mul(c1, y), z2), f64x2.mul(d1, z));
    z2 = f64x2.sub(f64x2.mul(c2, y), f64x2.mul(d2, z));
    sum = f64x2.add(sum, f64x2.mul(z, z));
  }
  const small = f64x2.splat(1e-30);
  y1 = v128.and(y1, f64x2.ge(f64x2.abs(y1), small));
  y2 = v128.and(y2, f64x2.ge(f64x2.abs(y2), small));
  z1 = v128.and(z1, f64x2.ge(f64x2.abs(z1), small));
  z2 = v128.and(z2, f64x2.ge(f64x2.abs(z2), small));
  store<f64>(at + 80, f64x2.extract_lane(y1, 0));
  store<f64>(other + 80, f64x2.extract_lane(y1, 1));
  store<f64>(at + 88, f64x2.extract_lane(y2, 0));
  store<f64>(other + 88, f64x2.extract_lane(y2, 1));
  store<f64>(at + 96, f64x2.extract_lane(z1, 0));
  store<f64>(other + 96, f64x2.extract_lane(z1, 1));
  store<f64>(at + 104, f64x2.extract_lane(z2, 0));
  store<f64>(other + 104, f64x2.extract_lane(z2, 1));
  store<f64>(to, load<f64>(to) + (f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1)));
}

/** Look-ahead limiter on the 4x-interpolated peak of both channels. */
@unmanaged
class Limiter {
  ceiling: f32 = 0;
  look: i32 = 0;
  release: f32 = 0;
  delayL: usize = 0;
  delayR: usize = 0;
  mask: i32 = 0;
  write: i32 = 0;
  need: usize = 0; // ring of required gains
  smooth: usize = 0; // ring of held gains, box-averaged
  sum: f64 = 0;
  low: f32 = 1; // the least of the required gains in the window, and how many frames ago it was asked for
  age: i32 = 0;
  held: f32 = 1;
  hot: i32 = 0; // frames for which peaks between samples may matter
  peakL: usize = 0;
  peakR: usize = 0;
}
/** Settings: the ceiling, dBTP. */
export function limiterSet(at: usize, p: usize): void {
  changetype<Limiter>(at).ceiling = ratioOf(setting(p, 0));
}
/** `look` frames of look-ahead (at most 200); `release` is a one-pole coefficient per frame. */
export function limiterMake(look: i32, release: f32): usize {
  const l = changetype<Limiter>(alloc(offsetof<Limiter>()));
  l.ceiling = 1;
  l.look = look;
  l.release = release;
  l.mask = 1023;
  l.delayL = alloc(4096);
  l.delayR = alloc(4096);
  l.need = alloc(4096);
  l.smooth = alloc(4096);
  for (let i = 0; i < 1024; i++) {
    store<f32>(l.need + (i << 2), 1);
    store<f32>(l.smooth + (i << 2), 1);
  }
  l.sum = <f64>look;
  l.held = l.low = 1; // memory comes zeroed: field defaults do not apply
  l.peakL = truePeakMake();
  l.peakR = truePeakMake();
  return changetype<usize>(l);
}
/**
 * Limits the pair in place; the output is look + 11 frames late. The gain is the sliding minimum over
 * `look` frames of what each frame needs, with exponential release, averaged over `look` frames:
 * it reaches each need before the frame comes out.
 */
export function limiterProcess(at: usize, bank: usize, left: usize, right: usize, count: i32): void {
  const l = changetype<Limiter>(at);
  const look = l.look;
  const mask = l.mask;
  const late = look + 11;
  const window = look + 12;
  for (let i = 0; i < count; i++) {
    const x = load<f32>(left + (i << 2));
    const y = load<f32>(right + (i << 2));
    // quiet stretches cannot reach the ceiling between samples either
    if (max(abs(x), abs(y)) * OVERSHOOT > l.ceiling) l.hot = TAPS + 1;
    let need: f32 = 1;
    if (l.hot > 0) {
      l.hot--;
      const top = max(truePeakStep(l.peakL, bank, x), truePeakStep(l.peakR, bank, y));
      if (top > l.ceiling) need = l.ceiling / top;
    } else {
      truePeakSkip(l.peakL, x);
      truePeakSkip(l.peakR, y);
    }
    const w = l.write & mask;
    store<f32>(l.need + (w << 2), need);
    store<f32>(l.delayL + (w << 2), x);
    store<f32>(l.delayR + (w << 2), y);
    // sliding minimum; looked for anew only when the one that held has left the window
    if (need <= l.low) {
      l.low = need;
      l.age = 0;
    } else if (++l.age > window) {
      l.low = need;
      l.age = 0;
      for (let k = 1; k <= window; k++) {
        const before = load<f32>(l.need + (((l.write - k) & mask) << 2));
        if (before < l.low) {
          l.low = before;
          l.age = k;
        }
      }
    }
    const low = l.low;
    l.held = low < l.held ? low : l.held + (low - l.held) * l.release;
    if (low == 1 && l.held > 0.99999) l.held = 1;
    const old = load<f32>(l.smooth + (((l.write - look) & mask) << 2));
    store<f32>(l.smooth + (w << 2), l.held);
    l.sum += <f64>l.held - <f64>old;
    const gain = <f32>(l.sum / <f64>look);
    const from = ((l.write - late) & mask) << 2;
    store<f32>(left + (i << 2), load<f32>(l.delayL + from) * gain);
    store<f32>(right + (i << 2), load<f32>(l.delayR + from) * gain);
    l.write++;
  }
}
