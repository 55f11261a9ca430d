import { readChordPro } from "@kuishi/score";
import { expect, it } from "vitest";
import { textWidth } from "./faces.ts";
import { paged } from "./pages.ts";
import { songSheet } from "./song-sheet.ts";

const WIDTH = 600;
const sheet = (text: string): ReturnType<typeof songSheet> => songSheet(readChordPro(text), (code, params) => `${code} ${Object.values(params).join()}`, WIDTH);
const texts = (drawn: ReturnType<typeof songSheet>) =>
  drawn.blocks.flatMap(({ ink, y }) => ink.flatMap((one) => (one.kind === "text" ? [{ ...one, y: one.y + y }] : [])));

it("has chords over their syllables, within its width, and long lines broken between words", () => {
  const drawn = sheet(`{title: T}\n{key: G}\n[Am]Көзім[E7]нің ${"қара сөз ".repeat(30)}[G]сы\n{soc}\n[Dm]қайырма\n{eoc}\n{chorus}`);
  const all = texts(drawn);
  const of = (text: string) => all.filter((one) => one.text === text);
  expect(of("E7")[0]!.x).toBeCloseTo(of("нің")[0]!.x, 6);
  expect(of("E7")[0]!.y).toBeLessThan(of("нің")[0]!.y);
  for (const { text, x, size, bold } of all) expect(x + textWidth(text, size, bold)).toBeLessThanOrEqual(WIDTH + 1);
  expect(of("сөз")).toHaveLength(30);
  // a chorus comes where it is called, set in
  expect(of("қайырма").map(({ x }) => x)).toEqual([30, 30]);
  expect(of("print.key G")).toHaveLength(1);
});
it("begins each song of a book on a page, and leaves out what other programs draw", () => {
  const drawn = sheet("{title: A}\n[C]one\n{start_of_abc}\nX:1\n{end_of_abc}\n{ns}\n{title: B}\n{sot}\nd|-0-1|\n{eot}\n");
  expect(paged(drawn.blocks)).toHaveLength(2);
  expect(texts(drawn).map(({ text }) => text)).not.toContain("X:1");
  const tab = texts(drawn).filter(({ text }) => text.length === 1 && /[d|01-]/.test(text));
  const across = tab.slice(-7).map(({ x }) => x);
  expect(new Set(across.slice(1).map((x, k) => Math.round((x - across[k]!) * 1e6))).size).toBe(1);
});
