import { clamp, PI, sin } from "@kuishi/base";
import type { Address, Kernels } from "./kernels.ts";

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));

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

/**
 * Changes the sample rate of one channel as it streams by: polyphase windowed sinc (Kaiser,
 * beta 9, about 90 dB down), linear phase, no delay against the input.
 */
export class Resampler {
  readonly #kernels: Kernels;
  readonly #up: number;
  readonly #down: number;
  readonly #taps: number;
  readonly #bank: Address;
  readonly #in: Address;
  readonly #out: Address;
  readonly #room: number;
  #held = new Float32Array(0);
  #phase: number;
  #fed = 0;
  #made = 0;

  /** @param from @param to rates in Hz. */
  constructor(kernels: Kernels, from: number, to: number) {
    const g = gcd(from, to);
    this.#kernels = kernels;
    this.#up = to / g;
    this.#down = from / g;
    const cutoff = Math.min(1, to / from) * 0.94;
    const half = Math.ceil((20 / Math.min(1, to / from) + 4) / 2) * 2;
    this.#taps = half * 2;
    const bank = new Float32Array(this.#up * this.#taps);
    const scale = 1 / bessel0(9);
    for (let p = 0; p < this.#up; p++) {
      let sum = 0;
      const row = p * this.#taps;
      for (let k = 0; k < this.#taps; k++) {
        const x = k - half + 1 - p / this.#up;
        const w = x / half;
        const window = Math.abs(w) < 1 ? bessel0(9 * Math.sqrt(1 - w * w)) * scale : 0;
        const t = PI * x * cutoff;
        const value = (x === 0 ? 1 : sin(t) / t) * cutoff * window;
        bank[row + k] = value;
        sum += value;
      }
      // unity gain at 0 Hz for every phase
      for (let k = 0; k < this.#taps; k++) bank[row + k] = (bank[row + k] as number) / sum;
    }
    this.#bank = kernels.put(bank);
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
        this.#kernels.call.resample(this.#in, this.#out, count, this.#bank, this.#taps, this.#up, this.#down, this.#phase);
        parts.push(this.#kernels.view(this.#out, count).slice());
        this.#phase += count * this.#down;
      }
      const used = Math.min(Math.floor(this.#phase / this.#up), have);
      this.#phase -= used * this.#up;
      this.#held = view.slice(used, have);
    }
    const length = parts.reduce((sum, part) => sum + part.length, 0);
    const out = new Float32Array(length);
    let to = 0;
    for (const part of parts) {
      out.set(part, to);
      to += part.length;
    }
    this.#made += length;
    return out;
  }
}

/** A whole channel at another rate. */
export function resampled(kernels: Kernels, channel: Float32Array, from: number, to: number): Float32Array {
  if (from === to) return channel;
  const resampler = new Resampler(kernels, from, to);
  const body = resampler.push(channel);
  const tail = resampler.finish();
  const out = new Float32Array(body.length + tail.length);
  out.set(body);
  out.set(tail, body.length);
  return out;
}
