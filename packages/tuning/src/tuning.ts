import type { Cents } from "@kuishi/base";

/** A scale as intervals above its tonic. */
export interface Scale {
  readonly name: string;
  /** Ascending cents above the tonic; the first is 0; the period is not among them. */
  readonly degrees: readonly Cents[];
  /** Where the scale repeats; 1200 for octave scales. */
  readonly period: Cents;
}

/**
 * Absolute cents of degree `index` (any integer) of a scale on `tonic`.
 * @example
 * const pentatonic = { name: "", degrees: [0, 200, 400, 700, 900], period: 1200 };
 * degreeCents(pentatonic, 5500, 3); // => 6200
 * degreeCents(pentatonic, 5500, 5); // => 6700
 * degreeCents(pentatonic, 5500, -1); // => 5200
 */
export function degreeCents(scale: Scale, tonic: Cents, index: number): Cents {
  const count = scale.degrees.length;
  const turn = Math.floor(index / count);
  return tonic + turn * scale.period + scale.degrees[index - turn * count]!;
}

/**
 * Interval from `reference` to `pitch` folded into [0, period).
 * @example
 * fold(6200, 5500); // => 700
 * fold(5000, 5500); // => 700
 */
export function fold(pitch: Cents, reference: Cents, period: Cents = 1200): Cents {
  const interval = (pitch - reference) % period;
  return interval < 0 ? interval + period : interval;
}

/**
 * Distance between two pitches regardless of octave, 0..600 cents.
 * @example
 * classDistance(5500, 7850); // => 50
 */
export function classDistance(a: Cents, b: Cents): Cents {
  const f = fold(a, b);
  return f > 600 ? 1200 - f : f;
}

/**
 * Nearest pitch of a scale to `pitch`, any octave.
 * @example
 * nearestDegree({ name: "", degrees: [0, 350, 700], period: 1200 }, 5500, 5810); // => 5850
 */
export function nearestDegree(scale: Scale, tonic: Cents, pitch: Cents): Cents {
  const base = Math.floor((pitch - tonic) / scale.period) * scale.degrees.length;
  let best = degreeCents(scale, tonic, base);
  for (let i = base; i <= base + scale.degrees.length; i++) {
    const candidate = degreeCents(scale, tonic, i);
    if (Math.abs(candidate - pitch) < Math.abs(best - pitch)) best = candidate;
  }
  return best;
}
