import { seeded } from "@kuishi/base";
import { describe, expect, test } from "vitest";
import { findBars, type KnownBar } from "./meter.ts";
import { findPulseGrids, type PulseGrid } from "./pulse.ts";

/** Strokes of bars as text: `X` a downbeat, `x` a group's beginning, `o` a weak stroke, `.` none. */
function gridOf(bars: string, period = 0.25): { grid: PulseGrid; weights: number[] } {
  const slots: number[] = [];
  const weights: number[] = [];
  const marks = bars.replaceAll(/[\s|]/g, "");
  [...marks].forEach((mark, slot) => {
    if (mark === ".") return;
    slots.push(slot);
    weights.push({ X: 1.5, x: 0.6, o: -0.5 }[mark]!);
  });
  // slots are counted from the first stroke
  const first = slots[0]!;
  const grid: PulseGrid = { slots: slots.map((slot) => slot - first), times: [...marks].map((_, slot) => slot * period), period, fit: 1 };
  return { grid, weights };
}
const groupsOf = (bars: readonly { groups: readonly number[] }[]): string[] => bars.map((bar) => bar.groups.join("+"));
const times = (bar: string, count: number): string => Array.from({ length: count }, () => bar).join("|");

describe("bars of their own groups", () => {
  test.each([
    ["2+2", "XoxO".replace("O", "o")],
    ["2+3", "Xoxoo"],
    ["3+2", "Xooxo"],
    ["3+2+2", "Xooxoxo"],
    ["2+2+3", "Xoxoxoo"],
    ["3+3+2", "Xooxooxo"],
  ])("%s", (name, bar) => {
    const { grid, weights } = gridOf(times(bar, 8));
    const { bars, perPulse, beats, confidence } = findBars(grid, weights);
    expect(perPulse).toBe(1);
    expect(new Set(groupsOf(bars))).toEqual(new Set([name]));
    expect(bars[1]!.slot).toBe(bar.length);
    expect(beats.slice(0, 2)).toEqual([0, Number(name[0])]);
    expect(confidence).toBeGreaterThan(0.6);
  });
  test("bars that take turns, 2+2 and 2+2+2", () => {
    const { grid, weights } = gridOf(times("Xoxo|Xoxoxo", 6));
    expect(groupsOf(findBars(grid, weights).bars).slice(0, 4)).toEqual(["2+2", "2+2+2", "2+2", "2+2+2"]);
  });
  test("one long bar among even ones is not forced into their length", () => {
    const { grid, weights } = gridOf(`${times("Xoxo", 8)}|${times("Xoxoo", 8)}`);
    const found = groupsOf(findBars(grid, weights).bars);
    expect(found.filter((name) => name === "2+3")).toHaveLength(8);
    expect(found.indexOf("2+3")).toBe(8);
  });
  test("half pulses do not double the bar", () => {
    // every pulse is two slots; between them strokes come seldom
    const { grid, weights } = gridOf(times("X.oox.o.|X.o.x.oo", 5), 0.13);
    const { bars, perPulse } = findBars(grid, weights);
    expect(perPulse).toBe(2);
    expect(new Set(groupsOf(bars))).toEqual(new Set(["2+2"]));
  });
});

describe("what the listener says", () => {
  const { grid, weights } = gridOf(times("Xoxo", 10));
  test("a bar that is known to begin begins there", () => {
    const known: KnownBar[] = [{ slot: 6 }];
    expect(findBars(grid, weights).bars.some((bar) => bar.slot === 6)).toBe(false);
    expect(findBars(grid, weights, known).bars.some((bar) => bar.slot === 6)).toBe(true);
  });
  test("its groups too, also such as no table has", () => {
    const { bars } = findBars(grid, weights, [{ slot: 8, groups: [4, 1, 2] }]);
    expect(bars.find((bar) => bar.slot === 8)?.groups).toEqual([4, 1, 2]);
  });
});

test("equal strokes say little about bars", () => {
  const plain = gridOf(times("oooo", 10));
  const marked = gridOf(times("Xoxo", 10));
  expect(findBars(plain.grid, plain.weights).confidence).toBeLessThan(findBars(marked.grid, marked.weights).confidence);
});

describe("the grid under the strokes", () => {
  const random = seeded(11);
  test("found through misses and ragged hands", () => {
    const at: number[] = [];
    for (let slot = 0; slot < 160; slot++) if (random.chance(0.7) || slot === 0) at.push(0.5 + slot * 0.21 + random.gauss() * 0.008);
    const grid = findPulseGrids(at)[0]!;
    expect(grid.period).toBeCloseTo(0.21, 2);
    expect(grid.fit).toBeGreaterThan(0.8);
    expect(grid.slots.at(-1)).toBe(Math.round((at.at(-1)! - at[0]!) / 0.21));
  });
  test("followed by one of the pulls through a player who hurries by a third", () => {
    const at: number[] = [];
    let [t, slots] = [0.5, 0];
    for (let gap = 0.26; gap > 0.17; gap *= 0.996, slots++) {
      at.push(t);
      t += gap;
    }
    const fits = findPulseGrids(at).filter((grid) => grid.slots.at(-1) === slots - 1);
    expect(fits.length).toBeGreaterThan(0);
  });
  test("times of slots between strokes lie on the line between them", () => {
    const [grid] = findPulseGrids([0, 0.2, 0.4, 0.6, 1, 1.2, 1.4, 1.6, 2]);
    expect(grid!.times[grid!.slots[4]! - 1]).toBeCloseTo(0.8, 5);
  });
});
