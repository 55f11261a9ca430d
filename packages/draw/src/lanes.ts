import { clamp } from "@kuishi/base";
import type { Heard, HeardNote } from "@kuishi/score";

/** A note as a box on its string's lane; 0..1 in both directions, y downwards. */
export interface LaneBox {
  readonly note: HeardNote;
  readonly x: number;
  readonly width: number;
  readonly y: number;
  readonly height: number;
  /** How sure: drawn as opacity. */
  readonly sure: number;
}

/** Notes on one lane per string, the highest string on top; inside a lane, higher frets lie higher. */
export function laneBoxes(heard: Heard): LaneBox[] {
  const lanes = Math.max(1, heard.tuning.strings.length);
  return heard.notes
    .filter((note) => note.cents !== null)
    .map((note) => {
      const lane = lanes - 1 - (note.string ?? 0);
      const open = heard.tuning.strings[note.string ?? 0]?.openCents ?? 5000;
      const up = clamp((note.cents! - open) / 1900, 0, 1);
      const height = 0.11 / lanes;
      return {
        note,
        x: note.onset / heard.durationSec,
        width: Math.max(0.0008, (note.offset - note.onset) / heard.durationSec),
        y: (lane + 0.92 - up * 0.8) / lanes - height,
        height,
        sure: note.confidence.pitch * (0.5 + 0.5 * note.confidence.string),
      };
    });
}
