import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { exp, seeded, silent, sin } from "@kuishi/base";
import { runSeed, seedNote } from "@kuishi/lab/seed";
import { BufferTarget, EncodedAudioPacketSource, EncodedPacket, Mp4OutputFormat, Output, WebMOutputFormat } from "mediabunny";
import { describe, expect, test } from "vitest";
import { crc32 } from "./crc.ts";
import { encodeAudio } from "./encode.ts";
import { codecs } from "./node.ts";
import { oggBatches, oggCodec, oggEnd } from "./ogg.ts";
import { packetPieces } from "./packets.ts";
import { type ByteSource, memorySource } from "./source.ts";
import { complaintOf, joined, number, text, whole } from "./testing.ts";
import { openVorbis } from "./vorbis-in.ts";
import { watched } from "./watch.ts";

const TEST_FRAMES = 96_000;
const random = seeded(5);
const left = Float32Array.from({ length: TEST_FRAMES }, (_, i) => 0.4 * sin(i * 0.05) * exp(-(i % 12_000) / 4000) + 0.05 * (random.next() - 0.5));
const right = Float32Array.from({ length: TEST_FRAMES }, (_, i) => 0.3 * sin(i * 0.031) * exp(-(i % 9000) / 3000));
const opus = await encodeAudio("opus", [left, right], codecs);
const mp3 = await encodeAudio("mp3", [left, right], codecs);
const vorbis = new Uint8Array(readFileSync(join(import.meta.dirname, "fixtures/tones.ogg")));

const hasFfmpeg = spawnSync("ffmpeg", ["-version"]).status === 0;
// strokes and a tone, long enough for many handfuls of packets: blocks change between long and short everywhere
const made = ["-f", "lavfi", "-i", "aevalsrc=0.8*(random(0)-0.5)*exp(-40*(t*7-floor(t*7))/7)+0.2*sin(440*t)|0.6*sin(999*t)*floor(1.5+0.5*sin(15*t))/2:d=12"];

const hashed = (channels: readonly Float32Array[]): string => {
  const sum = createHash("sha256");
  for (const channel of channels) sum.update(new Uint8Array(channel.buffer, channel.byteOffset, channel.byteLength));
  return sum.digest("hex").slice(0, 16);
};
const rms = (samples: Float32Array): number => Math.sqrt(samples.reduce((sum, v) => sum + v * v, 0) / samples.length);

/** The pages of an Ogg, each with its checksum to be set anew. */
function pagesOf(bytes: Uint8Array): Uint8Array[] {
  const pages: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const segments = bytes[at + 26]!;
    const length = 27 + segments + bytes.subarray(at + 27, at + 27 + segments).reduce((sum, lacing) => sum + lacing, 0);
    pages.push(bytes.slice(at, at + length));
    at += length;
  }
  return pages;
}
function signed(page: Uint8Array): Uint8Array {
  page.fill(0, 22, 26);
  page.set(number(crc32(page, 0, page.length), 4, true), 22);
  return page;
}

describe("the same sound on every host, and as before the decoders were changed", () => {
  test.each([
    ["mp3", mp3, "aac6341f5dc5aff1"],
    ["opus", opus, "5d00748da21493fe"],
    ["vorbis", vorbis, "dca5891cb285652d"],
  ])("%s", async (_, bytes, wanted) => {
    expect(hashed((await whole(bytes)).channels)).toBe(wanted);
  });
  test.skipIf(!hasFfmpeg).each([
    [[], 0.4],
    [["-ac", "1", "-ar", "8000"], 6],
    [["-ac", "2", "-ar", "48000"], 10],
    [["-filter:a", "aformat=channel_layouts=5.0"], 3],
    [["-filter:a", "aformat=channel_layouts=7.1"], 3],
  ] as const)("Vorbis beside ffmpeg's own decoder: %j, quality %d", async (args, quality) => {
    const bytes = execFileSync("ffmpeg", ["-v", "error", ...made, ...args, "-c:a", "libvorbis", "-q:a", String(quality), "-f", "ogg", "-"], {
      maxBuffer: 1 << 26,
    });
    const { channels, warnings } = await whole(new Uint8Array(bytes));
    const raw = execFileSync("ffmpeg", ["-v", "error", "-i", "-", "-f", "f32le", "-"], { input: bytes, maxBuffer: 1 << 26 });
    const theirs = new Float32Array(raw.buffer.slice(raw.byteOffset, raw.byteOffset + raw.length));
    expect(warnings).toEqual([]);
    expect(channels[0]!.length).toBe(theirs.length / channels.length);
    let worst = 0;
    channels.forEach((channel, c) => {
      for (let i = 0; i < channel.length; i++) worst = Math.max(worst, Math.abs(channel[i]! - theirs[channels.length * i + c]!));
    });
    expect(worst).toBeLessThan(1e-6);
  });
  test("Vorbis packets may be handed over in any handfuls", async () => {
    const wanted = (await whole(vorbis)).channels;
    for await (const { head, packets } of oggBatches(memorySource(vorbis), 0, "vorbis", [])) {
      for (const handful of [1, 2, 3, 7]) {
        const decoder = await openVorbis(head!);
        const sound: number[] = [];
        for (let at = 0; at < packets.length; at += handful) {
          const { channels, failed } = decoder.decode(packets.slice(at, at + handful));
          expect(failed, `${handful} at a time, from ${at}`).toBe(0);
          if (channels[0]) sound.push(...channels[0]);
        }
        expect(Float32Array.from(sound).subarray(0, wanted[0]!.length), `${handful} at a time`).toEqual(wanted[0]);
      }
      return;
    }
  });
  test.skipIf(!hasFfmpeg)("Vorbis of 5.1, which the decoder gets wrong, is refused", async () => {
    const args = ["-v", "error", ...made, "-filter:a", "aformat=channel_layouts=5.1", "-c:a", "libvorbis", "-f", "ogg", "-"];
    expect(await complaintOf(whole(new Uint8Array(execFileSync("ffmpeg", args))))).toMatchObject({ kind: "unsupported", code: "media.codec" });
  });
});

describe("Opus", () => {
  test("the header's gain is heeded", async () => {
    const pages = pagesOf(opus);
    const quiet = pages[0]!;
    // -20 dB in 256ths
    quiet.set(number(65536 - 20 * 256, 2, true), 28 + 16);
    const [plain, low] = [await whole(opus), await whole(joined(signed(quiet), ...pages.slice(1)))];
    expect(low.channels[0]!.length).toBe(plain.channels[0]!.length);
    expect(rms(low.channels[0]!) / rms(plain.channels[0]!)).toBeCloseTo(0.1, 5);
  });
  test("a page that is lost is silence of its length", async () => {
    const pages = pagesOf(opus);
    expect(pages.length).toBeGreaterThan(3);
    const { channels, warnings } = await whole(joined(...pages.filter((_, i) => i !== 3)));
    expect(warnings).toEqual(["damaged"]);
    expect(channels[0]!.length).toBe((await whole(opus)).channels[0]!.length);
  });
  test("the end of the file tells how long it is", async () => {
    const { opened, channels } = await whole(opus);
    expect(opened.durationSec! * 48_000).toBeGreaterThanOrEqual(channels[0]!.length);
    expect(await oggEnd(memorySource(opus), 12345)).toBeNull();
  });
  test("a stream that ends too soon is told", async () => {
    expect((await whole(joined(...pagesOf(opus).slice(0, -1)))).warnings).toEqual(["truncated"]);
  });
  test("two streams chained sound one after the other", async () => {
    const one = (await whole(vorbis)).channels;
    const { channels, warnings } = await whole(joined(vorbis, vorbis));
    expect(warnings).toEqual([]);
    expect(channels[1]).toEqual(joinedSound(one[1]!, one[1]!));
  });
});
const joinedSound = (a: Float32Array, b: Float32Array): Float32Array => Float32Array.from([...a, ...b]);

describe("damage in packets", () => {
  test.each(["opus", "vorbis"] as const)("%s packets that are damaged behind good checksums end in sound or a complaint", async (codec) => {
    const dice = seeded(runSeed, codec);
    const pages = pagesOf(codec === "opus" ? opus : vorbis);
    for (let round = 0; round < 24; round++) {
      const bytes = joined(
        ...pages.map((page, i) => {
          if (i === 0 && round % 4 > 0) return page;
          const broken = page.slice();
          const from = 27 + page[26]!;
          for (let n = 0; n < 1 + (round % 9) && from < page.length; n++) broken[dice.int(from, page.length - 1)] = dice.int(0, 255);
          return signed(broken);
        }),
      );
      try {
        const { channels } = await whole(bytes);
        for (const channel of channels) expect(channel.every(Number.isFinite), `${seedNote}, round ${round}`).toBe(true);
      } catch (error) {
        expect(error, `${seedNote}, round ${round}`).toMatchObject({ name: "Complaint" });
      }
    }
  });
  test("a Vorbis setup that breaks a rule never reaches the decoder, which would break down for good", async () => {
    const dice = seeded(runSeed, "setup");
    const pages = pagesOf(vorbis);
    for (let round = 0; round < 150; round++) {
      const setup = pages[1]!.slice();
      for (let n = dice.int(1, 4); n > 0; n--) setup[dice.int(60, setup.length - 1)]! ^= 1 << dice.int(0, 7);
      try {
        await whole(joined(pages[0]!, signed(setup), ...pages.slice(2)));
      } catch (error) {
        expect(error, `${seedNote}, round ${round}`).toMatchObject({ name: "Complaint" });
      }
    }
    expect(hashed((await whole(vorbis)).channels)).toBe("dca5891cb285652d");
  });
  test("a decoder that breaks down is thrown away, another goes on, and the clock fills the hole", async () => {
    const pages = pagesOf(opus);
    let opened = 0;
    let freed = 0;
    async function* batches(): AsyncGenerator<{ packets: Uint8Array[]; end: number; lost: boolean; last: boolean; head?: Uint8Array[] }> {
      for (let i = 0; i < 4; i++) yield { packets: [Uint8Array.of(i)], end: (i + 1) * 100, lost: false, last: i === 3, ...(i === 0 ? { head: [] } : {}) };
    }
    const warnings: { code: string }[] = [];
    const lengths: number[] = [];
    const open = () => {
      opened++;
      return Promise.resolve({
        sampleRate: 1000,
        channels: 1,
        skip: 0,
        decode: ([packet]: readonly Uint8Array[]) => {
          if (packet![0] === 1) throw new WebAssembly.RuntimeError("memory access out of bounds");
          return { channels: [new Float32Array(100).fill(1)], failed: 0 };
        },
        free: () => {
          freed++;
          throw new WebAssembly.RuntimeError("unreachable");
        },
      });
    };
    for await (const piece of packetPieces(batches(), open, warnings)) lengths.push(...piece.channels[0]!);
    expect([opened, freed, lengths.length, pages.length > 0]).toEqual([2, 2, 400, true]);
    expect(lengths.filter((v) => v === 0).length).toBe(100);
    expect(warnings).toEqual([{ code: "damaged" }]);
  });
  const found = "../shared/data/found";
  test.skipIf(!existsSync(found))("files that once hung or crashed end soon in sound or a complaint (needs ../shared)", async () => {
    for (const name of readdirSync(found).filter((file) => /^(opus|webm|mkv)/.test(file))) {
      const start = process.cpuUsage();
      try {
        await whole(new Uint8Array(readFileSync(join(found, name))));
      } catch (error) {
        expect(error, name).toMatchObject({ name: "Complaint", kind: "unreadable" });
      }
      expect(process.cpuUsage(start).user / 1e6, name).toBeLessThan(5);
    }
  });
});

describe("containers", () => {
  /** The packets of an Opus in another wall. */
  async function wrapped(format: Mp4OutputFormat | WebMOutputFormat): Promise<Uint8Array> {
    const output = new Output({ format, target: new BufferTarget() });
    const source = new EncodedAudioPacketSource("opus");
    output.addAudioTrack(source);
    await output.start();
    let description: Uint8Array | undefined;
    let at = 0;
    for await (const batch of oggBatches(memorySource(opus), 0, "opus", [])) {
      description ??= batch.head?.[0];
      const decoderConfig = { codec: "opus", numberOfChannels: 2, sampleRate: 48_000, description: description! };
      for (const packet of batch.packets) await source.add(new EncodedPacket(packet, "key", at++ / 50, 1 / 50), { decoderConfig });
    }
    await output.finalize();
    return new Uint8Array(output.target.buffer!);
  }
  test("Opus in MP4 and in WebM sounds as in Ogg", async () => {
    const { channels } = await whole(opus);
    for (const format of [new Mp4OutputFormat(), new WebMOutputFormat()]) {
      const inside = await whole(await wrapped(format));
      expect(inside.warnings).toEqual([]);
      const length = Math.min(inside.channels[0]!.length, channels[0]!.length);
      expect(length).toBeGreaterThan(TEST_FRAMES - 1000);
      expect(inside.channels[0]!.subarray(0, length)).toEqual(channels[0]!.subarray(0, length));
    }
  });
});

describe("containers that lie or fill up", () => {
  test.skipIf(!hasFfmpeg)("what an encoder fills up at the end of a WebM is not heard, however the last piece falls", async () => {
    for (const frames of [96_000, 98_310, 65_550, 131_072]) {
      const webm = new Uint8Array(
        execFileSync(
          "ffmpeg",
          ["-v", "error", "-f", "lavfi", "-i", "sine=r=48000", "-af", `atrim=end_sample=${frames}`, "-c:a", "libopus", "-f", "webm", "-"],
          { maxBuffer: 1 << 24 },
        ),
      );
      expect((await whole(webm)).channels[0]!.length, String(frames)).toBe(frames);
    }
  });
  test("a table of an MP4 that promises billions of packets in a chunk is refused at once", async () => {
    const output = new Output({ format: new Mp4OutputFormat(), target: new BufferTarget() });
    const source = new EncodedAudioPacketSource("opus");
    output.addAudioTrack(source);
    await output.start();
    let at = 0;
    for await (const batch of oggBatches(memorySource(opus), 0, "opus", [])) {
      const decoderConfig = { codec: "opus", numberOfChannels: 2, sampleRate: 48_000, ...(batch.head ? { description: batch.head[0]! } : {}) };
      for (const packet of batch.packets) await source.add(new EncodedPacket(packet, "key", at++ / 50, 1 / 50), { decoderConfig });
    }
    await output.finalize();
    const bytes = new Uint8Array(output.target.buffer!);
    expect((await whole(bytes)).warnings).toEqual([]);
    const table = bytes.findIndex((_, i) => String.fromCharCode(...bytes.subarray(i, i + 4)) === "stsc");
    // behind name, version and count: the first chunk, and how many packets it has
    bytes.set([0xcd, 0, 0, 26], table + 16);
    const start = process.cpuUsage();
    expect(await complaintOf(whole(bytes))).toMatchObject({ kind: "unreadable" });
    expect(process.cpuUsage(start).user / 1e6).toBeLessThan(2);
  });
});

describe("a watched source", () => {
  const bytes = new Uint8Array(100_000);
  const inner = memorySource(bytes);
  test("is not read in circles", async () => {
    const source = watched(inner, silent);
    const circling = async (): Promise<void> => {
      for (;;) await source.read(10, 18);
    };
    expect(await complaintOf(circling())).toMatchObject({ kind: "unreadable", code: "media.damaged" });
    // whoever moves on may read as often as there are bytes
    const moving = watched(inner, silent);
    for (let at = 0; at < bytes.length; at += 1) await moving.read(at, at + 1);
  });
  test("lets a cancel in, however busy its reader is", async () => {
    const stop = new AbortController();
    const source: ByteSource = watched(inner, { ...silent, signal: stop.signal });
    setTimeout(() => stop.abort(), 0);
    const reading = async (): Promise<void> => {
      for (let at = 0; ; at = (at + 300) % bytes.length) await source.read(at, at + 10);
    };
    expect((await complaintOf(reading())).kind).toBe("cancelled");
  });
});

test("what a stream is, is told by its first packet", () => {
  expect(["OpusHead...", "\x01vorbis..", "\x7fFLAC\x01\0", "\x80theora"].map((head) => oggCodec(text(head)))).toEqual(["opus", "vorbis", "flac", null]);
});
