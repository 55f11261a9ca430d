import { type Frames, median } from "@kuishi/base";
import { delayPath, delaysOf, type Found, type Kernels } from "@kuishi/signal";

/** What was played from a frame of the take's clock on came back so many frames late, up to the next. */
export interface DelayStretch {
  readonly from: Frames;
  readonly late: Frames;
}
/** How late a take lies behind what was played to it. */
export interface Alignment {
  /** One where the delay never jumped; in order. Empty where what was played could not be heard in the take. */
  readonly stretches: readonly DelayStretch[];
  /** By how much the delay grew over a minute, frames. */
  readonly driftPerMinute: number;
  /** How many stretches of sound told it. */
  readonly told: number;
}

/** Peaks that stand less high may be chance. */
const MIN_PEAK = 11;
/** Delays that differ by less are one delay, frames: a quantum is 128. */
const SAME_DELAY_FRAMES = 64;

/**
 * Where a take lies, from the take itself: what was played is heard in it faintly or loudly, and its delay is the way out to the
 * loudspeaker and back in, whatever the system reports. Where a busy machine lets the delay jump, it is followed from stroke to stroke.
 * @param played what was sent out, @param taken what came in, mono, from the same moment of the audio clock on.
 */
export function alignment(kernels: Kernels, played: Float32Array, taken: Float32Array): Alignment {
  const delays = delaysOf(kernels, played, taken).filter((delay) => delay.sure > MIN_PEAK);
  const steady = delays.every((delay, k) => near(delay.frames, delays[k - 1]?.frames ?? delay.frames));
  const moments = steady ? delays.map(({ at, frames }): FoundDelay => ({ from: at, to: at, late: frames })) : delayPath(kernels, played, taken, delays);
  const runs: FoundDelay[][] = [];
  for (const moment of moments) {
    const last = runs.at(-1);
    if (last && near(last.at(-1)!.late, moment.late)) last.push(moment);
    else runs.push([moment]);
  }
  const stretches = runs.map(
    (run, k): DelayStretch => ({ from: k === 0 ? 0 : middle(runs[k - 1]!.at(-1)!, run[0]!), late: Math.round(median(run.map((one) => one.late))) }),
  );
  return { stretches, driftPerMinute: slope(runs.reduce<FoundDelay[]>((best, run) => (run.length > best.length ? run : best), [])), told: delays.length };
}
/** A stretch of what was played, and how late it was taken. */
type FoundDelay = Found;
const near = (a: Frames, b: Frames): boolean => Math.abs(a - b) < SAME_DELAY_FRAMES;
/** Between the end of one and the beginning of the other: the delay jumped somewhere there. */
const middle = (before: FoundDelay, after: FoundDelay): Frames => Math.round(before.to < after.from ? (before.to + after.from) / 2 : after.from);

/** Least squares over time, frames a minute; nothing is said of less than ten seconds. */
function slope(moments: readonly FoundDelay[]): number {
  const [first, last] = [moments[0], moments.at(-1)];
  if (!first || !last || last.from - first.from < 480_000) return 0;
  const mean = (of: (moment: FoundDelay) => number): number => moments.reduce((sum, moment) => sum + of(moment), 0) / moments.length;
  const [x, y] = [mean((moment) => moment.from), mean((moment) => moment.late)];
  let [cross, square] = [0, 0];
  for (const moment of moments) {
    cross += (moment.from - x) * (moment.late - y);
    square += (moment.from - x) * (moment.from - x);
  }
  return (cross / square) * 2_880_000;
}
