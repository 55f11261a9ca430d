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

/** A sentence. Codes of the tune's own words (modes, parts) inside `params` are put into the language too. */
export function text(language: Language, code: string, params: Readonly<Record<string, string | number>> = {}): string {
  const filled: Record<string, string | number> = { ...params };
  if (typeof filled["mode"] === "string" && `mode.${filled["mode"]}` in en) filled["mode"] = instance.t(`mode.${filled["mode"]}`, { lng: language });
  if (typeof filled["part"] === "string" && `part.${filled["part"]}` in en) filled["part"] = instance.t(`part.${filled["part"]}`, { lng: language });
  return instance.t(code, { lng: language, ...filled });
}

/** The sentence of a complaint. */
export const complaintText = (language: Language, complaint: Complaint): string => text(language, complaint.code, complaint.params);

/** The nearest language to a locale such as "kk-KZ" or "ru_RU.UTF-8"; English when none is. */
export function languageOf(locale: string | undefined): Language {
  const short = (locale ?? "").toLowerCase().slice(0, 2);
  return short === "kk" || short === "ru" ? short : "en";
}
