import { Complaint, type Progress, SAMPLE_RATE, stopIfCancelled, type Warning } from "@kuishi/base";
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

/** Gains of the channels of one speaker layout into left and right (ITU-R BS.775). */
function downmix(count: number): readonly (readonly [number, number])[] {
  const c = 0.7071;
  if (count === 1) return [[1, 0]];
  const quad: [number, number][] = [
    [1, 0],
    [0, 1],
    [c, 0],
    [0, c],
  ];
  if (count === 4) return quad;
  const full: [number, number][] = [
    [1, 0],
    [0, 1],
    [c, c],
    [0, 0],
    [c, 0],
    [0, c],
    [c, 0],
    [0, c],
  ];
  return Array.from({ length: count }, (_, k) => full[k] ?? [0, 0]);
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
  const audio = await openAudio(source);
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
  for await (const chunk of audio.chunks(fromSec)) {
    stopIfCancelled(progress);
    if (rate === 0) {
      rate = chunk.sampleRate;
      count = chunk.channels.length;
      const sides = count === 1 ? [0] : [0, 1];
      resamplers = sides.map(() => new Resampler(kernels, rate, SAMPLE_RATE));
      growing = sides.map(() => new Growing(audio.durationSec === null ? 0 : Math.max(0, Math.ceil(span * SAMPLE_RATE) + 8)));
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
          const g = gain[s] as number;
          const from = chunk.channels[channel] as Float32Array;
          if (g !== 0) for (let i = 0; i < mixed.length; i++) mixed[i] = (mixed[i] as number) + g * (from[first + i] as number);
        });
        side.push(rate === SAMPLE_RATE ? mixed : (resamplers[s] as Resampler).push(mixed));
      });
    }
    progress.report("decode", Math.max(0, Math.min(1, (chunk.atSec - fromSec) / Math.max(1, span))));
    if (cut) break;
  }
  if (growing.every((side) => side.length === 0)) throw new Complaint("notEnough", "media.short", { seconds: 0 });
  const channels = growing.map((side, s) => {
    if (rate !== SAMPLE_RATE) side.push((resamplers[s] as Resampler).finish());
    return side.take();
  });
  const [left, right] = channels;
  if (left && right && same(left, right)) channels.pop();
  if (cut && wanted > toSec) warnings.push({ code: "passage", params: { minutes: LONGEST_SEC / 60 }, fromSec, toSec });
  if (count > 2) warnings.push({ code: "downmixed", params: { channels: count } });
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
