import { atan2, type Cents, cos, exp, type Hertz, hertzToCents, log, log10, median, PI, SAMPLE_RATE, type Seconds, sin } from "@kuishi/base";
import { fft } from "@kuishi/signal";

/** Partials that are followed. */
const PARTIALS = 24;
const HOP_FRAMES = 240; // 5 ms
const WINDOW_FRAMES = 2048; // 43 ms

const square = (x: number): number => x * x;

/** One partial of a plucked note. */
export interface MeasuredPartial {
  readonly number: number;
  readonly hertz: Hertz;
  /** Mean power over 20-520 ms against partial 1, dB. */
  readonly level: number;
  /** Seconds to -60 dB, from the slope down to -22 dB; null where noise or beating hides it. */
  readonly t60: Seconds | null;
  /** Amplitude every 5 ms from the onset on. */
  readonly envelope: Float32Array;
  /** Noise under it, as an amplitude: what stands beside it between partials. */
  readonly floor: number;
}

/** A single plucked note as measured; the same way on a recording and on a rendered one (docs/sources.md#tone-distance). */
export interface MeasuredTone {
  /** Frame of the onset: something sounds. */
  readonly onset: number;
  /** Frame where the string is let go; a finger touches it 10 to 25 ms before, and that is heard. */
  readonly release: number;
  readonly hertz: Hertz;
  /** B in f_n = n f0 sqrt(1 + B n^2). */
  readonly inharmonicity: number;
  readonly partials: readonly MeasuredPartial[];
  /** 10-90 % of amplitude. */
  readonly attack: Seconds;
  /** At 0, .1, .3 and .6 s after the loudest moment, 60-10,000 Hz. */
  readonly centroids: readonly Hertz[];
  /** Cents by which the partials stand higher 35 ms after the string is let go than after 300-600 ms. */
  readonly glide: Cents;
}

/** Measures a note. @param near where its fundamental is expected, cents. */
export function measureTone(x: Float32Array, near: Cents): MeasuredTone {
  const onset = onsetOf(x);
  const release = releaseOf(x, onset);
  const start = onset + Math.round(0.03 * SAMPLE_RATE);
  const rough = roughHertz(x, onset + 2400, near);
  const [hertz, inharmonicity] = stretch(x, start, rough);
  const partials: MeasuredPartial[] = [];
  let first = 0;
  for (let n = 1; n <= PARTIALS; n++) {
    const at = n * hertz * Math.sqrt(1 + inharmonicity * n * n);
    if (at > 11_000) break;
    const envelope = follow(x, onset, at).amplitude;
    const floor = median(Array.from(follow(x, onset, at + hertz * 0.5).amplitude).slice(-60));
    let power = 0;
    for (let k = 4; k < 104; k++) power += square(envelope[k] ?? 0);
    if (n === 1) first = power;
    partials.push({ number: n, hertz: at, level: 10 * log10((power + 1e-20) / (first + 1e-20)), t60: decayOf(envelope, floor), envelope, floor });
  }
  return {
    onset,
    release,
    hertz,
    inharmonicity,
    partials,
    attack: attackOf(x, onset),
    centroids: centroidsOf(x, onset),
    glide: glideOf(x, release, hertz, inharmonicity),
  };
}

/** First frame within 26 dB of the loudest millisecond, back to where it began to rise. */
function onsetOf(x: Float32Array): number {
  const step = 48;
  const levels: number[] = [];
  for (let i = 0; i + step <= Math.min(x.length, SAMPLE_RATE * 2); i += step) {
    let sum = 0;
    for (let k = i; k < i + step; k++) sum += square(x[k]!);
    levels.push(sum);
  }
  const top = Math.max(...levels);
  return (
    Math.max(
      0,
      levels.findIndex((level) => level > top * 0.0025),
    ) * step
  );
}

/** Where the string is let go: the first 5 ms with a quarter of the loudest's power. */
function releaseOf(x: Float32Array, onset: number): number {
  const powers: number[] = [];
  for (let i = onset; i < onset + 4800; i += 48) {
    let sum = 0;
    for (let k = i; k < i + 240; k++) sum += square(x[k] ?? 0);
    powers.push(sum);
  }
  const top = Math.max(...powers);
  return onset + 48 * powers.findIndex((power) => power >= 0.25 * top);
}

/** By autocorrelation over several periods, within 120 cents of `near`. */
function roughHertz(x: Float32Array, from: number, near: Cents): Hertz {
  let best = -Infinity;
  let found = 440;
  for (let cents = near - 120; cents <= near + 120; cents += 2) {
    const hertz = 440 * exp(((cents - 6900) / 1200) * 0.6931471805599453);
    let sum = 0;
    for (const periods of [1, 2, 3]) {
      const lag = (SAMPLE_RATE / hertz) * periods;
      const [whole, part] = [Math.floor(lag), lag % 1];
      for (let i = from; i < from + 4800; i += 3) sum += (x[i] ?? 0) * ((x[i + whole] ?? 0) * (1 - part) + (x[i + whole + 1] ?? 0) * part);
    }
    if (sum > best) {
      best = sum;
      found = hertz;
    }
  }
  return found;
}

/** Amplitude and phase (against `hertz`) of what sounds near a frequency, every 5 ms. */
function follow(x: Float32Array, onset: number, hertz: Hertz): { amplitude: Float32Array; phase: Float32Array } {
  const count = Math.min(400, Math.max(0, Math.floor((x.length - onset - WINDOW_FRAMES) / HOP_FRAMES)));
  const amplitude = new Float32Array(count);
  const phase = new Float32Array(count);
  const w = (2 * PI * hertz) / SAMPLE_RATE;
  const table = new Float64Array(WINDOW_FRAMES * 2);
  for (let i = 0; i < WINDOW_FRAMES; i++) {
    const hann = (0.5 - 0.5 * cos((2 * PI * (i + 0.5)) / WINDOW_FRAMES)) * (4 / WINDOW_FRAMES);
    table[2 * i] = hann * cos(w * i);
    table[2 * i + 1] = -hann * sin(w * i);
  }
  for (let k = 0; k < count; k++) {
    // the window lies around the moment, so that the first ones reach before the onset
    const from = onset + k * HOP_FRAMES - WINDOW_FRAMES / 2;
    let [re, im] = [0, 0];
    for (let i = 0; i < WINDOW_FRAMES; i++) {
      const v = x[from + i] ?? 0;
      re += v * table[2 * i]!;
      im += v * table[2 * i + 1]!;
    }
    amplitude[k] = Math.sqrt(re * re + im * im);
    phase[k] = (atan2(im, re) - w * from) % (2 * PI);
  }
  return { amplitude, phase };
}

/** Exact frequency near `hertz`: slope of the phase while it sounds, weighted by power. */
function exact(x: Float32Array, onset: number, hertz: Hertz, from: number, to: number): { hertz: Hertz; power: number } {
  const { amplitude, phase } = follow(x, onset, hertz);
  let [re, im, power] = [0, 0, 0];
  for (let k = from; k + 1 < Math.min(to, amplitude.length); k++) {
    const turn = phase[k + 1]! - phase[k]!;
    const weight = amplitude[k]! * amplitude[k + 1]!;
    re += weight * cos(turn);
    im += weight * sin(turn);
    power += weight;
  }
  return { hertz: hertz + (atan2(im, re) * SAMPLE_RATE) / (2 * PI * HOP_FRAMES), power };
}

/** Fundamental and inharmonicity: weighted line through (f_n / n)^2 against n^2, twice. */
function stretch(x: Float32Array, start: number, rough: Hertz): [Hertz, number] {
  let f = rough;
  let b = 1e-4;
  for (let round = 0; round < 3; round++) {
    const points: { n: number; y: number; weight: number }[] = [];
    const top = round === 0 ? 5 : 12;
    for (let n = 1; n <= top; n++) {
      const at = n * f * Math.sqrt(1 + b * n * n);
      if (at > 9000) break;
      const found = exact(x, start, at, 4, 90);
      if (Math.abs(found.hertz - at) > 0.012 * at + 3) continue;
      points.push({ n, y: square(found.hertz / n), weight: Math.sqrt(found.power) * n });
    }
    const loudest = Math.max(...points.map((p) => p.weight), 1e-12);
    const good = points.filter((p) => p.weight > 0.004 * loudest);
    let [sw, sx, sy, sxx, sxy] = [0, 0, 0, 0, 0];
    for (const { n, y, weight } of good) {
      const w = Math.sqrt(weight);
      sw += w;
      sx += w * n * n;
      sy += w * y;
      sxx += w * square(n * n);
      sxy += w * n * n * y;
    }
    const slope = (sw * sxy - sx * sy) / Math.max(1e-9, sw * sxx - sx * sx);
    const level = (sy - slope * sx) / sw;
    if (!(level > 0) || good.length < 2) break;
    f = Math.sqrt(level);
    b = Math.max(0, Math.min(3e-3, slope / level));
  }
  return [f, b];
}

/** T60 by a line through the logarithm, from the peak to 22 dB under it or to the noise. */
function decayOf(envelope: Float32Array, floor: number): Seconds | null {
  let peak = 3;
  for (let k = 3; k < Math.min(30, envelope.length); k++) if (envelope[k]! > envelope[peak]!) peak = k;
  const top = envelope[peak] ?? 0;
  const least = Math.max(top * 0.0794, floor * 3);
  const points: [number, number][] = [];
  for (let k = peak + 2; k < envelope.length && envelope[k]! > least; k++) points.push([k * (HOP_FRAMES / SAMPLE_RATE), log(envelope[k]!)]);
  if (points.length < 8) return null;
  const [mx, my] = [points.reduce((s, p) => s + p[0], 0) / points.length, points.reduce((s, p) => s + p[1], 0) / points.length];
  const slope = points.reduce((s, p) => s + (p[0] - mx) * (p[1] - my), 0) / points.reduce((s, p) => s + square(p[0] - mx), 0);
  return slope < -0.3 ? -6.907755 / slope : null;
}

/** 10-90 % of the amplitude's way to its maximum in the first 150 ms; amplitude is the root mean square of 8 ms. */
function attackOf(x: Float32Array, onset: number): Seconds {
  const levels: number[] = [];
  for (let i = onset - 480; i < onset + 7200; i += 24) {
    let sum = 0;
    for (let k = Math.max(0, i - 192); k < i + 192; k++) sum += square(x[k] ?? 0);
    levels.push(Math.sqrt(sum));
  }
  const top = Math.max(...levels);
  const peak = levels.indexOf(top);
  let low = peak;
  while (low > 0 && levels[low - 1]! > 0.1 * top) low--;
  let high = low;
  while (levels[high]! < 0.9 * top) high++;
  return ((high - low) * 24) / SAMPLE_RATE;
}

function centroidsOf(x: Float32Array, onset: number): Hertz[] {
  let loudest = onset;
  let most = 0;
  for (let i = onset; i < onset + 4800; i += 48) {
    let sum = 0;
    for (let k = i; k < i + 480; k++) sum += square(x[k] ?? 0);
    if (sum > most) {
      most = sum;
      loudest = i;
    }
  }
  return [0, 0.1, 0.3, 0.6].map((t) => centroidAt(x, loudest + Math.round(t * SAMPLE_RATE)));
}
/** Of the power spectrum of 43 ms around a frame. */
function centroidAt(x: Float32Array, frame: number): Hertz {
  const power = spectrumAt(x, frame, WINDOW_FRAMES);
  let [sum, weighted] = [1e-30, 0];
  for (let k = 3; (k * SAMPLE_RATE) / WINDOW_FRAMES < 10_000; k++) {
    sum += power[k]!;
    weighted += (power[k]! * k * SAMPLE_RATE) / WINDOW_FRAMES;
  }
  return weighted / sum;
}

/** Power spectrum of `size` frames around a frame, Hann window. */
export function spectrumAt(x: Float32Array, frame: number, size: number): Float64Array {
  const re = new Float64Array(size);
  const im = new Float64Array(size);
  for (let i = 0; i < size; i++) re[i] = (x[frame - size / 2 + i] ?? 0) * (0.5 - 0.5 * cos((2 * PI * i) / size));
  fft(re, im, -1);
  return Float64Array.from({ length: size / 2 + 1 }, (_, k) => (square(re[k]!) + square(im[k]!)) / (size * size));
}
/**
 * Weighted median of the first twelve partials, which tension stretches alike. In 43 ms beside an attack the lowest alone is uncertain by
 * tens of cents, a higher one by as much less as its number says, and a faint one by more.
 */
function glideOf(x: Float32Array, release: number, hertz: Hertz, b: number): Cents {
  const found: { cents: Cents; number: number; power: number }[] = [];
  for (let n = 1; n <= 12; n++) {
    const at = n * hertz * Math.sqrt(1 + b * n * n);
    if (at > 5000) break;
    const late = exact(x, release, at, 40, 90);
    if (Math.abs(late.hertz - at) > 0.012 * at + 3) continue;
    const early = exact(x, release, at, 4, 10);
    found.push({ cents: hertzToCents(early.hertz) - hertzToCents(late.hertz), number: n, power: early.power });
  }
  const faint = 1e-3 * Math.max(...found.map(({ power }) => power));
  const weighted = found.map(({ cents, number, power }) => ({ cents, weight: number * Math.sqrt(power / (power + faint)) })).sort((p, q) => p.cents - q.cents);
  let left = 0.5 * weighted.reduce((sum, { weight }) => sum + weight, 0);
  return (
    weighted.find(({ weight }) => {
      left -= weight;
      return left <= 0;
    })?.cents ?? 0
  );
}

/** What separates two notes to the ear, coarsely: see `toneDistance`. */
const RESOLUTIONS = [512, 2048, 8192];

/**
 * Mean multi-resolution log-spectral distance, dB: the difference of the levels of third-octave-wide bins and finer,
 * at 512, 2048 and 8192 frames, over the first 1.2 s, levels aligned, floors at 60 dB under the loudest.
 * @param ratio by which the frequencies of `y` are multiplied to align the pitches.
 */
export function toneDistance(x: Float32Array, xOnset: number, y: Float32Array, yOnset: number, ratio: number): number {
  const aligned = resampled(y, yOnset, ratio, Math.round(1.4 * SAMPLE_RATE));
  let total = 0;
  for (const size of RESOLUTIONS) {
    const frames: [Float64Array, Float64Array][] = [];
    for (let t = 0; t < 1.2 * SAMPLE_RATE; t += Math.max(size / 2, 1024)) frames.push([spectrumAt(x, xOnset + t, size), spectrumAt(aligned, t + 9600, size)]);
    const [px, py] = [0, 1].map((side) => frames.reduce((sum, pair) => sum + pair[side]!.reduce((a, b) => a + b, 0), 0));
    const scale = px! / (py! + 1e-30);
    const [topX, topY] = [0, 1].map((side) => Math.max(...frames.flatMap((pair) => Array.from(pair[side]!))));
    const [floorX, floorY] = [topX! * 1e-6, topY! * 1e-6 * scale];
    const floor = Math.max(floorX, floorY);
    let [sum, count] = [0, 0];
    for (const [a, b] of frames) {
      for (let k = 1; (k * SAMPLE_RATE) / size < 8000; k++) {
        const [va, vb] = [Math.max(floor, a[k]!), Math.max(floor, b[k]! * scale)];
        sum += Math.abs(10 * log10(va / vb));
        count++;
      }
    }
    total += sum / count;
  }
  return total / RESOLUTIONS.length;
}
/** `y` from 200 ms before its onset, played `ratio` times as fast. */
function resampled(y: Float32Array, onset: number, ratio: number, count: number): Float32Array {
  const out = new Float32Array(count + 19_200);
  for (let i = 0; i < out.length; i++) {
    const p = onset + (i - 9600) * ratio;
    const k = Math.floor(p);
    const [a, b, c, d] = [y[k - 1] ?? 0, y[k] ?? 0, y[k + 1] ?? 0, y[k + 2] ?? 0];
    const f = p - k;
    out[i] = b + 0.5 * f * (c - a + f * (2 * a - 5 * b + 4 * c - d + f * (3 * (b - c) + d - a)));
  }
  return out;
}
