import { type Cents, centsToHertz, pow, type Seconds } from "@kuishi/base";
import { type Kernels, Spectrum } from "@kuishi/signal";
import { type Candidate, type Curve, pathThrough } from "./curve.ts";
import { RATE, type Sound } from "./sound.ts";

/** A plucked note whose partials are not the singer's. */
export interface Accompaniment {
  readonly onset: Seconds;
  readonly offset: Seconds;
  readonly cents: Cents;
}

const LENGTH = 2048;
const SIZE = 4096;
const HOP = 240;
const STEP: Cents = 20;
const HARMONICS = 12;
const CANDIDATES = 6;

/**
 * Follows a singer over plucked strings: harmonic sums over spectral peaks (as in Salamon and Gomez 2012), what the
 * strings are known to sound held down, and the path through the best sums of every frame.
 */
export function followSinger(kernels: Kernels, sound: Sound, range: readonly [Cents, Cents], strings: readonly Accompaniment[]): Curve {
  const spectrum = new Spectrum(kernels, SIZE, LENGTH);
  const bins = SIZE / 2;
  const top = Math.floor((5000 * SIZE) / RATE);
  const frames = Math.max(0, Math.floor((sound.length - LENGTH) / HOP));
  const pitches = Math.floor((range[1] - range[0]) / STEP) + 1;
  const hertz = Float64Array.from({ length: pitches }, (_, p) => centsToHertz(range[0] + p * STEP));
  const fade = Float64Array.from({ length: HARMONICS }, (_, h) => pow(0.86, h));
  const peaks = new Float32Array(bins);
  const sums = new Float64Array(bins + 1);
  const level = new Float32Array(frames);
  const saliences: Float32Array[] = [];
  let first = 0;
  for (let f = 0; f < frames; f++) {
    const power = spectrum.power(sound.at(f * HOP));
    let energy = 0;
    for (let k = 0; k < top; k++) {
      energy += power[k] as number;
      peaks[k] = pow(power[k] as number, 0.3);
      sums[k + 1] = (sums[k] as number) + (peaks[k] as number);
    }
    level[f] = Math.sqrt(energy);
    const t = (f * HOP + LENGTH / 2) / RATE;
    while (first < strings.length && (strings[first] as Accompaniment).onset < t - 3) first++;
    for (let k = 0; k < top; k++) {
      const [a, b] = [Math.max(0, k - 25), Math.min(top, k + 26)];
      peaks[k] = Math.max(0, (peaks[k] as number) - (1.1 * ((sums[b] as number) - (sums[a] as number))) / (b - a));
    }
    for (let i = first; i < strings.length; i++) {
      const note = strings[i] as Accompaniment;
      if (note.onset > t + 0.04) break;
      if (note.offset < t - 0.04) continue;
      const f0 = centsToHertz(note.cents);
      for (let h = 1; h <= 14; h++) {
        const centre = (f0 * h * SIZE) / RATE;
        if (centre > top - 4) break;
        for (let k = Math.round(centre - 3); k <= centre + 3; k++) peaks[k] = (peaks[k] as number) * 0.3;
      }
    }
    const salience = new Float32Array(pitches);
    for (let p = 0; p < pitches; p++) {
      let sum = 0;
      for (let h = 1; h <= HARMONICS; h++) {
        const place = ((hertz[p] as number) * h * SIZE) / RATE;
        const k = Math.floor(place);
        if (k + 1 >= top) break;
        sum += (fade[h - 1] as number) * ((peaks[k] as number) * (k + 1 - place) + (peaks[k + 1] as number) * (place - k));
      }
      salience[p] = sum;
    }
    saliences.push(salience);
  }
  const tops = Float32Array.from(saliences, (salience) => salience.reduce((a, b) => Math.max(a, b), 0)).sort();
  const strong = (tops[Math.floor(tops.length * 0.8)] ?? 1) || 1;
  const lists = saliences.map((salience) => {
    const list: Candidate[] = [];
    for (let p = 1; p + 1 < pitches; p++) {
      const [a, b, c] = [salience[p - 1] as number, salience[p] as number, salience[p + 1] as number];
      if (b < 0.12 * strong || b < a || b <= c) continue;
      const bend = 2 * b - a - c;
      list.push({ cents: range[0] + (p + (bend > 0 ? (0.5 * (c - a)) / bend : 0)) * STEP, cost: Math.max(0, 0.45 * (1 - b / strong)) });
    }
    return list.sort((a, b) => a.cost - b.cost).slice(0, CANDIDATES);
  });
  return { ...pathThrough(lists, level, 0), level, hopSec: HOP / RATE, startSec: LENGTH / 2 / RATE };
}
