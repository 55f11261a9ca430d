import type { BarPlace } from "./engrave.ts";

/** A moment of a score: which bar, and how many whole notes after its start. */
export interface ScorePlace {
  readonly bar: number;
  readonly at: number;
}

/** Where a moment stands: across its bar from beat to beat, at the rate of the notes. */
export function placeOf(place: BarPlace, at: number, length: number): number {
  const beats = [...place.beats, [length, place.x + place.width] as const];
  const k = beats.findIndex(([beat]) => beat > at);
  if (k < 0) return place.x + place.width;
  const [to, right] = beats[k]!;
  const [from, left] = beats[k - 1] ?? [0, place.x];
  return left + ((right - left) * (at - from)) / Math.max(1e-9, to - from);
}

/** The bar under a point, or the nearest of the line of music that is nearest; none in a score without bars. */
export function barAt(bars: readonly BarPlace[], x: number, y: number): BarPlace | undefined {
  const away = (from: number, length: number, value: number): number => Math.max(0, from - value, value - from - length);
  const far = (bar: BarPlace): number => away(bar.y, bar.height, y) * 1e4 + away(bar.x, bar.width, x);
  return bars.reduce<BarPlace | undefined>((best, bar) => (best === undefined || far(bar) < far(best) ? bar : best), undefined);
}

/** The beat that a point means. */
export function momentAt(bars: readonly BarPlace[], x: number, y: number): ScorePlace | undefined {
  const place = barAt(bars, x, y);
  if (!place) return undefined;
  const nearest = place.beats.reduce<readonly [number, number] | undefined>(
    (best, beat) => (best === undefined || Math.abs(beat[1] - x) < Math.abs(best[1] - x) ? beat : best),
    undefined,
  );
  return { bar: place.bar, at: nearest?.[0] ?? 0 };
}
