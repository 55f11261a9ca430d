import { seeded } from "@kuishi/base";
import { heardFromText } from "@kuishi/score";
import { describe, expect, test } from "vitest";
import { findBarrings } from "./barring.ts";
import { barsOf, findCycles, TURNS, turnsWith } from "./cycles.ts";
import { followPulses, timeOfSlot } from "./followed-pulses.ts";
import { MARKS, marksOf } from "./marks.ts";
import { strokesFromText } from "./testing.ts";

const mark = (name: (typeof MARKS)[number]): number => MARKS.indexOf(name);
const again = (phrase: string, count: number): string => Array.from({ length: count }, () => phrase).join(" | ");
/** A küi in bars of four: the pair of strings changes at the bar line and stays, nothing is louder there; strokes lie as a player puts them. */
const BARS = ["d4+u0 d4+u0 d2+u0 d4+u0", "d5+u0 d5+u0 d7+u0 d5+u0", "d7+u0 d7+u0 d9+u0 d7+u0", "d2+u0 d2+u0 d0+u0 d2+u0", "d0+u0 d0+u0 d0+u0 d0+u0"];
const KUI = `2+2/8 pulse=0.15 | ${[..."012340123411042120412340132401123400124310041234"].map((k) => BARS[Number(k)]!).join(" | ")}`;
const LATE = [0, 0.036, 0.003, -0.012];
const kui = (seed = 1) => {
  const random = seeded(seed, "küi");
  return strokesFromText(KUI, (i) => LATE[i % 4]! + 0.004 * random.gauss()).map((stroke) => ({ ...stroke, strength: random.between(0.6, 0.9) }));
};

describe("marks of a beginning", () => {
  const marked = marksOf(strokesFromText(`2+2/8 pulse=0.2 | ${again("d4+u0 d4+u0 d4+u0 d4+u0 | d5+u2 d5+u2 d7+u2 d5+u2", 4)}`));
  test("harmony that changes and stays, more than a passing note", () => {
    const held = marked.map(({ marks }) => marks[mark("held")]!);
    expect(held[8]).toBeGreaterThan(held[6]!);
    expect(held[6]).toBeGreaterThan(held[5]!);
    expect(marked[9]!.marks[mark("pair")]).toBeLessThan(marked[8]!.marks[mark("pair")]!);
  });
  test("every mark is in deviations of the tune: their mean is none", () => {
    // what is farther than believed is cut: the mean strays a little
    MARKS.forEach((_, f) => expect(Math.abs(marked.reduce((sum, { marks }) => sum + marks[f]!, 0) / marked.length)).toBeLessThan(0.2));
  });
  test("a passage that is heard again begins something, the middle of it does not", () => {
    const passage = "d2 d4 d5 d7 | d5 d4 d7 d9";
    const tune = marksOf(strokesFromText(`2+2/8 pulse=0.2 | ${passage} | d0 d0 d12 d0 | ${passage} | d10 d10 d2 d10 | ${passage} | d3 d3 d12 d3`));
    const value = (i: number): number => tune[i]!.marks[mark("again")]!;
    expect(value(12)).toBeGreaterThan(value(14));
    expect(value(24)).toBeGreaterThan(value(21));
  });
});

describe("pulses that are followed", () => {
  test("through uneven sub-beats, misses and a tempo that drifts", () => {
    const random = seeded(3, "pulses");
    const strokes = strokesFromText(`2+2/8 pulse=0.15 | ${again("d4+u0 d4 d2 d4", 24)}`, (i) => LATE[i % 4]! + 0.0004 * i).filter(
      (_, i) => i % 4 === 0 || random.chance(0.85),
    );
    const grids = followPulses(marksOf(strokes));
    const lines = strokes.filter((_, i) => i > 0).map(({ at }) => at);
    const near = grids.map((grid) => lines.filter((at) => grid.slots.some((slot) => Math.abs(slot.at - at) < 0.03)).length / lines.length);
    expect(Math.max(...near)).toBeGreaterThan(0.9);
  });
  test("slots before the first and after the last go on", () => {
    const [grid] = followPulses(marksOf(kui()));
    const last = grid!.slots.length - 1;
    expect(timeOfSlot(grid!, -2)).toBeLessThan(timeOfSlot(grid!, 0));
    expect(timeOfSlot(grid!, last + 2) - timeOfSlot(grid!, last)).toBeCloseTo((2 * grid!.period) / grid!.perPulse, 1);
  });
  test("too few strokes have none", () => {
    expect(followPulses(marksOf(kui().slice(0, 6)))).toEqual([]);
  });
});

describe("turns and the stretches they fill", () => {
  test("bars whose groups the listener gave are the only turns", () => {
    expect(turnsWith([])).toBe(TURNS);
    expect(turnsWith([{ slot: 3 }])).toBe(TURNS);
    expect(
      turnsWith([
        { slot: 3, groups: [2, 3] },
        { slot: 8, groups: [2, 3] },
      ]),
    ).toEqual([[[2, 3]]]);
    expect(turnsWith([{ slot: 3, groups: [4, 1, 2] }])).toEqual([[[4, 1, 2]]]);
  });
  test("a bar half as long is put in where the tune has it", () => {
    const bar = "d4+u0 d4+u0 d7 d9";
    const [before, after] = [14, 6];
    // the inserted half bar is written as strokes left out of a whole one
    const whole = strokesFromText(`2+2/8 pulse=0.3 | ${again(bar, before + 1 + after)}`);
    const cutAt = 4 * before + 2;
    const strokes = whole.filter((_, i) => i < cutAt || i >= cutAt + 2).map((stroke, i) => (i < cutAt ? stroke : { ...stroke, at: stroke.at - 0.6 }));
    const grid = followPulses(marksOf(strokes)).reduce((a, b) => (Math.abs(b.period - 0.3) < Math.abs(a.period - 0.3) ? b : a));
    const cycle = findCycles(grid, [[[2, 2]]])[0]!;
    expect(cycle.inserted).toBe(1);
    const lines = barsOf(grid, cycle, [[2, 2]], 0).map(({ slot }) => timeOfSlot(grid, slot));
    const gaps = lines.slice(1).map((at, i) => at - lines[i]!);
    expect(gaps.filter((gap) => Math.abs(gap - 1.2) < 0.1).length).toBeGreaterThan(16);
  });
});

describe("bars by what the whole tune does", () => {
  const truth = heardFromText(KUI).downbeats;
  test("bar lines where harmony changes and stays, though nothing is louder there", () => {
    const [best] = findBarrings(marksOf(kui()), 20);
    const lines = best!.bars.map((bar) => timeOfSlot(best!.grid, bar.slot));
    const found = truth.filter((at) => lines.some((line) => Math.abs(line - at) < 0.05));
    expect(found.length / truth.length).toBeGreaterThan(0.9);
    expect(lines.length / truth.length).toBeLessThan(1.15);
  });
  test("the same bars when the hand was a little different", () => {
    const [first, second] = [1, 2].map((seed) => {
      const [best] = findBarrings(marksOf(kui(seed)), 20);
      return best!.bars.map((bar) => timeOfSlot(best!.grid, bar.slot));
    });
    expect(first!.filter((at) => second!.some((line) => Math.abs(line - at) < 0.05)).length).toBeGreaterThan(0.9 * first!.length);
  });
  test("one bar given by the listener bars the whole tune by it", () => {
    const given = truth[5]! + 0.3;
    const [best] = findBarrings(marksOf(kui()), 20, (grid) => {
      const slot = grid.slots.reduce((near, { at }, i) => (Math.abs(at - given) < Math.abs(grid.slots[near]!.at - given) ? i : near), 0);
      return [{ slot, groups: [2, 2] }];
    });
    const lines = best!.bars.map((bar) => timeOfSlot(best!.grid, bar.slot));
    expect(lines.some((line) => Math.abs(line - given) < 0.05)).toBe(true);
    expect(best!.bars.filter((bar) => bar.groups.join() === "2,2").length).toBeGreaterThan(0.8 * best!.bars.length);
  });
  test("what has no order is barred without belief", () => {
    const random = seeded(5, "no order");
    let at = 0;
    const loose = kui().map((stroke) => ({
      ...stroke,
      at: (at += random.between(0.08, 0.9)),
      pitches: stroke.pitches.map((pitch) => ({ ...pitch, cents: 100 * random.int(50, 70) })),
    }));
    const sure = (list: ReturnType<typeof kui>, seconds: number): number => findBarrings(marksOf(list), seconds)[0]?.agreement ?? 0;
    expect(sure(loose, at + 1)).toBeLessThan(sure(kui(), 20));
  });
});
