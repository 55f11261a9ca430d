import type { Clips } from "@kuishi/engine";
import type { Recording } from "@kuishi/media";
import type { Heard } from "@kuishi/score";
import { RECORDING } from "./compile.ts";
import type { Prepared } from "./request.ts";

/** A prepared blend as JSON: with the recording, and the sounds it needs beside it, it is the same blend again. */
export interface Frozen extends Pick<Prepared, "hissDb" | "arrangement" | "style" | "plan" | "faders" | "tookSec"> {
  /** As it was heard. */
  readonly original: Heard;
  /** As it is blended; null where that is the same. */
  readonly moved: Heard | null;
}

/** What of a blend is data. */
export function frozen({ original, file, hissDb, arrangement, style, plan, faders, tookSec }: Prepared): Frozen {
  const moved = file.heard === original.heard ? null : file.heard;
  return { original: original.heard, moved, hissDb, arrangement, style, plan, faders, tookSec };
}
/** What of a blend is sound: all but the recording, unless it was straightened, transposed or cleaned. */
export const ownSounds = ({ original, clips }: Pick<Prepared, "original" | "clips">): Clips =>
  new Map([...clips].filter(([name, sound]) => name !== RECORDING || sound !== original.recording.channels));

/** The blend that was frozen. @param recording as it was heard, @param own what `ownSounds` gave. */
export function thawed({ original, moved, ...blend }: Frozen, recording: Recording, own: Clips): Prepared {
  const channels = own.get(RECORDING) ?? recording.channels;
  return {
    ...blend,
    original: { recording, heard: original },
    file: { recording: { ...recording, channels }, heard: moved ?? original },
    clips: new Map([[RECORDING, channels], ...own]),
  };
}
