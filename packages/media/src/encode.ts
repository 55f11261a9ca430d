import { registerFlacEncoder } from "@mediabunny/flac-encoder";
import { AudioSample, AudioSampleSource, BufferTarget, EncodedAudioPacketSource, EncodedPacket, FlacOutputFormat, OggOutputFormat, Output } from "mediabunny";
import { createEncoder } from "wasm-media-encoders";
import { OpusEncoder } from "./opus.ts";
import { type WavFormat, wavBytes, wavHeader } from "./wav.ts";

/** Formats a mix can be written in. */
export type AudioFormat = "wav" | "flac" | "mp3" | "opus";

/** Loads the separate, replaceable `.wasm` file of a codec: LAME for mp3, libopus for opus. */
export type CodecLoader = (codec: "mp3" | "opus") => Promise<WebAssembly.Module>;

let flacReady = false;

/** Encodes one or two channels at 48 kHz. WAV and FLAC are 24 bit, MP3 256 kb/s, Opus 160 kb/s. */
export async function encodeAudio(
  format: AudioFormat,
  channels: readonly Float32Array[],
  load: CodecLoader,
  wav: WavFormat = "pcm24",
): Promise<Uint8Array<ArrayBuffer>> {
  const frames = channels[0]?.length ?? 0;
  switch (format) {
    case "wav":
      return joined([wavHeader(wav, 48_000, channels.length, frames), wavBytes(wav, channels)]);
    case "flac":
      return await encodeFlac(channels);
    case "mp3": {
      const encoder = await createEncoder("audio/mpeg", await load("mp3"));
      encoder.configure({ sampleRate: 48_000, channels: channels.length as 1 | 2, bitrate: 256 });
      const parts: Uint8Array[] = [];
      for (let at = 0; at < frames; at += 48_000) parts.push(encoder.encode(channels.map((channel) => channel.subarray(at, at + 48_000))).slice());
      parts.push(encoder.finalize().slice());
      return joined(parts);
    }
    case "opus":
      return await encodeOpus(channels, await load("opus"));
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

async function encodeFlac(channels: readonly Float32Array[]): Promise<Uint8Array<ArrayBuffer>> {
  if (!flacReady) registerFlacEncoder();
  flacReady = true;
  const output = new Output({ format: new FlacOutputFormat(), target: new BufferTarget() });
  const source = new AudioSampleSource({ codec: "flac", bitrate: 1 });
  output.addAudioTrack(source);
  await output.start();
  const frames = channels[0]?.length ?? 0;
  for (let at = 0; at < frames; at += 48_000) {
    const length = Math.min(48_000, frames - at);
    const data = new Int32Array(length * channels.length);
    // 24 bits in the upper part of 32
    channels.forEach((channel, c) => {
      for (let i = 0; i < length; i++)
        data[i * channels.length + c] = Math.max(-8388608, Math.min(8388607, Math.round((channel[at + i] as number) * 8388608))) * 256;
    });
    const sample = new AudioSample({ data, format: "s32", numberOfChannels: channels.length, sampleRate: 48_000, timestamp: at / 48_000 });
    await source.add(sample);
    sample.close();
  }
  await output.finalize();
  return new Uint8Array(output.target.buffer as ArrayBuffer);
}

/** Samples libopus looks ahead; a player skips them. */
const PRE_SKIP = 312;
const FRAME = 960;

async function encodeOpus(channels: readonly Float32Array[], module: WebAssembly.Module): Promise<Uint8Array<ArrayBuffer>> {
  const count = channels.length;
  const frames = channels[0]?.length ?? 0;
  const encoder = new OpusEncoder(module, count, 160_000);
  const output = new Output({ format: new OggOutputFormat(), target: new BufferTarget() });
  const source = new EncodedAudioPacketSource("opus");
  output.addAudioTrack(source);
  await output.start();
  // OpusHead, RFC 7845 section 5.1
  const head = new Uint8Array([0x4f, 0x70, 0x75, 0x73, 0x48, 0x65, 0x61, 0x64, 1, count, PRE_SKIP & 255, PRE_SKIP >> 8, 0x80, 0xbb, 0, 0, 0, 0, 0]);
  const decoderConfig = { codec: "opus", numberOfChannels: count, sampleRate: 48_000, description: head };
  const pcm = new Int16Array(FRAME * count);
  for (let at = 0; at < frames + PRE_SKIP; at += FRAME) {
    for (let i = 0; i < FRAME; i++) {
      for (let c = 0; c < count; c++) pcm[i * count + c] = Math.max(-32768, Math.min(32767, Math.round(((channels[c] as Float32Array)[at + i] ?? 0) * 32768)));
    }
    await source.add(new EncodedPacket(encoder.encode(pcm), "key", at / 48_000, FRAME / 48_000), { decoderConfig });
  }
  await output.finalize();
  return new Uint8Array(output.target.buffer as ArrayBuffer);
}
