import { COUNT_IN_FRAMES } from "@kuishi/engine";
import { heardFromText } from "@kuishi/score";
import { describe, expect, test } from "vitest";
import { barAt, beatsOf, snapped, stepped } from "./beats.ts";
import { metronomePlan } from "./metronome.ts";

/** Two bars of 3+2 at four pulses a second; the first stroke lies at 0.3 s. A third bar says how long the second is. */
const heard = heardFromText("3+2/8 pulse=0.25 tonic=5500 | d0 d2 d3 d5 d7 | d0 d2 d3 d5 d7 | d0 d2 d3 d5 d7");
const beats = beatsOf(heard).slice(0, 10);
const seconds = (frame: number): number => Math.round(frame / 48) / 1000;
const RANKS = { bar: "B", group: "G", pulse: "." } as const;

test("the tune's pulses: bars as groups", () => {
  expect(beats.map((beat) => RANKS[beat.rank]).join("")).toBe("B..G.B..G.");
  expect(beats.map((beat) => beat.bar)).toEqual([1, 1, 1, 1, 1, 2, 2, 2, 2, 2]);
  expect(beats.slice(0, 3).map((beat) => seconds(beat.at))).toEqual([0.3, 0.55, 0.8]);
});
test("a bar about a moment; where the tune has none, four of half a second", () => {
  expect(barAt(beats, 0)).toMatchObject({
    length: 60_000,
    pulses: [{ at: 0, rank: "bar" }, { at: 12_000 }, { at: 24_000 }, { at: 36_000, rank: "group" }, {}],
  });
  // from the last downbeat on the bar before it is what is known
  expect(barAt(beats, 48_000 * 9).length).toBe(60_000);
  expect(barAt([], 0)).toMatchObject({ length: 96_000, pulses: [{ rank: "bar" }, { rank: "group" }, { rank: "group" }, { rank: "group" }] });
});
describe("snapping", () => {
  test.each([
    ["off", 0.61, 0.61],
    ["pulse", 0.61, 0.55],
    ["group", 0.61, 0.3],
    ["group", 0.9, 1.05],
    ["bar", 0.61, 0.3],
    // the grid is further than half a second
    ["bar", 0.9, 0.9],
    ["bar", 9, 9],
  ] as const)("%s: %d s lies at %d s", (snap, from, to) => expect(seconds(snapped(beats, snap, from * 48_000))).toBeCloseTo(to, 3));
  test("nothing lies before the beginning", () => expect(snapped(beats, "off", -5)).toBe(0));
  test.each([
    ["pulse", 0.55, 1, 0.8],
    ["pulse", 0.55, -1, 0.3],
    ["group", 0.55, 1, 1.05],
    ["bar", 0.55, -1, 0.3],
    ["off", 0.55, 1, 0.65],
    ["bar", 2, 1, 2.1],
    ["off", 0.05, -1, 0],
  ] as const)("%s: from %d s a step of %d goes to %d s", (snap, from, by, to) =>
    expect(seconds(stepped(beats, snap, Math.round(from * 48_000), by))).toBeCloseTo(to, 3),
  );
});
describe("the metronome", () => {
  const clicks = (plan: ReturnType<typeof metronomePlan>) => plan.strips[0]?.events.map((event) => seconds(event.frame - COUNT_IN_FRAMES));
  test("clicks on every pulse, loudest on the bar", () => {
    const plan = metronomePlan(beats, 240_000, true, null);
    expect(clicks(plan)).toEqual([0.3, 0.55, 0.8, 1.05, 1.3, 1.55, 1.8, 2.05, 2.3, 2.55]);
    expect(plan.strips[0]?.events.slice(0, 4).map((event) => event.velocity)).toEqual([1, 0.4, 0.4, 0.75]);
    expect(plan.frames).toBe(240_000 + COUNT_IN_FRAMES + 48_000);
  });
  test("counts in by bars of the tune, backwards from where the recording begins; nothing clicks twice", () => {
    const counting = { from: beats[5]!.at, lead: 120_000 };
    expect(clicks(metronomePlan(beats, 240_000, false, counting))).toEqual([-0.95, -0.7, -0.45, -0.2, 0.05, 0.3, 0.55, 0.8, 1.05, 1.3]);
    expect(clicks(metronomePlan(beats, 240_000, true, counting))?.slice(-6)).toEqual([1.3, 1.55, 1.8, 2.05, 2.3, 2.55]);
  });
  test("no count-in, no clicks", () => expect(clicks(metronomePlan(beats, 0, false, { from: 0, lead: 0 }))).toEqual([]));
});
