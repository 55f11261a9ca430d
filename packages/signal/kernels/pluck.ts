import { alloc } from "./memory";
import { nextNoise, white } from "./noise";

/** One loop of the string: a delay line with a loss filter and an allpass chain in feedback. */
@unmanaged
class Loop {
  ring: usize = 0;
  mask: i32 = 0;
  whole: i32 = 0;
  // Lagrange-3 taps of the fractional delay
  c0: f32 = 0;
  c1: f32 = 0;
  c2: f32 = 0;
  c3: f32 = 0;
  b0: f32 = 0; // loss: b0 x + b1 x[-1] - a1 y[-1]
  b1: f32 = 0;
  a1: f32 = 0;
  x1: f32 = 0;
  y1: f32 = 0;
  dispersion: f32 = 0;
  p0: f32 = 0;
  p1: f32 = 0;
  q0: f32 = 0;
  q1: f32 = 0;
}

/** A plucked string with two polarisations; see `signal/src/pluck.ts` for the parameters. */
@unmanaged
class Pluck {
  v: usize = 0; // vertical loop
  h: usize = 0; // horizontal loop
  write: i32 = 0;
  couple: f32 = 0;
  horizontal: f32 = 0;
  // excitation: a raised-cosine push, its reflection from the pluck point, and nail noise
  pulse: i32 = 0;
  pulseLength: i32 = 0;
  comb: i32 = 0;
  force: f32 = 0;
  nail: f32 = 0;
  nailDecay: f32 = 0;
  nailLow: f32 = 0;
  nailTone: f32 = 0;
  seed: u32 = 0;
  age: i32 = 0;
  level: f32 = 0;
  fade: f32 = 0;
  fadeStep: f32 = 0;
  bend: f32 = 0; // tension: relative shortening of the delay at full level
  damp: f32 = 0;
}

function makeLoop(size: i32): usize {
  const loop = changetype<Loop>(alloc(offsetof<Loop>()));
  loop.ring = alloc(size << 2);
  loop.mask = size - 1;
  return changetype<usize>(loop);
}

/** A string whose longest period is `size` frames (a power of two). */
export function pluckMake(size: i32): usize {
  const p = changetype<Pluck>(alloc(offsetof<Pluck>()));
  p.v = makeLoop(size);
  p.h = makeLoop(size);
  p.age = i32.MAX_VALUE;
  return changetype<usize>(p);
}

/** Sets one loop (0 vertical, 1 horizontal): delay in frames, loss filter, allpass coefficient. */
export function pluckTune(at: usize, which: i32, delay: f64, b0: f32, b1: f32, a1: f32, dispersion: f32): void {
  const p = changetype<Pluck>(at);
  const loop = changetype<Loop>(which == 0 ? p.v : p.h);
  const whole = <i32>NativeMath.floor(delay) - 1;
  const d = delay - <f64>whole; // in [1, 2)
  loop.whole = whole;
  loop.c0 = <f32>((-(d - 1) * (d - 2) * (d - 3)) / 6);
  loop.c1 = <f32>((d * (d - 2) * (d - 3)) / 2);
  loop.c2 = <f32>((-d * (d - 1) * (d - 3)) / 2);
  loop.c3 = <f32>((d * (d - 1) * (d - 2)) / 6);
  loop.b0 = b0;
  loop.b1 = b1;
  loop.a1 = a1;
  loop.dispersion = dispersion;
}

/** Strikes the string: it starts from rest. */
export function pluckStrike(
  at: usize, force: f32, pulseLength: i32, comb: i32, nail: f32, nailDecay: f32, nailTone: f32,
  couple: f32, horizontal: f32, bend: f32, seed: u32,
): void {
  const p = changetype<Pluck>(at);
  for (let which = 0; which < 2; which++) {
    const loop = changetype<Loop>(which == 0 ? p.v : p.h);
    memory.fill(loop.ring, 0, <usize>((loop.mask + 1) << 2));
    loop.x1 = loop.y1 = loop.p0 = loop.p1 = loop.q0 = loop.q1 = 0;
  }
  p.write = 0;
  p.force = force;
  p.pulse = 0;
  p.pulseLength = pulseLength;
  p.comb = comb;
  p.nail = nail;
  p.nailDecay = nailDecay;
  p.nailTone = nailTone;
  p.nailLow = 0;
  p.couple = couple;
  p.horizontal = horizontal;
  p.bend = bend;
  p.seed = seed;
  p.age = 0;
  p.level = 1;
  p.fade = 1;
  p.fadeStep = 0;
}

/** Lets the string die within `frames`: the finger touches it. */
export function pluckRelease(at: usize, frames: i32): void {
  const p = changetype<Pluck>(at);
  const step = <f32>1 / <f32>frames;
  if (step > p.fadeStep) p.fadeStep = step;
}

/** 1 while the string still sounds. */
export function pluckSounds(at: usize): i32 {
  const p = changetype<Pluck>(at);
  return p.age != i32.MAX_VALUE ? 1 : 0;
}

// @ts-ignore: decorator
@inline
function turn(loop: Loop, write: i32, input: f32, shift: i32, part: f32): f32 {
  const ring = loop.ring;
  const mask = loop.mask;
  const from = write - loop.whole + shift;
  const r0 = load<f32>(ring + ((from & mask) << 2));
  const r1 = load<f32>(ring + (((from - 1) & mask) << 2));
  const r2 = load<f32>(ring + (((from - 2) & mask) << 2));
  const r3 = load<f32>(ring + (((from - 3) & mask) << 2));
  let tap = loop.c0 * r0 + loop.c1 * r1 + loop.c2 * r2 + loop.c3 * r3;
  tap += part * (r0 - r1) * 0.5 + part * (r1 - r2) * 0.5; // tension shortens the loop by `part` frames
  const lost = loop.b0 * tap + loop.b1 * loop.x1 - loop.a1 * loop.y1;
  loop.x1 = tap;
  loop.y1 = lost;
  const d = loop.dispersion;
  const u = d * lost + loop.p0 - d * loop.q0;
  loop.p0 = lost;
  loop.q0 = u;
  const w = d * u + loop.p1 - d * loop.q1;
  loop.p1 = u;
  loop.q1 = w;
  const next = w + input;
  store<f32>(ring + ((write & mask) << 2), next);
  return next;
}

/** Adds `count` frames of the string to `out`. */
export function pluckProcess(at: usize, out: usize, count: i32): void {
  const p = changetype<Pluck>(at);
  if (p.age == i32.MAX_VALUE) return;
  const v = changetype<Loop>(p.v);
  const h = changetype<Loop>(p.h);
  let write = p.write;
  let pulse = p.pulse;
  let nail = p.nail;
  let seed = p.seed;
  let fade = p.fade;
  let level = p.level;
  let peak: f32 = 0;
  const last = p.pulseLength + p.comb;
  const step = <f32>(2 * Math.PI) / <f32>p.pulseLength;
  for (let i = 0; i < count; i++) {
    let drive: f32 = 0;
    if (pulse < last) {
      if (pulse < p.pulseLength) drive += 0.5 - 0.5 * NativeMathf.cos(step * (<f32>pulse + 0.5));
      const back = pulse - p.comb;
      if (back >= 0) drive -= 0.5 - 0.5 * NativeMathf.cos(step * (<f32>back + 0.5));
      drive *= p.force;
      pulse++;
    }
    if (nail > 1e-5) {
      seed = nextNoise(seed);
      p.nailLow += p.nailTone * (white(seed) - p.nailLow);
      drive += nail * p.nailLow;
      nail *= p.nailDecay;
    }
    const part = p.bend * level;
    const a = turn(v, write, drive, 0, part);
    const b = turn(h, write, drive * p.horizontal + p.couple * a, 0, part);
    write++;
    const y = (a + p.horizontal * b) * fade;
    if (p.fadeStep > 0) {
      fade -= p.fadeStep;
      if (fade <= 0) {
        p.age = i32.MAX_VALUE;
        store<f32>(out + (i << 2), load<f32>(out + (i << 2)) + y);
        return;
      }
    }
    const m = y < 0 ? -y : y;
    if (m > peak) peak = m;
    level *= <f32>0.9996;
    store<f32>(out + (i << 2), load<f32>(out + (i << 2)) + y);
  }
  p.write = write;
  p.pulse = pulse;
  p.nail = nail;
  p.seed = seed;
  p.fade = fade;
  p.level = level;
  p.age += count;
  // silent voices retire; this also keeps denormals out of the loops
  if (peak < 1e-5 && p.age > 4800) p.age = i32.MAX_VALUE;
}
