import { type Cents, centsToHertz } from "@kuishi/base";
import { type Kernels, Spectrum } from "@kuishi/signal";
import { RATE, type Sound } from "./sound.ts";

const LENGTH = 8192;
/** Part of the power below an instrument's range that only others make: -13 dB. Dombras alone measured -20 at most, mixes -3 to -5. */
const MOST = 0.05;

/** Whether something sounds well below an instrument: a bass, drums, a piano's left hand. */
export function isAccompanied(kernels: Kernels, sound: Sound, lowest: Cents): boolean {
  const spectrum = new Spectrum(kernels, LENGTH, LENGTH);
  // a minor third of room below the lowest note; under 30 Hz lie steps and wind
  const edge = (centsToHertz(lowest - 300) * LENGTH) / RATE;
  const first = Math.ceil((30 * LENGTH) / RATE);
  let [below, all] = [0, 1e-12];
  for (let at = 0; at < sound.length; at += LENGTH) {
    const power = spectrum.power(sound.at(at));
    for (let k = first; k < power.length; k++) {
      all += power[k] as number;
      if (k < edge) below += power[k] as number;
    }
  }
  return below / all > MOST;
}
