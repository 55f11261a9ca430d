import { seeded } from "@kuishi/base";
import { Kernels } from "@kuishi/signal";
import { kernelModule } from "@kuishi/signal/node";
import { expect, test } from "vitest";
import { AnalysisSignal } from "./analysis-signal.ts";
import { type Accompaniment, singerSpectrum, trackSinger } from "./singer.ts";
import { noisy, plucks, tone } from "./testing.ts";

const kernels = new Kernels(kernelModule());
const spectrum = singerSpectrum(kernels);
const SUNG = (t: number): number => 5700 + 250 * Math.floor(t) + 20 * Math.sin(2 * Math.PI * 5.5 * t);
const strings: Accompaniment[] = Array.from({ length: 10 }, (_, i) => ({
  onset: 0.2 + i * 0.35,
  offset: 1 + i * 0.35,
  cents: [5000, 5500, 5800, 6300][i % 4]!,
}));
const lute = plucks(
  strings.map(({ onset, cents }) => ({ at: onset, cents, seconds: 0.8 })),
  4,
);
/** Share of frames within half a semitone of what was sung. */
function right(x: Float32Array, known: readonly Accompaniment[]): number {
  const { cents, startSec, hopSec } = trackSinger(spectrum, new AnalysisSignal(kernels, x), [4800, 7200], known);
  return cents.filter((c, f) => Math.abs(c - SUNG(startSec + f * hopSec)) < 50).length / cents.length;
}
const mixed = (gain: number): Float32Array => tone(SUNG, 4, gain).map((v, i) => v + lute[i]!);

test("a voice over plucked strings, its vibrato kept", () => {
  expect(right(mixed(0.15), strings)).toBeGreaterThan(0.9);
});
test("knowing what the strings sound is what finds a soft voice", () => {
  expect(right(mixed(0.05), strings)).toBeGreaterThan(right(mixed(0.05), []) + 0.1);
});
test("noise is no singer that stands out of the strings' silence", () => {
  const noise = noisy(new Float32Array(96_000), seeded(4), 0.05);
  expect(right(noise, [])).toBeLessThan(0.2);
  expect(trackSinger(spectrum, new AnalysisSignal(kernels, new Float32Array(1000)), [4800, 7200], []).cents).toHaveLength(0);
});
