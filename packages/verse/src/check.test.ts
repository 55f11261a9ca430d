import { readFileSync } from "node:fs";
import { seeded } from "@kuishi/base";
import { runSeed, seedNote } from "@kuishi/lab/seed";
import { expect, test } from "vitest";
import { checkBunaq, checkForms, checkMeasures, checkRandom, checkWords, linesMeasured, listedWords, type Share, wordsParted } from "./check.ts";

// floors near what `npm run bench:write` prints; the files say where each word and line comes from
const read = (name: string): string => readFileSync(new URL(`../../../tools/verse/${name}`, import.meta.url), "utf8");
const words = wordsParted(read("words.txt"));
const lines = linesMeasured(read("lines.txt"));
const list = readFileSync(new URL("../data/kk.txt", import.meta.url), "utf8");
const listed = listedWords(list);
const part = ({ right, all }: Share): number => right / all;
const of = (measure: number) => lines.filter((line) => line.measures.includes(measure));

test("words that textbooks part are parted so", () => {
  expect(words.length).toBeGreaterThan(100);
  expect(checkWords(words, true).missed).toEqual([]);
  expect(part(checkWords(words, false))).toBeGreaterThanOrEqual(0.98);
  // the check can fail
  expect(checkWords(["са-у-ла", "қ-ала"], true).right).toBe(1);
  expect(checkWords(["са-у-ла", "қ-ала"], false).right).toBe(0);
});
test("lines on which nothing was set have their measure, and fall into bunaq", () => {
  expect([of(11).length, of(7).length]).toEqual([60, 97]);
  expect(part(checkMeasures(of(11)))).toBeGreaterThanOrEqual(0.95);
  expect(part(checkMeasures(of(7)))).toBeGreaterThanOrEqual(0.95);
  expect(part(checkBunaq(of(11)))).toBeGreaterThanOrEqual(0.95);
  expect(checkMeasures([{ text: "Көк ту", measures: [11] }]).right).toBe(0);
});
test(`random words in lines as long are mostly no eleven (${seedNote})`, () => {
  expect(part(checkRandom(listed, of(11), 11, 4000, seeded(runSeed, "write")))).toBeLessThan(0.25);
});
test("printed words of a stem and an ending are formed so by our rules", () => {
  const printed = [...new Set(lines.flatMap(({ text }) => text.toLowerCase().match(/\p{L}+/gu) ?? []))];
  const forms = checkForms(printed, list);
  expect(forms.all).toBeGreaterThan(80);
  expect(part(forms)).toBeGreaterThanOrEqual(0.97);
  expect(checkForms(["далалер", "далалар"], "aдала")).toMatchObject({ right: 1, all: 2 });
});
