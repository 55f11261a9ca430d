import type { en } from "./en.ts";

/** Keys of everything a user reads. */
export type Key = keyof typeof en;
/** A sentence; where its form hangs on `count`, one for each plural the language has (CLDR). */
export type Sentence = string | (Readonly<Partial<Record<Intl.LDMLPluralRule, string>>> & { readonly other: string });
/** One language, complete. */
export type Catalogue = Readonly<Record<Key, Sentence>>;

/** A language as data: what it calls itself, how it writes numbers, and what it says. */
export interface LanguageData {
  readonly name: string;
  /** Before the fraction, and between groups of three digits from five digits on. */
  readonly decimal: string;
  readonly group: string;
  /** What is missing is said in English. */
  readonly sentences: Readonly<Partial<Catalogue>>;
}
