import { flacPackets } from "./flac-in.ts";
import type { OggCodec } from "./ogg.ts";
import type { OpenDecoder } from "./packets.ts";

/** Decoders of raw packets, by codec. */
export const packetDecoders: Readonly<Record<OggCodec | "alac", OpenDecoder>> = {
  opus: async (head) => await (await import("./opus-in.ts")).openOpus(head),
  vorbis: async (head) => await (await import("./vorbis-in.ts")).openVorbis(head),
  flac: (head) => Promise.resolve(flacPackets(head)),
  alac: async (head) => (await import("./alac-in.ts")).openAlac(head),
};
