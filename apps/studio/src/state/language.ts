import { type Language, languageOf, languages, text } from "@kuishi/words";
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
export const t = (code: string, params?: Readonly<Record<string, string | number>>): string => text(language(), code, params);
