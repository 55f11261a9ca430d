import { log10, PI, sin, tan } from "@kuishi/base";
import type { Address, Kernels } from "./kernels.ts";

/** 4x interpolation bank, 4 phases of 12 taps: windowed sinc as BS.1770-4 annex 2 allows. */
export function truePeakBank(kernels: Kernels): Address {
  const bank = new Float32Array(48);
  for (let phase = 0; phase < 4; phase++) {
    let sum = 0;
    for (let k = 0; k < 12; k++) {
      const x = k - 5.5 - (phase - 1.5) / 4;
      const w = 0.5 + 0.5 * sin(PI / 2 + (PI * x) / 6.4);
      const value = (sin(PI * x) / (PI * x)) * w;
      bank[k * 4 + phase] = value;
      sum += value;
    }
    for (let k = 0; k < 12; k++) bank[k * 4 + phase] = (bank[k * 4 + phase] as number) / sum;
  }
  return kernels.put(bank);
}

/** What a meter read. */
export interface Loudness {
  /** Integrated loudness, LUFS; -Infinity for silence. */
  readonly integrated: number;
  /** Greatest inter-sample peak, dBTP. */
  readonly truePeak: number;
  /** Loudness of each 3 s window, one per second, LUFS. */
  readonly shortTerm: readonly number[];
}

const STEP = 4800; // 100 ms at 48 kHz

/** Loudness of a stereo stream at 48 kHz after ITU-R BS.1770-4 (gates at -70 LUFS and -10 LU). */
export class LoudnessMeter {
  readonly #kernels: Kernels;
  readonly #filters: readonly [Address, Address];
  readonly #peaks: readonly [Address, Address];
  readonly #bank: Address;
  readonly #buffers: readonly [Address, Address];
  readonly #energies: number[] = [];
  readonly #withPeak: boolean;
  #partial = 0;
  #count = 0;
  #top = 0;

  /** @param withPeak false leaves out the true peak, which costs most of the time. */
  constructor(kernels: Kernels, withPeak = true) {
    this.#kernels = kernels;
    this.#withPeak = withPeak;
    this.#filters = [kWeighting(kernels), kWeighting(kernels)];
    this.#peaks = [kernels.call.truePeakMake(), kernels.call.truePeakMake()];
    this.#bank = truePeakBank(kernels);
    this.#buffers = [kernels.floats(STEP), kernels.floats(STEP)];
  }

  /** Reads the next frames of both channels (any count). */
  push(left: Float32Array, right: Float32Array): void {
    const call = this.#kernels.call;
    const [l, r] = this.#buffers;
    const views = [this.#kernels.view(l, STEP), this.#kernels.view(r, STEP)] as const;
    for (let at = 0; at < left.length; ) {
      const take = Math.min(STEP - this.#count, left.length - at);
      views[0].set(at === 0 && take === left.length ? left : left.subarray(at, at + take));
      views[1].set(at === 0 && take === right.length ? right : right.subarray(at, at + take));
      this.#partial += call.kWeightPair(this.#filters[0], this.#filters[1], l, r, take);
      if (this.#withPeak)
        for (const [k, buffer] of this.#buffers.entries())
          this.#top = Math.max(this.#top, call.truePeakProcess(this.#peaks[k] as number, this.#bank, buffer, take));
      at += take;
      this.#count += take;
      if (this.#count === STEP) {
        this.#energies.push(this.#partial / STEP);
        this.#partial = 0;
        this.#count = 0;
      }
    }
  }

  /** Passes over frames that are silent, and have been so long that nothing rings. */
  rest(frames: number): void {
    this.#count += frames;
    while (this.#count >= STEP) {
      this.#energies.push(this.#partial / STEP);
      this.#partial = 0;
      this.#count -= STEP;
    }
  }

  /** Mean K-weighted energy of each 100 ms so far. */
  get energies(): readonly number[] {
    return this.#energies;
  }

  /** Greatest inter-sample peak so far, dBTP. */
  get truePeak(): number {
    return 20 * log10(this.#top);
  }

  read(): Loudness {
    const shortTerm: number[] = [];
    for (let at = 0; at + 30 <= this.#energies.length; at += 10) shortTerm.push(toLufs(mean(this.#energies, at, at + 30)));
    return { integrated: integrated(this.#energies), truePeak: this.truePeak, shortTerm };
  }
}

const mean = (values: readonly number[], from: number, to: number): number => {
  let sum = 0;
  for (let i = from; i < to; i++) sum += values[i] as number;
  return sum / (to - from);
};
/** LUFS of a mean K-weighted energy summed over channels. */
export const toLufs = (energy: number): number => -0.691 + 10 * log10(energy);

/** Gated loudness of 100 ms energies: 400 ms blocks, 75 % overlap. */
export function integrated(energies: readonly number[]): number {
  const blocks: number[] = [];
  for (let at = 0; at + 4 <= energies.length; at++) blocks.push(mean(energies, at, at + 4));
  const loud = blocks.filter((energy) => energy > 0 && toLufs(energy) > -70);
  if (loud.length === 0) return -Infinity;
  const gate = toLufs(mean(loud, 0, loud.length)) - 10;
  const kept = loud.filter((energy) => toLufs(energy) > gate);
  return toLufs(mean(kept, 0, kept.length));
}

/** K-weighting at 48 kHz: the analogue prototypes of BS.1770 through the bilinear transform. */
function kWeighting(kernels: Kernels): Address {
  const at = kernels.call.kWeightMake();
  const set = (values: readonly number[], from: number): void => {
    for (const [k, value] of values.entries()) kernels.call.kWeightSet(at, from + k, value);
  };
  const k1 = tan((PI * 1681.974450955533) / 48000);
  const q1 = 0.7071752369554196;
  const vh = 1.5848647011308556; // 3.999843853973347 dB
  const vb = 1.2587209302325617; // vh ^ 0.4996667741545416
  const d1 = 1 + k1 / q1 + k1 * k1;
  set(
    [
      (vh + (vb * k1) / q1 + k1 * k1) / d1,
      (2 * (k1 * k1 - vh)) / d1,
      (vh - (vb * k1) / q1 + k1 * k1) / d1,
      (2 * (k1 * k1 - 1)) / d1,
      (1 - k1 / q1 + k1 * k1) / d1,
    ],
    0,
  );
  const k2 = tan((PI * 38.13547087602444) / 48000);
  const q2 = 0.5003270373238773;
  const d2 = 1 + k2 / q2 + k2 * k2;
  set([1, -2, 1, (2 * (k2 * k2 - 1)) / d2, (1 - k2 / q2 + k2 * k2) / d2], 5);
  return at;
}
