import { type Cents, centsToHertz, exp, log2, pow, type Seconds } from "@kuishi/base";
import { type Kernels, Spectrum } from "@kuishi/signal";
import { ANALYSIS_RATE, type AnalysisSignal } from "./analysis-signal.ts";
import { type OnsetCandidate, peaksOf } from "./onset-candidates.ts";

const HISTOGRAM_STEP_CENTS: Cents = 5;
/** Two pitches of one recording lie at least this far apart: quarter tones do. */
export const MIN_PITCH_GAP_CENTS: Cents = 42;

/** The pitches a recording uses, ascending: peaks of a histogram of what the network heard struck. */
export function pitchesUsed(candidates: readonly OnsetCandidate[]): Cents[] {
  const low = 3900;
  const bins = new Float64Array(900);
  for (const candidate of candidates) {
    for (const { cents, value } of peaksOf(candidate.pitchActivation, 0.15)) {
      const centre = (cents - low) / HISTOGRAM_STEP_CENTS;
      for (let k = Math.max(0, Math.round(centre) - 9); k <= Math.min(bins.length - 1, Math.round(centre) + 9); k++) {
        const d = (k - centre) / 2.6;
        bins[k] = bins[k]! + value * exp(-0.5 * d * d);
      }
    }
  }
  const peaks: { cents: Cents; height: number }[] = [];
  for (let k = 1; k + 1 < bins.length; k++) {
    const height = bins[k]!;
    if (height > 0.3 && height >= bins[k - 1]! && height > bins[k + 1]!) peaks.push({ cents: low + k * HISTOGRAM_STEP_CENTS, height });
  }
  const kept: Cents[] = [];
  for (const peak of peaks.sort((a, b) => b.height - a.height)) {
    if (!kept.some((cents) => Math.abs(cents - peak.cents) < MIN_PITCH_GAP_CENTS)) kept.push(peak.cents);
  }
  return kept.sort((a, b) => a - b);
}

const WINDOW_SAMPLES = 4096;
const FFT_SIZE = 8192;

/** Measures pitches from the partials themselves. */
export class PartialTuner {
  readonly #spectrum: Spectrum;
  readonly #power = new Float32Array(FFT_SIZE / 2 + 1);

  constructor(kernels: Kernels) {
    this.#spectrum = new Spectrum(kernels, FFT_SIZE, WINDOW_SAMPLES);
  }

  /**
   * Pitch near `cents` after `at`, from partials 1-6 by parabolic interpolation, those that
   * another sounding pitch covers left out. Stiffness bends partials by no more than 2 cents here.
   * @returns the pitch and how much it is worth, or undefined when no partial stands out.
   */
  measure(signal: AnalysisSignal, at: Seconds, cents: Cents, others: readonly Cents[]): { cents: Cents; weight: number } | undefined {
    this.#power.set(this.#spectrum.power(signal.at(Math.round(at * ANALYSIS_RATE))));
    const power = this.#power;
    const f0 = centsToHertz(cents);
    let sum = 0;
    let total = 0;
    for (let h = 1; h <= 6; h++) {
      const hertz = f0 * h;
      const bin = (hertz * FFT_SIZE) / ANALYSIS_RATE;
      if (bin > FFT_SIZE / 2 - 4) break;
      const reach = Math.max(2, bin * 0.022);
      if (others.some((other) => covers(other, hertz, (4.5 * ANALYSIS_RATE) / WINDOW_SAMPLES))) continue;
      let top = Math.ceil(bin - reach);
      for (let k = top; k <= bin + reach; k++) if (power[k]! > power[top]!) top = k;
      if (top <= bin - reach || top >= bin + reach) continue;
      const [a, b, c] = [log2(power[top - 1]! + 1e-20), log2(power[top]! + 1e-20), log2(power[top + 1]! + 1e-20)];
      if (b <= a || b < c) continue;
      const place = top + (0.5 * (a - c)) / (a - 2 * b + c);
      const found = 1200 * log2((place * ANALYSIS_RATE) / FFT_SIZE / hertz);
      // a partial's pitch is as sure as its bin is narrow against it
      const weight = Math.sqrt(power[top]!) * pow(h, 0.6);
      sum += weight * found;
      total += weight;
    }
    return total > 0 ? { cents: cents + sum / total, weight: total } : undefined;
  }
}

function covers(cents: Cents, hertz: number, reach: number): boolean {
  const f0 = centsToHertz(cents);
  const h = Math.max(1, Math.round(hertz / f0));
  return Math.abs(h * f0 - hertz) < reach;
}
