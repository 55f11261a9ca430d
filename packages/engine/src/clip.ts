import type { Frames } from "@kuishi/base";
import type { Address, Kernels } from "@kuishi/signal";
import type { Player } from "./instrument.ts";

/** Plays recorded sound from a frame on, with straight fades at both ends. */
export class ClipPlayer implements Player {
  readonly #kernels: Kernels;
  readonly #channels: readonly Float32Array[];
  readonly #at: Frames;
  readonly #fadeIn: Frames;
  readonly #fadeOut: Frames;

  constructor(kernels: Kernels, channels: readonly Float32Array[], at: Frames, fadeIn: Frames, fadeOut: Frames) {
    this.#kernels = kernels;
    this.#channels = channels;
    this.#at = at;
    this.#fadeIn = fadeIn;
    this.#fadeOut = fadeOut;
  }
  start(): void {}
  stop(): void {}
  process(left: Address, right: Address, frame: Frames, count: number): void {
    const length = this.#channels[0]?.length ?? 0;
    const first = Math.max(0, this.#at - frame);
    const last = Math.min(count, this.#at + length - frame);
    for (let side = 0; side < 2; side++) {
      const from = (this.#channels[side] ?? this.#channels[0]) as Float32Array;
      const to = this.#kernels.view(side === 0 ? left : right, count);
      for (let i = first; i < last; i++) {
        const at = frame + i - this.#at;
        const into = this.#fadeIn > 0 && at < this.#fadeIn ? at / this.#fadeIn : 1;
        const out = this.#fadeOut > 0 && length - at < this.#fadeOut ? (length - at) / this.#fadeOut : 1;
        to[i] = (to[i] as number) + (from[at] as number) * into * out;
      }
    }
  }
  silence(): void {}
}
