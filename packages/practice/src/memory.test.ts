import { describe, expect, test } from "vitest";
import { memoryOf, type PassageRun, progressOf, turnsNow } from "./memory.ts";

const [HOUR, DAY] = [3_600_000, 86_400_000];
const START = Date.UTC(2026, 0, 5, 18);
const run = (days: number, some: Partial<PassageRun> = {}): PassageRun => ({ at: START + days * DAY, tempo: 1, told: 40, right: 37, ...some });
const dueIn = (runs: readonly PassageRun[]): number => Math.round((memoryOf(runs, START).due! - Math.max(...runs.map(({ at }) => at))) / DAY);

describe("when a passage comes again", () => {
  test("never played, or too little of it heard: now", () => {
    expect(memoryOf([], START)).toEqual({ due: null, kept: 0, recalls: 0 });
    expect(memoryOf([run(0, { told: 5, right: 5 })], START).due).toBeNull();
  });
  test("what goes well comes later and later", () => {
    const first = dueIn([run(0)]);
    const second = dueIn([run(0), run(first)]);
    const third = dueIn([run(0), run(first), run(first + second)]);
    expect(first).toBeGreaterThanOrEqual(1);
    expect(second).toBeGreaterThan(first);
    expect(third).toBeGreaterThan(second);
  });
  test("what was forgotten comes soon, what went slowly sooner than what went", () => {
    const before = [run(0), run(3)];
    expect(dueIn([...before, run(14, { right: 10 })])).toBeLessThan(dueIn([...before, run(14, { tempo: 0.6 })]));
    expect(dueIn([...before, run(14, { tempo: 0.6 })])).toBeLessThan(dueIn([...before, run(14)]));
  });
  test("once more within hours is practice and changes nothing, however it went", () => {
    const once = [run(0), run(3)];
    const often = [...once, ...[0.3, 1, 2].map((hours) => run(3, { at: START + 3 * DAY + hours * HOUR, right: 40 }))];
    expect(memoryOf(often, START).due).toBe(memoryOf(once, START).due);
  });
  test("runs of two devices make the same memory in any order", () =>
    expect(memoryOf([run(3), run(0), run(9)], START + 9 * DAY)).toEqual(memoryOf([run(0), run(3), run(9)], START + 9 * DAY)));
  test("it fades from day to day", () => {
    const kept = [0, 1, 5, 30].map((days) => memoryOf([run(0)], START + days * DAY).kept);
    expect(kept.every((value, k) => k === 0 || value < kept[k - 1]!)).toBe(true);
    expect(kept[0]).toBeCloseTo(1, 3);
  });
});

describe("what to take in turns", () => {
  const passages = [
    { id: "fresh", runs: [run(0)] },
    { id: "long ago", runs: [run(-60)] },
    { id: "new", runs: [] },
    { id: "last week", runs: [run(-20)] },
  ];
  test("what is due, the least kept first, then what is new", () => expect(turnsNow(passages, START + HOUR)).toEqual(["long ago", "last week", "new"]));
  test("four at most", () =>
    expect(
      turnsNow(
        Array.from({ length: 9 }, (_, k) => ({ id: `${k}`, runs: [] })),
        START,
      ),
    ).toHaveLength(4));
  test("nothing is due: come back", () => expect(turnsNow([passages[0]!], START + HOUR)).toEqual([]));
});

describe("progress", () => {
  test("five sittings claim nothing, whatever they show", () => expect(progressOf([0, 1, 2, 3, 4].map((d) => run(d, { right: 8 * d })))).toEqual([]));
  test("more right notes, where chance does not explain it", () => {
    const sittings = (rights: readonly number[]) => rights.map((right, d) => run(d, { right }));
    expect(progressOf(sittings([20, 22, 21, 30, 36, 37, 38]))).toEqual([{ what: "right", before: 63 / 120, now: 111 / 120 }]);
    expect(progressOf(sittings([34, 35, 34, 35, 36, 37, 36]))).toEqual([]);
    expect(progressOf(sittings([38, 37, 38, 30, 20, 21, 22]))).toMatchObject([{ what: "right", now: 63 / 120 }]);
  });
  test("faster, where every late sitting was faster than every early one", () => {
    const sittings = (tempi: readonly number[]) => tempi.map((tempo, d) => run(d, { tempo }));
    expect(progressOf(sittings([0.5, 0.6, 0.55, 0.7, 0.8, 0.9, 0.85]))).toEqual([{ what: "tempo", before: 0.55, now: 0.85 }]);
    expect(progressOf(sittings([0.5, 0.9, 0.55, 0.7, 0.8, 0.9, 0.85]))).toEqual([]);
  });
  test("many runs of one sitting are one sitting", () =>
    expect(progressOf(Array.from({ length: 12 }, (_, k) => run(0, { at: START + k * 600_000, right: k < 6 ? 5 : 40 })))).toEqual([]));
});
