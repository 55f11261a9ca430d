/** Remainders of one byte for a polynomial of `bits` bits, most significant bit first. */
function table(bits: number, polynomial: number): Uint32Array {
  const top = bits - 1;
  const mask = bits === 32 ? 0xffffffff : (1 << bits) - 1;
  return Uint32Array.from({ length: 256 }, (_, byte) => {
    let rest = byte << (bits - 8);
    for (let i = 0; i < 8; i++) rest = ((rest << 1) ^ ((rest >>> top) & 1 ? polynomial : 0)) & mask;
    return rest >>> 0;
  });
}
const EIGHT = table(8, 0x07);
const SIXTEEN = table(16, 0x8005);
const THIRTY_TWO = table(32, 0x04c11db7);

/** CRC-8 of a FLAC frame's header (RFC 9639, 9.1.8). */
export function crc8(bytes: Uint8Array, from: number, to: number): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum = EIGHT[sum ^ bytes[i]!]!;
  return sum;
}
/** CRC-16 of a FLAC frame (RFC 9639, 9.3). */
export function crc16(bytes: Uint8Array, from: number, to: number): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum = ((sum << 8) & 0xffff) ^ SIXTEEN[(sum >>> 8) ^ bytes[i]!]!;
  return sum;
}
/** CRC-32 of an Ogg page whose own field is zero (RFC 3533, 6). */
export function crc32(bytes: Uint8Array, from: number, to: number): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum = (sum << 8) ^ THIRTY_TWO[(sum >>> 24) ^ bytes[i]!]!;
  return sum >>> 0;
}
