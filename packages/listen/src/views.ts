import { pow, type Seconds } from "@kuishi/base";
import { type Kernels, Spectrum } from "@kuishi/signal";
import { AtomMaker, COMPRESSION } from "./atoms.ts";
import type { Onset } from "./onsets.ts";
import { RATE, type Sound } from "./sound.ts";

/** Points of every transform: windows of all lengths are padded to it, so that their bins agree. */
const SIZE = 4096;

/** Window lengths, seconds: each onset takes the longest that ends before the next one. */
const LENGTHS = [0.078, 0.105, 0.14, 0.17];

/** Spectra just after and just before each onset, compressed and whitened by the recording's own envelope. */
export interface Views {
  readonly post: readonly Float32Array[];
  readonly pre: readonly Float32Array[];
  /** Which of LENGTHS each onset is seen through. */
  readonly lens: readonly number[];
  readonly makers: readonly AtomMaker[];
  readonly bins: number;
}

/** Looks at a sound around each onset. */
export function look(kernels: Kernels, sound: Sound, onsets: readonly Onset[]): Views {
  const frames = LENGTHS.map((length) => Math.round((RATE * length) / 2) * 2);
  const spectra = frames.map((length) => new Spectrum(kernels, SIZE, length));
  const makers = frames.map((length) => new AtomMaker(SIZE, length));
  const bins = (makers[0] as AtomMaker).bins;
  const lens = onsets.map((onset, i) => {
    const gap = (onsets[i + 1]?.at ?? Infinity) - onset.at;
    return Math.max(
      0,
      LENGTHS.findLastIndex((length) => length <= gap * 0.97),
    );
  });
  const see = (seconds: Seconds, lens: number): Float32Array => {
    const power = (spectra[lens] as Spectrum).power(sound.at(Math.round(seconds * RATE)));
    const scale = 1 / (frames[lens] as number);
    const out = new Float32Array(bins);
    for (let k = 0; k < bins; k++) out[k] = pow((power[k] as number) * scale * scale + 1e-24, COMPRESSION / 2);
    return out;
  };
  const post = onsets.map((onset, i) => see(onset.at + 0.004, lens[i] as number));
  const pre = onsets.map((onset, i) => see(onset.at - 0.006 - (LENGTHS[lens[i] as number] as number), lens[i] as number));
  whiten([...post, ...pre], post, bins);
  return { post, pre, lens, makers, bins };
}

/** Divides by the smoothed mean spectrum to the power 0.7: room, microphone and body colour go. */
function whiten(all: readonly Float32Array[], reference: readonly Float32Array[], bins: number): void {
  const sums = new Float64Array(bins + 1);
  for (let k = 0; k < bins; k++) {
    let sum = 0;
    for (const spectrum of reference) sum += spectrum[k] as number;
    sums[k + 1] = (sums[k] as number) + sum;
  }
  const reach = Math.round((180 * SIZE) / RATE);
  const envelope = new Float64Array(bins);
  let top = 0;
  for (let k = 0; k < bins; k++) {
    const [a, b] = [Math.max(0, k - reach), Math.min(bins, k + reach + 1)];
    const value = ((sums[b] as number) - (sums[a] as number)) / (b - a);
    envelope[k] = value;
    top = Math.max(top, value);
  }
  for (let k = 0; k < bins; k++) {
    const gain = pow((envelope[k] as number) / top + 0.03, -0.7);
    for (const spectrum of all) spectrum[k] = (spectrum[k] as number) * gain;
  }
}
