import { expect, test } from "vitest";
import { Capture } from "./capture.ts";

const press = (key: string, cents = 6000) => ({ type: "press", key, cents, velocity: 0.7, voice: 0 }) as const;

test("what is held is as long as it was held; what is plucked rings until its string is plucked again", () => {
  const capture = new Capture();
  capture.take(press("s0"), 1000);
  capture.take({ type: "lift", key: "s0" }, 97_000);
  capture.take(press("s1"), 100_000);
  capture.take(press("s1", 6200), 110_000);
  const [pass] = capture.done(400_000);
  expect(pass?.map(({ at, length, cents }) => [at, length, cents])).toEqual([
    [1000, 96_000, 6000],
    [100_000, 10_000, 6000],
    [110_000, 48_000, 6200],
  ]);
});
test("each pass of a loop is by itself, also with a note held over its end; an empty one is none", () => {
  const capture = new Capture();
  capture.take(press("a"), 90_000);
  capture.take(press("b"), 50_000);
  capture.turn(95_999.6);
  capture.turn(96_000);
  capture.take(press("c"), 60_000.4);
  const passes = capture.done(96_000);
  expect(passes.map((pass) => pass.map((note) => note.at))).toEqual([[90_000], [50_000], [60_000]]);
  expect(passes[0]![0]!.at + passes[0]![0]!.length).toBeLessThanOrEqual(90_480);
  for (const note of passes.flat()) expect(Number.isInteger(note.at) && Number.isInteger(note.length)).toBe(true);
});
test("a bend goes with its note; what nobody holds is bent by nothing", () => {
  const capture = new Capture();
  capture.take(press("a"), 1000);
  capture.take({ type: "bend", key: "a", cents: 50 }, 3000);
  capture.take({ type: "bend", key: "x", cents: 90 }, 3000);
  capture.take({ type: "lift", key: "x" }, 3000);
  expect(capture.done(9000)[0]).toMatchObject([
    {
      bend: [
        [0, 0],
        [2000, 50],
      ],
    },
  ]);
});
