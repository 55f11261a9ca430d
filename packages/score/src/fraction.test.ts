import fc from "fast-check";
import { expect, test } from "vitest";
import { commonBottom, compare, fraction, fractionOf, fractionText, minus, over, plus, times, wholes } from "./fraction.ts";

const lengths = fc
  .record({ top: fc.integer({ min: -5000, max: 5000 }), bottom: fc.integer({ min: 1, max: 960 }) })
  .map(({ top, bottom }) => fraction(top, bottom));

test("lengths add, take away and multiply exactly", () => {
  fc.assert(
    fc.property(lengths, lengths, (a, b) => {
      expect(minus(plus(a, b), b)).toEqual(a);
      expect(times(a, b)).toEqual(times(b, a));
      if (b[0] !== 0) expect(times(over(a, b), b)).toEqual(a);
      expect(Math.sign(compare(a, b))).toBe(Math.sign(Math.round((wholes(a) - wholes(b)) * 1e9)));
    }),
  );
  expect(plus(plus([1, 12], [1, 12]), [1, 12])).toEqual([1, 4]);
});
test("decimals are read exactly, what is none is not read, what cannot be counted becomes the nearest that can", () => {
  expect(fractionOf("0.5")).toEqual([1, 2]);
  expect(fractionOf("-12")).toEqual([-12, 1]);
  for (const text of ["", ".", "a", "1e5", "0x1", "1/2"]) expect(fractionOf(text), text).toBeUndefined();
  const near = fraction(123_456_789_123, 987_654_321_987);
  expect(near[1]).toBeLessThanOrEqual(2 ** 26);
  expect(Math.abs(wholes(near) - 123_456_789_123 / 987_654_321_987)).toBeLessThan(1e-8);
  expect(() => fraction(1, 0)).toThrow(RangeError);
  expect(commonBottom(480, 7)).toBe(3360);
  expect(fractionText(fraction(6, 4))).toBe("3/2");
});
