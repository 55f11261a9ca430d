import { z } from "zod";
import { hashOf, Sha256 } from "./hash.ts";

/** Sounds travel in pieces of this size; the last one is shorter. */
export const CHUNK_BYTES: number = 4 << 20;
/** A sound of the largest size that is taken has so many pieces. */
const MAX_CHUNKS = 512;

/** A sound by its content: SHA-256 of the whole, and of each of its pieces in order. */
export interface Manifest {
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
  readonly chunks: readonly string[];
}
export const Manifest: z.ZodType<Manifest> = z.object({ sha256: Sha256, size: z.int().nonnegative(), chunks: z.array(Sha256).max(MAX_CHUNKS) });

/** Where a sound is cut: from, to, in bytes. */
export function chunksOf(size: number): (readonly [number, number])[] {
  return Array.from({ length: Math.ceil(size / CHUNK_BYTES) }, (_, k) => [k * CHUNK_BYTES, Math.min(size, (k + 1) * CHUNK_BYTES)] as const);
}
/** A manifest without the hash of the whole, which its address says. */
export async function manifestOf(sha256: string, blob: Blob): Promise<Manifest> {
  const chunks: string[] = [];
  for (const [from, to] of chunksOf(blob.size)) chunks.push(hashOf(new Uint8Array(await blob.slice(from, to).arrayBuffer())));
  return { sha256, size: blob.size, chunks };
}

/** What a keeper of sounds answers; every call may be made again. */
export interface BlobDoor {
  /** Hashes of the pieces that it wants. */
  missing(manifest: Manifest): Promise<readonly string[]>;
  put(sha256: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** All pieces are there: from now on it is the sound. */
  commit(manifest: Manifest): Promise<void>;
}
/**
 * Brings a sound to a server: what is there already is not sent again, so a call that was cut off goes on where it was.
 * @throws what the door throws.
 */
export async function bring(manifest: Manifest, blob: Blob, door: BlobDoor): Promise<void> {
  const wanted = new Set(await door.missing(manifest));
  for (const [k, [from, to]] of chunksOf(blob.size).entries()) {
    const hash = manifest.chunks[k]!;
    if (!wanted.delete(hash)) continue;
    await door.put(hash, new Uint8Array(await blob.slice(from, to).arrayBuffer()));
  }
  await door.commit(manifest);
}
