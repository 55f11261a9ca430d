import { describe, expect, test } from "vitest";
import { fft } from "./fft.ts";
import { Kernels } from "./kernels.ts";
import { kernelModule } from "./node.ts";

const TURN = (2 * Math.PI) / 48_000;
/** Frames by which what a bank is given is heard later. */
const LATE = 40;

/** An instrument with one bank; `frame` is called before each block, blocks are of the lengths given, again and again. */
function played(frames: number, cuts: readonly number[], frame: (at: number, kernels: Kernels, bank: number) => void): Float32Array {
  const kernels = new Kernels(kernelModule());
  const { call } = kernels;
  const instrument = call.instrumentMake(1, 8);
  const bank = call.instrumentBank(instrument, 0);
  const burst = call.burstMake();
  const [left, right] = [kernels.floats(128), kernels.floats(128)];
  const out = new Float32Array(frames);
  for (let at = 0, k = 0; at < frames; k++) {
    const count = Math.min(cuts[k % cuts.length]!, frames - at);
    frame(at, kernels, bank);
    call.clear(left, 512);
    call.clear(right, 512);
    call.instrumentProcess(instrument, burst, left, right, count);
    out.set(kernels.view(left, count), at);
    at += count;
  }
  return out;
}
const begin =
  (start: number, hertz: number, loss = 0.2) =>
  (at: number, { args, call }: Kernels, bank: number): void => {
    if (at === start) {
      args.set([hertz * TURN, loss / 48_000, 0, -0.5]);
      call.bankAdd(bank);
    }
  };
const greatest = (x: Float32Array): number => x.reduce((top, v) => Math.max(top, Math.abs(v)), 0);

describe("a partial", () => {
  // 4 kHz is where the rate changes
  test.each([45, 440, 2500, 3990, 4010, 9000, 20_000])("of %d Hz sounds as loud as it is asked to, and alone", (hertz) => {
    const x = played(24_576, [128], begin(0, hertz));
    const size = 16_384;
    const re = Float64Array.from(
      { length: size },
      (_, i) => x[4096 + i]! * (0.42 - 0.5 * Math.cos((2 * Math.PI * i) / size) + 0.08 * Math.cos((4 * Math.PI * i) / size)),
    );
    const im = new Float64Array(size);
    fft(re, im, -1);
    let [own, others] = [0, 0];
    for (let k = 0; k < size / 2; k++) {
      const power = re[k]! ** 2 + im[k]! ** 2;
      if (Math.abs((k * 48_000) / size - hertz) < 40) own += power;
      else others += power;
    }
    expect(10 * Math.log10(others / own)).toBeLessThan(-58);
    let power = 0;
    for (let i = 4096; i < 4096 + size; i++) power += x[i]! ** 2;
    const middle = Math.exp((-2 * 0.2 * (4096 + size / 2 - LATE)) / 48_000);
    expect(10 * Math.log10(power / size / (0.125 * middle))).toBeCloseTo(0, 1);
  });

  test.each([300, 7000])("of %d Hz begins on its frame, wherever the blocks are cut", (hertz) => {
    const whole = played(4096, [128], begin(1024, hertz));
    for (const cuts of [[1], [13, 128, 3], [64], [17]]) {
      const starts: number[] = [];
      let at = 0;
      for (let k = 0; at < 2000; k++) {
        starts.push(at);
        at += cuts[k % cuts.length]!;
      }
      const start = starts.find((frame) => frame >= 1024)!;
      const cut = played(4096, cuts, begin(start, hertz));
      const off = start - 1024;
      for (let i = 0; i < 2500; i++) expect(Math.abs(cut[i + off]! - whole[i]!)).toBeLessThan(hertz < 4000 ? 0.03 : 1e-4);
      // nothing before its time: an interpolated one is heard as early as the interpolation looks ahead
      expect(greatest(cut.subarray(0, start + 16))).toBe(0);
      // and once it is there, the same wave
      for (let i = 1200; i < 2500; i++) expect(Math.abs(cut[i + off]! - whole[i]!)).toBeLessThan(1e-3);
    }
  });

  test.each([1.15, 1.6])("that is bent %d times across the change of rate goes on without a jump", (most) => {
    const x = played(19_200, [128], (at, kernels, bank) => {
      begin(0, 3700)(at, kernels, bank);
      if (at > 0) kernels.doubles(kernels.call.bankWanted(bank), 2)[0] = 1 + (most - 1) * Math.sin(at / 1500) ** 2;
    });
    // from frame to frame no more than the highest pitch asks for, and always as loud
    const steepest = 2 * Math.sin(0.5 * 3700 * most * TURN) * 0.5;
    for (let at = 200; at + 128 < x.length; at += 64) {
      const part = x.subarray(at, at + 64);
      expect(greatest(part.subarray(1).map((v, i) => v - part[i]!))).toBeLessThan(1.04 * steepest);
      expect(greatest(part)).toBeGreaterThan(0.42);
      expect(greatest(part)).toBeLessThan(0.515);
    }
  });
});

test("a full bank that is bent by octaves stays bounded, and dies away", () => {
  const x = played(192_000, [128], (at, kernels, bank) => {
    if (at === 0) for (let k = 0; k < 12; k++) begin(0, 300 * (k + 1), 1)(0, kernels, bank);
    if (at > 0 && at % 12_800 === 0) kernels.doubles(kernels.call.bankWanted(bank), 2)[0] = at % 25_600 ? 15.3 : 16;
  });
  expect(x.every(Number.isFinite)).toBe(true);
  // eight found room
  expect(greatest(x)).toBeLessThan(8 * 0.5 * 1.2);
  expect(greatest(x.subarray(185_000))).toBeLessThan(0.15);
});

test("a burst is the noise of its generator through Chamberlin's band-pass, wherever the blocks are cut", () => {
  const [level, frames, hertz, seed] = [0.7, 500, 2000, 12_345];
  const expected = new Float64Array(3000);
  const f = 2 * Math.sin((Math.PI * hertz) / 48_000);
  let [state, low, band, loud] = [seed, 0, 0, level];
  for (let i = 0; i < expected.length; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    low += f * band;
    band += f * ((state / 2_147_483_648) * loud - low - band);
    loud *= Math.exp(-1 / frames);
    expected[i] = band;
  }
  for (const cuts of [[128], [7, 61, 128, 2]]) {
    const kernels = new Kernels(kernelModule());
    const { args, call } = kernels;
    const instrument = call.instrumentMake(1, 1);
    const burst = call.burstMake();
    args.set([level, frames, hertz, seed]);
    call.burstFire(burst);
    const [left, right] = [kernels.floats(128), kernels.floats(128)];
    let worst = 0;
    for (let at = 0, k = 0; at < expected.length; k++) {
      const count = Math.min(cuts[k % cuts.length]!, expected.length - at);
      call.clear(left, 512);
      call.clear(right, 512);
      call.instrumentProcess(instrument, burst, left, right, count);
      for (const [i, v] of kernels.view(left, count).entries()) worst = Math.max(worst, Math.abs(v - expected[at + i]!));
      at += count;
    }
    expect(worst).toBeLessThan(2e-5);
  }
});

test("what is silenced is silent, bursts too", () => {
  const kernels = new Kernels(kernelModule());
  const { args, call } = kernels;
  const instrument = call.instrumentMake(1, 4);
  const burst = call.burstMake();
  const [left, right] = [kernels.floats(128), kernels.floats(128)];
  const block = (): number => {
    call.clear(left, 512);
    call.clear(right, 512);
    call.instrumentProcess(instrument, burst, left, right, 128);
    return greatest(kernels.view(left, 128));
  };
  begin(0, 440)(0, kernels, call.instrumentBank(instrument, 0));
  args.set([0.7, 500, 2000, 1]);
  call.burstFire(burst);
  block();
  expect(block()).toBeGreaterThan(0.1);
  call.instrumentClear(instrument);
  call.burstClear(burst);
  for (let k = 0; k < 4; k++) expect(block()).toBe(0);
});
