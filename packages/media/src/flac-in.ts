import { Complaint, type Warning } from "@kuishi/base";
import { Feed, SLACK } from "./feed.ts";
import { FLAC_HEADER, FlacFrames, type FlacHeader, type FlacInfo, flacHeader, flacInfo } from "./flac-frame.ts";
import { concatenated, type PacketDecoder } from "./packets.ts";
import { Gather, type Piece } from "./pieces.ts";
import type { ByteSource } from "./source.ts";

/** Silence put where frames are missing, at most. */
const LONGEST_GAP_SEC = 60;
/** Samples decoded in vain before a file is given up: damage costs far less, and a file made to cost much gets no further. */
const IN_VAIN = 1 << 26;

/** STREAMINFO of a FLAC, where it has one, and where its frames begin. */
export interface FlacStart {
  readonly info: FlacInfo | null;
  readonly from: number;
}

/** Reads past the metadata of a FLAC whose marker, or first frame, stands at `at`. */
export async function flacStart(source: ByteSource, at: number): Promise<FlacStart> {
  const marker = await source.read(at, at + 4);
  if (marker[0] !== 0x66) return { info: null, from: at };
  let info: FlacInfo | null = null;
  for (let from = at + 4, last = false; !last; ) {
    const head = await source.read(from, from + 4 + 34);
    const kind = head[0]! & 0x7f;
    // what is none of the known kinds is the first frame already, or damage
    if (head.length < 4 || kind > 6) return { info, from };
    if (kind === 0) info ??= flacInfo(head.subarray(4));
    last = head[0]! >= 0x80;
    const next = from + 4 + ((head[1]! << 16) | (head[2]! << 8) | head[3]!);
    // frames are found behind a block that lies about its length, too
    if (next > source.size) return { info, from: from + 4 };
    from = next;
    if (last) return { info, from };
  }
  return { info, from: at + 4 };
}

/** Room a frame needs at most: encoders write plain samples where nothing else is shorter. */
const longest = (header: FlacHeader): number => 64 + 2 * header.channels * Math.ceil((header.blockSize * (header.bits + 1)) / 8);
const alike = (a: FlacHeader, b: FlacHeader): boolean => a.sampleRate === b.sampleRate && a.channels === b.channels && a.bits === b.bits;

/** What is read to find a frame from anywhere: more than two of the longest that encoders write. */
const LOOK_BYTES = 1 << 18;

/**
 * Where decoding may begin so that nothing from `fromSec` on is missed: the file is halved between frames, which say their own place, until they lie near.
 * @returns the byte where a frame begins, and its distance from the first in samples
 */
async function frameBefore(source: ByteSource, { info, from }: FlacStart, fromSec: number): Promise<{ readonly from: number; readonly before: number }> {
  const frames = new FlacFrames();
  const frameFrom = async (position: number): Promise<{ from: number; sample: number } | null> => {
    const found = await source.read(position, Math.min(source.size, position + LOOK_BYTES));
    const bytes = new Uint8Array(found.length + SLACK);
    bytes.set(found);
    for (let at = bytes.indexOf(0xff); at >= 0 && at < found.length; at = bytes.indexOf(0xff, at + 1)) {
      const header = flacHeader(bytes, at, found.length, info);
      if (!header || header.sampleRate !== info?.sampleRate || header.channels !== info.channels) continue;
      if (frames.decode(header, bytes, at, found.length) < 0) continue;
      return { from: position + at, sample: header.numbersSamples ? header.number : header.number * info.blockSize };
    }
    return null;
  };
  const first = info && fromSec > 0 ? await frameFrom(from) : null;
  // frames that count frames tell no place where blocks are of unknown length
  if (!info || !first || info.blockSize === 0) return { from, before: 0 };
  const target = first.sample + Math.floor(fromSec * info.sampleRate);
  let low = first;
  for (let high = source.size; high - low.from > LOOK_BYTES; ) {
    const middle = Math.floor((low.from + high) / 2);
    const frame = await frameFrom(middle);
    if (frame && frame.sample <= target && frame.from < high) low = frame;
    else high = middle;
  }
  return { from: low.from, before: low.sample - first.sample };
}

/**
 * Decodes the frames of a FLAC. Each is checked by its CRC; where some are damaged or missing there is silence of their length and a warning.
 * @throws Complaint `unreadable` where no frame is whole.
 */
export async function* flacPieces(source: ByteSource, start: FlacStart, fromSec: number, warnings: Warning[]): AsyncGenerator<Piece> {
  const { info } = start;
  const { from, before } = await frameBefore(source, start, fromSec);
  const feed = new Feed(source, from);
  const frames = new FlacFrames();
  let out: Gather | null = null;
  let last: FlacHeader | null = null;
  let blockSize = info?.blockSize ?? 0;
  /** Number of the first sample. */
  let origin = 0;
  let broken = false;
  let missing = false;
  for (let inVain = 0; inVain < IN_VAIN; ) {
    if ((await feed.want(FLAC_HEADER)) < 2) break;
    const header: FlacHeader | null = flacHeader(feed.bytes, feed.at, feed.end, info);
    if (!header || (last && broken && !alike(header, last))) {
      const next = feed.bytes.indexOf(0xff, feed.at + 1);
      feed.at = next < 0 || next > feed.end ? feed.end : next;
      continue;
    }
    await feed.want(longest(header));
    const behind = frames.decode(header, feed.bytes, feed.at, feed.end);
    if (behind < 0) {
      broken = true;
      inVain += header.blockSize * header.channels;
      feed.at++;
      continue;
    }
    feed.at = behind;
    if (!last || !alike(header, last)) {
      if (out) yield* out.rest();
      out = new Gather(header.sampleRate, header.channels, last && header.sampleRate === last.sampleRate ? out?.made : before);
      blockSize ||= header.blockSize;
    }
    const gather: Gather = out!;
    const number = header.numbersSamples ? header.number : header.number * blockSize;
    if (!last && !broken) origin = number;
    const gap = number - origin - gather.made;
    if (broken) {
      missing = true;
      if (gap > 0 && gap <= LONGEST_GAP_SEC * header.sampleRate) yield* gather.silence(gap);
    }
    origin = number - gather.made;
    broken = false;
    last = header;
    yield* gather.before(header.blockSize);
    frames.write(header, gather.channels, gather.filled);
    gather.filled += header.blockSize;
  }
  if (!out) throw new Complaint("unreadable", "media.damaged");
  yield* out.rest();
  if (missing) warnings.push({ code: "damaged" });
  if (broken || (info && out.made < info.frames)) warnings.push({ code: "truncated" });
}

/** Bytes of STREAMINFO in what a container keeps of a FLAC: the marker and blocks of metadata, or, in Ogg, the same behind nine bytes of its own. */
function headInfo(head: Uint8Array): FlacInfo | null {
  const at = head[0] === 0x7f ? 9 : 0;
  return String.fromCharCode(...head.subarray(at, at + 4)) === "fLaC" ? flacInfo(head.subarray(at + 8)) : flacInfo(head);
}

/** A decoder of FLAC frames that come as packets. @throws Complaint `unreadable` without STREAMINFO. */
export function flacPackets(head: readonly Uint8Array[]): PacketDecoder {
  const info = headInfo(head[0] ?? new Uint8Array(0));
  if (!info) throw new Complaint("unreadable", "media.damaged");
  const { sampleRate, channels } = info;
  const frames = new FlacFrames();
  const one = (packet: Uint8Array): Float32Array[] | null => {
    const bytes = new Uint8Array(packet.length + SLACK);
    bytes.set(packet);
    const header = flacHeader(bytes, 0, packet.length, info);
    if (!header || header.channels !== channels || header.sampleRate !== sampleRate || frames.decode(header, bytes, 0, packet.length) < 0) return null;
    const sound = Array.from({ length: channels }, () => new Float32Array(header.blockSize));
    frames.write(header, sound, 0);
    return sound;
  };
  return {
    sampleRate,
    channels,
    skip: 0,
    decode: (packets) => {
      // blocks of metadata come as packets, too
      const sound = packets.filter((packet) => packet[0] === 0xff).map(one);
      const whole = sound.filter((block) => block !== null);
      return { channels: concatenated(whole, channels), failed: sound.length - whole.length };
    },
    free: () => {},
  };
}
