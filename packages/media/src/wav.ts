import { Complaint } from "@kuishi/base";
import { imaWav, microsoft } from "./adpcm.ts";
import { type Coding, type PcmLayout, plain } from "./pcm.ts";
import type { ByteSource } from "./source.ts";

/** Compressed sound inside another file's walls: bytes [from, to). */
export interface Wrapped {
  readonly codec: "mpeg";
  readonly from: number;
  readonly to: number;
}

const tag = (bytes: Uint8Array, at: number): string => String.fromCharCode(...bytes.subarray(at, at + 4));
const bad = (code: string, at: number, params: Record<string, string | number> = {}): Complaint => new Complaint("unreadable", code, { at, ...params });

/** What the format chunk says. */
interface WavSound {
  readonly sampleRate: number;
  readonly channels: number;
  /** Null for MPEG audio. */
  readonly coding: Coding | null;
}

/** One chunk: its name, where its content lies and how long it says it is. */
interface Chunk {
  readonly name: string;
  readonly from: number;
  readonly size: number;
}
/** How the chunks of one family are laid: RIFF (little-endian), RIFX (big-endian), Wave64 (names of 16 bytes, sizes of 8 with the head in them). */
interface Walls {
  readonly little: boolean;
  readonly long: boolean;
  readonly first: number;
}

function walls(head: Uint8Array): Walls {
  if (tag(head, 0) === "riff" && tag(head, 24) === "wave") return { little: true, long: true, first: 40 };
  if (head.length < 12 || tag(head, 8) !== "WAVE") throw bad("wav.header", 0);
  return { little: tag(head, 0) !== "RIFX", long: false, first: 12 };
}
function chunkAt(bytes: Uint8Array, at: number, { little, long }: Walls): Chunk {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const name = tag(bytes, 0);
  if (!long) return { name, from: at + 8, size: view.getUint32(4, little) };
  const size = view.getUint32(16, true) + view.getUint32(20, true) * 4294967296;
  return { name, from: at + 24, size: Math.max(0, size - 24) };
}

/**
 * Finds the sound of a WAV: RIFF, RIFX, RF64, BW64 and Wave64; plain, extensible; chunks in any order and of odd size; PCM, the laws of telephony, ADPCM of
 * IMA and Microsoft, MPEG. @throws Complaint.
 */
export async function wavSound(source: ByteSource): Promise<PcmLayout | Wrapped> {
  const family = walls(await source.read(0, 40));
  const { little, long } = family;
  const head = long ? 24 : 8;
  let format: WavSound | undefined;
  let frames = Infinity;
  let longSize: number | undefined;
  for (let at = family.first; at + head <= source.size; ) {
    const bytes = await source.read(at, at + head + 256);
    const { name, from, size: told } = chunkAt(bytes, at, family);
    const content = bytes.subarray(head, head + told);
    const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
    if (name === "ds64" && content.length >= 16) longSize = view.getUint32(8, true) + view.getUint32(12, true) * 4294967296;
    else if (name === "fact" && content.length >= 4) frames = view.getUint32(0, little);
    else if (name === "fmt ") format = soundOf(view, little, at);
    else if (name === "data") {
      if (!format) throw bad("wav.order", at);
      const size = told === 0xffffffff && !long ? (longSize ?? source.size - from) : told;
      const have = Math.min(size, source.size - from);
      const { sampleRate, channels, coding } = format;
      if (!coding) return { codec: "mpeg", from, to: from + have };
      const held = Math.floor(have / coding.blockBytes) * coding.blockFrames;
      // blocks of ADPCM are filled up; the fact chunk tells how much is meant
      return {
        sampleRate,
        channels,
        coding,
        dataFrom: from,
        frames: coding.blockFrames > 1 && frames > 0 ? Math.min(held, frames) : held,
        truncated: have < size && size !== 0,
      };
    }
    at = from + told + (long ? (8 - (told % 8)) % 8 : told % 2);
  }
  throw bad("wav.nodata", source.size);
}

/** Where the samples of a WAV lie. @throws Complaint, also where they are wrapped in another codec. */
export async function wavLayout(source: ByteSource): Promise<PcmLayout> {
  const sound = await wavSound(source);
  if ("codec" in sound) throw new Complaint("unsupported", "wav.codec", { code: 0x55 });
  return sound;
}

/** Microsoft's own seven predictors, for files that list none. */
const PREDICTORS = [
  [256, 0],
  [512, -256],
  [0, 0],
  [192, 64],
  [240, 0],
  [460, -208],
  [392, -232],
] as const;

function soundOf(view: DataView, little: boolean, at: number): WavSound {
  if (view.byteLength < 16) throw bad("wav.format", at);
  const u16 = (from: number): number => view.getUint16(from, little);
  let code = u16(0);
  if (code === 0xfffe && view.byteLength >= 26) code = u16(24);
  const channels = u16(2);
  const sampleRate = view.getUint32(4, little);
  const blockBytes = u16(12);
  if (channels < 1 || channels > 64 || sampleRate < 1000 || sampleRate > 768000) throw bad("wav.format", at);
  const bits = (blockBytes * 8) / channels;
  const number = (kind: "signed" | "unsigned" | "float" | "alaw" | "ulaw"): Coding => {
    const coding = Number.isInteger(bits / 8) && bits > 0 ? plain({ kind, bytes: bits / 8, little }, channels) : null;
    if (!coding) throw bad("wav.bits", at, { bits });
    return coding;
  };
  switch (code) {
    case 1:
      return { sampleRate, channels, coding: number(bits === 8 ? "unsigned" : "signed") };
    case 3:
      return { sampleRate, channels, coding: number("float") };
    case 6:
      return { sampleRate, channels, coding: number("alaw") };
    case 7:
      return { sampleRate, channels, coding: number("ulaw") };
    case 2: {
      const count = view.byteLength >= 22 ? Math.min(u16(20), Math.floor((view.byteLength - 22) / 4)) : 0;
      const listed = Array.from({ length: count }, (_, i) => [view.getInt16(22 + 4 * i, little), view.getInt16(24 + 4 * i, little)] as const);
      return { sampleRate, channels, coding: sane(microsoft(channels, blockBytes, count > 0 ? listed : PREDICTORS), at) };
    }
    case 0x11:
      return { sampleRate, channels, coding: sane(imaWav(channels, blockBytes), at) };
    case 0x50:
    case 0x55:
      return { sampleRate, channels, coding: null };
    default:
      throw new Complaint("unsupported", "wav.codec", { code });
  }
}
function sane(coding: Coding | null, at: number): Coding {
  if (!coding) throw bad("wav.format", at);
  return coding;
}

/** How samples are written. */
export type WavFormat = "pcm16" | "pcm24" | "float32";
const WIDTH: Readonly<Record<WavFormat, number>> = { pcm16: 2, pcm24: 3, float32: 4 };

/**
 * Header of a WAV of known length: RIFF, or RF64 past 4 GiB.
 * @example
 * wavHeader("pcm24", 48_000, 2, 0).length; // => 68
 */
export function wavHeader(format: WavFormat, sampleRate: number, channels: number, frames: number): Uint8Array<ArrayBuffer> {
  const width = WIDTH[format];
  const data = frames * channels * width;
  const extensible = format === "pcm24";
  const fmt = extensible ? 40 : 16;
  const long = data > 0xffffff00;
  const bytes = new Uint8Array(12 + (long ? 36 : 0) + 8 + fmt + (format === "float32" ? 12 : 0) + 8);
  const view = new DataView(bytes.buffer);
  let at = 0;
  const text = (value: string): void => {
    for (let i = 0; i < value.length; i++) bytes[at++] = value.charCodeAt(i);
  };
  const u32 = (value: number): void => {
    view.setUint32(at, value, true);
    at += 4;
  };
  const u16 = (value: number): void => {
    view.setUint16(at, value, true);
    at += 2;
  };
  const riff = bytes.length - 8 + data + (data % 2);
  text(long ? "RF64" : "RIFF");
  u32(long ? 0xffffffff : riff);
  text("WAVE");
  if (long) {
    text("ds64");
    u32(28);
    u32(riff >>> 0);
    u32(Math.floor(riff / 4294967296));
    u32(data >>> 0);
    u32(Math.floor(data / 4294967296));
    u32(frames >>> 0);
    u32(Math.floor(frames / 4294967296));
    u32(0);
  }
  text("fmt ");
  u32(fmt);
  u16(extensible ? 0xfffe : format === "float32" ? 3 : 1);
  u16(channels);
  u32(sampleRate);
  u32(sampleRate * channels * width);
  u16(channels * width);
  u16(width * 8);
  if (extensible) {
    u16(22);
    u16(width * 8);
    u32(channels === 1 ? 4 : 3);
    u16(1);
    for (const byte of [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71]) bytes[at++] = byte;
  }
  if (format === "float32") {
    text("fact");
    u32(4);
    u32(Math.min(frames, 0xffffffff));
  }
  text("data");
  u32(long ? 0xffffffff : data);
  return bytes;
}

/**
 * Interleaved sample bytes of equally long channels; PCM is rounded to nearest and clipped.
 * @param into memory to use again, large enough; the result is a view of it.
 */
export function wavBytes(format: WavFormat, channels: readonly Float32Array[], into?: ArrayBuffer): Uint8Array<ArrayBuffer> {
  const frames = channels[0]?.length ?? 0;
  const count = channels.length;
  if (format === "float32") {
    const out = into ? new Float32Array(into, 0, frames * count) : new Float32Array(frames * count);
    for (let c = 0; c < count; c++) {
      const channel = channels[c]!;
      for (let i = 0, at = c; i < frames; i++, at += count) out[at] = channel[i]!;
    }
    return new Uint8Array(out.buffer, 0, frames * count * 4);
  }
  const width = WIDTH[format];
  const top = format === "pcm16" ? 32767 : 8388607;
  const out = into ? new Uint8Array(into, 0, frames * count * width) : new Uint8Array(frames * count * width);
  for (let c = 0; c < count; c++) {
    const channel = channels[c]!;
    let at = c * width;
    for (let i = 0; i < frames; i++, at += count * width) {
      const scaled = channel[i]! * (top + 1);
      // to the nearest whole, halves upwards: as positive numbers, whose fraction `| 0` cuts off
      const value = scaled >= top ? top : scaled <= -top - 1 ? -top - 1 : ((scaled + top + 1.5) | 0) - top - 1;
      out[at] = value & 0xff;
      out[at + 1] = (value >> 8) & 0xff;
      if (width === 3) out[at + 2] = (value >> 16) & 0xff;
    }
  }
  return out;
}
