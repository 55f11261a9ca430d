import { clamp, exp } from "@kuishi/base";
import type { Address, Kernels } from "@kuishi/signal";
import { PATCH_BINS, PATCH_WINDOWS } from "./spectrogram-patch.ts";

/** Pitches the network tells apart: from 4000 cents, three to a semitone. */
export const PITCHES = 127;
export const PITCH_LOW = 4000;

/** Places in `Activations.kinds`. */
export const PLUCKED = 0;
export const KNOCK = 1;
export const LEFT_HAND = 2;

/** The network's output for a patch; every value but `seconds` is a probability. */
export interface Activations {
  /** A string was struck at this pitch: the lower string, the higher. */
  readonly low: Float32Array;
  readonly high: Float32Array;
  /**
   * Chances that something was plucked, that the soundboard was struck, that the left hand did it: at `PLUCKED`, `KNOCK`, `LEFT_HAND`. An array,
   * because optimised code of V8 13 has been seen to read such numbers of an object wrong, one run in thirty, for a few notes at a time.
   */
  readonly kinds: Float64Array;
  /** Seconds from the onset candidate at which each pitch, if struck, was. */
  readonly when: Float32Array;
  /** At each pitch, were it struck: the fret its sound suggests, and how far that may be off (mean deviation, frets). */
  readonly fret: Float32Array;
  readonly fretSpread: Float32Array;
  /** Where the event lies from the onset candidate, seconds. */
  readonly seconds: number;
}

// The shape of tools/ear/train.py.
const LOW_BIN = 36; // of the lowest pitch
const SHIFTS = [-36, 0, 36, 57, 72, 84, 93, 101, 108, 114, 120, 129]; // harmonics 1/2, 1..10, 12 in bins
const INTERVALS = [-72, -57, -36, -21, -15, -9, -1, 0, 1, 9, 15, 21, 36, 57, 72];
const [FRONT, WIDE, MID, TOP, GLOBAL, HEADS, KINDS] = [16, 40, 28, 28, 32, 8, 6];
const CHANNELS = PATCH_WINDOWS.length;
const BANDS = 8;

const MARGIN = 80;
const STRIDE = MARGIN + PATCH_BINS + 174; // zeros beyond both ends
const COUNT = 128; // PITCHES rounded up

/** Numbers in a weight file. */
export const WEIGHT_COUNT: number =
  CHANNELS * FRONT * 3 +
  FRONT +
  FRONT * SHIFTS.length * WIDE * 3 +
  WIDE +
  WIDE * MID * 5 +
  MID +
  MID * INTERVALS.length * TOP +
  TOP +
  (TOP + MID) * TOP * 3 +
  TOP +
  TOP * HEADS +
  HEADS +
  (TOP * 2 + CHANNELS * BANDS) * GLOBAL +
  GLOBAL +
  GLOBAL * KINDS +
  KINDS;

interface Layer {
  readonly inputs: number;
  readonly outputs: number;
  readonly offsets: Address;
  readonly taps: number;
  readonly weights: Address;
  readonly bias: Address;
}

/**
 * The ear's network: convolutions along frequency over a patch, gathered at the places of the
 * harmonics, then across musical intervals. About 6 million products per candidate.
 */
export class Network {
  readonly #kernels: Kernels;
  readonly #layers: readonly Layer[];
  readonly #dense: readonly { readonly weights: Float32Array; readonly bias: Float32Array }[];
  readonly #rows: Record<"patch" | "front" | "wide" | "mid" | "top" | "last" | "head", Address>;

  /** @param weights as tools/ear/train.py writes them. @throws RangeError when their number is wrong. */
  constructor(kernels: Kernels, weights: Float32Array) {
    if (weights.length !== WEIGHT_COUNT) throw new RangeError(`${weights.length} weights, expected ${WEIGHT_COUNT}`);
    this.#kernels = kernels;
    let at = 0;
    const take = (count: number): Float32Array => weights.subarray(at, (at += count));
    /** @param gathered input rows a tap is gathered from, as the trainer stacks them. */
    const layer = (inputs: number, outputs: number, gathers: readonly number[], width: number): Layer => {
      const source = take(inputs * gathers.length * outputs * width);
      const bias = take(outputs);
      const packed = new Float32Array(source.length);
      const half = (width - 1) / 2;
      let k = 0;
      for (let o = 0; o < outputs; o += 4) {
        for (let i = 0; i < inputs; i++) {
          for (let g = 0; g < gathers.length; g++) {
            for (let t = 0; t < width; t++) {
              for (let q = 0; q < 4; q++) packed[k++] = source[((o + q) * gathers.length * inputs + g * inputs + i) * width + t]!;
            }
          }
        }
      }
      const offsets = kernels.floats(gathers.length * width);
      new Int32Array(kernels.call.memory.buffer, offsets, gathers.length * width).set(
        gathers.flatMap((gather) => Array.from({ length: width }, (_, t) => (gather + t - half) * 4)),
      );
      return { inputs, outputs, offsets, taps: gathers.length * width, weights: kernels.put(packed), bias: kernels.put(bias) };
    };
    const dense = (inputs: number, outputs: number): { weights: Float32Array; bias: Float32Array } => ({
      weights: take(inputs * outputs),
      bias: take(outputs),
    });
    this.#layers = [
      layer(CHANNELS, FRONT, [0], 3),
      layer(
        FRONT,
        WIDE,
        SHIFTS.map((shift) => shift + LOW_BIN),
        3,
      ),
      layer(WIDE, MID, [0], 5),
      layer(MID, TOP, INTERVALS, 1),
      layer(TOP + MID, TOP, [0], 3),
      layer(TOP, HEADS, [0], 1),
    ];
    this.#dense = [dense(TOP * 2 + CHANNELS * BANDS, GLOBAL), dense(GLOBAL, KINDS)];
    const rows = (count: number): Address => kernels.floats(count * STRIDE);
    // `top` and `mid` lie one after the other: the layer above reads both
    const pair = rows(TOP + MID);
    this.#rows = { patch: rows(CHANNELS), front: rows(FRONT), wide: rows(WIDE), top: pair, mid: pair + TOP * STRIDE * 4, last: rows(TOP), head: rows(HEADS) };
  }

  /** @param patch as `PatchExtractor.extract` writes it. */
  infer(patch: Float32Array): Activations {
    const { patch: input, front, wide, mid, top, last, head } = this.#rows;
    for (let c = 0; c < CHANNELS; c++) {
      this.#row(input, c).set(patch.subarray(c * PATCH_BINS, (c + 1) * PATCH_BINS));
    }
    this.#run(0, input, front, PATCH_BINS, true);
    this.#run(1, front, wide, PITCHES, true);
    this.#run(2, wide, mid, PITCHES, true);
    this.#run(3, mid, top, PITCHES, true);
    this.#run(4, top, last, PITCHES, true);
    this.#run(5, last, head, PITCHES, false);
    const features = new Float32Array(TOP * 2 + CHANNELS * BANDS);
    for (let o = 0; o < TOP; o++) {
      const row = this.#row(last, o);
      let sum = 0;
      let most = 0;
      for (let p = 0; p < PITCHES; p++) {
        const v = row[p]!;
        sum += v;
        if (v > most) most = v;
      }
      features[o] = sum / PITCHES;
      features[TOP + o] = most;
    }
    for (let c = 0; c < CHANNELS; c++) {
      for (let b = 0; b < BANDS; b++) {
        let sum = 0;
        for (let k = 0; k < 32; k++) sum += patch[c * PATCH_BINS + b * 32 + k]!;
        features[TOP * 2 + c * BANDS + b] = sum / 32;
      }
    }
    const hidden = this.#connect(0, features).map((v) => Math.max(0, v));
    const kinds = this.#connect(1, hidden);
    const chances = (row: number): Float32Array => this.#row(head, row).slice(0, PITCHES).map(logistic);
    return {
      low: chances(0),
      high: chances(1),
      kinds: Float64Array.from([PLUCKED, KNOCK, LEFT_HAND], (kind) => logistic(kinds[kind]!)),
      when: this.#row(head, 4)
        .slice(0, PITCHES)
        .map((v) => v * 0.02),
      fret: this.#row(head, 5)
        .slice(0, PITCHES)
        .map((v) => v * 10),
      fretSpread: this.#row(head, 6)
        .slice(0, PITCHES)
        .map((v) => 10 * exp(clamp(v, -3, 3))),
      seconds: kinds[5]! * 0.03,
    };
  }

  #row(at: Address, index: number): Float32Array {
    return this.#kernels.view(at + (index * STRIDE + MARGIN) * 4, STRIDE - MARGIN);
  }
  #run(index: number, from: Address, to: Address, length: number, rectify: boolean): void {
    const { inputs, outputs, offsets, taps, weights, bias } = this.#layers[index]!;
    const count = length === PITCHES ? COUNT : PATCH_BINS + 6;
    this.#kernels.call.convolve(from + MARGIN * 4, STRIDE, inputs, offsets, taps, weights, bias, to + MARGIN * 4, outputs, count, rectify ? 1 : 0);
    // beyond the end lie zeros, as at the trainer's edges
    for (let o = 0; o < outputs; o++) this.#row(to, o).fill(0, length, count);
  }
  #connect(index: number, input: Float32Array): Float32Array {
    const { weights, bias } = this.#dense[index]!;
    return bias.map((sum, o) => {
      let value = sum;
      for (let i = 0; i < input.length; i++) value += weights[o * input.length + i]! * input[i]!;
      return value;
    });
  }
}

const logistic = (x: number): number => 1 / (1 + exp(-x));
