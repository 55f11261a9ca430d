import { expect, test } from "vitest";
import { clockIn, dayIn, decibels, noteName, sureness } from "./say.ts";

test("a pitch is the nearest of twelve names and the cents beside it", () => {
  expect(noteName(6000)).toBe("C4");
  expect(noteName(5253.8)).toBe("F3 −46");
  expect(noteName(4776.7)).toBe("C3 −23");
  expect(noteName(-1)).toBe("C-1 −1");
  expect(noteName(6912, false)).toBe("A +12");
});
test("three words for how sure the ear is", () => {
  expect([1, 0.8, 0.79, 0.5, 0.49, 0].map(sureness)).toEqual(["sure", "sure", "likely", "likely", "check", "check"]);
});
test("a day is written by the language's pattern, whatever the browser knows", () => {
  const at = new Date(2026, 2, 5, 7, 4);
  expect(["kk", "ru", "en"].map((language) => dayIn(language, at))).toEqual(["05.03.2026, 07:04", "05.03.2026, 07:04", "2026-03-05, 07:04"]);
});
test("times and levels as a language writes them", () => {
  expect(clockIn("en", 24.69)).toBe("0:24.6");
  expect(clockIn("kk", 65)).toBe("1:05,0");
  expect(clockIn("ru", -1)).toBe("0:00,0");
  expect(decibels("ru", -14.04)).toBe("−14");
  expect(decibels("en", -1.64)).toBe("−1.6");
  expect(decibels("en", Number.NEGATIVE_INFINITY)).toBe("–");
  expect(decibels("en", undefined)).toBe("–");
});
