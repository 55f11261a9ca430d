import { alloc, arg, arg32 } from "./memory";
import { RATE } from "./units";

/**
 * A stiff, lossy string over a curved bridge, by finite differences: u_tt = c^2 u_xx - K^2 u_xxxx - 2 s0 u_t + 2 s1 u_txx + contact,
 * length 1. Where the string meets the bridge it is pushed back by a stiff spring, whose energy is kept exactly by a
 * quadratised potential, so the step is explicit and cannot blow up (Ducceschi, Bilbao, Willemsen, Serafin, JASA 149 (2021);
 * tanpura: van Walstijn, Bridges, Mehes 2016). The bridge's buzz, jivari, comes of this contact alone.
 */
@unmanaged
class Jivari {
  n: i32 = 0; // inner points
  now: usize = 0; // two zeros at each end
  last: usize = 0;
  next: usize = 0;
  contact: i32 = 0; // points that may touch, from the bridge end
  bridge: usize = 0; // its height at these
  psi: usize = 0;
  // u+ = a0 u + a1 (u[1] + u[-1]) + a2 (u[2] + u[-2]) + b0 u- + b1 (u-[1] + u-[-1])
  a0: f32 = 0;
  a1: f32 = 0;
  a2: f32 = 0;
  b0: f32 = 0;
  b1: f32 = 0;
  stiff: f32 = 0; // k sqrt(spring)
  gain: f32 = 0; // of a force: 1 / (1 + s0 k)
  pull: f32 = 0; // finger: force now, place, frames left
  place: i32 = 0;
  left: i32 = 0;
  whole: i32 = 0;
  out1: f32 = 0;
  quiet: i32 = 0;
}
/** Room for a string of `room` points. */
export function jivariMake(room: i32): usize {
  const s = changetype<Jivari>(alloc(offsetof<Jivari>()));
  const bytes = (room + 8) << 2;
  s.now = alloc(bytes) + 16;
  s.last = alloc(bytes) + 16;
  s.next = alloc(bytes) + 16;
  s.bridge = alloc(256);
  s.psi = alloc(256);
  s.quiet = 1 << 30;
  return changetype<usize>(s);
}
/**
 * Sets pitch and nature; the string comes to rest. `contact` points (at most 60) may touch. Handed over: a0, a1, a2, b0, b1, stiffness, gain
 * as `engine/src/tanpura.ts` makes them.
 */
export function jivariSet(at: usize, n: i32, contact: i32): void {
  const s = changetype<Jivari>(at);
  if (n != s.n) {
    memory.fill(s.now - 16, 0, (max(n, s.n) + 8) << 2);
    memory.fill(s.last - 16, 0, (max(n, s.n) + 8) << 2);
    memory.fill(s.next - 16, 0, (max(n, s.n) + 8) << 2);
    memory.fill(s.psi, 0, 256);
  }
  s.n = n;
  s.a0 = arg32(0);
  s.a1 = arg32(1);
  s.a2 = arg32(2);
  s.b0 = arg32(3);
  s.b1 = arg32(4);
  s.stiff = arg32(5);
  s.gain = arg32(6);
  s.contact = min(contact, 60);
}
/** Height of the bridge (handed over) under point `i`, from the bridge end. */
export function jivariBridge(at: usize, i: i32): void {
  if (i >= 0 && i < 60) store<f32>(changetype<Jivari>(at).bridge + (i << 2), arg32(0));
}
/**
 * The flesh of a finger pulls the string at a little under half its length for about 8 ms and lets go; `chance` of a thousand moves both. Handed
 * over: velocity.
 */
export function jivariPluck(at: usize, chance: i32): void {
  const s = changetype<Jivari>(at);
  const stray: f64 = <f64>chance / 1000;
  const points = <f64>s.n;
  const force: f64 = 4.5e-5 * NativeMath.pow(min<f64>(arg(0), 1.2) / 0.7, 1.2) * (190 / points);
  const frames: f64 = (0.009 + 0.003 * stray) * RATE;
  s.place = min(max(<i32>Math.floor(points * (0.42 + 0.03 * stray) + 0.5), 1), s.n - 2);
  s.pull = <f32>force;
  s.left = s.whole = <i32>Math.floor(frames + 0.5);
  s.quiet = 0;
}
export function jivariSounds(at: usize): i32 {
  return changetype<Jivari>(at).quiet < 24000 ? 1 : 0;
}
/** Brings the string to rest. */
export function jivariRest(at: usize): void {
  const s = changetype<Jivari>(at);
  memory.fill(s.now - 16, 0, (s.n + 8) << 2);
  memory.fill(s.last - 16, 0, (s.n + 8) << 2);
  memory.fill(s.psi, 0, 256);
  s.left = 0;
  s.quiet = 1 << 30;
}

/** Adds `count` frames of the force on the bridge to `out`. */
export function jivariProcess(at: usize, out: usize, count: i32): void {
  const s = changetype<Jivari>(at);
  if (s.quiet >= 24000) return;
  const n = s.n;
  const a0 = f32x4.splat(s.a0);
  const a1 = f32x4.splat(s.a1);
  const a2 = f32x4.splat(s.a2);
  const b0 = f32x4.splat(s.b0);
  const b1 = f32x4.splat(s.b1);
  let u = s.now;
  let v = s.last;
  let w = s.next;
  let peak: f32 = 0;
  for (let t = 0; t < count; t++) {
    for (let i = 0; i < n; i += 4) {
      const o = <usize>(i << 2);
      const c = v128.load(u + o);
      const near = f32x4.add(v128.load(u + o - 4), v128.load(u + o + 4));
      const far = f32x4.add(v128.load(u + o - 8), v128.load(u + o + 8));
      const old = v128.load(v + o);
      const oldNear = f32x4.add(v128.load(v + o - 4), v128.load(v + o + 4));
      let x = f32x4.add(f32x4.mul(a0, c), f32x4.mul(a1, near));
      x = f32x4.add(x, f32x4.mul(a2, far));
      x = f32x4.add(x, f32x4.mul(b0, old));
      v128.store(w + o, f32x4.add(x, f32x4.mul(b1, oldNear)));
    }
    // both ends are held: odd mirror images beyond them
    for (let i = n; i < n + 6; i++) store<f32>(w + (i << 2), 0);
    if (s.left > 0) {
      const phase = <f32>(s.whole - s.left) / <f32>s.whole;
      const shape: f32 = phase < 0.9 ? phase * phase * (3 - 2 * phase) : (1 - phase) * <f32>9.7;
      const o = s.place << 2;
      store<f32>(w + o, load<f32>(w + o) + s.gain * s.pull * shape);
      s.left--;
    }
    let push: f32 = 0;
    for (let i = 0; i < s.contact; i++) {
      const o = i << 2;
      const height = load<f32>(s.bridge + o);
      const eta = height - load<f32>(u + o);
      const psi = load<f32>(s.psi + o);
      if (eta <= 0 && psi == 0) continue;
      const g: f32 = eta > 0 ? s.stiff : 0;
      const before = load<f32>(v + o);
      const beta = s.gain * g * g * <f32>0.25;
      const after = (load<f32>(w + o) + s.gain * g * psi + beta * before) / (1 + beta);
      store<f32>(w + o, after);
      const grown = psi + 0.5 * g * (before - after);
      push += g * (psi + grown) * <f32>0.5;
      // the spring is empty once the string has left
      store<f32>(s.psi + o, eta > 0 ? max<f32>(grown, 0) : 0);
    }
    const force = load<f32>(w) * 2 - load<f32>(w + 4) * <f32>0.5 - push * <f32>0.35;
    // what the bridge radiates follows its velocity
    const y = force - s.out1;
    s.out1 = force;
    const m = abs(y);
    if (m > peak) peak = m;
    store<f32>(out + (t << 2), load<f32>(out + (t << 2)) + y);
    const old = v;
    v = u;
    u = w;
    w = old;
    // mirror: u[-1] = -u[1] for a supported end, with u[0] beyond the first inner point
    store<f32>(u - 4, 0);
    store<f32>(u - 8, -load<f32>(u));
    store<f32>(u + (n << 2), 0);
    store<f32>(u + ((n + 1) << 2), -load<f32>(u + ((n - 1) << 2)));
  }
  s.now = u;
  s.last = v;
  s.next = w;
  s.quiet = peak < 4e-9 && s.left == 0 ? s.quiet + count : 0;
  if (s.quiet >= 24000) jivariRest(at);
}
