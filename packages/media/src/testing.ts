import { Complaint, joinedBytes, joinedSamples, pow2i } from "@kuishi/base";
import { type OpenAudio, openAudio } from "./decode.ts";
import { memorySource } from "./source.ts";

/** What tests of this package share: bytes put together, sound read whole. */
export const joined = (...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> => joinedBytes(parts);
export const text = (value: string): Uint8Array => Uint8Array.from([...value].map((c) => c.charCodeAt(0)));
/** Whole numbers of so many bytes; big-endian unless said. */
export function number(value: number, bytes: number, little = false): Uint8Array {
  const out = Uint8Array.from({ length: bytes }, (_, i) => Math.floor(value / pow2i(8 * (bytes - 1 - i))) & 255);
  return little ? out.reverse() : out;
}

export interface Whole {
  readonly channels: Float32Array[];
  readonly sampleRate: number;
  readonly warnings: string[];
  readonly opened: OpenAudio;
}
/** All that is in a file. */
export async function whole(bytes: Uint8Array, fromSec = 0): Promise<Whole> {
  const opened = await openAudio(memorySource(bytes));
  const pieces: Float32Array[][] = [];
  let sampleRate = 0;
  for await (const piece of opened.pieces(fromSec)) {
    sampleRate = piece.sampleRate;
    piece.channels.forEach((channel, c) => {
      pieces[c] ??= [];
      pieces[c].push(channel.slice());
    });
  }
  const channels = pieces.map(joinedSamples);
  return { channels, sampleRate, warnings: opened.warnings.map((warning) => warning.code), opened };
}
export async function complaintOf(work: Promise<unknown>): Promise<Complaint> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Complaint) return error;
    throw error;
  }
  throw new Error("no complaint");
}
