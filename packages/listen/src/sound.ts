import type { Address, Kernels } from "@kuishi/signal";
import { Resampler } from "@kuishi/signal";

/** Rate at which the ear works: half the engine's. */
export const RATE = 24_000;

/** One channel at 24 kHz. A window of it is copied into kernel memory when asked for. */
export class Sound {
  readonly samples: Float32Array;
  readonly rms: number;
  readonly #kernels: Kernels;
  readonly #room: Address;
  readonly #view: Float32Array;

  /** @param samples at 24 kHz. */
  constructor(kernels: Kernels, samples: Float32Array) {
    this.samples = samples;
    let sum = 0;
    for (const x of this.samples) sum += x * x;
    this.rms = Math.sqrt(sum / Math.max(1, this.samples.length));
    this.#kernels = kernels;
    this.#room = kernels.floats(8192);
    this.#view = this.#kernels.view(this.#room, 8192);
  }
  /** @param channels at 48 kHz; their mean is heard. */
  static of(kernels: Kernels, channels: readonly Float32Array[]): Sound {
    const [left, right] = channels as [Float32Array, Float32Array?];
    // Second by second: a long recording is not held twice.
    const resampler = new Resampler(kernels, 48_000, RATE);
    const samples = new Float32Array(Math.round(left.length / 2));
    let made = 0;
    const take = (piece: Float32Array): void => {
      samples.set(piece.subarray(0, samples.length - made), made);
      made += piece.length;
    };
    const room = new Float32Array(48_000);
    for (let at = 0; at < left.length; at += 48_000) {
      const piece = room.subarray(0, Math.min(48_000, left.length - at));
      piece.set(left.subarray(at, at + piece.length));
      if (right) for (let i = 0; i < piece.length; i++) piece[i] = 0.5 * ((piece[i] as number) + (right[at + i] as number));
      take(resampler.push(piece));
    }
    take(resampler.finish());
    return new Sound(kernels, samples);
  }
  get length(): number {
    return this.samples.length;
  }
  get seconds(): number {
    return this.samples.length / RATE;
  }
  /** Address of the samples from `start` on (8192 of them, zeros outside the sound); valid until the next call. */
  at(start: number): Address {
    const from = Math.max(0, start);
    const to = Math.min(this.samples.length, start + 8192);
    this.#view.fill(0);
    if (to > from) this.#view.set(this.samples.subarray(from, to), from - start);
    return this.#room;
  }
}
