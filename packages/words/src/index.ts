import type { Complaint } from "@kuishi/base";
import { createInstance } from "i18next";
import type { Catalogue } from "./catalogue.ts";
import { en } from "./en.ts";
import { kk } from "./kk.ts";
import { ru } from "./ru.ts";

export type { Catalogue, Key } from "./catalogue.ts";

/** The languages Kuishi speaks. */
export type Language = "kk" | "ru" | "en";
export const languages: readonly Language[] = ["kk", "ru", "en"];
/** Every sentence, by language. */
export const catalogues: Readonly<Record<Language, Catalogue>> = { kk, ru, en };
/** What each language calls itself. */
export const languageNames: Readonly<Record<Language, string>> = { kk: "Қазақша", ru: "Русский", en: "English" };

const instance = createInstance();
void instance.init({
  lng: "en",
  resources: { kk: { translation: kk }, ru: { translation: ru }, en: { translation: en } },
  keySeparator: false,
  nsSeparator: false,
  initAsync: false,
  interpolation: { escapeValue: false },
});

/** Kinds of words of the tune: a parameter so named holds a code of that kind. */
const OWN_WORDS = ["mode", "part", "section"] as const;

/** A word of the tune in a language; words without a translation (a section's letter) stay as they are. */
export function ownWord(language: Language, kind: (typeof OWN_WORDS)[number], word: string): string {
  // a part of another style than the song's has that style's name behind it: kick-techno
  const [own = word, ...style] = kind === "part" ? word.split("-") : [word];
  const key = `${kind}.${own}`;
  const name = key in en ? instance.t(key, { lng: language }) : own;
  return style.length > 0 ? `${name} (${style.join("-")})` : name;
}

/** A sentence. Codes of the tune's own words (modes, parts, sections) inside `params` are put into the language too. */
export function text(language: Language, code: string, params: Readonly<Record<string, string | number>> = {}): string {
  const filled: Record<string, string | number> = { ...params };
  for (const kind of OWN_WORDS) if (typeof filled[kind] === "string") filled[kind] = ownWord(language, kind, filled[kind]);
  return instance.t(code, { lng: language, ...filled });
}

/** The sentence of a complaint. */
export const complaintText = (language: Language, complaint: Complaint): string => text(language, complaint.code, complaint.params);

/** The nearest language to a locale such as "kk-KZ" or "ru_RU.UTF-8"; English when none is. */
export function languageOf(locale: string | undefined): Language {
  const short = (locale ?? "").toLowerCase().slice(0, 2);
  return short === "kk" || short === "ru" ? short : "en";
}
