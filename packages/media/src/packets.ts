import { Complaint, joinedSamples, type Warning } from "@kuishi/base";
import { Gather, type Piece } from "./pieces.ts";

/** Some packets of a compressed stream, in order. */
export interface Batch {
  readonly packets: readonly Uint8Array[];
  /** Header packets, where a stream begins with this batch. */
  readonly head?: readonly Uint8Array[];
  /** Frames of the stream up to the end of these packets, by its own clock; null where it does not say. */
  readonly end: number | null;
  /** Something before these packets is missing. */
  readonly lost: boolean;
  /** The stream ends here, at `end`. */
  readonly last: boolean;
}

/** Decodes whole packets, in order. */
export interface PacketDecoder {
  readonly sampleRate: number;
  readonly channels: number;
  /** Frames at the beginning that are not to be heard. */
  readonly skip: number;
  /** Sound of some packets and how many of them could not be decoded. What it throws ends its use. */
  decode(packets: readonly Uint8Array[]): { readonly channels: readonly Float32Array[]; readonly failed: number };
  free(): void;
}

/** Makes a decoder from the header packets of a stream. @throws Complaint. */
export type OpenDecoder = (head: readonly Uint8Array[]) => Promise<PacketDecoder>;

/** Decoders that broke down before a file is given up. */
const BREAKDOWNS = 8;
/** Silence put where packets are missing, at most. */
const LONGEST_GAP_SEC = 60;

/**
 * Decodes packets. Where some are missing or damaged there is silence of their length, as far as the stream's clock tells it, and a warning.
 * A decoder that breaks down is thrown away and another made.
 * @throws Complaint `unreadable` where nothing can be decoded.
 */
export async function* packetPieces(batches: AsyncIterable<Batch>, open: OpenDecoder, warnings: Warning[]): AsyncGenerator<Piece> {
  let decoder: PacketDecoder | null = null;
  let head: readonly Uint8Array[] | undefined;
  let out: Gather | null = null;
  let skip = 0;
  /** What the stream's clock shows where its first frame begins; null until it is known. */
  let origin: number | null = null;
  /** Frames of this stream so far, skipped ones too. */
  let made = 0;
  let breakdowns = 0;
  let damaged = false;
  try {
    for await (const batch of batches) {
      if (batch.head) {
        discard(decoder);
        decoder = null;
        head = batch.head;
        origin = null;
        made = 0;
      }
      if (!head) continue;
      if (!decoder) {
        decoder = await open(head);
        if (batch.head) skip = decoder.skip;
        const { sampleRate, channels } = decoder;
        if (out && (out.sampleRate !== sampleRate || out.channels.length !== channels)) yield* out.rest();
        if (!out || out.sampleRate !== sampleRate || out.channels.length !== channels) out = new Gather(sampleRate, channels);
      }
      const gather: Gather = out!;
      let channels: readonly Float32Array[] = [];
      let failed = 0;
      try {
        ({ channels, failed } = decoder.decode(batch.packets));
      } catch (error) {
        if (error instanceof Complaint) throw error;
        discard(decoder);
        decoder = null;
        failed = batch.packets.length;
        if (++breakdowns > BREAKDOWNS) {
          damaged = true;
          break;
        }
      }
      let length = channels[0]?.length ?? 0;
      if (batch.end !== null) {
        origin ??= batch.lost || failed > 0 ? 0 : Math.max(0, batch.end - length);
        const gap = batch.end - origin - made - length;
        if ((batch.lost || failed > 0) && gap > 0 && gap <= LONGEST_GAP_SEC * gather.sampleRate) {
          yield* gather.silence(gap);
          made += gap;
        }
        // encoders fill the last packet up; the clock says how much of it is meant
        if (batch.last) length = Math.max(0, Math.min(length, batch.end - origin - made));
      }
      damaged ||= failed > 0 || batch.lost;
      made += length;
      const dropped = Math.min(skip, length);
      skip -= dropped;
      if (length > dropped) {
        yield* gather.before(length - dropped);
        gather.channels.forEach((to, c) => to.set(channels[c]!.subarray(dropped, length), gather.filled));
        gather.filled += length - dropped;
      }
    }
    if (!out || out.made === 0) throw new Complaint("unreadable", "media.damaged");
    yield* out.rest();
    if (damaged) warnings.push({ code: "damaged" });
  } finally {
    discard(decoder);
  }
}
/** A decoder that broke down may not even be freed. */
function discard(decoder: PacketDecoder | null): void {
  try {
    decoder?.free();
  } catch {}
}

/** Blocks of all channels laid behind each other. */
export function concatenated(blocks: readonly (readonly Float32Array[])[], channels: number): Float32Array[] {
  return Array.from({ length: channels }, (_, c) => joinedSamples(blocks.map((block) => block[c]!)));
}
