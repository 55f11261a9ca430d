import { alloc } from "./memory";
import { bounded, RATE, ratioOf, setting, smoothing } from "./units";

/** A chain of biquads over one channel; coefficients b0 b1 b2 a1 a2, state z1 z2 (transposed form II). */
export function eqMake(sections: i32): usize {
  const at = alloc(16 + sections * 28);
  store<i32>(at, sections);
  for (let k = 0; k < sections; k++) store<f32>(at + 16 + k * 28, 1);
  return at;
}
/**
 * Sets section `k` as a band (R. Bristow-Johnson, Audio EQ Cookbook): 0 high-pass, 1 low shelf, 2 peak, 3 high shelf, 4 low-pass. Settings: Hz, dB
 * (of shelves and peaks), Q.
 */
export function eqBand(at: usize, k: i32, type: i32, p: usize): void {
  const w = (2 * Math.PI * bounded(setting(p, 0), 1, 0.49 * RATE)) / RATE;
  const c = NativeMath.cos(w);
  const alpha = NativeMath.sin(w) / (2 * max<f64>(setting(p, 2), 0.01));
  const a = NativeMath.exp(setting(p, 1) * 0.5 * 0.11512925464970229);
  const root = 2 * Math.sqrt(a) * alpha;
  let b0: f64, b1: f64, b2: f64, a0: f64, a1: f64, a2: f64;
  if (type == 0 || type == 4) {
    b1 = type == 0 ? -(1 + c) : 1 - c;
    b0 = b2 = Math.abs(b1) * 0.5;
    a0 = 1 + alpha;
    a1 = -2 * c;
    a2 = 1 - alpha;
  } else if (type == 2) {
    b0 = 1 + alpha * a;
    b1 = a1 = -2 * c;
    b2 = 1 - alpha * a;
    a0 = 1 + alpha / a;
    a2 = 1 - alpha / a;
  } else {
    // a high shelf is a low shelf with its cosine turned round
    const turned = type == 1 ? c : -c;
    const sign: f64 = type == 1 ? 1 : -1;
    b0 = a * (a + 1 - (a - 1) * turned + root);
    b1 = sign * 2 * a * (a - 1 - (a + 1) * turned);
    b2 = a * (a + 1 - (a - 1) * turned - root);
    a0 = a + 1 + (a - 1) * turned + root;
    a1 = sign * -2 * (a - 1 + (a + 1) * turned);
    a2 = a + 1 + (a - 1) * turned - root;
  }
  const s = at + 16 + k * 28;
  store<f32>(s, <f32>(b0 / a0));
  store<f32>(s + 4, <f32>(b1 / a0));
  store<f32>(s + 8, <f32>(b2 / a0));
  store<f32>(s + 12, <f32>(a1 / a0));
  store<f32>(s + 16, <f32>(a2 / a0));
}
/** Filters both channels of a pair in place, side by side; they share the coefficients of the first, each has its own state. */
export function eqPair(at: usize, other: usize, left: usize, right: usize, count: i32): void {
  const sections = load<i32>(at);
  for (let k = 0; k < sections; k++) {
    const s = at + 16 + k * 28;
    const o = other + 16 + k * 28;
    const b0 = f32x4.splat(load<f32>(s));
    const b1 = f32x4.splat(load<f32>(s + 4));
    const b2 = f32x4.splat(load<f32>(s + 8));
    const a1 = f32x4.splat(load<f32>(s + 12));
    const a2 = f32x4.splat(load<f32>(s + 16));
    let z1 = f32x4(load<f32>(s + 20), load<f32>(o + 20), 0, 0);
    let z2 = f32x4(load<f32>(s + 24), load<f32>(o + 24), 0, 0);
    for (let i = 0; i < count; i++) {
      const x = f32x4.replace_lane(v128.load32_zero(left + (i << 2)), 1, load<f32>(right + (i << 2)));
      const y = f32x4.add(f32x4.mul(b0, x), z1);
      z1 = f32x4.sub(f32x4.add(f32x4.mul(b1, x), z2), f32x4.mul(a1, y));
      z2 = f32x4.sub(f32x4.mul(b2, x), f32x4.mul(a2, y));
      store<f32>(left + (i << 2), f32x4.extract_lane(y, 0));
      store<f32>(right + (i << 2), f32x4.extract_lane(y, 1));
    }
    // flush denormals
    const small = f32x4.splat(1e-20);
    z1 = v128.and(z1, f32x4.ge(f32x4.abs(z1), small));
    z2 = v128.and(z2, f32x4.ge(f32x4.abs(z2), small));
    store<f32>(s + 20, f32x4.extract_lane(z1, 0));
    store<f32>(o + 20, f32x4.extract_lane(z1, 1));
    store<f32>(s + 24, f32x4.extract_lane(z2, 0));
    store<f32>(o + 24, f32x4.extract_lane(z2, 1));
  }
}

/** Feed-forward compressor, stereo linked, keyed by its own input or another signal. */
@unmanaged
class Compressor {
  threshold: f32 = 0; // linear
  slope: f32 = 0; // 1 - 1/ratio
  attack: f32 = 0;
  release: f32 = 0;
  makeup: f32 = 1;
  level: f32 = 0;
  gain: f32 = 1;
}
export function compMake(): usize {
  const at = alloc(offsetof<Compressor>());
  changetype<Compressor>(at).gain = 1;
  return at;
}
/** Settings: threshold in dB, ratio, attack and release in ms, makeup in dB. */
export function compSet(at: usize, p: usize): void {
  const c = changetype<Compressor>(at);
  c.threshold = ratioOf(setting(p, 0));
  c.slope = <f32>(1 - 1 / max<f64>(1, setting(p, 1)));
  c.attack = smoothing(setting(p, 2), 4);
  c.release = smoothing(setting(p, 3), 4);
  c.makeup = ratioOf(setting(p, 4));
}
/** Compresses the pair in place, keyed by the pair `keyLeft`, `keyRight`. Gain is updated every 4 frames. */
export function compProcess(at: usize, left: usize, right: usize, keyLeft: usize, keyRight: usize, count: i32): void {
  const c = changetype<Compressor>(at);
  let level = c.level;
  let gain = f32x4.splat(c.gain);
  const makeup = f32x4.splat(c.makeup);
  const along = f32x4(0.25, 0.5, 0.75, 1);
  for (let o: usize = 0; o < <usize>(count << 2); o += 16) {
    const key = f32x4.max(f32x4.abs(v128.load(keyLeft + o)), f32x4.abs(v128.load(keyRight + o)));
    const top = max(max(f32x4.extract_lane(key, 0), f32x4.extract_lane(key, 1)), max(f32x4.extract_lane(key, 2), f32x4.extract_lane(key, 3)));
    level += (top - level) * (top > level ? c.attack : c.release);
    if (level < 1e-9) level = 0;
    const over = level / c.threshold;
    const target = f32x4.splat(over > 1 ? NativeMathf.exp(-c.slope * NativeMathf.log(over)) : 1);
    const g = f32x4.mul(f32x4.add(gain, f32x4.mul(f32x4.sub(target, gain), along)), makeup);
    gain = target;
    v128.store(left + o, f32x4.mul(v128.load(left + o), g));
    v128.store(right + o, f32x4.mul(v128.load(right + o), g));
  }
  c.level = level;
  c.gain = f32x4.extract_lane(gain, 0);
}

const LINES: i32 = 8;
/** Feedback delay network of 8 lines with a Hadamard matrix (Jot 1991). */
@unmanaged
class Reverb {
  rings: usize = 0;
  size: i32 = 0;
  write: i32 = 0;
  lengths: usize = 0;
  gains: usize = 0;
  lows: usize = 0;
  pole: f32 = 0;
  pre: usize = 0;
  preMask: i32 = 0;
  preLength: i32 = 0;
}
/** Mutually prime lengths of the lines, 28 to 65 ms. */
const LENGTHS: StaticArray<i32> = [1361, 1553, 1777, 1993, 2239, 2521, 2803, 3119];
/** Lines of `size` (power of two) frames each. */
export function reverbMake(size: i32, preSize: i32): usize {
  const r = changetype<Reverb>(alloc(offsetof<Reverb>()));
  r.size = size;
  r.rings = alloc(size * LINES * 4);
  r.lengths = alloc(LINES * 4);
  r.gains = alloc(LINES * 4);
  r.lows = alloc(LINES * 4);
  r.pre = alloc(preSize * 4);
  r.preMask = preSize - 1;
  for (let k = 0; k < LINES; k++) store<i32>(r.lengths + (k << 2), LENGTHS[k]);
  return changetype<usize>(r);
}
/** Settings: seconds in which it falls by 60 dB, ms before it begins, damping 0..1. */
export function reverbSet(at: usize, p: usize): void {
  const r = changetype<Reverb>(at);
  for (let k = 0; k < LINES; k++) store<f32>(r.gains + (k << 2), <f32>NativeMath.exp((-6.907755278982137 * <f64>LENGTHS[k]) / RATE / max<f64>(setting(p, 0), 0.01)));
  r.preLength = min(<i32>nearest((setting(p, 1) / 1000) * RATE), r.preMask);
  r.pole = <f32>(1 - setting(p, 2));
}
/** Replaces the pair by its reverberation (wet only). */
export function reverbProcess(at: usize, left: usize, right: usize, count: i32): void {
  const r = changetype<Reverb>(at);
  const mask = r.size - 1;
  const row = r.size << 2;
  for (let i = 0; i < count; i++) {
    const p = r.pre + ((r.write & r.preMask) << 2);
    store<f32>(p, 0.5 * (load<f32>(left + (i << 2)) + load<f32>(right + (i << 2))));
    const x = load<f32>(r.pre + (((r.write - r.preLength) & r.preMask) << 2)) + <f32>1e-18;
    let a0: v128;
    let a1: v128;
    const lows = r.lows;
    // read, damp, scale
    for (let k = 0; k < LINES; k++) {
      const tap = load<f32>(r.rings + k * row + (((r.write - load<i32>(r.lengths + (k << 2))) & mask) << 2));
      const low = load<f32>(lows + (k << 2));
      store<f32>(lows + (k << 2), low + r.pole * (tap - low));
    }
    a0 = f32x4.mul(v128.load(lows), v128.load(r.gains));
    a1 = f32x4.mul(v128.load(lows + 16), v128.load(r.gains + 16));
    store<f32>(left + (i << 2), 0.5 * (f32x4.extract_lane(a0, 0) - f32x4.extract_lane(a0, 2) + f32x4.extract_lane(a1, 0) - f32x4.extract_lane(a1, 2)));
    store<f32>(right + (i << 2), 0.5 * (f32x4.extract_lane(a0, 1) - f32x4.extract_lane(a0, 3) + f32x4.extract_lane(a1, 1) - f32x4.extract_lane(a1, 3)));
    // Hadamard 8: three butterfly stages
    let s = f32x4.add(a0, a1);
    let d = f32x4.sub(a0, a1);
    s = mix4(s);
    d = mix4(d);
    const scale = f32x4.splat(0.35355339);
    const in4 = f32x4.splat(x * 0.5);
    a0 = f32x4.add(f32x4.mul(s, scale), in4);
    a1 = f32x4.sub(f32x4.mul(d, scale), in4);
    const w = (r.write & mask) << 2;
    store<f32>(r.rings + w, f32x4.extract_lane(a0, 0));
    store<f32>(r.rings + row + w, f32x4.extract_lane(a0, 1));
    store<f32>(r.rings + 2 * row + w, f32x4.extract_lane(a0, 2));
    store<f32>(r.rings + 3 * row + w, f32x4.extract_lane(a0, 3));
    store<f32>(r.rings + 4 * row + w, f32x4.extract_lane(a1, 0));
    store<f32>(r.rings + 5 * row + w, f32x4.extract_lane(a1, 1));
    store<f32>(r.rings + 6 * row + w, f32x4.extract_lane(a1, 2));
    store<f32>(r.rings + 7 * row + w, f32x4.extract_lane(a1, 3));
    r.write++;
  }
}
// @ts-ignore: decorator
@inline
function mix4(v: v128): v128 {
  const swapped = v128.shuffle<f32>(v, v, 2, 3, 0, 1);
  const a = f32x4.add(f32x4.mul(v, f32x4(1, 1, -1, -1)), swapped);
  const other = v128.shuffle<f32>(a, a, 1, 0, 3, 2);
  return f32x4.add(f32x4.mul(a, f32x4(1, -1, 1, -1)), other);
}

/** Ping-pong echo with a damped feedback path. */
@unmanaged
class Echo {
  ringL: usize = 0;
  ringR: usize = 0;
  mask: i32 = 0;
  write: i32 = 0;
  length: i32 = 0;
  feedback: f32 = 0;
  pole: f32 = 0;
  lowL: f32 = 0;
  lowR: f32 = 0;
}
/** Room for `size` (power of two) frames. */
export function echoMake(size: i32): usize {
  const e = changetype<Echo>(alloc(offsetof<Echo>()));
  e.ringL = alloc(size << 2);
  e.ringR = alloc(size << 2);
  e.mask = size - 1;
  e.length = size >> 1;
  return changetype<usize>(e);
}
/** Settings: feedback, damping 0..1. */
export function echoSet(at: usize, p: usize): void {
  const e = changetype<Echo>(at);
  e.feedback = <f32>setting(p, 0);
  e.pole = <f32>(1 - setting(p, 1));
}
/** Delay in frames from now on. */
export function echoTime(at: usize, length: i32): void {
  const e = changetype<Echo>(at);
  e.length = min(length, e.mask);
}
/** Replaces the pair by its echoes (wet only). */
export function echoProcess(at: usize, left: usize, right: usize, count: i32): void {
  const e = changetype<Echo>(at);
  for (let i = 0; i < count; i++) {
    const from = ((e.write - e.length) & e.mask) << 2;
    const tl = load<f32>(e.ringL + from) + <f32>1e-18;
    const tr = load<f32>(e.ringR + from) + <f32>1e-18;
    e.lowL += e.pole * (tl - e.lowL);
    e.lowR += e.pole * (tr - e.lowR);
    const to = (e.write & e.mask) << 2;
    const mono: f32 = 0.5 * (load<f32>(left + (i << 2)) + load<f32>(right + (i << 2)));
    store<f32>(e.ringL + to, mono + e.feedback * e.lowR);
    store<f32>(e.ringR + to, e.feedback * e.lowL);
    store<f32>(left + (i << 2), tl);
    store<f32>(right + (i << 2), tr);
    e.write++;
  }
}
