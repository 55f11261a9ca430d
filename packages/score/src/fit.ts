import type { Seconds } from "@kuishi/base";
import type { Heard } from "./heard.ts";

/** Times in order, none before 0 or after `end`, none closer than 20 ms to the one before. */
function ordered<T>(items: readonly T[], at: (item: T) => Seconds, end: Seconds): T[] {
  const sorted = items.filter((item) => at(item) <= end).sort((a, b) => at(a) - at(b));
  return sorted.filter((item, i) => i === 0 || at(item) - at(sorted[i - 1] as T) >= 0.02);
}

/**
 * A hearing from outside, made to hold what everything after it relies on: it is as long as its recording,
 * times are in order, notes end after they begin, degrees rise from 0, strokes name notes that exist.
 */
export function fitHeard(heard: Heard, exactSec: Seconds): Heard {
  // a hearing of this very recording says its length rounded, and stays as it is
  const durationSec = Math.abs(heard.durationSec - exactSec) < 0.001 ? heard.durationSec : exactSec;
  const notes = heard.notes
    .filter((note) => note.onset <= durationSec)
    .map((note) => ({ ...note, offset: Math.min(durationSec, Math.max(note.offset, note.onset + 0.01)) }))
    .sort((a, b) => a.onset - b.onset);
  const ids = new Set(notes.map((note) => note.id));
  const bars = heard.meter.filter((entry) => "groups" in entry).sort((a, b) => a.fromBar - b.fromBar);
  const free = heard.meter.filter((entry) => "free" in entry);
  const degrees = [...new Set(heard.mode.degreesCents.filter((degree) => degree > 0 && degree < 1200))].sort((a, b) => a - b);
  return {
    ...heard,
    durationSec,
    notes,
    strokes: ordered(heard.strokes, (stroke) => stroke.at, durationSec).map((stroke) => ({ ...stroke, noteIds: stroke.noteIds.filter((id) => ids.has(id)) })),
    beats: ordered(heard.beats, (beat) => beat.at, durationSec),
    downbeats: ordered(heard.downbeats, (at) => at, durationSec),
    meter: [...bars, ...free],
    mode: { ...heard.mode, degreesCents: [0, ...degrees] },
    form: heard.form.filter((section) => section.fromSec < durationSec && section.toSec > section.fromSec).sort((a, b) => a.fromSec - b.fromSec),
  };
}
