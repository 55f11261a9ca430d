import { type Frames, fromDb } from "@kuishi/base";
import type { Address, Kernels } from "@kuishi/signal";
import type { Clips, Piece } from "./plan.ts";
import type { SourceProcessor } from "./source-processor.ts";

interface Sounding extends Piece {
  readonly channels: readonly Float32Array[];
  /** Frames it has: no more than its clip gives. */
  readonly frames: Frames;
  readonly gain: number;
}

/** Plays pieces of recorded sound, each from its frame on; where two lie on each other, both sound. */
export class ClipPlayer implements SourceProcessor {
  readonly #kernels: Kernels;
  #pieces: readonly Sounding[] = [];

  constructor(kernels: Kernels, pieces: readonly Piece[], clips: Clips) {
    this.#kernels = kernels;
    this.lay(pieces, clips);
  }
  /** Puts other pieces in place of those it has. A piece whose clip is missing is silent. */
  lay(pieces: readonly Piece[], clips: Clips): void {
    this.#pieces = pieces.flatMap((piece): Sounding[] => {
      const channels = clips.get(piece.clip) ?? [];
      const frames = Math.min(piece.length, (channels[0]?.length ?? 0) - piece.from);
      return frames > 0 ? [{ ...piece, channels, frames, gain: fromDb(piece.gainDb) }] : [];
    });
  }
  start(): void {}
  stop(): void {}
  process(left: Address, right: Address, frame: Frames, count: number): void {
    for (let k = 0; k < this.#pieces.length; k++) {
      const piece = this.#pieces[k]!;
      if (piece.at >= frame + count || piece.at + piece.frames <= frame) continue;
      const { channels, fadeIn, fadeOut, gain, length } = piece;
      const first = Math.max(0, piece.at - frame);
      const last = Math.min(count, piece.at + piece.frames - frame);
      for (let side = 0; side < 2; side++) {
        const sound = (channels[side] ?? channels[0])!;
        const { memory } = this.#kernels;
        const to = (side === 0 ? left : right) >> 2;
        for (let i = first; i < last; i++) {
          const at = frame + i - piece.at;
          const into = fadeIn > 0 && at < fadeIn ? at / fadeIn : 1;
          const out = fadeOut > 0 && length - at < fadeOut ? (length - at) / fadeOut : 1;
          memory[to + i] = memory[to + i]! + sound[piece.from + at]! * into * out * gain;
        }
      }
    }
  }
  silence(): void {}
}
