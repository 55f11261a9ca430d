import { type Cents, clamp, type Frames } from "@kuishi/base";
import type { Articulation, Bend, PlanEvent } from "./plan.ts";

/**
 * An event as what sounds it takes it. Every field is there, in one order, and the bend lies flat: numbers of objects that have one shape, and
 * of typed arrays, are read without V8 wrapping them.
 */
export interface Note {
  readonly frame: Frames;
  /** Of a note under a finger, until that is lifted. */
  length: Frames;
  readonly cents: Cents;
  readonly velocity: number;
  readonly voice: string | number;
  readonly articulation: Articulation | undefined;
  /** NaN: the strip's own. */
  readonly touch: number;
  /** Frame and cents of each point, one behind the other; may be moved while it sounds. */
  readonly bend: Float64Array | undefined;
}

/** Length of a note that is held by hand, and the longest there is, six hours: frames stay small whole numbers, which V8 never wraps. */
export const UNTIL_LIFTED: Frames = 1_073_741_823;
/** Highest number of a string. */
const MAX_VOICE = 1000;
/** Farthest a bend may lead, four octaves. */
const MAX_BEND_CENTS = 4800;
/**
 * An event as a note: clamped where it is not sound, undefined where there is nothing to play.
 * @example
 * const event = { frame: 0, length: 4800, cents: 5500, velocity: 9, voice: 0 };
 * noteOf(event).velocity; // => 1.5
 * noteOf({ ...event, cents: NaN }); // => undefined
 */
export function noteOf({ frame, length, cents, velocity, voice, articulation, touch = Number.NaN, bend }: PlanEvent): Note | undefined {
  if (!Number.isFinite(frame) || Number.isNaN(length) || !Number.isFinite(cents) || Number.isNaN(velocity)) return undefined;
  return {
    frame: Math.round(clamp(frame, -UNTIL_LIFTED, UNTIL_LIFTED)),
    length: clamp(Math.round(length), 0, UNTIL_LIFTED),
    cents: clamp(cents, -1200, 15_500),
    velocity: clamp(velocity, 0, 1.5),
    voice: typeof voice === "string" ? voice : Number.isFinite(voice) ? Math.round(clamp(voice, 0, MAX_VOICE)) : "",
    articulation,
    touch: clamp(touch, -2, 3),
    bend: bend && Float64Array.from(bend.flatMap(sanitizePoint)),
  };
}
const sanitizePoint = ([at, by]: Bend[number]): readonly number[] =>
  Number.isFinite(at) && Number.isFinite(by) ? [at, clamp(by, -MAX_BEND_CENTS, MAX_BEND_CENTS)] : [];

/**
 * Writes a note's bend at a frame to place `k`, cents: straight lines between its points, held after the last, 0 without one. A number that is
 * returned may become an object, one that is written does not.
 */
export function bendInto(to: Float64Array, k: number, { bend, frame: from }: Note, frame: Frames): void {
  to[k] = 0;
  if (!bend || bend.length === 0) return;
  const since = frame - from;
  let i = 0;
  while (i + 2 < bend.length && bend[i + 2]! <= since) i += 2;
  if (i + 2 >= bend.length || since <= bend[i]!) to[k] = bend[i + 1]!;
  else to[k] = bend[i + 1]! + ((bend[i + 3]! - bend[i + 1]!) * (since - bend[i]!)) / (bend[i + 2]! - bend[i]!);
}
