import { log, pow2i, type Seconds } from "@kuishi/base";
import { type Kernels, Spectrum } from "@kuishi/signal";
import { RATE, type Sound } from "./sound.ts";

/** A moment at which something was struck. */
export interface Onset {
  readonly at: Seconds;
  /** Height of the detection function relative to the recording's strong onsets, about 0..1.5. */
  readonly strength: number;
}

/** Onsets and the function they were picked from. */
export interface OnsetTrack {
  readonly onsets: readonly Onset[];
  /** Detection function, one value per `hopSec`, 1 = a strong onset. */
  readonly flux: Float32Array;
  readonly hopSec: Seconds;
}

const HOP = 120; // 5 ms
const LENGTH = 768; // 32 ms
const SIZE = 1024;
const BANDS_PER_OCTAVE = 24;
const LAG = 3; // frames between which the spectrum must rise

/**
 * Onsets by spectral flux with maximum filtering along frequency (Boeck and Widmer, "Maximum
 * filter vibrato suppression for onset detection", DAFx 2013).
 */
export function findOnsets(kernels: Kernels, sound: Sound, least = 0.07): OnsetTrack {
  const spectrum = new Spectrum(kernels, SIZE, LENGTH);
  const edges = bandEdges();
  const bands = edges.length - 2;
  const frames = Math.max(0, Math.floor((sound.length - LENGTH) / HOP));
  // A floor well under the music and over the noise keeps the logarithm from magnifying hiss.
  const level = sound.rms * 0.02 * LENGTH * 0.35;
  const history = Array.from({ length: LAG + 1 }, () => new Float32Array(bands));
  const widened = new Float32Array(bands);
  const flux = new Float32Array(frames);
  for (let frame = 0; frame < frames; frame++) {
    const magnitude = spectrum.magnitude(sound.at(frame * HOP));
    const now = history[frame % (LAG + 1)] as Float32Array;
    for (let b = 0; b < bands; b++) {
      const [low, mid, high] = [edges[b] as number, edges[b + 1] as number, edges[b + 2] as number];
      let sum = 0;
      let weight = 0;
      for (let k = Math.ceil(low); k <= high; k++) {
        const w = k < mid ? (k - low) / (mid - low) : (high - k) / (high - mid);
        sum += w * (magnitude[k] as number);
        weight += w;
      }
      now[b] = log(1 + sum / (weight > 0 ? weight : 1) / level);
    }
    if (frame < LAG) continue;
    const before = history[(frame + 1) % (LAG + 1)] as Float32Array;
    for (let b = 0; b < bands; b++) {
      widened[b] = Math.max(before[Math.max(0, b - 1)] as number, before[b] as number, before[Math.min(bands - 1, b + 1)] as number);
    }
    let rise = 0;
    for (let b = 0; b < bands; b++) {
      const d = (now[b] as number) - (widened[b] as number);
      if (d > 0) rise += d;
    }
    flux[frame] = rise / bands;
  }
  const strong = percentile(flux, 0.98);
  if (strong > 0) for (let i = 0; i < frames; i++) flux[i] = (flux[i] as number) / strong;
  return { onsets: pick(flux, least), flux, hopSec: HOP / RATE };
}

function bandEdges(): number[] {
  const edges: number[] = [];
  const perBin = SIZE / RATE;
  for (let i = 0; ; i++) {
    const hertz = 90 * pow2i(Math.floor(i / BANDS_PER_OCTAVE)) * (semitones[i % BANDS_PER_OCTAVE] as number);
    if (hertz > 10_500) return edges;
    const bin = hertz * perBin;
    // low bands narrower than a bin are merged
    if (edges.length === 0 || bin - (edges.at(-1) as number) >= 1) edges.push(bin);
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

/** Peaks that are the greatest within 25 ms and stand above the mean of the last 100 ms and next 40 ms. */
function pick(flux: Float32Array, least: number): Onset[] {
  const onsets: Onset[] = [];
  for (let i = 1; i + 1 < flux.length; i++) {
    const value = flux[i] as number;
    if (value < least) continue;
    let greatest = true;
    for (let j = Math.max(0, i - 5); j <= Math.min(flux.length - 1, i + 5); j++) if ((flux[j] as number) > value) greatest = false;
    if (!greatest) continue;
    let sum = 0;
    let count = 0;
    for (let j = Math.max(0, i - 20); j <= Math.min(flux.length - 1, i + 8); j++) {
      sum += flux[j] as number;
      count++;
    }
    if (value < sum / count + 0.78 * least) continue;
    // The flux peaks when the attack stands in the middle of the later window and outside the earlier one.
    const at = (i * HOP + LENGTH * 0.62) / RATE - 0.015;
    const last = onsets.at(-1);
    if (last && at - last.at < 0.042) continue;
    onsets.push({ at: Math.max(0, at), strength: value });
  }
  return onsets;
}
