import { describe, expect, it } from "vitest";
import { barAt, momentAt, placeOf } from "./places.ts";

const bar = (index: number, x: number, y: number) => ({ bar: index, x, y, width: 100, height: 40, beats: [[0, x + 20] as const, [0.25, x + 60] as const] });
const bars = [bar(0, 0, 0), bar(1, 100, 0), bar(2, 0, 80)];

describe("places in a drawn score", () => {
  it("go from beat to beat, and from the last to the bar line", () => {
    expect(placeOf(bars[0]!, 0, 0.5)).toBe(20);
    expect(placeOf(bars[0]!, 0.125, 0.5)).toBe(40);
    expect(placeOf(bars[0]!, 0.375, 0.5)).toBe(80);
    expect(placeOf(bars[0]!, 0.5, 0.5)).toBe(100);
    expect(placeOf({ ...bars[0]!, beats: [] }, 0.25, 0.5)).toBe(50);
  });
  it("are found again from a point, or beside it in the nearest line", () => {
    expect(barAt(bars, 150, 10)?.bar).toBe(1);
    expect(barAt(bars, 150, 90)?.bar).toBe(2);
    expect(barAt(bars, 150, 55)?.bar).toBe(1);
    expect(momentAt(bars, 155, 10)).toEqual({ bar: 1, at: 0.25 });
    expect(momentAt([], 0, 0)).toBeUndefined();
  });
});
