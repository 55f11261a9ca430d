import { Complaint, clamp, type Progress, SAMPLE_RATE, stopIfCancelled, toDb, type Warning } from "@kuishi/base";
import { type Kernels, Resampler } from "@kuishi/signal";
import { openAudio } from "./decode.ts";
import type { ByteSource } from "./source.ts";

/** A recording in memory at 48 kHz, one or two channels. */
export interface Recording {
  readonly channels: readonly Float32Array[];
  readonly sampleRate: number;
  /** What the file was. */
  readonly source: { readonly container: string; readonly sampleRate: number; readonly channels: number };
  /** Where in the file it begins, and where it was cut off; null when it goes to the end. */
  readonly fromSec: number;
  readonly toSec: number | null;
  readonly warnings: readonly Warning[];
}

/** Longest passage taken at once. */
export const LONGEST_SEC = 1200;
/** What is taken of a longer recording when nobody chose: it leaves room for the blend in a gigabyte. */
export const OFFERED_SEC = 600;

/** Speakers of a file of so many channels, in the order of WAV and FLAC (RFC 9639, 9.1.3): left and right, centre, low, those behind and at the sides. */
const SPEAKERS: Readonly<Record<number, string>> = { 1: "L", 2: "LR", 3: "LRC", 4: "LRlr", 5: "LRClr", 6: "LRCwlr", 7: "LRCwclr", 8: "LRCwlrlr" };
const BACK = 0.7071;
/** Gain of each speaker into left and right (ITU-R BS.775); low ones are left out. */
const GAINS: Readonly<Record<string, readonly [number, number]>> = {
  L: [1, 0],
  R: [0, 1],
  C: [BACK, BACK],
  c: [0.5, 0.5],
  l: [BACK, 0],
  r: [0, BACK],
  w: [0, 0],
};
function downmix(count: number): readonly (readonly [number, number])[] {
  const speakers = SPEAKERS[count] ?? SPEAKERS[8]!;
  return Array.from({ length: count }, (_, k) => GAINS[speakers[k] ?? "w"]!);
}

/** 18 dB over full scale: no decoder's overshoot goes there, but floats written as whole numbers do. */
const TOO_LOUD = 8;
/** Turns a recording down whose levels are beyond any that could be meant. @returns by how many dB, 0 for all others. */
function turnDown(channels: readonly Float32Array[]): number {
  let peak = 0;
  for (const channel of channels) for (let i = 0; i < channel.length; i++) peak = Math.max(peak, Math.abs(channel[i]!));
  if (peak <= TOO_LOUD) return 0;
  for (const channel of channels) for (let i = 0; i < channel.length; i++) channel[i]! /= peak;
  return Math.round(toDb(peak));
}

/**
 * Reads a passage of an audio file, chunk by chunk, to 48 kHz. Of a recording
 * longer than 20 minutes the first ten are taken, and a warning offers the rest.
 */
export async function loadRecording(
  kernels: Kernels,
  source: ByteSource,
  passage: { fromSec?: number; toSec?: number },
  progress: Progress,
): Promise<Recording> {
  const audio = await openAudio(source, progress);
  const fromSec = passage.fromSec ?? 0;
  const wanted = passage.toSec ?? Infinity;
  const tooLong = passage.toSec === undefined && audio.durationSec !== null && audio.durationSec - fromSec > LONGEST_SEC;
  const toSec = Math.min(wanted, fromSec + (tooLong ? OFFERED_SEC : LONGEST_SEC));
  const warnings: Warning[] = [];
  const span = Math.min(toSec, audio.durationSec ?? toSec) - fromSec;
  let resamplers: Resampler[] = [];
  let growing: Growing[] = [];
  let rate = 0;
  let count = 0;
  let cut = false;
  for await (const chunk of audio.pieces(fromSec)) {
    stopIfCancelled(progress);
    if (rate === 0) {
      rate = chunk.sampleRate;
      count = chunk.channels.length;
      const sides = count === 1 ? [0] : [0, 1];
      resamplers = sides.map(() => new Resampler(kernels, rate, SAMPLE_RATE));
      growing = sides.map(() => new Growing(audio.durationSec === null ? 0 : clamp(Math.ceil(span * SAMPLE_RATE) + 8, 0, source.size * ROOM_BY_BYTE)));
    }
    if (chunk.sampleRate !== rate || chunk.channels.length !== count) throw new Complaint("unsupported", "media.changes", { at: Math.round(chunk.atSec) });
    const length = chunk.channels[0]?.length ?? 0;
    const first = Math.max(0, Math.round((fromSec - chunk.atSec) * rate));
    const last = Math.min(length, Math.round((toSec - chunk.atSec) * rate));
    if (last < length) cut = true;
    if (first < last) {
      const gains = downmix(count);
      growing.forEach((side, s) => {
        const mixed = new Float32Array(last - first);
        gains.forEach((gain, channel) => {
          const g = gain[s]!;
          const from = chunk.channels[channel]!;
          if (g !== 0) for (let i = 0; i < mixed.length; i++) mixed[i] = mixed[i]! + g * from[first + i]!;
        });
        side.push(rate === SAMPLE_RATE ? mixed : resamplers[s]!.push(mixed));
      });
    }
    progress.report("decode", Math.max(0, Math.min(1, (chunk.atSec - fromSec) / Math.max(1, span))));
    if (cut) break;
  }
  progress.report("decode", 1);
  if (growing.every((side) => side.length === 0)) throw new Complaint("notEnough", "media.short", { seconds: 0 });
  const channels = growing.map((side, s) => {
    if (rate !== SAMPLE_RATE) side.push(resamplers[s]!.finish());
    return side.take();
  });
  const [left, right] = channels;
  if (left && right && same(left, right)) channels.pop();
  if (cut && wanted > toSec) warnings.push({ code: "passage", params: { minutes: LONGEST_SEC / 60 }, fromSec, toSec });
  if (count > 2) warnings.push({ code: "downmixed", params: { channels: count } });
  const decibels = turnDown(channels);
  if (decibels > 0) warnings.push({ code: "turnedDown", params: { decibels } });
  if (rate < 16000) warnings.push({ code: "narrow", params: { hertz: rate } });
  warnings.push(...audio.warnings);
  return {
    channels,
    sampleRate: SAMPLE_RATE,
    source: { container: audio.container, sampleRate: rate, channels: count },
    fromSec,
    toSec: cut ? toSec : null,
    warnings,
  };
}

/** Samples that are made room for ahead by byte of the file: a header that promises hours in a hundred bytes is not taken at its word. */
const ROOM_BY_BYTE = 64;

/** Samples that arrive in pieces; room is made ahead where the length is known, so that nothing is held twice. */
class Growing {
  #room: Float32Array;
  length = 0;
  constructor(expected: number) {
    this.#room = new Float32Array(expected);
  }
  push(piece: Float32Array): void {
    if (this.length + piece.length > this.#room.length) {
      const wider = new Float32Array(Math.max(48_000 * 30, Math.ceil((this.length + piece.length) * 1.5)));
      wider.set(this.#room.subarray(0, this.length));
      this.#room = wider;
    }
    this.#room.set(piece, this.length);
    this.length += piece.length;
  }
  take(): Float32Array {
    return this.#room.subarray(0, this.length);
  }
}

function same(a: Float32Array, b: Float32Array): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
