import { type Cents, median, type Seconds } from "@kuishi/base";
import type { Heard, HeardNote } from "./heard.ts";

/** A stretch of a sung or blown line as someone drew it: [seconds, cents], rising in time; fewer than two points are silence. */
export interface DrawnLine {
  readonly id: string;
  readonly from: Seconds;
  readonly to: Seconds;
  readonly points: readonly (readonly [Seconds, Cents])[];
}

/** Shorter than this is no note, seconds. */
const SHORTEST = 0.03;

/** A hearing with what was drawn by hand in place of what was heard there; notes that reach into it are cut. */
export function withDrawnLines(heard: Heard, lines: readonly DrawnLine[]): Heard {
  if (lines.length === 0) return heard;
  let notes: HeardNote[] = heard.notes;
  for (const line of lines) {
    notes = notes.flatMap((note) => without(note, line.from, line.to));
    const points = line.points.filter(([at]) => at >= line.from && at <= line.to);
    const [first, last] = [points[0], points.at(-1)];
    if (!first || !last || last[0] - first[0] < SHORTEST) continue;
    notes.push({
      id: line.id,
      onset: first[0],
      offset: last[0],
      cents: median(points.map(([, cents]) => cents)),
      curve: points.map(([at, cents]) => [at, cents]),
      string: null,
      fret: null,
      articulation: "sustained",
      confidence: { onset: 1, pitch: 1, string: 1, fret: 1 },
    });
  }
  return { ...heard, notes: notes.sort((a, b) => a.onset - b.onset) };
}

/** What is left of a note outside a stretch. */
function without(note: HeardNote, from: Seconds, to: Seconds): HeardNote[] {
  if (note.offset <= from || note.onset >= to || note.string !== null) return [note];
  const piece = (onset: Seconds, offset: Seconds, id: string): HeardNote[] =>
    offset - onset < SHORTEST
      ? []
      : [{ ...note, id, onset, offset, ...(note.curve ? { curve: note.curve.filter(([at]) => at >= onset && at <= offset) } : {}) }];
  return [...piece(note.onset, Math.min(note.offset, from), note.id), ...piece(Math.max(note.onset, to), note.offset, `${note.id}b`)];
}
