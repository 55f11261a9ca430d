import { PI, seeded, sin } from "@kuishi/base";
import { Kernels } from "@kuishi/signal";
import { kernelModule } from "@kuishi/signal/node";
import { dombra } from "@kuishi/tuning";
import { expect, test } from "vitest";
import { isAccompanied } from "./accompaniment.ts";
import { AnalysisSignal } from "./analysis-signal.ts";
import { noisy, plucks } from "./testing.ts";

const kernels = new Kernels(kernelModule());
const lute = plucks(
  Array.from({ length: 16 }, (_, i) => ({ at: 0.2 + i * 0.25, cents: [4770, 5267, 5567, 5767][i % 4]! })),
  5,
);
const rms = Math.sqrt(lute.reduce((sum, v) => sum + v * v, 0) / lute.length);
/** The lute with a low tone so many decibels beside it. */
const over = (hertz: number, decibels: number): Float32Array =>
  lute.map((v, i) => v + Math.SQRT2 * rms * 10 ** (decibels / 20) * sin((2 * PI * hertz * i) / 24_000));
const told = (x: Float32Array): boolean => isAccompanied(kernels, new AnalysisSignal(kernels, x), dombra.lowest);

test("a bass under a dombra is told, the dombra alone is not", () => {
  expect(told(lute)).toBe(false);
  expect(told(over(55, -6))).toBe(true);
});
test("steps and wind under 30 Hz, a hum 20 dB below and the noise of a room are no accompaniment", () => {
  expect(told(over(18, 0))).toBe(false);
  expect(told(over(50, -20))).toBe(false);
  expect(told(noisy(lute, seeded(1), rms / 10))).toBe(false);
});
