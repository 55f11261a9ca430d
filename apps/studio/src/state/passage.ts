import { SAMPLE_RATE } from "@kuishi/base";
import type { Beat } from "@kuishi/flow";

/** Where a tune has no bars: so many seconds stand for one. */
const FREE_BAR_SEC = 1.5;

/**
 * So many bars from the one that a frame lies in.
 * @param ending where what is played ends.
 * @example
 * passageAt([{ at: 0, rank: "bar", bar: 1 }, { at: 4800, rank: "bar", bar: 2 }, { at: 9600, rank: "bar", bar: 3 }], 5000, 1, 20000); // => { from: 4800, to: 9600 }
 */
export function passageAt(beats: readonly Beat[], frame: number, bars: number, ending: number): { readonly from: number; readonly to: number } {
  const starts = beats.filter((beat) => beat.rank === "bar").map((beat) => beat.at);
  const k = starts.findLastIndex((at) => at <= frame + 1);
  if (k < 0) return { from: frame, to: Math.min(ending, frame + bars * FREE_BAR_SEC * SAMPLE_RATE) };
  return { from: starts[k]!, to: Math.min(ending, starts[k + bars] ?? ending) };
}
/** Where the next bar begins, if it does so soon: a tune without bars goes on at once. */
export function nextBar(beats: readonly Beat[], frame: number): number | undefined {
  return beats.find((beat) => beat.rank === "bar" && beat.at > frame)?.at;
}
