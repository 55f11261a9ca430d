import { Complaint } from "@kuishi/base";
import {
  ALL_FORMATS,
  AudioSampleSink,
  BufferTarget,
  CustomSource,
  EncodedAudioPacketSource,
  EncodedPacketSink,
  FlacOutputFormat,
  Input,
  Mp3OutputFormat,
  OggOutputFormat,
  Output,
  WavOutputFormat,
} from "mediabunny";
import type { ByteSource } from "./source.ts";

/** Audio taken out of a container: as a file of its own format, or, where only the host can decode it, as samples. */
export type Unwrapped =
  | { readonly bytes: Uint8Array }
  | { readonly pcm: () => AsyncGenerator<{ channels: Float32Array[]; sampleRate: number; atSec: number }> };

/** Takes the first audio track out of MP4, MOV, WebM or ADTS. @throws Complaint. */
export async function unwrapped(source: ByteSource): Promise<Unwrapped> {
  const input = new Input({
    formats: ALL_FORMATS,
    source: new CustomSource({ getSize: () => source.size, read: async (from, to) => await source.read(from, to) }),
  });
  try {
    const track = await input.getPrimaryAudioTrack();
    if (!track) throw new Complaint("unreadable", "media.noaudio");
    const codec = track.codec;
    if (codec === null) throw new Complaint("unsupported", "media.codec", { codec: String(track.internalCodecId ?? "?") });
    if (codec === "aac") {
      if (typeof AudioDecoder === "undefined" || !(await track.canDecode())) throw new Complaint("unsupported", "media.aac");
      return { pcm: () => decodedByHost(new AudioSampleSink(track)) };
    }
    const format =
      codec === "opus" || codec === "vorbis"
        ? new OggOutputFormat()
        : codec === "mp3"
          ? new Mp3OutputFormat()
          : codec === "flac"
            ? new FlacOutputFormat()
            : codec.startsWith("pcm")
              ? new WavOutputFormat()
              : null;
    if (!format) throw new Complaint("unsupported", "media.codec", { codec });
    const output = new Output({ format, target: new BufferTarget() });
    const packets = new EncodedAudioPacketSource(codec);
    output.addAudioTrack(packets);
    await output.start();
    const config = await track.getDecoderConfig();
    for await (const packet of new EncodedPacketSink(track).packets()) await packets.add(packet, config ? { decoderConfig: config } : undefined);
    await output.finalize();
    const buffer = output.target.buffer;
    if (!buffer) throw new Complaint("unreadable", "media.damaged");
    return { bytes: new Uint8Array(buffer) };
  } catch (error) {
    if (error instanceof Complaint) throw error;
    throw new Complaint("unreadable", "media.damaged");
  }
}

async function* decodedByHost(sink: AudioSampleSink): AsyncGenerator<{ channels: Float32Array[]; sampleRate: number; atSec: number }> {
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
