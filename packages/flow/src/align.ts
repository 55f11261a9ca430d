import { type Frames, median } from "@kuishi/base";
import { type DelayPath, delayPath, type Kernels } from "@kuishi/signal";

/** What was played from a frame of the take's clock on came back so many frames late, up to the next. */
export interface DelayStretch {
  readonly from: Frames;
  readonly late: Frames;
}
/** How late a take lies behind what was played to it. */
export interface Alignment {
  /** One where the delay never jumped; in order. Empty where it cannot surely be said. */
  readonly stretches: readonly DelayStretch[];
  /** By how much the delay grew over a minute, frames. */
  readonly driftPerMinute: number;
  /** How many moments told it. */
  readonly told: number;
}
/** Delays that differ by less are one delay, frames: a quantum is 128. */
const SAME_DELAY_FRAMES = 64;

/**
 * Where a take lies, from the take itself: what was played is heard in it faintly or loudly, and its delay is the way out to the
 * loudspeaker and back in, whatever the system reports. Where a busy machine lets the delay jump, it is followed (`delayPath`). Nothing is
 * claimed where another delay would explain the take as well, as with sounds that repeat, or where what is in it only sounds alike.
 * @param played what was sent out, @param taken what came in, mono, from the same moment of the audio clock on.
 */
export function alignment(kernels: Kernels, played: Float32Array, taken: Float32Array): Alignment {
  const path = delayPath(kernels, played, taken);
  if (!isSure(path)) return { stretches: [], driftPerMinute: 0, told: 0 };
  const runs = joined(path.runs);
  const stretches = runs.map((run): DelayStretch => ({ from: run.from, late: Math.round(median(run.found.map((one) => one.late))) }));
  const longest = runs.reduce<Run["found"]>((best, { found }) => (found.length > best.length ? found : best), []);
  return { stretches, driftPerMinute: slope(longest), told: runs.reduce((sum, { found }) => sum + found.length, 0) };
}
type Run = DelayPath["runs"][number];
/** Neighbours that lie equally late are one. */
function joined(runs: readonly Run[]): Run[] {
  const out: Run[] = [];
  for (const run of runs) {
    const last = out.at(-1);
    if (last && Math.abs(last.found.at(-1)!.late - run.found[0]!.late) < SAME_DELAY_FRAMES)
      out[out.length - 1] = { from: last.from, found: [...last.found, ...run.found] };
    else out.push(run);
  }
  return out;
}
/** Least squares over time, frames a minute; nothing is said of less than ten seconds. */
function slope(moments: Run["found"]): number {
  const [first, last] = [moments[0], moments.at(-1)];
  if (!first || !last || last.from - first.from < 480_000) return 0;
  const mean = (of: (moment: Run["found"][number]) => number): number => moments.reduce((sum, moment) => sum + of(moment), 0) / moments.length;
  const [x, y] = [mean((moment) => moment.from), mean((moment) => moment.late)];
  let [cross, square] = [0, 0];
  for (const moment of moments) {
    cross += (moment.from - x) * (moment.late - y);
    square += (moment.from - x) * (moment.from - x);
  }
  return (cross / square) * 2_880_000;
}
/** What a path must gather, in deviations, to be no chance; and what each jump must bring besides: more where what is found is no plain copy. */
const [ENOUGH, PER_JUMP, PER_JUMP_OF_COPY] = [60, 45, 25];
/** Moments that gather so much on the mean are a copy, not a likeness: then sounds that repeat, as clicks do, mislead nobody. */
const COPY = 22;
/** Whether nothing else explains it as well: another delay, or one that cannot be, from before it was played. */
function isSure({ runs, sure, rival, chance, alike }: DelayPath): boolean {
  const copy = alike > COPY;
  if (sure < ENOUGH + (copy ? PER_JUMP_OF_COPY : PER_JUMP) * (runs.length - 1)) return false;
  return copy ? rival < 0.6 * sure : rival < 0.8 * sure && chance < 0.6 * sure;
}
