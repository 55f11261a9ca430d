import { clamp, exp, median, rounded, type Seconds } from "@kuishi/base";
import type { Heard, HeardStroke } from "@kuishi/score";
import type { TimedBar } from "./time.ts";

const STEPS = 400;
/** Width of a player's slot, as a part of the bar. */
const WIDTH = 0.012;
/** A slot is one when it is struck in so many of the bars. */
const MIN_SHARE = 0.3;

/**
 * The player's own rhythm: for each kind of bar, where in the bar strokes fall (modes of their density, not of a
 * grid), how often, how hard and which way.
 */
export function findRhythm(bars: readonly TimedBar[], strokes: readonly HeardStroke[]): NonNullable<Heard["rhythm"]> {
  const kinds = new Map<string, { groups: readonly number[]; spans: [Seconds, Seconds][] }>();
  bars.slice(0, -1).forEach((bar, i) => {
    const name = bar.groups.join("+");
    const kind = kinds.get(name) ?? { groups: bar.groups, spans: [] };
    kind.spans.push([bar.at, bars[i + 1]!.at]);
    kinds.set(name, kind);
  });
  return [...kinds.values()]
    .filter((kind) => kind.spans.length >= 3)
    .map(({ groups, spans }) => {
      const inside = spans.flatMap(([from, to]) =>
        strokes.flatMap((stroke) => {
          const at = (stroke.at - from) / (to - from);
          return at > -0.03 && at < 0.97 ? [{ at, stroke }] : [];
        }),
      );
      const density = new Float64Array(STEPS + 1);
      for (const { at } of inside) {
        for (let k = 0; k <= STEPS; k++) {
          const d = (k / STEPS - 0.03 - at) / WIDTH;
          if (d > -4 && d < 4) density[k] = density[k]! + exp(-0.5 * d * d);
        }
      }
      const slots = [];
      for (let k = 0; k <= STEPS; k++) {
        const here = density[k]!;
        if (here < 0.5 * MIN_SHARE * spans.length || here < (density[k - 1] ?? 0) || here <= (density[k + 1] ?? 0)) continue;
        const place = k / STEPS - 0.03;
        const near = inside.filter(({ at }) => Math.abs(at - place) < 2.5 * WIDTH);
        if (near.length < MIN_SHARE * spans.length) continue;
        const middle = median(near.map(({ at }) => at));
        const told = near.filter(({ stroke }) => stroke.direction !== null);
        const down = told.filter(({ stroke }) => stroke.direction === "down").length;
        slots.push({
          at: rounded(clamp(middle, 0, 1), 3),
          spread: rounded(median(near.map(({ at }) => Math.abs(at - middle))), 4),
          share: rounded(Math.min(1, near.length / spans.length), 3),
          accent: rounded(near.reduce((sum, { stroke }) => sum + stroke.accent, 0) / near.length, 3),
          direction: told.length < 3 ? null : down > 0.7 * told.length ? ("down" as const) : down < 0.3 * told.length ? ("up" as const) : null,
        });
      }
      return { groups: [...groups], bars: spans.length, slots };
    });
}

/** Tempo of every bar, groups' pulses a minute. */
export function tempoMap(bars: readonly TimedBar[]): NonNullable<Heard["tempo"]> {
  return bars.slice(0, -1).map((bar, i) => {
    const pulses = bar.groups.reduce((a, b) => a + b, 0);
    return { at: rounded(bar.at, 4), pulsesPerMinute: rounded((60 * pulses) / Math.max(0.05, bars[i + 1]!.at - bar.at), 2) };
  });
}
