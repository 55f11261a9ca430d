import { log, pow2i, type Seconds } from "@kuishi/base";
import { type Kernels, Spectrum } from "@kuishi/signal";
import { ANALYSIS_RATE, type AnalysisSignal, type Samples } from "./analysis-signal.ts";

/** A moment at which something was struck. */
export interface Onset {
  readonly at: Seconds;
  /** Height of the detection function relative to the recording's strong onsets, about 0..1.5. */
  readonly strength: number;
}

const HOP_SAMPLES = 120; // 5 ms
const WINDOW_SAMPLES = 768; // 32 ms
const FFT_SIZE = 1024;
const BANDS_PER_OCTAVE = 24;
const LAG = 3; // frames between which the spectrum must rise
const [PEAK_BEFORE_FRAMES, PEAK_AFTER_FRAMES] = [5, 8]; // frames a peak is compared with
const STRONG = 0.98; // part of the frames below a strong onset
/** Two onsets lie at least so far apart. */
const MIN_ONSET_GAP_SEC: Seconds = 0.042;

/** Rise of the log spectrum from frame to frame, frames asked for in order. */
export class Flux {
  readonly #spectrum: Spectrum;
  readonly #edges = bandEdges();
  readonly #history: Float32Array[];
  readonly #widened: Float32Array;

  constructor(kernels: Kernels) {
    this.#spectrum = new Spectrum(kernels, FFT_SIZE, WINDOW_SAMPLES);
    const bands = this.#edges.length - 2;
    this.#history = Array.from({ length: LAG + 1 }, () => new Float32Array(bands));
    this.#widened = new Float32Array(bands);
  }
  /** @param rms of the music: a floor well under it and over the noise keeps the logarithm from magnifying hiss. */
  frame(signal: Samples, frame: number, rms: number): number {
    const level = rms * 0.02 * WINDOW_SAMPLES * 0.35;
    const edges = this.#edges;
    const widened = this.#widened;
    const bands = widened.length;
    const magnitude = this.#spectrum.magnitude(signal.at(frame * HOP_SAMPLES));
    const now = this.#history[frame % (LAG + 1)]!;
    for (let b = 0; b < bands; b++) {
      const [low, mid, high] = [edges[b]!, edges[b + 1]!, edges[b + 2]!];
      let sum = 0;
      let weight = 0;
      for (let k = Math.ceil(low); k <= high; k++) {
        const w = k < mid ? (k - low) / (mid - low) : (high - k) / (high - mid);
        sum += w * magnitude[k]!;
        weight += w;
      }
      now[b] = log(1 + sum / (weight > 0 ? weight : 1) / level);
    }
    if (frame < LAG) return 0;
    const before = this.#history[(frame + 1) % (LAG + 1)]!;
    for (let b = 0; b < bands; b++) {
      widened[b] = Math.max(before[Math.max(0, b - 1)]!, before[b]!, before[Math.min(bands - 1, b + 1)]!);
    }
    let rise = 0;
    for (let b = 0; b < bands; b++) {
      const d = now[b]! - widened[b]!;
      if (d > 0) rise += d;
    }
    return rise / bands;
  }
}

/**
 * Onsets by spectral flux with maximum filtering along frequency (Boeck and Widmer, "Maximum
 * filter vibrato suppression for onset detection", DAFx 2013).
 */
export function findOnsets(kernels: Kernels, signal: AnalysisSignal, least = 0.07): Onset[] {
  const frames = Math.max(0, Math.floor((signal.length - WINDOW_SAMPLES) / HOP_SAMPLES));
  const source = new Flux(kernels);
  const flux = Float32Array.from({ length: frames }, (_, frame) => source.frame(signal, frame, signal.rms));
  const strong = percentile(flux, STRONG);
  if (strong > 0) for (let i = 0; i < frames; i++) flux[i] = flux[i]! / strong;
  const onsets: Onset[] = [];
  for (let i = 1; i + 1 < frames; i++) {
    if (!isPeak(flux, i, Math.min(frames - 1, i + PEAK_AFTER_FRAMES), least)) continue;
    const at = timeOf(i);
    const last = onsets.at(-1);
    if (last && at - last.at < MIN_ONSET_GAP_SEC) continue;
    onsets.push({ at: Math.max(0, at), strength: flux[i]! });
  }
  return onsets;
}

function bandEdges(): number[] {
  const edges: number[] = [];
  const perBin = FFT_SIZE / ANALYSIS_RATE;
  for (let i = 0; ; i++) {
    const hertz = 90 * pow2i(Math.floor(i / BANDS_PER_OCTAVE)) * semitones[i % BANDS_PER_OCTAVE]!;
    if (hertz > 10_500) return edges;
    const bin = hertz * perBin;
    // low bands narrower than a bin are merged
    if (edges.length === 0 || bin - edges.at(-1)! >= 1) edges.push(bin);
  }
}
const semitones: readonly number[] = Array.from({ length: BANDS_PER_OCTAVE }, (_, i) => {
  // 2^(i/24) by repeated square roots and products, without the host's pow
  let value = 1;
  const root = 1.029302236643492; // 2^(1/24)
  for (let k = 0; k < i; k++) value *= root;
  return value;
});

function percentile(values: Float32Array, part: number): number {
  const sorted = values.slice().sort();
  return sorted[Math.floor((sorted.length - 1) * part)] ?? 0;
}

/** Greatest within 25 ms, and above the mean of the last 100 ms and of what follows up to frame `last`. */
function isPeak(flux: Float32Array, i: number, last: number, least: number): boolean {
  const value = flux[i]!;
  if (value < least) return false;
  for (let j = Math.max(0, i - PEAK_BEFORE_FRAMES); j <= Math.min(last, i + PEAK_BEFORE_FRAMES); j++) if (flux[j]! > value) return false;
  let sum = 0;
  const first = Math.max(0, i - 20);
  for (let j = first; j <= last; j++) sum += flux[j]!;
  return value >= sum / (last - first + 1) + 0.78 * least;
}

/** The flux peaks when the attack stands in the middle of the later window and outside the earlier one. */
const timeOf = (frame: number): Seconds => (frame * HOP_SAMPLES + WINDOW_SAMPLES * 0.62) / ANALYSIS_RATE - 0.015;

/** Seconds over which the live finder knows what is strong. */
const STREAM_MEMORY_SEC: Seconds = 10;

/** The same onsets as they come, 52 ms after each; what is strong is learned from the last seconds. */
export class OnsetStream {
  readonly #source: Flux;
  readonly #least: number;
  /** Ring of the last frames, unscaled. */
  readonly #flux = new Float32Array((STREAM_MEMORY_SEC * ANALYSIS_RATE) / HOP_SAMPLES);
  readonly #near = new Float32Array(20 + PEAK_BEFORE_FRAMES + 1);
  #frames = 0;
  #strong = 0;
  #last = -1;

  constructor(kernels: Kernels, least: number) {
    this.#source = new Flux(kernels);
    this.#least = least;
  }
  /** @param heard samples there are so far. @param rms of the last seconds. @returns onsets found since. */
  advance(signal: Samples, heard: number, rms: number): Onset[] {
    const onsets: Onset[] = [];
    const ring = this.#flux;
    for (; this.#frames * HOP_SAMPLES + WINDOW_SAMPLES <= heard; this.#frames++) {
      const frame = this.#frames;
      ring[frame % ring.length] = this.#source.frame(signal, frame, rms);
      if (frame % 20 === 0) this.#strong = Math.max(1e-3, percentile(ring.subarray(0, Math.min(frame + 1, ring.length)), STRONG));
      const i = frame - PEAK_BEFORE_FRAMES;
      if (i < 20) continue;
      const near = this.#near;
      for (let k = 0; k < near.length; k++) near[k] = ring[(i - 20 + k) % ring.length]! / this.#strong;
      const at = timeOf(i);
      if (at - this.#last < MIN_ONSET_GAP_SEC || !isPeak(near, 20, near.length - 1, this.#least)) continue;
      this.#last = at;
      onsets.push({ at, strength: near[20]! });
    }
    return onsets;
  }
}
