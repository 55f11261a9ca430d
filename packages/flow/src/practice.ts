import { type Cents, type Frames, SAMPLE_RATE } from "@kuishi/base";
import { type Plan, type PlanEvent, type Strip, tanpuraCycle } from "@kuishi/engine";

/** A passage as it is practised. Frames and beats are the recording's own. */
export interface Practice {
  /** Length of the passage as it sounds, slowed. */
  readonly frames: Frames;
  readonly rate: number;
  readonly from: Frames;
  readonly beats: readonly { readonly at: Frames; readonly rank: "bar" | "group" | "pulse" }[];
  /** Tonic of the drone; null: none. */
  readonly drone: Cents | null;
}

const VELOCITY = { bar: 1, group: 0.7, pulse: 0.35 } as const;

/** The passage, its clicks where the player has them at this speed, and a tanpura under it. Its sound is the clip `passage`. */
export function practicePlan({ frames, rate, from, beats, drone }: Practice): Plan {
  const plain = { inserts: [], pan: 0, sends: {} };
  const clicks = beats.map(
    (beat): PlanEvent => ({ frame: Math.round((beat.at - from) / rate), length: 2400, cents: 6000, velocity: VELOCITY[beat.rank], voice: "rim" }),
  );
  const strips: Strip[] = [
    {
      id: "passage",
      source: { kind: "clips", pieces: [{ clip: "passage", at: 0, from: 0, length: frames, fadeIn: 96, fadeOut: 480, gainDb: 0 }] },
      events: [],
      gainDb: 0,
      ...plain,
    },
    ...(clicks.length > 0 ? [{ id: "clicks", source: { kind: "drums", kit: "house" }, events: clicks, gainDb: -10, ...plain } as const] : []),
    ...(drone === null
      ? []
      : [{ id: "drone", source: { kind: "tanpura" }, events: [...tanpuraCycle(0, frames, drone, 702, 4.6, 1)], gainDb: -14, ...plain } as const]),
  ];
  return { frames: frames + SAMPLE_RATE, seed: 1, strips, buses: [], master: { gainDb: 0, ceilingDbtp: -1 } };
}
