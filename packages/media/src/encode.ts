import { joinedBytes, SAMPLE_RATE } from "@kuishi/base";
import type { AudioTags } from "./tags.ts";
import { type WavFormat, wavBytes, wavHeader } from "./wav.ts";

/** Formats a mix can be written in. */
export type AudioFormat = "wav" | "flac" | "mp3" | "opus";

/** Loads the separate, replaceable `.wasm` file of a codec: LAME for mp3, libopus for opus. */
export type CodecLoader = (codec: "mp3" | "opus") => Promise<WebAssembly.Module>;

/** Encodes one or two channels at 48 kHz; each encoder is loaded when it is asked for. WAV and FLAC are 24 bit, MP3 256 kb/s, Opus 160 kb/s; WAV has no tags. */
export async function encodeAudio(
  format: AudioFormat,
  channels: readonly Float32Array[],
  load: CodecLoader,
  wav: WavFormat = "pcm24",
  tags?: AudioTags,
): Promise<Uint8Array<ArrayBuffer>> {
  const frames = channels[0]?.length ?? 0;
  switch (format) {
    case "wav":
      return joinedBytes([wavHeader(wav, SAMPLE_RATE, channels.length, frames), wavBytes(wav, channels)]);
    case "flac":
      return await (await import("./flac-out.ts")).encodeFlac(channels, tags);
    case "mp3":
      return await (await import("./mp3-out.ts")).encodeMp3(channels, await load("mp3"), tags);
    case "opus":
      return await (await import("./opus-out.ts")).encodeOpus(channels, await load("opus"), tags);
  }
}
