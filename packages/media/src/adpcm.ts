import type { Coding, Unpack } from "./pcm.ts";

// Tables and rules: IMA Digital Audio Focus Group, "Recommended Practices for Enhancing Digital Audio Compatibility", 1992.
const STEPS = [
  7, 8, 9, 10, 11, 12, 13, 14, 16, 17, 19, 21, 23, 25, 28, 31, 34, 37, 41, 45, 50, 55, 60, 66, 73, 80, 88, 97, 107, 118, 130, 143, 157, 173, 190, 209, 230, 253,
  279, 307, 337, 371, 408, 449, 494, 544, 598, 658, 724, 796, 876, 963, 1060, 1166, 1282, 1411, 1552, 1707, 1878, 2066, 2272, 2499, 2749, 3024, 3327, 3660,
  4026, 4428, 4871, 5358, 5894, 6484, 7132, 7845, 8630, 9493, 10442, 11487, 12635, 13899, 15289, 16818, 18500, 20350, 22385, 24623, 27086, 29794, 32767,
];
const TURNS = [-1, -1, -1, -1, 2, 4, 6, 8];
const clipped = (value: number): number => Math.max(-32768, Math.min(32767, value));

/** What an IMA decoder knows of one channel. */
interface Ima {
  value: number;
  index: number;
}
function imaNext(state: Ima, code: number): number {
  const step = STEPS[state.index]!;
  let change = step >> 3;
  if (code & 4) change += step;
  if (code & 2) change += step >> 1;
  if (code & 1) change += step >> 2;
  state.value = clipped(code & 8 ? state.value - change : state.value + change);
  state.index = Math.max(0, Math.min(88, state.index + TURNS[code & 7]!));
  return state.value;
}

/** IMA ADPCM of WAV: each block begins with a sample of every channel, then words of eight samples go round. Null for blocks that cannot be. */
export function imaWav(channels: number, blockBytes: number): Coding | null {
  const words = Math.floor((blockBytes - 4 * channels) / (4 * channels));
  if (words < 0) return null;
  const blockFrames = 1 + 8 * words;
  const unpack: Unpack = (bytes, blocks, into) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let b = 0; b < blocks; b++) {
      for (let c = 0; c < channels; c++) {
        const from = b * blockBytes + 4 * c;
        const state = { value: view.getInt16(from, true), index: Math.min(88, view.getUint8(from + 2)) };
        const out = into[c]!;
        let to = b * blockFrames;
        out[to++] = state.value / 32768;
        for (let w = 0; w < words; w++) {
          const word = view.getUint32(b * blockBytes + 4 * channels * (w + 1) + 4 * c, true);
          for (let shift = 0; shift < 32; shift += 4) out[to++] = imaNext(state, (word >>> shift) & 15) / 32768;
        }
      }
    }
  };
  return { blockBytes, blockFrames, unpack: () => unpack };
}

/** Bytes and frames of one channel's packet in QuickTime's IMA 4:1. */
const PACKET = { bytes: 34, frames: 64 };
/** IMA 4:1 of QuickTime, AIFF-C and CAF. A packet tells its first value to nine bits only; where that fits, the exact one is carried over. */
export function imaQuickTime(channels: number): Coding {
  const begin = (): Unpack => {
    const states = Array.from({ length: channels }, (): Ima | null => null);
    return (bytes, blocks, into) => {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      for (let b = 0; b < blocks; b++) {
        for (let c = 0; c < channels; c++) {
          const from = (b * channels + c) * PACKET.bytes;
          const told = view.getInt16(from);
          const [value, index] = [told & ~127, Math.min(88, told & 127)];
          const before = states[c];
          const state = before && before.index === index && Math.abs(before.value - value) <= 127 ? before : { value, index };
          states[c] = state;
          const out = into[c]!;
          for (let i = 0; i < PACKET.frames; i++) {
            const byte = view.getUint8(from + 2 + (i >> 1));
            out[b * PACKET.frames + i] = imaNext(state, i % 2 === 0 ? byte & 15 : byte >> 4) / 32768;
          }
        }
      }
    };
  };
  return { blockBytes: PACKET.bytes * channels, blockFrames: PACKET.frames, unpack: begin };
}

const ADAPT = [230, 230, 230, 230, 307, 409, 512, 614, 768, 614, 512, 409, 307, 230, 230, 230];

/**
 * Microsoft's ADPCM: each block begins with predictor, step and two samples of every channel (Multimedia Data Standards Update, 1994).
 * @param predictors pairs of coefficients, in 256ths, as the format chunk lists them. Null for blocks that cannot be.
 */
export function microsoft(channels: number, blockBytes: number, predictors: readonly (readonly [number, number])[]): Coding | null {
  if (channels > 2 || blockBytes < 7 * channels || predictors.length === 0) return null;
  const blockFrames = 2 + Math.floor(((blockBytes - 7 * channels) * 2) / channels);
  const unpack: Unpack = (bytes, blocks, into) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let b = 0; b < blocks; b++) {
      const start = b * blockBytes;
      const states = Array.from({ length: channels }, (_, c) => ({
        by: predictors[Math.min(view.getUint8(start + c), predictors.length - 1)]!,
        step: view.getInt16(start + channels + 2 * c, true),
        last: view.getInt16(start + 3 * channels + 2 * c, true),
        before: view.getInt16(start + 5 * channels + 2 * c, true),
      }));
      let to = b * blockFrames;
      states.forEach((state, c) => {
        into[c]![to] = state.before / 32768;
        into[c]![to + 1] = state.last / 32768;
      });
      to += 2;
      for (let n = 0; n < (blockFrames - 2) * channels; n++) {
        const byte = view.getUint8(start + 7 * channels + (n >> 1));
        const code = n % 2 === 0 ? byte >> 4 : byte & 15;
        const c = n % channels;
        const state = states[c]!;
        const foretold = (state.last * state.by[0] + state.before * state.by[1]) >> 8;
        const value = clipped(foretold + (code - (code & 8 ? 16 : 0)) * state.step);
        state.before = state.last;
        state.last = value;
        state.step = Math.max(16, (ADAPT[code]! * state.step) >> 8);
        into[c]![to + Math.floor(n / channels)] = value / 32768;
      }
    }
  };
  return { blockBytes, blockFrames, unpack: () => unpack };
}
