import { Complaint, type Progress } from "@kuishi/base";
import { type ByteSource, loadRecording } from "@kuishi/media";
import { readTuning, type TakeSound, type Tuned, type TunerTarget } from "@kuishi/practice";
import { Kernels, resampled } from "@kuishi/signal";
import { readScl, scaleText } from "@kuishi/tuning";
import { type Host, readAnalysis } from "./hear.ts";

/** Rate at which takes and strings are looked into: the ear's. */
const LOOKED_RATE = 24_000;

/** Both channels as one, at the ear's rate. */
export function lookedInto(host: Host, channels: readonly Float32Array[], sampleRate: number): TakeSound {
  const [left, right] = channels as [Float32Array, Float32Array?];
  const mono = right ? left.map((value, i) => 0.5 * (value + right[i]!)) : left;
  return { samples: resampled(new Kernels(host.kernels), mono, sampleRate, LOOKED_RATE), sampleRate: LOOKED_RATE };
}

/**
 * A target from its file: the strings and frets of a hearing, or a scale above the lowest string that sounds.
 * @param scaleMm free length of the strings; null where it is not known.
 * @throws Complaint with the place of the first fault.
 */
export function tunerTarget(bytes: Uint8Array, scaleMm: number | null): TunerTarget {
  const text = scaleText(bytes);
  if (/^\s*\{/.test(text)) {
    const { strings } = readAnalysis(text).tuning;
    const places = strings.flatMap(({ openCents, fretCents }, string) => [
      { string, fret: 0, cents: openCents },
      ...fretCents.flatMap((cents, fret) => (fret === 0 || cents === null ? [] : [{ string, fret, cents }])),
    ]);
    return { places, aboveLowest: false, scaleMm };
  }
  const { degrees, period } = readScl(text);
  const octaves = [0, 1, 2];
  const places = octaves.flatMap((octave) =>
    degrees.map((cents, degree) => ({ string: 0, fret: octave * degrees.length + degree, cents: octave * period + cents })),
  );
  return { places, aboveLowest: true, scaleMm };
}

/** Reads strings and frets from a recording. @throws Complaint where it cannot be read or no string sounds. */
export async function tuneFile(host: Host, source: ByteSource, target: TunerTarget | undefined, progress: Progress): Promise<Tuned> {
  const { channels, sampleRate } = await loadRecording(new Kernels(host.kernels), source, {}, progress);
  const tuned = readTuning(lookedInto(host, channels, sampleRate), target);
  if (tuned.strings.length === 0) throw new Complaint("notEnough", "tuner.nothing");
  return tuned;
}
