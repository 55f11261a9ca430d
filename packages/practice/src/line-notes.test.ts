import { describe, expect, test } from "vitest";
import { LineNotes } from "./line-notes.ts";

/** Notes of a line given as [cents, milliseconds] one after the other. */
function heard(line: readonly (readonly [cents: number, ms: number])[]): { at: number; cents: readonly number[] }[] {
  const notes = new LineNotes();
  const out: { at: number; cents: readonly number[] }[] = [];
  let at = 0;
  for (const [cents, ms] of line) for (let end = at + ms; at < end; at += 10) out.push(...notes.hear({ at: at / 1000, cents }));
  return out;
}

describe("notes of a line as they come", () => {
  test("each once, from where it was reached", () => {
    const told = heard([
      [0, 100],
      [5500, 300],
      [5700, 300],
    ]);
    expect(told.map(({ cents }) => cents[0])).toEqual([5500, 5700]);
    expect(told.map(({ at }) => at)).toEqual([0.1, 0.4]);
  });
  test("the same pitch after a rest is a note again, after a gap of a frame it is not", () => {
    const again = (ms: number): number =>
      heard([
        [5500, 300],
        [0, ms],
        [5510, 300],
      ]).length;
    expect(again(80)).toBe(2);
    expect(again(10)).toBe(1);
  });
  test("a glide is no row of notes, vibrato none either", () => {
    expect(heard([[5500, 200], ...Array.from({ length: 30 }, (_, i) => [5500 + 20 * i, 10] as const), [6100, 200]])).toHaveLength(2);
    expect(heard(Array.from({ length: 80 }, (_, i) => [5500 + 30 * Math.sin(i * 0.35), 10] as const))).toHaveLength(1);
  });
});
