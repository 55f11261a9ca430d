import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { seeded, silent } from "@kuishi/base";
import { runSeed } from "@kuishi/lab/seed";
import { describe, expect, test } from "vitest";
import { crc8, crc16, crc32 } from "./crc.ts";
import { openAudio } from "./decode.ts";
import { encodeAudio } from "./encode.ts";
import { codecs } from "./node.ts";
import { type ByteSource, memorySource } from "./source.ts";
import { complaintOf, joined, text, whole } from "./testing.ts";

/** Bits written one after the other, highest first. */
class Bits {
  #all: number[] = [];
  put(value: number | bigint, count: number): this {
    for (let i = count - 1; i >= 0; i--) this.#all.push(Number((BigInt(value) >> BigInt(i)) & 1n));
    return this;
  }
  rice(value: number, k: number): this {
    const code = value < 0 ? -2 * value - 1 : 2 * value;
    for (let i = 0; i < Math.floor(code / 2 ** k); i++) this.#all.push(0);
    return this.put(1, 1).put(code % 2 ** k, k);
  }
  bytes(): Uint8Array {
    return Uint8Array.from({ length: Math.ceil(this.#all.length / 8) }, (_, i) => {
      let byte = 0;
      for (let bit = 0; bit < 8; bit++) byte = byte * 2 + (this.#all[i * 8 + bit] ?? 0);
      return byte;
    });
  }
}
const utf8 = (bits: Bits, value: number): void => {
  if (value < 128) bits.put(value, 8);
  else if (value < 2048)
    bits
      .put(6, 3)
      .put(value >> 6, 5)
      .put(2, 2)
      .put(value & 63, 6);
  else
    bits
      .put(14, 4)
      .put(value >> 12, 4)
      .put(2, 2)
      .put((value >> 6) & 63, 6)
      .put(2, 2)
      .put(value & 63, 6);
};
const DEPTHS: Readonly<Record<number, number>> = { 8: 1, 12: 2, 16: 4, 20: 5, 24: 6, 32: 7 };

type Kind = "verbatim" | "constant" | "fixed" | "linear";
interface Stream {
  readonly bits: number;
  readonly kind: Kind;
  readonly assignment?: number;
  readonly varying?: boolean;
  readonly info?: boolean;
}
function subframe(out: Bits, samples: readonly number[], bits: number, kind: Kind): void {
  if (kind === "constant") out.put(0, 8).put(samples[0]!, bits);
  else if (kind === "verbatim") {
    out.put(1 << 1, 8);
    for (const sample of samples) out.put(sample, bits);
  } else {
    const order = kind === "fixed" ? 2 : 3;
    out.put((kind === "fixed" ? 8 + order : 31 + order) << 1, 8);
    for (const sample of samples.slice(0, order)) out.put(sample, bits);
    const coefficients =
      kind === "fixed" ? [2, -1] : [9000, -7000, 2096] /* together 1 x 2^12: what is left stays within the 31 bits an unpacked partition holds */;
    const shift = kind === "fixed" ? 0 : 12;
    if (kind === "linear") {
      out.put(15 - 1, 4).put(shift, 5);
      for (const c of coefficients) out.put(c, 15);
    }
    const rest = samples.slice(order).map((sample, i) => {
      const sum = coefficients.reduce((total, c, j) => total + BigInt(c) * BigInt(samples[i + order - 1 - j]!), 0n);
      return sample - Number(sum >> BigInt(shift));
    });
    const widest = Math.max(...rest.map((r) => Math.abs(r)));
    if (widest < 2 ** 28) {
      const k = Math.max(0, Math.min(30, Math.ceil(Math.log2(widest + 1)) - 2));
      out.put(1, 2).put(0, 4).put(k, 5);
      for (const r of rest) out.rice(r, k);
    } else {
      out.put(1, 2).put(0, 4).put(31, 5).put(31, 5);
      for (const r of rest) out.put(r, 31);
    }
  }
}
/** A FLAC of some blocks of whole numbers, each given by channel. */
function flac(blocks: readonly (readonly (readonly number[])[])[], { bits, kind, assignment, varying = false, info = true }: Stream): Uint8Array {
  const channels = blocks[0]!.length;
  const total = blocks.reduce((sum, block) => sum + block[0]!.length, 0);
  const size = blocks[0]![0]!.length;
  const meta = new Bits()
    .put(0x80, 8)
    .put(34, 24)
    .put(varying ? 16 : size, 16)
    .put(size, 16)
    .put(0, 48)
    .put(44_100, 20)
    .put(channels - 1, 3)
    .put(bits - 1, 5)
    .put(total, 36)
    .put(0, 64)
    .put(0, 64);
  let at = 0;
  const frames = blocks.map((block, index) => {
    const length = block[0]!.length;
    const head = new Bits()
      .put(varying ? 0xfff9 : 0xfff8, 16)
      .put(7, 4)
      .put(9, 4)
      .put(assignment ?? channels - 1, 4)
      .put(DEPTHS[bits] ?? 0, 3)
      .put(0, 1);
    utf8(head, varying ? at : index);
    head.put(length - 1, 16);
    at += length;
    const header = head.bytes();
    const body = new Bits();
    const [left, right] = block as [readonly number[], readonly number[]];
    const side = assignment === undefined ? [] : left.map((l, i) => l - right[i]!);
    const mid = assignment === 10 ? left.map((l, i) => Math.floor((l + right[i]!) / 2)) : [];
    const written = assignment === 8 ? [left, side] : assignment === 9 ? [side, right] : assignment === 10 ? [mid, side] : block;
    written.forEach((samples, c) => subframe(body, samples, bits + (assignment !== undefined && c === (assignment === 9 ? 0 : 1) ? 1 : 0), kind));
    const frame = joined(header, Uint8Array.of(crc8(header, 0, header.length)), body.bytes());
    const sum = crc16(frame, 0, frame.length);
    return joined(frame, Uint8Array.of(sum >> 8, sum & 255));
  });
  return joined(...(info ? [text("fLaC"), meta.bytes()] : []), ...frames);
}

const noise = (length: number, bits: number, name: string): number[] => {
  const random = seeded(runSeed, name);
  let last = 0;
  const step = Math.max(1, 2 ** (bits - 6));
  return Array.from({ length }, () => (last = Math.max(-(2 ** (bits - 1)), Math.min(2 ** (bits - 1) - 1, last + random.int(-step, step)))));
};
const scaled = (samples: readonly number[], bits: number): Float32Array => Float32Array.from(samples, (sample) => sample / 2 ** (bits - 1));

describe("FLAC, as whole numbers", () => {
  test.each([4, 5, 8, 12, 15, 16, 17, 20, 23, 24, 28, 31, 32])("%i bits", async (bits) => {
    for (const kind of ["verbatim", "fixed", "linear"] as const) {
      const blocks = [0, 1, 2].map((b) => [0, 1].map((c) => noise(b === 2 ? 57 : 192, bits, `${kind}${b}${c}`)));
      const { channels, warnings, opened } = await whole(flac(blocks, { bits, kind }));
      expect(warnings).toEqual([]);
      expect(opened.durationSec).toBe(441 / 44_100);
      for (const c of [0, 1])
        expect(channels[c], kind).toEqual(
          scaled(
            blocks.flatMap((block) => block[c]!),
            bits,
          ),
        );
    }
  });
  test.each([8, 9, 10])("left, right, mid and side (%i), 33 bits of difference too", async (assignment) => {
    for (const bits of [16, 24, 32]) {
      const extreme = bits === 32 ? [2147483647, -2147483648, -2147483648, 2147483647, 1, 0] : [3, -4, 5, -6, 7, 8];
      const block = [
        [...noise(60, bits, "l"), ...extreme],
        [...noise(60, bits, "r"), ...extreme.map((x) => -1 - x)],
      ];
      const { channels } = await whole(flac([block], { bits, kind: "verbatim", assignment }));
      expect(channels).toEqual(block.map((samples) => scaled(samples, bits)));
    }
  });
  test("blocks of varying length, a constant one, and none of the metadata", async () => {
    const blocks = [[noise(100, 16, "a")], [Array.from({ length: 16 }, () => -1234)], [noise(300, 16, "b")]];
    const bytes = joined(
      flac(blocks.slice(0, 1), { bits: 16, kind: "fixed", varying: true, info: false }),
      flac(blocks.slice(1, 2), { bits: 16, kind: "constant", varying: true, info: false }),
    );
    expect((await whole(bytes)).channels[0]).toEqual(
      scaled(
        blocks.slice(0, 2).flatMap((b) => b[0]!),
        16,
      ),
    );
    expect((await whole(flac(blocks, { bits: 16, kind: "verbatim", varying: true }))).channels[0]?.length).toBe(416);
  });
});

describe("damaged FLAC", () => {
  const blocks = Array.from({ length: 10 }, (_, b) => [noise(256, 16, `block${b}`)]);
  const sound = scaled(
    blocks.flatMap((b) => b[0]!),
    16,
  );
  const bytes = flac(blocks, { bits: 16, kind: "verbatim" });
  const frame = (bytes.length - 42) / 10;
  test("a frame with one bit wrong is silence of its length", async () => {
    const broken = bytes.slice();
    broken[Math.floor(42 + frame * 3.5)]! ^= 4;
    const { channels, warnings } = await whole(broken);
    expect(warnings).toEqual(["damaged"]);
    expect(channels[0]).toEqual(sound.map((v, i) => (i >= 768 && i < 1024 ? 0 : v)));
  });
  test("bytes cut out or put in cost what they touch", async () => {
    const at = Math.floor(42 + frame * 5.3);
    for (const broken of [
      joined(bytes.subarray(0, at), bytes.subarray(at + 700)),
      joined(bytes.subarray(0, at), new Uint8Array(3000).fill(0xff), bytes.subarray(at)),
    ]) {
      const { channels, warnings } = await whole(broken);
      expect(warnings).toEqual(["damaged"]);
      expect(channels[0]?.length).toBe(2560);
      expect(channels[0]?.subarray(0, 1280)).toEqual(sound.subarray(0, 1280));
      expect(channels[0]?.subarray(1792)).toEqual(sound.subarray(1792));
    }
  });
  test("a file that is cut off gives its whole frames, and says so", async () => {
    const { channels, warnings } = await whole(bytes.subarray(0, Math.floor(42 + frame * 7.9)));
    expect(channels[0]).toEqual(sound.subarray(0, 1792));
    expect(warnings).toEqual(["truncated"]);
  });
  test("tags behind the sound are no damage", async () => {
    expect((await whole(joined(bytes, text("TAG"), new Uint8Array(125).fill(0xff)))).warnings).toEqual([]);
  });
  test("headers that lead nowhere are given up soon", async () => {
    const head = new Bits().put(0xfff8, 16).put(7, 4).put(9, 4).put(7, 4).put(4, 3).put(0, 1).put(0, 8).put(65535, 16).bytes();
    const lie = joined(head, Uint8Array.of(crc8(head, 0, head.length)));
    const start = process.cpuUsage();
    expect((await complaintOf(whole(joined(text("fLaC"), ...Array.from({ length: 40_000 }, () => lie))))).code).toBe("media.damaged");
    expect(process.cpuUsage(start).user / 1e6).toBeLessThan(20);
  });
});

const suite = "../shared/data/formats/flac";
const hasFfmpeg = spawnSync("ffmpeg", ["-version"]).status === 0;
describe.skipIf(!existsSync(suite))("public conformance files (needs ../shared)", () => {
  test.each(existsSync(suite) ? readdirSync(suite).filter((name) => name.endsWith(".flac")) : [])("%s", async (name) => {
    const bytes = new Uint8Array(readFileSync(join(suite, name)));
    const { channels, warnings } = await whole(bytes);
    expect(warnings).toEqual([]);
    // the MD5 that the encoder wrote of the samples it was given
    const told = Buffer.from(bytes.subarray(26, 42)).toString("hex");
    const bits = (((bytes[20]! & 1) << 4) | (bytes[21]! >> 4)) + 1;
    if ((bytes[4]! & 127) !== 0 || name.startsWith("04")) return;
    const width = Math.ceil(bits / 8);
    const raw = Buffer.alloc(channels.length * channels[0]!.length * width);
    channels.forEach((channel, c) => channel.forEach((v, i) => raw.writeIntLE(v * 2 ** (bits - 1), (i * channels.length + c) * width, width)));
    expect(createHash("md5").update(raw).digest("hex")).toBe(told);
  });
});
describe.skipIf(!hasFfmpeg)("beside ffmpeg (needs ffmpeg)", () => {
  test.each([
    ["s16", "flac", 12, []],
    ["s16", "flac", 0, []],
    ["s32", "flac", 8, []],
    ["s16", "oga", 5, ["-c:a", "flac"]],
    ["s16", "mkv", 5, ["-c:a", "flac"]],
  ] as const)("%s in %s at level %i is the same, sample by sample", async (depth, ending, level, codec) => {
    const make = ["-v", "error", "-f", "lavfi", "-i", "aevalsrc=0.4*sin(440*t*t)+0.2*random(0)|0.3*sin(999*t):d=1", "-sample_fmt", depth];
    const format = ending === "oga" ? "ogg" : ending === "mkv" ? "matroska" : "flac";
    const bytes = execFileSync("ffmpeg", [...make, "-compression_level", String(level), ...codec, "-f", format, "-"], { maxBuffer: 1 << 26 });
    const raw = execFileSync("ffmpeg", ["-v", "error", "-i", "-", "-f", "f32le", "-"], { input: bytes, maxBuffer: 1 << 26 });
    const theirs = new Float32Array(raw.buffer.slice(raw.byteOffset, raw.byteOffset + raw.length));
    const { channels, warnings } = await whole(new Uint8Array(bytes));
    expect(warnings).toEqual([]);
    expect(channels[0]!.length).toBe(theirs.length / 2);
    channels.forEach((channel, c) => expect(channel).toEqual(Float32Array.from({ length: channel.length }, (_, i) => theirs[2 * i + c]!)));
  });
});

test("checksums are the standards'", () => {
  const nine = text("123456789");
  expect([crc8(nine, 0, 9), crc16(nine, 0, 9), crc32(nine, 0, 9)]).toEqual([0xf4, 0xfee8, 0x89a1897f]);
});
test("cancelling ends the reading of a file", async () => {
  const bytes = flac(
    Array.from({ length: 3 }, () => [noise(4096, 16, "c")]),
    { bits: 16, kind: "verbatim" },
  );
  const stop = new AbortController();
  const opened = await openAudio(memorySource(bytes), { ...silent, signal: stop.signal });
  stop.abort();
  expect((await complaintOf(opened.pieces(0).next())).kind).toBe("cancelled");
});

test("a passage is read from near where it begins, and is the same to the sample", async () => {
  const random = seeded(runSeed);
  const noise = Float32Array.from({ length: 48_000 * 30 }, () => Math.round(20_000 * (random.next() - 0.5)) / 32_768);
  const bytes = await encodeAudio("flac", [noise, noise], codecs);
  const all = (await whole(bytes)).channels[0]!;
  for (const fromSec of [0, 0.01, 3.21, 15, 29.9]) {
    let read = 0;
    const source: ByteSource = {
      size: bytes.length,
      read: async (from, to) => {
        read += Math.min(to, bytes.length) - from;
        return bytes.subarray(from, to);
      },
    };
    const opened = await openAudio(source);
    const places: number[] = [];
    for await (const { atSec, channels } of opened.pieces(fromSec)) {
      const from = Math.round(atSec * 48_000);
      places.push(from);
      expect(channels[0]!.every((sample, i) => sample === all[from + i])).toBe(true);
      expect(channels[0]!.length).toBeGreaterThan(0);
    }
    expect(opened.warnings, String(fromSec)).toEqual([]);
    expect(places[0]).toBeLessThanOrEqual(fromSec * 48_000);
    // two million bytes and more lie before it
    if (fromSec > 29) expect(places[0]! > 48_000 * 20 && read < bytes.length, `${places[0]} ${read} ${bytes.length}`).toBe(true);
  }
});
