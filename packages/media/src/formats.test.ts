import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { seeded, sin } from "@kuishi/base";
import { runSeed, seedNote } from "@kuishi/lab/seed";
import { afterAll, describe, expect, test } from "vitest";
import { complaintOf, joined, number, text, whole } from "./testing.ts";

const wave = (length: number, step = 0.05): number[] => Array.from({ length }, (_, i) => Math.round(20000 * sin(i * step)));
/** Frames of whole numbers, channel after channel within a frame. */
const laid = (channels: readonly (readonly number[])[], bytes: number, little = false): Uint8Array =>
  joined(...channels[0]!.flatMap((_, i) => channels.map((channel) => number(channel[i]!, bytes, little))));
const scaled = (samples: readonly number[], bits = 16): Float32Array => Float32Array.from(samples, (v) => v / 2 ** (bits - 1));
const left = wave(700);
const right = wave(700, 0.031);

const chunk = (name: string, content: Uint8Array): Uint8Array => joined(text(name), number(content.length, 4), content, new Uint8Array(content.length % 2));
/** 80-bit numbers for whole rates. */
const extended = (rate: number): Uint8Array => {
  const exponent = 31 - Math.clz32(rate);
  return joined(number(16383 + exponent, 2), number(rate * 2 ** (31 - exponent), 4), number(0, 4));
};
function aiff(type: string | null, data: Uint8Array, { channels = 2, bits = 16, frames = 700, soundFirst = false } = {}): Uint8Array {
  const common = joined(number(channels, 2), number(frames, 4), number(bits, 2), extended(44_100), type ? joined(text(type), number(0, 2)) : new Uint8Array(0));
  const chunks = [chunk("COMM", common), chunk("SSND", joined(number(0, 8), data))];
  const content = joined(text(type ? "AIFC" : "AIFF"), chunk("ANNO", text("odd")), ...(soundFirst ? chunks.reverse() : chunks));
  return joined(text("FORM"), number(content.length, 4), content);
}
function caf(format: string, flags: number, packet: number, data: Uint8Array, { channels = 2, bits = 16, endless = false } = {}): Uint8Array {
  const rate = new Uint8Array(8);
  new DataView(rate.buffer).setFloat64(0, 44_100);
  const long = (name: string, content: Uint8Array, size = content.length): Uint8Array =>
    joined(text(name), size < 0 ? new Uint8Array(8).fill(255) : number(size, 8), content);
  return joined(
    text("caff"),
    number(1, 2),
    number(0, 2),
    long("desc", joined(rate, text(format), number(flags, 4), number(packet, 4), number(1, 4), number(channels, 4), number(bits, 4))),
    long("free", new Uint8Array(13)),
    long("data", joined(number(0, 4), data), endless ? -1 : undefined),
  );
}
function wav(code: number, data: Uint8Array, { channels = 2, align = 4, bits = 16, extra = new Uint8Array(0), big = false, form = "RIFF" } = {}): Uint8Array {
  const n = (value: number, bytes: number): Uint8Array => number(value, bytes, !big);
  const format = joined(n(code, 2), n(channels, 2), n(44_100, 4), n(44_100 * align, 4), n(align, 2), n(bits, 2), extra);
  return joined(text(form), n(0, 4), text("WAVE"), text("fmt "), n(format.length, 4), format, text("data"), n(data.length, 4), data);
}

describe("AIFF and AIFF-C", () => {
  test.each([8, 16, 24, 32])("%i bits", async (bits) => {
    const samples = [left, right].map((channel) => channel.map((v) => Math.floor(v * 2 ** (bits - 16))));
    const { channels, opened, warnings } = await whole(aiff(null, laid(samples, bits / 8), { bits }));
    expect(channels).toEqual(samples.map((channel) => scaled(channel, bits)));
    expect([opened.container, opened.durationSec, warnings]).toEqual(["aiff", 700 / 44_100, []]);
  });
  test("the sound before what describes it; bytes the other way round; floats", async () => {
    expect((await whole(aiff(null, laid([left, right], 2), { soundFirst: true }))).channels[1]).toEqual(scaled(right));
    expect((await whole(aiff("sowt", laid([left, right], 2, true)))).channels).toEqual([scaled(left), scaled(right)]);
    const floats = new DataView(new ArrayBuffer(8));
    floats.setFloat32(0, 0.25);
    floats.setFloat32(4, -0.5);
    expect((await whole(aiff("fl32", new Uint8Array(floats.buffer), { channels: 1, bits: 32, frames: 2 }))).channels[0]).toEqual(Float32Array.of(0.25, -0.5));
  });
  test("cut off, it gives what is there; of another codec, it says of which", async () => {
    const cut = await whole(aiff(null, laid([left, right], 2)).subarray(0, 1000));
    expect(cut.warnings).toEqual(["truncated"]);
    expect(cut.channels[0]).toEqual(scaled(left).subarray(0, cut.channels[0]!.length));
    expect(await complaintOf(whole(aiff("QDMC", new Uint8Array(100))))).toMatchObject({ kind: "unsupported", code: "media.codec", params: { codec: "QDMC" } });
  });
});

describe("CAF", () => {
  test("whole numbers and floats, both ways round; a length left open", async () => {
    expect((await whole(caf("lpcm", 0, 4, laid([left, right], 2)))).channels).toEqual([scaled(left), scaled(right)]);
    expect((await whole(caf("lpcm", 2, 6, laid([left, right], 3, true), { bits: 24, endless: true }))).channels).toEqual([scaled(left, 24), scaled(right, 24)]);
    const floats = new Uint8Array(Float64Array.of(0.125, -1).buffer);
    expect((await whole(caf("lpcm", 3, 8, floats, { channels: 1, bits: 64 }))).channels[0]).toEqual(Float32Array.of(0.125, -1));
  });
  test("a header that makes no sense is told with its place", async () => {
    expect(await complaintOf(whole(caf("lpcm", 0, 5, new Uint8Array(50))))).toMatchObject({ code: "media.header", params: { format: "CAF", at: 8 } });
  });
});

describe("WAV of other families and codings", () => {
  test("RIFX and Wave64", async () => {
    expect((await whole(wav(1, laid([left, right], 2), { big: true, form: "RIFX" }))).channels).toEqual([scaled(left), scaled(right)]);
    const name = (four: string): Uint8Array => joined(text(four), Uint8Array.of(0xf3, 0xac, 0xd3, 0x11, 0x8c, 0xd1, 0, 0xc0, 0x4f, 0x8e, 0xdb, 0x8a));
    const long = (four: string, content: Uint8Array): Uint8Array =>
      joined(name(four), number(content.length + 24, 8, true), content, new Uint8Array((8 - (content.length % 8)) % 8));
    const format = wav(1, new Uint8Array(0)).subarray(20, 36);
    const riff = joined(text("riff"), Uint8Array.of(0x2e, 0x91, 0xcf, 0x11, 0xa5, 0xd6, 0x28, 0xdb, 4, 0xc1, 0, 0), new Uint8Array(8));
    const w64 = joined(riff, name("wave"), long("junk", new Uint8Array(5)), long("fmt ", format), long("data", laid([left, right], 2, true)));
    expect((await whole(w64)).channels).toEqual([scaled(left), scaled(right)]);
  });
  test("numbers that are none, or beyond any scale, are silence and told", async () => {
    const floats = new Uint8Array(Float32Array.of(0.5, NaN, Infinity, -Infinity, 3e38, -0.5).buffer);
    const { channels, warnings } = await whole(wav(3, floats, { channels: 1, align: 4, bits: 32 }));
    expect(channels[0]).toEqual(Float32Array.of(0.5, 0, 0, 0, 0, -0.5));
    expect(warnings).toEqual(["damaged"]);
  });
  test("sizes of blocks that cannot be get a complaint", async () => {
    for (const code of [1, 2, 3, 6, 0x11])
      for (const align of [0, 1, 3, 5, 65535]) {
        try {
          await whole(wav(code, new Uint8Array(300), { channels: 2, align }));
        } catch (error) {
          expect(error).toMatchObject({ name: "Complaint" });
        }
      }
  });
});

const hasFfmpeg = spawnSync("ffmpeg", ["-version"]).status === 0;
describe.skipIf(!hasFfmpeg)("beside ffmpeg (needs ffmpeg)", () => {
  // some formats can only be written where one can go back
  const folder = mkdtempSync(join(tmpdir(), "kuishi-media-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const ffmpeg = (...args: readonly string[]): Buffer => execFileSync("ffmpeg", ["-v", "error", "-y", ...args], { maxBuffer: 1 << 26 });
  const made = ["-f", "lavfi", "-i", "aevalsrc=0.4*sin(440*t*t)+0.1*random(0)|0.3*sin(999*t):d=0.5:s=22050"];
  test.each([
    ["wav", "pcm_alaw"],
    ["wav", "pcm_mulaw"],
    ["wav", "adpcm_ima_wav"],
    ["wav", "adpcm_ms"],
    ["w64", "pcm_s24le"],
    ["aiff", "pcm_alaw"],
    ["aiff", "pcm_mulaw"],
    ["aiff", "adpcm_ima_qt"],
    ["aiff", "pcm_f64be"],
    ["aiff", "pcm_s24be"],
    ["caf", "pcm_alaw"],
    ["caf", "adpcm_ima_qt"],
    ["caf", "pcm_f32le"],
    ["mov", "pcm_s24be"],
    ["mov", "pcm_alaw"],
    ["matroska", "pcm_s16le"],
    ["mp4", "alac"],
    ["caf", "alac"],
    ["matroska", "flac"],
  ])("%s with %s is the same, sample by sample", async (format, codec) => {
    const path = join(folder, `${format}-${codec}`);
    ffmpeg(...made, "-c:a", codec, "-f", format, path);
    const raw = ffmpeg("-i", path, "-f", "f32le", "-");
    const theirs = new Float32Array(raw.buffer.slice(raw.byteOffset, raw.byteOffset + raw.length));
    const { channels } = await whole(new Uint8Array(readFileSync(path)));
    // ADPCM comes in blocks, the last of which each fills up in its way
    expect(Math.abs(channels[0]!.length - theirs.length / 2)).toBeLessThanOrEqual(codec.startsWith("adpcm") ? 2048 : 0);
    const length = Math.min(channels[0]!.length, theirs.length / 2);
    expect(length).toBeGreaterThan(10_000);
    let worst = 0;
    channels.forEach((channel, c) => {
      for (let i = 0; i < length; i++) worst = Math.max(worst, Math.abs(channel[i]! - theirs[2 * i + c]!));
    });
    // the recommendation rounds each part of a step, ffmpeg their sum
    expect(worst).toBeLessThanOrEqual(codec === "adpcm_ima_wav" ? 0.002 : 0);
  });
  test.each([
    ["16 bits, mono", ["-ac", "1", "-sample_fmt", "s16p"]],
    ["24 bits", ["-sample_fmt", "s32p"]],
    ["24 bits, six channels", ["-sample_fmt", "s32p", "-filter:a", "aformat=channel_layouts=5.1"]],
  ] as const)("Apple Lossless of %s is the same; damaged, it is sound or a complaint", async (name, args) => {
    const path = join(folder, `${name.replaceAll(/\W/g, "")}.m4a`);
    ffmpeg(...made, ...args, "-c:a", "alac", path);
    const raw = ffmpeg("-i", path, "-f", "f32le", "-");
    const theirs = new Float32Array(raw.buffer.slice(raw.byteOffset, raw.byteOffset + raw.length));
    const bytes = new Uint8Array(readFileSync(path));
    const { channels, opened } = await whole(bytes);
    expect(opened.durationSec).toBeCloseTo(0.5, 2);
    expect(channels[0]!.length).toBe(theirs.length / channels.length);
    channels.forEach((channel, c) => expect(channel).toEqual(Float32Array.from(channel, (_, i) => theirs[channels.length * i + c]!)));
    const random = seeded(runSeed, name);
    for (let round = 0; round < 40; round++) {
      const broken = bytes.slice();
      for (let n = random.int(1, 12); n > 0; n--) broken[random.int(0, broken.length - 1)] = random.int(0, 255);
      try {
        for (const channel of (await whole(broken)).channels) expect(channel.every(Number.isFinite), seedNote).toBe(true);
      } catch (error) {
        expect(error, seedNote).toMatchObject({ name: "Complaint" });
      }
    }
  });
  test("MP3 inside a WAV is read as MP3", async () => {
    const path = join(folder, "mp3.wav");
    ffmpeg(...made, "-ar", "44100", "-c:a", "libmp3lame", path);
    const { channels, opened } = await whole(new Uint8Array(readFileSync(path)));
    expect(opened.container).toBe("wav");
    expect(Math.max(...channels[0]!)).toBeGreaterThan(0.3);
    expect(channels[0]!.length).toBeGreaterThan(22_000);
  });
});
