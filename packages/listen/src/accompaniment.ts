import { type Cents, centsToHertz } from "@kuishi/base";
import { type Kernels, Spectrum } from "@kuishi/signal";
import { ANALYSIS_RATE, type AnalysisSignal } from "./analysis-signal.ts";

const WINDOW_SAMPLES = 8192;
/** Part of the power below an instrument's range that only others make: -13 dB. Dombras alone measured -20 at most, mixes -3 to -5. */
const MAX_LOW_SHARE = 0.05;

/** Whether something sounds well below an instrument: a bass, drums, a piano's left hand. */
export function isAccompanied(kernels: Kernels, signal: AnalysisSignal, lowest: Cents): boolean {
  const spectrum = new Spectrum(kernels, WINDOW_SAMPLES, WINDOW_SAMPLES);
  // a minor third of room below the lowest note; under 30 Hz lie steps and wind
  const edge = (centsToHertz(lowest - 300) * WINDOW_SAMPLES) / ANALYSIS_RATE;
  const first = Math.ceil((30 * WINDOW_SAMPLES) / ANALYSIS_RATE);
  let [below, all] = [0, 1e-12];
  for (let at = 0; at < signal.length; at += WINDOW_SAMPLES) {
    const power = spectrum.power(signal.at(at));
    for (let k = first; k < power.length; k++) {
      all += power[k]!;
      if (k < edge) below += power[k]!;
    }
  }
  return below / all > MAX_LOW_SHARE;
}
