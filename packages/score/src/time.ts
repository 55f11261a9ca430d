import type { TimeSignature } from "./score.ts";

/** Units a meter can count in. */
const UNITS: readonly number[] = [1, 2, 4, 8, 16, 32, 64, 128];
const MOST_BEATS = 64;

/**
 * A time signature's groups, from what is printed over and under its line: as written where it is additive; one number over eighths and
 * shorter goes in threes where it can be divided so, else in twos with a three at the end; quarters and longer are counted one by one.
 * @example
 * metersOf("3", "4").groups; // => [1, 1, 1]
 * metersOf("6", "8"); // => { groups: [3, 3], unit: 8, told: "6" }
 * metersOf("3+2", "8"); // => { groups: [3, 2], unit: 8 }
 */
export function metersOf(told: string, under: string): TimeSignature["meters"][number] | undefined {
  const unit = Number(under);
  const counts = told.split("+").map((part) => Number(part.trim() || Number.NaN));
  if (!UNITS.includes(unit) || counts.length > 32 || counts.some((count) => !Number.isInteger(count) || count < 1 || count > MOST_BEATS)) return undefined;
  const groups = counts.length > 1 ? counts : groupsOfCount(counts[0]!, unit);
  return { groups, unit, ...(groups.join("+") === told ? {} : { told }) };
}
function groupsOfCount(count: number, unit: number): readonly number[] {
  if (unit <= 4) return Array<number>(count).fill(1);
  if (count % 3 === 0) return Array<number>(count / 3).fill(3);
  const twos = Math.floor(count / 2);
  return count === 1 ? [1] : count % 2 === 0 ? Array<number>(twos).fill(2) : [...Array<number>(twos - 1).fill(2), 3];
}
