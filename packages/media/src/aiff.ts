import { Complaint, pow2i } from "@kuishi/base";
import { imaQuickTime } from "./adpcm.ts";
import { type Coding, type NumberFormat, type PcmLayout, plain } from "./pcm.ts";
import type { ByteSource } from "./source.ts";

const bad = (at: number): Complaint => new Complaint("unreadable", "media.header", { format: "AIFF", at });
const tag = (bytes: Uint8Array, at: number): string => String.fromCharCode(...bytes.subarray(at, at + 4));

/** Number formats by the compression type of AIFF-C; width 0: as the common chunk says. */
const FORMATS: Readonly<Record<string, readonly [NumberFormat["kind"], number, boolean]>> = {
  NONE: ["signed", 0, false],
  twos: ["signed", 0, false],
  in24: ["signed", 3, false],
  in32: ["signed", 4, false],
  sowt: ["signed", 0, true],
  "42ni": ["signed", 3, true],
  "23ni": ["signed", 4, true],
  "raw ": ["unsigned", 0, false],
  fl32: ["float", 4, false],
  FL32: ["float", 4, false],
  fl64: ["float", 8, false],
  FL64: ["float", 8, false],
  alaw: ["alaw", 1, false],
  ALAW: ["alaw", 1, false],
  ulaw: ["ulaw", 1, false],
  ULAW: ["ulaw", 1, false],
};

/** A number of 80 bits: sign and exponent, then 64 bits of mantissa with its first one written out. */
function extended(view: DataView, at: number): number {
  const exponent = (view.getUint16(at) & 0x7fff) - 16383 - 63;
  const mantissa = view.getUint32(at + 2) * 4294967296 + view.getUint32(at + 6);
  return view.getUint16(at) & 0x8000 || exponent > 0 ? 0 : mantissa * pow2i(Math.max(-200, exponent));
}

interface Common {
  readonly sampleRate: number;
  readonly channels: number;
  readonly frames: number;
  readonly coding: Coding;
}
function commonOf(content: Uint8Array, isC: boolean, at: number): Common {
  if (content.length < 18) throw bad(at);
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  const channels = view.getUint16(0);
  const bits = view.getUint16(6);
  const sampleRate = extended(view, 8);
  if (channels < 1 || channels > 64 || !(sampleRate >= 1000 && sampleRate <= 768000) || bits > 64) throw bad(at);
  const type = isC && content.length >= 22 ? tag(content, 18) : "NONE";
  // here frames are counted in packets
  if (type === "ima4") return { sampleRate, channels, frames: view.getUint32(2) * 64, coding: imaQuickTime(channels) };
  const format = FORMATS[type];
  if (!format) throw new Complaint("unsupported", "media.codec", { codec: type });
  const [kind, width, little] = format;
  const coding = plain({ kind, bytes: width || Math.ceil(bits / 8), little }, channels);
  if (!coding) throw bad(at);
  return { sampleRate, channels, frames: view.getUint32(2), coding };
}

/** Finds the samples of an AIFF or AIFF-C, chunks in any order (Apple, "Audio Interchange File Format", 1989; AIFF-C draft, 1991). @throws Complaint. */
export async function aiffLayout(source: ByteSource): Promise<PcmLayout> {
  const isC = tag(await source.read(0, 12), 8) === "AIFC";
  let common: Common | undefined;
  let sound: { from: number; size: number } | undefined;
  for (let at = 12; at + 8 <= source.size && !(common && sound); ) {
    const bytes = await source.read(at, at + 8 + 64);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const name = tag(bytes, 0);
    const size = view.getUint32(4);
    if (name === "COMM") common = commonOf(bytes.subarray(8, 8 + size), isC, at);
    if (name === "SSND" && bytes.length >= 16) sound = { from: at + 16 + view.getUint32(8), size: Math.max(0, size - 8 - view.getUint32(8)) };
    at += 8 + size + (size % 2);
  }
  if (!common || !sound) throw bad(source.size);
  const { sampleRate, channels, coding, frames } = common;
  const have = Math.max(0, Math.min(sound.size, source.size - sound.from));
  const held = Math.floor(have / coding.blockBytes) * coding.blockFrames;
  return { sampleRate, channels, coding, dataFrom: sound.from, frames: Math.min(held, frames), truncated: have < sound.size || held < frames };
}
