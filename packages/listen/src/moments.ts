import type { Cents, Seconds } from "@kuishi/base";
import type { Kernels } from "@kuishi/signal";
import { Network, type Opinion, PITCH_LOW, PITCHES, PLUCKED } from "./network.ts";
import { findOnsets, type Onset } from "./onsets.ts";
import { BIN_CENTS, LATE, PATCH_BINS, PATCH_SIZE, Patcher } from "./patch.ts";
import { RATE, type Samples, type Sound } from "./sound.ts";
import { earWeights } from "./weights.ts";

/** A moment at which something may have happened, and what the network thinks of it. */
export interface Moment {
  readonly at: Seconds;
  /** Height of the onset, 1 = a strong one of this recording. */
  readonly strength: number;
  readonly opinion: Opinion;
  /** Struck at each pitch bin, on whatever string. */
  readonly struck: Float32Array;
}

/** Onsets this weak are still looked at; the network decides. */
export const LEAST_ONSET = 0.04;
/** The left hand makes hardly any onset: wherever none is for so long, the network looks every `STEP`. */
export const GAP: Seconds = 0.14;
export const STEP: Seconds = 0.05;
/** Two moments closer than this are one event. */
export const APART: Seconds = 0.038;

/** Onsets, and between distant ones moments at which a finger may have moved: those have no strength. */
export function candidates(onsets: readonly Onset[]): Onset[] {
  return onsets.flatMap((onset, i) => {
    const next = onsets[i + 1]?.at ?? onset.at;
    const between: Onset[] = [];
    if (next - onset.at > GAP) for (let at = onset.at + 1.4 * STEP; at < next - STEP; at += STEP) between.push({ at, strength: 0 });
    return [onset, ...between];
  });
}

/** The network, ready to be asked about moments. */
export class Judge {
  readonly #patcher: Patcher;
  readonly #network: Network;
  readonly #patch = new Float32Array(PATCH_SIZE);

  constructor(kernels: Kernels) {
    this.#patcher = new Patcher(kernels);
    this.#network = new Network(kernels, earWeights());
  }
  /** @param live leave out the windows that reach far beyond the moment. */
  judge(sound: Samples, { at, strength }: Onset, live = false): Moment {
    this.#patcher.look(sound, Math.round(at * RATE), this.#patch);
    if (live) for (const channel of LATE) this.#patch.fill(0, channel * PATCH_BINS, (channel + 1) * PATCH_BINS);
    const opinion = this.#network.judge(this.#patch);
    const struck = opinion.low.map((low, p) => 1 - (1 - low) * (1 - (opinion.high[p] as number)));
    return { at: Math.max(0, at + opinion.seconds), strength, opinion, struck };
  }
}

/** How likely anything happened at a moment. */
export const eventOf = ({ opinion }: Moment): number => Math.max(...opinion.kinds);

/** Whether a moment is worth a thought. */
export const isLikely = (moment: Moment): boolean => eventOf(moment) >= 0.25 || moment.struck.some((v) => v >= 0.2);

/** For so long what was struck may seem struck again, unless it clearly was. */
const ECHO: Seconds = 0.12;
const CLEARLY = 0.97;

/** A moment without an onset, with nothing in it that was not struck just before. */
export function isEcho(moment: Moment, last: Moment): boolean {
  if (moment.strength > 0 || moment.at - last.at > ECHO || (moment.opinion.kinds[PLUCKED] as number) > CLEARLY) return false;
  return peaksOf(moment.struck, 0.3).every((peak) => valueAt(last.struck, peak.cents) > 0.3);
}

/** Everything that may be an event, in order. */
export function findMoments(judge: Judge, kernels: Kernels, sound: Sound): Moment[] {
  const found: Moment[] = [];
  for (const onset of candidates(findOnsets(kernels, sound, LEAST_ONSET))) {
    const moment = judge.judge(sound, onset);
    if (!isLikely(moment)) continue;
    const last = found.at(-1);
    if (last && isEcho(moment, last)) continue;
    if (!last || moment.at - last.at >= APART) found.push(moment);
    else if (eventOf(moment) > eventOf(last)) found[found.length - 1] = moment;
  }
  return found;
}

/** Where a pitch lies on the network's axis. */
const binOf = (cents: Cents): number => (cents - PITCH_LOW) / BIN_CENTS;

/** A curve's value at a pitch: the greater of the two bins beside it. */
export function valueAt(curve: Float32Array, cents: Cents): number {
  const bin = binOf(cents);
  const low = Math.floor(bin);
  return Math.max(curve[low] ?? 0, curve[low + 1] ?? 0);
}

/** A curve's value at a pitch, on the straight line between its bins. */
export function lineAt(curve: Float32Array, cents: Cents): number {
  const bin = binOf(cents);
  const low = Math.floor(bin);
  return (curve[low] ?? 0) * (low + 1 - bin) + (curve[low + 1] ?? 0) * (bin - low);
}

/** Peaks of a curve at least `least` high, their pitch by the parabola through three bins. */
export function peaksOf(curve: Float32Array, least: number): { cents: Cents; value: number }[] {
  const peaks: { cents: Cents; value: number }[] = [];
  for (let p = 0; p < PITCHES; p++) {
    const value = curve[p] as number;
    const [before, after] = [curve[p - 1] ?? 0, curve[p + 1] ?? 0];
    if (value < least || value < before || value <= after) continue;
    const bend = 2 * value - before - after;
    peaks.push({ cents: PITCH_LOW + (p + (bend > 0 ? (0.5 * (after - before)) / bend : 0)) * BIN_CENTS, value });
  }
  return peaks;
}
