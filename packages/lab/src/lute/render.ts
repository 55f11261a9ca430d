import { type Cents, centsToHertz, cos, exp, exp2, log2, PI, pow, type Random, seeded, sin } from "@kuishi/base";
import { centsAt, type Lute, type LuteString } from "./lute.ts";

/** Rate of everything rendered here: the ear's own. */
export const LUTE_RATE = 24_000;

/** What one string does at one moment. */
export interface Touch {
  readonly at: number;
  readonly string: number;
  readonly fret: number;
  /** 0..1. */
  readonly velocity: number;
  readonly kind: "plucked" | "hammer" | "pull" | "slide" | "damp";
  /** For vibrato: depth in cents and rate in Hz. */
  readonly vibrato?: readonly [Cents, number];
}
/** A blow on the soundboard, a squeak, a knock: sound without pitch. */
export interface Knock {
  readonly at: number;
  readonly seconds: number;
  readonly level: number;
  /** Pole of its lowpass, 0..1: 1 is bright. */
  readonly bright: number;
}

/** Gain of the body at a frequency. */
function bodyGain(lute: Lute, hertz: number): number {
  let sum = pow(10, lute.ground / 20);
  for (const [centre, quality, level] of lute.body) {
    const d = quality * (hertz / centre - centre / hertz);
    sum += pow(10, level / 20) / Math.sqrt(1 + d * d);
  }
  const [low, steep] = lute.small;
  const [high, fall, left] = lute.dull;
  const floor = pow(10, left / 20);
  return (sum * (floor + (1 - floor) / (1 + pow(hertz / high, fall)))) / (1 + pow(low / hertz, steep));
}

const BLOCK = 48; // 2 ms: steps of pitch movement

interface Sounding {
  re: Float64Array;
  im: Float64Array;
  /** Decay per sample. */
  decay: Float64Array;
  /** Hz at the present pitch with the string's stiffness. */
  ratio: Float64Array;
  partials: number;
  cents: Cents;
  string: LuteString;
  fret: number;
  /** Seconds until it stands. */
  attack: number;
}

/**
 * Renders touches by modal synthesis: each partial of a stiff string is two decaying oscillators
 * (the two polarisations), its start given by the place of the pluck, the slope of the excitation
 * and the body. A string holds one note: the next touch takes it over.
 */
export function renderTouches(random: Random, lute: Lute, touches: readonly Touch[], knocks: readonly Knock[], seconds: number): Float32Array {
  const out = new Float32Array(Math.ceil(seconds * LUTE_RATE));
  lute.strings.forEach((string, index) => {
    const own = touches.filter((touch) => touch.string === index).sort((a, b) => a.at - b.at);
    let sounding: Sounding | undefined;
    own.forEach((touch, i) => {
      const from = Math.round(touch.at * LUTE_RATE);
      const to = Math.min(out.length, Math.round((own[i + 1]?.at ?? seconds) * LUTE_RATE));
      const before = sounding;
      if (touch.kind === "damp") sounding = undefined;
      else if (touch.kind === "slide" && before) sounding = before;
      else sounding = start(random, lute, string, touch, before);
      // what sounded before dies away under the new touch
      if (before && before !== sounding) fadeOut(out, before, from, Math.round(lute.cut * (0.6 + random.next()) * LUTE_RATE));
      if (touch.kind === "plucked" && lute.nail > -60)
        burst(random, out, { at: touch.at, seconds: lute.nailSeconds, level: touch.velocity * 0.25 * pow(10, lute.nail / 20), bright: 0.85 });
      if (touch.kind === "plucked") thump(out, lute, touch);
      if (!sounding) return;
      const target = centsAt(string, touch.fret) + random.gauss() * 1.5;
      const glide = touch.kind === "slide" ? 0.04 + random.next() * 0.08 : 0;
      sing(out, sounding, from, to, {
        from: glide ? sounding.cents : target,
        to: target,
        glide,
        bend: touch.kind === "plucked" ? lute.bend * touch.velocity : 0,
        vibrato: touch.vibrato,
      });
      sounding.cents = target;
    });
  });
  for (const knock of knocks) burst(random, out, knock);
  return out;
}

function start(random: Random, lute: Lute, string: LuteString, touch: Touch, before: Sounding | undefined): Sounding {
  const cents = centsAt(string, touch.fret);
  const f0 = centsToHertz(cents);
  const stiffness = string.stiffness * exp2(touch.fret / 6);
  const partials = Math.max(1, Math.min(36, Math.floor(10_500 / f0)));
  const length = exp2(-touch.fret / 12);
  const place = Math.min(0.5, Math.max(0.03, string.pluck + random.gauss() * 0.015) / length);
  const soft = touch.kind === "plucked" ? 0 : touch.kind === "pull" ? 0.25 : 0.7;
  const slope = string.slope + soft + (1 - touch.velocity) * 0.7;
  // a partial's own height and decay belong to the string and the fret, not to the stroke
  const own = seeded(Math.round(string.stiffness * 1e9) + Math.round(touch.fret * 2) * 7919, "partials");
  const ripples = Array.from({ length: 2 * partials + 2 }, () => own.gauss());
  const ripple = (h: number, which: number): number => ripples[2 * h - 2 + which]! + (which === 0 ? 0.12 * random.gauss() : 0);
  const level = (touch.kind === "plucked" ? 1 : 0.35 + 0.35 * random.next()) * touch.velocity * string.level * 0.12;
  const n = partials * 2;
  const sound: Sounding = {
    re: new Float64Array(n),
    im: new Float64Array(n),
    decay: new Float64Array(n),
    ratio: new Float64Array(n),
    partials: n,
    cents,
    string,
    fret: touch.fret,
    attack: lute.attack * (touch.kind === "plucked" ? 1 : 2) * exp2(random.gauss() * 0.2),
  };
  for (let h = 1; h <= partials; h++) {
    const hertz = f0 * h * Math.sqrt(1 + stiffness * h * h);
    if (hertz > 11_000) {
      sound.partials = (h - 1) * 2;
      break;
    }
    const comb = touch.kind === "hammer" ? 1 : Math.abs(sin(PI * h * place)) + 0.03;
    const height = level * comb * pow(h, -slope) * bodyGain(lute, hertz) * exp2(ripple(h, 0) * lute.ripple[0]);
    const loss = exp2(ripple(h, 1) * lute.ripple[1]) * (string.loss[0] * (touch.fret > 7 ? 1.6 : 1.1) + string.loss[1] * (hertz / 1000) * (hertz / 1000));
    const phase = random.next() * 6.2832;
    for (let p = 0; p < 2; p++) {
      const i = (h - 1) * 2 + p;
      const part = string.twin > 0 ? 0.6 : p === 0 ? 0.8 : 0.35;
      sound.re[i] = height * part * cos(phase + p);
      sound.im[i] = height * part * sin(phase + p);
      sound.decay[i] = exp((-loss * (string.twin > 0 ? 1 : p === 0 ? 1.35 : 0.6)) / LUTE_RATE);
      sound.ratio[i] = p === 0 ? hertz / f0 : string.twin > 0 ? (hertz / f0) * exp2(string.twin / 1200) : hertz / f0 + (string.split * Math.sqrt(h)) / f0;
    }
  }
  // the finger that hammers or pulls leaves the string its energy
  if (before && touch.kind !== "plucked") {
    for (let i = 0; i < Math.min(sound.partials, before.partials); i++) {
      sound.re[i] = sound.re[i]! + 0.45 * before.re[i]!;
      sound.im[i] = sound.im[i]! + 0.45 * before.im[i]!;
    }
  }
  return sound;
}

interface Course {
  readonly from: Cents;
  readonly to: Cents;
  readonly glide: number;
  readonly bend: Cents;
  readonly vibrato: readonly [Cents, number] | undefined;
}

/** Lets a string sound from one sample to another. */
function sing(out: Float32Array, sound: Sounding, from: number, to: number, course: Course): void {
  const moving = course.glide > 0 || course.bend > 0 || course.vibrato !== undefined;
  const { re, im, decay, ratio } = sound;
  const attack = Math.max(6, Math.round(sound.attack * LUTE_RATE));
  for (let i = 0; i < sound.partials; i++) {
    let x = re[i]!;
    let y = im[i]!;
    if (Math.abs(x) + Math.abs(y) < 1e-7) continue;
    let c = 0;
    let s = 0;
    for (let at = Math.max(0, from); at < to; at += BLOCK) {
      if (at === Math.max(0, from) || moving) {
        const t = (at - from) / LUTE_RATE;
        let cents = course.glide > 0 ? course.from + (course.to - course.from) * Math.min(1, t / course.glide) : course.to;
        cents += course.bend * exp(-t / 0.05);
        if (course.vibrato) cents += course.vibrato[0] * sin(2 * PI * course.vibrato[1] * t) * Math.min(1, t / 0.15);
        const w = (2 * PI * centsToHertz(cents) * ratio[i]!) / LUTE_RATE;
        c = cos(w) * decay[i]!;
        s = sin(w) * decay[i]!;
      }
      const end = Math.min(to, at + BLOCK);
      for (let k = at; k < end; k++) {
        const next = x * c - y * s;
        y = x * s + y * c;
        x = next;
        out[k] = out[k]! + (k - from < attack && !course.glide ? (x * (k - from)) / attack : x);
      }
    }
    re[i] = x;
    im[i] = y;
  }
}

function fadeOut(out: Float32Array, sound: Sounding, from: number, samples: number): void {
  for (let i = 0; i < sound.partials; i++) {
    let x = sound.re[i]!;
    let y = sound.im[i]!;
    const w = (2 * PI * centsToHertz(sound.cents) * sound.ratio[i]!) / LUTE_RATE;
    const [c, s] = [cos(w), sin(w)];
    for (let k = 0; k < samples && from + k < out.length; k++) {
      const next = x * c - y * s;
      y = x * s + y * c;
      x = next;
      const left = 1 - k / samples;
      out[from + k] = out[from + k]! + x * left * left;
    }
  }
}

/** The body's resonances below 1 kHz, struck by the hand. */
function thump(out: Float32Array, lute: Lute, touch: Touch): void {
  const gain = touch.velocity * 0.12 * pow(10, lute.thump[0] / 20);
  const from = Math.round(touch.at * LUTE_RATE);
  for (const [hertz, , level] of lute.body) {
    if (hertz > 1000) continue;
    const decay = exp(-1 / (lute.thump[1] * LUTE_RATE));
    const w = (2 * PI * hertz) / LUTE_RATE;
    const [c, s] = [cos(w) * decay, sin(w) * decay];
    let [x, y] = [0, gain * pow(10, level / 20)];
    const count = Math.round(lute.thump[1] * 5 * LUTE_RATE);
    for (let k = 0; k < count && from + k < out.length; k++) {
      const next = x * c - y * s;
      y = x * s + y * c;
      x = next;
      if (from + k >= 0) out[from + k] = out[from + k]! + x;
    }
  }
}

function burst(random: Random, out: Float32Array, knock: Knock): void {
  const from = Math.round(knock.at * LUTE_RATE);
  const scale = knock.seconds * LUTE_RATE;
  let low = 0;
  for (let i = 0; i < scale * 6 && from + i < out.length; i++) {
    const white = random.next() * 3.4 - 1.7;
    low += knock.bright * (white * exp(-i / scale) - low);
    if (from + i >= 0) out[from + i] = out[from + i]! + knock.level * low;
  }
}

/** A room and a microphone. */
export interface Room {
  /** Reverberation time, seconds, and its level. */
  readonly rt60: number;
  readonly wet: number;
  /** Bells of an equaliser: Hz, Q, dB. */
  readonly bells: readonly (readonly [number, number, number])[];
  /** Passband edges, Hz; 0 and Infinity are open. */
  readonly highpass: number;
  readonly lowpass: number;
  /** Signal to noise, dB, and how dark the noise is, 0..1. */
  readonly snr: number;
  readonly dark: number;
}

/** Draws a room: a quiet study, a hall, a phone on a table. */
export function drawRoom(random: Random, hard = false): Room {
  const phone = random.chance(0.2);
  return {
    rt60: random.between(0.15, 0.9),
    wet: random.between(0, 0.45),
    bells: Array.from({ length: random.int(1, 4) }, (): [number, number, number] => [
      120 * exp2(random.between(0, 5.2)),
      random.between(0.5, 2),
      random.between(-6, 6),
    ]),
    highpass: phone ? random.between(150, 320) : random.chance(0.3) ? random.between(30, 120) : 0,
    lowpass: phone ? random.between(3000, 7000) : random.chance(0.2) ? random.between(4000, 10_000) : Infinity,
    snr: hard ? random.between(15, 35) : random.between(24, 60),
    dark: random.next(),
  };
}

/** Puts a dry sound into a room and before a microphone, in place; peak 0.8. */
export function place(random: Random, room: Room, x: Float32Array): void {
  if (room.wet > 0.02) {
    const wet = new Float32Array(x.length);
    for (let k = 0; k < 6; k++) {
      const length = Math.round(LUTE_RATE * random.between(0.019, 0.05));
      const line = new Float32Array(length);
      const gain = pow(10, (-3 * length) / LUTE_RATE / room.rt60);
      let at = 0;
      let low = 0;
      for (let i = 0; i < x.length; i++) {
        const v = line[at]!;
        low = 0.7 * v + 0.3 * low;
        wet[i] = wet[i]! + (k % 2 === 0 ? v : -v) / 5;
        line[at] = x[i]! + low * gain;
        if (++at === length) at = 0;
      }
    }
    for (let i = 0; i < x.length; i++) x[i] = x[i]! + room.wet * wet[i]!;
  }
  for (const [hertz, q, dB] of room.bells) filter(x, bell(hertz, q, dB));
  if (room.highpass > 0) filter(x, edge(room.highpass, true));
  if (room.lowpass < 11_000) filter(x, edge(room.lowpass, false));
  let power = 0;
  let peak = 1e-9;
  for (const v of x) {
    power += v * v;
    peak = Math.max(peak, Math.abs(v));
  }
  const noise = Math.sqrt(power / x.length) * pow(10, -room.snr / 20);
  let brown = 0;
  for (let i = 0; i < x.length; i++) {
    const white = (random.next() - 0.5) * 3.46;
    brown = 0.97 * brown + 0.03 * white * 6;
    x[i] = ((x[i]! + noise * (room.dark * brown + (1 - room.dark) * white)) * 0.8) / peak;
  }
}

type Section = readonly [number, number, number, number, number];
/** Bell and edge filters (Robert Bristow-Johnson's cookbook). */
function bell(hertz: number, q: number, dB: number): Section {
  const a = exp2((dB / 40) * log2(10));
  const w = (2 * PI * hertz) / LUTE_RATE;
  const alpha = sin(w) / (2 * q);
  const a0 = 1 + alpha / a;
  return [(1 + alpha * a) / a0, (-2 * cos(w)) / a0, (1 - alpha * a) / a0, (-2 * cos(w)) / a0, (1 - alpha / a) / a0];
}
function edge(hertz: number, high: boolean): Section {
  const w = (2 * PI * hertz) / LUTE_RATE;
  const alpha = sin(w) / 1.4142;
  const c = cos(w);
  const a0 = 1 + alpha;
  const b1 = high ? -(1 + c) : 1 - c;
  return [Math.abs(b1) / 2 / a0, b1 / a0, Math.abs(b1) / 2 / a0, (-2 * c) / a0, (1 - alpha) / a0];
}
function filter(x: Float32Array, [b0, b1, b2, a1, a2]: Section): void {
  let [x1, x2, y1, y2] = [0, 0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    const v = x[i]!;
    const y = b0 * v + b1 * x1 + b2 * x2 - a1 * y1 - a2 * y2;
    x2 = x1;
    x1 = v;
    y2 = y1;
    y1 = y;
    x[i] = y;
  }
}
