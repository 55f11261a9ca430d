import { exp, seeded } from "@kuishi/base";
import { Kernels } from "@kuishi/signal";
import { kernelModule } from "@kuishi/signal/node";
import { describe, expect, test } from "vitest";
import { Network, PITCHES, WEIGHT_COUNT } from "./network.ts";
import { PATCH_BINS, PATCH_SIZE, PATCH_WINDOWS } from "./spectrogram-patch.ts";
import { earWeights } from "./weights.ts";

// The network of tools/ear/train.py, written as plainly as it can be: convolutions as sums, tensors as lists of rows.
const SHIFTS = [-36, 0, 36, 57, 72, 84, 93, 101, 108, 114, 120, 129];
const INTERVALS = [-72, -57, -36, -21, -15, -9, -1, 0, 1, 9, 15, 21, 36, 57, 72];
type Rows = number[][];

function plainly(weights: Float32Array, patch: Float32Array): { head: Rows; kinds: number[] } {
  let at = 0;
  const take = (): number => weights[at++]!;
  const block = (outputs: number, inputs: number, width: number) => {
    const kernel = Array.from({ length: outputs }, () => Array.from({ length: inputs }, () => Array.from({ length: width }, take)));
    return { kernel, bias: Array.from({ length: outputs }, take) };
  };
  /** `length` outputs; tap t of output p reads input p + t - half. */
  const convolve = ({ kernel, bias }: ReturnType<typeof block>, rows: Rows, length: number, rectify = true): Rows =>
    kernel.map((taps, o) =>
      Array.from({ length }, (_, p) => {
        let sum = bias[o]!;
        taps.forEach((row, i) => {
          row.forEach((w, t) => (sum += w * (rows[i]![p + t - (row.length - 1) / 2] ?? 0)));
        });
        return rectify ? Math.max(0, sum) : sum;
      }),
    );
  /** Rows gathered `places` away, one group of rows for each place. */
  const gather = (rows: Rows, places: readonly number[], from: number): Rows =>
    places.flatMap((place) =>
      rows.map((row) =>
        Object.assign(
          Array.from({ length: PITCHES }, (_, p) => row[p + place + from] ?? 0),
          { [-1]: row[place + from - 1] ?? 0, [PITCHES]: row[PITCHES + place + from] ?? 0 },
        ),
      ),
    );
  const input = PATCH_WINDOWS.map((_, c) => Array.from(patch.subarray(c * PATCH_BINS, (c + 1) * PATCH_BINS)));
  const front = convolve(block(16, 16, 3), input, PATCH_BINS);
  const wide = convolve(block(40, 16 * 12, 3), gather(front, SHIFTS, 36), PITCHES);
  const mid = convolve(block(28, 40, 5), wide, PITCHES);
  const inter = convolve(block(28, 28 * 15, 1), gather(mid, INTERVALS, 0), PITCHES);
  const top = convolve(block(28, 56, 3), [...inter, ...mid], PITCHES);
  const head = convolve(block(8, 28, 1), top, PITCHES, false);
  const dense = (outputs: number, values: readonly number[]): number[] => {
    const { kernel, bias } = block(outputs, values.length, 1);
    return kernel.map((row, o) => row.reduce((sum, [w], i) => sum + w! * values[i]!, bias[o]!));
  };
  const mean = (row: readonly number[]): number => row.reduce((a, b) => a + b, 0) / row.length;
  const bands = input.flatMap((row) => Array.from({ length: 8 }, (_, b) => mean(row.slice(b * 32, b * 32 + 32))));
  const hidden = dense(32, [...top.map(mean), ...top.map((row) => Math.max(0, ...row)), ...bands]).map((v) => Math.max(0, v));
  return { head, kinds: dense(6, hidden) };
}
const logistic = (x: number): number => 1 / (1 + exp(-x));

describe("the network", () => {
  const kernels = new Kernels(kernelModule());
  const random = seeded(12, "network");
  const patch = Float32Array.from({ length: PATCH_SIZE }, () => Math.max(0, random.between(-0.5, 1)));
  test.each([
    ["drawn weights", Float32Array.from({ length: WEIGHT_COUNT }, () => 0.06 * random.gauss())],
    ["the shipped weights", earWeights()],
  ])("computes what the trainer's does, with %s", (_, weights) => {
    const { head, kinds } = plainly(weights, patch);
    const found = new Network(kernels, weights).infer(patch);
    for (const [row, curve] of [
      [0, found.low],
      [1, found.high],
    ] as const) {
      const worst = Math.max(...Array.from(curve, (v, p) => Math.abs(v - logistic(head[row]![p]!))));
      expect(worst).toBeLessThan(1e-4);
    }
    expect(Math.max(...Array.from(found.when, (v, p) => Math.abs(v - 0.02 * head[4]![p]!)))).toBeLessThan(1e-4);
    expect(Math.max(...Array.from(found.fret, (v, p) => Math.abs(v - 10 * head[5]![p]!)))).toBeLessThan(1e-2);
    [0, 1, 2].forEach((kind) => {
      expect(found.kinds[kind]).toBeCloseTo(logistic(kinds[kind]!), 4);
    });
    expect(found.seconds).toBeCloseTo(0.03 * kinds[5]!, 4);
  });
  test("says the same again, whatever came between", () => {
    const network = new Network(kernels, earWeights());
    const first = network.infer(patch);
    network.infer(new Float32Array(PATCH_SIZE));
    expect(network.infer(patch)).toEqual(first);
  });
  test("takes no other number of weights", () => {
    expect(() => new Network(kernels, new Float32Array(10))).toThrow(RangeError);
  });
});
