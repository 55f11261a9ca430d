import { cos, PI } from "@kuishi/base";
import type { Address, Kernels } from "./kernels.ts";

/** Power spectra of Hann-windowed, zero-padded stretches of a signal held in kernel memory. */
export class Spectrum {
  readonly #kernels: Kernels;
  readonly #plan: Address;
  readonly #window: Address;
  readonly #out: Address;
  readonly size: number;
  readonly length: number;

  /** @param size points of the transform (a power of two); @param length samples under the window. */
  constructor(kernels: Kernels, size: number, length: number) {
    this.#kernels = kernels;
    this.size = size;
    this.length = length;
    this.#plan = kernels.call.fftMake(size);
    const window = Float32Array.from({ length: size }, (_, i) => (i < length ? 0.5 - 0.5 * cos((2 * PI * (i + 0.5)) / length) : 0));
    this.#window = kernels.put(window);
    this.#out = kernels.floats(size / 2 + 4);
  }
  /** Power |X|^2 of bins 0..size/2 for the samples at `signal`; the view is overwritten by the next call. */
  power(signal: Address): Float32Array {
    this.#kernels.call.fftPower(this.#plan, signal, this.#window, this.length, this.#out);
    return this.#kernels.view(this.#out, this.size / 2 + 1);
  }
  /** Magnitude |X| likewise. */
  magnitude(signal: Address): Float32Array {
    this.power(signal);
    this.#kernels.call.sqrtAll(this.#out, this.size / 2 + 1);
    return this.#kernels.view(this.#out, this.size / 2 + 1);
  }
}
