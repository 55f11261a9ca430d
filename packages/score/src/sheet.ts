import { type Cents, Complaint, type Seconds } from "@kuishi/base";
import type { Meter } from "./meter.ts";

/** A written tune in real time, as a player reads it: repeats played out, ties joined. */
export interface Sheet {
  readonly title: string;
  readonly composer: string;
  readonly notes: readonly SheetNote[];
  readonly bars: readonly SheetBar[];
  readonly seconds: Seconds;
}
export interface SheetNote {
  readonly at: Seconds;
  readonly length: Seconds;
  readonly cents: Cents;
  /** 0..1 */
  readonly velocity: number;
  /** Name of its part. */
  readonly part: string;
}
export interface SheetBar extends Meter {
  readonly at: Seconds;
}

/** Most notes and bars that are taken of a file: a hostile repeat must not fill the memory. */
export const MOST_NOTES = 60_000;
export const MOST_BARS = 20_000;

/**
 * The groups of a time signature: as written where it is additive, else in threes where its number is a multiple of three over eighths,
 * in twos with a three at the end where it is odd; quarters count as two eighths each. 7/8 is 2+2+3, 3/4 is 2+2+2, 5/8 is 2+3.
 * @throws Complaint for a signature no bar can have.
 */
export function groupsOf(beats: readonly number[], unit: number): Meter {
  if (
    beats.length === 0 ||
    beats.length > 32 ||
    ![1, 2, 4, 8, 16, 32].includes(unit) ||
    beats.some((count) => !Number.isInteger(count) || count < 1 || count > 64)
  )
    throw new Complaint("unreadable", "score.meter", { meter: `${beats.join("+")}/${unit}` });
  if (unit <= 4) {
    const each = 8 / unit;
    const groups = beats.flatMap((count) => Array.from({ length: count }, () => each));
    return { groups: groups.map((group) => Math.min(32, group)), unit: 8 };
  }
  if (beats.length > 1) return { groups: [...beats], unit };
  const count = beats[0] as number;
  if (count % 3 === 0) return { groups: Array.from({ length: count / 3 }, () => 3), unit };
  const twos = Math.floor(count / 2);
  return { groups: count === 1 ? [1] : count % 2 === 0 ? Array(twos).fill(2) : [...Array(Math.max(0, twos - 1)).fill(2), 3], unit };
}
