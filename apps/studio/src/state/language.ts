import { type Key, type Language, languageOf, languages, text, textOf } from "@kuishi/words";
import { createSignal } from "solid-js";

const stored = (): Language => {
  const kept = localStorage.getItem("kuishi.language");
  return languages.find((language) => language === kept) ?? languageOf(navigator.language);
};
export const [language, setLanguageSignal] = createSignal<Language>(stored());
/** Sets the language of the page and keeps it. */
export function setLanguage(next: Language): void {
  localStorage.setItem("kuishi.language", next);
  setLanguageSignal(next);
}
/** A sentence in the page's language. */
export const t = (code: Key, params?: Readonly<Record<string, string | number>>): string => text(language(), code, params);
/** A sentence whose code came as data, in the page's language. */
export const told = (code: string, params?: Readonly<Record<string, string | number>>): string => textOf(language(), code, params);
