import { Complaint, type Warning } from "@kuishi/base";
import { type Container, mpegFrame, recognise } from "./recognise.ts";
import { type ByteSource, memorySource } from "./source.ts";
import { wavFrames, wavLayout } from "./wav.ts";

/** Decoded audio on its way: equally long channels. */
export interface Chunk {
  readonly channels: readonly Float32Array[];
  readonly sampleRate: number;
}

/** An opened audio file. */
export interface OpenAudio {
  readonly container: Exclude<Container, null>;
  /** Length where the header tells it. */
  readonly durationSec: number | null;
  /** Decoded chunks from the beginning, or near `fromSec` where the format can jump; tells the true start. */
  chunks(fromSec: number): AsyncGenerator<Chunk & { readonly atSec: number }>;
  /** What the user should know; complete once the chunks are through. */
  readonly warnings: Warning[];
}

const FEED = 1 << 17;

/** Opens audio by its content; its decoder is loaded then. @throws Complaint `unreadable` or `unsupported`. */
export async function openAudio(source: ByteSource): Promise<OpenAudio> {
  if (source.size === 0) throw new Complaint("unreadable", "media.empty");
  const container = await recognise(source);
  const warnings: Warning[] = [];
  switch (container) {
    case "wav":
      return openWav(source);
    case "flac":
    case "oggFlac": {
      const [durationSec, { FLACDecoder }] = await Promise.all([flacDuration(source), import("@wasm-audio-decoders/flac")]);
      return { container, durationSec, warnings, chunks: () => compressed(source, new FLACDecoder(), warnings, durationSec) };
    }
    case "mp3": {
      const [durationSec, { MPEGDecoder }] = await Promise.all([mpegDuration(source), import("mpg123-decoder")]);
      return { container, durationSec, warnings, chunks: () => compressed(source, new MPEGDecoder(), warnings, durationSec) };
    }
    case "vorbis": {
      const { OggVorbisDecoder } = await import("@wasm-audio-decoders/ogg-vorbis");
      return { container, durationSec: null, warnings, chunks: () => compressed(source, new OggVorbisDecoder(), warnings, null) };
    }
    case "opus": {
      const { OggOpusDecoder } = await import("ogg-opus-decoder");
      return { container, durationSec: null, warnings, chunks: () => compressed(source, new OggOpusDecoder(), warnings, null) };
    }
    case "mp4":
    case "webm":
    case "adts": {
      const inner = await (await import("./containers.ts")).unwrapped(source);
      if ("pcm" in inner) return { container, durationSec: null, warnings, chunks: inner.pcm };
      const opened = await openAudio(memorySource(inner.bytes));
      return { ...opened, container };
    }
    case "aiff":
    case "caf":
      throw new Complaint("unsupported", "media.convert", { format: container.toUpperCase() });
    default:
      throw new Complaint("unreadable", "media.unknown");
  }
}

async function openWav(source: ByteSource): Promise<OpenAudio> {
  const layout = await wavLayout(source);
  const warnings: Warning[] = layout.truncated ? [{ code: "truncated" }] : [];
  async function* chunks(fromSec: number): AsyncGenerator<Chunk & { atSec: number }> {
    const step = Math.max(4096, Math.floor(FEED / layout.channels));
    for (let at = Math.floor(fromSec * layout.sampleRate); at < layout.frames; at += step) {
      const channels = await wavFrames(source, layout, at, Math.min(at + step, layout.frames));
      yield { channels, sampleRate: layout.sampleRate, atSec: at / layout.sampleRate };
    }
  }
  return { container: "wav", durationSec: layout.frames / layout.sampleRate, warnings, chunks };
}

/** Length of a FLAC from STREAMINFO; null when it does not say. */
async function flacDuration(source: ByteSource): Promise<number | null> {
  const b = await source.read(0, 26);
  if (b.length < 26 || b[0] !== 0x66) return null;
  const rate = ((b[18] as number) << 12) | ((b[19] as number) << 4) | ((b[20] as number) >> 4);
  const samples =
    ((b[21] as number) & 15) * 4294967296 + (((b[22] as number) << 24) >>> 0) + ((b[23] as number) << 16) + ((b[24] as number) << 8) + (b[25] as number);
  return rate > 0 && samples > 0 ? samples / rate : null;
}

/** Length of an MP3 from its Xing or Info frame; null when it has none. */
async function mpegDuration(source: ByteSource): Promise<number | null> {
  const bytes = await source.read(0, 1 << 18);
  let at = 0;
  while (at < bytes.length && mpegFrame(bytes, at) === 0) at++;
  const header = bytes.subarray(at, at + 200);
  if (header.length < 60) return null;
  const version = ((header[1] as number) >> 3) & 3;
  const mono = (header[3] as number) >> 6 === 3;
  const tag = 4 + (version === 3 ? (mono ? 17 : 32) : mono ? 9 : 17);
  const name = String.fromCharCode(...header.subarray(tag, tag + 4));
  if (name !== "Xing" && name !== "Info") return null;
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  if ((view.getUint32(tag + 4) & 1) === 0) return null;
  const rate = ([44100, 48000, 32000][((header[2] as number) >> 2) & 3] as number) / (version === 3 ? 1 : version === 2 ? 2 : 4);
  return (view.getUint32(tag + 8) * (version === 3 ? 1152 : 576)) / rate;
}

interface Decoded {
  channelData: Float32Array[];
  samplesDecoded: number;
  sampleRate: number;
  errors: readonly unknown[];
}
/** What the decoders of the wasm-audio-decoders family share. */
interface StreamDecoder {
  readonly ready: Promise<void>;
  decode(data: Uint8Array): Decoded | Promise<Decoded>;
  flush?(): Decoded | Promise<Decoded>;
  free(): void;
}

/** The decoders print every damaged packet to the console; the user is told once, in words, by a warning. */
async function quietly<T>(work: () => T | Promise<T>): Promise<T> {
  const { error, warn } = console;
  console.error = () => {};
  console.warn = () => {};
  try {
    return await work();
  } finally {
    console.error = error;
    console.warn = warn;
  }
}

async function* compressed(
  source: ByteSource,
  decoder: StreamDecoder,
  warnings: Warning[],
  durationSec: number | null,
): AsyncGenerator<Chunk & { atSec: number }> {
  await decoder.ready;
  let made = 0;
  let damaged = 0;
  let rate = 0;
  try {
    for (let at = 0; at <= source.size; at += FEED) {
      const last = at + FEED > source.size;
      let part: Decoded | undefined;
      if (at < source.size) {
        const bytes = (await source.read(at, at + FEED)).slice();
        part = await quietly(() => decoder.decode(bytes));
      }
      const parts = [part, last && decoder.flush ? await quietly(() => decoder.flush?.()) : undefined];
      for (const decoded of parts) {
        if (!decoded) continue;
        damaged += decoded.errors.length;
        if (decoded.samplesDecoded === 0) continue;
        rate = decoded.sampleRate;
        // The decoder reuses its buffers.
        yield { channels: decoded.channelData.map((channel) => channel.slice(0, decoded.samplesDecoded)), sampleRate: rate, atSec: made / rate };
        made += decoded.samplesDecoded;
      }
    }
  } catch (error) {
    if (error instanceof Complaint) throw error;
    if (made === 0) throw new Complaint("unreadable", "media.damaged");
    damaged++;
  } finally {
    decoder.free();
  }
  if (made === 0) throw new Complaint("unreadable", "media.damaged");
  // Encoders trim some milliseconds; a fifth of a second is more than any of them.
  if (durationSec !== null && made / rate < durationSec - 0.2) warnings.push({ code: "truncated" });
  else if (damaged > 0) warnings.push({ code: "damaged" });
}
