import { type Key, type Language, languageOf, languages, text, textOf } from "@kuishi/words";
import { learnLanguage } from "@kuishi/words/page";
import { createSignal } from "solid-js";

const stored = (): Language => {
  const kept = localStorage.getItem("kuishi.language");
  return languages.find((language) => language === kept) ?? languageOf(navigator.language);
};
export const [language, setLanguageSignal] = createSignal<Language>(stored());
/** Makes ready what the page says. */
export const spoken = (): Promise<void> => learnLanguage(language());
/** Sets the language of the page and keeps it; it changes when the other is there. */
export async function setLanguage(next: Language): Promise<void> {
  localStorage.setItem("kuishi.language", next);
  await learnLanguage(next);
  if (localStorage.getItem("kuishi.language") === next) setLanguageSignal(next);
}
/** A sentence in the page's language. */
export const t = (code: Key, params?: Readonly<Record<string, string | number>>): string => text(language(), code, params);
/** A sentence whose code came as data, in the page's language. */
export const told = (code: string, params?: Readonly<Record<string, string | number>>): string => textOf(language(), code, params);
