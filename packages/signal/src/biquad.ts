import { cos, fromDb, PI, sin } from "@kuishi/base";

/** Normalised coefficients (a0 = 1). */
export interface Biquad {
  readonly b0: number;
  readonly b1: number;
  readonly b2: number;
  readonly a1: number;
  readonly a2: number;
}

/** What an equaliser band does. `gainDb` counts for shelves and peaks only. */
export interface Band {
  readonly type: "highPass" | "lowPass" | "lowShelf" | "highShelf" | "peak";
  readonly hertz: number;
  readonly gainDb?: number;
  readonly q?: number;
}

/** Second-order section of a band (R. Bristow-Johnson, Audio EQ Cookbook). @param rate in Hz. */
export function biquadOf(band: Band, rate: number): Biquad {
  const w = (2 * PI * Math.min(band.hertz, rate * 0.49)) / rate;
  const [c, s] = [cos(w), sin(w)];
  const alpha = s / (2 * (band.q ?? 0.7071));
  const a = fromDb((band.gainDb ?? 0) / 2);
  const root = 2 * Math.sqrt(a) * alpha;
  const make = (b0: number, b1: number, b2: number, a0: number, a1: number, a2: number): Biquad => ({
    b0: b0 / a0,
    b1: b1 / a0,
    b2: b2 / a0,
    a1: a1 / a0,
    a2: a2 / a0,
  });
  switch (band.type) {
    case "highPass":
      return make((1 + c) / 2, -(1 + c), (1 + c) / 2, 1 + alpha, -2 * c, 1 - alpha);
    case "lowPass":
      return make((1 - c) / 2, 1 - c, (1 - c) / 2, 1 + alpha, -2 * c, 1 - alpha);
    case "peak":
      return make(1 + alpha * a, -2 * c, 1 - alpha * a, 1 + alpha / a, -2 * c, 1 - alpha / a);
    case "lowShelf":
      return make(
        a * (a + 1 - (a - 1) * c + root),
        2 * a * (a - 1 - (a + 1) * c),
        a * (a + 1 - (a - 1) * c - root),
        a + 1 + (a - 1) * c + root,
        -2 * (a - 1 + (a + 1) * c),
        a + 1 + (a - 1) * c - root,
      );
    case "highShelf":
      return make(
        a * (a + 1 + (a - 1) * c + root),
        -2 * a * (a - 1 + (a + 1) * c),
        a * (a + 1 + (a - 1) * c - root),
        a + 1 - (a - 1) * c + root,
        2 * (a - 1 - (a + 1) * c),
        a + 1 - (a - 1) * c - root,
      );
  }
}
