import { burstProcess, burstSounds } from "./burst";
import { alloc, arg, arg32 } from "./memory";
import { addBoth } from "./mix";
import { power } from "./noise";

/**
 * What strings and a body that ring freely sound like: decaying sinusoids, partial n the real part of z_n p_n^t with
 * p_n = exp(-s_n + i w_n), in banks (a struck note each). Partials below 4 kHz, nearly all, run at a quarter of the rate and are brought
 * to the whole rate once an instrument (polyphase interpolation; Crochiere & Rabiner 1983). Each runs as y[t] = a y[t-4] - b y[t-8],
 * four samples of its own rate at a time. Time goes in hops of sixteen frames, one hop ahead of what is asked for, so that a partial
 * begins on its exact frame. Where frequency or loss change, the next samples are made anew from amplitude and phase: nothing jumps.
 */
@unmanaged
class Instrument {
  bankCount: i32 = 0;
  banks: usize = 0; // of addresses of Bank
  low: usize = 0; // the last TAPS samples at a quarter of the rate, then those of the hops now made
  high: usize = 0; // frames at the whole rate, held back by DELAY_FRAMES as the interpolation holds back the others
  ready: usize = 0; // frames made
  have: i32 = HOP_FRAMES; // of them not yet given away: 1 to 16
  hops: i32 = 0;
  tail: i32 = 0; // hops until nothing is left in the interpolation
}
@unmanaged
class Bank {
  home: usize = 0;
  room: i32 = 0;
  lows: i32 = 0; // partials at a quarter of the rate, from the front of the list
  highs: i32 = 0; // at the whole rate, from its back
  list: usize = 0; // of Partial
  natures: usize = 0; // of Nature
  bend: f64 = 1; // factor on all frequencies
  damp: f64 = 0; // decay per frame, added to each
  bendWanted: f64 = 1;
  dampWanted: f64 = 0;
  rise: f32 = 0; // part of the sound that has not built up yet
  riseStep: f32 = 0;
  rising: i32 = 0; // hops until all but -80 dB of it is there: told once, so that it ends there wherever a block is cut
  head: usize = 0; // what partials that begin inside the next hop must not say before: four low samples, sixteen frames
  headed: bool = false;
}
const HOP_FRAMES: i32 = 16;
/** Low samples one output frame is made of, and the frames by which that holds the sound back. */
const TAPS: i32 = 12;
const DELAY_FRAMES: i32 = 24;
/** Hops until nothing is left of a sound in interpolation and delay. */
const TAIL_HOPS: i32 = 5;
/** Radians a frame: 4 kHz. Its mirror image at 8 kHz is 64 dB down. */
const LOW_RATE_LIMIT: f64 = Math.PI / 6;
/** As far as a low partial may be bent: 4.8 kHz, where the interpolation takes half a decibel. */
const BENT_LIMIT: f64 = 1.2 * LOW_RATE_LIMIT;
/** Nepers a frame at which it is handed over beyond that: 2 ms. */
const HAND_OVER: f64 = 0.01;
// What the loop needs of a partial: its next eight samples, a and b four times each. 64 bytes.
// @ts-ignore: decorator
@inline
const PARTIAL_BYTES: i32 = 64;
/** What a partial is: radians and nepers a frame, and cos and sin parts of p (at its own rate) as they stand. */
@unmanaged
class Nature {
  w: f64 = 0;
  s: f64 = 0;
  c: f64 = 0;
  d: f64 = 0;
}
// @ts-ignore: decorator
@inline
const NATURE_BYTES: i32 = 32;
/** Partials are taken six at a time, so both ends of a list are filled up with up to five that are silent. */
const SPARE: i32 = 12;

/** Room for a bank that still builds up, 32 low samples and 128 frames; the interpolation's response, a vector of four phases a tap. */
const space: usize = heap.alloc(128 + 512 + TAPS * 16 + 16);
// @ts-ignore: decorator
@inline
function building(): usize {
  return (space + 15) & ~15;
}
// @ts-ignore: decorator
@inline
function response(): usize {
  return building() + 640;
}
/** Modified Bessel function of the first kind, order 0: its power series. */
function bessel(x: f64): f64 {
  let sum: f64 = 1;
  let term: f64 = 1;
  for (let k = 1; k < 40; k++) {
    term *= (x * x) / <f64>(4 * k * k);
    sum += term;
  }
  return sum;
}
// Kaiser's window at 64 dB about 6 kHz; its middle, DELAY_FRAMES, is a frame, so that both rates hold back by the same
for (let i = 0; i < 4 * TAPS; i++) {
  const t = <f64>(i - DELAY_FRAMES);
  const edge = t / <f64>DELAY_FRAMES;
  const sinc = i == DELAY_FRAMES ? 1 : NativeMath.sin(0.25 * Math.PI * t) / (0.25 * Math.PI * t);
  store<f32>(response() + <usize>(i << 2), <f32>((sinc * bessel(6 * Math.sqrt(1 - edge * edge))) / bessel(6)));
}

/** An instrument with `banks` banks, at most 31, of room for `room` partials each. */
export function instrumentMake(banks: i32, room: i32): usize {
  const home = changetype<Instrument>(alloc(offsetof<Instrument>()));
  home.bankCount = banks;
  home.banks = alloc(banks << 2);
  home.low = alloc((TAPS + 32) << 2);
  home.high = alloc((DELAY_FRAMES + 128) << 2);
  home.ready = alloc((2 * HOP_FRAMES + 128) << 2);
  home.have = HOP_FRAMES;
  for (let k = 0; k < banks; k++) {
    const bank = changetype<Bank>(alloc(offsetof<Bank>()));
    bank.home = changetype<usize>(home);
    bank.room = room;
    bank.list = alloc((room + SPARE) * PARTIAL_BYTES);
    bank.natures = alloc((room + SPARE) * NATURE_BYTES);
    bank.head = alloc((4 + HOP_FRAMES) << 2);
    bank.bend = bank.bendWanted = 1;
    store<usize>(home.banks + (k << 2), changetype<usize>(bank));
  }
  return changetype<usize>(home);
}
/** Bank `k` of an instrument. */
export function instrumentBank(at: usize, k: i32): usize {
  return load<usize>(changetype<Instrument>(at).banks + (k << 2));
}
/** Silences an instrument. */
export function instrumentClear(at: usize): void {
  const home = changetype<Instrument>(at);
  for (let k = 0; k < home.bankCount; k++) silence(changetype<Bank>(instrumentBank(at, k)), 0);
  memory.fill(home.low, 0, (TAPS + 32) << 2);
  memory.fill(home.high, 0, (DELAY_FRAMES + 128) << 2);
  memory.fill(home.ready, 0, (2 * HOP_FRAMES + 128) << 2);
  home.have = HOP_FRAMES;
  home.tail = 0;
}
/** Silences a bank. Handed over: time in frames in which what is added from now on builds up, as 1 - exp(-t / frames); 0 for at once. */
export function bankClear(at: usize): void {
  silence(changetype<Bank>(at), arg32(0));
}
function silence(bank: Bank, riseFrames: f32): void {
  bank.lows = bank.highs = 0;
  bank.bend = bank.bendWanted = 1;
  bank.damp = bank.dampWanted = 0;
  bank.riseStep = riseFrames > 0.5 ? NativeMathf.exp(-1 / riseFrames) : 0;
  bank.rise = riseFrames > 0.5 ? NativeMathf.exp(<f32>framesIntoHop(bank) / riseFrames) : 0;
  bank.rising = bank.rise > 0 ? <i32>Math.ceil((<f64>riseFrames * (NativeMath.log(<f64>bank.rise) + 9.21)) / HOP_FRAMES) : 0;
  bank.headed = false;
  memory.fill(bank.head, 0, (4 + HOP_FRAMES) << 2);
}
/** Where the bend and the damping wanted of a bank stand, two f64: written there, they hold from the next hop on. */
export function bankWanted(at: usize): usize {
  return at + offsetof<Bank>("bendWanted");
}
/** Frames of the next hop that lie before what begins now. */
// @ts-ignore: decorator
@inline
function framesIntoHop(bank: Bank): i32 {
  return HOP_FRAMES - changetype<Instrument>(bank.home).have;
}
/**
 * Adds a partial. Handed over: radians and nepers a frame, its complex amplitude. Beyond the room, above 0.95 of the Nyquist frequency or not
 * a number: nothing.
 */
export function bankAdd(at: usize): void {
  addPartial(at, arg(0), arg(1), arg(2), arg(3));
}
export function addPartial(at: usize, w: f64, s: f64, re: f64, im: f64): void {
  const bank = changetype<Bank>(at);
  if (bank.lows + bank.highs >= bank.room || !(w > 0 && w < 0.95 * Math.PI) || !(s > 0) || !isFinite(re) || !isFinite(im)) return;
  const isLow = w * bank.bend < LOW_RATE_LIMIT;
  s = min<f64>(s, 0.1);
  const before = framesIntoHop(bank);
  if (before == 0) {
    startPartial(bank, isLow, w, s, re, im);
    return;
  }
  // as if it had sounded since the hop began, and that taken away again
  const g = NativeMath.exp(<f64>before * (s + bank.damp));
  const turn = <f64>before * w * bank.bend;
  const c = g * NativeMath.cos(turn);
  const d = g * NativeMath.sin(turn);
  const i = startPartial(bank, isLow, w, s, re * c + im * d, im * c - re * d);
  bank.headed = true;
  const p = bank.list + i * PARTIAL_BYTES;
  const nature = changetype<Nature>(bank.natures + i * NATURE_BYTES);
  if (isLow) {
    for (let k = 0; 4 * k < before; k++) subtractFrom(bank.head + <usize>(k << 2), load<f32>(p + <usize>(k << 2)));
    return;
  }
  let u = re * c + im * d;
  let v = im * c - re * d;
  for (let k = 0; k < before; k++) {
    subtractFrom(bank.head + <usize>((4 + k) << 2), <f32>u);
    const next = u * nature.c - v * nature.d;
    v = u * nature.d + v * nature.c;
    u = next;
  }
}
// @ts-ignore: decorator
@inline
function subtractFrom(at: usize, x: f32): void {
  store<f32>(at, load<f32>(at) - x);
}
/** Index of the last place of a list. */
// @ts-ignore: decorator
@inline
function lastIndex(bank: Bank): i32 {
  return bank.room + SPARE - 1;
}

/** Brings a bank to the bend and damping wanted. */
function applyBend(bank: Bank): void {
  if (bank.bend == bank.bendWanted && bank.damp == bank.dampWanted) return;
  bank.bend = bank.bendWanted;
  bank.damp = bank.dampWanted;
  for (let i = lastIndex(bank) - bank.highs + 1; i <= lastIndex(bank); i++) retunePartial(bank, i, false);
  for (let i = bank.lows - 1; i >= 0; i--) retunePartial(bank, i, true);
}
/**
 * A low partial that is bent beyond the limit is handed over: it dies at its own rate, and at the whole rate stands with its own death
 * taken away, so that the sum is what it was. (Cut off, it would leave half of itself in the interpolation.)
 */
function retunePartial(bank: Bank, i: i32, isLow: bool): void {
  const p = bank.list + i * PARTIAL_BYTES;
  const nature = changetype<Nature>(bank.natures + i * NATURE_BYTES);
  // its first two samples say amplitude and phase: y1 = re c - im d
  const re = <f64>load<f32>(p);
  const im = (re * nature.c - <f64>load<f32>(p, 4)) / nature.d;
  if (isLow && nature.w * bank.bend > BENT_LIMIT && nature.s < HAND_OVER && bank.lows + bank.highs + 2 <= bank.room) {
    startPartial(bank, false, nature.w, nature.s, re, im);
    nature.s += HAND_OVER;
    startPartial(bank, false, nature.w, nature.s, -re, -im);
  }
  setSamples(bank, i, isLow, re, im);
}
/** A new partial in a bank that has room for it. @returns its index. */
function startPartial(bank: Bank, isLow: bool, w: f64, s: f64, re: f64, im: f64): i32 {
  const i = isLow ? bank.lows++ : lastIndex(bank) - bank.highs++;
  const nature = changetype<Nature>(bank.natures + i * NATURE_BYTES);
  nature.w = w;
  nature.s = s;
  setSamples(bank, i, isLow, re, im);
  return i;
}
/** Takes partial `i` out of a bank: the innermost of its rate takes its place. */
function drop(bank: Bank, i: i32, isLow: bool): void {
  const from = isLow ? --bank.lows : lastIndex(bank) - --bank.highs;
  if (i == from) return;
  memory.copy(bank.list + i * PARTIAL_BYTES, bank.list + from * PARTIAL_BYTES, PARTIAL_BYTES);
  memory.copy(bank.natures + i * NATURE_BYTES, bank.natures + from * NATURE_BYTES, NATURE_BYTES);
}

/** Makes the next eight samples of partial `i` from its amplitude. sin and cos are Taylor series of the quarter angle, doubled twice: 1e-13. */
function setSamples(bank: Bank, i: i32, isLow: bool, re: f64, im: f64): void {
  const nature = changetype<Nature>(bank.natures + i * NATURE_BYTES);
  const p = bank.list + i * PARTIAL_BYTES;
  const rate: f64 = isLow ? 4 : 1;
  // what finds no room to be handed over stays where its rate can say it
  const x = min(nature.w * bank.bend, (0.99 * Math.PI) / rate) * (0.25 * rate);
  const y = x * x;
  let sn = x * (1 + y * (-1.0 / 6 + y * (1.0 / 120 + y * (-1.0 / 5040 + y * (1.0 / 362880 + y * (-1.0 / 39916800 + y * (1.0 / 6227020800)))))));
  let cs = 1 + y * (-0.5 + y * (1.0 / 24 + y * (-1.0 / 720 + y * (1.0 / 40320 + y * (-1.0 / 3628800 + y * (1.0 / 479001600 + y * (-1.0 / 87178291200)))))));
  let t = 2 * sn * cs;
  cs = 1 - 2 * sn * sn;
  sn = t;
  t = 2 * sn * cs;
  cs = 1 - 2 * sn * sn;
  sn = t;
  const s = (nature.s + bank.damp) * rate;
  // exp(-s) for small s by its series, else exactly
  const g: f64 = s < 0.02 ? 1 - s * (1 - s * (0.5 - s * (1.0 / 6 - s * (1.0 / 24 - s * (1.0 / 120))))) : NativeMath.exp(-s);
  const c = g * cs;
  const d = g * sn;
  nature.c = c;
  nature.d = d;
  let u = re;
  let v = im;
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

/** Adds the next `bytes` (a multiple of 16) of six partials at a time, from `p` up to `end`, to `to`. */
function addPartials(first: usize, end: usize, to: usize, bytes: usize): void {
  const pairs = to + (bytes & ~31);
  // six at a time: their states fill the registers, their constants are read
  for (let p = first; p < end; p += 6 * PARTIAL_BYTES) {
    let p0 = v128.load(p), p1 = v128.load(p, 16);
    let q0 = v128.load(p, PARTIAL_BYTES), q1 = v128.load(p, PARTIAL_BYTES + 16);
    let r0 = v128.load(p, 2 * PARTIAL_BYTES), r1 = v128.load(p, 2 * PARTIAL_BYTES + 16);
    let u0 = v128.load(p, 3 * PARTIAL_BYTES), u1 = v128.load(p, 3 * PARTIAL_BYTES + 16);
    let v0 = v128.load(p, 4 * PARTIAL_BYTES), v1 = v128.load(p, 4 * PARTIAL_BYTES + 16);
    let x0 = v128.load(p, 5 * PARTIAL_BYTES), x1 = v128.load(p, 5 * PARTIAL_BYTES + 16);
    for (let t = to; t < pairs; t += 32) {
      v128.store(t, f32x4.add(v128.load(t), f32x4.add(f32x4.add(f32x4.add(p0, q0), f32x4.add(r0, u0)), f32x4.add(v0, x0))));
      p0 = f32x4.sub(f32x4.mul(v128.load(p, 32), p1), f32x4.mul(v128.load(p, 48), p0));
      q0 = f32x4.sub(f32x4.mul(v128.load(p, PARTIAL_BYTES + 32), q1), f32x4.mul(v128.load(p, PARTIAL_BYTES + 48), q0));
      r0 = f32x4.sub(f32x4.mul(v128.load(p, 2 * PARTIAL_BYTES + 32), r1), f32x4.mul(v128.load(p, 2 * PARTIAL_BYTES + 48), r0));
      u0 = f32x4.sub(f32x4.mul(v128.load(p, 3 * PARTIAL_BYTES + 32), u1), f32x4.mul(v128.load(p, 3 * PARTIAL_BYTES + 48), u0));
      v0 = f32x4.sub(f32x4.mul(v128.load(p, 4 * PARTIAL_BYTES + 32), v1), f32x4.mul(v128.load(p, 4 * PARTIAL_BYTES + 48), v0));
      x0 = f32x4.sub(f32x4.mul(v128.load(p, 5 * PARTIAL_BYTES + 32), x1), f32x4.mul(v128.load(p, 5 * PARTIAL_BYTES + 48), x0));
      v128.store(t, f32x4.add(v128.load(t, 16), f32x4.add(f32x4.add(f32x4.add(p1, q1), f32x4.add(r1, u1)), f32x4.add(v1, x1))), 16);
      p1 = f32x4.sub(f32x4.mul(v128.load(p, 32), p0), f32x4.mul(v128.load(p, 48), p1));
      q1 = f32x4.sub(f32x4.mul(v128.load(p, PARTIAL_BYTES + 32), q0), f32x4.mul(v128.load(p, PARTIAL_BYTES + 48), q1));
      r1 = f32x4.sub(f32x4.mul(v128.load(p, 2 * PARTIAL_BYTES + 32), r0), f32x4.mul(v128.load(p, 2 * PARTIAL_BYTES + 48), r1));
      u1 = f32x4.sub(f32x4.mul(v128.load(p, 3 * PARTIAL_BYTES + 32), u0), f32x4.mul(v128.load(p, 3 * PARTIAL_BYTES + 48), u1));
      v1 = f32x4.sub(f32x4.mul(v128.load(p, 4 * PARTIAL_BYTES + 32), v0), f32x4.mul(v128.load(p, 4 * PARTIAL_BYTES + 48), v1));
      x1 = f32x4.sub(f32x4.mul(v128.load(p, 5 * PARTIAL_BYTES + 32), x0), f32x4.mul(v128.load(p, 5 * PARTIAL_BYTES + 48), x1));
    }
    if (bytes & 16) {
      v128.store(pairs, f32x4.add(v128.load(pairs), f32x4.add(f32x4.add(f32x4.add(p0, q0), f32x4.add(r0, u0)), f32x4.add(v0, x0))));
      storeState(p, p0, p1);
      storeState(p + PARTIAL_BYTES, q0, q1);
      storeState(p + 2 * PARTIAL_BYTES, r0, r1);
      storeState(p + 3 * PARTIAL_BYTES, u0, u1);
      storeState(p + 4 * PARTIAL_BYTES, v0, v1);
      storeState(p + 5 * PARTIAL_BYTES, x0, x1);
      continue;
    }
    v128.store(p, p0); v128.store(p, p1, 16);
    v128.store(p, q0, PARTIAL_BYTES); v128.store(p, q1, PARTIAL_BYTES + 16);
    v128.store(p, r0, 2 * PARTIAL_BYTES); v128.store(p, r1, 2 * PARTIAL_BYTES + 16);
    v128.store(p, u0, 3 * PARTIAL_BYTES); v128.store(p, u1, 3 * PARTIAL_BYTES + 16);
    v128.store(p, v0, 4 * PARTIAL_BYTES); v128.store(p, v1, 4 * PARTIAL_BYTES + 16);
    v128.store(p, x0, 5 * PARTIAL_BYTES); v128.store(p, x1, 5 * PARTIAL_BYTES + 16);
  }
}
/** Keeps a partial that has gone one vector further. */
// @ts-ignore: decorator
@inline
function storeState(p: usize, y0: v128, y1: v128): void {
  v128.store(p, y1);
  v128.store(p, f32x4.sub(f32x4.mul(v128.load(p, 32), y1), f32x4.mul(v128.load(p, 48), y0)), 16);
}
/** Adds `hops` of a bank to `low` and `high`. */
function addBank(bank: Bank, low: usize, high: usize, hops: i32): void {
  const list = bank.list;
  const lowEnd = list + ((bank.lows + 5) / 6) * (6 * PARTIAL_BYTES);
  const highEnd = list + (lastIndex(bank) + 1) * PARTIAL_BYTES;
  const highFirst = highEnd - ((bank.highs + 5) / 6) * (6 * PARTIAL_BYTES);
  zero(list + bank.lows * PARTIAL_BYTES, lowEnd);
  zero(highFirst, highEnd - bank.highs * PARTIAL_BYTES);
  addPartials(list, lowEnd, low, <usize>(hops << 4));
  addPartials(highFirst, highEnd, high, <usize>(hops << 6));
  if (!bank.headed) return;
  bank.headed = false;
  v128.store(low, f32x4.add(v128.load(low), v128.load(bank.head)));
  for (let k: usize = 0; k < 64; k += 16) v128.store(high + k, f32x4.add(v128.load(high + k), v128.load(bank.head + 16 + k)));
  memory.fill(bank.head, 0, (4 + HOP_FRAMES) << 2);
}
/** Adds `hops` of a bank that still builds up. */
function addRisingBank(bank: Bank, low: usize, high: usize, hops: i32): void {
  const to = building();
  zero(to, to + 640);
  addBank(bank, to, to + 128, hops);
  const k1 = bank.riseStep;
  const k2 = k1 * k1;
  const k4 = k2 * k2;
  const k8 = k4 * k4;
  const k16 = k8 * k8;
  const missing = f32x4.splat(bank.rise * k1);
  addRising(to, low, <usize>(hops << 4), f32x4.mul(missing, f32x4(1, k4, k8, k8 * k4)), k16);
  addRising(to + 128, high, <usize>(hops << 6), f32x4.mul(missing, f32x4(1, k1, k2, k2 * k1)), k4);
  bank.rise *= power(k16, hops);
}
/** Adds samples to `to` as far as they have built up: `step` is what is missing after four frames of theirs against what was. */
function addRising(from: usize, to: usize, bytes: usize, missing: v128, step: f32): void {
  const one = f32x4.splat(1);
  const fall = f32x4.splat(step);
  for (let o: usize = 0; o < bytes; o += 16) {
    v128.store(to + o, f32x4.add(v128.load(to + o), f32x4.mul(v128.load(from + o), f32x4.sub(one, missing))));
    missing = f32x4.mul(missing, fall);
  }
}

/** Drops the partials that have died away (-86 dB). y1^2 - a y0 y1 + b y0^2 = (b - a^2 / 4) |z|^2 does not depend on the phase. */
function dropDecayed(bank: Bank): void {
  for (let i = bank.lows - 1; i >= 0; i--) if (isOver(bank.list + i * PARTIAL_BYTES)) drop(bank, i, true);
  for (let i = lastIndex(bank) - bank.highs + 1; i <= lastIndex(bank); i++) if (isOver(bank.list + i * PARTIAL_BYTES)) drop(bank, i, false);
}
// @ts-ignore: decorator
@inline
function isOver(p: usize): bool {
  const y0 = load<f32>(p);
  const y1 = load<f32>(p, 16);
  const a = load<f32>(p, 32);
  const b = load<f32>(p, 48);
  return y1 * y1 - a * y0 * y1 + b * y0 * y0 < <f32>2.5e-9 * (b - a * a * <f32>0.25);
}

/** Makes `hops` hops behind those that are ready; every 1024 frames, wherever blocks are cut, it is looked what has died away. */
function renderHops(home: Instrument, hops: i32): void {
  while (hops > 0) {
    const some = min(hops, 64 - (home.hops & 63));
    renderSome(home, some);
    home.have += some << 4;
    hops -= some;
  }
}
function renderSome(home: Instrument, hops: i32): void {
  const low = home.low + (TAPS << 2);
  const high = home.high + (DELAY_FRAMES << 2);
  home.hops += hops;
  zero(low, low + <usize>(hops << 4));
  zero(high, high + <usize>(hops << 6));
  for (let k = 0; k < home.bankCount; k++) {
    const bank = changetype<Bank>(load<usize>(home.banks + (k << 2)));
    if (bank.lows + bank.highs == 0) continue;
    home.tail = TAIL_HOPS + hops;
    applyBend(bank);
    const rising = min(hops, bank.rising);
    if (rising > 0) addRisingBank(bank, low, high, rising);
    if (rising < hops) addBank(bank, low + <usize>(rising << 4), high + <usize>(rising << 6), hops - rising);
    bank.rising -= rising;
    if ((home.hops & 63) == 0) dropDecayed(bank);
  }
  const ready = home.ready + <usize>(home.have << 2);
  if (home.tail <= 0) {
    zero(ready, ready + <usize>(hops << 6));
    return;
  }
  home.tail -= hops;
  for (let m = 0; m < hops << 2; m += 4) {
    const x = low + <usize>(m << 2);
    const late = home.high + <usize>(m << 4);
    let y0 = v128.load(late), y1 = v128.load(late, 16), y2 = v128.load(late, 32), y3 = v128.load(late, 48);
    for (let k = 0; k < TAPS; k++) {
      const h = v128.load(response() + <usize>(k << 4));
      const from = x - <usize>(k << 2);
      y0 = f32x4.add(y0, f32x4.mul(h, v128.load32_splat(from)));
      y1 = f32x4.add(y1, f32x4.mul(h, v128.load32_splat(from, 4)));
      y2 = f32x4.add(y2, f32x4.mul(h, v128.load32_splat(from, 8)));
      y3 = f32x4.add(y3, f32x4.mul(h, v128.load32_splat(from, 12)));
    }
    const to = ready + <usize>(m << 4);
    v128.store(to, y0);
    v128.store(to, y1, 16);
    v128.store(to, y2, 32);
    v128.store(to, y3, 48);
  }
  keepTail(home.low, low + <usize>(hops << 4), TAPS << 2);
  keepTail(home.high, high + <usize>(hops << 6), DELAY_FRAMES << 2);
}
/** Moves `bytes` (a multiple of 16) that ended at `end` to `to`. */
// @ts-ignore: decorator
@inline
function keepTail(to: usize, end: usize, bytes: usize): void {
  const from = end - bytes;
  for (let o: usize = 0; o < bytes; o += 16) v128.store(to + o, v128.load(from + o));
}
/** Zeroes from `at` to `end`, sixteen bytes at a time. */
// @ts-ignore: decorator
@inline
function zero(at: usize, end: usize): void {
  for (; at < end; at += 16) v128.store(at, f32x4.splat(0));
}

/**
 * Adds `frames`, at most 128, of an instrument's banks and its noise to both sides. What a bank is given is heard sixteen frames later, and
 * DELAY_FRAMES for the interpolation. @returns a bit for each bank that sounds, and the sign while anything is left to hear.
 */
export function instrumentProcess(at: usize, burst: usize, left: usize, right: usize, frames: i32): i32 {
  const home = changetype<Instrument>(at);
  const hops = (frames + HOP_FRAMES - home.have) >> 4;
  if (hops > 0) renderHops(home, hops);
  const ready = home.ready;
  burstProcess(burst, ready, frames);
  addBoth(ready, left, right, frames);
  const over = ready + <usize>(frames << 2);
  home.have -= frames;
  for (let o: usize = 0; o < <usize>(HOP_FRAMES << 2); o += 16) v128.store(ready + o, v128.load(over + o));
  let alive = home.tail > 0 || burstSounds(burst) ? i32.MIN_VALUE : 0;
  for (let k = 0; k < home.bankCount; k++) {
    const bank = changetype<Bank>(load<usize>(home.banks + (k << 2)));
    if (bank.lows + bank.highs != 0) alive |= 1 << k;
  }
  return alive;
}
