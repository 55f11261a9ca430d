import { SAMPLE_RATE } from "@kuishi/base";
import type { HeardNote } from "@kuishi/score";
import { createMemo, createRoot } from "solid-js";
import { position, seek } from "../state/transport.ts";
import { lookAt, tune } from "../state/tune.ts";

/** The engine tells its place a moment late: notes are lit as the ear has them. */
const LATE_SEC = 0.012;
const seconds = (): number => position() / SAMPLE_RATE + LATE_SEC;

/** Times at which something begins, seconds, rising. */
export const moments = createRoot(() =>
  createMemo(() => [...new Set((tune()?.heard.notes ?? []).filter((note) => note.cents !== null).map((note) => note.onset))].sort((a, b) => a - b)),
);
/** What sounds at the playhead. */
export const soundingNotes = createRoot(() =>
  createMemo((): readonly HeardNote[] => {
    const at = seconds();
    return (tune()?.heard.notes ?? []).filter((note) => note.cents !== null && note.onset <= at && note.offset > at);
  }),
);
/** What comes next. */
export const comingNotes = createRoot(() =>
  createMemo((): readonly HeardNote[] => {
    const at = seconds();
    const next = moments().find((moment) => moment > at);
    return next === undefined ? [] : (tune()?.heard.notes ?? []).filter((note) => Math.abs(note.onset - next) < 0.02);
  }),
);
/** Goes to the note before or after the playhead. */
export function stepNote(by: -1 | 1): void {
  const now = position() / SAMPLE_RATE;
  const next = by > 0 ? moments().find((at) => at > now + 0.01) : moments().findLast((at) => at < now - 0.01);
  if (next === undefined) return;
  lookAt(next);
  seek(next * SAMPLE_RATE);
}
