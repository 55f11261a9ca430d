import { Complaint, type Warning } from "@kuishi/base";
import {
  ALL_FORMATS,
  AudioSampleSink,
  CustomSource,
  type EncodedPacket,
  EncodedPacketSink,
  Input,
  type InputAudioTrack,
  IsobmffInputFormat,
  Logging,
  LogLevel,
} from "mediabunny";
import { packetDecoders } from "./codecs.ts";
import { ATOMS_BYTES } from "./mp4check.ts";
import { mpegPieces } from "./mpeg-in.ts";
import { type Batch, packetPieces } from "./packets.ts";
import { paddingAtEnd, withoutEnd } from "./padding.ts";
import { type Coding, type NumberFormat, plain } from "./pcm.ts";
import type { Opened, Piece } from "./pieces.ts";
import type { ByteSource } from "./source.ts";

Logging.level = LogLevel.Silent;

/** Packets handed on together. */
const TOGETHER = 64;
/** Frames of plain numbers handed on together. */
const TOGETHER_FRAMES = 1 << 16;
const broken = (): Complaint => new Complaint("unreadable", "media.damaged");

/** Opens the first track of sound in MP4, MOV, WebM, Matroska or ADTS. @throws Complaint. */
export async function openContainer(source: ByteSource): Promise<Opened> {
  return await complaining(async () => {
    const input = new Input({
      formats: ALL_FORMATS,
      // nothing is kept, so that every reading goes through the source, which sees where it leads
      source: new CustomSource({ getSize: () => source.size, read: async (from, to) => await source.read(from, to), maxCacheSize: 0 }),
    });
    const track = await input.getPrimaryAudioTrack();
    if (!track) throw new Complaint("unreadable", "media.noaudio");
    const open = await reader(input, track, source);
    return { durationSec: await input.getDurationFromMetadata([track]), pieces: (_, warnings) => ending(open(warnings), warnings) };
  });
}

/** What the library throws at a damaged file, as a complaint. */
async function complaining<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof Complaint ? error : broken();
  }
}
/** Sound up to where the library gives up; a complaint only where there is none. */
async function* ending(pieces: AsyncGenerator<Piece>, warnings: Warning[]): AsyncGenerator<Piece> {
  let made = false;
  try {
    for await (const piece of pieces) {
      made = true;
      yield piece;
    }
  } catch (error) {
    if (error instanceof Complaint && (error.kind === "cancelled" || !made)) throw error;
    if (!made) throw broken();
    warnings.push({ code: "truncated" });
  }
}

type Reader = (warnings: Warning[]) => AsyncGenerator<Piece>;

/** What the container's clock means of the sound: encoders begin before its zero and fill up their last packet. */
interface Span {
  /** Seconds before zero. */
  early: number;
  /** Where the last packet ends; Infinity until it is read, or where the clock is too coarse to tell. */
  endSec: number;
}

async function reader(input: Input, track: InputAudioTrack, source: ByteSource): Promise<Reader> {
  const codec = track.codec ?? String(track.internalCodecId ?? "?");
  const isExact = (await input.getFormat()) instanceof IsobmffInputFormat;
  const span: Span = { early: 0, endSec: Infinity };
  const packets = (): AsyncGenerator<EncodedPacket> => clocked(bounded(new EncodedPacketSink(track).packets(), source.size), isExact, span);
  switch (codec) {
    case "opus":
    case "vorbis":
    case "flac": {
      const head = headers(codec, bytesOf((await track.getDecoderConfig())?.description));
      // Opus tells what to skip in its own header
      const filledSec = codec === "opus" && !isExact ? await paddingAtEnd(source) : 0;
      return (warnings) => withoutEnd(trimmed(packetPieces(batches(packets(), head), packetDecoders[codec], warnings), span, codec !== "opus"), filledSec);
    }
    case "alac": {
      const head = [await alacCookie(source)];
      return (warnings) => trimmed(packetPieces(batches(packets(), head), packetDecoders.alac, warnings), span, true);
    }
    case "mp3":
      return (warnings) => trimmed(mpegPieces(contents(packets()), !isExact, null, warnings), span, true);
    case "aac":
      if (typeof AudioDecoder === "undefined" || !(await track.canDecode())) throw new Complaint("unsupported", "media.aac");
      return () => decodedByHost(new AudioSampleSink(track));
    default: {
      const format = NUMBERS[codec];
      const coding = format && plain(format, track.numberOfChannels);
      if (!coding) throw new Complaint("unsupported", "media.codec", { codec });
      return () => numbers(packets(), track, coding);
    }
  }
}

const bytesOf = (description: AllowSharedBufferSource | undefined): Uint8Array => {
  if (!description) throw broken();
  return ArrayBuffer.isView(description) ? new Uint8Array(description.buffer, description.byteOffset, description.byteLength) : new Uint8Array(description);
};

/** The description of Apple Lossless, which the library passes over: an atom of 36 bytes inside `moov`, at one end of the file. */
async function alacCookie(source: ByteSource): Promise<Uint8Array> {
  const signs = [0, 0, 0, 36, 0x61, 0x6c, 0x61, 0x63, 0, 0, 0, 0];
  for (const from of [0, Math.max(0, source.size - ATOMS_BYTES)]) {
    const bytes = await source.read(from, from + ATOMS_BYTES);
    for (let at = bytes.indexOf(36); at >= 3; at = bytes.indexOf(36, at + 1)) {
      if (signs.every((sign, i) => bytes[at - 3 + i] === sign)) return bytes.slice(at + 9, at + 33);
    }
  }
  throw broken();
}

/** Header packets in what a container keeps of a codec: one, or for Vorbis three, laced as Xiph does. */
function headers(codec: string, description: Uint8Array): readonly Uint8Array[] {
  if (codec !== "vorbis") return [description];
  const sizes = [0, 0];
  let at = 1;
  for (let i = 0; i < 2; i++) {
    do sizes[i]! += description[at] ?? 0;
    while (description[at++] === 255);
  }
  const [first, second] = [at + sizes[0]!, at + sizes[0]! + sizes[1]!];
  return [description.subarray(at, first), description.subarray(first, second), description.subarray(second)];
}

/** Packets as long as they move on: together they hold no more bytes than the file, and each has some. */
async function* bounded(packets: AsyncIterable<EncodedPacket>, size: number): AsyncGenerator<EncodedPacket> {
  let bytes = 0;
  let empty = 0;
  for await (const packet of packets) {
    bytes += packet.data.length;
    empty += packet.data.length === 0 ? 1 : 0;
    if (bytes > size || empty > 1000) throw broken();
    yield packet;
  }
}
async function* contents(packets: AsyncIterable<EncodedPacket>): AsyncGenerator<Uint8Array> {
  for await (const packet of packets) yield packet.data;
}
async function* batches(packets: AsyncIterable<EncodedPacket>, head: readonly Uint8Array[]): AsyncGenerator<Batch> {
  let list: Uint8Array[] = [];
  let told = false;
  const batch = (): Batch => {
    const made: Batch = { packets: list, end: null, lost: false, last: false, ...(told ? {} : { head }) };
    told = true;
    list = [];
    return made;
  };
  for await (const packet of packets) {
    list.push(packet.data);
    if (list.length === TOGETHER) yield batch();
  }
  if (list.length > 0) yield batch();
}

/** Notes where the clock begins and, with the last packet, where it ends. */
async function* clocked(packets: AsyncIterable<EncodedPacket>, isExact: boolean, span: Span): AsyncGenerator<EncodedPacket> {
  let before: EncodedPacket | null = null;
  for await (const packet of packets) {
    if (before) yield before;
    else span.early = Math.max(0, -packet.timestamp);
    before = packet;
  }
  if (!before) return;
  if (isExact && before.duration > 0) span.endSec = before.timestamp + before.duration;
  yield before;
}
/** The part of the sound that the container's clock means. */
async function* trimmed(pieces: AsyncGenerator<Piece>, span: Span, fromZero: boolean): AsyncGenerator<Piece> {
  let skip = -1;
  let made = 0;
  for await (const { channels, sampleRate } of pieces) {
    if (skip < 0) skip = fromZero ? Math.round(span.early * sampleRate) : 0;
    const length = channels[0]!.length;
    const from = Math.min(skip, length);
    const to = Math.min(length, from + Math.max(0, Math.round(span.endSec * sampleRate) - made));
    skip -= from;
    if (from === to) continue;
    yield { channels: channels.map((channel) => channel.subarray(from, to)), sampleRate, atSec: made / sampleRate };
    made += to - from;
  }
}

async function* numbers(packets: AsyncIterable<EncodedPacket>, track: InputAudioTrack, coding: Coding): AsyncGenerator<Piece> {
  const { sampleRate, numberOfChannels } = track;
  const unpack = coding.unpack();
  for await (const { data, timestamp } of packets) {
    for (let at = 0; at < data.length; at += TOGETHER_FRAMES * coding.blockBytes) {
      const bytes = data.subarray(at, at + TOGETHER_FRAMES * coding.blockBytes);
      const frames = Math.floor(bytes.length / coding.blockBytes);
      const channels = Array.from({ length: numberOfChannels }, () => new Float32Array(frames));
      unpack(bytes, frames, channels);
      yield { channels, sampleRate, atSec: Math.max(0, timestamp) + at / coding.blockBytes / sampleRate };
    }
  }
}

async function* decodedByHost(sink: AudioSampleSink): AsyncGenerator<Piece> {
  for await (const sample of sink.samples()) {
    const channels = Array.from({ length: sample.numberOfChannels }, (_, planeIndex) => {
      const plane = new Float32Array(sample.numberOfFrames);
      sample.copyTo(plane, { planeIndex, format: "f32-planar" });
      return plane;
    });
    yield { channels, sampleRate: sample.sampleRate, atSec: Math.max(0, sample.timestamp) };
    sample.close();
  }
}

const NUMBERS: Readonly<Record<string, NumberFormat>> = {
  "pcm-u8": { kind: "unsigned", bytes: 1, little: true },
  "pcm-s8": { kind: "signed", bytes: 1, little: true },
  "pcm-s16": { kind: "signed", bytes: 2, little: true },
  "pcm-s16be": { kind: "signed", bytes: 2, little: false },
  "pcm-s24": { kind: "signed", bytes: 3, little: true },
  "pcm-s24be": { kind: "signed", bytes: 3, little: false },
  "pcm-s32": { kind: "signed", bytes: 4, little: true },
  "pcm-s32be": { kind: "signed", bytes: 4, little: false },
  "pcm-f32": { kind: "float", bytes: 4, little: true },
  "pcm-f32be": { kind: "float", bytes: 4, little: false },
  "pcm-f64": { kind: "float", bytes: 8, little: true },
  "pcm-f64be": { kind: "float", bytes: 8, little: false },
  alaw: { kind: "alaw", bytes: 1, little: true },
  ulaw: { kind: "ulaw", bytes: 1, little: true },
};
