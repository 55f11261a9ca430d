import { Complaint, seeded, silent, sin } from "@kuishi/base";
import { Kernels } from "@kuishi/signal";
import { kernelModule } from "@kuishi/signal/node";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { loadRecording } from "./load.ts";
import { recognise } from "./recognise.ts";
import { memorySource } from "./source.ts";
import { complaintOf, joined, text } from "./testing.ts";
import { type WavFormat, wavBytes, wavHeader } from "./wav.ts";

const wave = (length: number, step = 0.05): Float32Array => Float32Array.from({ length }, (_, i) => 0.8 * sin(i * step));
const u32 = (value: number): Uint8Array => new Uint8Array(Uint32Array.of(value).buffer);
const u16 = (...values: number[]): Uint8Array => new Uint8Array(Uint16Array.from(values).buffer);
const kernels = new Kernels(kernelModule());
const load = (bytes: Uint8Array, passage = {}) => loadRecording(kernels, memorySource(bytes), passage, silent);

describe("WAV", () => {
  const left = wave(2000);
  const right = wave(2000, 0.031);
  for (const [format, tolerance] of [
    ["pcm16", 1 / 32768],
    ["pcm24", 1 / 8388608],
    ["float32", 0],
  ] as [WavFormat, number][]) {
    test(`${format} comes back`, async () => {
      const { channels } = await load(joined(wavHeader(format, 48_000, 2, 2000), wavBytes(format, [left, right])));
      channels.forEach((channel, c) => channel.forEach((v, i) => expect(Math.abs(v - (c === 0 ? left : right)[i]!)).toBeLessThanOrEqual(tolerance)));
    });
  }
  const plain = (code: number, bits: number, data: Uint8Array, before: Uint8Array = new Uint8Array(0)): Uint8Array =>
    joined(
      text("RIFF"),
      u32(0),
      text("WAVE"),
      before,
      text("fmt "),
      u32(16),
      u16(code, 1),
      u32(48_000),
      u32(0),
      u16(bits / 8, bits),
      text("data"),
      u32(data.length),
      data,
    );
  test("8, 32 bit and double, odd chunks before the data", async () => {
    expect((await load(plain(1, 8, Uint8Array.of(128, 255, 0, 128)))).channels[0]).toEqual(Float32Array.of(0, 127 / 128, -1, 0));
    expect((await load(plain(1, 32, u32(0x40000000)))).channels[0]?.[0]).toBe(0.5);
    expect((await load(plain(3, 64, new Uint8Array(Float64Array.of(0.25, -0.5).buffer)))).channels[0]).toEqual(Float32Array.of(0.25, -0.5));
    const odd = joined(text("LIST"), u32(3), text("abc\0"));
    expect((await load(plain(1, 8, Uint8Array.of(255, 1), odd))).channels[0]?.length).toBe(2);
  });
  test("RF64 with its length in ds64", async () => {
    const data = wavBytes("pcm16", [left]);
    const bytes = joined(
      text("RF64"),
      u32(0xffffffff),
      text("WAVE"),
      text("ds64"),
      u32(28),
      u32(0),
      u32(0),
      u32(data.length),
      u32(0),
      u32(0),
      u32(0),
      u32(0),
      text("fmt "),
      u32(16),
      u16(1, 1),
      u32(48_000),
      u32(96_000),
      u16(2, 16),
      text("data"),
      u32(0xffffffff),
      data,
    );
    expect((await load(bytes)).channels[0]?.length).toBe(2000);
  });
  test("a file that is cut off gives what is there, and says so", async () => {
    const whole = joined(wavHeader("pcm16", 48_000, 1, 2000), wavBytes("pcm16", [left]));
    const recording = await load(whole.subarray(0, whole.length - 1001));
    expect(recording.channels[0]?.length).toBe(1499);
    expect(recording.warnings.map((warning) => warning.code)).toContain("truncated");
  });
  test("six channels come down to two, 8 kHz comes up, both with a note", async () => {
    const six = Array.from({ length: 6 }, (_, c) => wave(8000, 0.02 + c * 0.01));
    const recording = await load(joined(wavHeader("pcm16", 8000, 6, 8000), wavBytes("pcm16", six)));
    expect(recording.channels.length).toBe(2);
    expect(recording.channels[0]?.length).toBe(48_000);
    expect(recording.warnings.map((warning) => warning.code).sort()).toEqual(["downmixed", "narrow"]);
  });
  test("five channels have a centre and no low one; of seven the fourth is the low one, and is left out", async () => {
    const levels = [0.1, 0.2, 0.3, 0.01, 0.02];
    const five = levels.map((level) => new Float32Array(100).fill(level));
    const { channels } = await load(joined(wavHeader("float32", 48_000, 5, 100), wavBytes("float32", five)));
    expect(channels[0]![50]).toBeCloseTo(0.1 + 0.7071 * 0.3 + 0.7071 * 0.01, 5);
    expect(channels[1]![50]).toBeCloseTo(0.2 + 0.7071 * 0.3 + 0.7071 * 0.02, 5);
    const low = [0, 0, 0, 0.5, 0, 0, 0].map((level) => new Float32Array(100).fill(level));
    expect((await load(joined(wavHeader("float32", 48_000, 7, 100), wavBytes("float32", low)))).channels[0]![50]).toBe(0);
  });
  test("floats written as whole numbers are turned down, and it is told by how much; what is a little over full scale stays", async () => {
    const loud = wave(2000).map((v) => v * 40_000);
    const turned = await load(joined(wavHeader("float32", 48_000, 1, 2000), wavBytes("float32", [loud])));
    expect(Math.max(...turned.channels[0]!.map(Math.abs))).toBe(1);
    expect(turned.warnings).toEqual([{ code: "turnedDown", params: { decibels: 90 } }]);
    const hot = wave(2000).map((v) => v * 4);
    expect((await load(joined(wavHeader("float32", 48_000, 1, 2000), wavBytes("float32", [hot])))).channels[0]).toEqual(hot);
  });
  test("a passage is cut where it was asked for", async () => {
    const bytes = joined(wavHeader("float32", 48_000, 1, 96_000), wavBytes("float32", [wave(96_000)]));
    const { channels } = await load(bytes, { fromSec: 0.5, toSec: 1.25 });
    expect(channels[0]).toEqual(wave(96_000).subarray(24_000, 60_000));
  });
});

test("what is no audio is called so", async () => {
  expect(await complaintOf(load(new Uint8Array(0)))).toMatchObject({ kind: "unreadable", code: "media.empty" });
  expect(await complaintOf(load(text("this is a letter, not a song")))).toMatchObject({ code: "media.unknown" });
  expect(await complaintOf(load(text("FORM\0\0\0\0AIFFxxxxxxxxxxxxxxxxxx")))).toMatchObject({ kind: "unreadable", code: "media.header" });
  const random = seeded(11);
  for (let i = 0; i < 50; i++) expect(await recognise(memorySource(Uint8Array.from({ length: 5000 }, () => random.int(0, 255))))).toBeNull();
});

test("broken headers give complaints and never anything else", async () => {
  const whole = joined(wavHeader("pcm24", 44_100, 2, 300), wavBytes("pcm24", [wave(300), wave(300)]));
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(fc.nat(67), fc.nat(255)), { minLength: 1, maxLength: 6 }), fc.nat(whole.length), async (flips, cut) => {
      const bytes = whole.slice(0, cut);
      for (const [at, value] of flips) if (at < bytes.length) bytes[at] = value;
      try {
        const { channels } = await load(bytes);
        for (const channel of channels) expect(channel.every(Number.isFinite)).toBe(true);
      } catch (error) {
        expect(error).toBeInstanceOf(Complaint);
      }
    }),
    { numRuns: 400 },
  );
});
