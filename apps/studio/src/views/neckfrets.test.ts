import { describe, expect, test } from "vitest";
import { alongString, cellOf, fretTable } from "./neckfrets.ts";

const string = (openCents: number, above: readonly (number | null)[], sure = 1) => ({
  openCents,
  fretCents: above.map((cents) => (cents === null ? null : openCents + cents)),
  fretConfidence: above.map(() => sure),
});

describe("one set of frets", () => {
  test("what strings tell of a fret is weighed by how sure it is", () => {
    const table = fretTable([string(5000, [0, 90, 200], 0.9), string(5500, [0, 110, null], 0.3)], 3);
    expect(table[1]).toBeCloseTo(95);
    expect(table.slice(2)).toEqual([200, 300]);
  });
  test("frets that never sounded stand between their neighbours, and the table rises", () => {
    const table = fretTable([string(5000, [0, null, null, 310, null, 295])], 6);
    expect(table[1]).toBeCloseTo(310 / 3);
    expect(table[2]).toBeCloseTo(620 / 3);
    expect(table[3]).toBeCloseTo(310);
    for (let fret = 1; fret < table.length; fret++) expect(table[fret]!).toBeGreaterThan(table[fret - 1]!);
  });
  test("a finger stands between its fret and the one below, also where that one was never heard", () => {
    const table = fretTable([string(5000, [0, null, null, null, null, 500])], 12);
    expect(cellOf(table, 5)).toEqual([400, 500]);
    expect(cellOf(table, 0)).toEqual([0, 0]);
    expect(cellOf(table, 4.5)).toEqual([400, 500]);
    expect(alongString(1200)).toBe(0.5);
  });
});
