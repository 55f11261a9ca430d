import type { LanguageData } from "./catalogue.ts";

type Names = Omit<LanguageData, "sentences">;
const SPACE = "\u00a0";
/** What the languages call themselves, and how they write numbers, in the order in which they are offered. */
export const NAMES: Readonly<Record<"kk" | "ru" | "en", Names>> = {
  kk: { name: "Қазақша", decimal: ",", group: SPACE },
  ru: { name: "Русский", decimal: ",", group: SPACE },
  en: { name: "English", decimal: ".", group: "," },
};
