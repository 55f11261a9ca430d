import { tapped } from "./delay-line";
import { alloc, arg, arg32 } from "./memory";
import { nextNoise, white } from "./noise";
import { RATE } from "./units";

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
  level: f32 = 0; // loudness asked for, and now
  loud: f32 = 0;
  looked: i32 = 0; // frames since its loudness was looked at, and the greatest value since
  peak: f32 = 0;
}
/** Part of the way to its loudness that it goes in a frame: 31 ms. */
const PACE: f32 = 1.0 / 1500;
export function reedMake(size: i32, rate: f32): usize {
  const r = changetype<Reed>(alloc(offsetof<Reed>()));
  r.ring = alloc(size << 2);
  r.mask = size - 1;
  r.loud = r.level = 1;
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
/** Noise of breath against its pressure. */
const BREATH_NOISE: f32 = 0.035;
/** Breath: pressure (1 closes the reed), frames to reach it. */
function blow(r: Reed, pressure: f32, frames: f32, seed: i32): void {
  r.breath = pressure;
  // four frames at least: the pressure follows four times this fast
  r.swell = 1 / max<f32>(frames, 4);
  r.noise = BREATH_NOISE;
  if (r.alive == 0 && pressure > 0) {
    memory.fill(r.ring, 0, <usize>(r.mask + 1) << 2);
    r.seed = <u32>seed;
    r.mouth = r.x = r.dx = r.low = r.high = r.ear = r.earBefore = r.out = 0;
    r.turns = -6;
    r.since = 0;
    r.alive = 1;
    r.looked = 0;
    r.peak = 0;
  }
}
/** A note: pressure, and the loudness to which it goes on from where it is, 14 dB an octave. Handed over: velocity, seconds in which a soft tongue lets it speak. */
export function reedNote(at: usize, isBound: i32, seed: i32): void {
  const r = changetype<Reed>(at);
  const force = min<f64>(arg(0), 1);
  const attack: f64 = isBound != 0 ? 0.05 : arg(1) - 0.02 * force;
  const frames: f64 = attack * RATE;
  const pressure: f64 = 0.56 + 0.2 * force;
  blow(r, <f32>pressure, <f32>frames, seed);
  const octaves: f64 = NativeMath.log((0.25 + force) / 1.05) * 1.4426950408889634;
  const level: f64 = 0.5 * NativeMath.exp(14 * octaves * 0.11512925464970229);
  r.level = <f32>level;
}
/** No more breath, within so many frames. */
export function reedEnd(at: usize, frames: i32): void {
  blow(changetype<Reed>(at), 0, <f32>frames, 1);
}
/** `fresh` forgets what the ear had found for the pitch before. Handed over: pitch in Hz, and where the ear begins, frames. */
export function reedPitch(at: usize, fresh: i32): void {
  const r = changetype<Reed>(at);
  r.hertz = arg32(0);
  if (fresh != 0) {
    r.trim = arg32(1);
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
  for (let i = 0; i < count; i++) {
    r.mouth += (r.breath - r.mouth) * r.swell * 4;
    r.seed = nextNoise(r.seed);
    const mouth = r.mouth * (1 + r.noise * white(r.seed));
    // half a period there and back: a closed-open tube
    const wanted = min<f32>(max<f32>(period * <f32>0.5 + r.trim, 4), limit);
    r.length += (wanted - r.length) * (r.length == 0 ? <f32>1 : <f32>0.004);
    const tap = tapped(r.ring, r.mask, r.write, r.length);
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
    if (m > r.peak) r.peak = m;
    r.loud += (r.level - r.loud) * PACE;
    store<f32>(out + (i << 2), load<f32>(out + (i << 2)) + sound * r.loud);
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
    // every 128 frames of its own, so that it falls silent on the same frame wherever a block is cut
    if (++r.looked < 128) continue;
    if (r.breath == 0 && r.peak < 1e-5) {
      r.alive = 0;
      return;
    }
    r.looked = 0;
    r.peak = 0;
  }
}
