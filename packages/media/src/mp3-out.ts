import { joinedBytes, SAMPLE_RATE } from "@kuishi/base";
import { BufferSource, BufferTarget, EncodedAudioPacketSource, EncodedPacketSink, Input, MP3, Mp3OutputFormat, Output } from "mediabunny";
import { createEncoder } from "wasm-media-encoders";
import { type AudioTags, metadataOf } from "./tags.ts";

/** One or two channels at 48 kHz as MP3, 256 kb/s, by LAME. */
export async function encodeMp3(channels: readonly Float32Array[], module: WebAssembly.Module, tags?: AudioTags): Promise<Uint8Array<ArrayBuffer>> {
  const encoder = await createEncoder("audio/mpeg", module);
  encoder.configure({ sampleRate: SAMPLE_RATE, channels: channels.length as 1 | 2, bitrate: 256 });
  const frames = channels[0]?.length ?? 0;
  const parts: Uint8Array[] = [];
  for (let at = 0; at < frames; at += SAMPLE_RATE) parts.push(encoder.encode(channels.map((channel) => channel.subarray(at, at + SAMPLE_RATE))).slice());
  parts.push(encoder.finalize().slice());
  const bytes = joinedBytes(parts);
  return tags ? await tagged(bytes, tags) : bytes;
}

/** The same packets behind a header that says what they are. */
async function tagged(bytes: Uint8Array<ArrayBuffer>, tags: AudioTags): Promise<Uint8Array<ArrayBuffer>> {
  const track = (await new Input({ source: new BufferSource(bytes), formats: [MP3] }).getPrimaryAudioTrack())!;
  const output = new Output({ format: new Mp3OutputFormat(), target: new BufferTarget() });
  const source = new EncodedAudioPacketSource("mp3");
  output.addAudioTrack(source);
  output.setMetadataTags(metadataOf(tags, "mp3"));
  await output.start();
  const decoderConfig = (await track.getDecoderConfig())!;
  for await (const packet of new EncodedPacketSink(track).packets()) await source.add(packet, { decoderConfig });
  await output.finalize();
  return new Uint8Array(output.target.buffer!);
}
