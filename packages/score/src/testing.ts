import { type PlayedOut, playOut, type TimedNote } from "./playing/play-out.ts";
import type { Score } from "./score.ts";

/** For tests: the pitched notes of all parts as they are written, in order of time, each with its part's name, and the bars. */
export function writtenOut(score: Score): { readonly notes: readonly (TimedNote & { readonly part: string })[]; readonly bars: PlayedOut["bars"] } {
  const { parts, bars } = playOut(score, { asWritten: true });
  const notes = parts.flatMap(({ name, notes }) => notes.filter((note) => note.drum === undefined).map((note) => ({ ...note, part: name })));
  return { notes: notes.sort((a, b) => a.at - b.at || a.cents - b.cents), bars };
}
