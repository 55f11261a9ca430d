import { type Cents, centsToHertz, exp, log2, pow, type Seconds } from "@kuishi/base";
import { type Kernels, Spectrum } from "@kuishi/signal";
import { type Moment, peaksOf } from "./moments.ts";
import { RATE, type Sound } from "./sound.ts";

const STEP: Cents = 5;
/** Two pitches of one recording lie at least this far apart: quarter tones do. */
export const APART: Cents = 42;

/** The pitches a recording uses, ascending: peaks of a histogram of what the network heard struck. */
export function pitchesUsed(moments: readonly Moment[]): Cents[] {
  const low = 3900;
  const bins = new Float64Array(900);
  for (const moment of moments) {
    for (const { cents, value } of peaksOf(moment.struck, 0.15)) {
      const centre = (cents - low) / STEP;
      for (let k = Math.max(0, Math.round(centre) - 9); k <= Math.min(bins.length - 1, Math.round(centre) + 9); k++) {
        const d = (k - centre) / 2.6;
        bins[k] = (bins[k] as number) + value * exp(-0.5 * d * d);
      }
    }
  }
  const peaks: { cents: Cents; height: number }[] = [];
  for (let k = 1; k + 1 < bins.length; k++) {
    const height = bins[k] as number;
    if (height > 0.3 && height >= (bins[k - 1] as number) && height > (bins[k + 1] as number)) peaks.push({ cents: low + k * STEP, height });
  }
  const kept: Cents[] = [];
  for (const peak of peaks.sort((a, b) => b.height - a.height)) {
    if (!kept.some((cents) => Math.abs(cents - peak.cents) < APART)) kept.push(peak.cents);
  }
  return kept.sort((a, b) => a - b);
}

const WINDOW = 4096;
const SIZE = 8192;

/** Measures pitches from the partials themselves. */
export class Tuner {
  readonly #spectrum: Spectrum;
  readonly #power = new Float32Array(SIZE / 2 + 1);

  constructor(kernels: Kernels) {
    this.#spectrum = new Spectrum(kernels, SIZE, WINDOW);
  }

  /**
   * Pitch near `cents` after `at`, from partials 1-6 by parabolic interpolation, those that
   * another sounding pitch covers left out. Stiffness bends partials by no more than 2 cents here.
   * @returns the pitch and how much it is worth, or undefined when no partial stands out.
   */
  measure(sound: Sound, at: Seconds, cents: Cents, others: readonly Cents[]): { cents: Cents; weight: number } | undefined {
    this.#power.set(this.#spectrum.power(sound.at(Math.round(at * RATE))));
    const power = this.#power;
    const f0 = centsToHertz(cents);
    let sum = 0;
    let total = 0;
    for (let h = 1; h <= 6; h++) {
      const hertz = f0 * h;
      const bin = (hertz * SIZE) / RATE;
      if (bin > SIZE / 2 - 4) break;
      const reach = Math.max(2, bin * 0.022);
      if (others.some((other) => covers(other, hertz, (4.5 * RATE) / WINDOW))) continue;
      let top = Math.ceil(bin - reach);
      for (let k = top; k <= bin + reach; k++) if ((power[k] as number) > (power[top] as number)) top = k;
      if (top <= bin - reach || top >= bin + reach) continue;
      const [a, b, c] = [log2((power[top - 1] as number) + 1e-20), log2((power[top] as number) + 1e-20), log2((power[top + 1] as number) + 1e-20)];
      if (b <= a || b < c) continue;
      const place = top + (0.5 * (a - c)) / (a - 2 * b + c);
      const found = 1200 * log2((place * RATE) / SIZE / hertz);
      // a partial's pitch is as sure as its bin is narrow against it
      const weight = Math.sqrt(power[top] as number) * pow(h, 0.6);
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
