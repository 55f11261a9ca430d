import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { allowedSec, type Reading, ReadingDeadline } from "./deadline.ts";

describe("a file's deadline", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());
  const file: Reading = { name: "long.abc", bytes: 100_000 };
  const watched = () => {
    const late: [string, number][] = [];
    return { late, deadline: new ReadingDeadline(({ name }, seconds) => late.push([name, seconds])) };
  };
  test("grows with the file, up to five minutes", () => {
    expect(allowedSec(0)).toBe(30);
    expect(allowedSec(5e6)).toBe(130);
    expect(allowedSec(1e12)).toBe(300);
  });
  test("a reader that gives no sign for so long is told of, once, and by its file", () => {
    const { late, deadline } = watched();
    deadline.began(file);
    vi.advanceTimersByTime(31_900);
    expect(late).toEqual([]);
    vi.advanceTimersByTime(600_000);
    expect(late).toEqual([["long.abc", 32]]);
  });
  test("each sign of decoding gives it as long again; once it is read there is no hurry", () => {
    const { late, deadline } = watched();
    deadline.began(file);
    for (let k = 0; k < 9; k++) {
      vi.advanceTimersByTime(30_000);
      deadline.progressed("decode", k / 10);
    }
    deadline.progressed("decode", 1);
    vi.advanceTimersByTime(600_000);
    deadline.began(file);
    deadline.progressed("onsets", 0);
    vi.advanceTimersByTime(600_000);
    deadline.began(file);
    deadline.ended();
    deadline.progressed("decode", 0.5);
    vi.advanceTimersByTime(600_000);
    expect(late).toEqual([]);
  });
});
