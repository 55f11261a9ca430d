import { styles } from "@kuishi/blend";
import { expect, test } from "vitest";
import { pulseOf } from "./pulse.ts";

test("a style's pulse stands on the tune's own groups", () => {
  const house = styles.get("deep-house")!;
  const [low, back, high] = pulseOf(house, [3, 3, 2]);
  expect(low).toHaveLength(16);
  // the kick falls on each group's first pulse, hardest where its rule says so
  expect(low!.flatMap((level, k) => (level > 0.5 ? [k] : []))).toEqual([0, 6, 12]);
  expect(back![6]).toBeGreaterThan(0.5);
  expect(high!.filter((level) => level > 0).length).toBeGreaterThan(8);
});
test("every style shows a pulse in every bar", () => {
  for (const style of styles.values())
    for (const groups of [[2, 2], [3, 2, 2], [5]])
      expect(
        pulseOf(style, groups)
          .flat()
          .some((level) => level > 0),
        style.name,
      ).toBe(true);
});
