import { clamp, joinedSamples, PI, sin } from "@kuishi/base";
import type { Address, Kernels } from "./kernels.ts";

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));

/** Highest whole number in the ratio of two rates: what the kernels can still count with. */
const LARGEST = 768_000;

/**
 * `to` / `from` as whole numbers without a common factor. Old formats have rates that are no whole
 * numbers (22254.5454 Hz): there, the last convergent of the continued fraction within `LARGEST`,
 * less than 1 / `LARGEST` of a sample off per sample.
 */
function ratioOf(to: number, from: number): readonly [number, number] {
  if (Number.isInteger(to) && Number.isInteger(from)) return [to / gcd(from, to), from / gcd(from, to)];
  let [before, now] = [
    [0, 1],
    [1, 0],
  ] as [[number, number], [number, number]];
  for (let rest = to / from; ; rest = 1 / (rest - Math.floor(rest))) {
    const whole = Math.floor(rest);
    const next: [number, number] = [whole * now[0] + before[0], whole * now[1] + before[1]];
    if (!(Math.max(...next) <= LARGEST)) return now;
    [before, now] = [now, next];
  }
}

/** Zeroth-order modified Bessel function, for the Kaiser window. */
function bessel0(x: number): number {
  let sum = 1;
  let term = 1;
  for (let k = 1; k < 60; k++) {
    term *= (x / (2 * k)) * (x / (2 * k));
    sum += term;
    if (term < sum * 1e-17) break;
  }
  return sum;
}

const CHUNK = 8192;

/** Rates whose ratio needs more filters than this share a bank of `ROWS`, mixed two and two (their images lie below -100 dB). */
const MOST_PHASES = 1280;
const ROWS = 512;

/** `count` filters of 2 x `half` taps, the p-th for an output p / `phases` of a sample behind the input: windowed sinc, unity gain at 0 Hz. */
function filters(count: number, phases: number, half: number, cutoff: number): Float32Array {
  const taps = half * 2;
  const bank = new Float32Array(count * taps);
  const scale = 1 / bessel0(9);
  for (let p = 0; p < count; p++) {
    let sum = 0;
    const row = p * taps;
    for (let k = 0; k < taps; k++) {
      const x = k - half + 1 - p / phases;
      const w = x / half;
      const window = Math.abs(w) < 1 ? bessel0(9 * Math.sqrt(1 - w * w)) * scale : 0;
      const t = PI * x * cutoff;
      const value = (x === 0 ? 1 : sin(t) / t) * cutoff * window;
      bank[row + k] = value;
      sum += value;
    }
    for (let k = 0; k < taps; k++) bank[row + k] = bank[row + k]! / sum;
  }
  return bank;
}

/**
 * Changes the sample rate of one channel as it streams by: polyphase windowed sinc (Kaiser,
 * beta 9, about 90 dB down), linear phase, no delay against the input.
 */
export class Resampler {
  readonly #kernels: Kernels;
  readonly #up: number;
  readonly #down: number;
  readonly #taps: number;
  /** Filters between two input samples where there is none of its own for each phase. */
  readonly #rows: number | null;
  readonly #bank: Address;
  readonly #in: Address;
  readonly #out: Address;
  readonly #room: number;
  #held = new Float32Array(0);
  #phase: number;
  #fed = 0;
  #made = 0;

  /** @param from @param to rates in Hz, also no whole numbers; their ratio at most 768. */
  constructor(kernels: Kernels, from: number, to: number) {
    this.#kernels = kernels;
    [this.#up, this.#down] = ratioOf(to, from);
    const cutoff = Math.min(1, to / from) * 0.94;
    const half = Math.ceil((20 / Math.min(1, to / from) + 4) / 2) * 2;
    this.#taps = half * 2;
    this.#rows = this.#up > MOST_PHASES ? ROWS : null;
    this.#bank = kernels.put(this.#rows === null ? filters(this.#up, this.#up, half, cutoff) : filters(this.#rows + 1, this.#rows, half, cutoff));
    this.#room = Math.ceil((CHUNK * this.#up) / this.#down) + 4;
    this.#in = kernels.floats(CHUNK + this.#taps + 8);
    this.#out = kernels.floats(this.#room);
    this.#held = new Float32Array(half - 1); // silence before the start centres the filter
    this.#phase = 0;
  }

  /** Takes the next samples, returns what can be made of them. */
  push(input: Float32Array): Float32Array {
    this.#fed += input.length;
    return this.#run(input);
  }
  /** The end of the signal: returns the last samples; in all, round(fed x to / from). */
  finish(): Float32Array {
    const total = Math.round((this.#fed * this.#up) / this.#down);
    const tail = this.#run(new Float32Array(this.#taps + Math.ceil(this.#down / this.#up) + 1));
    const extra = this.#made - total;
    return extra > 0 ? tail.subarray(0, clamp(tail.length - extra, 0, tail.length)) : tail;
  }

  #run(input: Float32Array): Float32Array {
    const parts: Float32Array[] = [];
    const view = this.#kernels.view(this.#in, CHUNK + this.#taps + 8);
    let at = 0;
    while (at < input.length || at === 0) {
      const take = Math.min(CHUNK - this.#held.length, input.length - at);
      if (take <= 0) break;
      view.set(this.#held);
      view.set(input.subarray(at, at + take), this.#held.length);
      const have = this.#held.length + take;
      at += take;
      // output i needs inputs floor(phase/up) .. + taps - 1
      const last = (have - this.#taps) * this.#up + this.#up - 1 - this.#phase;
      const count = last < 0 ? 0 : Math.floor(last / this.#down) + 1;
      if (count > 0) {
        if (this.#rows === null) this.#kernels.call.resample(this.#in, this.#out, count, this.#bank, this.#taps, this.#up, this.#down, this.#phase);
        else this.#kernels.call.resampleBetween(this.#in, this.#out, count, this.#bank, this.#rows, this.#taps, this.#up, this.#down, this.#phase);
        parts.push(this.#kernels.view(this.#out, count).slice());
        this.#phase += count * this.#down;
      }
      const used = Math.min(Math.floor(this.#phase / this.#up), have);
      this.#phase -= used * this.#up;
      this.#held = view.slice(used, have);
    }
    const out = joinedSamples(parts);
    this.#made += out.length;
    return out;
  }
}

/** A whole channel at another rate. */
export function resampled(kernels: Kernels, channel: Float32Array, from: number, to: number): Float32Array {
  if (from === to) return channel;
  const resampler = new Resampler(kernels, from, to);
  return joinedSamples([resampler.push(channel), resampler.finish()]);
}
