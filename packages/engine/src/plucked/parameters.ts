import { type Cents, type Decibels, fromDb, type Hertz, log10, type Seconds } from "@kuishi/base";

/** Seconds in which the sharpness of a hard stroke falls to 1/e: 40 real dombra notes, 50 to 150 ms after the string is let go. */
export const GLIDE = 0.05;

/** How a plucked instrument sounds: what its strings and its body make of a stroke. Levels are those of a stroke at velocity 0.8. */
export interface PluckedParameters {
  readonly strings: number;
  /** Preset pitches of the open strings, lowest first; a strip may say others. */
  readonly open: readonly Cents[];
  /** Cents between the two strings of a course; 0 for single strings. */
  readonly twin: (string: number) => Cents;
  /** The second of a course sounds an octave higher. */
  readonly octaveTwin?: (string: number) => boolean;
  /** Level of partial `n` that sounds at `hertz`: string, body and air together. */
  readonly level: (string: number, n: number, hertz: Hertz) => Decibels;
  /** Nepers a second. */
  readonly loss: (string: number, fret: number, hertz: Hertz) => number;
  /** B in f_n = n f0 sqrt(1 + B n^2). */
  readonly stiffness: (string: number, fret: number) => number;
  /** Time in which the body takes up the sound. */
  readonly rise: (string: number, fret: number) => Seconds;
  /** What the body itself says to a stroke: frequency, decay to -60 dB, level. */
  readonly body: readonly (readonly [Hertz, Seconds, Decibels])[];
  /** Place of the stroke as a part of the string, from the bridge. */
  readonly place: number;
  /** What plucks: half-power frequency of its touch at velocity 0.8, and its own noise. */
  readonly touch: { readonly cutoff: Hertz; readonly noiseDb: Decibels; readonly noiseHertz: Hertz; readonly noiseSeconds: Seconds };
  /** Tension: cents by which a stroke at 0.8 begins sharp. */
  readonly sharp: (string: number, fret: number) => Cents;
  /** The second polarisation: cents beside the first, level, and its loss against the first's. */
  readonly second: { readonly cents: Cents; readonly dB: Decibels; readonly loss: number };
  /** Coupling of strings over the bridge, radians a second. */
  readonly coupling: number;
  /** Strings that are never struck and ring with the others. */
  readonly sympathetic: readonly Cents[];
  /** Partials of a note at most. */
  readonly partials: number;
}

/** Level of parallel resonances at a frequency, dB: [hertz, quality, dB] each, over a floor. */
export function resonances(modes: readonly (readonly [Hertz, number, Decibels])[], floorDb: Decibels): (hertz: Hertz) => Decibels {
  const gains = modes.map(([centre, quality, dB]) => [centre, quality, fromDb(dB)] as const);
  const base = fromDb(floorDb);
  return (hertz) => {
    let power = base * base;
    for (const [centre, quality, gain] of gains) {
      const d = quality * (hertz / centre - centre / hertz);
      power += (gain * gain) / (1 + d * d);
    }
    return 10 * log10(power);
  };
}
