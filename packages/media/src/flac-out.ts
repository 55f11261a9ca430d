import { SAMPLE_RATE } from "@kuishi/base";
import { registerFlacEncoder } from "@mediabunny/flac-encoder";
import { AudioSample, AudioSampleSource, BufferTarget, FlacOutputFormat, Output } from "mediabunny";
import { type AudioTags, metadataOf } from "./tags.ts";

registerFlacEncoder();

/** One or two channels at 48 kHz as a FLAC of 24 bits. */
export async function encodeFlac(channels: readonly Float32Array[], tags?: AudioTags): Promise<Uint8Array<ArrayBuffer>> {
  const output = new Output({ format: new FlacOutputFormat(), target: new BufferTarget() });
  const source = new AudioSampleSource({ codec: "flac", bitrate: 1 });
  output.addAudioTrack(source);
  if (tags) output.setMetadataTags(metadataOf(tags, "flac"));
  await output.start();
  const frames = channels[0]?.length ?? 0;
  for (let at = 0; at < frames; at += SAMPLE_RATE) {
    const length = Math.min(SAMPLE_RATE, frames - at);
    const data = new Int32Array(length * channels.length);
    // 24 bits in the upper part of 32
    channels.forEach((channel, c) => {
      for (let i = 0; i < length; i++) data[i * channels.length + c] = Math.max(-8388608, Math.min(8388607, Math.round(channel[at + i]! * 8388608))) * 256;
    });
    const sample = new AudioSample({ data, format: "s32", numberOfChannels: channels.length, sampleRate: SAMPLE_RATE, timestamp: at / SAMPLE_RATE });
    await source.add(sample);
    sample.close();
  }
  await output.finalize();
  return new Uint8Array(output.target.buffer!);
}
