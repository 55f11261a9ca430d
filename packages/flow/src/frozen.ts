import type { Clips } from "@kuishi/engine";
import type { Heard, MidiTrack } from "@kuishi/score";
import { RECORDING } from "./compile.ts";
import type { HeardFile } from "./hear.ts";
import type { Prepared } from "./request.ts";

/** A prepared blend as JSON: with the recording, and the sounds it needs beside it, it is the same blend again. */
export interface Frozen extends Pick<Prepared, "hissDb" | "arrangement" | "style" | "plan" | "faders" | "tookSec"> {
  /** As it was heard. */
  readonly original: Heard;
  /** As it is blended; null where that is the same. */
  readonly moved: Heard | null;
  /** What the parts of a score then play. */
  readonly tracks?: readonly MidiTrack[];
}

/** What of a blend is data. */
export function frozen({ original, file, hissDb, arrangement, style, plan, faders, tookSec }: Prepared): Frozen {
  const moved = file.heard === original.heard ? null : file.heard;
  const tracks = moved && file.written ? { tracks: file.written.tracks } : {};
  return { original: original.heard, moved, ...tracks, hissDb, arrangement, style, plan, faders, tookSec };
}
/** What of a blend is sound: all but the recording, unless it was straightened, transposed or cleaned. */
export const ownSounds = ({ original, clips }: Pick<Prepared, "original" | "clips">): Clips =>
  new Map([...clips].filter(([name, sound]) => name !== RECORDING || sound !== original.recording.channels));

/** The blend that was frozen. @param file the tune as it is open, @param own what `ownSounds` gave. */
export function thawed({ original, moved, tracks, ...blend }: Frozen, file: HeardFile, own: Clips): Prepared {
  const { recording, written } = file;
  const channels = own.get(RECORDING) ?? recording.channels;
  return {
    ...blend,
    original: { ...file, heard: original },
    file: { ...file, recording: { ...recording, channels }, heard: moved ?? original, ...(tracks && written ? { written: { ...written, tracks } } : {}) },
    clips: new Map([[RECORDING, channels], ...own]),
  };
}
