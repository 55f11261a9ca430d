import { linearMake, linearProcess, linearSet } from "./linear";
import { alloc, arg, arg32 } from "./memory";
import { addBoth, addInto, peakOf } from "./mix";
import { addNoise, nextNoise, power, sineTurns } from "./noise";

/**
 * One drum voice. A tone with a falling pitch, a second mode, six square waves (metal), and
 * filtered noise, each with its own exponential envelope; `bursts` re-opens the noise for claps.
 * Kick, snare, clap, hats, rim and shaker are settings of it (`engine/src/drumkit.ts`).
 */
@unmanaged
class Drum {
  alive: i32 = 0;
  age: i32 = 0;
  rate: f32 = 0;
  seed: u32 = 1; // of the next frame
  // tone
  phase: u32 = 0; // of a turn of 2^32: sums of whole numbers are exact
  hertz: f32 = 0;
  sweep: f32 = 0; // extra frequency at the start, relative
  sweepDecay: f32 = 0;
  tone: f32 = 0;
  toneDecay: f32 = 0;
  phase2: u32 = 0;
  ratio2: f32 = 0;
  tone2: f32 = 0;
  tone2Decay: f32 = 0;
  drive: f32 = 1;
  click: f32 = 0;
  clickDecay: f32 = 0;
  // metal
  metal: f32 = 0;
  metalDecay: f32 = 0;
  squares: usize = 0;
  // noise
  noise: f32 = 0;
  noiseDecay: f32 = 0;
  bursts: i32 = 0;
  burstGap: i32 = 0;
  noiseLevel: f32 = 0;
  filter: usize = 0; // state-variable, shared by metal and noise
  choke: f32 = 1;
  gain: f32 = 1;
  chunk: usize = 0; // frames made, and how many of them are given away
  given: i32 = 0;
}

/** A silent drum voice. */
export function drumMake(rate: f32): usize {
  const d = changetype<Drum>(alloc(offsetof<Drum>()));
  d.rate = rate;
  d.squares = alloc(6 * 4);
  d.filter = linearMake();
  d.chunk = alloc(CHUNK << 2);
  return changetype<usize>(d);
}

/**
 * Strikes with 20 settings at `s` (f32 each): hertz, sweep, sweepTau, tone, toneTau, ratio2, tone2,
 * tone2Tau, drive, click, metal, metalTau, noise, noiseTau, bursts, burstGap (frames),
 * filterHertz, filterDamping, highMix, bandMix. Taus in frames. Handed over: gain, seed.
 */
export function drumStrike(at: usize, s: usize): void {
  const d = changetype<Drum>(at);
  d.alive = 1;
  d.age = 0;
  d.seed = nextNoise(<u32>arg(1));
  d.phase = d.phase2 = 0;
  d.hertz = load<f32>(s);
  d.sweep = load<f32>(s + 4);
  d.sweepDecay = decayOf(load<f32>(s + 8));
  d.tone = load<f32>(s + 12);
  d.toneDecay = decayOf(load<f32>(s + 16));
  d.ratio2 = load<f32>(s + 20);
  d.tone2 = load<f32>(s + 24);
  d.tone2Decay = decayOf(load<f32>(s + 28));
  d.drive = load<f32>(s + 32);
  d.click = load<f32>(s + 36);
  d.clickDecay = decayOf(60);
  d.metal = load<f32>(s + 40);
  d.metalDecay = decayOf(load<f32>(s + 44));
  d.noiseLevel = load<f32>(s + 48);
  d.noise = d.noiseLevel;
  d.noiseDecay = decayOf(load<f32>(s + 52));
  d.bursts = <i32>load<f32>(s + 56);
  d.burstGap = <i32>load<f32>(s + 60);
  filter(d.filter, NativeMathf.tan((<f32>Math.PI * min<f32>(load<f32>(s + 64), d.rate * 0.4)) / d.rate), load<f32>(s + 68), load<f32>(s + 72), load<f32>(s + 76));
  d.choke = 1;
  d.gain = arg32(0);
  d.given = CHUNK;
}

/** Sets a state-variable filter by the trapezoidal rule (Zavalishin): of its high-pass and band-pass so much each. */
function filter(at: usize, f: f32, damp: f32, high: f32, band: f32): void {
  const wide = damp + f;
  const scale: f32 = 1 / (1 + f * wide);
  // shares of band, low and input in the high-pass and the band-pass
  const h1 = -scale * wide;
  const h2 = -scale;
  const b1 = f * h1 + 1;
  const b2 = f * h2;
  const bx = f * scale;
  linearSet(at, f * h1 + b1, f * h2 + b2, 2 * f * b1, 2 * f * b2 + 1, f * scale + bx, 2 * f * bx, high * h1 + band * b1, high * h2 + band * b2, high * scale + band * bx);
}
function decayOf(frames: f32): f32 {
  return frames < 1 ? 0 : NativeMathf.exp(-1.0 / frames);
}

/** Fades the voice out over about 5 ms (an open hat closed by the next one). */
export function drumChoke(at: usize): void {
  changetype<Drum>(at).choke = 0.98;
}

/** Parts of a turn as whole numbers, and the other way. */
// @ts-ignore: decorator
@inline
function whole(turns: v128): v128 {
  return i32x4.trunc_sat_f32x4_u(f32x4.mul(turns, f32x4.splat(4294967296)));
}
// @ts-ignore: decorator
@inline
function fraction(turns: v128): v128 {
  return f32x4.mul(f32x4.convert_i32x4_u(i32x4.shr_u(turns, 8)), f32x4.splat(5.9604645e-8));
}
/** What falls by `fall` a frame, over four frames. */
// @ts-ignore: decorator
@inline
function falling(from: f32, fall: f32): v128 {
  return f32x4.mul(f32x4.splat(from), f32x4(1, fall, fall * fall, fall * fall * fall));
}
/** Rational tanh-like saturation, exact slope 1 at 0, clipped beyond +-3. */
// @ts-ignore: decorator
@inline
function saturated(x: v128): v128 {
  const c = f32x4.min(f32x4.max(x, f32x4.splat(-3)), f32x4.splat(3));
  const c2 = f32x4.mul(c, c);
  return f32x4.div(f32x4.mul(c, f32x4.add(f32x4.splat(27), c2)), f32x4.add(f32x4.splat(27), f32x4.mul(f32x4.splat(9), c2)));
}

/** What is weaker than this is no longer made. */
const FAINT: f32 = 1e-4;
/** Frames a voice makes at a time, from its stroke on: what it says does not depend on how it is asked. */
const CHUNK: i32 = 128;
/** Adds `count` frames, at most 128, of `voices` voices whose addresses stand at `list` to both sides; `mono` is room for a block. */
export function drumsProcess(list: usize, voices: i32, mono: usize, left: usize, right: usize, count: i32): void {
  let sounds = false;
  for (let k = 0; k < voices; k++) {
    const d = changetype<Drum>(load<usize>(list + (k << 2)));
    if (d.alive == 0) continue;
    if (!sounds) memory.fill(mono, 0, 512);
    sounds = true;
    addVoice(d, mono, count);
  }
  if (sounds) addBoth(mono, left, right, count);
}
function addVoice(d: Drum, out: usize, count: i32): void {
  for (let i = 0; i < count && d.alive != 0; ) {
    if (d.given == CHUNK) render(d);
    const run = min(count - i, CHUNK - d.given);
    give(d, out + <usize>(i << 2), run);
    d.given += run;
    i += run;
    if (d.given == CHUNK) rest(d);
  }
}
/** Makes the next chunk. */
function render(d: Drum): void {
  memory.fill(d.chunk, 0, CHUNK << 2);
  if (d.noise > FAINT || d.bursts > 0 || d.metal > FAINT) rattle(d, d.chunk, CHUNK);
  if (d.tone > 0 || d.tone2 > 0 || d.click > 0) tone(d, d.chunk, CHUNK);
  d.given = 0;
}
/** Adds frames of the chunk as they are to be heard. */
function give(d: Drum, out: usize, count: i32): void {
  const from = d.chunk + <usize>(d.given << 2);
  if (d.choke == 1) {
    addInto(out, from, count, d.gain);
    return;
  }
  for (let i = 0; i < count; i++) {
    const at = <usize>(i << 2);
    store<f32>(out + at, load<f32>(out + at) + load<f32>(from + at) * d.choke * d.gain);
    d.choke *= 0.98;
  }
}
/** Leaves out what has become too faint to hear. */
function rest(d: Drum): void {
  if (d.tone <= FAINT) d.tone = 0;
  if (d.tone2 <= FAINT) d.tone2 = 0;
  if (d.click <= FAINT) d.click = 0;
  if (d.bursts == 0 && peakOf(d.chunk, CHUNK) * d.choke < FAINT) d.alive = 0;
}
/** The tone and its second mode, and the click that begins it. In whole fours. */
function tone(d: Drum, sound: usize, count: i32): void {
  const turn = <f32>1 / d.rate;
  const step = f32x4.splat(d.hertz * turn);
  const drive = f32x4.splat(1 + d.drive);
  const hard = f32x4.splat(1 / (1 + d.drive * <f32>0.5));
  const bent = d.drive > 0;
  let sweep = falling(d.sweep, d.sweepDecay);
  const sweepFall = f32x4.splat(power(d.sweepDecay, 4));
  let tone = falling(d.tone, d.toneDecay);
  const toneFall = f32x4.splat(power(d.toneDecay, 4));
  const zero = i32x4.splat(0);
  if (d.tone > 0) {
    for (let i = 0; i < count; i += 4) {
      // the phase of four frames: its steps summed up
      let steps = whole(f32x4.add(step, f32x4.mul(step, sweep)));
      steps = i32x4.add(steps, v128.shuffle<i32>(zero, steps, 0, 4, 5, 6));
      steps = i32x4.add(steps, v128.shuffle<i32>(zero, steps, 0, 0, 4, 5));
      const turns = i32x4.add(i32x4.splat(d.phase), steps);
      let y = f32x4.mul(sineTurns(fraction(turns)), tone);
      if (bent) y = f32x4.mul(saturated(f32x4.mul(y, drive)), hard);
      const to = sound + <usize>(i << 2);
      v128.store(to, f32x4.add(v128.load(to), y));
      d.phase = i32x4.extract_lane(turns, 3);
      sweep = f32x4.mul(sweep, sweepFall);
      tone = f32x4.mul(tone, toneFall);
    }
    d.sweep *= power(d.sweepDecay, count);
    d.tone *= power(d.toneDecay, count);
  }
  if (d.tone2 > 0) {
    const step2 = i32x4.extract_lane(whole(f32x4.splat(d.hertz * turn * d.ratio2)), 0);
    let tone2 = falling(d.tone2, d.tone2Decay);
    const fall = f32x4.splat(power(d.tone2Decay, 4));
    let turns = i32x4.add(i32x4.splat(d.phase2), i32x4.mul(i32x4.splat(step2), i32x4(1, 2, 3, 4)));
    const on = i32x4.splat(4 * step2);
    for (let i = 0; i < count; i += 4) {
      const to = sound + <usize>(i << 2);
      v128.store(to, f32x4.add(v128.load(to), f32x4.mul(sineTurns(fraction(turns)), tone2)));
      tone2 = f32x4.mul(tone2, fall);
      turns = i32x4.add(turns, on);
    }
    d.phase2 += step2 * count;
    d.tone2 *= power(d.tone2Decay, count);
  }
  if (d.click > 0) {
    d.seed = addNoise(sound, d.seed, d.click, d.clickDecay, count);
    d.click *= power(d.clickDecay, count);
  }
}
/** Metal and noise through one filter; six squares at the TR-808's frequencies, duty 48 % (docs/sources.md#drums-808). */
function rattle(d: Drum, sound: usize, count: i32): void {
  if (d.metal > 0) {
    const turn = <f32>1 / d.rate;
    const duty = f32x4.splat(0.4798);
    const minusTwo = f32x4.splat(-2);
    for (let k = 0; k < 6; k++) {
      const step: f32 = turn * (k == 0 ? <f32>205.3 : k == 1 ? <f32>369.6 : k == 2 ? <f32>304.4 : k == 3 ? <f32>522.7 : k == 4 ? <f32>800 : <f32>540);
      const at = d.squares + <usize>(k << 2);
      const own = i32x4.extract_lane(whole(f32x4.splat(step)), 0);
      let turns = i32x4.add(i32x4.splat(load<i32>(at)), i32x4.mul(i32x4.splat(own), i32x4(1, 2, 3, 4)));
      const on = i32x4.splat(4 * own);
      for (let i = 0; i < count; i += 4) {
        // up counts +1, down -1
        const to = sound + <usize>(i << 2);
        v128.store(to, f32x4.add(v128.load(to), f32x4.add(f32x4.splat(1), v128.and(minusTwo, f32x4.ge(fraction(turns), duty)))));
        turns = i32x4.add(turns, on);
      }
      store<i32>(at, load<i32>(at) + own * count);
    }
    let metal = falling(d.metal * <f32>0.16, d.metalDecay);
    const fall = f32x4.splat(power(d.metalDecay, 4));
    for (let i = 0; i < count; i += 4) {
      const to = sound + <usize>(i << 2);
      v128.store(to, f32x4.mul(v128.load(to), metal));
      metal = f32x4.mul(metal, fall);
    }
    d.metal *= power(d.metalDecay, count);
  }
  // noise, from one burst to the next
  for (let i = 0; i < count; ) {
    if (d.bursts > 0 && d.age == d.burstGap) {
      d.noise = d.noiseLevel;
      d.bursts--;
      d.age = 0;
    }
    const run = d.bursts > 0 ? min(count - i, d.burstGap - d.age) : count - i;
    const fall = d.bursts > 0 ? d.noiseDecay * <f32>0.994 : d.noiseDecay;
    d.seed = addNoise(sound + <usize>(i << 2), d.seed, d.noise, fall, run);
    d.noise *= power(fall, run);
    d.age += run;
    i += run;
  }
  linearProcess(d.filter, sound, count);
}
