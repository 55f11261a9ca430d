import { linearMake, linearProcess, linearSet } from "./linear";
import { alloc } from "./memory";
import { addBoth, addInto, peakOf } from "./mix";
import { addNoise, nextNoise, power, sineTurns, wrapped } from "./noise";

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
  phase: f32 = 0;
  hertz: f32 = 0;
  sweep: f32 = 0; // extra frequency at the start, relative
  sweepDecay: f32 = 0;
  tone: f32 = 0;
  toneDecay: f32 = 0;
  phase2: f32 = 0;
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
}

/** A silent drum voice. */
export function drumMake(rate: f32): usize {
  const d = changetype<Drum>(alloc(offsetof<Drum>()));
  d.rate = rate;
  d.squares = alloc(6 * 4);
  d.filter = linearMake();
  return changetype<usize>(d);
}

/**
 * Strikes with 20 settings at `s` (f32 each): hertz, sweep, sweepTau, tone, toneTau, ratio2, tone2,
 * tone2Tau, drive, click, metal, metalTau, noise, noiseTau, bursts, burstGap (frames),
 * filterHertz, filterDamping, highMix, bandMix. Taus in frames.
 */
export function drumStrike(at: usize, s: usize, gain: f32, seed: u32): void {
  const d = changetype<Drum>(at);
  d.alive = 1;
  d.age = 0;
  d.seed = nextNoise(seed);
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
  d.gain = gain;
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

// what one drum says in a block, and vectors that walk through four frames
const space: usize = heap.alloc(512 + 16);
// @ts-ignore: decorator
@inline
function own(): usize {
  return (space + 15) & ~15;
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
  const sound = own();
  memory.fill(sound, 0, 512);
  if (d.noise > 1e-4 || d.bursts > 0 || d.metal > 1e-4) rattle(d, sound, count);
  if (d.tone > 1e-4 || d.tone2 > 1e-4 || d.click > 1e-4) tone(d, sound, count);
  if (d.choke < 1) {
    let choke = falling(d.choke, 0.98);
    const fall = f32x4.splat(<f32>0.98 * <f32>0.98 * <f32>0.98 * <f32>0.98);
    for (let i = 0; i < count; i += 4) {
      const to = sound + <usize>(i << 2);
      v128.store(to, f32x4.mul(v128.load(to), choke));
      choke = f32x4.mul(choke, fall);
    }
    d.choke *= power(0.98, count);
  }
  addInto(out, sound, count, d.gain);
  if (d.bursts == 0 && peakOf(sound, (count + 3) & ~3) < 1e-4) d.alive = 0;
}
/** The tone and its second mode, and the click that begins it. Frames of a last, broken four are made and left out. */
function tone(d: Drum, sound: usize, count: i32): void {
  const turn = <f32>1 / d.rate;
  const step = f32x4.splat(d.hertz * turn);
  const drive = f32x4.splat(1 + d.drive);
  const hard = f32x4.splat(1 / (1 + d.drive * <f32>0.5));
  const bent = d.drive > 0;
  let phase = f32x4.splat(d.phase);
  let sweep = falling(d.sweep, d.sweepDecay);
  const sweepFall = f32x4.splat(power(d.sweepDecay, 4));
  let tone = falling(d.tone, d.toneDecay);
  const toneFall = f32x4.splat(power(d.toneDecay, 4));
  const zero = f32x4.splat(0);
  if (d.tone > 1e-4) {
    for (let i = 0; i < count; i += 4) {
      // the phase of four frames: its steps summed up
      let steps = f32x4.add(step, f32x4.mul(step, sweep));
      steps = f32x4.add(steps, v128.shuffle<f32>(zero, steps, 0, 4, 5, 6));
      steps = f32x4.add(steps, v128.shuffle<f32>(zero, steps, 0, 0, 4, 5));
      const turns = wrapped(f32x4.add(phase, steps));
      let y = f32x4.mul(sineTurns(turns), tone);
      if (bent) y = f32x4.mul(saturated(f32x4.mul(y, drive)), hard);
      const to = sound + <usize>(i << 2);
      v128.store(to, f32x4.add(v128.load(to), y));
      const rest = count - i;
      d.phase = rest == 1 ? f32x4.extract_lane(turns, 0) : rest == 2 ? f32x4.extract_lane(turns, 1) : rest == 3 ? f32x4.extract_lane(turns, 2) : f32x4.extract_lane(turns, 3);
      phase = f32x4.splat(d.phase);
      sweep = f32x4.mul(sweep, sweepFall);
      tone = f32x4.mul(tone, toneFall);
    }
    d.sweep *= power(d.sweepDecay, count);
    d.tone *= power(d.toneDecay, count);
    if (d.tone <= 1e-4) d.tone = 0;
  }
  if (d.tone2 > 1e-4) {
    const step2 = d.hertz * turn * d.ratio2;
    let tone2 = falling(d.tone2, d.tone2Decay);
    const fall = f32x4.splat(power(d.tone2Decay, 4));
    let turns = f32x4.add(f32x4.splat(d.phase2), f32x4.mul(f32x4.splat(step2), f32x4(1, 2, 3, 4)));
    const on = f32x4.splat(4 * step2);
    for (let i = 0; i < count; i += 4) {
      turns = wrapped(turns);
      const to = sound + <usize>(i << 2);
      v128.store(to, f32x4.add(v128.load(to), f32x4.mul(sineTurns(turns), tone2)));
      tone2 = f32x4.mul(tone2, fall);
      turns = f32x4.add(turns, on);
    }
    const end = d.phase2 + step2 * <f32>count;
    d.phase2 = end - floor(end);
    d.tone2 *= power(d.tone2Decay, count);
    if (d.tone2 <= 1e-4) d.tone2 = 0;
  }
  if (d.click > 1e-4) {
    d.seed = addNoise(sound, d.seed, d.click, d.clickDecay, count);
    d.click *= power(d.clickDecay, count);
    if (d.click <= 1e-4) d.click = 0;
  }
}
/** Metal and noise through one filter; six squares at the TR-808's frequencies, duty 48 % (musicology 2.7). */
function rattle(d: Drum, sound: usize, count: i32): void {
  if (d.metal > 1e-4) {
    const turn = <f32>1 / d.rate;
    const duty = f32x4.splat(0.4798);
    const minusTwo = f32x4.splat(-2);
    for (let k = 0; k < 6; k++) {
      const step: f32 = turn * (k == 0 ? <f32>205.3 : k == 1 ? <f32>369.6 : k == 2 ? <f32>304.4 : k == 3 ? <f32>522.7 : k == 4 ? <f32>800 : <f32>540);
      const phase = load<f32>(d.squares + <usize>(k << 2));
      let turns = f32x4.add(f32x4.splat(phase), f32x4.mul(f32x4.splat(step), f32x4(1, 2, 3, 4)));
      const on = f32x4.splat(4 * step);
      for (let i = 0; i < count; i += 4) {
        turns = wrapped(turns);
        // up counts +1, down -1
        const to = sound + <usize>(i << 2);
        v128.store(to, f32x4.add(v128.load(to), f32x4.add(f32x4.splat(1), v128.and(minusTwo, f32x4.ge(turns, duty)))));
        turns = f32x4.add(turns, on);
      }
      const end = phase + step * <f32>count;
      store<f32>(d.squares + <usize>(k << 2), end - floor(end));
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
