import { SAMPLE_RATE } from "@kuishi/base";
import { isScore } from "@kuishi/flow";
import type { Score } from "@kuishi/score";
import { createResource, createRoot } from "solid-js";
import { getFile, session } from "./project.ts";
import { tune } from "./tune.ts";

/** A score that is open, as it was written. */
export interface Written {
  readonly score: Score;
  /** The bars in the order they are played, with the frames at which they begin, and where the last ends. */
  readonly played: readonly { readonly bar: number; readonly from: number; readonly to: number }[];
}

async function readWritten(entry: string, name: string, first: number | undefined): Promise<Written | undefined> {
  const [blob, { playOut, scoreOf }] = await Promise.all([getFile(entry), import("./score-files.ts")]);
  if (!blob) return undefined;
  const score = scoreOf(name, new Uint8Array(await blob.arrayBuffer()));
  const { bars, seconds } = playOut(score);
  // what is heard begins a breath after the file does
  const lead = (first ?? 0) - (bars[0]?.at ?? 0);
  const frame = (at: number): number => Math.round((at + lead) * SAMPLE_RATE);
  return { score, played: bars.map(({ bar, at }, k) => ({ bar, from: frame(at), to: frame(bars[k + 1]?.at ?? seconds) })) };
}

const [resource] = createRoot(() =>
  createResource(
    () => {
      const own = tune();
      const { song, assets } = session();
      const entry = song.recording ? assets.get(song.recording.asset)?.entry : undefined;
      return own && entry && isScore(own.name) ? ([entry, own.name, own.heard.downbeats[0]] as const) : undefined;
    },
    // what cannot be read again is shown as it was heard
    (source) => readWritten(...source).catch(() => undefined),
  ),
);
/** The open tune as written music, where it was opened from a score. */
export const written = (): Written | undefined => (tune() && isScore(tune()!.name) ? resource.latest : undefined);
