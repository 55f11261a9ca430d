import { en } from "./en.ts";
import { kk } from "./kk.ts";
import { NAMES } from "./names.ts";
import { ru } from "./ru.ts";
import { addLanguage } from "./speak.ts";

for (const [code, sentences] of Object.entries({ kk, ru, en })) addLanguage(code, { ...NAMES[code as keyof typeof NAMES], sentences });

export type { Key, LanguageData } from "./catalogue.ts";
export {
  addLanguage,
  complaintText,
  type Language,
  languageName,
  languageOf,
  languages,
  localized,
  numberIn,
  ownWord,
  text,
  textOf,
} from "./speak.ts";
