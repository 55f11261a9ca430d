import { type Frames, SAMPLE_RATE } from "@kuishi/base";
import { makeGrid } from "@kuishi/blend";
import type { Heard } from "@kuishi/score";

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

/** What an edit may stand on: nothing, or places of the tune's own grid from so fine on. */
export const snaps = ["off", "pulse", "group", "bar"] as const;
export type Snap = (typeof snaps)[number];
const RANKS: Readonly<Record<Snap, readonly Beat["rank"][]>> = { off: [], pulse: ["bar", "group", "pulse"], group: ["bar", "group"], bar: ["bar"] };
const placesOf = (beats: readonly Beat[], snap: Snap): Frames[] => beats.filter((beat) => RANKS[snap].includes(beat.rank)).map((beat) => beat.at);

/** The nearest place of the tune's own grid; the frame itself where nothing is snapped, or where the grid is further than half a second. */
export function snapped(beats: readonly Beat[], snap: Snap, frame: Frames): Frames {
  const near = placesOf(beats, snap).reduce<Frames | undefined>(
    (best, at) => (best === undefined || Math.abs(at - frame) < Math.abs(best - frame) ? at : best),
    undefined,
  );
  return Math.max(0, Math.round(near !== undefined && Math.abs(near - frame) < SAMPLE_RATE / 2 ? near : frame));
}
/** The next place of the grid in a direction: a tenth of a second where there is none. */
export function stepped(beats: readonly Beat[], snap: Snap, frame: Frames, by: -1 | 1): Frames {
  const all = placesOf(beats, snap);
  const next = by > 0 ? all.find((at) => at > frame + 1) : all.findLast((at) => at < frame - 1);
  return Math.max(0, next ?? frame + (by * SAMPLE_RATE) / 10);
}
