import type { Warning } from "@kuishi/base";
import { joinedBytes } from "@kuishi/base";
import { crc32 } from "./crc.ts";
import { Feed } from "./feed.ts";
import type { Batch } from "./packets.ts";
import type { ByteSource } from "./source.ts";

/** A page of an Ogg (RFC 3533). */
export interface OggPage {
  readonly serial: number;
  readonly sequence: number;
  /** Its codec's clock at the end of the last packet that ends here; null where none does. */
  readonly granule: number | null;
  readonly continued: boolean;
  readonly first: boolean;
  readonly last: boolean;
  /** Packets and pieces of them; the last one is whole unless `open`. */
  readonly pieces: readonly Uint8Array[];
  readonly open: boolean;
}
export type OggCodec = "opus" | "vorbis" | "flac";

const LONGEST_PAGE = 27 + 255 + 255 * 255;

/** Pages whose checksum is right; null where bytes that are none were passed over. */
async function* oggPages(source: ByteSource, at: number): AsyncGenerator<OggPage | null> {
  const feed = new Feed(source, at);
  let junk = false;
  while ((await feed.want(LONGEST_PAGE)) >= 27) {
    const page = pageAt(feed);
    if (page) {
      if (junk) yield null;
      junk = false;
      yield page;
      continue;
    }
    junk = true;
    const next = feed.bytes.indexOf(0x4f, feed.at + 1);
    feed.at = next < 0 || next > feed.end ? feed.end : next;
  }
  if (junk || feed.end > feed.at) yield null;
}

function pageAt(feed: Feed): OggPage | null {
  const { bytes, at, end } = feed;
  if (bytes[at] !== 0x4f || bytes[at + 1] !== 0x67 || bytes[at + 2] !== 0x67 || bytes[at + 3] !== 0x53 || bytes[at + 4] !== 0) return null;
  const view = new DataView(bytes.buffer, at);
  const segments = bytes[at + 26]!;
  const from = at + 27 + segments;
  if (from > end) return null;
  const pieces: Uint8Array[] = [];
  let start = from;
  let to = from;
  for (let i = 0; i < segments; i++) {
    const lacing = bytes[at + 27 + i]!;
    to += lacing;
    if (lacing === 255) continue;
    pieces.push(bytes.slice(start, to));
    start = to;
  }
  if (to > end) return null;
  const open = segments > 0 && bytes[at + 26 + segments] === 255;
  if (open) pieces.push(bytes.slice(start, to));
  const sum = view.getUint32(22, true);
  view.setUint32(22, 0);
  const right = crc32(bytes, at, to) === sum;
  view.setUint32(22, sum, true);
  if (!right) return null;
  feed.at = to;
  const high = view.getInt32(10, true);
  const flags = bytes[at + 5]!;
  return {
    serial: view.getUint32(14, true),
    sequence: view.getUint32(18, true),
    granule: high < 0 ? null : high * 4294967296 + view.getUint32(6, true),
    continued: (flags & 1) !== 0,
    first: (flags & 2) !== 0,
    last: (flags & 4) !== 0,
    pieces,
    open,
  };
}

/** Which codec the first packet of a stream is of. */
export function oggCodec(packet: Uint8Array): OggCodec | null {
  const text = String.fromCharCode(...packet.subarray(0, 8));
  if (text === "OpusHead") return "opus";
  if (text.startsWith("\x01vorbis")) return "vorbis";
  return text.startsWith("\x7fFLAC") ? "flac" : null;
}
/** Packets before the sound. Those of a FLAC tell themselves apart and are left to its decoder. */
const HEADERS: Readonly<Record<OggCodec, number>> = { opus: 2, vorbis: 3, flac: 1 };
/** Packets handed on together. */
const TOGETHER = 128;

/** The first stream of sound in an Ogg: its codec and its page, or null. Streams begin together, before all else. */
export async function oggStream(source: ByteSource, at: number): Promise<{ readonly codec: OggCodec; readonly serial: number } | null> {
  for await (const page of oggPages(source, at)) {
    if (!page?.first) return null;
    const codec = page.pieces[0] ? oggCodec(page.pieces[0]) : null;
    if (codec) return { codec, serial: page.serial };
  }
  return null;
}

/** What the clock of a stream shows on its last page; null where the end of the file holds none. */
export async function oggEnd(source: ByteSource, serial: number): Promise<number | null> {
  let end: number | null = null;
  for await (const page of oggPages(source, Math.max(0, source.size - 2 * LONGEST_PAGE))) {
    if (page?.serial === serial && page.granule !== null) end = page.granule;
  }
  return end;
}

/** The packets of the first stream of `codec`, and of those chained behind it. Damaged pages are passed over. */
export async function* oggBatches(source: ByteSource, at: number, codec: OggCodec, warnings: Warning[]): AsyncGenerator<Batch> {
  let serial: number | null = null;
  let sequence = 0;
  let head: Uint8Array[] = [];
  let told = false;
  let packets: Uint8Array[] = [];
  let rest: Uint8Array | null = null;
  let end: number | null = null;
  let lost = false;
  let ended = false;
  const batch = (last: boolean): Batch => {
    const made: Batch = { packets, end, lost, last, ...(told ? {} : { head }) };
    told = true;
    packets = [];
    end = null;
    lost = false;
    return made;
  };
  for await (const page of oggPages(source, at)) {
    if (!page) {
      // what lies behind the end of a stream is no loss
      if (ended) continue;
      if (packets.length > 0) yield batch(false);
      lost = true;
      continue;
    }
    if (page.first && (serial === null || ended || told) && page.pieces[0] && oggCodec(page.pieces[0]) === codec) {
      if (packets.length > 0) yield batch(false);
      serial = page.serial;
      head = [];
      told = false;
      ended = false;
      rest = null;
      sequence = page.sequence;
    }
    if (page.serial !== serial || ended) continue;
    if (page.sequence !== sequence) {
      if (packets.length > 0) yield batch(false);
      lost = true;
      rest = null;
    }
    sequence = (page.sequence + 1) >>> 0;
    page.pieces.forEach((piece, i) => {
      let whole: Uint8Array | null = piece;
      if (i === 0 && page.continued) whole = rest && joinedBytes([rest, piece]);
      else if (i === 0 && rest) lost = true;
      const unfinished = page.open && i === page.pieces.length - 1;
      rest = unfinished ? whole : null;
      if (unfinished || !whole?.length) return;
      if (head.length < HEADERS[codec]) head.push(whole);
      else packets.push(whole);
    });
    if (page.granule !== null && packets.length > 0) end = page.granule;
    if (page.last) {
      ended = true;
      if (head.length === HEADERS[codec]) yield batch(true);
    } else if (packets.length >= TOGETHER * (end === null ? 8 : 1)) yield batch(false);
  }
  if (packets.length > 0 && head.length === HEADERS[codec]) yield batch(false);
  if (!ended) warnings.push({ code: "truncated" });
}
