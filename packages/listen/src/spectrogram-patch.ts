import { type Cents, centsToHertz, log } from "@kuishi/base";
import { type Kernels, Spectrum } from "@kuishi/signal";
import { ANALYSIS_RATE, type Samples } from "./analysis-signal.ts";

/** Cents between the bins of a patch: three to a semitone. */
export const BIN_CENTS: Cents = 100 / 3;
/** Lowest bin of a patch. */
export const PATCH_LOW: Cents = 2800;
/** Bins of a patch, up to 5.8 kHz. */
export const PATCH_BINS = 258;
/** Windows of a patch: length in samples and where they begin, in samples from the frame looked at. */
export const PATCH_WINDOWS: readonly (readonly [length: number, from: number])[] = [
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
/** Windows that reach too far past the onset for live hearing; the network was trained to do without them. */
export const LATE_WINDOWS: readonly number[] = [0, 2, 5, 6, 10];
/** Samples past the onset that live hearing waits for: the tail of the longest window left hardly counts. */
export const LIVE_DELAY_SAMPLES = 1880;
const CHANNELS = PATCH_WINDOWS.length;
/** Values of one patch, channel by channel. */
export const PATCH_SIZE: number = CHANNELS * PATCH_BINS;
/** Decibels below the loudest bin at which a patch is black. */
const DYNAMIC_RANGE_DB = 72;

/** Triangles over the bins of one transform, one for each bin of a patch. */
interface Filterbank {
  readonly first: Int32Array;
  readonly weights: readonly Float32Array[];
}

/** Extracts spectrogram patches: log-frequency spectra through short and long windows before and after. */
export class PatchExtractor {
  readonly #spectra = new Map<number, { readonly spectrum: Spectrum; readonly bands: Filterbank }>();

  constructor(kernels: Kernels) {
    for (const [length] of PATCH_WINDOWS) {
      if (!this.#spectra.has(length)) this.#spectra.set(length, { spectrum: new Spectrum(kernels, length, length), bands: filterbankOf(length) });
    }
  }

  /**
   * Writes the patch at a sample: 0 = 72 dB under its loudest bin, 1 = the loudest.
   * @param at sample of the sound; @param out PATCH_SIZE values.
   */
  extract(signal: Samples, at: number, out: Float32Array): void {
    let top = -Infinity;
    PATCH_WINDOWS.forEach(([length, from], channel) => {
      const { spectrum, bands } = this.#spectra.get(length)!;
      const power = spectrum.power(signal.at(at + from));
      const scale = 1 / (length * length);
      const base = channel * PATCH_BINS;
      for (let b = 0; b < PATCH_BINS; b++) {
        const first = bands.first[b]!;
        const weights = bands.weights[b]!;
        let sum = 0;
        for (let k = 0; k < weights.length; k++) sum += weights[k]! * power[first + k]!;
        const dB = 4.342944819 * log(sum * scale + 1e-22);
        out[base + b] = dB;
        if (dB > top) top = dB;
      }
    });
    for (let i = 0; i < PATCH_SIZE; i++) {
      const v = (out[i]! - top) / DYNAMIC_RANGE_DB + 1;
      out[i] = v > 0 ? v : 0;
    }
  }
}

function filterbankOf(size: number): Filterbank {
  const first = new Int32Array(PATCH_BINS);
  const weights: Float32Array[] = [];
  const bin = (index: number): number => (centsToHertz(PATCH_LOW + index * BIN_CENTS) * size) / ANALYSIS_RATE;
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
