import type { Seconds, Ticks } from "@kuishi/base";
import { TICKS_PER_QUARTER } from "@kuishi/base";

/** A meter: pulses per group, and what note value a pulse is (8 = eighth). 7/8 as 3+2+2 is {groups:[3,2,2],unit:8}. */
export interface Meter {
  readonly groups: readonly number[];
  readonly unit: number;
}

/**
 * Pulses in a bar.
 * @example
 * pulses({ groups: [3, 2, 2], unit: 8 }); // => 7
 */
export const pulses = (meter: Meter): number => meter.groups.reduce((sum, group) => sum + group, 0);
/** Length of a pulse; whole for units up to 3840. */
export const pulseTicks = (meter: Meter): Ticks => (4 * TICKS_PER_QUARTER) / meter.unit;
/**
 * Length of a bar.
 * @example
 * barTicks({ groups: [3, 2, 2], unit: 8 }); // => 3360
 */
export const barTicks = (meter: Meter): Ticks => pulses(meter) * pulseTicks(meter);

/**
 * "3+2+2/8"
 * @example
 * meterText({ groups: [2, 3], unit: 8 }); // => "2+3/8"
 */
export const meterText = (meter: Meter): string => `${meter.groups.join("+")}/${meter.unit}`;
/**
 * Reads "3+2+2/8"; null when it is not one.
 * @example
 * meterOf("3+2+2/8"); // => { groups: [3, 2, 2], unit: 8 }
 * meterOf("waltz"); // => null
 */
export function meterOf(text: string): Meter | null {
  const match = /^(\d+(?:\+\d+)*)\/(\d+)$/.exec(text.trim());
  if (!match) return null;
  const groups = match[1]!.split("+").map(Number);
  const unit = Number(match[2]);
  if (groups.some((group) => group < 1) || unit < 1 || (4 * TICKS_PER_QUARTER) % unit !== 0) return null;
  return { groups, unit };
}

/** A point where a tick falls on a second. */
export interface TempoPoint {
  readonly ticks: Ticks;
  readonly seconds: Seconds;
}

/**
 * Musical time to real time and back: straight lines between points, so that both ways are
 * exact at every point and inverse everywhere. Outside the points the nearest slope goes on.
 */
export class TempoMap {
  readonly points: readonly TempoPoint[];

  /** @throws RangeError unless there are two points and both times rise strictly. */
  constructor(points: readonly TempoPoint[]) {
    if (points.length < 2) throw new RangeError("a tempo map needs two points");
    for (let i = 1; i < points.length; i++) {
      const [a, b] = [points[i - 1]!, points[i]!];
      if (!(b.ticks > a.ticks) || !(b.seconds > a.seconds)) throw new RangeError(`tempo point ${i} does not rise`);
    }
    this.points = points;
  }
  /** A steady tempo from 0 on. @param quarterBpm quarter notes per minute. */
  static steady(quarterBpm: number): TempoMap {
    return new TempoMap([
      { ticks: 0, seconds: 0 },
      { ticks: TICKS_PER_QUARTER, seconds: 60 / quarterBpm },
    ]);
  }

  seconds(ticks: Ticks): Seconds {
    const i = this.#segment((point) => point.ticks <= ticks);
    const [a, b] = [this.points[i]!, this.points[i + 1]!];
    if (ticks === b.ticks) return b.seconds;
    return a.seconds + ((ticks - a.ticks) * (b.seconds - a.seconds)) / (b.ticks - a.ticks);
  }
  ticks(seconds: Seconds): Ticks {
    const i = this.#segment((point) => point.seconds <= seconds);
    const [a, b] = [this.points[i]!, this.points[i + 1]!];
    if (seconds === b.seconds) return b.ticks;
    return a.ticks + ((seconds - a.seconds) * (b.ticks - a.ticks)) / (b.seconds - a.seconds);
  }

  /** Index of the last point for which `passed` holds, so that a next one exists. */
  #segment(passed: (point: TempoPoint) => boolean): number {
    let low = 0;
    let high = this.points.length - 2;
    while (low < high) {
      const mid = (low + high + 1) >> 1;
      if (passed(this.points[mid]!)) low = mid;
      else high = mid - 1;
    }
    return low;
  }
}
