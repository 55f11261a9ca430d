import { expect, test } from "vitest";
import { degreesHigher, layOf, scaleBetween } from "./lay.ts";

/** A scale with a neutral third: nothing of it stands on a key. */
const mode = { tonicCents: 5037, degreesCents: [0, 204, 347, 498, 702, 906, 1049, 1200] };

test("lines are the scale's own tones, not keys", () => {
  expect(scaleBetween(mode, 5037, 6237)).toEqual([0, 204, 347, 498, 702, 906, 1049, 1200].map((degree) => 5037 + degree));
  const lay = layOf({ kind: "synth", open: [], drums: [] }, [{ cents: 5384, voice: "" }], mode);
  expect(lay.kind).toBe("roll");
  expect(lay.lines.map((line) => line.cents)).toContain(5384);
  const line = lay.lineOf({ cents: 5384, voice: "" });
  expect(lay.lines[line]?.cents).toBe(5384);
  // what lies between two lines is drawn between them
  expect(lay.lineOf({ cents: (5384 + 5535) / 2, voice: "" })).toBeCloseTo(line - 0.5, 9);
});
test("a step is a degree, also over the octave and from beside the scale", () => {
  expect(degreesHigher(mode, 5037, 1)).toBe(5241);
  expect(degreesHigher(mode, 5037, -1)).toBe(5037 - 151);
  expect(degreesHigher(mode, 5037, 7)).toBe(6237);
  expect(degreesHigher(mode, 5100, 1)).toBe(5241);
  expect(degreesHigher(mode, 5100, -1)).toBe(5037);
});
test("drums lie by piece, strings by string; no string goes below its open tone", () => {
  const drums = layOf({ kind: "drums", open: [], drums: ["kick", "hat"] }, [{ cents: 0, voice: "hat" }], mode);
  expect(drums.lines.map((line) => line.voice)).toEqual(["hat", "kick"]);
  expect(drums.higher({ cents: 0, voice: "kick" }, 1).voice).toBe("hat");
  const strings = layOf({ kind: "plucked", open: [5037, 5535], drums: [] }, [{ cents: 5037, voice: 0 }], mode);
  expect(strings.lines.map((line) => line.voice)).toEqual([1, 0]);
  expect(strings.lineOf({ cents: 5900, voice: 1 })).toBe(0);
  expect(strings.higher({ cents: 5037, voice: 0 }, -1).cents).toBe(5037);
  expect(strings.higher({ cents: 5037, voice: 0 }, 1)).toEqual({ cents: 5241, voice: 0 });
  // a part that names no strings is a roll
  expect(layOf({ kind: "plucked", open: [5037], drums: [] }, [{ cents: 5037, voice: "" }], mode).kind).toBe("roll");
});
