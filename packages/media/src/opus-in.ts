import { Complaint, fromDb } from "@kuishi/base";
import { concatenated, type PacketDecoder } from "./packets.ts";
import { quiet } from "./quiet.ts";

/** What an Opus stream says of itself (RFC 7845, 5.1). */
export interface OpusHead {
  readonly channels: number;
  /** Frames at 48 kHz before the sound begins. */
  readonly preSkip: number;
  /** Gain to be applied to everything. */
  readonly gain: number;
  readonly streams: number;
  readonly coupled: number;
  readonly mapping: readonly number[];
}

const bad = (): Complaint => new Complaint("unreadable", "media.damaged");

/** @throws Complaint `unreadable`, or `unsupported` for a layout that names no speakers. */
export function opusHead(bytes: Uint8Array): OpusHead {
  if (bytes.length < 19) throw bad();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const channels = bytes[9]!;
  const family = bytes[18]!;
  const head = { channels, preSkip: view.getUint16(10, true), gain: fromDb(view.getInt16(16, true) / 256) };
  if (family === 0) {
    if (channels < 1 || channels > 2) throw bad();
    return { ...head, streams: 1, coupled: channels - 1, mapping: channels === 1 ? [0] : [0, 1] };
  }
  const streams = bytes[19] ?? 0;
  const coupled = bytes[20] ?? 0;
  const mapping = [...bytes.subarray(21, 21 + channels)];
  if (family !== 1 && family !== 255) throw new Complaint("unsupported", "media.codec", { codec: `opus ${family}` });
  const sane =
    channels > 0 && (family === 255 || channels <= 8) && mapping.length === channels && streams > 0 && coupled <= streams && streams + coupled <= 255;
  if (!sane || mapping.some((from) => from !== 255 && from >= streams + coupled)) throw bad();
  return { ...head, streams, coupled, mapping: family === 1 ? ordered(mapping) : mapping };
}

/** Where the speakers of Vorbis' and Opus' layouts stand among ours: front left, right, centre, low, then the rest (Vorbis I, 4.3.9). */
const ORDER: Readonly<Record<number, readonly number[]>> = {
  3: [0, 2, 1],
  5: [0, 2, 1, 3, 4],
  6: [0, 2, 1, 5, 3, 4],
  7: [0, 2, 1, 6, 5, 3, 4],
  8: [0, 2, 1, 7, 5, 6, 3, 4],
};
/** Channels in the order of WAV's speakers, from that of Vorbis. */
export function ordered<T>(channels: readonly T[]): readonly T[] {
  return ORDER[channels.length]?.map((from) => channels[from]!) ?? channels;
}

/** Longest packet the decoder takes: 120 ms at 256 kb/s a channel, its own bound. */
const room = (channels: number): number => 3840 * channels;

/** A decoder of raw Opus packets, at 48 kHz. */
export async function openOpus(packets: readonly Uint8Array[]): Promise<PacketDecoder> {
  const head = opusHead(packets[0] ?? new Uint8Array(0));
  const { OpusDecoder } = await import("opus-decoder");
  const { channels, gain } = head;
  const decoder = new OpusDecoder({ channels, streamCount: head.streams, coupledStreamCount: head.coupled, channelMappingTable: [...head.mapping] });
  await decoder.ready;
  return {
    sampleRate: 48_000,
    channels,
    skip: head.preSkip,
    decode: (list) => {
      let failed = 0;
      const blocks: Float32Array[][] = [];
      for (const packet of list) {
        const { channelData, samplesDecoded, errors } = packet.length > room(channels) ? NOTHING : quiet(() => decoder.decodeFrame(packet));
        if (errors.length > 0) failed++;
        else if (samplesDecoded > 0) blocks.push(channelData);
      }
      const sound = concatenated(blocks, channels);
      if (gain !== 1) for (const channel of sound) for (let i = 0; i < channel.length; i++) channel[i] = channel[i]! * gain;
      return { channels: sound, failed };
    },
    free: () => decoder.free(),
  };
}
const NOTHING = { channelData: [], samplesDecoded: 0, errors: [{}] };
