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
/** Bytes [from, to) of a source as a source. */
export function part(source: ByteSource, from: number, to: number): ByteSource {
  const start = Math.min(from, source.size);
  const size = Math.max(0, Math.min(to, source.size) - start);
  return { size, read: (a, b) => source.read(start + Math.min(a, size), start + Math.min(b, size)) };
}
