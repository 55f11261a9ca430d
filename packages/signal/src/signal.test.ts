import { cos, exp, fromDb, log10, PI, SAMPLE_RATE, seeded, silent, sin, toDb } from "@kuishi/base";
import { expect, test } from "vitest";
import { type Band, bandTypes } from "./band.ts";
import { denoised } from "./denoise.ts";
import { Kernels } from "./kernels.ts";
import { LoudnessMeter, truePeakBank } from "./loudness.ts";
import { kernelModule } from "./node.ts";
import { Resampler, resampled } from "./resampler.ts";
import { Spectrum } from "./spectrum.ts";

const kernels = (): Kernels => new Kernels(kernelModule());
const tone = (hertz: number, rate: number, seconds: number, gain = 1): Float32Array =>
  Float32Array.from({ length: Math.round(rate * seconds) }, (_, i) => gain * sin((2 * PI * hertz * i) / rate));
const rms = (x: Float32Array): number => Math.sqrt(x.reduce((sum, v) => sum + v * v, 0) / x.length);

test("the kernels import nothing from any host", () => {
  expect(WebAssembly.Module.imports(kernelModule())).toEqual([]);
});

test("the transform agrees with the sum that defines it", () => {
  const k = kernels();
  const random = seeded(3);
  const signal = Float32Array.from({ length: 256 }, () => random.between(-1, 1));
  const power = new Spectrum(k, 256, 200).power(k.put(signal));
  for (const bin of [0, 1, 2, 37, 64, 127, 128]) {
    let [re, im] = [0, 0];
    for (let n = 0; n < 200; n++) {
      const w = 0.5 - 0.5 * cos((2 * PI * (n + 0.5)) / 200);
      re += w * signal[n]! * cos((2 * PI * bin * n) / 256);
      im -= w * signal[n]! * sin((2 * PI * bin * n) / 256);
    }
    expect(power[bin]).toBeCloseTo(re * re + im * im, 2);
  }
});

for (const [from, to] of [
  [44100, 48000],
  [8000, 48000],
  [192000, 48000],
  [48000, 24000],
  [11025, 48000],
  [47999, 48000],
  [383999, 48000],
  [44100.5, 48000],
  [22254.545454545456, 48000],
  [8012.34567890123, 48000],
] as const) {
  test(`${from} to ${to} Hz keeps a tone's pitch, level and place, in any pieces`, () => {
    const k = kernels();
    const input = tone(997, from, 0.5, 0.5);
    const out = resampled(k, input, from, to);
    expect(out.length).toBe(Math.round((input.length * to) / from));
    const wanted = tone(997, to, 0.5, 0.5);
    let worst = 0;
    for (let i = 600; i < out.length - 600; i++) worst = Math.max(worst, Math.abs(out[i]! - wanted[i]!));
    expect(toDb(worst)).toBeLessThan(-70);
    const pieces = new Resampler(k, from, to);
    const parts: number[] = [];
    for (let at = 0; at < input.length; at += 777) parts.push(...pieces.push(input.subarray(at, at + 777)));
    parts.push(...pieces.finish());
    expect(Float32Array.from(parts)).toEqual(out);
  });
}

test("the strangest rate a file may name takes little room", () => {
  const k = kernels();
  for (let i = 0; i < 8; i++) resampled(k, new Float32Array(9000), 767_999, 48_000);
});

test("what lies above the new rate's reach is gone", () => {
  const out = resampled(kernels(), tone(15_000, 48_000, 0.5), 48_000, 24_000);
  expect(toDb(rms(out.subarray(500, -500)))).toBeLessThan(-70);
});

test("loudness: a stereo 997 Hz sine at -23 dBFS reads -23 LUFS (EBU Tech 3341, case 1)", () => {
  const meter = new LoudnessMeter(kernels());
  const x = tone(1000, 48_000, 20, fromDb(-23));
  meter.push(x, x);
  expect(meter.read().integrated).toBeCloseTo(-23, 1);
  expect(meter.read().truePeak).toBeCloseTo(-23, 1);
});
test("loudness: the gate leaves quiet passages out (EBU Tech 3341, case 3)", () => {
  const meter = new LoudnessMeter(kernels(), false);
  for (const [seconds, level] of [
    [10, -36],
    [60, -23],
    [10, -36],
  ] as const) {
    const x = tone(1000, 48_000, seconds, fromDb(level));
    meter.push(x, x);
  }
  expect(meter.read().integrated).toBeCloseTo(-23, 1);
});
test("true peak finds what lies between samples", () => {
  const meter = new LoudnessMeter(kernels());
  // a quarter of the rate, samples at +-45 degrees: they read -3 dB, the wave reaches 0 dB
  const x = Float32Array.from({ length: 48_000 }, (_, i) => sin((PI * i) / 2 + PI / 4));
  meter.push(x, x);
  expect(meter.read().truePeak).toBeGreaterThan(-0.4);
  expect(meter.read().truePeak).toBeLessThan(0.2);
});

test("the limiter holds its ceiling and lets quiet sound through untouched", () => {
  const k = kernels();
  const bank = truePeakBank(k);
  const limiter = k.call.limiterMake(96, 0.0004);
  k.call.limiterSet(limiter, k.put([-1.2]));
  const random = seeded(5);
  const [l, r] = [k.floats(128), k.floats(128)];
  const meter = new LoudnessMeter(k);
  const quiet: number[] = [];
  for (let block = 0; block < 800; block++) {
    const gain = block < 100 ? 0.1 : block % 90 < 8 ? 3 : 0.7;
    const [lv, rv] = [k.view(l, 128), k.view(r, 128)];
    for (let i = 0; i < 128; i++) {
      lv[i] = gain * random.between(-1, 1);
      rv[i] = gain * random.between(-1, 1);
    }
    if (block === 10) quiet.push(...lv);
    k.call.limiterProcess(limiter, bank, l, r, 128);
    if (block === 10) expect(lv[107]).toBe(quiet[0]);
    meter.push(lv, rv);
  }
  expect(meter.read().truePeak).toBeLessThan(-1.1);
});

test("each band does what it says at its own frequency", () => {
  const k = kernels();
  const gainAt = (band: Band, hertz: number): number => {
    const eq = k.call.eqMake(1);
    k.call.eqBand(eq, 0, bandTypes.indexOf(band.type), k.put([band.hertz, band.gainDb ?? 0, band.q ?? Math.SQRT1_2]));
    const at = k.put(tone(hertz, 48_000, 0.2));
    k.call.eqPair(eq, k.call.eqMake(1), at, k.floats(9600), 9600);
    return toDb(rms(k.view(at, 9600).subarray(4800)) * Math.SQRT2);
  };
  expect(gainAt({ type: "highPass", hertz: 200 }, 200)).toBeCloseTo(-3, 0);
  expect(gainAt({ type: "lowPass", hertz: 2000 }, 8000)).toBeLessThan(-22);
  expect(gainAt({ type: "peak", hertz: 1000, gainDb: 6, q: 1 }, 1000)).toBeCloseTo(6, 1);
  expect(gainAt({ type: "highShelf", hertz: 2000, gainDb: -5 }, 12_000)).toBeCloseTo(-5, 0);
  expect(gainAt({ type: "lowShelf", hertz: 500, gainDb: 4 }, 50)).toBeCloseTo(4, 0);
});
test("memory that is used up is said, not trapped", () => {
  expect(() => kernels().floats(1e9)).toThrow(RangeError);
});

test("steady hiss is taken out of a recording, attacks and a droning string stay; a clean one is left as it is", async () => {
  const random = seeded(4, "hiss");
  const n = SAMPLE_RATE * 8;
  const clean = new Float32Array(n);
  for (let k = 0; k < 12; k++) {
    const at = Math.round((0.5 + k * 0.6) * SAMPLE_RATE);
    for (let i = 0; i < 20_000 && at + i < n; i++) clean[at + i] = clean[at + i]! + 0.4 * exp(-i / 6000) * sin((2 * PI * (220 + 30 * k) * i) / SAMPLE_RATE);
  }
  // a drone that never stops
  for (let i = 0; i < n; i++) clean[i] = clean[i]! + 0.03 * sin((2 * PI * 147 * i) / SAMPLE_RATE);
  const noisy = clean.map((v) => v + 0.004 * random.gauss());
  const { channels, overFloorDb } = await denoised(kernels(), [noisy, noisy], silent);
  const error = (x: Float32Array, from: number, to: number): number => {
    let sum = 0;
    for (let i = from; i < to; i++) sum += (x[i]! - clean[i]!) ** 2;
    return 10 * log10(sum / (to - from));
  };
  expect(overFloorDb).toBeGreaterThan(15);
  expect(overFloorDb).toBeLessThan(50);
  const out = channels[0]!;
  expect(error(out, 9600, n - 9600)).toBeLessThan(error(noisy, 9600, n - 9600) - 5);
  // the first 20 ms of a stroke
  const stroke = Math.round(2.9 * SAMPLE_RATE);
  expect(error(out, stroke, stroke + 960)).toBeLessThan(error(noisy, stroke, stroke + 960) + 1.5);
  expect(channels[1]?.every((v, i) => Math.abs(v - out[i]!) < 1e-5)).toBe(true);
  const untouched = await denoised(kernels(), [clean], silent);
  expect(untouched.overFloorDb).toBeGreaterThan(52);
  expect(untouched.channels[0] === clean).toBe(true);
  const silence = await denoised(kernels(), [new Float32Array(n)], silent);
  expect(silence.channels[0]?.every((v) => v === 0)).toBe(true);
});
