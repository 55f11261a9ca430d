import { alloc } from "./memory";
import { nextNoise, saturate, sineTurn, white } from "./noise";

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
  seed: u32 = 1;
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
  // state-variable filter shared by metal and noise
  f: f32 = 0;
  damp: f32 = 0;
  low: f32 = 0;
  band: f32 = 0;
  highMix: f32 = 0;
  bandMix: f32 = 0;
  choke: f32 = 1;
  gain: f32 = 1;
}

/** A silent drum voice. */
export function drumMake(rate: f32): usize {
  const d = changetype<Drum>(alloc(offsetof<Drum>()));
  d.rate = rate;
  d.squares = alloc(8 * 4);
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
  d.seed = seed;
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
  d.f = NativeMathf.tan((<f32>Math.PI * min<f32>(load<f32>(s + 64), d.rate * 0.4)) / d.rate);
  d.damp = load<f32>(s + 68);
  d.highMix = load<f32>(s + 72);
  d.bandMix = load<f32>(s + 76);
  d.low = d.band = 0;
  d.choke = 1;
  d.gain = gain;
}

function decayOf(frames: f32): f32 {
  return frames < 1 ? 0 : NativeMathf.exp(-1.0 / frames);
}

/** Fades the voice out over about 5 ms (an open hat closed by the next one). */
export function drumChoke(at: usize): void {
  changetype<Drum>(at).choke = 0.98;
}

/** Adds `count` frames to `out`. */
export function drumProcess(at: usize, out: usize, count: i32): void {
  const d = changetype<Drum>(at);
  if (d.alive == 0) return;
  let peak: f32 = 0;
  const turn = <f32>1 / d.rate;
  // the tone and its second mode
  if (d.tone > 1e-4 || d.tone2 > 1e-4 || d.click > 1e-4) {
    let phase = d.phase, phase2 = d.phase2, sweep = d.sweep, tone = d.tone, tone2 = d.tone2, click = d.click, seed = d.seed, choke = d.choke;
    const step = d.hertz * turn;
    const step2 = step * d.ratio2;
    const drive = d.drive;
    const hard: f32 = 1 / (1 + drive * <f32>0.5);
    for (let i = 0; i < count; i++) {
      phase += step * (1 + sweep);
      phase -= <f32>(<i32>phase);
      sweep *= d.sweepDecay;
      const s = sineTurn(phase) * tone;
      let y = drive > 0 ? saturate(s * (1 + drive)) * hard : s;
      tone *= d.toneDecay;
      if (tone2 > 1e-4) {
        phase2 += step2;
        phase2 -= <f32>(<i32>phase2);
        y += sineTurn(phase2) * tone2;
        tone2 *= d.tone2Decay;
      }
      if (click > 1e-4) {
        seed = nextNoise(seed);
        y += click * white(seed);
        click *= d.clickDecay;
      }
      y *= choke;
      if (choke < 1) choke *= 0.98;
      peak = max<f32>(peak, abs(y));
      store<f32>(out + (i << 2), load<f32>(out + (i << 2)) + y * d.gain);
    }
    d.phase = phase;
    d.phase2 = phase2;
    d.sweep = sweep;
    d.tone = tone > 1e-4 ? tone : 0;
    d.tone2 = tone2 > 1e-4 ? tone2 : 0;
    d.click = click > 1e-4 ? click : 0;
    d.seed = seed;
  }
  // metal and noise through one filter; six squares at the TR-808's frequencies, duty 48 % (musicology 2.7)
  if (d.noise > 1e-4 || d.bursts > 0 || d.metal > 1e-4) {
    let noise = d.noise, metal = d.metal, low = d.low, band = d.band, seed = d.seed, choke = d.choke, age = d.age;
    let squares = v128.load(d.squares), more = v128.load(d.squares, 16);
    const steps = f32x4.mul(f32x4(205.3, 369.6, 304.4, 522.7), f32x4.splat(turn));
    const moreSteps = f32x4.mul(f32x4(800, 540, 0, 0), f32x4.splat(turn));
    const duty = f32x4.splat(0.4798);
    const f = d.f, wide = d.damp + f, scale: f32 = 1 / (1 + f * wide), highMix = d.highMix, bandMix = d.bandMix;
    for (let i = 0; i < count; i++) {
      let x: f32 = 0;
      if (metal > 1e-4) {
        squares = f32x4.add(squares, steps);
        squares = f32x4.sub(squares, f32x4.floor(squares));
        more = f32x4.add(more, moreSteps);
        more = f32x4.sub(more, f32x4.floor(more));
        // of six squares so many are up: each counts +1, the others -1
        const up: i32 = <i32>popcnt<i32>(i32x4.bitmask(f32x4.lt(squares, duty)) | ((i32x4.bitmask(f32x4.lt(more, duty)) & 3) << 4));
        x = (<f32>up * 2 - 6) * metal * <f32>0.16;
        metal *= d.metalDecay;
      }
      if (d.bursts > 0 && age == d.burstGap) {
        noise = d.noiseLevel;
        d.bursts--;
        age = 0;
      }
      age++;
      seed = nextNoise(seed);
      x += white(seed) * noise;
      noise *= d.bursts > 0 ? d.noiseDecay * <f32>0.994 : d.noiseDecay;
      // state-variable filter by the trapezoidal rule (Zavalishin)
      const top = (x - wide * band - low) * scale;
      const mid = f * top + band;
      const deep = f * mid + low;
      band = f * top + mid;
      low = f * mid + deep;
      let y = highMix * top + bandMix * mid;
      y *= choke;
      if (choke < 1) choke *= 0.98;
      peak = max<f32>(peak, abs(y));
      store<f32>(out + (i << 2), load<f32>(out + (i << 2)) + y * d.gain);
    }
    v128.store(d.squares, squares);
    v128.store(d.squares, more, 16);
    d.noise = noise;
    d.metal = metal;
    d.low = low;
    d.band = band;
    d.seed = seed;
    d.age = age;
  }
  if (d.choke < 1) d.choke *= NativeMathf.pow(0.98, <f32>count);
  if (peak < 1e-4 && d.bursts == 0) d.alive = 0;
}
