import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Sentence } from "./catalogue.ts";
import { en } from "./en.ts";
import { addLanguage, languageName, languageOf, languages, localized, numberIn, text } from "./index.ts";
import { kk } from "./kk.ts";
import { ru } from "./ru.ts";

type Code = keyof typeof en;
const catalogues: Readonly<Record<string, Readonly<Record<Code, Sentence>>>> = { kk, ru, en };
const forms = (sentence: Sentence): string[] => (typeof sentence === "string" ? [sentence] : Object.values(sentence));
const places = (sentence: Sentence): string[] =>
  [...new Set(forms(sentence).flatMap((form) => [...form.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1]!)))].sort();

test.each(["kk", "ru", "en"])("%s says everything, with the same things to fill in, in every plural it has", (language) => {
  const catalogue = catalogues[language]!;
  const plurals = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
  for (const [key, english] of Object.entries(en) as [Code, Sentence][]) {
    const sentence = catalogue[key];
    for (const form of forms(sentence)) expect(form.trim(), key).toBeTruthy();
    expect(places(sentence), key).toEqual(places(english));
    if (typeof sentence !== "string") expect(Object.keys(sentence).sort(), key).toEqual([...plurals].sort());
  }
  expect(Object.keys(catalogue).length).toBe(Object.keys(en).length);
});
test("Kazakh and Russian are not English", () => {
  for (const language of [kk, ru]) {
    const same = (Object.entries(en) as [Code, Sentence][]).filter(([key, value]) =>
      forms(value).some((form) => forms(language[key]).includes(form) && /[a-z]{4}/i.test(form.replace(/\{\{\w+\}\}/g, ""))),
    );
    expect(same.map(([key]) => key)).toEqual([]);
  }
});
/** Every source without its tests: [path, text]. */
function sources(): [string, string][] {
  const roots = ["packages", "apps"].flatMap((home) => readdirSync(home).map((name) => join(home, name, "src")));
  return roots.flatMap((root) =>
    (readdirSync(root, { recursive: true }) as string[])
      .filter((file) => /\.tsx?$/.test(file) && !file.includes(".test.") && !root.includes(join("packages", "words")))
      .map((file): [string, string] => [join(root, file), readFileSync(join(root, file), "utf8")]),
  );
}
const known = new Set(Object.keys(en));
const prefixes = new Set([...known].flatMap((key) => (key.includes(".") ? [key.split(".")[0]!] : [])));

test("every code that the sources use has its sentence, whatever its prefix", () => {
  // what looks like a code and is a name of a file, an entry of a bundle, an id, or a module
  const other = /\.(wav|flac|mp3|opus|ogg|wasm|zip|tsx?|m?js|json|kuishi|mid|scl|html|md|txt|tmp|lock|musicxml)$|^(step|key)\.\w+$/;
  const missing = sources().flatMap(([file, source]) => {
    const codes = [...source.matchAll(/"([a-z][a-zA-Z]*\.[a-zA-Z.]+)"/g)].map((match) => match[1]!);
    const stages = [...source.matchAll(/report\("(\w+)"/g)].map((match) => `stage.${match[1]}`);
    const warnings = /(warnings|Warning)/.test(source) ? [...source.matchAll(/code: "(\w+)"/g)].map((match) => `warning.${match[1]}`) : [];
    return [...codes.filter((code) => prefixes.has(code.split(".")[0]!) && !other.test(code)), ...stages, ...warnings]
      .filter((code) => !known.has(code))
      .map((code) => `${file}: ${code}`);
  });
  expect(missing).toEqual([]);
});
test("codes put together at run time have a prefix that the catalogue knows", () => {
  const unknown = sources().flatMap(([file, source]) =>
    [...source.matchAll(/\b(?:t|told|text|textOf)\((?:language(?:\(\))?, )?`([^`]*)`/g)]
      .map((match) => match[1]!.split("${")[0]!)
      .filter((start) => ![...known].some((key) => key.startsWith(start) && key.length > start.length))
      .map((start) => `${file}: ${start}`),
  );
  expect(unknown).toEqual([]);
});
test("a sentence that nobody says is gone", () => {
  const all = sources();
  const said = new Set(all.flatMap(([, source]) => [...source.matchAll(/["'`]([a-zA-Z]+(?:\.[\w-]+)+)["'`]/g)].map((match) => match[1]!)));
  // behind these, codes are put together from data
  const open = new Set(all.flatMap(([, source]) => [...source.matchAll(/`([a-z]+(?:\.[a-zA-Z]+)*\.)\$\{/g)].map((match) => match[1]!)));
  const warned = /^(warning|stage|step|key|keys|mode|part|section|kind|type|problem|count|at)\./;
  expect([...known].filter((key) => key.includes(".") && !said.has(key) && !warned.test(key) && ![...open].some((start) => key.startsWith(start)))).toEqual([]);
});
test("words of the tune inside a sentence are put into the language too", () => {
  expect(text("ru", "why.drums", { part: "kick" })).toContain("бочка");
  expect(text("kk", "why.tonic", { cents: 1, mode: "dorian" })).toContain("дорийлік");
  expect(languageOf("ru_RU.UTF-8")).toBe("ru");
  expect(languageOf("kk-KZ")).toBe("kk");
  expect(languageOf("C")).toBe("en");
});

describe("counts", () => {
  test.each([
    [1, "Услышан всего 1 удар", "Only 1 stroke was", "Тек 1 қағыс"],
    [3, "Услышано всего 3 удара", "Only 3 strokes were", "Тек 3 қағыс"],
    [11, "Услышано всего 11 ударов", "Only 11 strokes were", "Тек 11 қағыс"],
    [22, "Услышано всего 22 удара", "Only 22 strokes were", "Тек 22 қағыс"],
  ])("%d", (count, russian, english, kazakh) => {
    expect(text("ru", "listen.few", { count })).toContain(russian);
    expect(text("en", "listen.few", { count })).toContain(english);
    expect(text("kk", "listen.few", { count })).toContain(kazakh);
  });
  test("several in one sentence, each with its noun", () => {
    const params = { notes: 1, bars: 2 };
    expect(text("en", "ui.heardShort", params)).toMatch(/^1 note, 2 bars$/);
    expect(text("ru", "ui.heardShort", { ...params, notes: 31, bars: 25 })).toMatch(/^31 нота, 25 тактов$/);
    expect(text("kk", "ui.heardShort", params)).toMatch(/^1 дыбыс, 2 такт$/);
    expect(text("en", "learn.passage", { from: "0:01", to: "0:05", bars: "3–5" })).toContain("bars 3–5");
  });
});
test("numbers as a language writes them", () => {
  expect([1234.5, -0.25, 12_345, 1e6, -98_765.4].map((value) => numberIn("en", value))).toEqual(["1234.5", "-0.25", "12,345", "1,000,000", "-98,765.4"]);
  expect([1234.5, 12_345].map((value) => numberIn("ru", value))).toEqual(["1234,5", "12\u00a0345"]);
  expect([Number.NaN, 1e21].map((value) => numberIn("kk", value))).toEqual(["NaN", "1e+21"]);
  expect(text("ru", "ui.made", { lufs: -14.2, peak: -1 })).toContain("-14,2");
});
test("a language from outside is one like the others; what it does not say is said in English", () => {
  addLanguage("xx", {
    name: "Xaxa",
    decimal: "·",
    group: "'",
    sentences: {
      cancelled: "Zup.",
      "listen.few": { one: "{{count}} zap", other: "{{count}} zaps" },
      "count.bars": { one: "{{count}} bar", other: "{{count}} baru" },
      "part.kick": "bum",
    },
  });
  expect(languages).toContain("xx");
  expect(languageName("xx")).toBe("Xaxa");
  expect(languageOf("xx-YY.UTF-8")).toBe("xx");
  expect(text("xx", "cancelled")).toBe("Zup.");
  expect(text("xx", "listen.few", { count: 12_345 })).toBe("12'345 zaps");
  expect(text("xx", "why.drums", { part: "kick" })).toContain("bum");
  expect(text("xx", "media.empty")).toBe(en["media.empty"]);
  expect(localized({ xx: "Zip", en: "Style" }, "xx")).toBe("Zip");
  expect(localized({ en: "Style", ru: "Стиль" }, "xx")).toBe("Style");
  expect(localized({ ru: "Стиль" }, "xx")).toBe("Стиль");
});

test("a fault of the whole file is told as that, not as a place without a name", () => {
  expect(text("en", "contest.invalid", { at: "", problem: "type", expected: "object" })).toContain("“the whole file”");
  expect(text("kk", "contest.invalid", { at: "judges.0", problem: "type", expected: "object" })).toContain("«judges.0»");
});
