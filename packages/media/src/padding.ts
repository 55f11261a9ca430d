import type { Piece } from "./pieces.ts";
import type { ByteSource } from "./source.ts";

/** Where the last block of a Matroska file is looked for: before its index. */
const END_BYTES = 1 << 17;
const [BLOCK_GROUP, PADDING] = [0xa0, [0x75, 0xa2]] as const;

/** A number of EBML whose first byte tells its length (RFC 8794, 4): value and bytes. */
function sizeAt(bytes: Uint8Array, at: number): readonly [value: number, bytes: number] {
  const length = Math.clz32(bytes[at] ?? 0) - 23;
  let value = (bytes[at] ?? 0) & (0xff >> length);
  for (let k = 1; k < length; k++) value = value * 256 + (bytes[at + k] ?? 0);
  return [value, length];
}

/** Seconds that the last block of a Matroska file says its encoder filled up (RFC 9559, 5.1.3.5.7), which the library does not tell; 0 where it says nothing. */
export async function paddingAtEnd(source: ByteSource): Promise<number> {
  const bytes = await source.read(Math.max(0, source.size - END_BYTES), source.size);
  for (let at = bytes.lastIndexOf(PADDING[0]); at > 0; at = bytes.lastIndexOf(PADDING[0], at - 1)) {
    const length = (bytes[at + 2] ?? 0) & 0x7f;
    if (bytes[at + 1] !== PADDING[1] || length < 1 || length > 6 || (bytes[at + 2]! & 0x80) === 0) continue;
    const end = at + 3 + length;
    // sound may hold these bytes by chance: only at the very end of a group of blocks do they mean it
    for (let group = at - 1; group >= Math.max(0, at - 8192); group--) {
      if (bytes[group] !== BLOCK_GROUP) continue;
      const [size, width] = sizeAt(bytes, group + 1);
      if (group + 1 + width + size !== end || bytes[group + 1 + width] !== 0xa1) continue;
      let value = 0;
      for (let k = 0; k < length; k++) value = value * 256 + bytes[at + 3 + k]!;
      // a negative number would mean sound that is missing
      return bytes[at + 3]! >= 0x80 ? 0 : value / 1e9;
    }
  }
  return 0;
}

/** Sound without its last seconds. */
export async function* withoutEnd(pieces: AsyncGenerator<Piece>, seconds: number): AsyncGenerator<Piece> {
  const held: Piece[] = [];
  const lengthOf = (piece: Piece): number => piece.channels[0]!.length;
  for await (const piece of pieces) {
    held.push(piece);
    const drop = Math.round(seconds * piece.sampleRate);
    while (held.slice(1).reduce((sum, one) => sum + lengthOf(one), 0) >= drop && held.length > 1) yield held.shift()!;
  }
  let drop = Math.round(seconds * (held[0]?.sampleRate ?? 0));
  const kept: Piece[] = [];
  for (const piece of held.reverse()) {
    const length = Math.max(0, lengthOf(piece) - drop);
    drop -= lengthOf(piece) - length;
    if (length > 0) kept.unshift({ ...piece, channels: piece.channels.map((channel) => channel.subarray(0, length)) });
  }
  yield* kept;
}
