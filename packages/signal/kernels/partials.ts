import { burstProcess } from "./burst";
import { alloc } from "./memory";
import { addBoth } from "./mix";

/**
 * A bank of decaying sinusoids, the sound of a string or a body that rings freely: partial n is the real part of
 * z_n p_n^t with p_n = exp(-s_n + i w_n). Each runs as y[t] = a y[t-4] - b y[t-8], four frames at a time (the two-pole
 * recurrence of every fourth frame: its coefficients are well apart even for low partials). Where frequency or loss change, the
 * next frames are made anew from amplitude and phase, so nothing jumps.
 */
@unmanaged
class Partials {
  room: i32 = 0;
  count: i32 = 0;
  list: usize = 0; // of Partial
  natures: usize = 0; // of Nature
  bend: f64 = 1; // factor on all frequencies
  damp: f64 = 0; // decay per frame, added to each
  bendWanted: f64 = 1;
  dampWanted: f64 = 0;
  rise: f32 = 0; // part of the sound that has not built up yet
  riseStep: f32 = 0;
}
// What the loop needs of a partial: its next eight frames, a and b four times each. 64 bytes.
// @ts-ignore: decorator
@inline
const SIZE: i32 = 64;
/** What a partial is: radians and nepers a frame, and cos and sin parts of p as they stand. */
@unmanaged
class Nature {
  w: f64 = 0;
  s: f64 = 0;
  c: f64 = 0;
  d: f64 = 0;
}
// @ts-ignore: decorator
@inline
const NATURE: i32 = 32;

const scratch: usize = heap.alloc(544 + 64 + 16);
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
  bank.natures = alloc((room + 6) * NATURE);
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
  const nature = changetype<Nature>(bank.natures + bank.count * NATURE);
  nature.w = w;
  nature.s = s;
  settle(bank, bank.count, re, im);
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
  for (let i = 0; i < bank.count; i++) {
    const p = bank.list + i * SIZE;
    const nature = changetype<Nature>(bank.natures + i * NATURE);
    // its first two frames say amplitude and phase: x1 = re c - im d
    const re = <f64>load<f32>(p);
    const im = (re * nature.c - <f64>load<f32>(p, 4)) / nature.d;
    settle(bank, i, <f32>re, <f32>im);
  }
}
/** Where the bend and the damping wanted of a bank stand, two f64: written there, they hold from the next block on. */
export function partialsWanted(at: usize): usize {
  return at + offsetof<Partials>("bendWanted");
}
/** How many partials still sound. */
export function partialsCount(at: usize): i32 {
  return changetype<Partials>(at).count;
}

/** Makes the next eight frames of partial `i` from its amplitude. sin and cos are Taylor series of the quarter angle, doubled twice: 1e-13. */
function settle(bank: Partials, i: i32, re: f32, im: f32): void {
  const nature = changetype<Nature>(bank.natures + i * NATURE);
  const p = bank.list + i * SIZE;
  const x = min(nature.w * bank.bend, 0.99 * Math.PI) * 0.25;
  const y = x * x;
  let sn = x * (1 + y * (-1.0 / 6 + y * (1.0 / 120 + y * (-1.0 / 5040 + y * (1.0 / 362880 + y * (-1.0 / 39916800 + y * (1.0 / 6227020800)))))));
  let cs = 1 + y * (-0.5 + y * (1.0 / 24 + y * (-1.0 / 720 + y * (1.0 / 40320 + y * (-1.0 / 3628800 + y * (1.0 / 479001600 + y * (-1.0 / 87178291200)))))));
  let t = 2 * sn * cs;
  cs = 1 - 2 * sn * sn;
  sn = t;
  t = 2 * sn * cs;
  cs = 1 - 2 * sn * sn;
  sn = t;
  const s = nature.s + bank.damp;
  // exp(-s) for small s by its series, else exactly
  const g: f64 = s < 0.02 ? 1 - s * (1 - s * (0.5 - s * (1.0 / 6 - s * (1.0 / 24 - s * (1.0 / 120))))) : NativeMath.exp(-s);
  const c = g * cs;
  const d = g * sn;
  nature.c = c;
  nature.d = d;
  let u = <f64>re;
  let v = <f64>im;
  for (let k = 0; k < 8; k++) {
    store<f32>(p + (k << 2), <f32>u);
    const next = u * c - v * d;
    v = u * d + v * c;
    u = next;
  }
  const c2 = c * c - d * d;
  const d2 = 2 * c * d;
  const c4 = c2 * c2 - d2 * d2;
  const d4 = 2 * c2 * d2;
  v128.store(p, f32x4.splat(<f32>(2 * c4)), 32);
  v128.store(p, f32x4.splat(<f32>(c4 * c4 + d4 * d4)), 48);
}

/** Adds `count` frames, at most 128, to `out`; `gain` is that at their end and moves there from `from`. */
export function partialsProcess(at: usize, out: usize, count: i32, from: f32, gain: f32): void {
  const bank = changetype<Partials>(at);
  if (bank.count == 0) return;
  // an empty partial is all zeros: up to five fill the last six
  for (let i = bank.count; i % 6 != 0; i++) memory.fill(bank.list + i * SIZE, 0, SIZE);
  const to = sums();
  const whole = to + <usize>((count & ~7) << 2);
  const rest = count & 7;
  memory.fill(to, 0, whole - to + 32);
  // six at a time: their states fill the registers, their constants are read
  for (let i = 0; i < bank.count; i += 6) {
    const p = bank.list + i * SIZE;
    let p0 = v128.load(p), p1 = v128.load(p, 16);
    let q0 = v128.load(p, SIZE), q1 = v128.load(p, SIZE + 16);
    let r0 = v128.load(p, 2 * SIZE), r1 = v128.load(p, 2 * SIZE + 16);
    let u0 = v128.load(p, 3 * SIZE), u1 = v128.load(p, 3 * SIZE + 16);
    let v0 = v128.load(p, 4 * SIZE), v1 = v128.load(p, 4 * SIZE + 16);
    let x0 = v128.load(p, 5 * SIZE), x1 = v128.load(p, 5 * SIZE + 16);
    for (let t = to; t < whole; t += 32) {
      v128.store(t, f32x4.add(v128.load(t), f32x4.add(f32x4.add(f32x4.add(p0, q0), f32x4.add(r0, u0)), f32x4.add(v0, x0))));
      p0 = f32x4.sub(f32x4.mul(v128.load(p, 32), p1), f32x4.mul(v128.load(p, 48), p0));
      q0 = f32x4.sub(f32x4.mul(v128.load(p, SIZE + 32), q1), f32x4.mul(v128.load(p, SIZE + 48), q0));
      r0 = f32x4.sub(f32x4.mul(v128.load(p, 2 * SIZE + 32), r1), f32x4.mul(v128.load(p, 2 * SIZE + 48), r0));
      u0 = f32x4.sub(f32x4.mul(v128.load(p, 3 * SIZE + 32), u1), f32x4.mul(v128.load(p, 3 * SIZE + 48), u0));
      v0 = f32x4.sub(f32x4.mul(v128.load(p, 4 * SIZE + 32), v1), f32x4.mul(v128.load(p, 4 * SIZE + 48), v0));
      x0 = f32x4.sub(f32x4.mul(v128.load(p, 5 * SIZE + 32), x1), f32x4.mul(v128.load(p, 5 * SIZE + 48), x0));
      v128.store(t, f32x4.add(v128.load(t, 16), f32x4.add(f32x4.add(f32x4.add(p1, q1), f32x4.add(r1, u1)), f32x4.add(v1, x1))), 16);
      p1 = f32x4.sub(f32x4.mul(v128.load(p, 32), p0), f32x4.mul(v128.load(p, 48), p1));
      q1 = f32x4.sub(f32x4.mul(v128.load(p, SIZE + 32), q0), f32x4.mul(v128.load(p, SIZE + 48), q1));
      r1 = f32x4.sub(f32x4.mul(v128.load(p, 2 * SIZE + 32), r0), f32x4.mul(v128.load(p, 2 * SIZE + 48), r1));
      u1 = f32x4.sub(f32x4.mul(v128.load(p, 3 * SIZE + 32), u0), f32x4.mul(v128.load(p, 3 * SIZE + 48), u1));
      v1 = f32x4.sub(f32x4.mul(v128.load(p, 4 * SIZE + 32), v0), f32x4.mul(v128.load(p, 4 * SIZE + 48), v1));
      x1 = f32x4.sub(f32x4.mul(v128.load(p, 5 * SIZE + 32), x0), f32x4.mul(v128.load(p, 5 * SIZE + 48), x1));
    }
    v128.store(p, p0); v128.store(p, p1, 16);
    v128.store(p, q0, SIZE); v128.store(p, q1, SIZE + 16);
    v128.store(p, r0, 2 * SIZE); v128.store(p, r1, 2 * SIZE + 16);
    v128.store(p, u0, 3 * SIZE); v128.store(p, u1, 3 * SIZE + 16);
    v128.store(p, v0, 4 * SIZE); v128.store(p, v1, 4 * SIZE + 16);
    v128.store(p, x0, 5 * SIZE); v128.store(p, x1, 5 * SIZE + 16);
  }
  if (rest != 0) tail(bank, whole, rest);
  retire(bank);
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

/** One to seven frames more, to `to`: of sixteen frames ahead those that come next are kept. */
function tail(bank: Partials, to: usize, rest: i32): void {
  const ahead = sums() + 544;
  for (let i = 0; i < bank.count; i++) {
    const p = bank.list + i * SIZE;
    const y0 = v128.load(p), y1 = v128.load(p, 16);
    const a = v128.load(p, 32), b = v128.load(p, 48);
    v128.store(to, f32x4.add(v128.load(to), y0));
    v128.store(to, f32x4.add(v128.load(to, 16), y1), 16);
    const y2 = f32x4.sub(f32x4.mul(a, y1), f32x4.mul(b, y0));
    v128.store(ahead, y0);
    v128.store(ahead, y1, 16);
    v128.store(ahead, y2, 32);
    v128.store(ahead, f32x4.sub(f32x4.mul(a, y2), f32x4.mul(b, y1)), 48);
    const next = ahead + <usize>(rest << 2);
    v128.store(p, v128.load(next));
    v128.store(p, v128.load(next, 16), 16);
  }
}

/** Drops the partials that have died away (-86 dB). y1^2 - a y0 y1 + b y0^2 = (b - a^2 / 4) |z|^2 does not depend on the phase. */
function retire(bank: Partials): void {
  for (let i = bank.count - 1; i >= 0; i--) {
    const p = bank.list + i * SIZE;
    const y0 = load<f32>(p);
    const y1 = load<f32>(p, 16);
    const a = load<f32>(p, 32);
    const b = load<f32>(p, 48);
    if (y1 * y1 - a * y0 * y1 + b * y0 * y0 < <f32>2.5e-9 * (b - a * a * <f32>0.25)) {
      bank.count--;
      if (i != bank.count) {
        memory.copy(p, bank.list + bank.count * SIZE, SIZE);
        memory.copy(bank.natures + i * NATURE, bank.natures + bank.count * NATURE, NATURE);
      }
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
