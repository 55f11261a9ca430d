import { type Frames, median } from "@kuishi/base";
import { type Delay, delaysOf, type Kernels } from "@kuishi/signal";

/** A stretch of a take that lies so many frames late, up to the next. */
export interface Stretch {
  readonly from: Frames;
  readonly late: Frames;
}
/** How late a take lies behind what was played to it. */
export interface Alignment {
  /** One where the delay never jumped; in order. Empty where what was played could not be heard in the take. */
  readonly stretches: readonly Stretch[];
  /** By how much the delay grew over a minute, frames. */
  readonly driftPerMinute: number;
  /** How many stretches of sound told it. */
  readonly told: number;
}

/** Peaks that stand less high may be chance. */
const SURE = 11;
/** Delays that differ by less are one delay, frames: a quantum is 128. */
const ALIKE = 64;

/**
 * Where a take lies, from the take itself: what was played is heard in it faintly or loudly, and its delay is the way out to the
 * loudspeaker and back in, whatever the system reports. @param played what was sent out, @param taken what came in, mono, from the same
 * moment of the audio clock on.
 */
export function alignment(kernels: Kernels, played: Float32Array, taken: Float32Array): Alignment {
  const delays = delaysOf(kernels, played, taken).filter((delay) => delay.sure > SURE);
  const groups: Delay[][] = [];
  for (const delay of delays) {
    const last = groups.at(-1);
    const before = last?.at(-1);
    if (last && before && Math.abs(before.frames - delay.frames) < ALIKE) last.push(delay);
    else groups.push([delay]);
  }
  // one odd stretch between two that agree was an echo or a guess
  const kept = groups.filter((group, k) => group.length > 1 || groups.length === 1 || !agree(groups[k - 1], groups[k + 1]));
  const joined: Delay[][] = [];
  for (const group of kept) {
    const last = joined.at(-1);
    if (last && agree(last, group)) last.push(...group);
    else joined.push([...group]);
  }
  const stretches = joined.map(
    (group, k): Stretch => ({ from: k === 0 ? 0 : (group[0] as Delay).at, late: Math.round(median(group.map((delay) => delay.frames))) }),
  );
  return { stretches, driftPerMinute: slope(joined.reduce<Delay[]>((best, group) => (group.length > best.length ? group : best), [])), told: delays.length };
}
const agree = (a: readonly Delay[] | undefined, b: readonly Delay[] | undefined): boolean =>
  a !== undefined && b !== undefined && Math.abs((a.at(-1) as Delay).frames - (b[0] as Delay).frames) < ALIKE;

/** Least squares over time, frames a minute; nothing is said of less than ten seconds. */
function slope(delays: readonly Delay[]): number {
  const [first, last] = [delays[0], delays.at(-1)];
  if (!first || !last || last.at - first.at < 480_000) return 0;
  const [x, y] = [delays.reduce((sum, delay) => sum + delay.at, 0) / delays.length, delays.reduce((sum, delay) => sum + delay.frames, 0) / delays.length];
  let [cross, square] = [0, 0];
  for (const delay of delays) {
    cross += (delay.at - x) * (delay.frames - y);
    square += (delay.at - x) * (delay.at - x);
  }
  return (cross / square) * 2_880_000;
}
