import { type Cents, Complaint, MOST_BARS, MOST_NOTES, MOST_PARTS, MOST_SECONDS, type Seconds } from "@kuishi/base";
import type { Meter } from "./meter.ts";
import { playOut } from "./playing/play-out.ts";
import type { Score, TimeSignature } from "./score.ts";
import { tooMuch } from "./score-check.ts";

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

/** Lowest and highest pitch a note may have, as in a hearing. */
const [LOWEST, HIGHEST]: readonly [Cents, Cents] = [-12_000, 24_000];

/**
 * What a reader found, before anyone works with it: within the limits, every figure a number, notes in order of time, bars that rise.
 * @throws Complaint `unreadable` or `notEnough`.
 */
export function checkedSheet(sheet: Sheet): Sheet {
  const { notes, bars } = sheet;
  if (notes.length === 0) throw new Complaint("notEnough", "score.empty");
  const ends = notes.reduce((last, note) => Math.max(last, note.at + note.length), 0);
  const parts = new Set(notes.map((note) => note.part)).size;
  if (notes.length > MOST_NOTES || bars.length > MOST_BARS || parts > MOST_PARTS || ends > MOST_SECONDS || sheet.seconds > MOST_SECONDS) throw tooMuch();
  const sound = ({ at, length, cents, velocity }: SheetNote): boolean => at >= 0 && length >= 0 && cents >= LOWEST && cents <= HIGHEST && velocity >= 0;
  if (!(ends >= 0) || !(sheet.seconds >= 0) || !notes.every(sound)) throw new Complaint("unreadable", "score.figures");
  return {
    ...sheet,
    notes: [...notes].sort((a, b) => a.at - b.at || a.cents - b.cents),
    bars: rising(bars),
    seconds: Math.max(sheet.seconds, ends),
  };
}

/** Bars in order of time, of those that begin together the last. */
export function rising(bars: readonly SheetBar[]): readonly SheetBar[] {
  const sorted = bars.filter((bar) => Number.isFinite(bar.at)).sort((a, b) => a.at - b.at);
  return sorted.filter((bar, i) => i === sorted.length - 1 || sorted[i + 1]!.at - bar.at > SHORTEST_BAR);
}
/** Seconds. */
const SHORTEST_BAR = 1e-4;

/**
 * The groups of a time signature: as written where it is additive, else in threes where its number is a multiple of three over eighths,
 * in twos with a three at the end where it is odd; quarters count as two eighths each. 7/8 is 2+2+3, 3/4 is 2+2+2, 5/8 is 2+3.
 * @throws Complaint for a signature no bar can have.
 * @example
 * groupsOf([7], 8).groups; // => [2, 2, 3]
 * groupsOf([6], 8).groups; // => [3, 3]
 * groupsOf([3], 4).groups; // => [2, 2, 2]
 * groupsOf([3, 2], 8).groups; // => [3, 2]
 */
export function groupsOf(beats: readonly number[], unit: number): Meter {
  if (
    beats.length === 0 ||
    beats.length > 32 ||
    ![1, 2, 4, 8, 16, 32, 64].includes(unit) ||
    beats.some((count) => !Number.isInteger(count) || count < 1 || count > 64)
  )
    throw new Complaint("unreadable", "score.meter", { meter: `${beats.join("+")}/${unit}` });
  if (unit <= 4) {
    const each = 8 / unit;
    const groups = beats.flatMap((count) => Array.from({ length: count }, () => each));
    return { groups: groups.map((group) => Math.min(32, group)), unit: 8 };
  }
  if (beats.length > 1) return { groups: [...beats], unit };
  const count = beats[0]!;
  if (count % 3 === 0) return { groups: Array.from({ length: count / 3 }, () => 3), unit };
  const twos = Math.floor(count / 2);
  return { groups: count === 1 ? [1] : count % 2 === 0 ? Array(twos).fill(2) : [...Array(Math.max(0, twos - 1)).fill(2), 3], unit };
}

/** A score's pitched notes and bars in time, as it is written. @throws Complaint `notEnough` where nothing in it has a pitch. */
export function sheetOf(score: Score): Sheet {
  const { parts, bars, seconds } = playOut(score, { asWritten: true });
  const names = new Map(parts.map((part, p) => [part, part.name || `part ${p + 1}`]));
  const notes = parts.flatMap((part) =>
    part.notes
      .filter((note) => note.drum === undefined)
      .map(({ at, length, cents, velocity }): SheetNote => ({ at, length, cents, velocity, part: names.get(part)! })),
  );
  return checkedSheet({
    title: score.title || score.movement || "",
    composer: score.creators.find((one) => one.role === "composer")?.name ?? "",
    notes,
    bars: bars.map(({ at, time }) => ({ at, ...meterOfSignature(time) })),
    seconds,
  });
}
/** The meter a listener counts: of added signatures all their groups over the shortest of their units; quarters and longer as eighths. */
function meterOfSignature(time: TimeSignature | undefined): Meter {
  const meters = time?.meters ?? [];
  if (meters.length === 0) return groupsOf([4], 4);
  const unit = Math.min(64, Math.max(8, ...meters.map((meter) => meter.unit)));
  const groups = meters.flatMap((meter) => meter.groups.map((group) => Math.min(32, Math.max(1, (group * unit) / meter.unit)))).slice(0, 32);
  return { groups, unit };
}
