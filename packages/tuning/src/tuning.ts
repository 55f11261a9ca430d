import type { Cents } from "@kuishi/base";

/** One string (or course): its open pitch and where its frets sound. */
export interface StringTuning {
  /** Absolute cents of the open string. */
  readonly openCents: Cents;
  /** Absolute cents of nut, fret 1, fret 2, ...; null where it was never heard. */
  readonly fretCents: readonly (Cents | null)[];
}

/** A scale as intervals above its tonic. */
export interface Scale {
  readonly name: string;
  /** Ascending cents above the tonic; the first is 0; the period is not among them. */
  readonly degrees: readonly Cents[];
  /** Where the scale repeats; 1200 for octave scales. */
  readonly period: Cents;
}

/** Absolute cents of degree `index` (any integer) of a scale on `tonic`. */
export function degreeCents(scale: Scale, tonic: Cents, index: number): Cents {
  const count = scale.degrees.length;
  const turn = Math.floor(index / count);
  return tonic + turn * scale.period + (scale.degrees[index - turn * count] as number);
}

/** Interval from `reference` to `pitch` folded into [0, period). */
export function fold(pitch: Cents, reference: Cents, period: Cents = 1200): Cents {
  const interval = (pitch - reference) % period;
  return interval < 0 ? interval + period : interval;
}

/** Distance between two pitches regardless of octave, 0..600 cents. */
export function classDistance(a: Cents, b: Cents): Cents {
  const f = fold(a, b);
  return f > 600 ? 1200 - f : f;
}

/** Nearest pitch of a scale to `pitch`, any octave. */
export function nearestDegree(scale: Scale, tonic: Cents, pitch: Cents): Cents {
  const base = Math.floor((pitch - tonic) / scale.period) * scale.degrees.length;
  let best = degreeCents(scale, tonic, base);
  for (let i = base; i <= base + scale.degrees.length; i++) {
    const candidate = degreeCents(scale, tonic, i);
    if (Math.abs(candidate - pitch) < Math.abs(best - pitch)) best = candidate;
  }
  return best;
}
