import { tapped } from "./delay-line";
import { alloc, arg, arg32 } from "./memory";
import { nextNoise, white } from "./noise";
import { bounded } from "./units";

/**
 * A bowed string: two stretches of string, to the nut and to the bridge, that a bow drives between them (McIntyre, Schumacher,
 * Woodhouse, JASA 74 (1983) 1325). Bow and string hold each other up to the friction at rest and slip with one that falls with the speed
 * (hyperbolic characteristic; Smith, PASP). Where string and friction have three answers the one they had stays: the string sticks
 * as long as it can (Friedlander's ambiguity). The string is a bundle of horsehair: of hairs not all equally long, soft, lossy, and rough to
 * the bow. A light finger on a node is the end of a string of one loop, the touch's own loss at that end.
 * The player listens, as in `reed.ts`: the length is drawn to the pitch that is asked for.
 */
@unmanaged
class Bowed {
  neck: usize = 0;
  bridge: usize = 0;
  mask: i32 = 0;
  write: i32 = 0;
  rate: f32 = 0;
  hertz: f32 = 0; // asked for
  length: f32 = 0; // round trip of the string now, frames
  trim: f32 = 0; // what the player's ear has found, frames
  // the string
  place: f32 = 0; // of the bow, as a part of the string
  dull: f32 = 0; // of the hair, at the bridge
  flesh: f32 = 0; // of what stops it
  hold: f32 = 0; // what comes back from there, 0..1
  spread: f32 = 0; // by how much of its length the longest hairs are longer
  low: f32 = 0;
  end: f32 = 0;
  gain: f32 = 1;
  gainNow: f32 = 1;
  fleshNow: f32 = 0;
  holdNow: f32 = 0;
  placeNow: f32 = 0;
  // the bow: asked for and now
  full: f64 = 0; // speed of the hand at the note it plays
  speed: f32 = 0;
  speedNow: f32 = 0;
  swing: f32 = 0; // most change of speed a frame
  force: f32 = 0;
  forceNow: f32 = 0;
  press: f32 = 0; // share of the way to the force a frame
  rough: f32 = 0;
  stuck: i32 = 0;
  seed: u32 = 1;
  grain: f32 = 0; // rosin's noise, low-passed
  sway: f32 = 0; // the arm's, slow
  // the player's hand and ear
  low1: f32 = 0;
  low1Before: f32 = 0;
  since1: f32 = 0;
  ear: f32 = 0;
  band: f32 = 0;
  bandBefore: f32 = 0;
  since: f32 = 0;
  heard: f32 = 0;
  turns: i32 = 0;
  more: f32 = 1; // what the hand adds where the tone breaks
  quiet: i32 = 0;
  alive: i32 = 0;
}
/** Friction at rest and at speed, and the speed that halves what lies between: rosin (Smith and Woodhouse, J. Mech. Phys. Solids 48 (2000) 1633). */
const REST: f32 = 0.8;
const SLIDING: f32 = 0.3;
const HALF_SPEED: f32 = 0.1;
/** Noise of rosin against the speed of the bow. */
const HISS: f32 = 0.25;
/** What the string gives by moving and twisting against what it gives by moving: a bow that holds it is no rigid wall to its waves. */
const GIVE: f32 = 1.4;

/** Most of the period by which one hearing moves the length, 2.6 cents: what seems further off in a bow's first turns is no pitch yet. */
const HEED: f32 = 0.0015;

/** A string with room for `size` frames (a power of two) of round trip. */
export function bowedMake(size: i32, rate: f32): usize {
  const b = changetype<Bowed>(alloc(offsetof<Bowed>()));
  b.neck = alloc(size << 2);
  b.bridge = alloc(size << 2);
  b.mask = size - 1;
  b.rate = rate;
  b.hold = b.holdNow = 0.97;
  b.place = b.placeNow = 0.1;
  return changetype<usize>(b);
}
/** The string: loss at the bridge 0..1, how much longer the longest hairs are (a part of the length), roughness to the bow. */
export function bowedString(at: usize, dull: f32, spread: f32, rough: f32): void {
  const b = changetype<Bowed>(at);
  b.dull = dull;
  b.spread = spread;
  b.rough = rough;
}
/** What stops it: loss at that end 0..1, share that comes back; the bow's place as a part of the string; and how much of the string is heard. */
function stop(b: Bowed, flesh: f32, hold: f32, place: f32, gain: f32): void {
  b.gain = gain;
  b.flesh = flesh;
  b.hold = min<f32>(hold, <f32>0.999);
  b.place = min<f32>(max<f32>(place, <f32>0.02), <f32>0.45);
}
/**
 * A note under a finger, or touched at a node: soft flesh, and the bow nearer to the bridge; loud: nearer, too. Handed over: velocity, cents,
 * how much of the string is heard, and dB an octave that the hand gives high notes on top.
 */
export function bowedNote(at: usize, isTouched: i32): void {
  const b = changetype<Bowed>(at);
  const force = min<f64>(arg(0), 1.2);
  b.full = 0.05 + 0.21 * NativeMath.pow(force, 1.2);
  const gain: f64 = arg(2) * NativeMath.exp(arg(3) * bounded((arg(1) - 6500) / 1200, 0, 2.2) * 0.11512925464970229);
  const place: f64 = 0.158 - 0.012 * force;
  if (isTouched != 0) stop(b, 0.68, 0.985, 0.17, <f32>gain);
  else stop(b, 0.4, 0.99, <f32>place, <f32>gain);
}
/** An open string, bowed along. Handed over: how much of it is heard. */
export function bowedOpen(at: usize): void {
  stop(changetype<Bowed>(at), 0.3, 0.99, 0.14, arg32(0));
}
/** Where the speed at which the bow is drawn is kept, f64. */
export function bowedFull(at: usize): usize {
  return at + offsetof<Bowed>("full");
}
/** Force against speed at which a bow of ours speaks on every pitch; of the bow that hardly touches a second string less would not. */
const FORCE: f64 = 1.7;
/** Draws the bow one way (1) or the other (-1): a hard bow bites at once, a soft one takes its time. */
export function bowedDraw(at: usize, way: i32, seed: i32): void {
  const b = changetype<Bowed>(at);
  const speed: f64 = <f64>way * b.full;
  const turn: f64 = 2600 - 9000 * b.full;
  const force: f64 = FORCE * b.full;
  draw(b, <f32>speed, <f32>turn, <f32>force, 500, seed);
}
/** Lifts the bow. */
export function bowedLift(at: usize): void {
  draw(changetype<Bowed>(at), 0, 4000, 0, 2400, 1);
}
/** The bow: speed (its sign is the direction), frames to turn it by as much as 0.2, force, frames to reach that. */
function draw(b: Bowed, speed: f32, turn: f32, force: f32, frames: f32, seed: i32): void {
  b.speed = speed;
  b.swing = <f32>0.2 / max<f32>(turn, 1);
  b.force = max<f32>(force, 0);
  b.press = 4 / max<f32>(frames, 4);
  if (b.alive == 0 && force > 0) {
    memory.fill(b.neck, 0, <usize>(b.mask + 1) << 2);
    memory.fill(b.bridge, 0, <usize>(b.mask + 1) << 2);
    b.low = b.end = b.low1 = b.low1Before = b.since1 = b.ear = b.band = b.bandBefore = b.since = b.heard = b.grain = b.sway = b.length = 0;
    b.speedNow = b.forceNow = 0;
    b.fleshNow = b.flesh;
    b.holdNow = b.hold;
    b.placeNow = b.place;
    b.gainNow = b.gain;
    b.seed = <u32>seed;
    b.turns = -8;
    b.more = 1;
    b.quiet = b.stuck = 0;
    b.alive = 1;
  }
}
/** `fresh` forgets what the ear had found for the pitch before. Handed over: pitch in Hz, and where the ear begins, frames. */
export function bowedPitch(at: usize, fresh: i32): void {
  const b = changetype<Bowed>(at);
  b.hertz = arg32(0);
  if (fresh != 0) {
    b.trim = arg32(1);
    b.turns = -8;
    b.heard = 0;
  }
}
export function bowedSounds(at: usize): i32 {
  return changetype<Bowed>(at).alive;
}
/** What the player's ear has found, frames. */
export function bowedTrim(at: usize): f32 {
  return changetype<Bowed>(at).trim;
}
/** Silences it at once. */
export function bowedRest(at: usize): void {
  const b = changetype<Bowed>(at);
  b.force = b.forceNow = b.speed = b.speedNow = 0;
  b.alive = 0;
}


/** Adds `count` frames of the force on the bridge to `out`. */
export function bowedProcess(at: usize, out: usize, count: i32): void {
  const b = changetype<Bowed>(at);
  if (b.alive == 0) return;
  const period = b.rate / min<f32>(max<f32>(b.hertz, 40), 2600);
  const limit = <f32>(b.mask - 8);
  const width = <f32>(2 * Math.PI) / period;
  // the shorter the string, the less of the noise it takes up
  const rough = b.rough * min<f32>(1, period * <f32>0.006);
  for (let i = 0; i < count; i++) {
    b.seed = nextNoise(b.seed);
    const hiss = white(b.seed);
    b.grain += <f32>0.35 * (hiss - b.grain);
    b.sway += <f32>0.0004 * (hiss - b.sway);
    const wanted = min<f32>(max<f32>(period + b.trim, 12), limit);
    b.length += (wanted - b.length) * (b.length == 0 ? <f32>1 : <f32>0.004);
    b.fleshNow += (b.flesh - b.fleshNow) * <f32>0.002;
    b.holdNow += (b.hold - b.holdNow) * <f32>0.002;
    b.placeNow += (b.place - b.placeNow) * <f32>0.002;
    b.gainNow += (b.gain - b.gainNow) * <f32>0.002;
    b.forceNow += (b.force - b.forceNow) * b.press;
    b.speedNow += min<f32>(max<f32>(b.speed - b.speedNow, -b.swing), b.swing);
    // what comes back from both ends
    const near = max<f32>(b.length * b.placeNow, 2);
    const far = max<f32>(b.length - near, 2);
    const toBridge = tapped(b.bridge, b.mask, b.write, near);
    const long = min<f32>(far * (1 + b.spread * (1 + 12 * b.sway)), limit);
    const toNut = <f32>0.5 * (tapped(b.neck, b.mask, b.write, far) + tapped(b.neck, b.mask, b.write, long));
    b.low += (1 - b.dull) * (toBridge - b.low);
    b.end += (1 - b.fleshNow) * (toNut - b.end);
    const fromBridge = <f32>-0.985 * b.low;
    const fromNut = -b.holdNow * b.end;
    // the bow: q is how fast the string would move past it without friction
    const speed = b.speedNow * (1 + 3 * b.sway);
    const q = fromBridge + fromNut - speed;
    const friction = GIVE * b.forceNow * b.more * (<f32>1 + rough * b.grain) * (<f32>1 + <f32>6 * b.sway);
    let push: f32 = 0;
    if (friction > 0) {
      const most = REST * friction;
      const u = abs(q);
      let sticks = u <= most;
      // slipping at w > 0: w + friction (SLIDING + (REST - SLIDING) HALF_SPEED / (HALF_SPEED + w)) = u
      const half = <f32>0.5 * (u - SLIDING * friction - HALF_SPEED);
      const under = half * half + HALF_SPEED * (u - most);
      if (!(sticks && b.stuck != 0) && under >= 0) {
        const w = half + sqrt(under);
        if (w > 0 && (!sticks || b.stuck == 0)) {
          push = w - u;
          sticks = false;
        }
      } else if (under < 0) sticks = true;
      if (sticks) push = -min<f32>(u, most);
      b.stuck = sticks ? 1 : 0;
      push *= q < 0 ? -1 / GIVE : 1 / GIVE;
    }
    // rosin crackles whether it sticks or slips
    push += HISS * rough * b.grain * abs(speed) * min<f32>(1, b.forceNow * 8);
    store<f32>(b.neck + ((b.write & b.mask) << 2), fromBridge + push);
    store<f32>(b.bridge + ((b.write & b.mask) << 2), fromNut + push);
    b.write++;
    store<f32>(out + (i << 2), load<f32>(out + (i << 2)) + b.gainNow * b.low);
    if (abs(b.low) < 2e-5 && b.force == 0) {
      if (++b.quiet > 4096) {
        b.alive = 0;
        b.forceNow = b.speedNow = 0;
        return;
      }
    } else b.quiet = 0;
    // does it slip more than once a turn? press, until it does not
    b.low1 += (6 / period) * (b.low - b.low1);
    b.since1 += 1;
    if (b.low1Before < 0 && b.low1 >= 0) {
      if (b.since1 < period * <f32>0.7) b.more = min<f32>(b.more + <f32>0.06, <f32>2);
      else b.more += (1 - b.more) * <f32>0.004;
      b.since1 = 0;
    }
    b.low1Before = b.low1;
    // the ear: the wave through a band at the pitch asked for, eight turns at a time
    b.band += width * (b.low - b.ear - b.band * <f32>0.5);
    b.ear += width * b.band;
    b.since += 1;
    if (b.bandBefore < 0 && b.band >= 0) {
      const exact = b.since - b.band / (b.band - b.bandBefore);
      if (exact > period * <f32>0.7) {
        if (b.turns >= 0 && exact < period * <f32>1.4) b.heard += exact;
        else if (b.turns >= 0) b.turns = -1; // a turn that was none: begin again
        b.since -= exact;
        b.turns++;
        if (b.turns == 0) b.heard = 0;
        if (b.turns == 8) {
          if (b.force > 0) b.trim += period * min<f32>(max<f32>((1 - (b.heard * <f32>0.125) / period) * <f32>0.3, -HEED), HEED);
          b.trim = min<f32>(max<f32>(b.trim, -0.4 * period), <f32>0.2 * period);
          b.heard = 0;
          b.turns = 0;
        }
      }
    }
    b.bandBefore = b.band;
  }
}
