import { Complaint, type Progress, silent, type Warning } from "@kuishi/base";
import { aiffLayout } from "./aiff.ts";
import { type CafAlac, cafSound } from "./caf.ts";
import { packetDecoders } from "./codecs.ts";
import { flacPieces, flacStart } from "./flac-in.ts";
import { mpegDuration, mpegPieces, parts } from "./mpeg-in.ts";
import { type OggCodec, oggBatches, oggEnd } from "./ogg.ts";
import { type OpenDecoder, packetPieces } from "./packets.ts";
import { type PcmLayout, pcmFrames } from "./pcm.ts";
import type { Opened, Piece } from "./pieces.ts";
import { type Container, type Recognised, recognise } from "./recognise.ts";
import { type ByteSource, part } from "./source.ts";
import { watched } from "./watch.ts";
import { type Wrapped, wavSound } from "./wav.ts";

/** An opened audio file. */
export interface OpenAudio {
  readonly container: Container;
  /** Length where the header tells it. */
  readonly durationSec: number | null;
  /** Decoded pieces from the beginning, or near `fromSec` where the format can jump. Every sample is finite. @throws Complaint. */
  pieces(fromSec: number): AsyncGenerator<Piece>;
  /** What the user should know; complete once the pieces are through. */
  readonly warnings: Warning[];
}
/** Opens audio by its content; its decoder is loaded then. Cancelling through `progress` ends every reading of the source. @throws Complaint `unreadable` or `unsupported`. */
export async function openAudio(file: ByteSource, progress: Progress = silent): Promise<OpenAudio> {
  if (file.size === 0) throw new Complaint("unreadable", "media.empty");
  const source = watched(file, progress);
  const found = await recognise(source);
  if (!found) throw new Complaint("unreadable", "media.unknown");
  const opened = await openers[found.container](source, found);
  const warnings: Warning[] = [];
  return { container: found.container, durationSec: opened.durationSec, warnings, pieces: (fromSec) => sound(opened.pieces(fromSec, warnings), warnings) };
}

const openers: Readonly<Record<Container, (source: ByteSource, found: Recognised) => Promise<Opened>>> = {
  wav: async (source) => await openContent(source, await wavSound(source)),
  aiff: async (source) => openPcm(source, await aiffLayout(source)),
  caf: async (source) => await openContent(source, await cafSound(source)),
  flac: async (source, { at }) => {
    const start = await flacStart(source, at);
    const { info } = start;
    return {
      durationSec: info && info.frames > 0 ? info.frames / info.sampleRate : null,
      pieces: (fromSec, warnings) => flacPieces(source, start, fromSec, warnings),
    };
  },
  mp3: openMpeg,
  opus: (source, found) => openOgg(source, found, "opus", 48_000),
  vorbis: (source, found) => openOgg(source, found, "vorbis", null),
  oggFlac: (source, found) => openOgg(source, found, "flac", null),
  mp4: async (source) => {
    await (await import("./mp4check.ts")).checkMp4(source);
    return await (await import("./containers.ts")).openContainer(source);
  },
  webm: async (source) => await (await import("./containers.ts")).openContainer(source),
  adts: async (source) => await (await import("./containers.ts")).openContainer(source),
};

async function openOgg(source: ByteSource, { at, serial }: Recognised, codec: OggCodec, rate: number | null): Promise<Opened> {
  const end = rate === null || serial === undefined ? null : await oggEnd(source, serial);
  return {
    durationSec: end === null || rate === null ? null : end / rate,
    pieces: (_, warnings) => packetPieces(oggBatches(source, at, codec, warnings), packetDecoders[codec], warnings),
  };
}

async function openMpeg(source: ByteSource, { at }: { readonly at: number }): Promise<Opened> {
  const durationSec = await mpegDuration(source, at);
  return { durationSec, pieces: (_, warnings) => mpegPieces(parts(source, at), true, durationSec, warnings) };
}

function openPcm(source: ByteSource, layout: PcmLayout): Opened {
  async function* pieces(fromSec: number, warnings: Warning[]): AsyncGenerator<Piece> {
    if (layout.truncated) warnings.push({ code: "truncated" });
    const { channels, sampleRate, frames, coding } = layout;
    const blocks = (count: number): number => Math.floor(count / coding.blockFrames) * coding.blockFrames;
    const step = Math.max(coding.blockFrames, blocks((1 << 17) / channels));
    const unpack = coding.unpack();
    for (let at = blocks(fromSec * sampleRate); at < frames; at += step) {
      yield { channels: await pcmFrames(source, layout, at, Math.min(at + step, frames), unpack), sampleRate, atSec: at / sampleRate };
    }
  }
  return { durationSec: layout.frames / layout.sampleRate, pieces };
}

async function openContent(source: ByteSource, content: PcmLayout | Wrapped | CafAlac): Promise<Opened> {
  if (!("codec" in content)) return openPcm(source, content);
  if (content.codec === "mpeg") return await openMpeg(part(source, content.from, content.to), { at: 0 });
  const { cookie, frames, sampleRate, batches } = content;
  const open: OpenDecoder = async () => await packetDecoders.alac([cookie]);
  return { durationSec: frames === null ? null : frames / sampleRate, pieces: (_, warnings) => packetPieces(batches(), open, warnings) };
}

/** 192 dB over full scale: whole numbers of 32 bits, unscaled. */
const LOUDEST = 4294967296;

/** The one door out: no sample that is not a number, or beyond any scale, leaves it. They are silence, and `damaged` says so. */
async function* sound(pieces: AsyncGenerator<Piece>, warnings: Warning[]): AsyncGenerator<Piece> {
  let wrong = 0;
  for await (const piece of pieces) {
    for (const channel of piece.channels) {
      for (let i = 0; i < channel.length; i++) {
        // a comparison with what is no number is false, too
        if (Math.abs(channel[i]!) <= LOUDEST) continue;
        channel[i] = 0;
        wrong++;
      }
    }
    yield piece;
  }
  if (wrong > 0 && !warnings.some((warning) => warning.code === "damaged")) warnings.push({ code: "damaged" });
}
