import { burstFire } from "./burst";
import { alloc, arg, handOver } from "./memory";
import { addPartial, bankClear, bankWanted } from "./partials";
import { RATE } from "./units";

/** What strokes on an instrument have in common; how its strings and its body sound is told by `engine/src/plucked/parameters.ts`. */
@unmanaged
class Pluck {
  burst: usize = 0;
  bodyBank: usize = 0;
  // f64 each: half-power frequency of the touch, its place; the second polarisation's cents, dB and loss; coupling; noise: dB, Hz, seconds;
  // seconds in which the sharpness of a hard stroke falls to 1/e
  settings: usize = 0;
  body: usize = 0; // f64 each: Hz, seconds to -60 dB, dB
  modes: i32 = 0;
  others: usize = 0; // f64: pitches in cents at which other strings would ring along
  strings: i32 = 0;
  chance: u32 = 1; // xorshift32 (Marsaglia 2003)
}
/** A note of a string, which keeps what a finger finds of it later. */
@unmanaged
class StringNote {
  bank: usize = 0;
  struck: f64 = 0; // cents at which its partials were struck, and those the finger holds now
  cents: f64 = 0;
  strength: f64 = 0; // of the stroke
  loss: f64 = 1; // of its fundamental, nepers a second
  sharp: f64 = 0; // cents by which it began sharp
  from: f64 = 0; // a slide: where it came from, as cents beside `cents`, and frames it takes
  slide: f64 = 0;
  began: i32 = 0;
}
/** Partials below this are not begun: 62 dB under a plain stroke. */
const MIN_LEVEL: f64 = 1.5e-4;
/** Of a pitch, f64 each: seconds in which the body takes it up, cents by which a plain stroke begins sharp, cents between the strings of its course. */
const PITCH_VALUES: i32 = 3;
/** Behind them, f64 each a partial: Hz, loss in nepers a second, level, and what the place of the stroke takes of it. */
const PARTIAL_VALUES: i32 = 4;
const TAU: f64 = 2 * Math.PI;
/** Tension falls in steps: each sets all partials anew. */
const TENSION_STEP_SEC: f64 = 256 / RATE;

export function pluckMake(burst: usize, bodyBank: usize, modes: i32, strings: i32): usize {
  const p = changetype<Pluck>(alloc(offsetof<Pluck>()));
  p.burst = burst;
  p.bodyBank = bodyBank;
  p.settings = alloc(10 * 8);
  p.body = alloc(modes * 24);
  p.modes = modes;
  p.others = alloc(max(strings, 1) * 8);
  p.strings = strings;
  return changetype<usize>(p);
}
/** A note of a string that sounds on a bank. */
export function stringNoteMake(bank: usize): usize {
  const note = changetype<StringNote>(alloc(offsetof<StringNote>()));
  note.bank = bank;
  return changetype<usize>(note);
}
/** Which of `count` pitches (string and cents, f64 each) is this one; -1: none. Handed over: cents. */
export function pluckFind(pitches: usize, count: i32, string: i32): i32 {
  for (let k = 0; k < count; k++) if (value(pitches, 2 * k) == <f64>string && value(pitches, 2 * k + 1) == arg(0)) return k;
  return -1;
}
/** Where its settings, its body's modes and the other strings' pitches stand. */
export function pluckSettings(at: usize): usize {
  return changetype<Pluck>(at).settings;
}
export function pluckBody(at: usize): usize {
  return changetype<Pluck>(at).body;
}
export function pluckOthers(at: usize): usize {
  return changetype<Pluck>(at).others;
}
/** Begins a stroke: what it does by chance follows from this. */
export function pluckSeed(at: usize, seed: i32): void {
  changetype<Pluck>(at).chance = seed == 0 ? 1 : <u32>seed;
}
/** Uniform in [0, 1). */
function random(p: Pluck): f64 {
  let state = p.chance;
  state ^= state << 13;
  state ^= state >> 17;
  state ^= state << 5;
  p.chance = state;
  return <f64>state / 4294967296;
}
// @ts-ignore: decorator
@inline
function value(at: usize, k: i32): f64 {
  return load<f64>(at + <usize>(k << 3));
}
// @ts-ignore: decorator
@inline
function ratio(decibels: f64): f64 {
  return NativeMath.exp(decibels * 0.11512925464970229);
}
// @ts-ignore: decorator
@inline
function square(x: f64): f64 {
  return x * x;
}
/** At phase 0 a partial begins at rest and rises: a sine. */
function add(bank: usize, hertz: f64, loss: f64, level: f64, phase: f64): void {
  addPartial(bank, (TAU * hertz) / RATE, loss / RATE, level * NativeMath.sin(phase), -level * NativeMath.cos(phase));
}
function fire(p: Pluck, level: f64, seconds: f64, hertz: f64): void {
  handOver(0, level);
  handOver(1, seconds * RATE);
  handOver(2, hertz);
  handOver(3, Math.floor(random(p) * 4e9));
  burstFire(p.burst);
}
/**
 * Begins a note at a pitch: `count` partials, which stand at `pitch` as told below. `hand` is 1 for the left hand, which finds what is left of the note `before`, 2 where the
 * second of a course sounds an octave higher. Handed over: velocity, the pitch in cents, hardness of what plucks, and NaN or the note's own.
 */
export function pluckStrike(at: usize, to: usize, before: usize, pitch: usize, count: i32, hand: i32, frame: i32): void {
  const p = changetype<Pluck>(at);
  const note = changetype<StringNote>(to);
  const bank = note.bank;
  const s = p.settings;
  const leftHand = (hand & 1) != 0;
  const octave = (hand & 2) != 0;
  const strength = leftHand ? min<f64>(max<f64>(0.7 * left(changetype<StringNote>(before), frame) + 0.25 * arg(0), 0.02), 1) : min<f64>(arg(0), 1.5);
  note.struck = note.cents = arg(1);
  note.strength = strength;
  note.loss = count > 0 ? value(pitch, PITCH_VALUES + 1) : 1;
  note.sharp = value(pitch, 1) * min<f64>(2, (strength * strength) / 0.64) * (leftHand ? 0.3 : 1);
  note.from = note.slide = 0;
  note.began = frame;
  const own = arg(3);
  const hardness = own == own ? own : arg(2);
  const twin = value(pitch, 2);
  const hard = NativeMath.log(max<f64>(0.02, strength) / 0.8) * 1.4426950408889634;
  // a hard stroke is shorter: brighter
  const touch = value(s, 0);
  const cutoff = touch * NativeMath.pow(2, (leftHand ? -1.2 : 0) + 0.9 * hard + 1.6 * (hardness - 0.5));
  const place = value(s, 1) * (leftHand ? 0.5 : 1) * (1 + 0.12 * (random(p) - 0.5));
  const force = NativeMath.pow(strength / 0.8, 1.4) * (1 + 0.06 * (random(p) - 0.5));
  handOver(0, value(pitch, 0) * RATE * (leftHand ? 0.6 : 1));
  bankClear(bank);
  const second = ratio(value(s, 3));
  for (let k = 0; k < count; k++) {
    const n = <f64>(k + 1);
    const row = pitch + <usize>((PITCH_VALUES + k * PARTIAL_VALUES) * 8);
    const hertz = value(row, 0);
    const loss = value(row, 1);
    const brightness = Math.sqrt((1 + square(hertz / touch)) / (1 + square(hertz / cutoff)));
    // no stroke is like another: 0.8 dB either way
    const level = value(row, 2) * (1 + 0.18 * (random(p) - 0.5)) * force * brightness * ((0.2 + Math.abs(NativeMath.sin(Math.PI * n * place))) / value(row, 3));
    if (level < MIN_LEVEL) continue;
    const phase = 0.9 * (random(p) - 0.5);
    // the beating of a course is heard in its lower partials; the higher ones stand for both strings
    const paired = twin > 0 && n <= 12;
    const given = !leftHand && n <= 12 ? exciteSympathetic(p, bank, hertz, loss, level, phase) : 0;
    add(bank, hertz, loss, (paired ? 0.62 : 1) * level * (1 - given), phase);
    if (n <= 4) add(bank, hertz * (1 + value(s, 2) * 0.000578), loss * value(s, 4), level * second, phase + 1.3);
    if (paired) add(bank, hertz * (octave ? 2 : 1) * (1 + twin * 0.000578), loss, (octave ? 0.35 : 0.6) * level, phase + 0.6 * random(p));
  }
  if (leftHand) {
    exciteBody(p, 0.25 * strength, -6);
    return;
  }
  exciteBody(p, strength, 0);
  const noise = ratio(value(s, 6) + 10 * (hardness - 0.5)) * force * (0.7 + 0.6 * random(p));
  fire(p, noise, value(s, 8), value(s, 7) * (0.85 + 0.3 * random(p)));
}
/**
 * Strings that ring along. To first order in the coupling k a partial p_n drives another string's p_m with
 * k A / (p_n - p_m) (exp(p_n t) - exp(p_m t)); what the other string gets, this one gives.
 * @returns the part of the amplitude given away.
 */
function exciteSympathetic(p: Pluck, bank: usize, hertz: f64, loss: f64, level: f64, phase: f64): f64 {
  let given: f64 = 0;
  for (let k = 0; k < p.strings; k++) {
    const fundamental = value(p.others, k);
    const m = nearest(hertz / fundamental);
    const away = hertz - m * fundamental;
    if (m < 1 || m > 10 || Math.abs(away) > 9) continue;
    const own = 1.2 + 0.4 * m;
    const share = min<f64>(0.4, value(p.settings, 5) / Math.sqrt(square(own - loss) + square(TAU * away)));
    if (share * level < MIN_LEVEL) continue;
    add(bank, m * fundamental, own, share * level, phase + 1.5);
    given += 0.5 * share;
  }
  return min<f64>(0.6, given);
}
/** The body answers the hand, so many dB more than a plain stroke. */
function exciteBody(p: Pluck, velocity: f64, more: f64): void {
  for (let k = 0; k < p.modes; k++) {
    const mode = p.body + <usize>(k * 24);
    const level = ratio(value(mode, 2) + more + 3 * (random(p) - 0.5)) * velocity;
    add(p.bodyBank, value(mode, 0) * (1 + 0.02 * (random(p) - 0.5)), 6.9 / value(mode, 1), level, 6.28 * random(p));
  }
}
/** A knock on the soundboard. Handed over: its force. */
export function pluckTap(at: usize): void {
  const p = changetype<Pluck>(at);
  const velocity = arg(0);
  exciteBody(p, velocity, 12);
  fire(p, ratio(-26) * velocity, 0.004, 900);
}
/** What is left at a frame of a stroke's strength. */
function left(note: StringNote, frame: i32): f64 {
  return note.strength * NativeMath.exp(-note.loss * <f64>(frame - note.began) * (1 / RATE));
}
/** The finger travels on the sounding string. Handed over: how hard, cents it goes to, frames it may take. */
export function pluckSlide(at: usize, to: usize, frame: i32): void {
  const p = changetype<Pluck>(at);
  const note = changetype<StringNote>(to);
  note.from = note.cents - arg(1) + slideAt(note, frame);
  note.slide = max<f64>(1, min<f64>(arg(2), 0.07 * RATE));
  note.began = frame;
  note.strength *= 0.9;
  note.cents = arg(1);
  note.sharp = 0;
  fire(p, ratio(value(p.settings, 6) - 8) * arg(0), 0.03, 1800);
}
/** Sets the pitch of other string `k`. Handed over: cents. */
export function pluckOther(at: usize, k: i32): void {
  store<f64>(changetype<Pluck>(at).others + <usize>(k << 3), hertzOf(arg(0)));
}
function hertzOf(cents: f64): f64 {
  return 440 * NativeMath.pow(2, (cents - 6900) / 1200);
}
/** Cents by which a sliding finger is not yet there. */
function slideAt(note: StringNote, frame: i32): f64 {
  if (note.slide == 0) return 0;
  const part = <f64>(frame - note.began) / note.slide;
  return note.from * (0.5 + 0.5 * NativeMath.cos(Math.PI * min<f64>(max<f64>(part, 0), 1)));
}
/** Where a note's pitch stands at a frame: tension, slide, and the bend, whose cents are handed over. @returns whether it still moves by itself. */
export function pluckTune(at: usize, to: usize, frame: i32): bool {
  const note = changetype<StringNote>(to);
  const since = <f64>(frame - note.began);
  const glide = value(changetype<Pluck>(at).settings, 9);
  const tension = nearest(note.sharp * NativeMath.exp((-TENSION_STEP_SEC * Math.floor((since * (1 / RATE)) / TENSION_STEP_SEC)) / glide));
  const cents = arg(0) + note.cents - note.struck + tension + slideAt(note, frame);
  store<f64>(bankWanted(note.bank), Math.abs(cents) < 0.05 ? 1 : NativeMath.pow(2, cents / 1200));
  return tension > 0 || since < note.slide;
}
