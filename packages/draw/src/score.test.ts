import { heardFromText, transcribe } from "@kuishi/score";
import { expect, test } from "vitest";
import { scoreSystems, staffPlace, writtenShift } from "./score.ts";

test("pitches stand on the staff as a dombra player writes them, an octave above their sound, with quarter tones", () => {
  // E4 on the lowest line: it sounds E3
  expect(staffPlace(5200)).toEqual({ step: 0, alter: 0, rest: 0 });
  // the open G string on the second line
  expect(staffPlace(5500)).toEqual({ step: 2, alter: 0, rest: 0 });
  expect(staffPlace(5600).alter).toBe(-100);
  expect(staffPlace(5650).alter).toBe(-50);
  expect(staffPlace(5400).alter).toBe(100);
  expect(staffPlace(5515)).toEqual({ step: 2, alter: 0, rest: 15 });
  expect(staffPlace(6700)).toEqual({ step: 9, alter: 0, rest: 0 });
});
test("a tune in changing groups is drawn bar by bar, each with what a reader of screens is told", () => {
  const heard = heardFromText("3+2+2/8 | d0 d2 . d5+u0 d3 d2 d0 | u0 d7 d5 d3 d2 d0 .");
  const systems = scoreSystems(transcribe(heard), heard, { width: 1100, shift: writtenShift(heard), words: { bar: (bar) => `bar ${bar}` } });
  const bars = systems.flatMap((system) => system.bars);
  expect(bars.length).toBeGreaterThanOrEqual(2);
  expect(bars[0]?.label).toMatch(/^bar 1, 3\+2\+2\/8: .*2:5\+1:0|^bar 1, 3\+2\+2\/8: .*1:0\+2:5/);
  const svg = systems[0]?.svg ?? "";
  expect(svg).toContain("3+2+2/8");
  // a fret on its string for every note
  expect(svg.match(/class="behind"/g)?.length).toBe(heard.notes.length);
  for (const bar of bars) expect(bar.x + bar.width).toBeLessThanOrEqual((systems[0]?.width ?? 0) + 1);
  expect(svg).not.toMatch(/NaN|undefined|Infinity/);
});
test("an instrument tuned off its custom is written as its strings are called", () => {
  const heard = heardFromText("2+2/8 | d0 d2 d3 d5");
  const low = { ...heard, tuning: { strings: heard.tuning.strings.map((string) => ({ ...string, openCents: string.openCents - 144 })) } };
  expect(writtenShift(low)).toBeCloseTo(144 + writtenShift(heard), 6);
});
