import { burstProcess } from "./burst";
import { alloc } from "./memory";
import { addBoth } from "./mix";

/**
 * A bank of decaying sinusoids, the sound of a string or a body that rings freely: partial n is the real part of
 * z_n p_n^t with p_n = exp(-s_n + i w_n). Within a block each runs as y[t] = a y[t-4] - b y[t-8], four frames at a time
 * (the two-pole recurrence of every fourth frame); from block to block z_n is turned exactly, so nothing drifts
 * and frequency and decay may change at any block.
 */
@unmanaged
class Partials {
  room: i32 = 0;
  count: i32 = 0;
  list: usize = 0;
  bend: f64 = 1; // factor on all frequencies
  damp: f64 = 0; // decay per frame, added to each
  bendWanted: f64 = 1;
  dampWanted: f64 = 0;
  rise: f32 = 0; // part of the sound that has not built up yet
  riseStep: f32 = 0;
}

/** One of them: the constants of a block, then its state and its nature. */
@unmanaged
class Partial {
  // cos and sin parts of p^0..p^3 and p^4..p^7
  c0: f32 = 0; c1: f32 = 0; c2: f32 = 0; c3: f32 = 0;
  s0: f32 = 0; s1: f32 = 0; s2: f32 = 0; s3: f32 = 0;
  c4: f32 = 0; c5: f32 = 0; c6: f32 = 0; c7: f32 = 0;
  s4: f32 = 0; s5: f32 = 0; s6: f32 = 0; s7: f32 = 0;
  a: f32 = 0; a1: f32 = 0; a2: f32 = 0; a3: f32 = 0; // four times the same, as the loop reads them
  b: f32 = 0; b1: f32 = 0; b2: f32 = 0; b3: f32 = 0;
  nextC: f32 = 0; // p^128
  nextS: f32 = 0;
  re: f32 = 0;
  im: f32 = 0;
  w: f64 = 0;
  s: f64 = 0;
}
// @ts-ignore: decorator
@inline
const SIZE: i32 = 144; // of a Partial, a multiple of 16
// @ts-ignore: decorator
@inline
const BLOCK: i32 = 128;

const scratch: usize = heap.alloc(BLOCK * 4 + 32);
// @ts-ignore: decorator
@inline
function sums(): usize {
  return (scratch + 15) & ~15;
}

/** An empty bank with room for `room` partials. */
export function partialsMake(room: i32): usize {
  const bank = changetype<Partials>(alloc(offsetof<Partials>()));
  bank.room = room;
  bank.list = alloc((room + 6) * SIZE);
  bank.bend = bank.bendWanted = 1;
  return changetype<usize>(bank);
}
/** Silences the bank. `riseFrames` is the time in which what is added from now on builds up, as 1 - exp(-t / riseFrames); 0 for at once. */
export function partialsClear(at: usize, riseFrames: f32): void {
  const bank = changetype<Partials>(at);
  bank.count = 0;
  bank.bend = bank.bendWanted = 1;
  bank.damp = bank.dampWanted = 0;
  bank.rise = riseFrames > 0.5 ? 1 : 0;
  bank.riseStep = riseFrames > 0.5 ? NativeMathf.exp(-1 / riseFrames) : 0;
}
/** Adds a partial: `w` radians and `s` nepers a frame, its complex amplitude. Beyond the room, above 0.95 of the Nyquist frequency or not a number: nothing. */
export function partialsAdd(at: usize, w: f64, s: f64, re: f32, im: f32): void {
  const bank = changetype<Partials>(at);
  if (bank.count >= bank.room || !(w > 0 && w < 0.95 * Math.PI) || !(s > 0) || !isFinite(re) || !isFinite(im)) return;
  const partial = changetype<Partial>(bank.list + bank.count * SIZE);
  partial.w = w;
  partial.s = s;
  partial.re = re;
  partial.im = im;
  settle(bank, partial);
  bank.count++;
}
/** From the next frame on all frequencies are `bend` times what they were added with, and `damp` nepers a frame are lost beside their own loss. */
export function partialsMove(at: usize, bend: f64, damp: f64): void {
  const bank = changetype<Partials>(at);
  bank.bendWanted = bend;
  bank.dampWanted = damp;
  move(bank);
}
function move(bank: Partials): void {
  if (bank.bend == bank.bendWanted && bank.damp == bank.dampWanted) return;
  bank.bend = bank.bendWanted;
  bank.damp = bank.dampWanted;
  for (let i = 0; i < bank.count; i++) settle(bank, changetype<Partial>(bank.list + i * SIZE));
}
/** Where the bend and the damping wanted of a bank stand, two f64: written there, they hold from the next block on. */
export function partialsWanted(at: usize): usize {
  return at + offsetof<Partials>("bendWanted");
}
/** How many partials still sound. */
export function partialsCount(at: usize): i32 {
  return changetype<Partials>(at).count;
}

/** sin(x) / x and cos(x) for 0 <= x < pi as Taylor series of the quarter angle, doubled twice: 1e-13. */
function settle(bank: Partials, p: Partial): void {
  const x = min(p.w * bank.bend, 0.99 * Math.PI) * 0.25;
  const y = x * x;
  let sn = x * (1 + y * (-1.0 / 6 + y * (1.0 / 120 + y * (-1.0 / 5040 + y * (1.0 / 362880 + y * (-1.0 / 39916800 + y * (1.0 / 6227020800)))))));
  let cs = 1 + y * (-0.5 + y * (1.0 / 24 + y * (-1.0 / 720 + y * (1.0 / 40320 + y * (-1.0 / 3628800 + y * (1.0 / 479001600 + y * (-1.0 / 87178291200)))))));
  let t = 2 * sn * cs;
  cs = 1 - 2 * sn * sn;
  sn = t;
  t = 2 * sn * cs;
  cs = 1 - 2 * sn * sn;
  sn = t;
  const s = p.s + bank.damp;
  // exp(-s) for small s by its series, else exactly
  const g: f64 = s < 0.02 ? 1 - s * (1 - s * (0.5 - s * (1.0 / 6 - s * (1.0 / 24 - s * (1.0 / 120))))) : NativeMath.exp(-s);
  const c = g * cs;
  const d = g * sn;
  p.c0 = 1;
  p.s0 = 0;
  p.c1 = <f32>c;
  p.s1 = <f32>d;
  const c2 = c * c - d * d;
  const d2 = 2 * c * d;
  p.c2 = <f32>c2;
  p.s2 = <f32>d2;
  p.c3 = <f32>(c2 * c - d2 * d);
  p.s3 = <f32>(c2 * d + d2 * c);
  const c4 = c2 * c2 - d2 * d2;
  const d4 = 2 * c2 * d2;
  p.c4 = <f32>c4;
  p.s4 = <f32>d4;
  const c5 = c4 * c - d4 * d;
  const d5 = c4 * d + d4 * c;
  p.c5 = <f32>c5;
  p.s5 = <f32>d5;
  const c6 = c4 * c2 - d4 * d2;
  const d6 = c4 * d2 + d4 * c2;
  p.c6 = <f32>c6;
  p.s6 = <f32>d6;
  p.c7 = <f32>(c6 * c - d6 * d);
  p.s7 = <f32>(c6 * d + d6 * c);
  p.a = p.a1 = p.a2 = p.a3 = <f32>(2 * c4);
  p.b = p.b1 = p.b2 = p.b3 = <f32>(c4 * c4 + d4 * d4);
  let e = c4;
  let f = d4;
  for (let k = 0; k < 5; k++) {
    const u = e * e - f * f;
    f = 2 * e * f;
    e = u;
  }
  p.nextC = <f32>e;
  p.nextS = <f32>f;
}

// @ts-ignore: decorator
@inline
function early(p: usize): v128 {
  return f32x4.sub(
    f32x4.mul(v128.load32_splat(p, offsetof<Partial>("re")), v128.load(p)),
    f32x4.mul(v128.load32_splat(p, offsetof<Partial>("im")), v128.load(p, 16)),
  );
}
// @ts-ignore: decorator
@inline
function late(p: usize): v128 {
  return f32x4.sub(
    f32x4.mul(v128.load32_splat(p, offsetof<Partial>("re")), v128.load(p, 32)),
    f32x4.mul(v128.load32_splat(p, offsetof<Partial>("im")), v128.load(p, 48)),
  );
}

/** Adds `count` frames, at most 128, to `out`; `gain` is that at their end and moves there from `from`. */
export function partialsProcess(at: usize, out: usize, count: i32, from: f32, gain: f32): void {
  const bank = changetype<Partials>(at);
  if (bank.count == 0) return;
  // an empty partial is all zeros: up to five fill the last six
  for (let i = bank.count; i % 6 != 0; i++) memory.fill(bank.list + i * SIZE, 0, SIZE);
  const to = sums();
  const end = to + <usize>(((count + 7) & ~7) << 2);
  memory.fill(to, 0, end - to);
  // six at a time: their states fill the registers, their constants are read
  for (let i = 0; i < bank.count; i += 6) {
    const p = bank.list + i * SIZE;
    let p0 = early(p + 0 * SIZE), p1 = late(p + 0 * SIZE);
    let q0 = early(p + 1 * SIZE), q1 = late(p + 1 * SIZE);
    let r0 = early(p + 2 * SIZE), r1 = late(p + 2 * SIZE);
    let u0 = early(p + 3 * SIZE), u1 = late(p + 3 * SIZE);
    let v0 = early(p + 4 * SIZE), v1 = late(p + 4 * SIZE);
    let x0 = early(p + 5 * SIZE), x1 = late(p + 5 * SIZE);
    for (let t = to; t < end; t += 32) {
      v128.store(t, f32x4.add(v128.load(t), f32x4.add(f32x4.add(f32x4.add(p0, q0), f32x4.add(r0, u0)), f32x4.add(v0, x0))));
      p0 = f32x4.sub(f32x4.mul(v128.load(p, 0 * SIZE + 64), p1), f32x4.mul(v128.load(p, 0 * SIZE + 80), p0));
      q0 = f32x4.sub(f32x4.mul(v128.load(p, 1 * SIZE + 64), q1), f32x4.mul(v128.load(p, 1 * SIZE + 80), q0));
      r0 = f32x4.sub(f32x4.mul(v128.load(p, 2 * SIZE + 64), r1), f32x4.mul(v128.load(p, 2 * SIZE + 80), r0));
      u0 = f32x4.sub(f32x4.mul(v128.load(p, 3 * SIZE + 64), u1), f32x4.mul(v128.load(p, 3 * SIZE + 80), u0));
      v0 = f32x4.sub(f32x4.mul(v128.load(p, 4 * SIZE + 64), v1), f32x4.mul(v128.load(p, 4 * SIZE + 80), v0));
      x0 = f32x4.sub(f32x4.mul(v128.load(p, 5 * SIZE + 64), x1), f32x4.mul(v128.load(p, 5 * SIZE + 80), x0));
      v128.store(t, f32x4.add(v128.load(t, 16), f32x4.add(f32x4.add(f32x4.add(p1, q1), f32x4.add(r1, u1)), f32x4.add(v1, x1))), 16);
      p1 = f32x4.sub(f32x4.mul(v128.load(p, 0 * SIZE + 64), p0), f32x4.mul(v128.load(p, 0 * SIZE + 80), p1));
      q1 = f32x4.sub(f32x4.mul(v128.load(p, 1 * SIZE + 64), q0), f32x4.mul(v128.load(p, 1 * SIZE + 80), q1));
      r1 = f32x4.sub(f32x4.mul(v128.load(p, 2 * SIZE + 64), r0), f32x4.mul(v128.load(p, 2 * SIZE + 80), r1));
      u1 = f32x4.sub(f32x4.mul(v128.load(p, 3 * SIZE + 64), u0), f32x4.mul(v128.load(p, 3 * SIZE + 80), u1));
      v1 = f32x4.sub(f32x4.mul(v128.load(p, 4 * SIZE + 64), v0), f32x4.mul(v128.load(p, 4 * SIZE + 80), v1));
      x1 = f32x4.sub(f32x4.mul(v128.load(p, 5 * SIZE + 64), x0), f32x4.mul(v128.load(p, 5 * SIZE + 80), x1));
    }
  }
  turn(bank, count);
  const step = (gain - from) / <f32>count;
  const up = f32x4.splat(4 * step);
  let g = f32x4.add(f32x4.splat(from), f32x4.mul(f32x4.splat(step), f32x4(1, 2, 3, 4)));
  const k = bank.riseStep;
  let rise = f32x4.mul(f32x4.splat(bank.rise), f32x4(k, k * k, k * k * k, k * k * k * k));
  const fall = f32x4.splat(k * k * k * k);
  const one = f32x4.splat(1);
  const rising = bank.rise > 0;
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    const o = <usize>(i << 2);
    let y = f32x4.mul(v128.load(to + o), g);
    if (rising) {
      y = f32x4.mul(y, f32x4.sub(one, rise));
      rise = f32x4.mul(rise, fall);
    }
    v128.store(out + o, f32x4.add(v128.load(out + o), y));
    g = f32x4.add(g, up);
  }
  for (let lane = 0; i < count; i++, lane++) {
    const o = <usize>(i << 2);
    store<f32>(out + o, load<f32>(out + o) + load<f32>(to + o) * (from + step * <f32>(i + 1)) * (rising ? 1 - at4(rise, lane) : 1));
  }
  if (rising) {
    bank.rise *= NativeMathf.pow(k, <f32>count);
    if (bank.rise < 1e-4) bank.rise = 0;
  }
}
// @ts-ignore: decorator
@inline
function at4(v: v128, lane: i32): f32 {
  return lane == 0 ? f32x4.extract_lane(v, 0) : lane == 1 ? f32x4.extract_lane(v, 1) : f32x4.extract_lane(v, 2);
}

/** Turns every partial by `count` frames and drops those that have died away (-86 dB). */
function turn(bank: Partials, count: i32): void {
  for (let i = bank.count - 1; i >= 0; i--) {
    const p = changetype<Partial>(bank.list + i * SIZE);
    let c = p.nextC;
    let s = p.nextS;
    if (count != BLOCK) {
      const g = NativeMath.exp(-(p.s + bank.damp) * <f64>count);
      const angle = min(p.w * bank.bend, 0.99 * Math.PI) * <f64>count;
      c = <f32>(g * NativeMath.cos(angle));
      s = <f32>(g * NativeMath.sin(angle));
    }
    const re = p.re * c - p.im * s;
    const im = p.re * s + p.im * c;
    p.re = re;
    p.im = im;
    if (re * re + im * im < 2.5e-9) {
      bank.count--;
      if (i != bank.count) memory.copy(changetype<usize>(p), bank.list + bank.count * SIZE, SIZE);
    }
  }
}

/**
 * An instrument's banks, at most 32 addresses at `banks`, and its noise, into `mono` and from there to both sides.
 * @returns a bit for each bank that still sounds.
 */
export function instrumentProcess(banks: usize, count: i32, burst: usize, mono: usize, left: usize, right: usize, frames: i32): i32 {
  memory.fill(mono, 0, <usize>((frames + 3) & ~3) << 2);
  let alive = 0;
  for (let k = 0; k < count; k++) {
    const at = <usize>load<u32>(banks + (k << 2));
    const bank = changetype<Partials>(at);
    if (bank.count == 0) continue;
    move(bank);
    partialsProcess(at, mono, frames, 1, 1);
    if (bank.count != 0) alive |= 1 << k;
  }
  burstProcess(burst, mono, frames);
  addBoth(mono, left, right, frames);
  return alive;
}
