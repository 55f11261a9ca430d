import { BLOCK, fromDb, PI, SAMPLE_RATE, seeded, sin } from "@kuishi/base";
import { styles } from "@kuishi/blend";
import { Kernels } from "@kuishi/signal";
import { kernelModule } from "@kuishi/signal/node";
import { expect, test } from "vitest";
import { referenceOf, sumOfThirds, THIRDS, type Thirds, ThirdsMeter, toneOf } from "./tone.ts";

const all = [...styles.values()];
const random = seeded(Number(process.env["KUISHI_SEED"] ?? 1), "tone");
/** A mix that falls by so much an octave, with a swell at some places. */
const mixOf = (fall: number, swells: readonly number[], width: number): Thirds => {
  const mid = THIRDS.map((hertz, k) => hertz * fromDb(2 * (fall * Math.log2(hertz / 1000) + (swells[k] ?? 0))));
  return { mid, side: mid.map((power) => power * fromDb(2 * width)) };
};
const none: Thirds = sumOfThirds([]);
/** Width as a bus of pure side would give it. */
const pureSide = ({ mid }: Thirds): Thirds => ({ mid: mid.map(() => 0), side: mid });

test("a third octave of noise is found where it lies, in the middle or at the side", () => {
  const module = kernelModule();
  const meter = new ThirdsMeter(new Kernels(module));
  const [left, right] = [new Float32Array(BLOCK), new Float32Array(BLOCK)];
  for (let at = 0; at < SAMPLE_RATE; at += BLOCK) {
    for (let i = 0; i < BLOCK; i++) {
      const [low, high] = [sin((2 * PI * 200 * (at + i)) / SAMPLE_RATE), 0.5 * sin((2 * PI * 3200 * (at + i)) / SAMPLE_RATE)];
      left[i] = low + high;
      right[i] = low - high;
    }
    meter.push(left, right);
  }
  const { mid, side } = meter.read();
  const loudest = (list: readonly number[]): number => THIRDS[list.indexOf(Math.max(...list))]!;
  expect(loudest(mid)).toBeCloseTo(200, 0);
  expect(loudest(side)).toBeCloseTo(3200, 0);
  expect(Math.max(...mid) / Math.max(...side)).toBeCloseTo(4, 0);
});

test.each(all.map((style) => [style.name, style] as const))("%s brings a mix to its tone, and no farther than is sane", (_, style) => {
  const swells = THIRDS.map(() => random.between(-5, 5));
  const { bands } = toneOf(mixOf(random.between(-6.5, -3.5), swells, -9), none, style, undefined);
  expect(bands.length).toBeLessThanOrEqual(16);
  for (const band of bands) {
    expect(Math.abs(band.gainDb!)).toBeLessThanOrEqual(9);
    expect(band.hertz).toBeGreaterThan(40);
  }
});
test("a mix that stands as its record is hardly touched", () => {
  const style = all[0]!;
  const plain = { ...style, master: { ...style.master, tone: [0, 0, 0, 0, 0, 0] as typeof style.master.tone } };
  const mix = mixOf(-5, [], -9);
  for (const band of toneOf(mix, none, plain, undefined).bands) expect(Math.abs(band.gainDb!)).toBeLessThan(2.5);
});
test("the tonic that swells in the instrument's body is taken down, narrowly", () => {
  const swell = THIRDS.map((hertz) => (Math.abs(hertz - 200) < 10 ? 8 : 0));
  const { bands } = toneOf(mixOf(-5, swell, -9), none, all[0]!, undefined);
  const there = bands.filter((band) => Math.abs(band.hertz - 200) < 12 && band.gainDb! < -2);
  expect(there.length).toBeGreaterThan(0);
});
test("a narrow mix is widened to its style's width, a wide one is left", () => {
  const style = all[0]!;
  const mono = mixOf(-5, [], -40);
  const { widenDb } = toneOf(mono, pureSide(mono), style, undefined);
  expect(widenDb).toBeCloseTo(style.widthDb, 0);
  const wide = mixOf(-5, [], -6);
  expect(toneOf(wide, pureSide(wide), style, undefined).widenDb).toBeUndefined();
});
test("a record that is handed in is matched instead of the style, in tone, width and density", () => {
  const module = kernelModule();
  const own = seeded(5, "record");
  // noise whose two sides share little, dull
  let [a, b] = [0, 0];
  const channels = [new Float32Array(4 * SAMPLE_RATE), new Float32Array(4 * SAMPLE_RATE)];
  for (let i = 0; i < channels[0]!.length; i++) {
    const [x, y] = [own.between(-1, 1), own.between(-1, 1)];
    a += 0.05 * (x - a);
    b += 0.05 * (y - b);
    channels[0]![i] = a + 0.4 * b;
    channels[1]![i] = a - 0.4 * b;
  }
  const reference = referenceOf(module, "dull.wav", channels);
  expect(reference.tone).toHaveLength(25);
  expect(reference.tone[3]! - reference.tone[23]!).toBeGreaterThan(12);
  expect(reference.widthDb).toBeCloseTo(-8, 0);
  expect(reference.peakToLoudness).toBeGreaterThan(8);
  const mix = mixOf(-2, [], -30);
  const sum = (from: number, to: number): number =>
    toneOf(mix, pureSide(mix), all[0]!, reference)
      .bands.filter((band) => band.hertz > from && band.hertz < to)
      .reduce((total, band) => total + band.gainDb!, 0);
  expect(sum(4000, 20_000)).toBeLessThan(sum(40, 500) - 3);
  expect(toneOf(mix, pureSide(mix), all[0]!, reference).widenDb).toBeCloseTo(-8, 0);
});
