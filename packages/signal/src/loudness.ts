import { log10, PI, pow, sin, tan } from "@kuishi/base";
import type { Address, Kernels } from "./kernels.ts";

/** 4x interpolation bank, 4 phases of 12 taps: windowed sinc as BS.1770-4 annex 2 allows. */
export const truePeakBank = (kernels: Kernels): Address => kernels.put(BANK);
const BANK = interpolation();
function interpolation(): Float32Array {
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
    for (let k = 0; k < 12; k++) bank[k * 4 + phase] = bank[k * 4 + phase]! / sum;
  }
  return bank;
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

const STEP_FRAMES = 4800; // 100 ms at 48 kHz

/** Mean K-weighted energy of each 100 ms of a stereo stream at 48 kHz, and its true peak; allocates nothing. */
abstract class EnergyMeter {
  readonly #kernels: Kernels;
  readonly #filters: readonly [Address, Address];
  readonly #peaks: readonly [Address, Address];
  readonly #bank: Address;
  readonly #left: Address;
  readonly #right: Address;
  readonly #withPeak: boolean;
  /** Energy since the last step began, and the greatest inter-sample peak: in the kernels' memory, where they are added up. */
  readonly #sums: Float64Array;
  readonly #sumsAt: Address;
  #count = 0;

  /** @param withPeak false leaves out the true peak, which costs most of the time. */
  constructor(kernels: Kernels, withPeak = true) {
    this.#kernels = kernels;
    this.#withPeak = withPeak;
    this.#filters = [kWeighting(kernels), kWeighting(kernels)];
    this.#peaks = [kernels.call.truePeakMake(), kernels.call.truePeakMake()];
    this.#bank = truePeakBank(kernels);
    this.#left = kernels.floats(STEP_FRAMES);
    this.#right = kernels.floats(STEP_FRAMES);
    this.#sumsAt = kernels.floats(4);
    this.#sums = kernels.doubles(this.#sumsAt, 2);
  }
  /** Another 100 ms are over; `energy` is theirs. */
  protected abstract step(): void;
  /** Mean energy of the step that is over. */
  protected get energy(): number {
    return this.#sums[0]! / STEP_FRAMES;
  }

  /** Reads the next frames of both channels (any count). */
  push(left: Float32Array, right: Float32Array): void {
    const { call, memory } = this.#kernels;
    for (let at = 0; at < left.length; ) {
      const take = Math.min(STEP_FRAMES - this.#count, left.length - at);
      for (let i = 0; i < take; i++) {
        memory[(this.#left >> 2) + i] = left[at + i]!;
        memory[(this.#right >> 2) + i] = right[at + i]!;
      }
      call.kWeightPair(this.#filters[0], this.#filters[1], this.#left, this.#right, take, this.#sumsAt);
      if (this.#withPeak) {
        call.truePeakProcess(this.#peaks[0], this.#bank, this.#left, take, this.#sumsAt + 8);
        call.truePeakProcess(this.#peaks[1], this.#bank, this.#right, take, this.#sumsAt + 8);
      }
      at += take;
      this.rest(take);
    }
  }
  /** Passes over frames that are silent, and have been so long that nothing rings. */
  rest(frames: number): void {
    this.#count += frames;
    for (; this.#count >= STEP_FRAMES; this.#count -= STEP_FRAMES) {
      this.step();
      this.#sums[0] = 0;
    }
  }
  /** Greatest inter-sample peak so far, dBTP. */
  get truePeak(): number {
    return 20 * log10(this.#sums[1]!);
  }
}

/** Loudness of a stereo stream at 48 kHz after ITU-R BS.1770-4 (gates at -70 LUFS and -10 LU). It keeps every step. */
export class LoudnessMeter extends EnergyMeter {
  readonly #energies: number[] = [];

  protected step(): void {
    this.#energies.push(this.energy);
  }
  /** Mean K-weighted energy of each 100 ms so far. */
  get energies(): readonly number[] {
    return this.#energies;
  }
  read(): Loudness {
    const shortTerm: number[] = [];
    for (let at = 0; at + 30 <= this.#energies.length; at += 10) shortTerm.push(toLufs(mean(this.#energies, at, at + 30)));
    return { integrated: integrated(this.#energies), truePeak: this.truePeak, shortTerm };
  }
}

/** Bins of the running gate, a tenth of a LU each from the absolute gate up. */
const BINS = 1000;
const ABSOLUTE_GATE = -70;
/** Least energy of each bin. */
const bins = Float64Array.from({ length: BINS }, (_, k) => fromLufs(ABSOLUTE_GATE + k / 10));

/**
 * The same loudness while it plays, in fixed memory: the last 3 s, and the gated whole as a histogram (as libebur128 does, but with the energies
 * themselves summed, so that only the bin in which the relative gate lies is a matter of rounding). It allocates nothing.
 */
export class LiveLoudness extends EnergyMeter {
  readonly #last = new Float64Array(30);
  readonly #sums = new Float64Array(BINS);
  readonly #counts = new Float64Array(BINS);
  #steps = 0;

  protected step(): void {
    this.#last[this.#steps++ % 30] = this.energy;
    if (this.#steps < 4) return;
    let block = 0;
    for (let k = 1; k <= 4; k++) block += this.#last[(this.#steps - k) % 30]! / 4;
    if (!(block > bins[0]!)) return;
    let [low, high] = [0, BINS];
    while (low + 1 < high) {
      const middle = (low + high) >> 1;
      if (bins[middle]! < block) low = middle;
      else high = middle;
    }
    this.#sums[low] = this.#sums[low]! + block;
    this.#counts[low] = this.#counts[low]! + 1;
  }
  #over(steps: number): number {
    const count = Math.min(steps, this.#steps);
    let sum = 0;
    for (let k = 1; k <= count; k++) sum += this.#last[(this.#steps - k) % 30]!;
    return count === 0 ? Number.NEGATIVE_INFINITY : toLufs(sum / count);
  }
  /** Of the last 400 ms, LUFS. */
  get momentary(): number {
    return this.#over(4);
  }
  /** Of the last 3 s. */
  get shortTerm(): number {
    return this.#over(30);
  }
  /** Of the whole so far, gated. */
  get integrated(): number {
    const gate = this.#mean(0) / 10;
    return toLufs(this.#mean(gate));
  }
  /** Mean of the blocks louder than a gate; 0 where there are none. */
  #mean(gate: number): number {
    let [sum, count] = [0, 0];
    for (let k = 0; k < BINS; k++) {
      if (this.#counts[k] === 0 || this.#sums[k]! / this.#counts[k]! <= gate) continue;
      sum += this.#sums[k]!;
      count += this.#counts[k]!;
    }
    return count === 0 ? 0 : sum / count;
  }
}

const mean = (values: readonly number[], from: number, to: number): number => {
  let sum = 0;
  for (let i = from; i < to; i++) sum += values[i]!;
  return sum / (to - from);
};
/** LUFS of a mean K-weighted energy summed over channels. */
export const toLufs = (energy: number): number => -0.691 + 10 * log10(energy);
/** Mean K-weighted energy of a loudness. */
function fromLufs(lufs: number): number {
  return pow(10, (lufs + 0.691) / 10);
}

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

/** K-weighting at 48 kHz. */
function kWeighting(kernels: Kernels): Address {
  const at = kernels.call.kWeightMake();
  for (let k = 0; k < WEIGHTS.length; k++) kernels.call.kWeightSet(at, k, WEIGHTS[k]!);
  return at;
}
const WEIGHTS = weights();
/** Shelf and high-pass: the analogue prototypes of BS.1770 through the bilinear transform. */
function weights(): readonly number[] {
  const k1 = tan((PI * 1681.974450955533) / 48000);
  const q1 = 0.7071752369554196;
  const vh = 1.5848647011308556; // 3.999843853973347 dB
  const vb = 1.2587209302325617; // vh ^ 0.4996667741545416
  const d1 = 1 + k1 / q1 + k1 * k1;
  const k2 = tan((PI * 38.13547087602444) / 48000);
  const q2 = 0.5003270373238773;
  const d2 = 1 + k2 / q2 + k2 * k2;
  return [
    (vh + (vb * k1) / q1 + k1 * k1) / d1,
    (2 * (k1 * k1 - vh)) / d1,
    (vh - (vb * k1) / q1 + k1 * k1) / d1,
    (2 * (k1 * k1 - 1)) / d1,
    (1 - k1 / q1 + k1 * k1) / d1,
    1,
    -2,
    1,
    (2 * (k2 * k2 - 1)) / d2,
    (1 - k2 / q2 + k2 * k2) / d2,
  ];
}
