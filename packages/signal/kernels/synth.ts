import { alloc } from "./memory";
import { nextNoise, white } from "./noise";

/** A subtractive voice: three band-limited oscillators, a sub, an envelope filter, an ADSR. */
@unmanaged
class Synth {
  stage: i32 = 0; // 0 silent, 1 attack, 2 decay and sustain, 3 release
  rate: f32 = 0;
  hertz: f32 = 0;
  phase0: f32 = 0;
  phase1: f32 = 0;
  phase2: f32 = 0;
  phaseSub: f32 = 0;
  detune: f32 = 0;
  shape: f32 = 0; // 0 saw .. 1 square
  sub: f32 = 0;
  breath: f32 = 0;
  amp: f32 = 0;
  attack: f32 = 0;
  decay: f32 = 0;
  sustain: f32 = 0;
  release: f32 = 0;
  cutoff: f32 = 0;
  track: f32 = 0;
  sweep: f32 = 0;
  sweepNow: f32 = 0;
  sweepDecay: f32 = 0;
  damp: f32 = 0;
  ic1: f32 = 0;
  ic2: f32 = 0;
  ic3: f32 = 0;
  ic4: f32 = 0;
  lfo: f32 = 0;
  lfoStep: f32 = 0;
  lfoDepth: f32 = 0;
  gain: f32 = 0;
  seed: u32 = 1;
  tick: i32 = 0; // frames until the filter is set anew
  a1: f32 = 0;
  a2: f32 = 0;
  a3: f32 = 0;
}

/** A silent voice. */
export function synthMake(rate: f32): usize {
  const s = changetype<Synth>(alloc(offsetof<Synth>()));
  s.rate = rate;
  return changetype<usize>(s);
}

/**
 * Starts a note with 15 settings at `p` (f32 each): detune (cents), shape, sub, breath, attack,
 * decay, sustain, release (seconds; sustain 0..1), cutoff (Hz), track (0..1), sweep (octaves),
 * sweepTau (s), resonance (0..1), lfoHertz, lfoDepth (octaves of cutoff).
 */
export function synthStart(at: usize, p: usize, hertz: f32, gain: f32, seed: u32, brightness: f32): void {
  const s = changetype<Synth>(at);
  s.hertz = hertz;
  s.detune = NativeMathf.exp(load<f32>(p) * <f32>0.0005776226504666211) - 1;
  s.shape = load<f32>(p + 4);
  s.sub = load<f32>(p + 8);
  s.breath = load<f32>(p + 12);
  s.attack = 1 / (max<f32>(load<f32>(p + 16), 0.0005) * s.rate);
  s.decay = tau(load<f32>(p + 20), s.rate);
  s.sustain = load<f32>(p + 24);
  s.release = tau(load<f32>(p + 28), s.rate);
  s.cutoff = load<f32>(p + 32) * brightness;
  s.track = load<f32>(p + 36);
  s.sweep = load<f32>(p + 40);
  s.sweepNow = 1;
  s.sweepDecay = tau(load<f32>(p + 44), s.rate / 16);
  s.damp = 2 - 1.9 * load<f32>(p + 48);
  s.lfoStep = (load<f32>(p + 52) * <f32>(2 * Math.PI) * 16) / s.rate;
  s.lfoDepth = load<f32>(p + 56);
  s.gain = gain;
  if (s.stage == 0) {
    s.amp = 0;
    s.ic1 = s.ic2 = s.ic3 = s.ic4 = 0;
    s.seed = seed;
    // Free-running oscillators: each note begins at its own seeded phases.
    s.phase0 = unit(seed);
    s.phase1 = unit(nextNoise(seed));
    s.phase2 = unit(nextNoise(nextNoise(seed)));
    s.phaseSub = 0;
    s.lfo = s.phase1 * 6;
  }
  s.stage = 1;
  s.tick = 0;
}

function unit(seed: u32): f32 {
  return <f32>(seed >>> 8) * <f32>5.960464477539063e-8;
}
function tau(seconds: f32, rate: f32): f32 {
  return 1 - NativeMathf.exp(-1 / (max<f32>(seconds, 0.0005) * rate));
}

/** The key is let go. */
export function synthStop(at: usize): void {
  const s = changetype<Synth>(at);
  if (s.stage != 0) s.stage = 3;
}
/** 1 while the voice still sounds. */
export function synthSounds(at: usize): i32 {
  return changetype<Synth>(at).stage != 0 ? 1 : 0;
}

/** Polynomial band-limited step (Valimaki and Huovilainen 2007). */
// @ts-ignore: decorator
@inline
function blep(phase: f32, step: f32): f32 {
  if (phase < step) {
    const t = phase / step;
    return t + t - t * t - 1;
  }
  if (phase > 1 - step) {
    const t = (phase - 1) / step;
    return t * t + t + t + 1;
  }
  return 0;
}
// @ts-ignore: decorator
@inline
function wave(phase: f32, step: f32, shape: f32): f32 {
  const saw: f32 = (phase + phase) - <f32>1 - blep(phase, step);
  if (shape <= 0) return saw;
  let other = phase + 0.5;
  if (other >= 1) other -= 1;
  return saw - shape * ((other + other) - <f32>1 - blep(other, step));
}

/** Adds `count` frames to the stereo pair `left`, `right`. */
export function synthProcess(at: usize, left: usize, right: usize, count: i32): void {
  const s = changetype<Synth>(at);
  if (s.stage == 0) return;
  const step0 = s.hertz / s.rate;
  const step1 = step0 * (1 + s.detune);
  const step2 = step0 * (1 - s.detune);
  const subStep = step0 * 0.5;
  const wide: bool = s.detune != 0;
  let a1 = s.a1;
  let a2 = s.a2;
  let a3 = s.a3;
  for (let i = 0; i < count; i++) {
    if (s.tick == 0) {
      s.tick = 16;
      s.lfo += s.lfoStep;
      if (s.lfo > <f32>(2 * Math.PI)) s.lfo -= <f32>(2 * Math.PI);
      const octaves = s.sweep * s.sweepNow + s.lfoDepth * NativeMathf.sin(s.lfo);
      s.sweepNow -= s.sweepNow * s.sweepDecay;
      let hz = s.cutoff * NativeMathf.exp(octaves * <f32>0.6931472) * (1 + s.track * (s.hertz / 200 - 1));
      hz = min<f32>(max<f32>(hz, 30), s.rate * 0.4);
      // Zavalishin's trapezoidal state-variable filter
      const g = NativeMathf.tan((<f32>Math.PI * hz) / s.rate);
      a1 = 1 / (1 + g * (g + s.damp));
      a2 = g * a1;
      a3 = g * a2;
    }
    s.tick--;
    s.phase0 += step0;
    if (s.phase0 >= 1) s.phase0 -= 1;
    let l: f32 = wave(s.phase0, step0, s.shape);
    let r: f32 = l;
    if (wide) {
      s.phase1 += step1;
      if (s.phase1 >= 1) s.phase1 -= 1;
      s.phase2 += step2;
      if (s.phase2 >= 1) s.phase2 -= 1;
      const w1 = wave(s.phase1, step1, s.shape);
      const w2 = wave(s.phase2, step2, s.shape);
      l = <f32>0.5 * l + <f32>0.65 * w1 + <f32>0.25 * w2;
      r = <f32>0.5 * r + <f32>0.25 * w1 + <f32>0.65 * w2;
    }
    if (s.sub > 0) {
      s.phaseSub += subStep;
      if (s.phaseSub >= 1) s.phaseSub -= 1;
      const p = s.phaseSub < 0.5 ? s.phaseSub : 1 - s.phaseSub;
      const tri = s.sub * (4 * p - 1) * <f32>1.2; // triangle an octave below
      l += tri;
      r += tri;
    }
    if (s.breath > 0) {
      s.seed = nextNoise(s.seed);
      const n = white(s.seed) * s.breath;
      l += n;
      r += n;
    }
    const v3l = l - s.ic2;
    const v1l = a1 * s.ic1 + a2 * v3l;
    const v2l = s.ic2 + a2 * s.ic1 + a3 * v3l;
    s.ic1 = 2 * v1l - s.ic1;
    s.ic2 = 2 * v2l - s.ic2;
    let v2r = v2l;
    if (wide) {
      const v3r = r - s.ic4;
      const v1r = a1 * s.ic3 + a2 * v3r;
      v2r = s.ic4 + a2 * s.ic3 + a3 * v3r;
      s.ic3 = 2 * v1r - s.ic3;
      s.ic4 = 2 * v2r - s.ic4;
    }
    if (s.stage == 1) {
      s.amp += s.attack;
      if (s.amp >= 1) {
        s.amp = 1;
        s.stage = 2;
      }
    } else if (s.stage == 2) s.amp += (s.sustain - s.amp) * s.decay;
    else {
      s.amp -= s.amp * s.release;
      if (s.amp < 1e-4) {
        s.stage = 0;
        s.amp = 0;
        return;
      }
    }
    const k = s.amp * s.gain;
    store<f32>(left + (i << 2), load<f32>(left + (i << 2)) + v2l * k);
    store<f32>(right + (i << 2), load<f32>(right + (i << 2)) + v2r * k);
  }
  s.a1 = a1;
  s.a2 = a2;
  s.a3 = a3;
}
