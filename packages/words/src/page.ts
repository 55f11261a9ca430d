import type { LanguageData } from "./catalogue.ts";
import { NAMES } from "./names.ts";
import { addLanguage, languages } from "./speak.ts";

// The words of the page, which speaks one language at a time: the others are fetched when they are chosen.

type Code = keyof typeof NAMES;
const FETCHED: Readonly<Record<Code, () => Promise<LanguageData["sentences"]>>> = {
  kk: async () => (await import("./kk.ts")).kk,
  ru: async () => (await import("./ru.ts")).ru,
  en: async () => (await import("./en.ts")).en,
};
for (const [code, data] of Object.entries(NAMES)) if (!languages.includes(code)) addLanguage(code, { ...data, sentences: {} });

/** Fetches what a language says; from then on it is spoken. */
export async function learnLanguage(code: string): Promise<void> {
  const own = code in NAMES ? (code as Code) : "en";
  addLanguage(own, { ...NAMES[own], sentences: await FETCHED[own]() });
}
