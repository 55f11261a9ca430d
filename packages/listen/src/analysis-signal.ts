import { SAMPLE_RATE } from "@kuishi/base";
import type { Address, Kernels } from "@kuishi/signal";
import { Resampler } from "@kuishi/signal";

/** Rate at which the ear works: half the engine's. */
export const ANALYSIS_RATE = 24_000;

/** Something whose samples can be looked at through a window. */
export interface Samples {
  /** Address of the 8192 samples from `start` on, zeros where there are none; valid until the next call. */
  at(start: number): Address;
}

/** One channel at 24 kHz. A window of it is copied into kernel memory when asked for. */
export class AnalysisSignal implements Samples {
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
  static of(kernels: Kernels, channels: readonly Float32Array[]): AnalysisSignal {
    const [left, right] = channels as [Float32Array, Float32Array?];
    // Second by second: a long recording is not held twice.
    const resampler = new Resampler(kernels, SAMPLE_RATE, ANALYSIS_RATE);
    const samples = new Float32Array(Math.round(left.length / 2));
    let made = 0;
    const take = (piece: Float32Array): void => {
      samples.set(piece.subarray(0, samples.length - made), made);
      made += piece.length;
    };
    const room = new Float32Array(SAMPLE_RATE);
    for (let at = 0; at < left.length; at += SAMPLE_RATE) {
      const piece = room.subarray(0, Math.min(SAMPLE_RATE, left.length - at));
      piece.set(left.subarray(at, at + piece.length));
      if (right) for (let i = 0; i < piece.length; i++) piece[i] = 0.5 * (piece[i]! + right[at + i]!);
      take(resampler.push(piece));
    }
    take(resampler.finish());
    return new AnalysisSignal(kernels, samples);
  }
  get length(): number {
    return this.samples.length;
  }
  get seconds(): number {
    return this.samples.length / ANALYSIS_RATE;
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

/** Samples a stream remembers: about five seconds. */
const RING = 1 << 17;

/** A channel at 24 kHz as it comes; the last five seconds can be looked at. */
export class AnalysisStream implements Samples {
  readonly #ring = new Float32Array(RING);
  readonly #room: Address;
  readonly #view: Float32Array;
  #heard = 0;
  #power = 0;

  constructor(kernels: Kernels) {
    this.#room = kernels.floats(8192);
    this.#view = kernels.view(this.#room, 8192);
  }
  /** Samples heard so far. */
  get heard(): number {
    return this.#heard;
  }
  /** Level of the last seconds. */
  get rms(): number {
    return Math.sqrt(this.#power);
  }
  push(samples: Float32Array): void {
    for (const x of samples) {
      this.#ring[this.#heard++ % RING] = x;
      // a mean over what was heard, later over about five seconds
      this.#power += (x * x - this.#power) / Math.min(this.#heard, 5 * ANALYSIS_RATE);
    }
  }
  at(start: number): Address {
    const oldest = Math.max(0, this.#heard - RING);
    this.#view.fill(0);
    const from = Math.max(oldest, start);
    const to = Math.min(this.#heard, start + 8192);
    for (let i = from; i < to; i++) this.#view[i - start] = this.#ring[i % RING]!;
    return this.#room;
  }
}
