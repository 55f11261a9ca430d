import { seeded } from "@kuishi/base";
import { Kernels } from "@kuishi/signal";
import { kernelModule } from "@kuishi/signal/node";
import { describe, expect, test } from "vitest";
import { AnalysisSignal, AnalysisStream } from "./analysis-signal.ts";
import { findOnsetCandidates, isEcho, isLikely, lineAt, OnsetClassifier, peaksOf, valueAt, withProbes } from "./onset-candidates.ts";
import { findOnsets, OnsetStream } from "./onsets.ts";
import { candidateOf, noisy, plucks, tone } from "./testing.ts";

const kernels = new Kernels(kernelModule());
const TIMES = [0.4, 0.7, 0.82, 1.1, 1.6, 1.7, 2.2];
const lute = plucks(
  TIMES.map((at, i) => ({ at, cents: 5500 + 100 * i, seconds: 0.6 })),
  3,
);
const hits = (found: readonly { at: number }[], within = 0.015): number => TIMES.filter((at) => found.some((one) => Math.abs(one.at - at) < within)).length;

describe("onsets", () => {
  /** Strongest onset that is no pluck. */
  const beside = (found: readonly { at: number; strength: number }[]): number =>
    Math.max(0, ...found.filter(({ at }) => at > 0.1 && !TIMES.some((time) => Math.abs(time - at) < 0.03)).map(({ strength }) => strength));
  test("every pluck to 15 ms; what is found beside them is weak", () => {
    const found = findOnsets(kernels, new AnalysisSignal(kernels, lute));
    expect(hits(found)).toBe(TIMES.length);
    expect(beside(found)).toBeLessThan(0.2);
    expect(Math.min(...TIMES.map((at) => found.find((one) => Math.abs(one.at - at) < 0.015)!.strength))).toBeGreaterThan(0.4);
  });
  test("the level of a recording makes no difference", () => {
    const at = (gain: number): number[] =>
      findOnsets(
        kernels,
        new AnalysisSignal(
          kernels,
          lute.map((v) => v * gain),
        ),
      ).map((onset) => onset.at);
    expect(at(0.01)).toEqual(at(1));
  });
  test("vibrato beside them makes weak onsets at most", () => {
    const bent = tone((t) => 6000 + 40 * Math.sin(2 * Math.PI * 6 * t), 3, 0.05);
    const found = findOnsets(
      kernels,
      new AnalysisSignal(
        kernels,
        lute.map((v, i) => v + bent[i]!),
      ),
    );
    expect(beside(found)).toBeLessThan(0.45);
  });
  test("as it comes: told within 60 ms, however it is cut", () => {
    const run = (block: number) => {
      const stream = new AnalysisStream(kernels);
      const onsets = new OnsetStream(kernels, 0.07);
      const told: { at: number; after: number }[] = [];
      for (let at = 0; at < lute.length; at += block) {
        stream.push(lute.subarray(at, at + block));
        for (const onset of onsets.advance(stream, stream.heard, stream.rms)) told.push({ at: onset.at, after: stream.heard / 24_000 - onset.at });
      }
      return told;
    };
    const told = run(128);
    expect(hits(told, 0.02)).toBe(TIMES.length);
    expect(Math.max(...told.map(({ after }) => after))).toBeLessThan(0.06);
  });
});

describe("candidates", () => {
  test("between distant onsets the network looks anyway", () => {
    const found = withProbes([
      { at: 0, strength: 1 },
      { at: 0.1, strength: 1 },
      { at: 0.6, strength: 1 },
    ]);
    expect(found.filter(({ strength }) => strength === 1)).toHaveLength(3);
    const probes = found.filter(({ strength }) => strength === 0).map(({ at }) => at);
    expect(Math.min(...probes)).toBeGreaterThan(0.1);
    expect(Math.max(...probes)).toBeLessThan(0.6);
    expect(probes.length).toBeGreaterThan(5);
  });
  test("what rings is an echo, what is new or clearly plucked is not", () => {
    const last = candidateOf(1, [{ cents: 5500, string: 1 }]);
    const weak = (at: number, cents: number, pluck = 0.6) => ({ ...candidateOf(at, [{ cents, string: 1, sure: 0.6 }], { pluck }), strength: 0 });
    expect(isEcho(weak(1.06, 5500), last)).toBe(true);
    expect(isEcho(weak(1.06, 5700), last)).toBe(false);
    expect(isEcho(weak(1.06, 5500, 0.99), last)).toBe(false);
    expect(isEcho(weak(1.3, 5500), last)).toBe(false);
  });
  test("a moment at which nothing is likely is none", () => {
    expect(isLikely(candidateOf(1, []))).toBe(false);
    expect(isLikely(candidateOf(1, [], { knock: 0.4 }))).toBe(true);
    expect(isLikely(candidateOf(1, [{ cents: 5500, string: 1, sure: 0.3 }], { pluck: 0.1 }))).toBe(true);
  });
  test("the network hears plucks as plucks, at their pitch and their time, and noise as nothing", () => {
    const classifier = new OnsetClassifier(kernels);
    const found = findOnsetCandidates(classifier, kernels, new AnalysisSignal(kernels, lute));
    TIMES.forEach((at, i) => {
      const near = found.find((one) => Math.abs(one.at - at) < 0.03)!;
      expect(valueAt(near.pitchActivation, 5500 + 100 * i)).toBeGreaterThan(0.5);
    });
    const noise = findOnsetCandidates(classifier, kernels, new AnalysisSignal(kernels, noisy(new Float32Array(48_000), seeded(3), 0.1)));
    expect(noise.filter(({ pitchActivation }) => pitchActivation.some((v) => v > 0.5)).length).toBeLessThan(3);
  });
});

describe("reading activations", () => {
  const { activations } = candidateOf(0, [{ cents: 5510, string: 1 }]);
  test("a peak lies where the note does, not on a bin", () => {
    const peaks = peaksOf(activations.high, 0.3);
    expect(peaks).toHaveLength(1);
    expect(Math.abs(peaks[0]!.cents - 5510)).toBeLessThan(14);
  });
  test("between bins: the greater of the two, and the line between them; beyond the range nothing", () => {
    const curve = Float32Array.of(0, 1, 0.5);
    expect(valueAt(curve, 4000 + 50)).toBe(1);
    expect(lineAt(curve, 4000 + 50)).toBeCloseTo(0.75, 5);
    expect(valueAt(curve, 9000)).toBe(0);
    expect(lineAt(curve, 3000)).toBe(0);
  });
});
