import { SAMPLE_RATE } from "@kuishi/base";
import { makeGrid } from "@kuishi/blend";
import type { Plan, PlanEvent } from "@kuishi/engine";
import type { Heard } from "@kuishi/score";
import { SIDE } from "../audio/side.ts";

/** A pulse of the tune: where it is, and whether a bar or a group begins with it. */
export interface Beat {
  /** Frames. */
  readonly at: number;
  readonly rank: "bar" | "group" | "pulse";
  /** Counted from 1. */
  readonly bar: number;
}

/** The tune's own pulses: bars as groups, each where the player has it. */
export function beatsOf(heard: Heard): readonly Beat[] {
  return makeGrid(heard, 1).bars.flatMap((bar) =>
    bar.groups.flatMap((group, g) =>
      group.pulses.map((at, i): Beat => ({ at: Math.round(at * SAMPLE_RATE), rank: i > 0 ? "pulse" : g > 0 ? "group" : "bar", bar: bar.index + 1 })),
    ),
  );
}

const VELOCITY = { bar: 1, group: 0.75, pulse: 0.4 } as const;
const click = (frame: number, rank: Beat["rank"]): PlanEvent => ({ frame, length: 2400, cents: 6000, velocity: VELOCITY[rank], voice: "rim" });

/** Frames of so many bars of the tune about a moment, and the pulses of such a bar. */
export function barAt(
  beats: readonly Beat[],
  frame: number,
): { readonly length: number; readonly pulses: readonly { readonly at: number; readonly rank: Beat["rank"] }[] } {
  const starts = beats.filter((beat) => beat.rank === "bar");
  const k = Math.max(
    0,
    Math.min(
      starts.length - 2,
      starts.findLastIndex((beat) => beat.at <= frame),
    ),
  );
  const [from, to] = [starts[k]?.at, starts[k + 1]?.at];
  if (from === undefined || to === undefined)
    return { length: 2 * SAMPLE_RATE, pulses: [0, 1, 2, 3].map((i) => ({ at: (i * SAMPLE_RATE) / 2, rank: i === 0 ? "bar" : "group" })) };
  return { length: to - from, pulses: beats.filter((beat) => beat.at >= from && beat.at < to).map((beat) => ({ at: beat.at - from, rank: beat.rank })) };
}

/** Clicks beside the music: on the tune's pulses, and so long before a recording. Frame 0 lies `SIDE` before the tune. */
export function metronomePlan(beats: readonly Beat[], frames: number, along: boolean, counting: { readonly from: number; readonly lead: number } | null): Plan {
  const events: PlanEvent[] = [];
  if (along) for (const beat of beats) if (!counting || beat.at >= counting.from) events.push(click(beat.at + SIDE, beat.rank));
  if (counting) {
    const bar = barAt(beats, counting.from);
    for (let at = counting.from - bar.length; at > counting.from - counting.lead - bar.length; at -= bar.length)
      for (const pulse of bar.pulses) if (at + pulse.at >= counting.from - counting.lead) events.push(click(Math.round(at + pulse.at) + SIDE, pulse.rank));
  }
  return {
    frames: frames + SIDE + SAMPLE_RATE,
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
