import type { Complaint } from "@kuishi/base";
import { createInstance } from "i18next";
import type { Key, LanguageData } from "./catalogue.ts";

export type { Key, LanguageData } from "./catalogue.ts";

/** A language by its code (BCP 47), one of `languages`. Whatever else is asked for is answered in English. */
export type Language = string;
const known = new Map<Language, LanguageData>();
/** The languages Kuishi speaks. */
export const languages: readonly Language[] = [];
/** What a language calls itself. */
export const languageName = (language: Language): string => known.get(language)?.name ?? language;

const FALLBACK = "en";
const instance = createInstance();
void instance.init({
  lng: FALLBACK,
  fallbackLng: FALLBACK,
  resources: {},
  keySeparator: false,
  nsSeparator: false,
  initAsync: false,
  interpolation: { escapeValue: false },
});

/** Adds a language, from wherever: from then on it is one like the others. */
export function addLanguage(code: Language, data: LanguageData): void {
  if (!known.has(code)) (languages as Language[]).push(code);
  known.set(code, data);
  ready.delete(code);
}
/** Languages whose sentences have been made ready: each when it is first spoken. */
const ready = new Set<Language>();
function make(code: Language): void {
  const data = known.get(code);
  if (!data || ready.has(code)) return;
  const flat = Object.entries(data.sentences).flatMap(([key, sentence]) =>
    typeof sentence === "string" ? [[key, sentence]] : Object.entries(sentence).map(([form, words]) => [`${key}_${form}`, words]),
  );
  instance.addResourceBundle(code, "translation", Object.fromEntries(flat), false, true);
  ready.add(code);
}
function translated(language: Language, key: string, options: Readonly<Record<string, unknown>> = {}): string {
  make(language);
  make(language.split("-")[0]!);
  make(FALLBACK);
  return instance.t(key, { lng: language, ...options });
}
/** Whether a code is that of a sentence, in any language that is there. */
const isSaid = (code: string): boolean => [...known.values()].some(({ sentences }) => code in sentences);

/** A number as a language writes it: the same on every host, which the hosts' own tables are not. */
export function numberIn(language: Language, value: number): string {
  const { decimal, group } = known.get(language) ?? known.get(FALLBACK)!;
  const [whole = "", fraction] = String(value).split(".");
  if (!/^-?\d+$/.test(whole)) return String(value);
  const digits = whole.replace("-", "");
  const grouped = digits.length < 5 ? whole : `${value < 0 ? "-" : ""}${digits.replace(/\B(?=(\d{3})+$)/g, group)}`;
  return fraction === undefined ? grouped : `${grouped}${decimal}${fraction}`;
}

/** Of what is written in several languages (a style's title), that in this one; else in English, else in whichever there is. */
export const localized = (texts: Readonly<Record<Language, string>>, language: Language): string =>
  texts[language] ?? texts[language.split("-")[0]!] ?? texts[FALLBACK] ?? Object.values(texts)[0] ?? "";

/** Kinds of words of the tune: a parameter so named holds a code of that kind. */
const OWN_WORDS = ["mode", "part", "section"] as const;

/**
 * A word of the tune in a language; words without a translation (a section's letter) stay as they are.
 * @example
 * ownWord("en", "part", "kick"); // => "kick"
 * ownWord("en", "section", "A"); // => "A"
 */
export function ownWord(language: Language, kind: (typeof OWN_WORDS)[number], word: string): string {
  const key = `${kind}.${word}`;
  return isSaid(key) ? translated(language, key) : word;
}

/** Things that are counted: a number in a parameter so named is said with its noun, in the form the language asks for. */
const counted = (language: Language, name: string, count: number): string | undefined => sentence(language, `count.${name}`, { count });

/**
 * A sentence. Codes of the tune's own words (modes, parts, sections) inside `params` are put into the language too.
 * @example
 * addLanguage("xx", { name: "Xaxa", decimal: ".", group: ",", sentences: { cancelled: "Zup." } });
 * text("xx", "cancelled"); // => "Zup."
 */
export const text = (language: Language, code: Key, params?: Readonly<Record<string, string | number>>): string => textOf(language, code, params);

/** A sentence whose code came as data: of a complaint, a warning, a reason. A code that has no sentence is said as it is. */
export function textOf(language: Language, code: string, params: Readonly<Record<string, string | number>> = {}): string {
  const filled: Record<string, string | number> = { ...params };
  for (const kind of OWN_WORDS) if (typeof filled[kind] === "string") filled[kind] = ownWord(language, kind, filled[kind]);
  for (const [name, value] of Object.entries(filled)) if (typeof value === "number") filled[name] = counted(language, name, value) ?? value;
  // where the whole of it is meant
  if (filled["at"] === "") filled["at"] = text(language, "at.whole");
  // what a schema refused: what it should have been, and the whole of it
  if (typeof filled["expected"] === "string") filled["expected"] = sentence(language, `type.${filled["expected"]}`) ?? filled["expected"];
  if (typeof filled["problem"] === "string") filled["text"] = sentence(language, `problem.${filled["problem"]}`, filled) ?? "";
  return say(language, code, filled);
}
/** Plurals go by the number itself; what is read is the number as the language writes it. */
function say(language: Language, code: string, params: Readonly<Record<string, string | number>>): string {
  const { count } = params;
  const replace = Object.fromEntries(Object.entries(params).map(([name, value]) => [name, typeof value === "number" ? numberIn(language, value) : value]));
  return translated(language, code, { replace, ...(typeof count === "number" ? { count } : {}) });
}
/** A sentence, if there is one. */
const sentence = (language: Language, code: string, params: Readonly<Record<string, string | number>> = {}): string | undefined =>
  isSaid(code) ? say(language, code, params) : undefined;

/** The sentence of a complaint. */
export const complaintText = (language: Language, complaint: Complaint): string => textOf(language, complaint.code, complaint.params);

/**
 * The nearest language to a locale such as "kk-KZ" or "ru_RU.UTF-8"; English when none is.
 * @example
 * addLanguage("xx", { name: "Xaxa", decimal: ".", group: ",", sentences: {} });
 * languageOf("xx-YY.UTF-8"); // => "xx"
 * languageOf("C"); // => "en"
 */
export function languageOf(locale: string | undefined): Language {
  const short = (locale ?? "").toLowerCase().split(/[-_.@]/)[0] ?? "";
  return known.has(short) ? short : FALLBACK;
}
