import { type Cents, clamp, type Frames, pow, SAMPLE_RATE, seeded } from "@kuishi/base";
import type { PlanEvent } from "./plan.ts";

/** What strikes: the nail, the thumb's flesh, a fingertip (0 flesh .. 1 nail, as `PlanEvent.touch`). */
export const TOUCH = { nail: 0.95, thumb: 0.3, fingertip: 0.1 } as const;

/** One movement of the right hand over several strings. */
export interface Strum {
  readonly frame: Frames;
  readonly length: Frames;
  /** Strings and what they sound. */
  readonly notes: readonly { readonly string: number; readonly cents: Cents }[];
  /** Down: the lowest string first. */
  readonly direction: "down" | "up";
  readonly velocity: number;
  /** Fingers that follow each other over the strings: 1 a stroke, 3-6 a rake. */
  readonly fingers?: number;
  /** Milliseconds from string to string; 5-25 on a dombra (docs/sources.md#dombra-strokes). */
  readonly spreadMs?: number;
  readonly touch?: number;
}

/**
 * A stroke as single notes: string after string, the later ones a little weaker; of a rake, finger after finger 6-14 ms apart.
 * @example
 * const notes = [{ string: 0, cents: 5000 }, { string: 1, cents: 5500 }];
 * const down = strumEvents({ frame: 0, length: 4800, notes, direction: "down", velocity: 0.8 }, 1);
 * down.map((event) => event.voice); // => [0, 1]
 * const up = strumEvents({ frame: 0, length: 4800, notes, direction: "up", velocity: 0.8 }, 1);
 * up.map((event) => event.voice); // => [1, 0]
 */
export function strumEvents(stroke: Strum, seed: number): PlanEvent[] {
  const random = seeded(seed, `stroke/${stroke.frame}`);
  const order = [...stroke.notes].sort((a, b) => (stroke.direction === "down" ? a.string - b.string : b.string - a.string));
  const fingers = clamp(Math.round(stroke.fingers ?? 1), 1, 6);
  const events: PlanEvent[] = [];
  let start = 0;
  for (let finger = 0; finger < fingers; finger++) {
    order.forEach(({ string, cents }, k) => {
      const spread = (stroke.spreadMs ?? 12) * (fingers > 1 ? 0.4 : 1) * k;
      const late = start + spread + (k > 0 ? random.between(-1, 1) : 0);
      const weaker = pow(10, -random.between(0, 2 * k) / 20) * (fingers > 1 ? 0.62 + (0.38 * (finger + 1)) / fingers : 1);
      events.push({
        frame: stroke.frame + Math.max(0, Math.round((late / 1000) * SAMPLE_RATE)),
        length: stroke.length,
        cents,
        velocity: stroke.velocity * weaker,
        voice: string,
        ...(stroke.touch === undefined ? {} : { touch: stroke.touch }),
      });
    });
    start += random.between(6, 14);
  }
  return events.sort((a, b) => a.frame - b.frame);
}
