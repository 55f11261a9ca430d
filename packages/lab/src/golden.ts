import { type Decibels, exp2, type Hertz, log2, log10, SAMPLE_RATE, type Seconds, silent } from "@kuishi/base";
import { encodeAudio, loadRecording, memorySource } from "@kuishi/media";
import type { Kernels } from "@kuishi/signal";
import { spectrumAt } from "./tone.ts";

/** A sound to compare others with, as a FLAC of one channel in 16 bits: small, and far finer than what is compared. */
export const goldenFlac = (sound: Float32Array): Promise<Uint8Array<ArrayBuffer>> =>
  encodeAudio("flac", [sound.map((value) => Math.round(value * 32_768) / 32_768)], () => Promise.reject(new RangeError("FLAC needs no codec")));

/** @throws Complaint where it is no sound. */
export async function readGolden(kernels: Kernels, flac: Uint8Array): Promise<Float32Array> {
  return (await loadRecording(kernels, memorySource(flac), {}, silent)).channels[0]!;
}

/** How far apart two sounds are: over all that sounds in either, and at most in one band at one time. */
export interface SoundDistance {
  readonly rmsDb: Decibels;
  readonly worstDb: Decibels;
  readonly worstHertz: Hertz;
  readonly worstSec: Seconds;
}
const FRAME_SAMPLES = 2048;
const HOP_SAMPLES = 1024;
const [LOWEST_HERTZ, HIGHEST_HERTZ] = [60, 16_000];
/** What is so far under the loudest band of the first sound is silence. */
const FLOOR_DB = 70;

/** Distance of two sounds in third-octave levels over time: frames of 43 ms every 21 ms; what lies 70 dB under the loudest in both does not count. */
export function soundDistance(was: Float32Array, now: Float32Array): SoundDistance {
  const [before, after] = [bandsOf(was), bandsOf(now)];
  const loudest = Math.max(...before.flatMap(({ levels }) => levels));
  const floor = loudest - FLOOR_DB;
  let [sum, count, worstDb, worstHertz, worstSec] = [0, 0, 0, 0, 0];
  for (let t = 0; t < Math.max(before.length, after.length); t++) {
    for (const [k, hertz] of BANDS.entries()) {
      const [a, b] = [before[t]?.levels[k] ?? -200, after[t]?.levels[k] ?? -200];
      if (a < floor && b < floor) continue;
      const off = Math.max(b, floor) - Math.max(a, floor);
      sum += off * off;
      count++;
      if (Math.abs(off) > Math.abs(worstDb)) [worstDb, worstHertz, worstSec] = [off, hertz, (t * HOP_SAMPLES) / SAMPLE_RATE];
    }
  }
  return { rmsDb: Math.sqrt(sum / Math.max(1, count)), worstDb, worstHertz, worstSec };
}
const THIRD = exp2(1 / 3);
const BANDS: readonly Hertz[] = Array.from({ length: Math.floor(3 * log2(HIGHEST_HERTZ / LOWEST_HERTZ)) + 1 }, (_, k) => LOWEST_HERTZ * exp2(k / 3));
const bandsOf = (sound: Float32Array): { readonly levels: readonly Decibels[] }[] =>
  Array.from({ length: Math.ceil(sound.length / HOP_SAMPLES) }, (_, t) => {
    const power = spectrumAt(sound, t * HOP_SAMPLES, FRAME_SAMPLES);
    const binOf = (hertz: number): number => (hertz * FRAME_SAMPLES) / SAMPLE_RATE;
    const levels = BANDS.map((hertz) => {
      // a band narrower than a bin is the bin it lies in
      const from = Math.round(binOf(hertz / Math.sqrt(THIRD)));
      const to = Math.max(from + 1, Math.round(binOf(hertz * Math.sqrt(THIRD))));
      let total = 1e-20;
      for (let bin = from; bin < to; bin++) total += power[bin]!;
      return 10 * log10(total);
    });
    return { levels };
  });
