import { SAMPLE_RATE } from "@kuishi/base";
import type { Score } from "@kuishi/score";
import { createMemo, createResource, createRoot } from "solid-js";
import { tune } from "./tune.ts";

/** A score that is open, as it was written. */
export interface Written {
  readonly score: Score;
  /** The bars in the order they are played, with the frames at which they begin and end; none where that is not known. */
  readonly played: readonly { readonly bar: number; readonly from: number; readonly to: number }[];
}

async function timed(score: Score, first: number | undefined): Promise<Written> {
  const { playOut } = await import("./score-files.ts");
  const { bars, seconds } = playOut(score);
  // what is heard begins a breath after the score does
  const lead = (first ?? 0) - (bars[0]?.at ?? 0);
  const frame = (at: number): number => Math.round((at + lead) * SAMPLE_RATE);
  return { score, played: bars.map(({ bar, at }, k) => ({ bar, from: frame(at), to: frame(bars[k + 1]?.at ?? seconds) })) };
}

/** The open tune as written music, where it was opened from a score: at once, and its times as soon as they are reckoned. */
export const written = createRoot(() => {
  const [resource] = createResource(
    () => {
      const own = tune();
      return own?.score && ([own.score, own.heard.downbeats[0]] as const);
    },
    // what cannot be played out is seen all the same
    (source) => timed(...source).catch(() => undefined),
  );
  return createMemo((): Written | undefined => {
    const score = tune()?.score;
    return score && (resource.latest?.score === score ? resource.latest : { score, played: [] });
  });
});
