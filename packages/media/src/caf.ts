import { Complaint } from "@kuishi/base";
import { imaQuickTime } from "./adpcm.ts";
import type { Batch } from "./packets.ts";
import { type Coding, type PcmLayout, plain } from "./pcm.ts";
import type { ByteSource } from "./source.ts";
import type { Wrapped } from "./wav.ts";

const bad = (at: number): Complaint => new Complaint("unreadable", "media.header", { format: "CAF", at });
const tag = (bytes: Uint8Array, at: number): string => String.fromCharCode(...bytes.subarray(at, at + 4));
/** Length of a chunk; those past 2^53 lie. */
const long = (view: DataView, at: number): number => view.getInt32(at) * 4294967296 + view.getUint32(at + 4);

/** What the description says (Apple, "Core Audio Format Specification" 1.0). */
interface Description {
  readonly sampleRate: number;
  readonly format: string;
  readonly flags: number;
  readonly packetBytes: number;
  readonly packetFrames: number;
  readonly channels: number;
  readonly bits: number;
}
/** Packets of Apple Lossless inside a CAF. */
export interface CafAlac {
  readonly codec: "alac";
  readonly cookie: Uint8Array;
  readonly frames: number | null;
  readonly sampleRate: number;
  batches(): AsyncGenerator<Batch>;
}

const IS_FLOAT = 1;
const IS_LITTLE = 2;

function codingOf({ format, flags, packetBytes, channels, bits }: Description): Coding | null {
  const little = (flags & IS_LITTLE) !== 0;
  switch (format) {
    case "lpcm":
      return packetBytes % channels === 0
        ? plain({ kind: flags & IS_FLOAT ? "float" : "signed", bytes: packetBytes / channels || Math.ceil(bits / 8), little }, channels)
        : null;
    case "alaw":
    case "ulaw":
      return plain({ kind: format, bytes: 1, little }, channels);
    case "ima4":
      return imaQuickTime(channels);
    default:
      throw new Complaint("unsupported", "media.codec", { codec: format });
  }
}

/** Finds the sound of a CAF: plain numbers, laws, IMA 4:1, MPEG, Apple Lossless. @throws Complaint. */
export async function cafSound(source: ByteSource): Promise<PcmLayout | Wrapped | CafAlac> {
  let description: Description | undefined;
  let cookie: Uint8Array | undefined;
  let table: { from: number; to: number; frames: number } | undefined;
  let data: { from: number; size: number } | undefined;
  for (let at = 8; at + 12 <= source.size; ) {
    const bytes = await source.read(at, at + 12 + 64);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const name = tag(bytes, 0);
    const told = long(view, 4);
    const size = name === "data" && told < 0 ? source.size - at - 12 : told;
    if (!(size >= 0)) throw bad(at);
    if (name === "desc") {
      if (bytes.length < 12 + 32) throw bad(at);
      description = {
        sampleRate: view.getFloat64(12),
        format: tag(bytes, 20),
        flags: view.getUint32(24),
        packetBytes: view.getUint32(28),
        packetFrames: view.getUint32(32),
        channels: view.getUint32(36),
        bits: view.getUint32(40),
      };
    } else if (name === "kuki") cookie = await source.read(at + 12, at + 12 + Math.min(size, 4096));
    else if (name === "pakt" && bytes.length >= 12 + 24) table = { from: at + 12 + 24, to: at + 12 + size, frames: long(view, 12 + 8) };
    else if (name === "data") data = { from: at + 12 + 4, size: Math.max(0, size - 4) };
    at += 12 + size;
  }
  if (!description || !data) throw bad(source.size);
  const { sampleRate, channels, format } = description;
  if (!(sampleRate >= 1000 && sampleRate <= 768000) || channels < 1 || channels > 64) throw bad(8);
  const have = Math.max(0, Math.min(data.size, source.size - data.from));
  if (format === ".mp3") return { codec: "mpeg", from: data.from, to: data.from + have };
  if (format === "alac" && cookie && table) {
    const { from } = data;
    const packets = table;
    return { codec: "alac", cookie, frames: packets.frames, sampleRate, batches: () => tabled(source, packets, from, from + have) };
  }
  const coding = codingOf(description);
  if (!coding) throw bad(8);
  const held = Math.floor(have / coding.blockBytes) * coding.blockFrames;
  const frames = table && table.frames > 0 && coding.blockFrames > 1 ? Math.min(held, table.frames) : held;
  return { sampleRate, channels, coding, dataFrom: data.from, frames, truncated: have < data.size };
}

/** Packets as the table tells their lengths: numbers of seven bits a byte, the last without its eighth. */
async function* tabled(
  source: ByteSource,
  table: { readonly from: number; readonly to: number; readonly frames: number },
  from: number,
  to: number,
): AsyncGenerator<Batch> {
  const sizes = await source.read(table.from, Math.min(table.to, source.size));
  let at = from;
  let size = 0;
  let packets: Uint8Array[] = [];
  let told = false;
  for (const [i, byte] of sizes.entries()) {
    size = size * 128 + (byte & 127);
    if (byte >= 128) continue;
    if (size === 0 || at + size > to) break;
    packets.push(await source.read(at, at + size));
    at += size;
    size = 0;
    if (packets.length < 32 && i < sizes.length - 1) continue;
    yield { packets, end: null, lost: false, last: false, ...(told ? {} : { head: [] }) };
    told = true;
    packets = [];
  }
  if (packets.length > 0) yield { packets, end: null, lost: false, last: false, ...(told ? {} : { head: [] }) };
}
