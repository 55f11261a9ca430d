import { flacHeader } from "./flac-frame.ts";
import { oggStream } from "./ogg.ts";
import type { ByteSource } from "./source.ts";

/** What a file is, by its content. */
export type Container = "wav" | "aiff" | "caf" | "flac" | "mp3" | "vorbis" | "opus" | "oggFlac" | "mp4" | "webm" | "adts";

/** What a file is and where that begins. */
export interface Recognised {
  readonly container: Container;
  /** Position past tags that stand before the sound. */
  readonly at: number;
  /** Number of the stream of sound in an Ogg. */
  readonly serial?: number;
}

const ascii = (bytes: Uint8Array, from: number, to: number): string => String.fromCharCode(...bytes.subarray(from, to));

/** Looks at the first bytes (past any ID3 tag); null for what is no audio. */
export async function recognise(source: ByteSource): Promise<Recognised | null> {
  let at = 0;
  for (let tags = 0; tags < 4; tags++) {
    const id3 = await source.read(at, at + 10);
    if (id3.length < 10 || ascii(id3, 0, 3) !== "ID3") break;
    const [a, b, c, d] = [...id3.subarray(6, 10)].map((byte) => byte & 0x7f) as [number, number, number, number];
    at += 10 + (a << 21) + (b << 14) + (c << 7) + d;
  }
  const head = await source.read(at, at + 4096);
  if (head.length < 4) return at > 0 ? { container: "mp3", at: 0 } : null;
  const container = byMagic(head);
  if (container) return { container, at };
  if (ascii(head, 0, 4) === "OggS") {
    const stream = await oggStream(source, at);
    return stream && { container: stream.codec === "flac" ? "oggFlac" : stream.codec, at, serial: stream.serial };
  }
  if (flacHeader(head, 0, head.length, null)) return { container: "flac", at };
  if (head[0] === 0xff && (head[1]! & 0xf6) === 0xf0) return { container: "adts", at };
  return (await isMpeg(source, at)) ? { container: "mp3", at } : null;
}

/** What says at once what it is. */
function byMagic(head: Uint8Array): Container | null {
  const four = ascii(head, 0, 4);
  const third = ascii(head, 8, 12);
  if (["RIFF", "RIFX", "RF64", "BW64"].includes(four) && third === "WAVE") return "wav";
  if (four === "riff" && ascii(head, 24, 28) === "wave") return "wav";
  if (four === "fLaC") return "flac";
  if (four === "FORM" && (third === "AIFF" || third === "AIFC")) return "aiff";
  if (four === "caff") return "caf";
  if (ascii(head, 4, 8) === "ftyp" || ["moov", "mdat", "wide", "free"].includes(ascii(head, 4, 8))) return "mp4";
  return head[0] === 0x1a && head[1] === 0x45 && head[2] === 0xdf && head[3] === 0xa3 ? "webm" : null;
}

const BITRATES: readonly (readonly number[])[] = [
  [0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448], // version 1 layer I
  [0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384], // 1 II
  [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320], // 1 III
  [0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256], // 2 I
  [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160], // 2 II, III
];

/** Length in bytes of the MPEG audio frame whose header is at `at`, or 0. */
export function mpegFrame(bytes: Uint8Array, at: number): number {
  if (at + 4 > bytes.length || bytes[at] !== 0xff || (bytes[at + 1]! & 0xe0) !== 0xe0) return 0;
  const b1 = bytes[at + 1]!;
  const b2 = bytes[at + 2]!;
  const version = (b1 >> 3) & 3; // 0: 2.5, 2: 2, 3: 1
  const layer = 4 - ((b1 >> 1) & 3); // 1..3, 4 reserved
  const rate = (b2 >> 2) & 3;
  if (version === 1 || layer === 4 || rate === 3 || b2 >> 4 === 15 || b2 >> 4 === 0) return 0;
  const row = version === 3 ? layer - 1 : layer === 1 ? 3 : 4;
  const kbps = BITRATES[row]![b2 >> 4]!;
  const hertz = [44100, 48000, 32000][rate]! / (version === 3 ? 1 : version === 2 ? 2 : 4);
  const padding = (b2 >> 1) & 1;
  if (layer === 1) return (Math.floor((12000 * kbps) / hertz) + padding) * 4;
  return Math.floor(((layer === 3 && version !== 3 ? 72000 : 144000) * kbps) / hertz) + padding;
}

/** Three frames in a row within the first 64 KiB: chance does not do that. */
async function isMpeg(source: ByteSource, from: number): Promise<boolean> {
  const bytes = await source.read(from, from + 65536);
  for (let start = 0; start < bytes.length - 4; start++) {
    let at = start;
    let frames = 0;
    while (frames < 3) {
      const length = mpegFrame(bytes, at);
      if (length === 0) break;
      frames++;
      at += length;
    }
    if (frames === 3 || (frames >= 1 && start === 0 && at >= bytes.length)) return true;
  }
  return false;
}
