import type { Heard } from "../heard.ts";
import { playOut } from "../playing/play-out.ts";
import type { Score } from "../score.ts";
import { meterAt } from "./grid.ts";

/** What of a hearing is not in its score, or is there otherwise: notes with their strings, frets and strokes, and the groups of bars. */
export function heardDifferences(heard: Heard, score: Score): readonly string[] {
  const count = heard.tuning.strings.length;
  const direction = new Map(heard.strokes.flatMap((stroke) => stroke.noteIds.map((id) => [id, stroke.direction] as const)).reverse());
  const wanted = heard.notes.map(({ id, cents, string, fret }) =>
    noteText(cents, string === null ? undefined : Math.max(1, count - string), fret ?? undefined, direction.get(id) ?? undefined),
  );
  const taps = heard.strokes
    .filter((stroke) => stroke.noteIds.length === 0)
    .map((stroke) => noteText(null, undefined, undefined, stroke.direction ?? undefined));
  const found = playOut(score, { asWritten: true }).parts.flatMap((part) =>
    part.notes.map((note) => noteText(note.drum === undefined ? note.cents : null, note.string, note.fret, note.stroke)),
  );
  const [missing, added] = [without([...wanted, ...taps], found), without(found, [...wanted, ...taps])];
  const groups = meterDifferences(heard, score);
  return [...missing.map((note) => `- ${note}`), ...added.map((note) => `+ ${note}`), ...groups];
}
const noteText = (cents: number | null, string: number | undefined, fret: number | undefined, stroke: string | undefined): string =>
  `${cents === null ? "tap" : cents.toFixed(1)} string ${string ?? "-"} fret ${fret ?? "-"} ${stroke ?? "-"}`;
function without(list: readonly string[], others: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const one of others) left.set(one, (left.get(one) ?? 0) + 1);
  return list.filter((one) => {
    const count = left.get(one) ?? 0;
    left.set(one, count - 1);
    return count <= 0;
  });
}
function meterDifferences(heard: Heard, score: Score): string[] {
  if (heard.downbeats.length < 2 || heard.meter.some((one) => "free" in one)) return [];
  const changes = (list: readonly string[]): string => list.filter((one, i) => one !== list[i - 1]).join(" ");
  const wanted = changes(heard.downbeats.map((_, i) => meterAt(heard, i + 1)).map(({ groups, unit }) => `${groups.join("+")}/${unit}`));
  const found = changes(
    score.bars.flatMap((bar) => bar.time ?? []).map(({ meters }) => meters.map(({ groups, unit }) => `${groups.join("+")}/${unit}`).join(" + ")),
  );
  // bars after the last downbeat may have a meter of their own
  return found === wanted || found.startsWith(`${wanted} `) ? [] : [`groups ${wanted}: ${found}`];
}
