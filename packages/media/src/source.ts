/** Bytes that can be read anywhere: a file on disk, a Blob, a buffer. */
export interface ByteSource {
  readonly size: number;
  /** Bytes [from, to); shorter only at the end of the source. */
  read(from: number, to: number): Promise<Uint8Array>;
}

/** A source over bytes in memory. */
export function memorySource(bytes: Uint8Array): ByteSource {
  return { size: bytes.length, read: (from, to) => Promise.resolve(bytes.subarray(from, to)) };
}
/** A source over a Blob or File of the browser. */
export function blobSource(blob: Blob): ByteSource {
  return { size: blob.size, read: async (from, to) => new Uint8Array(await blob.slice(from, to).arrayBuffer()) };
}
