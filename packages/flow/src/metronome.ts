import { type Frames, SAMPLE_RATE } from "@kuishi/base";
import { COUNT_IN_FRAMES, type Plan, type PlanEvent } from "@kuishi/engine";
import { type Beat, barAt } from "./beats.ts";

const VELOCITY = { bar: 1, group: 0.75, pulse: 0.4 } as const;
const click = (frame: number, rank: Beat["rank"]): PlanEvent => ({ frame, length: 2400, cents: 6000, velocity: VELOCITY[rank], voice: "rim" });

/** A count-in: so many frames before a frame of the tune. */
export interface CountIn {
  readonly from: Frames;
  readonly lead: Frames;
}

/**
 * Clicks beside the music: on the tune's pulses, and so long before a recording.
 * @param frames of the tune. @param along whether it clicks along. Frame 0 lies `COUNT_IN_FRAMES` before the tune.
 */
export function metronomePlan(beats: readonly Beat[], frames: Frames, along: boolean, counting: CountIn | null): Plan {
  const events: PlanEvent[] = [];
  if (along) for (const beat of beats) if (!counting || beat.at >= counting.from) events.push(click(beat.at + COUNT_IN_FRAMES, beat.rank));
  if (counting) {
    const bar = barAt(beats, counting.from);
    for (let at = counting.from - bar.length; at > counting.from - counting.lead - bar.length; at -= bar.length)
      for (const pulse of bar.pulses)
        if (at + pulse.at >= counting.from - counting.lead) events.push(click(Math.round(at + pulse.at) + COUNT_IN_FRAMES, pulse.rank));
  }
  return {
    frames: frames + COUNT_IN_FRAMES + SAMPLE_RATE,
    seed: 1,
    strips: [
      {
        id: "metronome",
        source: { kind: "drums", kit: "house" },
        events: events.sort((a, b) => a.frame - b.frame),
        inserts: [],
        gainDb: -6,
        pan: 0,
        sends: {},
      },
    ],
    buses: [],
    master: { gainDb: 0, ceilingDbtp: -1 },
  };
}
