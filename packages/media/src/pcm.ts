import type { ByteSource } from "./source.ts";

/** Turns `blocks` whole blocks at the front of `bytes` into samples, -1..1, from the beginning of each channel. */
export type Unpack = (bytes: Uint8Array, blocks: number, into: readonly Float32Array[]) => void;

/** Samples of a coding that stands in blocks of one length: plain PCM, where a block is one frame, laws, ADPCM. */
export interface Coding {
  readonly blockBytes: number;
  readonly blockFrames: number;
  /** A reader that begins anywhere; one that goes on from block to block keeps what it must. */
  unpack(): Unpack;
}

/** Where the samples of a file lie and how they are written. */
export interface PcmLayout {
  readonly sampleRate: number;
  readonly channels: number;
  readonly coding: Coding;
  readonly dataFrom: number;
  readonly frames: number;
  /** The header promised more than the file holds. */
  readonly truncated: boolean;
}

/** One number in a file. */
export interface NumberFormat {
  readonly kind: "signed" | "unsigned" | "float" | "alaw" | "ulaw";
  readonly bytes: number;
  readonly little: boolean;
}

/** Plain numbers, one after the other, frame by frame. Null where there is no such format. */
export function plain(format: NumberFormat, channels: number): Coding | null {
  const read = reader(format);
  if (!read) return null;
  const stride = format.bytes * channels;
  const unpack: Unpack = (bytes, frames, into) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let c = 0; c < channels; c++) {
      const out = into[c]!;
      for (let i = 0, at = c * format.bytes; i < frames; i++, at += stride) out[i] = read(view, at);
    }
  };
  return { blockBytes: stride, blockFrames: 1, unpack: () => unpack };
}

function reader({ kind, bytes, little }: NumberFormat): ((view: DataView, at: number) => number) | null {
  if (kind === "alaw") return (view, at) => ALAW[view.getUint8(at)]!;
  if (kind === "ulaw") return (view, at) => ULAW[view.getUint8(at)]!;
  if (kind === "float") {
    if (bytes === 4) return (view, at) => view.getFloat32(at, little);
    return bytes === 8 ? (view, at) => view.getFloat64(at, little) : null;
  }
  // an unsigned number is a signed one whose first bit is turned
  const flip = kind === "unsigned" ? -1 : 0;
  switch (bytes) {
    case 1:
      return flip ? (view, at) => (view.getUint8(at) - 128) / 128 : (view, at) => view.getInt8(at) / 128;
    case 2:
      return flip ? (view, at) => (view.getUint16(at, little) - 32768) / 32768 : (view, at) => view.getInt16(at, little) / 32768;
    case 3: {
      const [high, low] = little ? [2, 0] : [0, 2];
      const middle = flip ? 8388608 : 0;
      const top = (view: DataView, at: number): number => (flip ? view.getUint8(at + high) : view.getInt8(at + high));
      return (view, at) => (((top(view, at) << 16) | (view.getUint8(at + 1) << 8) | view.getUint8(at + low)) - middle) / 8388608;
    }
    case 4:
      return flip ? (view, at) => (view.getUint32(at, little) - 2147483648) / 2147483648 : (view, at) => view.getInt32(at, little) / 2147483648;
    default:
      return null;
  }
}

/** The laws of telephony (ITU-T G.711): a sign, three bits of exponent, four of the rest. */
const ALAW = Float32Array.from({ length: 256 }, (_, code) => {
  const bits = code ^ 0x55;
  const exponent = (bits >> 4) & 7;
  const rest = ((bits & 15) << 4) + 8;
  const size = exponent === 0 ? rest : (rest + 256) << (exponent - 1);
  return (bits & 0x80 ? size : -size) / 32768;
});
const ULAW = Float32Array.from({ length: 256 }, (_, code) => {
  const bits = ~code & 255;
  const size = ((((bits & 15) << 3) + 132) << ((bits >> 4) & 7)) - 132;
  return (bits & 0x80 ? -size : size) / 32768;
});

/** Samples of frames [from, to) by channel, -1..1. @param unpack a reader to go on with where the last one ended */
export async function pcmFrames(
  source: ByteSource,
  layout: PcmLayout,
  from: number,
  to: number,
  unpack: Unpack = layout.coding.unpack(),
): Promise<Float32Array[]> {
  const { blockBytes, blockFrames } = layout.coding;
  const first = Math.floor(from / blockFrames);
  const last = Math.ceil(Math.min(to, layout.frames) / blockFrames);
  const bytes = await source.read(layout.dataFrom + first * blockBytes, layout.dataFrom + last * blockBytes);
  const blocks = Math.floor(bytes.length / blockBytes);
  const into = Array.from({ length: layout.channels }, () => new Float32Array(blocks * blockFrames));
  unpack(bytes, blocks, into);
  const start = from - first * blockFrames;
  return into.map((channel) => channel.subarray(start, Math.max(start, Math.min(to, layout.frames) - first * blockFrames)));
}
