import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as maths from "./maths.ts";
import { seeded } from "./random.ts";

const near = (ours: number, theirs: number): void => {
  const scale = Math.max(Math.abs(theirs), 1e-300);
  expect(Math.abs(ours - theirs) / scale).toBeLessThan(2e-14);
};

describe("maths agrees with the host to 2e-14", () => {
  const pairs: [string, (x: number) => number, (x: number) => number, fc.Arbitrary<number>][] = [
    ["exp", maths.exp, Math.exp, fc.double({ min: -700, max: 700, noNaN: true })],
    ["log", maths.log, Math.log, fc.double({ min: 1e-300, max: 1e300, noNaN: true }).filter((x) => Math.abs(x - 1) > 1e-3)],
    ["exp2", maths.exp2, (x) => 2 ** x, fc.double({ min: -100, max: 100, noNaN: true })],
    ["log10", maths.log10, Math.log10, fc.double({ min: 1.01, max: 1e12, noNaN: true })],
  ];
  for (const [name, ours, theirs, numbers] of pairs) test(name, () => fc.assert(fc.property(numbers, (x) => near(ours(x), theirs(x)))));
  test("sin and cos, absolutely", () => {
    fc.assert(
      fc.property(fc.double({ min: -1000, max: 1000, noNaN: true }), (x) => {
        expect(Math.abs(maths.sin(x) - Math.sin(x))).toBeLessThan(1e-13);
        expect(Math.abs(maths.cos(x) - Math.cos(x))).toBeLessThan(1e-13);
      }),
    );
  });
  test("atan2 in all quadrants", () => {
    const side = fc.double({ min: -1e3, max: 1e3, noNaN: true });
    fc.assert(
      fc.property(side, side, (y, x) => {
        fc.pre(x !== 0 && y !== 0);
        expect(Math.abs(maths.atan2(y, x) - Math.atan2(y, x))).toBeLessThan(2e-14);
      }),
    );
    expect(maths.atan2(0, 0)).toBe(0);
  });
});

test("edges", () => {
  expect(maths.log(0)).toBe(-Infinity);
  expect(maths.log(-1)).toBeNaN();
  expect(maths.exp(1000)).toBe(Infinity);
  expect(maths.exp(-1000)).toBe(0);
  expect(maths.pow(0, 0)).toBe(1);
  expect(maths.pow2i(-1074)).toBe(5e-324);
  expect(maths.pow2i(10)).toBe(1024);
  expect(maths.median([])).toBeNaN();
  expect(maths.median([3, 1, 2, 10])).toBe(2.5);
});

test("cents and hertz undo each other", () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 13_000, noNaN: true }), (cents) => {
      expect(maths.hertzToCents(maths.centsToHertz(cents))).toBeCloseTo(cents, 8);
    }),
  );
  expect(maths.centsToHertz(6900)).toBe(440);
});

test("a seed and a name fix the sequence; another name gives another", () => {
  const take = (name: string): number[] => {
    const random = seeded(7, name);
    return Array.from({ length: 5 }, () => random.next());
  };
  expect(take("kick")).toEqual(take("kick"));
  expect(take("kick")).not.toEqual(take("bass"));
  const random = seeded(1);
  const many = Array.from({ length: 4000 }, () => random.next());
  expect(many.reduce((a, b) => a + b) / many.length).toBeCloseTo(0.5, 1);
});
