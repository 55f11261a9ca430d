import { alloc } from "./memory";
import { bounded, radians, RATE, setting } from "./units";

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
export function chorusMake(): usize {
  const c = changetype<Chorus>(alloc(offsetof<Chorus>()));
  c.ring = alloc(4096 << 2);
  c.mask = 4095;
  c.c = 1;
  return changetype<usize>(c);
}
/** Settings: turns a second, depth and centre of the delays in ms. */
export function chorusSet(at: usize, p: usize): void {
  const c = changetype<Chorus>(at);
  const turn = bounded(setting(p, 0), 0, 20) / RATE;
  const perMs = RATE / 1000;
  c.centre = <f32>bounded(bounded(setting(p, 2), 0.1, 60) * perMs, 8, 3000);
  c.depth = min<f32>(<f32>(bounded(setting(p, 1), 0.1, 60) * perMs), c.centre - 4);
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
  mix: f32 = -1; // as it stands; it goes to what is set in sixteen frames
  mixStep: f32 = 0;
  mixLeft: i32 = 0;
}
export function phaserMake(): usize {
  const p = changetype<Phaser>(alloc(offsetof<Phaser>()));
  p.z = alloc(48);
  p.mix = -1;
  p.c = 1;
  return changetype<usize>(p);
}
/** Settings: Hz between which the corner sweeps, sweeps a second, feedback, share of it. */
export function phaserSet(at: usize, settings: usize): void {
  const p = changetype<Phaser>(at);
  const turn = setting(settings, 2) / RATE;
  p.turnC = <f32>NativeMath.cos(2 * Math.PI * turn * 16);
  p.turnS = <f32>NativeMath.sin(2 * Math.PI * turn * 16);
  p.low = <f32>radians(setting(settings, 0));
  p.high = <f32>radians(setting(settings, 1));
  p.feedback = <f32>bounded(setting(settings, 3), -0.9, 0.9);
  const mix = <f32>bounded(setting(settings, 4), 0, 1);
  if (p.mix < 0) p.mix = mix;
  p.mixStep = (mix - p.mix) * <f32>0.0625;
  p.mixLeft = mix == p.mix ? 0 : 16;
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
    if (p.mixLeft > 0) {
      p.mixLeft--;
      p.mix += p.mixStep;
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
