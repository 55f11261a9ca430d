import { alloc } from "./memory";

/** Three delays that wander apart, for each side its own way: a chorus (Dattorro, JAES 45 (1997)). */
@unmanaged
class Chorus {
  ring: usize = 0;
  mask: i32 = 0;
  write: i32 = 0;
  centre: f32 = 0;
  depth: f32 = 0;
  // three oscillators that turn, 120 degrees apart
  c: f32 = 0;
  s: f32 = 0;
  turnC: f32 = 0;
  turnS: f32 = 0;
  pole: f32 = 0;
  low: f32 = 0;
}
/** Centre and depth in frames, turns per frame. */
export function chorusMake(centre: f32, depth: f32, turn: f64): usize {
  const c = changetype<Chorus>(alloc(offsetof<Chorus>()));
  c.ring = alloc(4096 << 2);
  c.mask = 4095;
  c.c = 1;
  chorusSet(changetype<usize>(c), centre, depth, turn);
  return changetype<usize>(c);
}
/** Sets a chorus otherwise while it runs. */
export function chorusSet(at: usize, centre: f32, depth: f32, turn: f64): void {
  const c = changetype<Chorus>(at);
  c.centre = min<f32>(max<f32>(centre, 8), 3000);
  c.depth = min<f32>(max<f32>(depth, 0), c.centre - 4);
  c.turnC = <f32>NativeMath.cos(2 * Math.PI * turn);
  c.turnS = <f32>NativeMath.sin(2 * Math.PI * turn);
}
// @ts-ignore: decorator
@inline
function tap(ring: usize, mask: i32, write: i32, delay: f32): f32 {
  const whole = <i32>delay;
  const part = delay - <f32>whole;
  const a = load<f32>(ring + (((write - whole) & mask) << 2));
  const b = load<f32>(ring + (((write - whole - 1) & mask) << 2));
  return a + (b - a) * part;
}
/** Replaces the pair by its chorus (wet only). */
export function chorusProcess(at: usize, left: usize, right: usize, count: i32): void {
  const k = changetype<Chorus>(at);
  let c = k.c;
  let s = k.s;
  for (let i = 0; i < count; i++) {
    const o = i << 2;
    store<f32>(k.ring + ((k.write & k.mask) << 2), 0.5 * (load<f32>(left + o) + load<f32>(right + o)));
    const c2: f32 = c * <f32>-0.5 - s * <f32>0.8660254;
    const c3: f32 = c * <f32>-0.5 + s * <f32>0.8660254;
    const a = tap(k.ring, k.mask, k.write, k.centre + k.depth * c);
    const b = tap(k.ring, k.mask, k.write, k.centre + k.depth * c2);
    const d = tap(k.ring, k.mask, k.write, k.centre + k.depth * c3);
    store<f32>(left + o, a + <f32>0.5 * b - <f32>0.3 * d);
    store<f32>(right + o, d + <f32>0.5 * b - <f32>0.3 * a);
    const next = c * k.turnC - s * k.turnS;
    s = c * k.turnS + s * k.turnC;
    c = next;
    k.write++;
  }
  // keep the oscillator on its circle
  const r = <f32>1.5 - <f32>0.5 * (c * c + s * s);
  k.c = c * r;
  k.s = s * r;
}

/** Six allpasses whose corner sweeps, mixed with the dry sound: a phaser. */
@unmanaged
class Phaser {
  z: usize = 0; // 12 states
  c: f32 = 0;
  s: f32 = 0;
  turnC: f32 = 0;
  turnS: f32 = 0;
  low: f32 = 0;
  high: f32 = 0;
  feedback: f32 = 0;
  lastL: f32 = 0;
  lastR: f32 = 0;
  mix: f32 = 0;
}
/** Corner sweeps between `low` and `high` (radians a frame); turns per frame of the sweep. */
export function phaserMake(low: f32, high: f32, turn: f64, feedback: f32, mix: f32): usize {
  const p = changetype<Phaser>(alloc(offsetof<Phaser>()));
  p.z = alloc(48);
  p.c = 1;
  phaserSet(changetype<usize>(p), low, high, turn, feedback, mix);
  return changetype<usize>(p);
}
/** Sets a phaser otherwise while it runs. */
export function phaserSet(at: usize, low: f32, high: f32, turn: f64, feedback: f32, mix: f32): void {
  const p = changetype<Phaser>(at);
  p.turnC = <f32>NativeMath.cos(2 * Math.PI * turn * 16);
  p.turnS = <f32>NativeMath.sin(2 * Math.PI * turn * 16);
  p.low = low;
  p.high = high;
  p.feedback = min<f32>(max<f32>(feedback, -0.9), 0.9);
  p.mix = mix;
}
/** Phases the pair in place; the sweep moves every 16 frames. */
export function phaserProcess(at: usize, left: usize, right: usize, count: i32): void {
  const p = changetype<Phaser>(at);
  let gL: f32 = 0;
  let gR: f32 = 0;
  for (let i = 0; i < count; i++) {
    if ((i & 15) == 0) {
      const next = p.c * p.turnC - p.s * p.turnS;
      p.s = p.c * p.turnS + p.s * p.turnC;
      p.c = next;
      const wide = p.high - p.low;
      gL = corner(p.low + wide * (0.5 + <f32>0.5 * p.c));
      gR = corner(p.low + wide * (0.5 + <f32>0.5 * p.s));
    }
    const o = i << 2;
    const dryL = load<f32>(left + o);
    const dryR = load<f32>(right + o);
    let l = dryL + p.feedback * p.lastL + <f32>1e-18;
    let r = dryR + p.feedback * p.lastR + <f32>1e-18;
    for (let k = 0; k < 6; k++) {
      const z = p.z + (k << 3);
      const yl = gL * l + load<f32>(z);
      store<f32>(z, l - gL * yl);
      l = yl;
      const yr = gR * r + load<f32>(z + 4);
      store<f32>(z + 4, r - gR * yr);
      r = yr;
    }
    p.lastL = l;
    p.lastR = r;
    store<f32>(left + o, dryL + (l - dryL) * p.mix);
    store<f32>(right + o, dryR + (r - dryR) * p.mix);
  }
  const k = <f32>1.5 - <f32>0.5 * (p.c * p.c + p.s * p.s);
  p.c *= k;
  p.s *= k;
}
// @ts-ignore: decorator
@inline
function corner(w: f32): f32 {
  // allpass coefficient of a corner at w: (tan(w / 2) - 1) / (tan(w / 2) + 1), tan by its series
  const x = w * <f32>0.5;
  const t = x * (1 + x * x * (<f32>0.33333333 + x * x * <f32>0.13333333));
  return (t - 1) / (t + 1);
}
