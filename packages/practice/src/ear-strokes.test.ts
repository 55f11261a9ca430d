import { expect, test } from "vitest";
import { EarStrokes } from "./ear-strokes.ts";

test("strokes pass, blows and onsets do not, a line's pitch becomes notes", () => {
  const strokes = new EarStrokes();
  expect(strokes.hear({ type: "onset" })).toEqual([]);
  expect(strokes.hear({ type: "stroke", id: 3, at: 0.5, notes: [{ cents: 5000 }, { cents: 5500 }], tap: false })).toEqual([
    { id: 3, at: 0.5, cents: [5000, 5500] },
  ]);
  expect(strokes.hear({ type: "stroke", id: 4, at: 0.7, notes: [], tap: true })).toEqual([]);
  const line = Array.from({ length: 10 }, (_, i) => strokes.hear({ type: "pitch", at: 1 + i / 100, cents: 6000 })).flat();
  expect(line).toEqual([{ id: 0, at: 1, cents: [6000] }]);
});
