// The 40 real notes the dombra is measured against: strings u (lower) and d (higher), frets 0-19.
import { execFileSync } from "node:child_process";
import type { Cents } from "@kuishi/base";
import { type MeasuredTone, measureTone } from "@kuishi/lab";

export interface RealNote {
  /** 0 the lower. */
  readonly string: number;
  readonly fret: number;
  readonly sound: Float32Array;
  readonly tone: MeasuredTone;
  /** Of its first 1.2 s, the part of 10 ms frames in which the recording is clipped (beyond 0.98). */
  readonly clipped: number;
}

/** Where the open strings of the recorded instrument sound. */
export const OPEN: readonly [Cents, Cents] = [4770, 5267];

/** @param folder of `u0.m4a` ... `d19.m4a`; needs ffmpeg. */
export function loadNotes(folder: string): RealNote[] {
  return ["u", "d"].flatMap((name, string) =>
    Array.from({ length: 20 }, (_, fret): RealNote => {
      const path = `${folder}/${name}${fret}.m4a`;
      const raw = execFileSync("ffmpeg", ["-v", "error", "-i", path, "-f", "f32le", "-ac", "1", "-ar", "48000", "-"], { maxBuffer: 1 << 28 });
      const sound = new Float32Array(raw.buffer.slice(raw.byteOffset, raw.byteOffset + raw.length));
      const tone = measureTone(sound, OPEN[string]! + 100 * fret);
      let clipped = 0;
      for (let frame = 0; frame < 120; frame++) {
        const from = tone.onset + frame * 480;
        if (sound.subarray(from, from + 480).some((v) => Math.abs(v) > 0.98)) clipped++;
      }
      return { string, fret, sound, tone, clipped: clipped / 120 };
    }),
  );
}
