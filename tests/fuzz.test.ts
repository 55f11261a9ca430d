import { runSeed, seedNote } from "@kuishi/lab/seed";
import { expect, test } from "vitest";
import { goodFiles } from "../tools/fuzz/good.ts";
import { speaksOfInsides } from "../tools/fuzz/input.ts";
import { readers } from "../tools/fuzz/readers.ts";
import { fuzz } from "../tools/fuzz/run.ts";

const good = await goodFiles();
/** Damaged files of each kind; `npm run fuzz` has many more. */
const EACH = 80;

test.each(Object.keys(readers).filter((name) => good[name]))(`%s: whatever the damage, it is read or refused (${seedNote})`, async (name) => {
  const { read, refused, failures } = await fuzz({ name, seed: runSeed, from: 0, to: EACH, good: good[name]! });
  expect(failures).toEqual([]);
  expect(read + refused).toBe(EACH);
});
test("a reader with a fault is found out", async () => {
  const found = async (name: string): Promise<readonly string[]> =>
    (await fuzz({ name, seed: 1, from: 0, to: 2, good: [new Uint8Array(8)] })).failures.map(({ index, what }) => `${index} ${what.split("\n")[0]}`);
  expect(await found("throws")).toEqual(["0 TypeError: x is not a function", "1 TypeError: x is not a function"]);
  expect(await found("nonsense")).toEqual(["0 a number that is none", "1 a number that is none"]);
  for (const [name, what] of [
    ["hangs", "hangs"],
    ["bursts", "takes more"],
  ] as const) {
    const [first, second] = await found(name);
    expect(first).toContain(`0 ${what}`);
    expect(second).toContain(`1 ${what}`);
  }
});
test("a complaint may quote a file, whatever stands there, and never say something of ours", () => {
  const file = (): string => "X:1\nK:NaN";
  expect(speaksOfInsides({ text: "K:NaN", line: 2 }, file)).toBe(false);
  expect(speaksOfInsides({ text: "K:undefined", line: 2 }, file)).toBe(true);
  expect(speaksOfInsides({ text: "K:NaN", line: Number.NaN }, file)).toBe(true);
});
