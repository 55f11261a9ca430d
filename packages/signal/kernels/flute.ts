import { tapped } from "./delay-line";
import { alloc, arg, arg32 } from "./memory";
import { nextNoise, white } from "./noise";
import { bounded, RATE } from "./units";

/**
 * An end-blown flute: a bore open at both ends, and a jet that the air at its mouth turns aside; what reaches the edge drives
 * the bore again, as late as the jet travels (Fletcher and Rossing, The Physics of Musical Instruments, ch. 16; saturating jet: Verge,
 * Hirschberg, Causse, JASA 101 (1997) 2914). Half a turn of the wanted partial on the way makes that partial speak: overblowing.
 * The bore is as long as `partial` turns, so that lower partials are in the breath's noise. A voice may hum into it.
 * The player listens, as in `reed.ts`.
 */
@unmanaged
class Flute {
  ring: usize = 0;
  jet: usize = 0;
  mask: i32 = 0;
  write: i32 = 0;
  rate: f32 = 0;
  hertz: f32 = 0;
  partial: f32 = 1;
  length: f32 = 0; // of the bore there and back, frames
  trim: f32 = 0;
  breath: f32 = 0;
  mouth: f32 = 0;
  swell: f32 = 0;
  noise: f32 = 0;
  seed: u32 = 1;
  grain: f32 = 0;
  sway: f32 = 0;
  dull: f32 = 0;
  lean: f32 = 0; // of the jet to one side of the edge
  low: f32 = 0;
  aside: f32 = 0; // of the jet
  still: f32 = 0; // DC of the bore
  heardDc: f32 = 0;
  // the voice
  hum: f32 = 0;
  humNow: f32 = 0;
  turn: f32 = 0; // turns a frame
  phase: f32 = 0;
  flow: f32 = 0;
  // two formants: coefficient and states
  k1: f32 = 0;
  k2: f32 = 0;
  s11: f32 = 0;
  s12: f32 = 0;
  s21: f32 = 0;
  s22: f32 = 0;
  // the player's ear
  ear: f32 = 0;
  earBand: f32 = 0;
  earBefore: f32 = 0;
  since: f32 = 0;
  heard: f32 = 0;
  turns: i32 = 0;
  quiet: i32 = 0;
  alive: i32 = 0;
}
/** A flute with room for `size` frames (a power of two). */
export function fluteMake(size: i32, rate: f32): usize {
  const f = changetype<Flute>(alloc(offsetof<Flute>()));
  f.ring = alloc(size << 2);
  f.jet = alloc(size << 2);
  f.mask = size - 1;
  f.rate = rate;
  f.partial = 1;
  return changetype<usize>(f);
}
/** The pipe: loss at its ends 0..1, and how far the jet leans to one side of the edge. */
export function fluteSet(at: usize, dull: f32, lean: f32): void {
  const f = changetype<Flute>(at);
  f.dull = dull;
  f.lean = lean;
}
/** Noise of turned-in breath. */
const BREATH_NOISE: f32 = 0.22;
/** Breath: pressure 0..1, frames to reach it. */
function blow(f: Flute, pressure: f32, frames: f32, seed: i32): void {
  f.breath = pressure;
  f.swell = 4 / max<f32>(frames, 4);
  f.noise = BREATH_NOISE;
  if (f.alive == 0 && pressure > 0) {
    memory.fill(f.ring, 0, <usize>(f.mask + 1) << 2);
    memory.fill(f.jet, 0, <usize>(f.mask + 1) << 2);
    f.seed = <u32>seed;
    f.mouth = f.low = f.aside = f.still = f.ear = f.earBand = f.earBefore = f.since = f.heard = f.grain = f.sway = f.length = f.heardDc = 0;
    f.humNow = f.flow = f.s11 = f.s12 = f.s21 = f.s22 = 0;
    f.turns = -8;
    f.quiet = 0;
    f.alive = 1;
  }
}
/** A note. Handed over: velocity; loud is more breath, and sooner. */
export function fluteNote(at: usize, seed: i32): void {
  const force = min<f64>(arg(0), 1.1);
  const pressure: f64 = 0.3 + 0.75 * force * force;
  const frames: f64 = (0.05 - 0.025 * force) * RATE;
  blow(changetype<Flute>(at), <f32>pressure, <f32>frames, seed);
}
/** No more breath, within so many frames. */
export function fluteEnd(at: usize, frames: i32): void {
  blow(changetype<Flute>(at), 0, <f32>frames, 1);
}
/** Frames by which the bore must differ from whole turns, as the player's ear finds them: the jet's lag, the less the shorter the pipe. */
function trimOf(cents: f64, partial: i32): f32 {
  const lag: f64 = bounded(2.2 - (cents - 6200) / 480, -0.1, 4);
  return partial == 1 ? <f32>lag : partial == 2 ? 0.1 : -0.05;
}
/** Pitch as a partial of the bore. `fresh` forgets what the ear had found before. Handed over: Hz, and the note's own cents. */
export function flutePitch(at: usize, partial: i32, fresh: i32): void {
  const f = changetype<Flute>(at);
  f.hertz = arg32(0);
  f.partial = <f32>partial;
  if (fresh != 0) {
    f.trim = trimOf(bounded(arg(1), 4800, 9800), partial);
    f.turns = -8;
    f.heard = 0;
  }
}
/** The voice. Handed over: level, cents, and its two formants in Hz. */
export function fluteHum(at: usize): void {
  const f = changetype<Flute>(at);
  const hertz = <f32>(440 * NativeMath.pow(2, (arg(1) - 6900) / 1200));
  f.hum = arg32(0);
  f.turn = min<f32>(max<f32>(hertz, 20), 2000) / f.rate;
  f.k1 = <f32>(2 * Math.PI) * arg32(2) / f.rate;
  f.k2 = <f32>(2 * Math.PI) * arg32(3) / f.rate;
}
export function fluteSounds(at: usize): i32 {
  return changetype<Flute>(at).alive;
}
/** What the player's ear has found, frames. */
export function fluteTrim(at: usize): f32 {
  return changetype<Flute>(at).trim;
}
/** Silences it at once. */
export function fluteRest(at: usize): void {
  const f = changetype<Flute>(at);
  f.breath = f.mouth = f.hum = f.humNow = 0;
  f.alive = 0;
}
/** Goes to 1 as x grows, odd: x / (1 + |x|^...) would be too sharp at the ends; a tanh by its continued fraction, held. */
// @ts-ignore: decorator
@inline
function bent(x: f32): f32 {
  const c = min<f32>(max<f32>(x, -3), 3);
  const s = c * c;
  return (c * (27 + s)) / (27 + 9 * s);
}

/** Adds `count` frames of what leaves the flute, and the singer, to `out`. */
export function fluteProcess(at: usize, out: usize, count: i32): void {
  const f = changetype<Flute>(at);
  if (f.alive == 0) return;
  const period = f.rate / min<f32>(max<f32>(f.hertz, 40), 4000);
  const limit = <f32>(f.mask - 8);
  const band = <f32>(2 * Math.PI) / period;
  // the jet follows slowly what is faster than the pitch: an eighth of a turn late at it
  const slow = band / (1 + band);
  for (let i = 0; i < count; i++) {
    f.seed = nextNoise(f.seed);
    const hiss = white(f.seed);
    f.grain += <f32>0.3 * (hiss - f.grain);
    f.sway += <f32>0.0004 * (hiss - f.sway);
    f.mouth += (f.breath - f.mouth) * f.swell;
    // the voice: a pulse of flow that opens slowly and closes fast (Rosenberg, JASA 49 (1971) 583), through two formants
    f.humNow += ((f.breath > 0 ? f.hum : 0) - f.humNow) * <f32>0.0004;
    let hummed: f32 = 0;
    let sung: f32 = 0;
    if (f.humNow > 1e-5) {
      f.phase += f.turn * (1 + <f32>0.8 * f.sway);
      if (f.phase >= 1) f.phase -= 1;
      const p = f.phase;
      const flow: f32 = p < <f32>0.4 ? p * p * (<f32>7.5 * 3 - p * <f32>18.75 * 2) * <f32>0.4166667 : p < <f32>0.56 ? 1 - (p - <f32>0.4) * (p - <f32>0.4) * <f32>39.0625 : 0;
      const pulse = flow - <f32>0.35;
      f.s12 += f.k1 * (pulse - f.s11 - <f32>0.18 * f.s12);
      f.s11 += f.k1 * f.s12;
      f.s22 += f.k2 * (pulse - f.s21 - <f32>0.14 * f.s22);
      f.s21 += f.k2 * f.s22;
      hummed = f.humNow * pulse;
      sung = f.humNow * (<f32>0.5 * f.s11 + <f32>0.12 * f.s22);
    }
    const mouth = f.mouth * (1 + 24 * f.sway) * (1 + <f32>0.12 * hummed);
    const wanted = min<f32>(max<f32>(period * f.partial + f.trim * f.partial, 8), limit);
    f.length += (wanted - f.length) * (f.length == 0 ? <f32>1 : <f32>0.004);
    const back = tapped(f.ring, f.mask, f.write, f.length);
    f.low += (1 - f.dull) * (back - f.low);
    f.still += <f32>0.004 * (f.low - f.still);
    const wave = <f32>0.94 * (f.low - f.still);
    // the jet: as the air at the mouth went half a turn ago; noise where it is torn
    const way = max<f32>(<f32>0.375 * f.length / f.partial, 2);
    f.aside += slow * (tapped(f.jet, f.mask, f.write, way) - f.aside);
    const drive = mouth * (<f32>-0.9 * bent(<f32>0.5 * f.aside + f.lean) + f.noise * f.grain * (1 + <f32>0.3 * abs(f.aside)));
    const forth = wave + drive;
    store<f32>(f.ring + ((f.write & f.mask) << 2), forth);
    store<f32>(f.jet + ((f.write & f.mask) << 2), forth + wave);
    f.write++;
    const heard = forth - f.heardDc;
    f.heardDc += <f32>0.01 * heard;
    const sound = heard + sung + 2 * f.noise * mouth * hiss;
    store<f32>(out + (i << 2), load<f32>(out + (i << 2)) + sound);
    if (f.breath == 0 && abs(sound) < 2e-5) {
      if (++f.quiet > 4096) {
        f.alive = 0;
        f.mouth = f.humNow = 0;
        return;
      }
    } else f.quiet = 0;
    // the ear: the wave through a band at the pitch asked for, eight turns at a time
    f.earBand += band * (wave - f.ear - f.earBand * <f32>0.6);
    f.ear += band * f.earBand;
    f.since += 1;
    if (f.earBefore < 0 && f.earBand >= 0) {
      const exact = f.since - f.earBand / (f.earBand - f.earBefore);
      if (exact > period * <f32>0.7) {
        if (f.turns >= 0 && exact < period * <f32>1.4) f.heard += exact;
        else if (f.turns >= 0) f.turns = -1;
        f.since -= exact;
        f.turns++;
        if (f.turns == 0) f.heard = 0;
        if (f.turns == 8) {
          if (f.breath > 0) f.trim += min<f32>(max<f32>((period - f.heard * <f32>0.125) * <f32>0.3, -4), 4);
          f.trim = min<f32>(max<f32>(f.trim, <f32>-0.3 * period), <f32>0.2 * period);
          f.heard = 0;
          f.turns = 0;
        }
      }
    }
    f.earBefore = f.earBand;
  }
}
