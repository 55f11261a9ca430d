/** Bytes laid behind each other. */
export function joinedBytes(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return laid(new Uint8Array(lengthOf(parts)), parts);
}
/** Samples laid behind each other. */
export function joinedSamples(parts: readonly Float32Array[]): Float32Array<ArrayBuffer> {
  return laid(new Float32Array(lengthOf(parts)), parts);
}
const lengthOf = (parts: readonly { readonly length: number }[]): number => parts.reduce((sum, part) => sum + part.length, 0);
function laid<T extends { set(part: ArrayLike<number>, at: number): void }>(out: T, parts: readonly ArrayLike<number>[]): T {
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
