import type { Cents, Seconds } from "@kuishi/base";
import type { Kernels } from "@kuishi/signal";
import { ANALYSIS_RATE, type AnalysisSignal, type Samples } from "./analysis-signal.ts";
import { type Activations, Network, PITCH_LOW, PITCHES, PLUCKED } from "./network.ts";
import { findOnsets, type Onset } from "./onsets.ts";
import { BIN_CENTS, LATE_WINDOWS, PATCH_BINS, PATCH_SIZE, PatchExtractor } from "./spectrogram-patch.ts";
import { earWeights } from "./weights.ts";

/** A frame at which something may have been struck, and the network's activations there. */
export interface OnsetCandidate {
  readonly at: Seconds;
  /** Height of the onset, 1 = a strong one of this recording. */
  readonly strength: number;
  readonly activations: Activations;
  /** Struck at each pitch bin, on whatever string. */
  readonly pitchActivation: Float32Array;
}

/** Onsets this weak are still looked at; the network decides. */
export const MIN_ONSET_STRENGTH = 0.04;
/** The left hand makes hardly any onset: wherever none is for so long, the network looks every `STEP`. */
export const PROBE_GAP_SEC: Seconds = 0.14;
export const PROBE_STEP_SEC: Seconds = 0.05;
/** Two candidates closer than this are one event. */
export const MIN_CANDIDATE_GAP_SEC: Seconds = 0.038;

/** Onsets, and between distant ones probes where a finger may have moved: those have no strength. */
export function withProbes(onsets: readonly Onset[]): Onset[] {
  return onsets.flatMap((onset, i) => {
    const next = onsets[i + 1]?.at ?? onset.at;
    const between: Onset[] = [];
    if (next - onset.at > PROBE_GAP_SEC)
      for (let at = onset.at + 1.4 * PROBE_STEP_SEC; at < next - PROBE_STEP_SEC; at += PROBE_STEP_SEC) between.push({ at, strength: 0 });
    return [onset, ...between];
  });
}

/** The network, ready to classify candidates. */
export class OnsetClassifier {
  readonly #extractor: PatchExtractor;
  readonly #network: Network;
  readonly #patch = new Float32Array(PATCH_SIZE);

  constructor(kernels: Kernels) {
    this.#extractor = new PatchExtractor(kernels);
    this.#network = new Network(kernels, earWeights());
  }
  /** @param live leave out the windows that reach far beyond the candidate. */
  classify(signal: Samples, { at, strength }: Onset, live = false): OnsetCandidate {
    this.#extractor.extract(signal, Math.round(at * ANALYSIS_RATE), this.#patch);
    if (live) for (const channel of LATE_WINDOWS) this.#patch.fill(0, channel * PATCH_BINS, (channel + 1) * PATCH_BINS);
    const activations = this.#network.infer(this.#patch);
    const struck = activations.low.map((low, p) => 1 - (1 - low) * (1 - activations.high[p]!));
    return { at: Math.max(0, at + activations.seconds), strength, activations, pitchActivation: struck };
  }
}

/** Probability that anything happened at a candidate. */
export const eventProbability = ({ activations }: OnsetCandidate): number => Math.max(...activations.kinds);

/** Whether a candidate is kept for placement. */
export const isLikely = (candidate: OnsetCandidate): boolean => eventProbability(candidate) >= 0.25 || candidate.pitchActivation.some((v) => v >= 0.2);

/** For so long what was struck may seem struck again, unless it clearly was. */
const ECHO_SEC: Seconds = 0.12;
const CERTAIN_PLUCK = 0.97;

/** A candidate without an onset, with nothing in it that was not struck just before. */
export function isEcho(candidate: OnsetCandidate, last: OnsetCandidate): boolean {
  if (candidate.strength > 0 || candidate.at - last.at > ECHO_SEC || candidate.activations.kinds[PLUCKED]! > CERTAIN_PLUCK) return false;
  return peaksOf(candidate.pitchActivation, 0.3).every((peak) => valueAt(last.pitchActivation, peak.cents) > 0.3);
}

/** Everything that may be an event, in order. */
export function findOnsetCandidates(classifier: OnsetClassifier, kernels: Kernels, signal: AnalysisSignal): OnsetCandidate[] {
  const found: OnsetCandidate[] = [];
  for (const onset of withProbes(findOnsets(kernels, signal, MIN_ONSET_STRENGTH))) {
    const candidate = classifier.classify(signal, onset);
    if (!isLikely(candidate)) continue;
    const last = found.at(-1);
    if (last && isEcho(candidate, last)) continue;
    if (!last || candidate.at - last.at >= MIN_CANDIDATE_GAP_SEC) found.push(candidate);
    else if (eventProbability(candidate) > eventProbability(last)) found[found.length - 1] = candidate;
  }
  return found;
}

/** Where a pitch lies on the network's axis. */
const binOf = (cents: Cents): number => (cents - PITCH_LOW) / BIN_CENTS;

/** A curve's value at a pitch: the greater of the two bins beside it. */
export function valueAt(curve: Float32Array, cents: Cents): number {
  const bin = binOf(cents);
  const low = Math.floor(bin);
  return Math.max(curve[low] ?? 0, curve[low + 1] ?? 0);
}

/** A curve's value at a pitch, on the straight line between its bins. */
export function lineAt(curve: Float32Array, cents: Cents): number {
  const bin = binOf(cents);
  const low = Math.floor(bin);
  return (curve[low] ?? 0) * (low + 1 - bin) + (curve[low + 1] ?? 0) * (bin - low);
}

/** Peaks of a curve at least `least` high, their pitch by the parabola through three bins. */
export function peaksOf(curve: Float32Array, least: number): { cents: Cents; value: number }[] {
  const peaks: { cents: Cents; value: number }[] = [];
  for (let p = 0; p < PITCHES; p++) {
    const value = curve[p]!;
    const [before, after] = [curve[p - 1] ?? 0, curve[p + 1] ?? 0];
    if (value < least || value < before || value <= after) continue;
    const bend = 2 * value - before - after;
    peaks.push({ cents: PITCH_LOW + (p + (bend > 0 ? (0.5 * (after - before)) / bend : 0)) * BIN_CENTS, value });
  }
  return peaks;
}
