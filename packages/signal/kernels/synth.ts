import { alloc } from "./memory";
import { nextNoise, sineTurns, vector, white, wrapped } from "./noise";

/**
 * Four voices of a synthesiser, one a lane: up to four oscillators each (the note, two detuned beside it, a sine an octave
 * below), band-limited saw and square, frequency modulation or a wavetable; a
 * state-variable filter (Zavalishin) with envelope and LFO for each side; an envelope of loudness. What moves slowly moves every 32 frames.
 */
@unmanaged
class Synth {
  rows: usize = 0;
  rate: f32 = 0;
  kind: i32 = 0; // 0 analogue, 1 FM, 2 wavetable
  apart: f32 = 0; // detuning, relative
  sub: f32 = 0;
  shape: f32 = 0; // 0 saw .. 1 square
  breath: f32 = 0;
  seed: u32 = 1;
  ratio: f32 = 0; // modulator against carrier
  index: f32 = 0;
  indexKeep: f32 = 0; // per tick
  table: usize = 0; // frames of POINTS, each with its OCTAVES
  frames: i32 = 0;
  place: f32 = 0; // among the frames, 0..1
  placeMove: f32 = 0;
  attack: f32 = 0; // per frame
  decay: f32 = 0; // per tick
  sustain: f32 = 0;
  release: f32 = 0;
  cutoff: f32 = 0;
  track: f32 = 0;
  sweep: f32 = 0;
  sweepKeep: f32 = 0;
  damp: f32 = 0;
  lfoStep: f32 = 0; // turns per tick
  lfoDepth: f32 = 0;
  vibrato: f32 = 0;
}
/** Points of a wavetable frame, and octaves it is kept for (0: all partials). */
const POINTS: i32 = 2048;
const OCTAVES: i32 = 10;
const TICK: i32 = 32;

// Rows of four floats.
const PHASE: i32 = 0; // of four oscillators
const TURN: i32 = 4; // of their modulators
const HERTZ: i32 = 8;
const BEND: i32 = 9;
const AMP: i32 = 10;
const GAIN: i32 = 11;
const STAGE: i32 = 12; // 0 silent, 1 attack, 2 decay and sustain, 3 release
const SWEEP: i32 = 13;
const INDEX: i32 = 14;
const BRIGHT: i32 = 15;
const LFO: i32 = 16;
const IC1L: i32 = 17;
const IC1R: i32 = 18;
const IC2L: i32 = 19;
const IC2R: i32 = 20;
const ROWS: i32 = 21;

const sums: usize = heap.alloc(2 * TICK * 16 + 16);

/** Four silent voices. */
export function synthMake(rate: f32): usize {
  const s = changetype<Synth>(alloc(offsetof<Synth>()));
  s.rate = rate;
  s.rows = alloc(ROWS * 16);
  // a lane that was never struck turns too, unheard
  v128.store(s.rows + (HERTZ << 4), f32x4.splat(100));
  v128.store(s.rows + (BEND << 4), f32x4.splat(1));
  return changetype<usize>(s);
}
/** Gives the voices a wavetable: `frames` frames at `table`, each OCTAVES x POINTS floats, every octave with half the partials of the one before. */
export function synthTable(at: usize, table: usize, frames: i32): void {
  const s = changetype<Synth>(at);
  s.table = table;
  s.frames = frames;
}
/**
 * The voices' 22 settings at `p` (f32 each): detune (cents), shape, sub, breath, attack, decay, sustain, release
 * (seconds; sustain 0..1), cutoff (Hz), track (0..1), sweep (octaves), sweepTau (s), resonance (0..1), lfoHertz, lfoDepth
 * (octaves of cutoff), kind, ratio, index, indexTau (s), place, placeMove (LFO on place), vibrato (LFO on pitch, relative).
 */
export function synthSet(at: usize, p: usize): void {
  const s = changetype<Synth>(at);
  s.apart = NativeMathf.exp(load<f32>(p) * <f32>0.0005776226504666211) - 1;
  s.shape = load<f32>(p + 4);
  s.sub = load<f32>(p + 8) * <f32>1.2;
  s.breath = load<f32>(p + 12);
  s.attack = 1 / (max<f32>(load<f32>(p + 16), 0.0005) * s.rate);
  s.decay = 1 - kept(load<f32>(p + 20), s.rate);
  s.sustain = load<f32>(p + 24);
  s.release = 1 - kept(load<f32>(p + 28), s.rate);
  s.cutoff = load<f32>(p + 32);
  s.track = load<f32>(p + 36);
  s.sweep = load<f32>(p + 40);
  s.sweepKeep = kept(load<f32>(p + 44), s.rate);
  s.damp = 2 - 1.9 * load<f32>(p + 48);
  s.lfoStep = (load<f32>(p + 52) * <f32>TICK) / s.rate;
  s.lfoDepth = load<f32>(p + 56);
  s.kind = <i32>load<f32>(p + 60);
  s.ratio = load<f32>(p + 64);
  s.index = load<f32>(p + 68);
  s.indexKeep = kept(load<f32>(p + 72), s.rate);
  s.place = load<f32>(p + 76);
  s.placeMove = load<f32>(p + 80);
  s.vibrato = load<f32>(p + 84);
  if (s.kind == 2 && s.table == 0) s.kind = 0;
}
/** What is left after a tick of something that falls to 1/e in so many seconds. */
function kept(seconds: f32, rate: f32): f32 {
  return NativeMathf.exp(<f32>-TICK / (max<f32>(seconds, 0.0005) * rate));
}
// @ts-ignore: decorator
@inline
function put(s: Synth, row: i32, lane: i32, x: f32): void {
  store<f32>(s.rows + <usize>((row << 4) + (lane << 2)), x);
}
// @ts-ignore: decorator
@inline
function get(s: Synth, row: i32, lane: i32): f32 {
  return load<f32>(s.rows + <usize>((row << 4) + (lane << 2)));
}
/** Starts a note in a lane. */
export function synthStart(at: usize, lane: i32, hertz: f32, gain: f32, seed: u32, brightness: f32): void {
  const s = changetype<Synth>(at);
  put(s, HERTZ, lane, min<f32>(max<f32>(hertz, 1), s.rate * 0.45));
  put(s, BEND, lane, 1);
  put(s, GAIN, lane, gain);
  put(s, SWEEP, lane, 1);
  put(s, INDEX, lane, 1);
  put(s, BRIGHT, lane, brightness);
  if (get(s, STAGE, lane) == 0) {
    put(s, AMP, lane, 0);
    for (let row = IC1L; row <= IC2R; row++) put(s, row, lane, 0);
    // Free-running oscillators: each note begins at its own seeded phases; a modulated one always at the same.
    const free: f32 = s.kind == 1 ? 0 : 1;
    const second = nextNoise(seed);
    put(s, PHASE, lane, free * unit(seed));
    put(s, PHASE + 1, lane, free * unit(second));
    put(s, PHASE + 2, lane, free * unit(nextNoise(second)));
    put(s, PHASE + 3, lane, 0);
    for (let k = 0; k < 4; k++) put(s, TURN + k, lane, 0);
    put(s, LFO, lane, unit(second));
    s.seed = seed;
  }
  put(s, STAGE, lane, 1);
}
/** Pitch of the sounding note against that it was begun with. */
export function synthBend(at: usize, lane: i32, bend: f32): void {
  put(changetype<Synth>(at), BEND, lane, min<f32>(max<f32>(bend, 0.01), 32));
}
function unit(seed: u32): f32 {
  return <f32>(seed >>> 8) * <f32>5.960464477539063e-8;
}
/** The key is let go. */
export function synthStop(at: usize, lane: i32): void {
  const s = changetype<Synth>(at);
  if (get(s, STAGE, lane) != 0) put(s, STAGE, lane, 3);
}

/** 2^x for -20 < x < 20: whole octaves by the exponent, the rest by a polynomial (2e-5). */
// @ts-ignore: decorator
@inline
function powersOfTwo(x: v128): v128 {
  const bounded = f32x4.min(f32x4.max(x, f32x4.splat(-20)), f32x4.splat(20));
  const whole = f32x4.floor(bounded);
  const f = f32x4.sub(bounded, whole);
  const scale = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(whole), i32x4.splat(127)), 23);
  let p = f32x4.add(f32x4.splat(0.2256), f32x4.mul(f, f32x4.splat(0.0780)));
  p = f32x4.add(f32x4.splat(0.69635), f32x4.mul(f, p));
  return f32x4.mul(scale, f32x4.add(f32x4.splat(1), f32x4.mul(f, p)));
}
/** A wavetable's value at a phase, on the line between its points. */
// @ts-ignore: decorator
@inline
function read(frame: usize, phase: f32): f32 {
  const x = phase * <f32>POINTS;
  const k = <i32>x;
  const a = load<f32>(frame + ((k & (POINTS - 1)) << 2));
  const b = load<f32>(frame + (((k + 1) & (POINTS - 1)) << 2));
  return a + (b - a) * (x - <f32>k);
}

/** Adds `count` frames to the stereo pair `left`, `right`. @returns a bit for each lane that still sounds. */
export function synthProcess(at: usize, left: usize, right: usize, count: i32): i32 {
  const s = changetype<Synth>(at);
  const rows = s.rows;
  const one = vector(0);
  const zero = vector(10);
  const bins = (sums + 15) & ~15;
  const perFrame = f32x4.splat(1 / s.rate);
  for (let from = 0; from < count; from += TICK) {
    const n = min(TICK, count - from);
    const part = <f32>n / <f32>TICK;
    // the LFO, envelopes, filters
    const lfo = wrapped(f32x4.add(v128.load(rows + (LFO << 4)), f32x4.splat(s.lfoStep * part)));
    v128.store(rows + (LFO << 4), lfo);
    const swing = sineTurns(lfo);
    const sweep = v128.load(rows + (SWEEP << 4));
    v128.store(rows + (SWEEP << 4), f32x4.mul(sweep, f32x4.splat(1 - (1 - s.sweepKeep) * part)));
    const index = v128.load(rows + (INDEX << 4));
    v128.store(rows + (INDEX << 4), f32x4.mul(index, f32x4.splat(1 - (1 - s.indexKeep) * part)));
    const bright = v128.load(rows + (BRIGHT << 4));
    const hertz = f32x4.mul(f32x4.mul(v128.load(rows + (HERTZ << 4)), v128.load(rows + (BEND << 4))), f32x4.add(one, f32x4.mul(f32x4.splat(s.vibrato), swing)));
    const octaves = f32x4.add(f32x4.mul(f32x4.splat(s.sweep), sweep), f32x4.mul(f32x4.splat(s.lfoDepth), swing));
    const tracked = f32x4.add(f32x4.splat(1 - s.track), f32x4.mul(f32x4.splat(s.track * <f32>0.005), hertz));
    let hz = f32x4.mul(f32x4.mul(f32x4.mul(f32x4.splat(s.cutoff), bright), powersOfTwo(octaves)), tracked);
    hz = f32x4.min(f32x4.max(hz, f32x4.splat(30)), f32x4.splat(s.rate * 0.4));
    // tan by its Pade approximant [3/2]: 0.8 % at most, where the filter is wide open
    const w = f32x4.mul(hz, f32x4.splat(<f32>Math.PI / s.rate));
    const w2 = f32x4.mul(w, w);
    const g = f32x4.div(f32x4.mul(w, f32x4.sub(f32x4.splat(15), w2)), f32x4.sub(f32x4.splat(15), f32x4.mul(f32x4.splat(6), w2)));
    const a1 = f32x4.div(one, f32x4.add(one, f32x4.mul(g, f32x4.add(g, f32x4.splat(s.damp)))));
    const a2 = f32x4.mul(g, a1);
    const a3 = f32x4.mul(g, a2);
    const step = f32x4.min(f32x4.mul(hertz, perFrame), f32x4.splat(0.45));
    const depth = f32x4.mul(f32x4.mul(index, bright), f32x4.splat(s.index * <f32>0.15915494));
    // loudness goes straight up, then towards its goal; within a tick in a straight line
    const amp = v128.load(rows + (AMP << 4));
    let stage = v128.load(rows + (STAGE << 4));
    const attacking = f32x4.eq(stage, one);
    const released = f32x4.ge(stage, f32x4.splat(2.5));
    const up = f32x4.min(f32x4.add(amp, f32x4.splat(s.attack * <f32>n)), one);
    const goal = v128.bitselect(zero, f32x4.splat(s.sustain), released);
    const pace = v128.bitselect(f32x4.splat(s.release * part), f32x4.splat(s.decay * part), released);
    const down = f32x4.add(amp, f32x4.mul(f32x4.sub(goal, amp), pace));
    let after = v128.bitselect(up, down, attacking);
    stage = v128.bitselect(f32x4.splat(2), stage, v128.and(attacking, f32x4.ge(up, one)));
    // -66 dB under its loudest: gone
    const silent = v128.or(f32x4.eq(stage, zero), v128.and(v128.and(f32x4.ge(stage, f32x4.splat(2)), f32x4.lt(after, f32x4.splat(5e-4))), f32x4.lt(goal, f32x4.splat(5e-4))));
    stage = v128.andnot(stage, silent);
    after = v128.andnot(after, silent);
    v128.store(rows + (STAGE << 4), stage);
    v128.store(rows + (AMP << 4), after);
    const gain = v128.load(rows + (GAIN << 4));
    const slope = f32x4.mul(f32x4.sub(f32x4.mul(after, gain), f32x4.mul(amp, gain)), f32x4.splat(1 / <f32>n));
    let loud = f32x4.mul(amp, gain);

    const wide = s.apart != 0;
    if (s.kind == 0) {
      if (wide) unison(s, step, bins, n);
      else analogue(s, step, bins, n);
    } else {
      memory.fill(bins, 0, <usize>n << 5);
      const count = wide ? 3 : 1;
      for (let k = 0; k < count; k++) {
        const leftWeight = f32x4.splat(k == 0 ? (wide ? <f32>0.5 : 1) : k == 1 ? <f32>0.65 : <f32>0.25);
        const rightWeight = f32x4.splat(k == 0 ? (wide ? <f32>0.5 : 1) : k == 1 ? <f32>0.25 : <f32>0.65);
        const own = f32x4.mul(step, f32x4.splat(k == 1 ? 1 + s.apart : k == 2 ? 1 - s.apart : 1));
        let phase = v128.load(rows + ((PHASE + k) << 4));
        if (s.kind == 1) {
          let turn = v128.load(rows + ((TURN + k) << 4));
          const faster = f32x4.mul(own, f32x4.splat(s.ratio));
          for (let t = bins, end = bins + (<usize>n << 5); t < end; t += 32) {
            phase = wrapped(f32x4.add(phase, own));
            turn = wrapped(f32x4.add(turn, faster));
            const wave = sineTurns(wrapped(f32x4.add(phase, f32x4.mul(depth, sineTurns(turn)))));
            v128.store(t, f32x4.add(v128.load(t), f32x4.mul(wave, leftWeight)));
            v128.store(t, f32x4.add(v128.load(t, 16), f32x4.mul(wave, rightWeight)), 16);
          }
          v128.store(rows + ((TURN + k) << 4), turn);
        } else phase = tabled(s, phase, own, swing, bins, n, leftWeight, rightWeight);
        v128.store(rows + ((PHASE + k) << 4), phase);
      }
    }
    if (s.sub != 0) octaveBelow(s, step, bins, n, wide);
    if (s.breath > 0) {
      let seed = s.seed;
      for (let t = bins, end = bins + (<usize>n << 5); t < end; t += 32) {
        seed = nextNoise(seed);
        const noise = f32x4.splat(white(seed) * s.breath);
        v128.store(t, f32x4.add(v128.load(t), noise));
        if (wide) v128.store(t, f32x4.add(v128.load(t, 16), noise), 16);
      }
      s.seed = seed;
    }
    // both filters, as two lines of a matrix each: shorter chains than their usual form
    const m11 = f32x4.sub(f32x4.add(a1, a1), one);
    const m12 = f32x4.add(a2, a2);
    const m23 = f32x4.add(a3, a3);
    const m22 = f32x4.sub(one, m23);
    const y2 = f32x4.sub(one, a3);
    let l1 = v128.load(rows + (IC1L << 4)), r1 = v128.load(rows + (IC1R << 4));
    let l2 = v128.load(rows + (IC2L << 4)), r2 = v128.load(rows + (IC2R << 4));
    if (wide) {
      // what is heard stands half-way between l2 and what it becomes
      const gentle = f32x4.mul(slope, vector(1));
      loud = f32x4.mul(loud, vector(1));
      for (let t = bins, end = bins + (<usize>n << 5); t < end; t += 32) {
        const dl = f32x4.sub(v128.load(t), l2);
        const dr = f32x4.sub(v128.load(t, 16), r2);
        loud = f32x4.add(loud, gentle);
        const nextL = f32x4.add(f32x4.add(l2, f32x4.mul(m12, l1)), f32x4.mul(m23, dl));
        const nextR = f32x4.add(f32x4.add(r2, f32x4.mul(m12, r1)), f32x4.mul(m23, dr));
        l1 = f32x4.add(f32x4.mul(m11, l1), f32x4.mul(m12, dl));
        r1 = f32x4.add(f32x4.mul(m11, r1), f32x4.mul(m12, dr));
        v128.store(t, f32x4.mul(loud, f32x4.add(l2, nextL)));
        v128.store(t, f32x4.mul(loud, f32x4.add(r2, nextR)), 16);
        l2 = nextL;
        r2 = nextR;
      }
    } else {
      // both sides are one
      for (let t = bins, end = bins + (<usize>n << 5); t < end; t += 32) {
        const x = v128.load(t);
        loud = f32x4.add(loud, slope);
        v128.store(t, f32x4.mul(loud, f32x4.add(f32x4.mul(a2, l1), f32x4.add(f32x4.mul(y2, l2), f32x4.mul(a3, x)))));
        const next = f32x4.add(f32x4.mul(m11, l1), f32x4.mul(m12, f32x4.sub(x, l2)));
        l2 = f32x4.add(f32x4.mul(m12, l1), f32x4.add(f32x4.mul(m22, l2), f32x4.mul(m23, x)));
        l1 = next;
      }
    }
    // silent lanes hold nothing that could become a denormal
    v128.store(rows + (IC1L << 4), v128.andnot(l1, silent));
    v128.store(rows + (IC1R << 4), v128.andnot(r1, silent));
    v128.store(rows + (IC2L << 4), v128.andnot(l2, silent));
    v128.store(rows + (IC2R << 4), v128.andnot(r2, silent));
    // four voices summed: four frames at a time
    let i = 0;
    for (; i + 4 <= n; i += 4) {
      const t = bins + (<usize>i << 5);
      const o = <usize>((from + i) << 2);
      const sumL = across(v128.load(t), v128.load(t, 32), v128.load(t, 64), v128.load(t, 96));
      const sumR = wide ? across(v128.load(t, 16), v128.load(t, 48), v128.load(t, 80), v128.load(t, 112)) : sumL;
      v128.store(left + o, f32x4.add(v128.load(left + o), sumL));
      v128.store(right + o, f32x4.add(v128.load(right + o), sumR));
    }
    for (; i < n; i++) {
      const t = bins + (<usize>i << 5);
      const o = <usize>((from + i) << 2);
      const u = wide ? t + 16 : t;
      store<f32>(left + o, load<f32>(left + o) + ((load<f32>(t) + load<f32>(t, 4)) + (load<f32>(t, 8) + load<f32>(t, 12))));
      store<f32>(right + o, load<f32>(right + o) + ((load<f32>(u) + load<f32>(u, 4)) + (load<f32>(u, 8) + load<f32>(u, 12))));
    }
  }
  return i32x4.bitmask(f32x4.gt(v128.load(rows + (STAGE << 4)), zero));
}
/** A turn as a whole number: it wraps by itself. */
const WHOLE_TURN: f32 = 4294967296;
// @ts-ignore: decorator
@inline
function whole(phase: v128): v128 {
  return i32x4.trunc_sat_f32x4_s(f32x4.mul(f32x4.sub(phase, f32x4.nearest(phase)), f32x4.splat(WHOLE_TURN)));
}
// @ts-ignore: decorator
@inline
function fraction(turn: v128): v128 {
  return f32x4.mul(f32x4.convert_i32x4_s(turn), f32x4.splat(1 / WHOLE_TURN));
}
/**
 * Saws of whole turns -1/2..1/2, their steps smoothed by a parabola over the frame on either side (Valimaki and Huovilainen 2007): of `level`,
 * `slope` twice that over a turn, `inverse` and `edge` frames a turn and one less half of them, times its root.
 */
// @ts-ignore: decorator
@inline
function saws(turn: v128, slope: v128, inverse: v128, edge: v128): v128 {
  const x = f32x4.convert_i32x4_s(turn);
  const sign = v128.and(x, vector(8));
  const far = v128.xor(x, sign);
  const near = f32x4.max(f32x4.add(f32x4.mul(far, inverse), edge), vector(10));
  return v128.xor(f32x4.sub(f32x4.mul(far, slope), f32x4.mul(near, near)), sign);
}
/** Saws, less `shape` of themselves half a turn later: at 1 a square. */
// @ts-ignore: decorator
@inline
function waves(turn: v128, slope: v128, inverse: v128, edge: v128, shape: v128, square: bool): v128 {
  const saw = saws(turn, slope, inverse, edge);
  if (!square) return saw;
  // half a turn is the sign of a whole one
  return f32x4.sub(saw, f32x4.mul(shape, saws(v128.xor(turn, vector(8)), slope, inverse, edge)));
}
// @ts-ignore: decorator
@inline
function inverseOf(step: v128, root: f32): v128 {
  return f32x4.div(f32x4.splat(root / WHOLE_TURN), step);
}
// @ts-ignore: decorator
@inline
function edgeOf(step: v128, root: f32): v128 {
  return f32x4.mul(f32x4.splat(root), f32x4.sub(vector(0), f32x4.div(vector(1), step)));
}
/** The one analogue oscillator of a narrow sound, to the left side. */
function analogue(s: Synth, step: v128, bins: usize, n: i32): void {
  const square = s.shape != 0;
  const shape = f32x4.splat(s.shape);
  const at = s.rows + (PHASE << 4);
  const slope = f32x4.splat(2 / WHOLE_TURN);
  const inverse = inverseOf(step, 1);
  const edge = edgeOf(step, 1);
  const on = whole(step);
  let p = whole(v128.load(at));
  for (let t = bins, end = bins + (<usize>n << 5); t < end; t += 32) {
    p = i32x4.add(p, on);
    v128.store(t, waves(p, slope, inverse, edge, shape, square));
  }
  v128.store(at, fraction(p));
}
/** The three analogue oscillators of a wide sound: the middle one half on either side, the others 65 and 25 parts of a hundred. */
function unison(s: Synth, step: v128, bins: usize, n: i32): void {
  const square = s.shape != 0;
  const shape = f32x4.splat(s.shape);
  const at = s.rows + (PHASE << 4);
  const step1 = f32x4.mul(step, f32x4.splat(1 + s.apart));
  const step2 = f32x4.mul(step, f32x4.splat(1 - s.apart));
  // both sides have 45 parts of their sum, and 20 of their difference
  const middle = <f32>Math.SQRT1_2;
  const outer: f32 = 0.6708204;
  const slope = f32x4.splat(1 / WHOLE_TURN), slopes = f32x4.splat(<f32>0.9 / WHOLE_TURN);
  const inverse = inverseOf(step, middle), inverse1 = inverseOf(step1, outer), inverse2 = inverseOf(step2, outer);
  const edge = edgeOf(step, middle), edge1 = edgeOf(step1, outer), edge2 = edgeOf(step2, outer);
  const side = f32x4.splat(<f32>0.2 / <f32>0.45);
  const on = whole(step), on1 = whole(step1), on2 = whole(step2);
  let p = whole(v128.load(at)), q = whole(v128.load(at, 16)), r = whole(v128.load(at, 32));
  for (let t = bins, end = bins + (<usize>n << 5); t < end; t += 32) {
    p = i32x4.add(p, on);
    q = i32x4.add(q, on1);
    r = i32x4.add(r, on2);
    const b = waves(q, slopes, inverse1, edge1, shape, square);
    const c = waves(r, slopes, inverse2, edge2, shape, square);
    const both = f32x4.add(waves(p, slope, inverse, edge, shape, square), f32x4.add(b, c));
    const apart = f32x4.mul(side, f32x4.sub(b, c));
    v128.store(t, f32x4.add(both, apart));
    v128.store(t, f32x4.sub(both, apart), 16);
  }
  v128.store(at, fraction(p));
  v128.store(at, fraction(q), 16);
  v128.store(at, fraction(r), 32);
}
/** Adds the sine an octave below, as a two-pole recurrence begun anew each tick. */
function octaveBelow(s: Synth, step: v128, bins: usize, n: i32, wide: bool): void {
  const at = s.rows + ((PHASE + 3) << 4);
  const own = f32x4.mul(step, vector(1));
  const level = f32x4.splat(s.sub);
  const phase = v128.load(at);
  const cosine = sineTurns(wrapped(f32x4.add(own, vector(2))));
  const twice = f32x4.add(cosine, cosine);
  let before = f32x4.mul(level, sineTurns(phase));
  let now = f32x4.mul(level, sineTurns(wrapped(f32x4.add(phase, own))));
  for (let t = bins, end = bins + (<usize>n << 5); t < end; t += 32) {
    v128.store(t, f32x4.add(v128.load(t), now));
    if (wide) v128.store(t, f32x4.add(v128.load(t, 16), now), 16);
    const next = f32x4.sub(f32x4.mul(twice, now), before);
    before = now;
    now = next;
  }
  v128.store(at, wrapped(f32x4.add(phase, f32x4.mul(own, f32x4.splat(<f32>n)))));
}
/** Sums of each vector's lanes, side by side. */
// @ts-ignore: decorator
@inline
function across(r0: v128, r1: v128, r2: v128, r3: v128): v128 {
  const a = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5), b = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
  const c = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5), d = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
  return f32x4.add(
    f32x4.add(v128.shuffle<f32>(a, c, 0, 1, 4, 5), v128.shuffle<f32>(a, c, 2, 3, 6, 7)),
    f32x4.add(v128.shuffle<f32>(b, d, 0, 1, 4, 5), v128.shuffle<f32>(b, d, 2, 3, 6, 7)),
  );
}

/** An oscillator that reads the wavetable: lane by lane, each in the octave whose highest partial stays under the Nyquist frequency. */
function tabled(s: Synth, phases: v128, steps: v128, swing: v128, bins: usize, n: i32, leftWeight: v128, rightWeight: v128): v128 {
  v128.store(lanes, phases);
  v128.store(lanes, steps, 16);
  v128.store(lanes, swing, 32);
  v128.store(lanes, leftWeight, 48);
  v128.store(lanes, rightWeight, 64);
  for (let lane = 0; lane < 4; lane++) {
    const o = <usize>(lane << 2);
    if (load<f32>(s.rows + (STAGE << 4) + o) == 0 && load<f32>(s.rows + (AMP << 4) + o) == 0) continue;
    const step = load<f32>(lanes + o, 16);
    let octave = 0;
    let partials: f32 = <f32>POINTS * <f32>0.25;
    while (octave < OCTAVES - 1 && partials * step > 0.5) {
      partials *= 0.5;
      octave++;
    }
    const place = min<f32>(max<f32>(s.place + s.placeMove * load<f32>(lanes + o, 32), 0), 1) * <f32>(s.frames - 1);
    const k = min(<i32>place, s.frames - 1);
    const between = place - <f32>k;
    const frameA = s.table + <usize>(((k * OCTAVES + octave) * POINTS) << 2);
    const frameB = s.table + <usize>(((min(k + 1, s.frames - 1) * OCTAVES + octave) * POINTS) << 2);
    const l = load<f32>(lanes, 48);
    const r = load<f32>(lanes, 64);
    let phase = load<f32>(lanes + o);
    for (let t = bins + o, end = bins + o + (<usize>n << 5); t < end; t += 32) {
      phase += step;
      if (phase >= 1) phase -= 1;
      const a = read(frameA, phase);
      const wave = a + (read(frameB, phase) - a) * between;
      store<f32>(t, load<f32>(t) + wave * l);
      store<f32>(t, load<f32>(t, 16) + wave * r, 16);
    }
    store<f32>(lanes + o, phase);
  }
  return v128.load(lanes);
}
const lanes: usize = heap.alloc(96);
