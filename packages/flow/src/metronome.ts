import { type Cents, type Decibels, type Frames, SAMPLE_RATE, type Seconds } from "@kuishi/base";
import { COUNT_IN_FRAMES, type Plan, type PlanEvent, type Strip, tanpuraCycle } from "@kuishi/engine";
import type { Click, MetronomeBar } from "@kuishi/practice";
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
  return planOf(clicksStrip(events), frames + COUNT_IN_FRAMES + SAMPLE_RATE);
}

const clicksStrip = (events: PlanEvent[]): Strip => ({
  id: "metronome",
  source: { kind: "drums", kit: "house" },
  events: events.sort((a, b) => a.frame - b.frame),
  inserts: [],
  gainDb: -6,
  pan: 0,
  sends: {},
});
const planOf = (strip: Strip, frames: Frames): Plan => ({ frames, seed: 1, strips: [strip], buses: [], master: { gainDb: 0, ceilingDbtp: -1 } });

/** How each click of a metronome sounds. */
const CLICKS: Readonly<Record<Click["rank"], { readonly voice: string; readonly velocity: number }>> = {
  bar: { voice: "rim", velocity: VELOCITY.bar },
  group: { voice: "rim", velocity: VELOCITY.group },
  pulse: { voice: "rim", velocity: VELOCITY.pulse },
  between: { voice: "hat", velocity: 0.3 },
  count: { voice: "clap", velocity: 0.5 },
};
function clickEvent(click: Click): PlanEvent {
  const { voice, velocity } = CLICKS[click.rank];
  const own = click.accent === undefined ? velocity : 0.25 + 0.75 * click.accent;
  return { frame: Math.round(click.at * SAMPLE_RATE), length: 2400, cents: 6000, velocity: own, voice: click.direction === "up" ? "hat" : voice };
}
/** A metronome by itself: each click on the frame nearest to its time. */
export const clicksPlan = (bars: readonly MetronomeBar[], frames: Frames): Plan =>
  planOf(clicksStrip(bars.flatMap(({ clicks }) => clicks.filter(({ muted }) => !muted).map(clickEvent))), frames);

/** A tanpura by itself. */
export interface Drone {
  /** Absolute pitch of its middle strings. */
  readonly tonic: Cents;
  /** First string, above the octave below: 702 a pure fifth, 498 a fourth. */
  readonly first: Cents;
  /** How long it takes to go over its four strings. */
  readonly cycle: Seconds;
  readonly gainDb: Decibels;
}
export const dronePlan = ({ tonic, first, cycle, gainDb }: Drone, frames: Frames): Plan =>
  planOf(
    {
      id: "drone",
      source: { kind: "tanpura" },
      events: tanpuraCycle(0, frames, tonic, first, cycle, 1),
      inserts: [],
      gainDb,
      pan: 0,
      sends: {},
    },
    frames,
  );
