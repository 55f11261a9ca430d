import { type Cents, centsToHertz, pow, type Seconds } from "@kuishi/base";
import { type Kernels, Spectrum } from "@kuishi/signal";
import { ANALYSIS_RATE, type AnalysisSignal } from "./analysis-signal.ts";
import { type PitchCandidate, type PitchTrack, pathThrough } from "./pitch-track.ts";

/** A plucked note whose partials are not the singer's. */
export interface Accompaniment {
  readonly onset: Seconds;
  readonly offset: Seconds;
  readonly cents: Cents;
}

const WINDOW_SAMPLES = 2048;
const FFT_SIZE = 4096;
const HOP_SAMPLES = 240;
const PITCH_STEP_CENTS: Cents = 20;

/**
 * Set by hand on songs composed by `bench:listen` (a modelled voice 0-6 dB over a modelled dombra, seeds drawn anew);
 * the exponent and the fading harmonics near those of Salamon and Gomez 2012. No sung recording with a known pitch was at hand.
 */
const TUNED = {
  /** Hz: above this nothing is looked at. */
  topHertz: 5000,
  /** Power of a bin's power: loud partials must not drown the series of a soft one. */
  compression: 0.3,
  /** Harmonics summed, and what each counts against the one below it. */
  harmonics: 12,
  harmonicFade: 0.86,
  /** Bins on each side whose mean is the floor a peak stands on, and how many times that floor is taken away. */
  floorBins: 25,
  floorFactor: 1.1,
  /** Partials of a ringing string that are held down, bins on each side of each, what is left of them, and how long a string is looked for. */
  stringPartials: 14,
  stringBins: 3,
  stringLeft: 0.3,
  stringMargin: 0.04,
  stringMemory: 3,
  /** Part of the frames below a strong one; candidates under this part of a strong sum are left out. */
  strongPart: 0.8,
  leastSum: 0.12,
  /** Cost of the weakest candidate, as `pathThrough` counts costs. */
  weakCost: 0.45,
  /** Pitches of a frame that are followed. */
  candidates: 6,
} as const;

const TOP_BIN = Math.floor((TUNED.topHertz * FFT_SIZE) / ANALYSIS_RATE);

/** The transform `trackSinger` looks through. */
export const singerSpectrum = (kernels: Kernels): Spectrum => new Spectrum(kernels, FFT_SIZE, WINDOW_SAMPLES);

/**
 * Follows a singer over plucked strings: harmonic sums over spectral peaks (as in Salamon and Gomez 2012), what the
 * strings are known to sound held down, and the path through the best sums of every frame.
 * @param spectrum of `singerSpectrum`. @param range lowest and highest pitch. @param strings in order of their onsets.
 */
export function trackSinger(spectrum: Spectrum, signal: AnalysisSignal, range: readonly [Cents, Cents], strings: readonly Accompaniment[]): PitchTrack {
  const frames = Math.max(0, Math.floor((signal.length - WINDOW_SAMPLES) / HOP_SAMPLES));
  const pitches = Math.floor((range[1] - range[0]) / PITCH_STEP_CENTS) + 1;
  const hertz = Float64Array.from({ length: pitches }, (_, p) => centsToHertz(range[0] + p * PITCH_STEP_CENTS));
  const peaks = new Float32Array(FFT_SIZE / 2);
  const sums = new Float64Array(FFT_SIZE / 2 + 1);
  const level = new Float32Array(frames);
  const saliences: Float32Array[] = [];
  let first = 0;
  for (let f = 0; f < frames; f++) {
    level[f] = peaksOf(spectrum.power(signal.at(f * HOP_SAMPLES)), peaks, sums);
    const t = (f * HOP_SAMPLES + WINDOW_SAMPLES / 2) / ANALYSIS_RATE;
    while (first < strings.length && strings[first]!.onset < t - TUNED.stringMemory) first++;
    holdDown(peaks, strings, first, t);
    saliences.push(salienceOf(peaks, hertz));
  }
  const tops = Float32Array.from(saliences, (salience) => salience.reduce((a, b) => Math.max(a, b), 0)).sort();
  const strong = (tops[Math.floor(tops.length * TUNED.strongPart)] ?? 1) || 1;
  const lists = saliences.map((salience) => candidatesOf(salience, strong, range[0]));
  return { ...pathThrough(lists, level, 0), level, hopSec: HOP_SAMPLES / ANALYSIS_RATE, startSec: WINDOW_SAMPLES / 2 / ANALYSIS_RATE };
}

/** Writes what stands out of a spectrum's floor; gives the frame's level. @param sums room for running sums. */
function peaksOf(power: Float32Array, peaks: Float32Array, sums: Float64Array): number {
  let energy = 0;
  for (let k = 0; k < TOP_BIN; k++) {
    energy += power[k]!;
    peaks[k] = pow(power[k]!, TUNED.compression);
    sums[k + 1] = sums[k]! + peaks[k]!;
  }
  for (let k = 0; k < TOP_BIN; k++) {
    const [a, b] = [Math.max(0, k - TUNED.floorBins), Math.min(TOP_BIN, k + TUNED.floorBins + 1)];
    peaks[k] = Math.max(0, peaks[k]! - (TUNED.floorFactor * (sums[b]! - sums[a]!)) / (b - a));
  }
  return Math.sqrt(energy);
}

/** Weakens the partials of the strings that sound at `t`. @param first of `strings` that may. */
function holdDown(peaks: Float32Array, strings: readonly Accompaniment[], first: number, t: Seconds): void {
  for (let i = first; i < strings.length; i++) {
    const note = strings[i]!;
    if (note.onset > t + TUNED.stringMargin) break;
    if (note.offset < t - TUNED.stringMargin) continue;
    const f0 = centsToHertz(note.cents);
    for (let h = 1; h <= TUNED.stringPartials; h++) {
      const centre = (f0 * h * FFT_SIZE) / ANALYSIS_RATE;
      if (centre > TOP_BIN - 4) break;
      for (let k = Math.round(centre - TUNED.stringBins); k <= centre + TUNED.stringBins; k++) peaks[k] = peaks[k]! * TUNED.stringLeft;
    }
  }
}

const FADE = Float64Array.from({ length: TUNED.harmonics }, (_, h) => pow(TUNED.harmonicFade, h));

/** Sum over the harmonics of each pitch. */
function salienceOf(peaks: Float32Array, hertz: Float64Array): Float32Array {
  const salience = new Float32Array(hertz.length);
  for (let p = 0; p < hertz.length; p++) {
    let sum = 0;
    for (let h = 1; h <= TUNED.harmonics; h++) {
      const place = (hertz[p]! * h * FFT_SIZE) / ANALYSIS_RATE;
      const k = Math.floor(place);
      if (k + 1 >= TOP_BIN) break;
      sum += FADE[h - 1]! * (peaks[k]! * (k + 1 - place) + peaks[k + 1]! * (place - k));
    }
    salience[p] = sum;
  }
  return salience;
}

/** The best peaks of a frame's sums. @param strong sum of a strong frame. */
function candidatesOf(salience: Float32Array, strong: number, lowest: Cents): PitchCandidate[] {
  const list: PitchCandidate[] = [];
  for (let p = 1; p + 1 < salience.length; p++) {
    const [a, b, c] = [salience[p - 1]!, salience[p]!, salience[p + 1]!];
    if (b < TUNED.leastSum * strong || b < a || b <= c) continue;
    const bend = 2 * b - a - c;
    const cents = lowest + (p + (bend > 0 ? (0.5 * (c - a)) / bend : 0)) * PITCH_STEP_CENTS;
    list.push({ cents, cost: Math.max(0, TUNED.weakCost * (1 - b / strong)) });
  }
  return list.sort((a, b) => a.cost - b.cost).slice(0, TUNED.candidates);
}
