import { BLOCK, type Frames } from "@kuishi/base";
import type { Address } from "@kuishi/signal";
import type { Dials } from "./dials.ts";
import type { Note } from "./note.ts";

/**
 * Makes the sound of one strip. Events come in order, each at its own frame. The sound must not depend on where a block is cut: what is told
 * once a while (a pitch, an envelope) is told on the song's own grid of frames. Nothing here may allocate once it is made.
 */
export interface SourceProcessor {
  /** Whether a note goes on as long as it is held: a jump into its middle begins it there. */
  readonly holds?: boolean;
  /** Begins a note. */
  start(event: Note): void;
  /** Ends a note that was begun with this event. */
  stop(event: Note): void;
  /** Adds `count` frames to both channels. `frame` is the absolute position of the first; they lie within one block of the song's grid. */
  process(left: Address, right: Address, frame: Frames, count: number): void;
  /** Silences everything at once, for a jump in time. */
  silence(): void;
  /** Values of its source that may move. */
  readonly dials?: Dials;
}

/** Where the block of the song's grid ends in which a frame lies; in whole numbers only. */
export const blockEnd = (frame: Frames): Frames => frame - (frame % BLOCK) + BLOCK;

/** A 32-bit seed of whole numbers: what a note does by chance follows from where it stands. (Final mix of MurmurHash3, public domain.) */
export function mixed(seed: number, frame: number, what: number): number {
  let h = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 15) ^ frame, 0xc2b2ae35);
  h = Math.imul(h ^ (h >>> 13) ^ what, 0x27d4eb2f);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  return h ^ (h >>> 13);
}
