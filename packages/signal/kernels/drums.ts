import { alloc } from "./memory";
import { nextNoise, saturate, white } from "./noise";

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
  d.squares = alloc(6 * 4);
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
  d.f = 2 * NativeMathf.sin((<f32>Math.PI * load<f32>(s + 64)) / (d.rate * 2));
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

// Half cycle of a square at the six TR-808 metal frequencies (musicology 2.7).
// @ts-ignore: decorator
@inline
function metalHertz(k: i32): f32 {
  return k == 0 ? 205.3 : k == 1 ? 369.6 : k == 2 ? 304.4 : k == 3 ? 522.7 : k == 4 ? 800.0 : 540.0;
}

/** Adds `count` frames to `out`. */
export function drumProcess(at: usize, out: usize, count: i32): void {
  const d = changetype<Drum>(at);
  if (d.alive == 0) return;
  let peak: f32 = 0;
  const turn = <f32>(2 * Math.PI) / d.rate;
  for (let i = 0; i < count; i++) {
    let y: f32 = 0;
    if (d.tone > 1e-5) {
      d.phase += d.hertz * (1 + d.sweep) * turn;
      if (d.phase > <f32>(2 * Math.PI)) d.phase -= <f32>(2 * Math.PI);
      d.sweep *= d.sweepDecay;
      const s = NativeMathf.sin(d.phase) * d.tone;
      y += d.drive > 0 ? saturate(s * (1 + d.drive)) / (1 + d.drive * 0.5) : s;
      d.tone *= d.toneDecay;
    }
    if (d.tone2 > 1e-5) {
      d.phase2 += d.hertz * d.ratio2 * turn;
      if (d.phase2 > <f32>(2 * Math.PI)) d.phase2 -= <f32>(2 * Math.PI);
      y += NativeMathf.sin(d.phase2) * d.tone2;
      d.tone2 *= d.tone2Decay;
    }
    if (d.click > 1e-5) {
      d.seed = nextNoise(d.seed);
      y += d.click * white(d.seed);
      d.click *= d.clickDecay;
    }
    let x: f32 = 0;
    if (d.metal > 1e-5) {
      let sum: f32 = 0;
      for (let k = 0; k < 6; k++) {
        let phase = load<f32>(d.squares + (k << 2)) + metalHertz(k) / d.rate;
        if (phase >= 1) phase -= 1;
        store<f32>(d.squares + (k << 2), phase);
        sum += phase < 0.4798 ? <f32>1 : <f32>-1;
      }
      x += sum * d.metal * 0.16;
      d.metal *= d.metalDecay;
    }
    if (d.bursts > 0 && d.age == d.burstGap) {
      d.noise = d.noiseLevel;
      d.bursts--;
      d.age = 0;
    }
    d.age++;
    if (d.noise > 1e-5) {
      d.seed = nextNoise(d.seed);
      x += white(d.seed) * d.noise;
      d.noise *= d.bursts > 0 ? d.noiseDecay * <f32>0.994 : d.noiseDecay;
    }
    // Two half steps of the Chamberlin filter keep it stable up to 12 kHz.
    for (let half = 0; half < 2; half++) {
      d.low += d.f * d.band;
      const high = x - d.low - d.damp * d.band;
      d.band += d.f * high;
      if (half == 1) y += d.highMix * high + d.bandMix * d.band;
    }
    y *= d.choke;
    if (d.choke < 1) d.choke *= 0.98;
    const m = y < 0 ? -y : y;
    if (m > peak) peak = m;
    store<f32>(out + (i << 2), load<f32>(out + (i << 2)) + y * d.gain);
  }
  if (peak < 2e-5 && d.bursts == 0) d.alive = 0;
}
