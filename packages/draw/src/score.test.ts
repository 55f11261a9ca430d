import { heardFromText, readAbc, transcribe } from "@kuishi/score";
import { expect, test } from "vitest";
import { scoreSystems, writtenShift } from "./score.ts";
import { drawnBars } from "./score-bars.ts";

test("pitches stand on the staff as a dombra player writes them, an octave above their sound, with quarter tones", () => {
  const base = heardFromText("2+2/8 | d0 d0 d0 d0 | d0 d0 d0 d0");
  const placed = (cents: number): unknown => {
    const heard = {
      ...base,
      notes: base.notes.map((note) => ({ ...note, cents })),
      mode: { ...base.mode, tonicCents: 5500, degreesCents: [0, 200, 400, 500, 700, 900, 1100] },
    };
    const { score } = transcribe(heard);
    const [note] = drawnBars(score, score.parts[0]!)[0]!.chords[0]!.notes;
    return [note?.step, note?.accidental, note?.beside];
  };
  // E4 on the lowest line: it sounds E3
  expect(placed(5200)).toEqual([0, undefined, 0]);
  // the open G string on the second line
  expect(placed(5500)).toEqual([2, undefined, 0]);
  // of G major
  expect(placed(5400)).toEqual([1, undefined, 0]);
  expect(placed(5300)).toEqual([1, 0, 0]);
  expect(placed(5650)).toEqual([3, -50, 0]);
  expect(placed(5515)).toEqual([2, undefined, 15]);
  expect(placed(6700)).toEqual([9, undefined, 0]);
});
test("a tune in changing groups is drawn bar by bar, each with what a reader of screens is told", () => {
  const heard = heardFromText("3+2+2/8 | d0 d2 . d5+u0 d3 d2 d0 | u0 d7 d5 d3 d2 d0 .");
  const systems = scoreSystems(transcribe(heard, { title: "", shift: writtenShift(heard) }).score, { width: 1100, words: { bar: (bar) => `bar ${bar}` } });
  const bars = systems.flatMap((system) => system.bars);
  expect(bars.length).toBeGreaterThanOrEqual(2);
  expect(bars[0]?.label).toMatch(/^bar 1, 3\+2\+2\/8: .*2:0\+1:5/);
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
test("meters stand as they are printed, clefs where they change", () => {
  const score = readAbc("X:1\nM:4/4\nL:1/4\nK:C\nCDEF|[K:clef=bass]C,D,E,F,|\n");
  const bars = drawnBars(score, score.parts[0]!);
  expect(bars.map((bar) => [bar.meter, bar.staves[0]?.clef.sign])).toEqual([
    ["4/4", "G"],
    ["4/4", "F"],
  ]);
  const [first] = scoreSystems(score, { width: 1100, words: { bar: (bar) => `bar ${bar}` } });
  // two dots of the bass clef, which stands once
  expect(first?.svg.match(/r="1\.6"/g)?.length).toBe(2);
});
