import { type Cents, clamp, cos, hertzToCents, log2, median, PI, pow, type Seconds, toDb } from "@kuishi/base";
import { fft } from "@kuishi/signal";
import type { Tuned } from "./contract.ts";
import type { TakeSound } from "./evidence.ts";

/** A string as it sounds. */
export type TunedString = Tuned["strings"][number];

/** What a tuner is asked for. */
export interface TunerOptions {
  /** Strings at most that may sound at once; 2 unless said. */
  readonly most?: 1 | 2;
  /** Where they should be, absolute cents: only within `NEAR_CENTS` of those is looked. */
  readonly near?: readonly Cents[];
}

/** Sound that is looked at: after the attack's noise and the glide of a hard stroke, as long as it lasts, at most so long. */
const [SKIP_SEC, LONGEST_SEC, SHORTEST_SEC] = [0.16, 1.7, 0.12];
/** Lowest and highest first partial, and the highest partial that is looked at, Hz. */
const [LOWEST_HERTZ, HIGHEST_HERTZ, HIGHEST_PARTIAL_HERTZ] = [45, 1400, 7000];
/** Partials of a string that are looked for. */
const MOST_PARTIALS = 16;
/** A peak stands so far out of what surrounds it, and lies at most so far below the loudest, dB. */
const [PEAK_DB, BELOW_DB] = [14, 62];
/** Partials from which stiffness is told; else it is taken to be this. */
const [TELLING_PARTIALS, USUAL_STIFFNESS] = [5, 4e-5];
/** What a string that should be there may be off. */
const NEAR_CENTS: Cents = 250;
/** Peaks nearer than this, in bins of the stretch, are one to the eye: nobody's partial. */
const RESOLVED_BINS = 3;
/** What a partial that is missing speaks against a string, and what a second string must explain, less where it is expected, dB of peaks. */
const [MISSING_DB, STRING_DB, EXPECTED_STRING_DB] = [38, 50, 15];
/** Highest partial below which gaps count. */
const MOST_MISSING = 10;
/** A partial lies at most so far from its place. */
const WITHIN_CENTS: Cents = 9;
/** Two first partials nearer than this are one string that beats. */
const SAME_STRING_CENTS: Cents = 40;

interface Peak {
  readonly hertz: number;
  readonly amplitude: number;
  /** dB out of the surroundings. */
  readonly height: number;
}

/** Peaks of the spectrum, their frequency by a parabola through the logarithms (Smith and Serra 1987) under a Hann window with four times its length in zeros. */
function peaksOf(samples: Float32Array, sampleRate: number): Peak[] {
  const length = samples.length;
  let points = 1 << 12;
  while (points < 4 * length) points *= 2;
  const [re, im] = [new Float64Array(points), new Float64Array(points)];
  for (let i = 0; i < length; i++) re[i] = samples[i]! * (0.5 - 0.5 * cos((2 * PI * (i + 0.5)) / length));
  fft(re, im, -1);
  const top = Math.min(points / 2 - 1, Math.ceil((HIGHEST_PARTIAL_HERTZ * points) / sampleRate));
  const power = new Float64Array(top + 2);
  for (let k = 0; k < power.length; k++) power[k] = re[k]! * re[k]! + im[k]! * im[k]!;
  const floor = floorOf(power, Math.max(8, Math.round((40 * points) / sampleRate)));
  const loudest = power.reduce((most, one) => Math.max(most, one), 0);
  const peaks: Peak[] = [];
  for (let k = 2; k <= top; k++) {
    const here = power[k]!;
    if (!(here > power[k - 1]! && here >= power[k + 1]!) || here < loudest * pow(10, -BELOW_DB / 10)) continue;
    const height = 0.5 * toDb(here / floor(k));
    if (height < PEAK_DB) continue;
    const [a, b, c] = [log2(power[k - 1]!), log2(here), log2(power[k + 1]!)];
    const bend = a - 2 * b + c;
    const shift = bend < 0 ? (0.5 * (a - c)) / bend : 0;
    peaks.push({ hertz: ((k + shift) * sampleRate) / points, amplitude: Math.sqrt(here), height: Math.min(height, 60) });
  }
  return peaks;
}

/** The median power around a bin, by blocks. */
function floorOf(power: Float64Array, block: number): (k: number) => number {
  const medians: number[] = [];
  for (let from = 0; from < power.length; from += block) medians.push(median(power.subarray(Math.max(0, from - 2 * block), from + 3 * block)) + 1e-30);
  return (k) => medians[Math.min(medians.length - 1, Math.floor(k / block))]!;
}

/** A string as a series of partials: f_n = n f0 sqrt(1 + B n^2). */
interface Series {
  readonly f0: number;
  readonly b: number;
  /** [n, peak] */
  readonly partials: readonly (readonly [number, Peak])[];
}
const partialOf = ({ f0, b }: Pick<Series, "f0" | "b">, n: number): number => n * f0 * Math.sqrt(1 + b * n * n);

/** Cents off its place that weigh as much as a decibel, squared. */
const CENTS_FOR_DB: Cents = 4;

/** The peak that is a partial best: high, and near to where it should be; none beyond some cents. */
function peakAt(peaks: readonly Peak[], hertz: number, cents: number): Peak | undefined {
  let [best, most]: [Peak | undefined, number] = [undefined, Number.NEGATIVE_INFINITY];
  for (const peak of peaks) {
    const off = (1731 * (peak.hertz - hertz)) / hertz / CENTS_FOR_DB;
    const worth = peak.height - off * off;
    if (Math.abs(off) * CENTS_FOR_DB <= cents && worth > most) [best, most] = [peak, worth];
  }
  return best;
}

/** Partials of a string among the peaks, followed upwards as its stiffness shows. */
function follow(peaks: readonly Peak[], hertz: number): Series {
  let series: Series = { f0: hertz, b: 0, partials: [] };
  for (let n = 1; n <= MOST_PARTIALS && n * hertz < HIGHEST_PARTIAL_HERTZ; n++) {
    const peak = peakAt(peaks, partialOf(series, n), series.partials.length > 3 ? 10 : 18);
    if (!peak) continue;
    series = fitted([...series.partials, [n, peak]]);
  }
  return series;
}

/** A series that may be a string's, with what the partials that are missing speak against it. */
interface Candidate extends Series {
  readonly hits: ReadonlySet<Peak>;
  readonly against: number;
}

function candidateOf(series: Series): Candidate {
  let [against, last] = [0, 0];
  for (const [n] of series.partials) {
    // gaps below a partial that sounds speak against it; a dull body may swallow the highest, a small one the first
    if (n <= MOST_MISSING) against += MISSING_DB * (n - last - 1 - (last === 0 && n > 1 ? 0.5 : 0));
    last = n;
  }
  return { ...series, hits: new Set(series.partials.map(([, peak]) => peak)), against };
}

/** What several strings together explain, less what is missing of each and what one string more must earn. */
function worthOf(strings: readonly Candidate[], price: number): number {
  const explained = new Set(strings.flatMap(({ hits }) => [...hits]));
  let worth = 0;
  for (const { height } of explained) worth += Math.min(height, 40);
  return strings.reduce((sum, { against }) => sum - against - price, worth + price);
}

const sameString = (a: Series, b: Series): boolean => Math.abs(hertzToCents(a.f0) - hertzToCents(b.f0)) < SAME_STRING_CENTS;

/** The string, or the two, that explain the peaks best: together, since two strings a fifth apart are all but one an octave below. */
function stringsAmong(peaks: readonly Peak[], most: 1 | 2, near: readonly Cents[] | undefined): readonly Candidate[] {
  const candidates: Candidate[] = [];
  for (const peak of peaks.toSorted((a, b) => b.amplitude - a.amplitude).slice(0, 16)) {
    for (let n = 1; n <= 6; n++) {
      const hertz = peak.hertz / n;
      if (hertz < LOWEST_HERTZ || hertz > HIGHEST_HERTZ || (near && !near.some((one) => Math.abs(one - hertzToCents(hertz)) < NEAR_CENTS))) continue;
      const candidate = candidateOf(follow(peaks, hertz));
      if (!candidates.some((one) => sameString(one, candidate))) candidates.push(candidate);
    }
  }
  const best = candidates.toSorted((a, b) => worthOf([b], 0) - worthOf([a], 0)).slice(0, 20);
  let [found, worth]: [readonly Candidate[], number] = [[], Number.NEGATIVE_INFINITY];
  const consider = (...strings: Candidate[]): void => {
    const own = worthOf(strings, near ? EXPECTED_STRING_DB : STRING_DB);
    if (own > worth) [found, worth] = [strings, own];
  };
  best.forEach((one, i) => {
    consider(one);
    if (most > 1) for (const other of best.slice(i + 1)) if (!sameString(one, other)) consider(one, other);
  });
  return found;
}

/** f0 and B by weighted least squares of (f_n / n)^2 = f0^2 + f0^2 B n^2: what a peak says of f0 is the surer the louder it is and the higher its number. */
function fitted(partials: Series["partials"]): Series {
  let [w, x, y, xx, xy] = [0, 0, 0, 0, 0];
  for (const [n, peak] of partials) {
    const weight = n * n * peak.height * peak.height;
    const value = (peak.hertz / n) * (peak.hertz / n);
    w += weight;
    x += weight * n * n;
    y += weight * value;
    xx += weight * n * n * n * n;
    xy += weight * n * n * value;
  }
  const determinant = w * xx - x * x;
  // of few partials stiffness is not told: what strings usually have
  if (partials.length < TELLING_PARTIALS || determinant <= 0) {
    let mean = 0;
    for (const [n, peak] of partials) mean += ((n * n * peak.height * peak.height) / w) * ((peak.hertz * peak.hertz) / (n * n * (1 + USUAL_STIFFNESS * n * n)));
    return { f0: Math.sqrt(mean), b: partials.length > 1 ? USUAL_STIFFNESS : 0, partials };
  }
  const slope = Math.max(0, (w * xy - x * y) / determinant);
  const square = (y - slope * x) / w;
  return { f0: Math.sqrt(square), b: slope / square, partials };
}

/** How far a partial lies off its series, cents. */
const strayOf = (series: Pick<Series, "f0" | "b">, [n, peak]: Series["partials"][number]): Cents =>
  Math.abs(hertzToCents(peak.hertz) - hertzToCents(partialOf(series, n)));

/** A series without what lies off it, the farthest first, as long as enough is left. */
function withoutStrays(series: Series): Series {
  let own = series;
  while (own.partials.length > 3) {
    const stray = own.partials.map((one) => strayOf(own, one));
    const most = Math.max(...stray);
    if (most <= Math.max(0.3, 4 * median(stray))) return own;
    own = fitted(own.partials.filter((_, i) => stray[i] !== most));
  }
  return own;
}

/** A string's partials chosen again, the nearest to where they should be, without those that another string covers. */
function chosenAgain(series: Series, peaks: readonly Peak[], others: readonly Series[], near: number): Series {
  const partials: [number, Peak][] = [];
  for (let n = 1; n <= MOST_PARTIALS && n * series.f0 < HIGHEST_PARTIAL_HERTZ; n++) {
    const hertz = partialOf(series, n);
    const peak = peaks.reduce((best, one) => (Math.abs(one.hertz - hertz) < Math.abs(best.hertz - hertz) ? one : best));
    const own = Math.abs(peak.hertz - hertz);
    const covered = others.some((other) => {
      const m = Math.max(2, Math.round(hertz / other.f0));
      return [m - 1, m, m + 1].some((k) => Math.abs(partialOf(other, k) - hertz) < near || Math.abs(partialOf(other, k) - peak.hertz) < own);
    });
    if (!covered && own < hertz * (WITHIN_CENTS / 1731)) partials.push([n, peak]);
  }
  return partials.length >= 2 ? fitted(partials) : series;
}

/** Each string by the partials that are its own. */
function ownPartials(found: readonly Series[], peaks: readonly Peak[], near: number): Series[] {
  let own = found.map(withoutStrays);
  for (let round = 0; round < 2; round++)
    own = own.map((series, i) =>
      withoutStrays(
        chosenAgain(
          series,
          peaks,
          own.filter((_, k) => k !== i),
          near,
        ),
      ),
    );
  return own;
}

/** Where the sound is at its loudest, the glide of the stroke over, up to where it has died or the next stroke comes. */
function stretchOf({ samples, sampleRate }: TakeSound): Float32Array {
  const hop = Math.round(0.01 * sampleRate);
  const levels: number[] = [];
  for (let at = 0; at + hop <= samples.length; at += hop) {
    let sum = 0;
    for (let i = at; i < at + hop; i++) sum += samples[i]! * samples[i]!;
    levels.push(sum);
  }
  const loudest = levels.indexOf(Math.max(...levels));
  let to = loudest;
  const least = (levels[loudest] ?? 0) * 1e-5;
  while (to < levels.length && to - loudest < LONGEST_SEC / 0.01 && levels[to]! > least && !(to > loudest + 8 && levels[to]! > 6 * levels[to - 3]!)) to++;
  // the glide of a hard stroke dies within a sixth of a second; of a short sound less is left out
  const from = loudest + Math.round(Math.min(SKIP_SEC / 0.01, 0.3 * (to - loudest)));
  return samples.subarray(Math.max(0, from * hop), to * hop);
}

/** Beside a string of more, what has fewer partials of its own is a partial of that string that beats, and no string. */
const OWN_PARTIALS = 3;
/**
 * What one pluck or strum sounds: up to two strings at once, each by all the partials that the other does not cover, their stiffness measured along.
 * Synthetic strings to .1 cent, plucked ones to .5, two in one strum to 1.
 * @param sound mono, one stroke. @returns lowest first; none where no string sounds.
 * @example
 * const samples = Float32Array.from({ length: 24000 }, (_, i) => Math.sin((2 * Math.PI * 220 * i) / 24000));
 * Math.round(tuneStrings({ samples, sampleRate: 24000 })[0].cents); // => 5700
 */
export function tuneStrings(sound: TakeSound, options: TunerOptions = {}): TunedString[] {
  const samples = stretchOf(sound);
  const seconds: Seconds = samples.length / sound.sampleRate;
  if (seconds < SHORTEST_SEC) return [];
  const peaks = peaksOf(samples, sound.sampleRate);
  const found = stringsAmong(peaks, options.most ?? 2, options.near);
  return ownPartials(found, peaks, RESOLVED_BINS / seconds)
    .map(({ f0, b, partials }): TunedString => {
      const off = median(partials.map((one) => strayOf({ f0, b }, one)));
      return {
        cents: hertzToCents(partialOf({ f0, b }, 1)),
        confidence: clamp(partials.length / 6, 0, 1) * clamp(1.2 - off / 8, 0, 1),
        partials: partials.length,
        inharmonicity: b,
      };
    })
    .filter(({ partials }, _, all) => partials >= Math.min(OWN_PARTIALS, Math.max(...all.map((one) => one.partials))))
    .sort((a, b) => a.cents - b.cents);
}
