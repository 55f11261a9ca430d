import type { Cents, Seconds } from "@kuishi/base";
import type { Kernels } from "@kuishi/signal";
import { Network, type Opinion, PITCH_LOW, PITCHES } from "./network.ts";
import { findOnsets } from "./onsets.ts";
import { BIN_CENTS, PATCH_SIZE, Patcher } from "./patch.ts";
import { RATE, type Sound } from "./sound.ts";
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
const LEAST_ONSET = 0.04;
/** Two moments closer than this are one event. */
const APART = 0.038;

/** Everything that may be an event, in order. */
export function findMoments(kernels: Kernels, sound: Sound): Moment[] {
  const { onsets } = findOnsets(kernels, sound, LEAST_ONSET);
  const patcher = new Patcher(kernels);
  const network = new Network(kernels, earWeights());
  const patch = new Float32Array(PATCH_SIZE);
  const found: { moment: Moment; event: number }[] = [];
  for (const onset of onsets) {
    patcher.look(sound, Math.round(onset.at * RATE), patch);
    const opinion = network.judge(patch);
    const struck = opinion.low.map((low, p) => 1 - (1 - low) * (1 - (opinion.high[p] as number)));
    const event = Math.max(opinion.plucked, opinion.leftHand, opinion.knock);
    if (event < 0.25 && struck.every((v) => v < 0.2)) continue;
    const moment: Moment = { at: Math.max(0, onset.at + opinion.seconds), strength: onset.strength, opinion, struck };
    const last = found.at(-1);
    if (last && moment.at - last.moment.at < APART) {
      if (event > last.event) found[found.length - 1] = { moment, event };
    } else found.push({ moment, event });
  }
  return found.map(({ moment }) => moment);
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
