import { BLOCK, clamp, cos, type Decibels, exp2, fromDb, log10, PI, SAMPLE_RATE, sin } from "@kuishi/base";
import type { Reference, Style } from "@kuishi/blend";
import { type Band, type Kernels, LoudnessMeter, Spectrum, Kernels as Store } from "@kuishi/signal";

/** Middles of the third octaves that are looked at, Hz: 50 to 12.7 kHz. */
export const THIRDS: readonly number[] = Array.from({ length: 25 }, (_, k) => 50 * exp2(k / 3));
/** Power of the middle and of the side of a sound in third octaves, per look. */
export interface Thirds {
  readonly mid: readonly number[];
  readonly side: readonly number[];
}

const FFT_FRAMES = 8192;
/** Of so many blocks the first ones are looked at, as many as a spectrum takes: about two looks a second. */
const EVERY = 192;
const EDGES = [...THIRDS.map((hertz) => hertz * exp2(-1 / 6)), THIRDS.at(-1)! * exp2(1 / 6)].map((hertz) => Math.round((hertz * FFT_FRAMES) / SAMPLE_RATE));

/** Third octaves of a sound that comes in blocks. */
export class ThirdsMeter {
  readonly #spectrum: Spectrum;
  readonly #at: number;
  readonly #view: Float32Array;
  readonly #heard = [new Float32Array(FFT_FRAMES), new Float32Array(FFT_FRAMES)] as const;
  readonly #sums = [new Float64Array(THIRDS.length), new Float64Array(THIRDS.length)] as const;
  #block = 0;
  #looks = 0;

  constructor(kernels: Kernels) {
    this.#spectrum = new Spectrum(kernels, FFT_FRAMES, FFT_FRAMES);
    this.#at = kernels.floats(FFT_FRAMES);
    this.#view = kernels.view(this.#at, FFT_FRAMES);
  }
  push(left: Float32Array, right: Float32Array): void {
    const from = (this.#block % EVERY) * BLOCK;
    this.#block++;
    if (from >= FFT_FRAMES) return;
    const [mid, side] = this.#heard;
    for (let i = 0; i < BLOCK; i++) {
      mid[from + i] = (left[i]! + right[i]!) / 2;
      side[from + i] = (left[i]! - right[i]!) / 2;
    }
    if (from + BLOCK === FFT_FRAMES) this.#look();
  }
  #look(): void {
    this.#looks++;
    for (let k = 0; k < 2; k++) {
      const [heard, sums] = [this.#heard[k as 0 | 1], this.#sums[k as 0 | 1]];
      if (!heard.some((value) => value !== 0)) continue;
      this.#view.set(heard);
      const power = this.#spectrum.power(this.#at);
      for (let band = 0; band < sums.length; band++) {
        let sum = 0;
        for (let bin = EDGES[band]!; bin < EDGES[band + 1]!; bin++) sum += power[bin]!;
        sums[band] = sums[band]! + sum;
      }
    }
  }
  read(): Thirds {
    const [mid, side] = this.#sums.map((sums) => Array.from(sums, (sum) => sum / Math.max(1, this.#looks))) as [number[], number[]];
    return { mid, side };
  }
}

/** Sounds together: unlike ones add their powers. */
export function sumOfThirds(list: readonly (readonly [Thirds, number])[]): Thirds {
  const [mid, side] = [new Array<number>(THIRDS.length).fill(0), new Array<number>(THIRDS.length).fill(0)];
  for (const [own, weight] of list)
    for (let k = 0; k < THIRDS.length; k++) {
      mid[k] = mid[k]! + weight * (own.mid[k] ?? 0);
      side[k] = side[k]! + weight * (own.side[k] ?? 0);
    }
  return { mid, side };
}

const decibels = (power: number): Decibels => 10 * log10(Math.max(power, 1e-14));
const octaves = (hertz: number): number => log10(hertz) / log10(2);
/** Density of power, dB. */
const levelsOf = ({ mid, side }: Thirds): number[] => THIRDS.map((hertz, k) => decibels((mid[k]! + side[k]!) / hertz));
/** Where width is told of a mix: the company of low notes stands in the middle, and little is heard of the side above. */
const [WIDTH_FROM, WIDTH_TO] = [500, 6000];
const widthSums = ({ mid, side }: Thirds): { readonly mid: number; readonly side: number } => {
  const inside = (list: readonly number[]): number =>
    list.reduce((sum, power, k) => (THIRDS[k]! >= WIDTH_FROM && THIRDS[k]! <= WIDTH_TO ? sum + power : sum), 0);
  return { mid: inside(mid), side: inside(side) };
};

/** What a finished record is like: what another can be matched with. */
export function referenceOf(module: WebAssembly.Module, name: string, channels: readonly Float32Array[]): Reference {
  const [left, right = left] = channels as [Float32Array, Float32Array?];
  const [thirds, loudness] = [new ThirdsMeter(new Store(module)), new LoudnessMeter(new Store(module), true)];
  for (let at = 0; at + BLOCK <= left.length; at += BLOCK) {
    const [l, r] = [left.subarray(at, at + BLOCK), right.subarray(at, at + BLOCK)];
    thirds.push(l, r);
    loudness.push(l, r);
  }
  const levels = levelsOf(thirds.read());
  const mean = meanOf(levels);
  const { mid, side } = widthSums(thirds.read());
  const { integrated, truePeak } = loudness.read();
  const rounded = (value: number, low: number, high: number): number => Math.round(10 * clamp(Number.isFinite(value) ? value : low, low, high)) / 10;
  return {
    name,
    tone: levels.map((level) => rounded(level - mean, -60, 40)),
    widthDb: rounded(decibels(side / Math.max(mid, 1e-14)), -40, 0),
    peakToLoudness: rounded(truePeak - integrated, 6, 20),
  };
}

/** How records fall towards the top: density of power, dB an octave, below and above 4 kHz (docs/sources.md#tone-of-records). */
const [FALL, AIR_FALL, AIR_HZ] = [-5, -6, 4000];
/** Regions of a style's own tone, by their middles in Hz: sub, bass, low middle, middle, presence, air. */
const REGIONS = [65, 160, 400, 1050, 3000, 8500] as const;

/** What a style's records stand at in each third octave, dB. */
function targetOf({ master: { tone, lowDb, highDb } }: Style): number[] {
  return THIRDS.map((hertz) => {
    const line = hertz <= AIR_HZ ? FALL * octaves(hertz / 1000) : FALL * octaves(AIR_HZ / 1000) + AIR_FALL * octaves(hertz / AIR_HZ);
    const next = REGIONS.findIndex((middle) => hertz < middle);
    const [a, b] = next < 0 ? [REGIONS.length - 1, REGIONS.length - 1] : [Math.max(0, next - 1), next];
    const part = a === b ? 0 : clamp(octaves(hertz / REGIONS[a]!) / octaves(REGIONS[b]! / REGIONS[a]!), 0, 1);
    const own = (tone[a] ?? 0) + part * ((tone[b] ?? 0) - (tone[a] ?? 0));
    return line + own + (hertz < 110 ? lowDb : 0) + (hertz > 7500 ? highDb : 0);
  });
}

/** Bells that bring a mix to its tone, Hz, how broad they are, and how far they go. */
const BELLS = [54, 96, 170, 305, 540, 960, 1720, 3050, 5450, 9700] as const;
const [BELL_Q, MOST_DB] = [1.5, 9];
/** Narrow ones for what stands out of it or is missing: a tonic that swells in the instrument's body. How many, from where on, and what they leave, dB. */
const [NARROW, NARROW_Q, MOST_NARROW_DB, STANDS_OUT_DB, LEFT_DB] = [5, 4, 7, 2.5, 1];
/** Rounds in which the gains settle. */
const ROUNDS = 40;

/** Gain of a bell at a frequency, dB (R. Bristow-Johnson, Audio EQ Cookbook). */
function bellDb(hertz: number, { hertz: middle, gainDb = 0, q = 1 }: Band): Decibels {
  const [w, w0] = [(2 * PI * hertz) / SAMPLE_RATE, (2 * PI * middle) / SAMPLE_RATE];
  const a = fromDb(gainDb / 2);
  const alpha = sin(w0) / (2 * q);
  const part = (b0: number, b1: number, b2: number): number => {
    const re = b0 + b1 * cos(w) + b2 * cos(2 * w);
    const im = b1 * sin(w) + b2 * sin(2 * w);
    return re * re + im * im;
  };
  const b1 = -2 * cos(w0);
  return decibels(part(1 + alpha * a, b1, 1 - alpha * a) / part(1 + alpha / a, b1, 1 - alpha / a));
}
const meanOf = (list: readonly number[]): number => list.reduce((sum, value) => sum + value, 0) / Math.max(1, list.length);

/** Bells that come near what is asked in each third octave: broad ones as far as they go, then narrow ones where it still stands out. */
function fitted(asked: readonly Decibels[]): Band[] {
  const bands = BELLS.map((hertz): Band & { gainDb: Decibels } => ({ type: "peak", hertz, gainDb: 0, q: BELL_Q }));
  const reachedBy = (list: readonly Band[]): number[] => THIRDS.map((hertz) => list.reduce((sum, band) => sum + bellDb(hertz, band), 0));
  for (let round = 0; round < ROUNDS; round++) {
    const reached = reachedBy(bands);
    BELLS.forEach((bell, j) => {
      let [sum, weights] = [0, 0];
      for (const [k, hertz] of THIRDS.entries()) {
        const weight = Math.max(0, 1 - Math.abs(octaves(hertz / bell)) / 0.6);
        sum += weight * (clamp(asked[k]!, -MOST_DB, MOST_DB) - reached[k]!);
        weights += weight;
      }
      bands[j] = { ...bands[j]!, gainDb: clamp(bands[j]!.gainDb + (0.5 * sum) / weights, -MOST_DB, MOST_DB) };
    });
  }
  const reached = reachedBy(bands);
  const narrow: Band[] = [];
  for (let k = 0; k < NARROW; k++) {
    const left = asked.map((db, band) => (THIRDS[band]! > 60 && THIRDS[band]! < 8500 ? db - reached[band]! : 0));
    const worst = left.reduce((best, db, band) => (Math.abs(db) > Math.abs(left[best]!) ? band : best), 0);
    const db = left[worst]!;
    if (Math.abs(db) < STANDS_OUT_DB) break;
    const bell: Band = { type: "peak", hertz: THIRDS[worst]!, q: NARROW_Q, gainDb: clamp(db - Math.sign(db) * LEFT_DB, -MOST_NARROW_DB, MOST_NARROW_DB) };
    narrow.push(bell);
    THIRDS.forEach((hertz, band) => {
      reached[band] = reached[band]! + bellDb(hertz, bell);
    });
  }
  return [...bands, ...narrow].map((band) => ({ ...band, hertz: Math.round(band.hertz), gainDb: Math.round(10 * (band.gainDb ?? 0)) / 10 }));
}

/** What brings a mix to the tone and the width of its style, or of a record that was handed in. */
export interface Tone {
  readonly bands: readonly Band[];
  /** Level of what widens the recording; undefined where nothing must. */
  readonly widenDb: Decibels | undefined;
}
/** Tone and width as they are before anything is measured: the plan has its places for both. */
export const plainTone: Tone = { bands: BELLS.map((hertz) => ({ type: "peak", hertz, gainDb: 0, q: BELL_Q })), widenDb: undefined };

/** How wide a mix may be made, dB of side against middle, and how loud that which widens it. */
const [NARROWEST, WIDEST] = [-16, -5];
const [LEAST_WIDEN, MOST_WIDEN] = [-30, 3];

/**
 * @param mix third octaves of the balanced mix without what widens the recording; @param widening of that, at 0 dB.
 */
export function toneOf(mix: Thirds, widening: Thirds, style: Style, reference: Reference | undefined): Tone {
  const [have, more] = [widthSums(mix), widthSums(widening)];
  const wanted = fromDb(2 * clamp(reference?.widthDb ?? style.widthDb, NARROWEST, WIDEST));
  // what widens adds a little to the middle as well
  const power = (wanted * have.mid - have.side) / Math.max(more.side - wanted * more.mid, 1e-12);
  const widenDb = power > 1e-9 && more.side > 1e-9 ? Math.min(MOST_WIDEN, Math.round(decibels(power) * 10) / 10) : -100;
  const whole = sumOfThirds([
    [mix, 1],
    [widening, widenDb < LEAST_WIDEN ? 0 : fromDb(2 * widenDb)],
  ]);
  const target = reference?.tone ?? targetOf(style);
  const levels = levelsOf(whole);
  const off = levels.map((level, k) => target[k]! - level);
  const middle = meanOf(off.slice(1, 23));
  const asked = off.map((db) => db - middle);
  const bands = fitted(asked);
  return {
    bands,
    widenDb: widenDb < LEAST_WIDEN ? undefined : widenDb,
  };
}
