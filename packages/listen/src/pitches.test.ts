import { Kernels } from "@kuishi/signal";
import { kernelModule } from "@kuishi/signal/node";
import { describe, expect, test } from "vitest";
import { AnalysisSignal } from "./analysis-signal.ts";
import { PartialTuner, pitchesUsed } from "./pitches.ts";
import { candidateOf, plucks } from "./testing.ts";

describe("pitches a recording uses", () => {
  const used = (cents: readonly number[]): number[] => pitchesUsed(cents.map((c, i) => candidateOf(i / 4, [{ cents: c, string: 1 }])));
  test("each once, ascending, wherever it lies between the network's bins", () => {
    const found = used([6012, 5531, 5748, 5531, 6012, 5748]);
    expect(found).toHaveLength(3);
    [5531, 5748, 6012].forEach((cents, i) => {
      expect(Math.abs(found[i]! - cents)).toBeLessThan(12);
    });
  });
  test("quarter tones are two pitches, a few cents are one", () => {
    expect(used([5700, 5750, 5700, 5750])).toHaveLength(2);
    expect(used([5700, 5715, 5700, 5715])).toHaveLength(1);
  });
  test("what was hardly struck is none", () => {
    expect(pitchesUsed([candidateOf(0, [{ cents: 5700, string: 1, sure: 0.1 }])])).toEqual([]);
  });
});

describe("a pitch measured from its partials", () => {
  const kernels = new Kernels(kernelModule());
  const tuner = new PartialTuner(kernels);
  const measured = (true_: number, near: number, others: readonly number[] = []) =>
    tuner.measure(new AnalysisSignal(kernels, plucks([{ at: 0.1, cents: true_ }, ...others.map((cents) => ({ at: 0, cents }))], 1.5)), 0.15, near, others);
  test.each([4770, 5267, 5523, 6110, 6843])("%s cents to a cent", (cents) => {
    expect(measured(cents, cents + 20)!.cents).toBeCloseTo(cents, 0);
    expect(measured(cents, cents - 20)!.cents).toBeCloseTo(cents, 0);
  });
  test("another string's partials do not pull it", () => {
    expect(Math.abs(measured(5705, 5700, [5000])!.cents - 5705)).toBeLessThan(2);
  });
  test("silence has no pitch", () => {
    expect(tuner.measure(new AnalysisSignal(kernels, new Float32Array(24_000)), 0.2, 5500, [])).toBeUndefined();
  });
});
