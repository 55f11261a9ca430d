import { alloc } from "./memory";
import { nextNoise, white } from "./noise";

/**
 * A double reed on a cylinder: the reed is a heavy, strongly damped spring of low resonance that closes as the mouth presses,
 * the bore a delay whose open end turns the wave round (Smith, PASP; reed with mass: Dalmont, Acta Acustica 8 (2024) 60,
 * on the duduk). The player listens: the length is drawn to the pitch that is asked for, as lips do.
 */
@unmanaged
class Reed {
  ring: usize = 0;
  mask: i32 = 0;
  write: i32 = 0;
  rate: f32 = 0;
  hertz: f32 = 0; // asked for
  length: f32 = 0; // of the bore now, frames
  trim: f32 = 0; // what the player's ear has found, frames
  mouth: f32 = 0;
  breath: f32 = 0; // pressure asked for
  swell: f32 = 0; // step towards it per frame
  noise: f32 = 0;
  seed: u32 = 1;
  // reed: displacement and velocity, resonance
  x: f32 = 0;
  dx: f32 = 0;
  w: f32 = 0;
  damp: f32 = 0;
  stiffness: f32 = 0;
  low: f32 = 0; // end of the bore
  high: f32 = 0;
  // the player's ear
  ear: f32 = 0;
  earBefore: f32 = 0;
  since: f32 = 0;
  heard: f32 = 0;
  turns: i32 = 0;
  dull: f32 = 0;
  bend: f32 = 0;
  out: f32 = 0;
  alive: i32 = 0;
}
export function reedMake(size: i32, rate: f32): usize {
  const r = changetype<Reed>(alloc(offsetof<Reed>()));
  r.ring = alloc(size << 2);
  r.mask = size - 1;
  r.rate = rate;
  return changetype<usize>(r);
}
/** The reed: resonance in Hz, damping (2 = critical), how far a unit of pressure closes it, loss at the bore's end 0..1, share of the square. */
export function reedSet(at: usize, resonance: f32, damping: f32, stiffness: f32, dull: f32, square: f32): void {
  const r = changetype<Reed>(at);
  r.w = (<f32>(2 * Math.PI) * min<f32>(max<f32>(resonance, 50), 2500)) / r.rate;
  r.damp = damping;
  r.stiffness = stiffness;
  r.dull = dull;
  r.bend = square;
}
/** Breath: pressure (1 closes the reed), frames to reach it, noise in it. */
export function reedBlow(at: usize, pressure: f32, frames: f32, noise: f32, seed: u32): void {
  const r = changetype<Reed>(at);
  r.breath = pressure;
  // four frames at least: the pressure follows four times this fast
  r.swell = 1 / max<f32>(frames, 4);
  r.noise = noise;
  if (r.alive == 0 && pressure > 0) {
    memory.fill(r.ring, 0, <usize>(r.mask + 1) << 2);
    r.seed = seed;
    r.mouth = r.x = r.dx = r.low = r.high = r.ear = r.earBefore = r.out = 0;
    r.turns = -6;
    r.since = 0;
    r.alive = 1;
  }
}
/** Pitch in Hz. `fresh` forgets what the ear had found for the pitch before; `trim` is where it begins, frames. */
export function reedPitch(at: usize, hertz: f32, fresh: i32, trim: f32): void {
  const r = changetype<Reed>(at);
  r.hertz = hertz;
  if (fresh != 0) {
    r.trim = trim;
    r.turns = -4;
    r.heard = 0;
  }
}
export function reedSounds(at: usize): i32 {
  return changetype<Reed>(at).alive;
}
/** What the player's ear has found, frames. */
export function reedTrim(at: usize): f32 {
  return changetype<Reed>(at).trim;
}

/** Adds `count` frames to `out`. */
export function reedProcess(at: usize, out: usize, count: i32): void {
  const r = changetype<Reed>(at);
  if (r.alive == 0) return;
  const period = r.rate / max<f32>(r.hertz, 20);
  const limit = <f32>(r.mask - 4);
  let peak: f32 = 0;
  for (let i = 0; i < count; i++) {
    r.mouth += (r.breath - r.mouth) * r.swell * 4;
    r.seed = nextNoise(r.seed);
    const mouth = r.mouth * (1 + r.noise * white(r.seed));
    // half a period there and back: a closed-open tube
    const wanted = min<f32>(max<f32>(period * <f32>0.5 + r.trim, 4), limit);
    r.length += (wanted - r.length) * (r.length == 0 ? <f32>1 : <f32>0.004);
    const whole = <i32>r.length;
    const part = r.length - <f32>whole;
    const p = r.write - whole;
    const y0 = load<f32>(r.ring + (((p + 1) & r.mask) << 2));
    const y1 = load<f32>(r.ring + ((p & r.mask) << 2));
    const y2 = load<f32>(r.ring + (((p - 1) & r.mask) << 2));
    const y3 = load<f32>(r.ring + (((p - 2) & r.mask) << 2));
    // third-order Lagrange between y1 and y2
    const d = part;
    const tap = y1 + d * (-y0 * <f32>0.33333333 - y1 * <f32>0.5 + y2 - y3 * <f32>0.16666667 + d * (y0 * <f32>0.5 - y1 + y2 * <f32>0.5 + d * (-y0 + 3 * y1 - 3 * y2 + y3) * <f32>0.16666667));
    // the open end: inverted, dulled
    r.low += (1 - r.dull) * (tap - r.low);
    const back = <f32>-0.96 * r.low;
    // the reed feels the difference of pressures and follows it slowly
    const difference = back - mouth;
    r.dx += r.w * (difference - r.x - r.damp * r.dx);
    r.x += r.w * r.dx;
    // share of the wave that it turns back: the more, the further it closes (STK's clarinet: 0.7 - 0.3 dp)
    const reflect = min<f32>(max<f32>(<f32>0.7 - r.stiffness * r.x, -1), 1);
    const forth = mouth + difference * reflect;
    store<f32>(r.ring + ((r.write & r.mask) << 2), forth);
    r.write++;
    // flow through the staple grows with the square of pressure: what the even partials come from
    const wave = tap + r.bend * tap * tap;
    const sound = wave - r.high;
    r.high += <f32>0.06 * sound;
    r.out = sound;
    const m = abs(sound);
    if (m > peak) peak = m;
    store<f32>(out + (i << 2), load<f32>(out + (i << 2)) + sound);
    // the ear: turns of the low-passed wave, eight at a time
    r.ear += <f32>0.03 * (tap - r.ear);
    r.since += 1;
    if (r.earBefore < 0 && r.ear >= 0) {
      const exact = r.since - r.ear / (r.ear - r.earBefore);
      if (exact > period * <f32>0.7) {
        if (r.turns >= 0 && exact < period * <f32>1.4) r.heard += exact;
        r.since -= exact;
        r.turns++;
        if (r.turns == 8) {
          const off = period - r.heard * <f32>0.125;
          if (r.heard > 0) r.trim += min<f32>(max<f32>(off * <f32>0.3, -4), 4);
          r.heard = 0;
          r.turns = 0;
        }
      }
    }
    r.earBefore = r.ear;
  }
  if (r.breath == 0 && peak < 1e-5) r.alive = 0;
}
