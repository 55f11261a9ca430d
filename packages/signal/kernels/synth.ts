import { alloc, arg, arg32 } from "./memory";
import { nextNoise, sineTurns, vector, white, wrapped } from "./noise";

/**
 * Four voices of a synthesiser, one a lane: up to four oscillators each (the note, two detuned beside it, a sine an octave
 * below), band-limited saw and square, frequency modulation or a wavetable; a
 * state-variable filter (Zavalishin) with envelope and LFO for each side; an envelope of loudness. What moves slowly moves in ticks of 32
 * frames that lie on the song's own grid, so that it is the same wherever a block is cut; a lane that is struck or let go inside a tick is
 * told anew for the rest of it, the others are left alone.
 */
@unmanaged
class Synth {
  rows: usize = 0;
  rate: f32 = 0;
  kind: i32 = 0; // 0 analogue, 1 FM, 2 wavetable
  detune: f32 = 0; // detuning, relative
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
  fresh: i32 = 0; // lanes struck, and lanes let go, since the last frame: a bit each
  loosed: i32 = 0;
  taken: i32 = 0; // of those struck, lanes that still sounded
  sounding: i32 = 0; // lanes that sound in this tick
  stale: i32 = 0; // a setting or a note came since all lanes were told their pitch and filter
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
// told each tick
const LOUD: i32 = 21; // loudness of the frame before, and how it goes on
const SLOPE: i32 = 22;
const TURNS: i32 = 23; // turns a frame
const DEPTH: i32 = 24; // of modulation, turns
const SWING: i32 = 25; // of the LFO
const A1: i32 = 26;
const A2: i32 = 27;
const A3: i32 = 28;
const TWICE: i32 = 29; // the octave below: its recurrence
const BEFORE: i32 = 30;
const NOW: i32 = 31;
// what pitch and filter were reckoned from
const FROM_HERTZ: i32 = 32;
const FROM_OCTAVES: i32 = 33;
const ROWS: i32 = 34;

const sums: usize = heap.alloc(2 * TICK * 16 + 16);

/** Four silent voices. */
export function synthMake(rate: f32): usize {
  const s = changetype<Synth>(alloc(offsetof<Synth>()));
  s.rate = rate;
  s.stale = 1;
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
 * The voices' settings at `p` (f32 each), as they stand in `engine/src/devices.ts`: voices, detune (cents), shape, sub, breath, attack, decay,
 * sustain, release (seconds; sustain 0..1), cutoff (Hz), track (0..1), sweep (octaves), sweepTau (s), resonance (0..1), lfoHertz, lfoDepth
 * (octaves of cutoff), vibrato (LFO on pitch, cents); then, by `kind`: FM's ratio, index, indexTau (s), a wavetable's place and how far the
 * LFO moves it.
 */
export function synthSet(at: usize, kind: i32, p: usize): void {
  const s = changetype<Synth>(at);
  s.stale = 1;
  s.detune = NativeMathf.exp(load<f32>(p, 4) * <f32>0.0005776226504666211) - 1;
  s.shape = load<f32>(p, 8);
  s.sub = load<f32>(p, 12) * <f32>1.2;
  s.breath = load<f32>(p, 16);
  s.attack = 1 / (max<f32>(load<f32>(p, 20), 0.0005) * s.rate);
  s.decay = 1 - kept(load<f32>(p, 24), s.rate);
  s.sustain = load<f32>(p, 28);
  s.release = 1 - kept(load<f32>(p, 32), s.rate);
  s.cutoff = load<f32>(p, 36);
  s.track = load<f32>(p, 40);
  s.sweep = load<f32>(p, 44);
  s.sweepKeep = kept(load<f32>(p, 48), s.rate);
  s.damp = 2 - 1.9 * load<f32>(p, 52);
  s.lfoStep = (load<f32>(p, 56) * <f32>TICK) / s.rate;
  s.lfoDepth = load<f32>(p, 60);
  s.vibrato = NativeMathf.exp(load<f32>(p, 64) * <f32>0.0005776226504666211) - 1;
  s.kind = kind;
  if (kind == 1) {
    s.ratio = load<f32>(p, 68);
    s.index = load<f32>(p, 72);
    s.indexKeep = kept(load<f32>(p, 76), s.rate);
  } else if (kind == 2) {
    s.place = load<f32>(p, 68);
    s.placeMove = load<f32>(p, 72);
  }
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
/** Starts a note in a lane. Handed over: cents, gain, brightness, cents it is bent by, seed. */
export function synthStart(at: usize, lane: i32): void {
  const s = changetype<Synth>(at);
  const gain = arg32(1);
  const seed = <u32>arg(4);
  s.stale = 1;
  if (s.sounding == 0) {
    // all lanes are told: nothing of the last tick before the silence holds any longer
    s.fresh = 15;
    s.seed = seed;
  }
  put(s, HERTZ, lane, min<f32>(max<f32>(<f32>(440 * NativeMath.pow(2, (arg(0) - 6900) / 1200)), 1), s.rate * 0.45));
  put(s, BEND, lane, bounded());
  put(s, SWEEP, lane, 1);
  put(s, INDEX, lane, 1);
  put(s, BRIGHT, lane, arg32(2));
  if (get(s, STAGE, lane) == 0) {
    put(s, AMP, lane, 0);
    for (let row = IC1L; row <= IC2R; row++) put(s, row, lane, 0);
    // Free-running oscillators: each note begins at its own seeded phases; a modulated one always at the same.
    const second = nextNoise(seed);
    begin(s, 0, lane, seed);
    begin(s, 1, lane, second);
    begin(s, 2, lane, nextNoise(second));
    put(s, PHASE + 3, lane, 0);
    for (let k = 0; k < 4; k++) put(s, TURN + k, lane, 0);
    put(s, LFO, lane, unit(second));
  } else {
    // a voice that is taken goes on from where it is
    s.taken |= 1 << lane;
    put(s, AMP, lane, gain > 0 ? get(s, LOUD, lane) / gain : 0);
  }
  put(s, GAIN, lane, gain);
  put(s, STAGE, lane, 1);
  s.fresh |= 1 << lane;
  s.sounding |= 1 << lane;
}
/** Begins oscillator `k` of a lane at a seeded phase. */
function begin(s: Synth, k: i32, lane: i32, seed: u32): void {
  const to = s.rows + <usize>(((PHASE + k) << 4) + (lane << 2));
  if (s.kind == 0) store<u32>(to, seed);
  else store<f32>(to, s.kind == 1 ? 0 : unit(seed));
}
/** Pitch of the sounding note against that it was begun with, from the next tick on. Handed over: fourth, as to `synthStart`. */
export function synthBend(at: usize, lane: i32): void {
  put(changetype<Synth>(at), BEND, lane, bounded());
}
function bounded(): f32 {
  return min<f32>(max<f32>(<f32>NativeMath.pow(2, arg(3) / 1200), 0.01), 32);
}
function unit(seed: u32): f32 {
  return <f32>(seed >>> 8) * <f32>5.960464477539063e-8;
}
/** The key is let go. */
export function synthStop(at: usize, lane: i32): void {
  const s = changetype<Synth>(at);
  if (get(s, STAGE, lane) == 0) return;
  put(s, STAGE, lane, 3);
  s.loosed |= 1 << lane;
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

/** A vector of all ones in the lanes of a mask. */
// @ts-ignore: decorator
@inline
function lanesOf(mask: i32): v128 {
  return i32x4.ne(v128.and(i32x4.splat(mask), i32x4(1, 2, 4, 8)), i32x4.splat(0));
}
/** Stores a row in the lanes of `which`, and leaves the others. */
// @ts-ignore: decorator
@inline
function tell(rows: usize, row: i32, x: v128, which: v128): void {
  const at = rows + <usize>(row << 4);
  v128.store(at, v128.bitselect(x, v128.load(at), which));
}
/** LFO, pitch and filter of some lanes for the `n` frames that are left of a tick. */
function updatePitch(s: Synth, which: v128, n: i32): void {
  const rows = s.rows;
  const one = vector(0);
  const part = <f32>n / <f32>TICK;
  const lfo = wrapped(f32x4.add(v128.load(rows + (LFO << 4)), f32x4.splat(s.lfoStep * part)));
  tell(rows, LFO, lfo, which);
  const swing = sineTurns(lfo);
  tell(rows, SWING, swing, which);
  const sweep = v128.load(rows + (SWEEP << 4));
  tell(rows, SWEEP, f32x4.mul(sweep, f32x4.splat(1 - (1 - s.sweepKeep) * part)), which);
  const index = v128.load(rows + (INDEX << 4));
  tell(rows, INDEX, f32x4.mul(index, f32x4.splat(1 - (1 - s.indexKeep) * part)), which);
  const bright = v128.load(rows + (BRIGHT << 4));
  const hertz = f32x4.mul(f32x4.mul(v128.load(rows + (HERTZ << 4)), v128.load(rows + (BEND << 4))), f32x4.add(one, f32x4.mul(f32x4.splat(s.vibrato), swing)));
  const octaves = f32x4.add(f32x4.mul(f32x4.splat(s.sweep), sweep), f32x4.mul(f32x4.splat(s.lfoDepth), swing));
  const moved = v128.or(f32x4.ne(hertz, v128.load(rows + (FROM_HERTZ << 4))), f32x4.ne(octaves, v128.load(rows + (FROM_OCTAVES << 4))));
  if (s.stale != 0 || v128.any_true(moved)) {
    tell(rows, FROM_HERTZ, hertz, which);
    tell(rows, FROM_OCTAVES, octaves, which);
    filter(s, which, hertz, octaves, bright);
  }
  if (s.kind == 1) tell(rows, DEPTH, f32x4.mul(f32x4.mul(index, bright), f32x4.splat(s.index * <f32>0.15915494)), which);
  if (s.sub == 0) return;
  // the sine an octave below, as a two-pole recurrence begun anew
  const own = f32x4.mul(v128.load(rows + (TURNS << 4)), vector(1));
  const phase = v128.load(rows + ((PHASE + 3) << 4));
  const level = f32x4.splat(s.sub);
  const cosine = sineTurns(wrapped(f32x4.add(own, vector(2))));
  tell(rows, TWICE, f32x4.add(cosine, cosine), which);
  tell(rows, BEFORE, f32x4.mul(level, sineTurns(phase)), which);
  tell(rows, NOW, f32x4.mul(level, sineTurns(wrapped(f32x4.add(phase, own)))), which);
  tell(rows, PHASE + 3, wrapped(f32x4.add(phase, f32x4.mul(own, f32x4.splat(<f32>n)))), which);
}
/** Steps of the oscillators and coefficients of the filter. */
function filter(s: Synth, which: v128, hertz: v128, octaves: v128, bright: v128): void {
  const rows = s.rows;
  const one = vector(0);
  const tracked = f32x4.add(f32x4.splat(1 - s.track), f32x4.mul(f32x4.splat(s.track * <f32>0.005), hertz));
  let hz = f32x4.mul(f32x4.mul(f32x4.mul(f32x4.splat(s.cutoff), bright), powersOfTwo(octaves)), tracked);
  hz = f32x4.min(f32x4.max(hz, f32x4.splat(30)), f32x4.splat(s.rate * 0.4));
  // tan by its Pade approximant [3/2]: 0.8 % at most, where the filter is wide open
  const w = f32x4.mul(hz, f32x4.splat(<f32>Math.PI / s.rate));
  const w2 = f32x4.mul(w, w);
  const g = f32x4.div(f32x4.mul(w, f32x4.sub(f32x4.splat(15), w2)), f32x4.sub(f32x4.splat(15), f32x4.mul(f32x4.splat(6), w2)));
  const a1 = f32x4.div(one, f32x4.add(one, f32x4.mul(g, f32x4.add(g, f32x4.splat(s.damp)))));
  const a2 = f32x4.mul(g, a1);
  tell(rows, A1, a1, which);
  tell(rows, A2, a2, which);
  tell(rows, A3, f32x4.mul(g, a2), which);
  const step = f32x4.min(f32x4.mul(hertz, f32x4.splat(1 / s.rate)), f32x4.splat(0.45));
  tell(rows, TURNS, step, which);
}
/** Loudness of some lanes for the `n` frames that are left of a tick: straight up, then towards its goal; within the tick in a straight line. */
function swell(s: Synth, which: v128, n: i32): void {
  const rows = s.rows;
  const one = vector(0);
  const zero = vector(10);
  const part = <f32>n / <f32>TICK;
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
  after = v128.andnot(after, silent);
  tell(rows, STAGE, v128.andnot(stage, silent), which);
  tell(rows, AMP, after, which);
  const gain = v128.load(rows + (GAIN << 4));
  tell(rows, LOUD, f32x4.mul(amp, gain), which);
  tell(rows, SLOPE, f32x4.mul(f32x4.mul(f32x4.sub(after, amp), gain), f32x4.splat(1 / <f32>n)), which);
}
/** Begins a tick. Lanes that are silent hold nothing that could become a denormal. */
function tick(s: Synth): void {
  const rows = s.rows;
  const sounds = f32x4.gt(v128.load(rows + (STAGE << 4)), vector(10));
  for (let row = IC1L; row <= IC2R; row++) v128.store(rows + <usize>(row << 4), v128.and(v128.load(rows + <usize>(row << 4)), sounds));
  s.sounding = i32x4.bitmask(sounds);
  const all = i32x4.splat(-1);
  updatePitch(s, all, TICK);
  s.stale = 0;
  swell(s, all, TICK);
}
/** Loudness of a lane as it stands, without its gain. */
function amplitudes(s: Synth, which: v128): void {
  tell(s.rows, AMP, f32x4.div(v128.load(s.rows + (LOUD << 4)), f32x4.max(v128.load(s.rows + (GAIN << 4)), f32x4.splat(1e-9))), which);
}
/** Brings the octave below back from where the tick would have led it to where `left` frames of it are missing. */
function back(s: Synth, which: v128, left: i32): void {
  const at = (PHASE + 3) << 4;
  const own = f32x4.mul(v128.load(s.rows + (TURNS << 4)), f32x4.splat(<f32>0.5 * <f32>left));
  tell(s.rows, PHASE + 3, wrapped(f32x4.sub(v128.load(s.rows + <usize>at), own)), which);
}

/**
 * Adds `count` frames to the stereo pair `left`, `right`; `into` is how far into a tick of the song's grid the first of them lies, 0 to 31.
 * @returns a bit for each lane that still sounds.
 */
export function synthProcess(at: usize, into: i32, left: usize, right: usize, count: i32): i32 {
  const s = changetype<Synth>(at);
  if (into > 0) {
    const taken = lanesOf(s.fresh & s.taken);
    back(s, taken, TICK - into);
    updatePitch(s, lanesOf(s.fresh), TICK - into);
    const loosed = lanesOf(s.loosed & ~s.fresh);
    amplitudes(s, loosed);
    swell(s, lanesOf(s.loosed | s.fresh), TICK - into);
  }
  s.fresh = s.loosed = s.taken = 0;
  for (let from = 0; from < count; ) {
    if (into == 0) tick(s);
    const n = min(TICK - into, count - from);
    play(s, left + <usize>(from << 2), right + <usize>(from << 2), n);
    from += n;
    into = (into + n) & (TICK - 1);
  }
  const rest = i32x4.bitmask(f32x4.gt(v128.load(s.rows + (STAGE << 4)), vector(10)));
  if (into == 0) s.sounding = rest;
  return s.sounding;
}
/** Adds `n` frames, all of one tick. */
function play(s: Synth, left: usize, right: usize, n: i32): void {
  const rows = s.rows;
  const one = vector(0);
  const bins = (sums + 15) & ~15;
  const step = v128.load(rows + (TURNS << 4));
  const depth = v128.load(rows + (DEPTH << 4));
  const swing = v128.load(rows + (SWING << 4));
  const a1 = v128.load(rows + (A1 << 4));
  const a2 = v128.load(rows + (A2 << 4));
  const a3 = v128.load(rows + (A3 << 4));
  let loud = v128.load(rows + (LOUD << 4));
  const slope = v128.load(rows + (SLOPE << 4));
  const wide = s.detune != 0;
  if (s.kind == 0) {
    if (wide) unison(s, step, bins, n);
    else analogue(s, step, bins, n);
  } else {
    memory.fill(bins, 0, <usize>n << 5);
    const count = wide ? 3 : 1;
    for (let k = 0; k < count; k++) {
      const leftWeight = f32x4.splat(k == 0 ? (wide ? <f32>0.5 : 1) : k == 1 ? <f32>0.65 : <f32>0.25);
      const rightWeight = f32x4.splat(k == 0 ? (wide ? <f32>0.5 : 1) : k == 1 ? <f32>0.25 : <f32>0.65);
      const own = f32x4.mul(step, f32x4.splat(k == 1 ? 1 + s.detune : k == 2 ? 1 - s.detune : 1));
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
  if (s.sub != 0) octaveBelow(s, bins, n, wide);
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
    loud = f32x4.add(loud, loud);
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
  v128.store(rows + (IC1L << 4), l1);
  v128.store(rows + (IC1R << 4), r1);
  v128.store(rows + (IC2L << 4), l2);
  v128.store(rows + (IC2R << 4), r2);
  v128.store(rows + (LOUD << 4), loud);
  // four voices summed: four frames at a time
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    const t = bins + (<usize>i << 5);
    const o = <usize>(i << 2);
    const sumL = across(v128.load(t), v128.load(t, 32), v128.load(t, 64), v128.load(t, 96));
    const sumR = wide ? across(v128.load(t, 16), v128.load(t, 48), v128.load(t, 80), v128.load(t, 112)) : sumL;
    v128.store(left + o, f32x4.add(v128.load(left + o), sumL));
    v128.store(right + o, f32x4.add(v128.load(right + o), sumR));
  }
  for (; i < n; i++) {
    const t = bins + (<usize>i << 5);
    const o = <usize>(i << 2);
    const u = wide ? t + 16 : t;
    store<f32>(left + o, load<f32>(left + o) + ((load<f32>(t) + load<f32>(t, 4)) + (load<f32>(t, 8) + load<f32>(t, 12))));
    store<f32>(right + o, load<f32>(right + o) + ((load<f32>(u) + load<f32>(u, 4)) + (load<f32>(u, 8) + load<f32>(u, 12))));
  }
  }
/** A turn as a whole number: it wraps by itself. */
const WHOLE_TURN: f32 = 4294967296;
// @ts-ignore: decorator
@inline
function whole(phase: v128): v128 {
  return i32x4.trunc_sat_f32x4_s(f32x4.mul(f32x4.sub(phase, f32x4.nearest(phase)), f32x4.splat(WHOLE_TURN)));
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
  let p = v128.load(at);
  for (let t = bins, end = bins + (<usize>n << 5); t < end; t += 32) {
    p = i32x4.add(p, on);
    v128.store(t, waves(p, slope, inverse, edge, shape, square));
  }
  v128.store(at, p);
}
/** The three analogue oscillators of a wide sound: the middle one half on either side, the others 65 and 25 parts of a hundred. */
function unison(s: Synth, step: v128, bins: usize, n: i32): void {
  const square = s.shape != 0;
  const shape = f32x4.splat(s.shape);
  const at = s.rows + (PHASE << 4);
  const step1 = f32x4.mul(step, f32x4.splat(1 + s.detune));
  const step2 = f32x4.mul(step, f32x4.splat(1 - s.detune));
  // both sides have 45 parts of their sum, and 20 of their difference
  const middle = <f32>Math.SQRT1_2;
  const outer: f32 = 0.6708204;
  const slope = f32x4.splat(1 / WHOLE_TURN), slopes = f32x4.splat(<f32>0.9 / WHOLE_TURN);
  const inverse = inverseOf(step, middle), inverse1 = inverseOf(step1, outer), inverse2 = inverseOf(step2, outer);
  const edge = edgeOf(step, middle), edge1 = edgeOf(step1, outer), edge2 = edgeOf(step2, outer);
  const side = f32x4.splat(<f32>0.2 / <f32>0.45);
  const on = whole(step), on1 = whole(step1), on2 = whole(step2);
  let p = v128.load(at), q = v128.load(at, 16), r = v128.load(at, 32);
  for (let t = bins, end = bins + (<usize>n << 5); t < end; t += 32) {
    p = i32x4.add(p, on);
    q = i32x4.add(q, on1);
    r = i32x4.add(r, on2);
    const b = waves(q, slopes, inverse1, edge1, shape, square);
    const c = waves(r, slopes, inverse2, edge2, shape, square);
    const both = f32x4.add(waves(p, slope, inverse, edge, shape, square), f32x4.add(b, c));
    const difference = f32x4.mul(side, f32x4.sub(b, c));
    v128.store(t, f32x4.add(both, difference));
    v128.store(t, f32x4.sub(both, difference), 16);
  }
  v128.store(at, p);
  v128.store(at, q, 16);
  v128.store(at, r, 32);
}
/** Adds the sine an octave below. */
function octaveBelow(s: Synth, bins: usize, n: i32, wide: bool): void {
  const twice = v128.load(s.rows + (TWICE << 4));
  let before = v128.load(s.rows + (BEFORE << 4));
  let now = v128.load(s.rows + (NOW << 4));
  for (let t = bins, end = bins + (<usize>n << 5); t < end; t += 32) {
    v128.store(t, f32x4.add(v128.load(t), now));
    if (wide) v128.store(t, f32x4.add(v128.load(t, 16), now), 16);
    const next = f32x4.sub(f32x4.mul(twice, now), before);
    before = now;
    now = next;
  }
  v128.store(s.rows + (BEFORE << 4), before);
  v128.store(s.rows + (NOW << 4), now);
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
