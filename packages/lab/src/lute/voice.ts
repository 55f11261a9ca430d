import { type Cents, centsToHertz, clamp, cos, exp, exp2, PI, pow, type Random, sin } from "@kuishi/base";
import { LUTE_RATE } from "./render.ts";

/** Sources whose pitch is a curve. */
export type SingerKind = "voice" | "reed" | "bowed" | "flute";

/** A sung or blown line: its sound at 24 kHz and its true pitch. */
export interface SungLine {
  readonly samples: Float32Array;
  /** Cents every `hopSec`, 0 where nothing is sung. */
  readonly curve: Float32Array;
  readonly hopSec: number;
  readonly notes: readonly { readonly onset: number; readonly offset: number; readonly cents: Cents }[];
}

const HOP_SAMPLES = 120; // 5 ms

interface Tone {
  readonly slope: number;
  readonly odd: number;
  readonly breath: number;
  readonly formants: readonly (readonly [number, number, number])[][];
}

function drawTone(random: Random, kind: SingerKind): Tone {
  const vowel = (): [number, number, number][] => [
    [random.between(280, 850), random.between(4, 8), 0],
    [random.between(850, 2300), random.between(5, 10), random.between(-12, -2)],
    [random.between(2300, 3200), random.between(7, 12), random.between(-16, -4)],
    [random.between(3000, 4200), random.between(8, 14), random.between(-20, -8)],
  ];
  const fixed = (): [number, number, number][] =>
    Array.from({ length: 5 }, () => [random.between(250, 4000), random.between(2, 8), random.between(-12, 4)] as [number, number, number]);
  const formants = kind === "voice" ? Array.from({ length: 4 }, vowel) : [fixed()];
  const slope = kind === "voice" ? random.between(0.5, 1.1) : kind === "flute" ? random.between(1.6, 2.6) : random.between(0.3, 1);
  return {
    slope,
    odd: kind === "reed" && random.chance(0.6) ? random.between(0.1, 0.5) : 1,
    breath: pow(10, random.between(-45, kind === "flute" ? -18 : -28) / 20),
    formants,
  };
}

/** Draws a line of phrases: notes of a scale, glides, vibrato, melismas, breaths, and for a voice consonants. */
export function drawLine(random: Random, kind: SingerKind, seconds: number, scale: readonly Cents[]): SungLine {
  const count = Math.ceil(seconds * LUTE_RATE);
  const frames = Math.ceil(count / HOP_SAMPLES);
  const curve = new Float32Array(frames);
  const level = new Float32Array(frames);
  const vowels = new Float32Array(frames);
  const hiss = new Float32Array(frames);
  const tone = drawTone(random, kind);
  const notes: { onset: number; offset: number; cents: Cents }[] = [];
  const [rate, depth] = [random.between(4.2, 6.8), random.chance(0.75) ? random.between(8, 70) : 0];
  const glideTime = random.between(0.03, 0.12);
  let at = random.between(0.1, 0.8);
  let index = random.int(0, scale.length - 1);
  while (at < seconds - 0.6) {
    const phraseEnd = Math.min(seconds - 0.2, at + random.between(1.2, 5));
    let before = 0;
    let vowel = random.next() * (tone.formants.length - 1);
    while (at < phraseEnd) {
      index = clamp(index + random.pick([-2, -1, -1, 0, 1, 1, 2, 3, -3]), 0, scale.length - 1);
      const length = Math.min(phraseEnd - at, random.pick([0.16, 0.22, 0.3, 0.3, 0.45, 0.6, 0.9, 1.4]) * random.between(0.85, 1.15));
      if (length < 0.1) break;
      const cents = scale[index]! + random.gauss() * 5;
      const consonant = kind === "voice" && random.chance(0.5);
      const isDetached = before === 0 || consonant || (kind !== "voice" && random.chance(0.2));
      const start = at + (consonant ? random.between(0.02, 0.07) : 0);
      const target = random.next() * (tone.formants.length - 1);
      const loud = random.between(0.6, 1);
      const shake = length > 0.35 ? depth : depth * 0.2;
      for (let f = Math.max(0, Math.ceil((at * LUTE_RATE) / HOP_SAMPLES)); f < Math.min(frames, ((at + length) * LUTE_RATE) / HOP_SAMPLES); f++) {
        const t = (f * HOP_SAMPLES) / LUTE_RATE - start;
        if (t < 0) {
          hiss[f] = 1;
          continue;
        }
        const glide = isDetached
          ? cents - 60 * exp(-t / 0.03) * (kind === "voice" ? 1 : 0.3)
          : cents + (before - cents) * (0.5 + 0.5 * cos(PI * Math.min(1, t / glideTime)));
        curve[f] = glide + shake * sin(2 * PI * rate * t) * Math.min(1, Math.max(0, (t - 0.12) / 0.25));
        vowel += (target - vowel) * 0.08;
        vowels[f] = vowel;
        level[f] = loud * Math.min(1, isDetached ? t / 0.03 : 1) * Math.min(1, (length - (t + start - at)) / 0.03 + (isDetached ? 0 : 0.6));
      }
      const last = notes.at(-1);
      if (last && !isDetached && Math.abs(last.cents - cents) < 25) last.offset = at + length;
      else notes.push({ onset: start, offset: at + length, cents });
      before = cents;
      at += length;
    }
    at += random.between(0.15, 1.4);
  }
  return { samples: renderLine(random, tone, curve, level, vowels, hiss, count), curve, hopSec: HOP_SAMPLES / LUTE_RATE, notes };
}

function renderLine(
  random: Random,
  tone: Tone,
  curve: Float32Array,
  level: Float32Array,
  vowels: Float32Array,
  hiss: Float32Array,
  count: number,
): Float32Array {
  const out = new Float32Array(count);
  const frames = curve.length;
  const gainAt = (hertz: number, vowel: number): number => {
    const low = Math.floor(vowel);
    const part = vowel - low;
    const of = (formants: readonly (readonly [number, number, number])[]): number => {
      let sum = 0.03;
      for (const [centre, quality, dB] of formants) {
        const d = quality * (hertz / centre - centre / hertz);
        sum += pow(10, dB / 20) / Math.sqrt(1 + d * d);
      }
      return sum;
    };
    const a = of(tone.formants[low]!);
    const b = tone.formants[low + 1];
    return b ? a * (1 - part) + of(b) * part : a;
  };
  // each harmonic is an oscillator that turns by blocks
  for (let h = 1; h <= 40; h++) {
    let phase = random.next() * 6.28;
    let gain = 0;
    let heard = false;
    for (let f = 0; f < frames; f++) {
      const cents = curve[f]!;
      const hertz = cents > 0 ? centsToHertz(cents) * h : 0;
      const target = cents > 0 && hertz < 10_500 ? level[f]! * pow(h, -tone.slope) * (h % 2 === 0 ? tone.odd : 1) * gainAt(hertz, vowels[f]!) : 0;
      if (target === 0 && gain < 1e-6) continue;
      heard = true;
      const w = (2 * PI * hertz) / LUTE_RATE;
      let x = cos(phase);
      let y = sin(phase);
      const [c, s] = [cos(w), sin(w)];
      const slope = (target - gain) / HOP_SAMPLES;
      for (let k = 0; k < HOP_SAMPLES && f * HOP_SAMPLES + k < count; k++) {
        gain += slope;
        out[f * HOP_SAMPLES + k] = out[f * HOP_SAMPLES + k]! + gain * x;
        const next = x * c - y * s;
        y = x * s + y * c;
        x = next;
      }
      gain = target;
      phase += w * HOP_SAMPLES;
    }
    if (!heard) break;
  }
  let low = 0;
  for (let i = 0; i < count; i++) {
    const f = Math.floor(i / HOP_SAMPLES);
    const white = random.next() - 0.5;
    low += 0.5 * (white - low);
    out[i] = (out[i]! + tone.breath * level[f]! * low * 3 + hiss[f]! * 0.12 * (white - low) * exp2(-2 * vowels[f]!)) * 0.1;
  }
  return out;
}
