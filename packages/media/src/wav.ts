import { Complaint } from "@kuishi/base";
import type { ByteSource } from "./source.ts";

/** Where the samples of a WAV lie and how they are written. */
export interface WavLayout {
  readonly sampleRate: number;
  readonly channels: number;
  readonly bits: number;
  readonly float: boolean;
  readonly dataFrom: number;
  readonly frames: number;
  /** The header promised more than the file holds. */
  readonly truncated: boolean;
}

const tag = (bytes: Uint8Array, at: number): string => String.fromCharCode(...bytes.subarray(at, at + 4));
const bad = (code: string, at: number, params: Record<string, string | number> = {}): Complaint => new Complaint("unreadable", code, { at, ...params });

/** Finds the samples: RIFF, RF64 and BW64; plain, extensible; chunks in any order and of odd size. @throws Complaint. */
export async function wavLayout(source: ByteSource): Promise<WavLayout> {
  const head = await source.read(0, 12);
  if (head.length < 12 || tag(head, 8) !== "WAVE") throw bad("wav.header", 0);
  let format: { sampleRate: number; channels: number; bits: number; float: boolean } | undefined;
  let long: number | undefined;
  for (let at = 12; at + 8 <= source.size; ) {
    const chunk = await source.read(at, at + 8 + 64);
    const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const name = tag(chunk, 0);
    let size = view.getUint32(4, true);
    if (name === "ds64" && chunk.length >= 24) {
      long = view.getUint32(16, true) + view.getUint32(20, true) * 4294967296;
    } else if (name === "fmt ") {
      if (size < 16 || chunk.length < 24) throw bad("wav.format", at);
      let code = view.getUint16(8, true);
      if (code === 0xfffe && size >= 40 && chunk.length >= 34) code = view.getUint16(32, true);
      const channels = view.getUint16(10, true);
      const sampleRate = view.getUint32(12, true);
      const align = view.getUint16(20, true);
      const bits = channels > 0 ? (align * 8) / channels : 0;
      if (code !== 1 && code !== 3) throw new Complaint("unsupported", "wav.codec", { code });
      if (channels < 1 || channels > 64 || sampleRate < 1000 || sampleRate > 768000) throw bad("wav.format", at);
      if (code === 3 ? bits !== 32 && bits !== 64 : ![8, 16, 24, 32].includes(bits)) throw bad("wav.bits", at, { bits });
      format = { sampleRate, channels, bits, float: code === 3 };
    } else if (name === "data") {
      if (!format) throw bad("wav.order", at);
      if (size === 0xffffffff) size = long ?? source.size - at - 8;
      const have = Math.min(size, source.size - at - 8);
      const frames = Math.floor(have / ((format.channels * format.bits) / 8));
      return { ...format, dataFrom: at + 8, frames, truncated: have < size && size !== 0 };
    }
    at += 8 + size + (size % 2);
  }
  throw bad("wav.nodata", source.size);
}

/** Samples of frames [from, to) by channel, -1..1. */
export async function wavFrames(source: ByteSource, layout: WavLayout, from: number, to: number): Promise<Float32Array[]> {
  const width = layout.bits / 8;
  const stride = width * layout.channels;
  const bytes = await source.read(layout.dataFrom + from * stride, layout.dataFrom + to * stride);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const frames = Math.floor(bytes.length / stride);
  return Array.from({ length: layout.channels }, (_, channel) => {
    const out = new Float32Array(frames);
    for (let i = 0; i < frames; i++) out[i] = sample(view, i * stride + channel * width, layout);
    return out;
  });
}

function sample(view: DataView, at: number, layout: WavLayout): number {
  if (layout.float) {
    const value = layout.bits === 32 ? view.getFloat32(at, true) : view.getFloat64(at, true);
    return Number.isFinite(value) ? value : 0;
  }
  switch (layout.bits) {
    case 8:
      return (view.getUint8(at) - 128) / 128;
    case 16:
      return view.getInt16(at, true) / 32768;
    case 24:
      return ((view.getInt8(at + 2) << 16) | (view.getUint8(at + 1) << 8) | view.getUint8(at)) / 8388608;
    default:
      return view.getInt32(at, true) / 2147483648;
  }
}

/** How samples are written. */
export type WavFormat = "pcm16" | "pcm24" | "float32";
const WIDTH: Readonly<Record<WavFormat, number>> = { pcm16: 2, pcm24: 3, float32: 4 };

/** Header of a WAV of known length: RIFF, or RF64 past 4 GiB. */
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
      const channel = channels[c] as Float32Array;
      for (let i = 0, at = c; i < frames; i++, at += count) out[at] = channel[i] as number;
    }
    return new Uint8Array(out.buffer, 0, frames * count * 4);
  }
  const width = WIDTH[format];
  const top = format === "pcm16" ? 32767 : 8388607;
  const out = into ? new Uint8Array(into, 0, frames * count * width) : new Uint8Array(frames * count * width);
  for (let c = 0; c < count; c++) {
    const channel = channels[c] as Float32Array;
    let at = c * width;
    for (let i = 0; i < frames; i++, at += count * width) {
      const scaled = (channel[i] as number) * (top + 1);
      // to the nearest whole, halves upwards: as positive numbers, whose fraction `| 0` cuts off
      const value = scaled >= top ? top : scaled <= -top - 1 ? -top - 1 : ((scaled + top + 1.5) | 0) - top - 1;
      out[at] = value & 0xff;
      out[at + 1] = (value >> 8) & 0xff;
      if (width === 3) out[at + 2] = (value >> 16) & 0xff;
    }
  }
  return out;
}
