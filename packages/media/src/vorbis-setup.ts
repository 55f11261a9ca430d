import { Complaint, pow2i } from "@kuishi/base";

/** Bits of a Vorbis header, lowest first. What lies beyond its end is damage. */
class Bits {
  readonly #bytes: Uint8Array;
  #bit: number;
  constructor(bytes: Uint8Array, fromByte: number) {
    this.#bytes = bytes;
    this.#bit = fromByte * 8;
  }
  get left(): number {
    return this.#bytes.length * 8 - this.#bit;
  }
  read(count: number): number {
    must(count <= this.left);
    let value = 0;
    for (let i = 0; i < count; i++, this.#bit++) value += ((this.#bytes[this.#bit >> 3]! >> (this.#bit & 7)) & 1) * pow2i(i);
    return value;
  }
  skip(count: number): void {
    must(count <= this.left);
    this.#bit += count;
  }
}
function must(holds: boolean): void {
  if (!holds) throw new Complaint("unreadable", "media.damaged");
}
/** Bits a number needs. */
const bitsOf = (value: number): number => 32 - Math.clz32(value);

/** A codebook as far as others must fit it. */
interface Book {
  readonly dimensions: number;
  readonly entries: number;
  readonly hasValues: boolean;
}

function book(bits: Bits): Book {
  must(bits.read(24) === 0x564342);
  const dimensions = bits.read(16);
  const entries = bits.read(24);
  must(bitsOf(dimensions) + bitsOf(entries) <= 24);
  // codes of so many bits fill so much of the tree: it must be full, and no fuller
  let filled = 0;
  let used = 0;
  const codes = (count: number, length: number): void => {
    filled += count * pow2i(-length);
    used += count;
  };
  if (bits.read(1) === 1) {
    for (let at = 0, length = bits.read(5) + 1; at < entries; length++) {
      const count = bits.read(bitsOf(entries - at));
      must(length <= 32 && count <= entries - at);
      codes(count, length);
      at += count;
    }
  } else {
    const isSparse = bits.read(1) === 1;
    for (let i = 0; i < entries; i++) if (!isSparse || bits.read(1) === 1) codes(1, bits.read(5) + 1);
  }
  must(filled === 1 || used <= 1);
  const lookup = bits.read(4);
  must(lookup <= 2);
  if (lookup > 0) {
    bits.skip(64);
    const width = bits.read(4) + 1;
    bits.skip(1);
    bits.skip(width * (lookup === 1 ? grid(entries, dimensions) : entries * dimensions));
  }
  return { dimensions, entries, hasValues: lookup > 0 };
}
/** The greatest whole number whose `dimensions`th power is not above `entries`. */
function grid(entries: number, dimensions: number): number {
  must(dimensions > 0);
  let side = 1;
  while (power(side + 1, dimensions, entries) <= entries) side++;
  return side;
}
/** A power, as far as it stays below a limit. */
function power(base: number, exponent: number, limit: number): number {
  let value = 1;
  for (let i = 0; i < exponent && value <= limit; i++) value *= base;
  return base === 1 ? Math.min(1, limit) : value;
}

function floor(bits: Bits, books: readonly Book[]): void {
  const type = bits.read(16);
  if (type === 0) throw new Complaint("unsupported", "media.codec", { codec: "Vorbis, floor 0" });
  must(type === 1);
  const classes = Array.from({ length: bits.read(5) }, () => bits.read(4));
  const sizes = Array.from({ length: classes.length === 0 ? 0 : Math.max(...classes) + 1 }, () => {
    const size = bits.read(3) + 1;
    const subclasses = bits.read(2);
    if (subclasses > 0) must(bits.read(8) < books.length);
    for (let i = 0; i < 1 << subclasses; i++) must(bits.read(8) - 1 < books.length);
    return size;
  });
  bits.skip(2);
  const width = bits.read(4);
  const places = new Set([0, pow2i(width)]);
  let count = 2;
  for (const kind of classes) {
    for (let i = 0; i < sizes[kind]!; i++, count++) places.add(bits.read(width));
  }
  must(count <= 65 && places.size === count);
}

/** @returns its type. */
function residue(bits: Bits, books: readonly Book[]): number {
  const type = bits.read(16);
  must(type <= 2);
  const [begin, end] = [bits.read(24), bits.read(24)];
  bits.skip(24);
  const classifications = bits.read(6) + 1;
  const classbook = books[bits.read(8)];
  must(begin <= end && classbook !== undefined && classbook.dimensions > 0);
  must(power(classifications, classbook!.dimensions, classbook!.entries) <= classbook!.entries);
  const cascades = Array.from({ length: classifications }, () => {
    const low = bits.read(3);
    return low + (bits.read(1) === 1 ? bits.read(5) * 8 : 0);
  });
  for (const cascade of cascades) {
    for (let pass = 0; pass < 8; pass++) if (((cascade >> pass) & 1) === 1) must(books[bits.read(8)]?.hasValues === true);
  }
  return type;
}

/** @param residues their types. */
function mapping(bits: Bits, channels: number, floors: number, residues: readonly number[]): void {
  must(bits.read(16) === 0);
  const submaps = bits.read(1) === 1 ? bits.read(4) + 1 : 1;
  const refused = (): Complaint => new Complaint("unsupported", "media.codec", { codec: "Vorbis 5.1" });
  if (submaps > 1) throw refused();
  const couplings = bits.read(1) === 1 ? bits.read(8) + 1 : 0;
  const width = bitsOf(channels - 1);
  for (let i = 0; i < couplings; i++) {
    const [magnitude, angle] = [bits.read(width), bits.read(width)];
    must(magnitude !== angle && magnitude < channels && angle < channels);
  }
  must(bits.read(2) === 0);
  bits.skip(8);
  must(bits.read(8) < floors);
  const type = residues[bits.read(8)];
  must(type !== undefined);
  // The decoder takes what residues of type 2 hold together for two channels, ends early where there are more, and gives noise (docs/adr/0002);
  // encoders write that for 5.1 alone, in one of two submaps.
  if (type === 2 && channels > 2) throw refused();
}

/**
 * Reads a Vorbis setup header to its end, for two reasons: the decoder trusts what stands in it, and a packet's length hangs on its modes (Vorbis I, 4.2.4).
 * @returns by mode whether it is of long blocks. @throws Complaint `unreadable` where the header breaks a rule of the specification.
 */
export function vorbisModes(setup: Uint8Array, channels: number): boolean[] {
  must(String.fromCharCode(...setup.subarray(0, 7)) === "\x05vorbis");
  const bits = new Bits(setup, 7);
  const books = Array.from({ length: bits.read(8) + 1 }, () => book(bits));
  for (let left = bits.read(6) + 1; left > 0; left--) must(bits.read(16) === 0);
  const floors = bits.read(6) + 1;
  for (let i = 0; i < floors; i++) floor(bits, books);
  const residues = Array.from({ length: bits.read(6) + 1 }, () => residue(bits, books));
  const mappings = bits.read(6) + 1;
  for (let i = 0; i < mappings; i++) mapping(bits, channels, floors, residues);
  const modes = Array.from({ length: bits.read(6) + 1 }, () => {
    const isLong = bits.read(1) === 1;
    must(bits.read(32) === 0 && bits.read(8) < mappings);
    return isLong;
  });
  must(bits.read(1) === 1);
  return modes;
}
