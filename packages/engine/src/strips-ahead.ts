import { BLOCK, type Frames } from "@kuishi/base";
import type { Kernels } from "@kuishi/signal";
import { BLOCK_FLOATS, renderedAhead } from "./ahead.ts";
import type { EffectContext } from "./effects.ts";
import type { Clips, Plan } from "./plan.ts";
import { StripChannel } from "./strip.ts";

/** Renders a plan's strips as far as their faders, for an engine in another thread. */
export class StripsAhead {
  readonly #kernels: Kernels;
  readonly #strips: readonly StripChannel[];

  /** @throws RangeError where there is no room for them. */
  constructor(kernels: Kernels, { strips, seed }: Pick<Plan, "strips" | "seed">, clips: Clips) {
    const context: EffectContext = {
      clips,
      keyOf: (id) => {
        throw new RangeError(`strip ${id} is in another thread`);
      },
    };
    this.#kernels = kernels;
    this.#strips = strips.map((strip) => kernels.hold(() => new StripChannel(kernels, renderedAhead(strip), seed, [], context)).it);
  }
  /** As the engine's. */
  seek(frame: Frames): void {
    for (const strip of this.#strips) strip.seek(Math.max(0, Math.floor(frame / BLOCK) * BLOCK));
  }
  /** Floats that so many blocks of all strips take. */
  floatsOf(blocks: number): number {
    return this.#strips.length * blocks * BLOCK_FLOATS;
  }
  /** Renders so many blocks from a frame on into `to`: all blocks of the first strip, as `Feed` takes them, then those of the next. @returns which strips sound. */
  render(from: Frames, blocks: number, to: Float32Array): boolean[] {
    const { memory, call } = this.#kernels;
    return this.#strips.map((strip, s) => {
      const start = s * blocks * BLOCK_FLOATS;
      let sounds = false;
      for (let k = 0; k < blocks; k++) {
        const at = start + k * BLOCK_FLOATS;
        if (strip.renderDry(from + k * BLOCK) && (sounds || call.areSilent(strip.left, strip.right, BLOCK) === 0)) {
          if (!sounds) to.fill(0, start, at);
          sounds = true;
          to.set(memory.subarray(strip.left >> 2, (strip.left >> 2) + BLOCK_FLOATS), at);
        } else if (sounds) to.fill(0, at, at + BLOCK_FLOATS);
      }
      return sounds;
    });
  }
}
