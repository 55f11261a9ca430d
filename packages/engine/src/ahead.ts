import { BLOCK, type Frames } from "@kuishi/base";
import type { Address, Kernels } from "@kuishi/signal";
import type { Automation, Strip } from "./plan.ts";
import type { SourceProcessor } from "./source-processor.ts";

/**
 * A strip in two halves, for more threads than one. What makes its sound, inserts included, knows no other strip and can be rendered ahead
 * elsewhere; fader, sends and sum stay with the engine, which adds the strips in the plan's own order. So the bytes are the same whoever
 * rendered what.
 */

/** Whether another thread is worth its while: recorded sound is only copied. */
export const canBeAhead = ({ source }: Strip): boolean => source.kind !== "clips";

/** Inserts that listen to another strip stay beside it. */
const isPressed = ({ inserts }: Strip): boolean => inserts.some((insert) => insert.kind === "compressor" && insert.key !== undefined);
const isAhead = (strip: Strip, { path }: Automation): boolean => path[0] === "source" || (path[0] === "inserts" && !isPressed(strip));

/** The half that is rendered ahead. */
export function renderedAhead(strip: Strip): Strip {
  const { envelope: _, ...rest } = strip;
  const automation = (strip.automation ?? []).filter((one) => isAhead(strip, one));
  return { ...rest, inserts: isPressed(strip) ? [] : strip.inserts, automation, gainDb: 0, pan: 0, sends: {} };
}
/** The half that is left to the engine: its sound comes from a `Feed`. */
export function mixedHere(strip: Strip): Strip {
  const automation = (strip.automation ?? []).filter((one) => !isAhead(strip, one));
  return { ...strip, source: { kind: "clips", pieces: [] }, events: [], inserts: isPressed(strip) ? strip.inserts : [], automation };
}

/** Floats of a block: its left side, then its right. */
export const BLOCK_FLOATS: number = 2 * BLOCK;

/** Sound of a strip that was rendered ahead, some blocks at a time. */
export class Feed {
  #from: Frames = 0;
  #sound: Float32Array | null = null;

  /** What comes next: blocks from a frame on, `BLOCK_FLOATS` each; null for silence. */
  fill(from: Frames, sound: Float32Array | null): void {
    this.#from = from;
    this.#sound = sound;
  }
  /** A player that gives what was filled in, to one engine. */
  into(kernels: Kernels): SourceProcessor {
    return {
      start() {},
      stop() {},
      silence() {},
      // without events a block is never cut, and its sides stand one behind the other
      process: (left: Address, _right: Address, frame: Frames) => {
        if (!this.#sound) return;
        const at = ((frame - this.#from) / BLOCK) * BLOCK_FLOATS;
        kernels.memory.set(this.#sound.subarray(at, at + BLOCK_FLOATS), left >> 2);
      },
    };
  }
}
/** By the strips' names. */
export type Feeds = ReadonlyMap<string, Feed>;
