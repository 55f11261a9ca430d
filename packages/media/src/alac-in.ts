import { Complaint, pow2i } from "@kuishi/base";
import { SLACK } from "./feed.ts";
import { concatenated, type PacketDecoder } from "./packets.ts";

/** What an Apple Lossless stream says of itself (Apple, "ALAC Magic Cookie Description", 2011). */
interface AlacInfo {
  readonly frameLength: number;
  readonly bits: number;
  /** Rice parameters: how fast a history moves, where it begins, the widest rest. */
  readonly speed: number;
  readonly start: number;
  readonly limit: number;
  readonly channels: number;
  readonly sampleRate: number;
}
const bad = (): Complaint => new Complaint("unreadable", "media.damaged");

function alacInfo(cookie: Uint8Array): AlacInfo {
  // older files wrap it: an atom "frma", an atom "alac"
  const text = String.fromCharCode(...cookie.subarray(0, 64));
  const bytes = text.slice(4, 8) === "frma" ? cookie.subarray(text.indexOf("alac", 12) + 8) : cookie;
  if (bytes.length < 24) throw bad();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const info = {
    frameLength: view.getUint32(0),
    bits: bytes[5]!,
    speed: bytes[6]!,
    start: bytes[7]!,
    limit: bytes[8]!,
    channels: bytes[9]!,
    sampleRate: view.getUint32(20),
  };
  const sane = info.frameLength > 0 && info.frameLength <= 65536 && info.limit <= 31 && info.channels > 0 && info.channels <= 8;
  if (!sane || ![16, 20, 24, 32].includes(info.bits) || info.sampleRate < 1000 || info.sampleRate > 768_000) throw bad();
  return info;
}

/** Channels of the elements of a packet in the order of WAV's speakers (Apple's channel layouts: centre first, low last). */
const ORDER: Readonly<Record<number, readonly number[]>> = {
  3: [1, 2, 0],
  4: [1, 2, 0, 3],
  5: [1, 2, 0, 3, 4],
  6: [1, 2, 0, 5, 3, 4],
  7: [1, 2, 0, 6, 5, 3, 4],
  8: [3, 4, 0, 7, 5, 6, 1, 2],
};

/** Reads bits, highest first; beyond the end there are zeros, and `over` tells. */
class Bits {
  readonly #view: DataView;
  readonly #end: number;
  at = 0;
  constructor(packet: Uint8Array) {
    const bytes = new Uint8Array(packet.length + SLACK);
    bytes.set(packet);
    this.#view = new DataView(bytes.buffer);
    this.#end = packet.length * 8;
  }
  get over(): boolean {
    return this.at > this.#end;
  }
  /** Up to 25 bits that are not passed. */
  peek(count: number): number {
    return count === 0 || this.over ? 0 : (this.#view.getInt32(this.at >>> 3) << (this.at & 7)) >>> (32 - count);
  }
  read(count: number): number {
    if (count > 16) return this.read(count - 16) * 65536 + this.read(16);
    const value = this.peek(count);
    this.at += count;
    return value;
  }
  signed(count: number): number {
    return (this.read(count) << (32 - count)) >> (32 - count);
  }
}

const ESCAPE = 9;
/** A number in a Rice code of modulus 2^k - 1, or as it is behind nine ones. */
function riceNumber(bits: Bits, k: number, width: number): number {
  const ones = Math.clz32(~(bits.peek(ESCAPE) << (32 - ESCAPE)));
  if (ones >= ESCAPE) {
    bits.at += ESCAPE;
    return bits.read(width);
  }
  bits.at += ones + 1;
  if (k <= 1) return ones;
  const rest = bits.peek(k);
  const modulus = (1 << k) - 1;
  // rests of 0 and 1 share a code that is one bit shorter
  bits.at += rest > 1 ? k : k - 1;
  return ones * modulus + (rest > 1 ? rest - 1 : 0);
}

/** What the predictor left over. The Rice parameter follows a history of sizes; when that is small, runs of zeros are counted. */
function residual(bits: Bits, out: Int32Array, count: number, width: number, info: AlacInfo, speed: number): void {
  let history = info.start;
  let sign = 0;
  for (let i = 0; i < count && !bits.over; ) {
    const k = Math.min(info.limit, 31 - Math.clz32((history >>> 9) + 3));
    const number = riceNumber(bits, k, width) + sign;
    out[i++] = number % 2 === 1 ? -(number + 1) / 2 : number / 2;
    sign = 0;
    history = number > 65535 ? 65535 : history + number * speed - ((history * speed) >>> 9);
    if (history >= 128 || i >= count) continue;
    const zeros = riceNumber(bits, Math.min(info.limit, Math.clz32(history) - 24 + ((history + 16) >>> 6)), 16);
    const to = Math.min(count, i + zeros);
    out.fill(0, i, to);
    i = to;
    sign = zeros >= 65535 ? 0 : 1;
    history = 0;
  }
}

/** Undoes the adaptive predictor: sums of differences to a sample some places back, with coefficients that follow the sign of the error. */
function predict(out: Int32Array, count: number, width: number, coefficients: Int32Array, order: number, shift: number): void {
  const wrap = 32 - width;
  if (order === 0) return;
  if (order === 31) {
    for (let i = 1; i < count; i++) out[i] = ((out[i]! + out[i - 1]!) << wrap) >> wrap;
    return;
  }
  for (let i = 1; i <= order && i < count; i++) out[i] = ((out[i]! + out[i - 1]!) << wrap) >> wrap;
  const half = shift > 0 ? 1 << (shift - 1) : 0;
  for (let i = order + 1; i < count; i++) {
    const base = out[i - order - 1]!;
    let sum = 0;
    for (let j = 0; j < order; j++) sum = (sum + Math.imul(coefficients[j]!, out[i - 1 - j]! - base)) | 0;
    let error = out[i]!;
    out[i] = ((base + ((sum + half) >> shift) + error) << wrap) >> wrap;
    const direction = Math.sign(error);
    if (direction === 0) continue;
    for (let j = order - 1; j >= 0 && error * direction > 0; j--) {
      const difference = base - out[i - 1 - j]!;
      const turn = Math.sign(difference) * direction;
      coefficients[j]! -= turn;
      error -= ((difference * turn) >> shift) * (order - j);
    }
  }
}

/** One or two channels of a packet. Null where it is damaged. */
function element(bits: Bits, channels: number, info: AlacInfo): Int32Array[] | null {
  bits.read(4 + 12);
  const partial = bits.read(1);
  const low = bits.read(2) * 8;
  const plain = bits.read(1) === 1;
  const count = partial === 1 ? bits.read(32) : info.frameLength;
  if (count > info.frameLength || low >= info.bits) return null;
  const out = Array.from({ length: channels }, () => new Int32Array(count));
  if (plain) {
    for (let i = 0; i < count && !bits.over; i++) for (const channel of out) channel[i] = bits.signed(info.bits);
    return bits.over ? null : out;
  }
  const width = info.bits - low + channels - 1;
  const mixShift = bits.read(8);
  const mixWeight = bits.signed(8);
  const predictors = out.map(() => {
    const [mode, shift, factor, order] = [bits.read(4), bits.read(4), bits.read(3), bits.read(5)];
    return { mode, shift, factor, order, coefficients: Int32Array.from({ length: order }, () => bits.signed(16)) };
  });
  const lowBits = bits.at;
  bits.at += low * channels * count;
  if (width > 32 || bits.over) return null;
  predictors.forEach(({ mode, shift, factor, order, coefficients }, c) => {
    residual(bits, out[c]!, count, width, info, (info.speed * factor) >> 2);
    if (mode !== 0) predict(out[c]!, count, width, coefficients, 31, 0);
    predict(out[c]!, count, width, coefficients, order, shift);
  });
  if (bits.over) return null;
  const [first, second] = out as [Int32Array, Int32Array?];
  if (second && mixWeight !== 0) {
    for (let i = 0; i < count; i++) {
      const right = first[i]! - ((Math.imul(mixWeight, second[i]!) >> mixShift) | 0);
      first[i] = right + second[i]!;
      second[i] = right;
    }
  }
  if (low > 0) {
    const end = bits.at;
    bits.at = lowBits;
    for (let i = 0; i < count; i++) for (const channel of out) channel[i] = (channel[i]! << low) | bits.read(low);
    bits.at = end;
  }
  return out;
}

/** A decoder of Apple Lossless packets. @throws Complaint `unreadable`. */
export function openAlac(head: readonly Uint8Array[]): PacketDecoder {
  const info = alacInfo(head[0] ?? new Uint8Array(0));
  const { channels, sampleRate } = info;
  const scale = pow2i(1 - info.bits);
  const one = (packet: Uint8Array): Float32Array[] | null => {
    const bits = new Bits(packet);
    const found: Int32Array[] = [];
    while (found.length < channels) {
      const tag = bits.read(3);
      if (tag !== 0 && tag !== 1 && tag !== 3) return null;
      const part = element(bits, tag === 1 ? 2 : 1, info);
      if (!part) return null;
      found.push(...part);
    }
    if (found.length !== channels || found.some((channel) => channel.length !== found[0]!.length)) return null;
    const order = ORDER[channels] ?? found.map((_, c) => c);
    return order.map((from) => {
      const samples = found[from]!;
      const sound = new Float32Array(samples.length);
      for (let i = 0; i < sound.length; i++) sound[i] = samples[i]! * scale;
      return sound;
    });
  };
  return {
    sampleRate,
    channels,
    skip: 0,
    decode: (packets) => {
      const sound = packets.map(one);
      const whole = sound.filter((block) => block !== null);
      return { channels: concatenated(whole, channels), failed: sound.length - whole.length };
    },
    free: () => {},
  };
}
