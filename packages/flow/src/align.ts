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
/** What is known of a take when it has ended. All frames are of one audio clock but where they are said to be the tune's. */
export interface Taken {
  /** From this context frame on the tune ran from this frame of its own: at the start, after a count-in, at each turn of a loop. */
  readonly anchors: readonly { readonly context: Frames; readonly frame: Frames }[];
  /** Context frame of the take's first sample, and how many it has. */
  readonly began: Frames;
  readonly frames: Frames;
  /** Frame of the tune from which it was recorded; what came before is count-in. */
  readonly start: Frames;
  /** How late it lies, from its own frames on; at least one. */
  readonly stretches: readonly Stretch[];
}
/** A stretch of a take on the timeline: from `from` of the take on, at `at` of the tune. */
export interface Laid {
  readonly at: Frames;
  readonly from: Frames;
  readonly length: Frames;
}
/** One pass through the tune: where it lies as a whole, and in pieces where the delay jumped inside it. */
export interface Pass extends Laid {
  readonly pieces: readonly Laid[];
}
/** A pass shorter than this is none, frames. */
const SHORTEST = 2400;

/** Puts a take where it was played, pass by pass. @returns the passes, and which of them is heard: the last that was not broken off before its half. */
export function passesOf({ anchors, began, frames, start, stretches }: Taken): { readonly passes: readonly Pass[]; readonly heard: number } {
  const late = (at: Frames): Frames => (stretches.findLast((one) => one.from <= at) ?? (stretches[0] as Stretch)).late;
  const passes = anchors.flatMap((anchor, k): Pass[] => {
    const at = Math.max(start, anchor.frame);
    const played = anchor.context + at - anchor.frame - began;
    const end = (anchors[k + 1]?.context ?? Number.POSITIVE_INFINITY) - began;
    const from = Math.max(0, Math.round(played + late(played)));
    const length = Math.round(Math.min(frames - from, end - played));
    if (length < SHORTEST) return [];
    const cuts = [from, ...stretches.slice(1).flatMap((one) => (one.from > from && one.from < from + length ? [one.from] : [])), from + length];
    const pieces = cuts.slice(0, -1).map((cut, i): Laid => {
      const moved = late(cut) - late(played);
      return { at: at + cut - from, from: Math.max(0, cut + moved), length: (cuts[i + 1] as Frames) - cut };
    });
    return [{ at, from, length, pieces }];
  });
  const [before, last] = [passes.at(-2), passes.at(-1)];
  return { passes, heard: before && last && last.length < before.length / 2 ? passes.length - 2 : passes.length - 1 };
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
