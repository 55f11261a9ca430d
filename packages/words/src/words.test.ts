import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { catalogues, languageOf, languages, text } from "./index.ts";

const places = (sentence: string): string[] => [...sentence.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1] as string).sort();

test.each(languages)("%s says everything, with the same things to fill in", (language) => {
  for (const [key, english] of Object.entries(catalogues.en)) {
    const sentence = catalogues[language][key as keyof typeof catalogues.en];
    expect(sentence?.trim(), key).toBeTruthy();
    expect([...new Set(places(sentence))], key).toEqual([...new Set(places(english))]);
  }
  expect(Object.keys(catalogues[language]).length).toBe(Object.keys(catalogues.en).length);
});
test("Kazakh and Russian are not English", () => {
  for (const language of ["kk", "ru"] as const) {
    const same = Object.entries(catalogues.en).filter(
      ([key, value]) => catalogues[language][key as keyof typeof catalogues.en] === value && /[a-z]{4}/i.test(value),
    );
    expect(same.map(([key]) => key)).toEqual([]);
  }
});
test("every code that the sources use has its sentence", () => {
  const roots = ["packages", "apps"].flatMap((home) => readdirSync(home).map((name) => join(home, name, "src")));
  const used = new Set<string>();
  for (const root of roots) {
    for (const file of readdirSync(root, { recursive: true }) as string[]) {
      if (!/\.tsx?$/.test(file) || file.includes(".test.")) continue;
      const source = readFileSync(join(root, file), "utf8");
      for (const match of source.matchAll(
        /"((?:media|wav|listen|analysis|style|instrument|scl|kbm|project|file|output|usage|why|ui|cli|warning)\.[a-zA-Z.]+)"/g,
      ))
        used.add(match[1] as string);
      for (const match of source.matchAll(/report\("(\w+)"/g)) used.add(`stage.${match[1]}`);
      for (const match of source.matchAll(/code: "(\w+)"/g)) if (/(warnings|Warning)/.test(source)) used.add(`warning.${match[1]}`);
    }
  }
  const known = new Set(Object.keys(catalogues.en));
  const files = /\.(wav|flac|mp3|opus|wasm|zip|tsx?|json|kuishi)$/;
  expect([...used].filter((code) => !known.has(code) && !files.test(code))).toEqual([]);
});
test("words of the tune inside a sentence are put into the language too", () => {
  expect(text("ru", "why.drums", { part: "kick" })).toContain("бочка");
  expect(text("kk", "why.tonic", { cents: 1, mode: "dorian" })).toContain("дорийлік");
  expect(languageOf("ru_RU.UTF-8")).toBe("ru");
  expect(languageOf("kk-KZ")).toBe("kk");
  expect(languageOf("C")).toBe("en");
});
