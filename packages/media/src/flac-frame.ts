import { pow2i } from "@kuishi/base";
import { crc8, crc16 } from "./crc.ts";

/** What a FLAC says of itself in STREAMINFO (RFC 9639, 8.2). */
export interface FlacInfo {
  readonly sampleRate: number;
  readonly channels: number;
  readonly bits: number;
  /** Length of the whole, 0 where it is not told. */
  readonly frames: number;
  /** Length of a block where all but the last are alike, else 0. */
  readonly blockSize: number;
}

/** Header of a frame: a block of all channels. */
export interface FlacHeader {
  readonly sampleRate: number;
  readonly channels: number;
  readonly bits: number;
  readonly blockSize: number;
  /** 0..7: that many channels and one, apart; 8 left and side, 9 side and right, 10 mid and side. */
  readonly assignment: number;
  /** Number of the frame, or of its first sample where blocks are of varying length. */
  readonly number: number;
  readonly numbersSamples: boolean;
  /** Length of the header in bytes. */
  readonly length: number;
}

/** Bytes of STREAMINFO's content, or more. */
export function flacInfo(bytes: Uint8Array): FlacInfo | null {
  if (bytes.length < 18) return null;
  const at = (i: number): number => bytes[i]!;
  const least = (at(0) << 8) | at(1);
  const most = (at(2) << 8) | at(3);
  const sampleRate = (at(10) << 12) | (at(11) << 4) | (at(12) >> 4);
  if (sampleRate === 0) return null;
  return {
    sampleRate,
    channels: ((at(12) >> 1) & 7) + 1,
    bits: (((at(12) & 1) << 4) | (at(13) >> 4)) + 1,
    frames: (at(13) & 15) * 4294967296 + ((at(14) << 24) >>> 0) + (at(15) << 16) + (at(16) << 8) + at(17),
    blockSize: least === most ? most : 0,
  };
}

const RATES = [0, 88200, 176400, 192000, 8000, 16000, 22050, 24000, 32000, 44100, 48000, 96000];
const BITS = [0, 8, 12, -1, 16, 20, 24, 32];
/** The longest header there is. */
export const FLAC_HEADER = 16;

/** The frame header at `at`, checked by its CRC; null where there is none. `info` fills in what a header may leave to STREAMINFO. */
export function flacHeader(bytes: Uint8Array, at: number, end: number, info: FlacInfo | null): FlacHeader | null {
  if (at + 6 > end || bytes[at] !== 0xff || (bytes[at + 1]! & 0xfe) !== 0xf8) return null;
  const sizes = bytes[at + 2]! >> 4;
  const rates = bytes[at + 2]! & 15;
  const assignment = bytes[at + 3]! >> 4;
  const depth = BITS[(bytes[at + 3]! >> 1) & 7]!;
  if (sizes === 0 || rates === 15 || assignment > 10 || depth < 0 || (bytes[at + 3]! & 1) === 1) return null;
  let to = at + 4;
  // the number is written as UTF-8 would, up to 36 bits
  const lead = bytes[to++]!;
  const more = lead < 0x80 ? 0 : Math.clz32(~lead << 24) - 1;
  if (lead >= 0x80 && (more < 1 || more > 6)) return null;
  let number = more === 0 ? lead : lead & ((1 << (6 - more)) - 1);
  for (let i = 0; i < more; i++) {
    if ((bytes[to]! & 0xc0) !== 0x80) return null;
    number = number * 64 + (bytes[to++]! & 0x3f);
  }
  let blockSize = sizes === 1 ? 192 : sizes < 6 ? 576 << (sizes - 2) : 256 << (sizes - 8);
  if (sizes === 6) blockSize = bytes[to++]! + 1;
  else if (sizes === 7) {
    blockSize = ((bytes[to]! << 8) | bytes[to + 1]!) + 1;
    to += 2;
  }
  let sampleRate = rates === 0 ? (info?.sampleRate ?? 0) : (RATES[rates] ?? 0);
  if (rates === 12) sampleRate = bytes[to++]! * 1000;
  else if (rates > 12) {
    sampleRate = ((bytes[to]! << 8) | bytes[to + 1]!) * (rates === 14 ? 10 : 1);
    to += 2;
  }
  const bits = depth || info?.bits || 0;
  if (to >= end || sampleRate === 0 || bits < 4 || crc8(bytes, at, to) !== bytes[to]) return null;
  const channels = assignment < 8 ? assignment + 1 : 2;
  return { sampleRate, channels, bits, blockSize, assignment, number, numbersSamples: (bytes[at + 1]! & 1) === 1, length: to + 1 - at };
}

type Samples = Int32Array | Float64Array;
const FIXED: readonly (readonly number[])[] = [[], [1], [2, -1], [3, -3, 1], [4, -6, 4, -1]];

/** How decoding a frame ended: at a byte position, or not. */
export const SHORT = -1;
export const DAMAGED = -2;

/** Decodes frames one by one, exactly as integers, at any depth from 4 to 32 bits. Its buffers are used again. */
export class FlacFrames {
  #channels: Int32Array[] = [];
  /** A side channel of 32-bit sound has 33 bits. */
  #side = new Float64Array(0);
  readonly #coefficients = new Int32Array(32);
  #bytes: Uint8Array = new Uint8Array(0);
  #view: DataView = new DataView(new ArrayBuffer(0));
  #bit = 0;
  #limit = 0;

  /**
   * Decodes the frame whose header stands at `at`.
   * @param bytes whose last 8 bytes lie beyond `end`, so that words can be read across it.
   * @returns the position behind the frame, SHORT where `end` cuts it off, or DAMAGED.
   */
  decode(header: FlacHeader, bytes: Uint8Array, at: number, end: number): number {
    if (bytes !== this.#bytes) this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#bytes = bytes;
    this.#bit = (at + header.length) * 8;
    this.#limit = end * 8;
    const { blockSize, channels, assignment } = header;
    while (this.#channels.length < channels) this.#channels.push(new Int32Array(0));
    for (let c = 0; c < channels; c++) {
      const isSide = c === (assignment === 9 ? 0 : 1) && assignment >= 8;
      const bits = header.bits + (isSide ? 1 : 0);
      let out: Samples;
      if (bits > 32) {
        if (this.#side.length < blockSize) this.#side = new Float64Array(blockSize);
        out = this.#side;
      } else {
        if (this.#channels[c]!.length < blockSize) this.#channels[c] = new Int32Array(blockSize);
        out = this.#channels[c]!;
      }
      const fine = this.#subframe(out, bits, blockSize);
      if (this.#bit > this.#limit) return SHORT;
      if (!fine) return DAMAGED;
    }
    const to = (this.#bit + 7) >>> 3;
    if (to + 2 > end) return SHORT;
    if (crc16(bytes, at, to) !== ((bytes[to]! << 8) | bytes[to + 1]!)) return DAMAGED;
    if (assignment >= 8) this.#join(header);
    return to + 2;
  }

  /** The last frame as -1..1, from `at` on in each channel. */
  write(header: FlacHeader, into: readonly Float32Array[], at: number): void {
    const scale = pow2i(1 - header.bits);
    for (let c = 0; c < header.channels; c++) {
      const from = this.#channels[c]!;
      const to = into[c]!;
      for (let i = 0; i < header.blockSize; i++) to[at + i] = from[i]! * scale;
    }
  }
  /** The last frame's whole numbers; valid until the next. */
  channel(index: number, length: number): Int32Array {
    return this.#channels[index]!.subarray(0, length);
  }

  #bits(count: number): number {
    if (count === 0) return 0;
    if (count > 25) return this.#bits(count - 16) * 65536 + this.#bits(16);
    const bit = this.#bit;
    if (bit > this.#limit) return 0;
    this.#bit = bit + count;
    return (this.#view.getInt32(bit >>> 3) << (bit & 7)) >>> (32 - count);
  }
  #signed(count: number): number {
    const value = this.#bits(count);
    if (count === 0 || count > 32) return value >= 4294967296 ? value - 8589934592 : value;
    return (value << (32 - count)) >> (32 - count);
  }
  /** Zeros up to the next one. */
  #zeros(): number {
    for (let zeros = 0; this.#bit <= this.#limit; ) {
      const found = Math.clz32(this.#view.getInt32(this.#bit >>> 3) << (this.#bit & 7));
      if (found < 25) {
        this.#bit += found + 1;
        return zeros + found;
      }
      zeros += 25;
      this.#bit += 25;
    }
    return 0;
  }

  #subframe(out: Samples, width: number, length: number): boolean {
    const kind = this.#bits(7); // a zero, then the type
    const wasted = this.#bits(1) === 1 ? this.#zeros() + 1 : 0;
    const bits = width - wasted;
    if (bits < 1) return false;
    if (kind === 0) out.fill(this.#signed(bits), 0, length);
    else if (kind === 1) {
      for (let i = 0; i < length && this.#bit <= this.#limit; i++) out[i] = this.#signed(bits);
    } else if (kind >= 8 && kind <= 12) {
      if (!this.#predicted(out, kind - 8, bits, length, false)) return false;
    } else if (kind >= 32 && kind < 64) {
      if (!this.#predicted(out, kind - 31, bits, length, true)) return false;
    } else return false;
    if (wasted > 0) {
      const factor = pow2i(wasted);
      for (let i = 0; i < length; i++) out[i] = out[i]! * factor;
    }
    return true;
  }

  /** First samples as they are, then what the predictor left over. */
  #predicted(out: Samples, order: number, bits: number, length: number, linear: boolean): boolean {
    if (order > length) return false;
    for (let i = 0; i < order; i++) out[i] = this.#signed(bits);
    let precision = 4;
    let shift = 0;
    if (linear) {
      precision = this.#bits(4) + 1;
      shift = this.#signed(5);
      if (precision === 16 || shift < 0) return false;
      for (let i = 0; i < order; i++) this.#coefficients[i] = this.#signed(precision);
    } else this.#coefficients.set(FIXED[order]!);
    if (!this.#residual(out, order, length)) return false;
    // a sum of `order` products stays within 32 bits, or needs the 53 of a double
    if (order * pow2i(bits + precision - 2) < 2147483648) predictNarrow(out as Int32Array, this.#coefficients, order, shift, length);
    else predictWide(out, this.#coefficients, order, shift, length);
    return true;
  }

  #residual(out: Samples, order: number, length: number): boolean {
    const method = this.#bits(2);
    const partitions = this.#bits(4);
    const size = length >>> partitions;
    if (method > 1 || size << partitions !== length || size < order) return false;
    const width = 4 + method;
    const plain = (1 << width) - 1;
    for (let p = 0, from = order; p < 1 << partitions; p++) {
      const to = (p + 1) * size;
      const parameter = this.#bits(width);
      if (parameter === plain) {
        const bits = this.#bits(5);
        for (let i = from; i < to && this.#bit <= this.#limit; i++) out[i] = this.#signed(bits);
      } else this.#rice(out, from, to, parameter);
      if (this.#bit > this.#limit) return false;
      from = to;
    }
    return true;
  }

  /** Rice codes: a quotient in zeros, a one, `k` bits of rest; odd ones stand for negative numbers. */
  #rice(out: Samples, from: number, to: number, k: number): void {
    const view = this.#view;
    const limit = this.#limit;
    let bit = this.#bit;
    for (let i = from; i < to && bit <= limit; i++) {
      const word = view.getInt32(bit >>> 3) << (bit & 7);
      const zeros = Math.clz32(word);
      let code: number;
      // at least 25 bits of the word are the stream's
      if (zeros + k < 25) {
        code = (zeros << k) | (k === 0 ? 0 : (word << (zeros + 1)) >>> (32 - k));
        bit += zeros + 1 + k;
      } else {
        this.#bit = bit;
        code = this.#zeros() << k;
        code |= this.#bits(k);
        bit = this.#bit;
      }
      out[i] = (code >>> 1) ^ -(code & 1);
    }
    this.#bit = bit;
  }

  /** Left and right from what was written instead. */
  #join(header: FlacHeader): void {
    const length = header.blockSize;
    for (let c = 0; c < 2; c++) if (this.#channels[c]!.length < length) this.#channels[c] = new Int32Array(length);
    const one = this.#channels[0]!;
    const two = this.#channels[1]!;
    const side: Samples = header.bits === 32 ? this.#side : header.assignment === 9 ? one : two;
    if (header.assignment === 8) for (let i = 0; i < length; i++) two[i] = one[i]! - side[i]!;
    else if (header.assignment === 9) for (let i = 0; i < length; i++) one[i] = two[i]! + side[i]!;
    else {
      for (let i = 0; i < length; i++) {
        const difference = side[i]!;
        // the sum was halved; its last bit is that of the difference
        const right = one[i]! - Math.floor(difference / 2);
        one[i] = right + difference;
        two[i] = right;
      }
    }
  }
}

function predictNarrow(out: Int32Array, coefficients: Int32Array, order: number, shift: number, length: number): void {
  for (let i = order; i < length; i++) {
    let sum = 0;
    for (let j = 0, at = i - 1; j < order; j++, at--) sum = (sum + Math.imul(coefficients[j]!, out[at]!)) | 0;
    out[i] = out[i]! + (sum >> shift);
  }
}
/** Whole numbers below 2^53 are exact in a double: 33 bits times 15 bits, 32 of them, have 52. */
function predictWide(out: Samples, coefficients: Int32Array, order: number, shift: number, length: number): void {
  const scale = pow2i(-shift);
  for (let i = order; i < length; i++) {
    let sum = 0;
    for (let j = 0, at = i - 1; j < order; j++, at--) sum += coefficients[j]! * out[at]!;
    out[i] = out[i]! + Math.floor(sum * scale);
  }
}
