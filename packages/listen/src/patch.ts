import { type Cents, centsToHertz, log } from "@kuishi/base";
import { type Kernels, Spectrum } from "@kuishi/signal";
import { RATE, type Samples } from "./sound.ts";

/** Cents between the bins of a patch: three to a semitone. */
export const BIN_CENTS: Cents = 100 / 3;
/** Lowest bin of a patch. */
export const PATCH_LOW: Cents = 2800;
/** Bins of a patch, up to 5.8 kHz. */
export const PATCH_BINS = 258;
/** Windows of a patch: length in samples and where they begin, in samples from the moment looked at. */
export const WINDOWS: readonly (readonly [length: number, from: number])[] = [
  [8192, -4096],
  [4096, -4096 - 144],
  [4096, 0],
  [2048, -2048 - 144],
  [2048, 0],
  [2048, 960],
  [2048, 2048],
  [1024, -1024 - 144],
  [1024, -96],
  [1024, 480],
  [1024, 1080],
  [512, -300],
  [512, -120],
  [512, 60],
  [512, 240],
  [512, 420],
];
/** Windows that reach too far past the moment for live hearing; the network was trained to do without them. */
export const LATE: readonly number[] = [0, 2, 5, 6, 10];
/** Samples past the moment that live hearing waits for: the tail of the longest window left hardly counts. */
export const WAIT = 1880;
const CHANNELS = WINDOWS.length;
/** Values of one patch, channel by channel. */
export const PATCH_SIZE: number = CHANNELS * PATCH_BINS;
/** Decibels below the loudest bin at which a patch is black. */
const DEPTH = 72;

/** Triangles over the bins of one transform, one for each bin of a patch. */
interface Bands {
  readonly first: Int32Array;
  readonly weights: readonly Float32Array[];
}

/** Sees the moments of a sound as small pictures: log-frequency spectra through short and long windows before and after. */
export class Patcher {
  readonly #spectra = new Map<number, { readonly spectrum: Spectrum; readonly bands: Bands }>();

  constructor(kernels: Kernels) {
    for (const [length] of WINDOWS) {
      if (!this.#spectra.has(length)) this.#spectra.set(length, { spectrum: new Spectrum(kernels, length, length), bands: bandsOf(length) });
    }
  }

  /**
   * Writes the patch of a moment: 0 = 72 dB under its loudest bin, 1 = the loudest.
   * @param at sample of the sound; @param out PATCH_SIZE values.
   */
  look(sound: Samples, at: number, out: Float32Array): void {
    let top = -Infinity;
    WINDOWS.forEach(([length, from], channel) => {
      const { spectrum, bands } = this.#spectra.get(length) as { spectrum: Spectrum; bands: Bands };
      const power = spectrum.power(sound.at(at + from));
      const scale = 1 / (length * length);
      const base = channel * PATCH_BINS;
      for (let b = 0; b < PATCH_BINS; b++) {
        const first = bands.first[b] as number;
        const weights = bands.weights[b] as Float32Array;
        let sum = 0;
        for (let k = 0; k < weights.length; k++) sum += (weights[k] as number) * (power[first + k] as number);
        const dB = 4.342944819 * log(sum * scale + 1e-22);
        out[base + b] = dB;
        if (dB > top) top = dB;
      }
    });
    for (let i = 0; i < PATCH_SIZE; i++) {
      const v = ((out[i] as number) - top) / DEPTH + 1;
      out[i] = v > 0 ? v : 0;
    }
  }
}

function bandsOf(size: number): Bands {
  const first = new Int32Array(PATCH_BINS);
  const weights: Float32Array[] = [];
  const bin = (index: number): number => (centsToHertz(PATCH_LOW + index * BIN_CENTS) * size) / RATE;
  for (let b = 0; b < PATCH_BINS; b++) {
    const centre = bin(b);
    const reach = Math.max(1, (bin(b + 1) - bin(b - 1)) / 2);
    const from = Math.max(0, Math.ceil(centre - reach));
    const to = Math.min(size / 2, Math.floor(centre + reach));
    const row = Float32Array.from({ length: to - from + 1 }, (_, k) => Math.max(0, 1 - Math.abs(from + k - centre) / reach));
    let sum = 0;
    for (const w of row) sum += w;
    first[b] = from;
    weights.push(row.map((w) => w / (sum || 1)));
  }
  return { first, weights };
}
