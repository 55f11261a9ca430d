import { type Ending, endingOf, type Harmony, harmonyOf, soundsOf } from "./letters.ts";

/**
 * A suffix: `A` is а or е, `I` ы or і by vowel harmony; what it begins with hangs on the sound
 * before it. Source: docs/sources.md#kazakh-suffixes.
 */
export interface Suffix {
  readonly name: string;
  /** Words it is put behind: nouns, or stems of verbs. */
  readonly of: "noun" | "verb";
  readonly forms: Readonly<Record<Ending, string>>;
}
const forms = (vowel: string, liquid: string, nasal: string, buzz: string, voiceless: string): Record<Ending, string> => ({
  vowel,
  liquid,
  nasal,
  buzz,
  voiceless,
});
const noun = (name: string, ...all: Parameters<typeof forms>): Suffix => ({ name, of: "noun", forms: forms(...all) });
const verb = (name: string, ...all: Parameters<typeof forms>): Suffix => ({ name, of: "verb", forms: forms(...all) });

/** Behind vowels; р, й, у; м, н, ң; ж, з; voiceless. л goes with the nasals where they differ from р: see `formOf`. */
export const SUFFIXES: readonly Suffix[] = [
  noun("plural", "лAр", "лAр", "дAр", "дAр", "тAр"),
  noun("my", "м", "Iм", "Iм", "Iм", "Iм"),
  noun("his", "сI", "I", "I", "I", "I"),
  noun("genitive", "нIң", "дIң", "нIң", "дIң", "тIң"),
  noun("dative", "ғA", "ғA", "ғA", "ғA", "қA"),
  noun("accusative", "нI", "дI", "дI", "дI", "тI"),
  noun("locative", "дA", "дA", "дA", "дA", "тA"),
  noun("ablative", "дAн", "дAн", "нAн", "дAн", "тAн"),
  noun("instrumental", "мен", "мен", "мен", "бен", "пен"),
  noun("with", "лI", "лI", "дI", "дI", "тI"),
  noun("without", "сIз", "сIз", "сIз", "сIз", "сIз"),
  verb("past", "дI", "дI", "дI", "дI", "тI"),
  verb("perfect", "ғAн", "ғAн", "ғAн", "ғAн", "қAн"),
  verb("converb", "п", "Iп", "Iп", "Iп", "Iп"),
  verb("present", "йдI", "AдI", "AдI", "AдI", "AдI"),
  verb("conditional", "сA", "сA", "сA", "сA", "сA"),
  verb("aorist", "р", "Aр", "Aр", "Aр", "Aр"),
  verb("negative", "мA", "мA", "бA", "бA", "пA"),
];

const HARD: Readonly<Record<string, string>> = { A: "а", I: "ы", ғ: "ғ", қ: "қ" };
const SOFT: Readonly<Record<string, string>> = { A: "е", I: "і", ғ: "г", қ: "к" };
const inHarmony = (form: string, harmony: Harmony): string => [...form].map((letter) => (harmony === "soft" ? SOFT : HARD)[letter] ?? letter).join("");

/** л is a liquid before most suffixes, and takes -дар, -ды and -ба as nasals do, -дың as р does. */
function endingFor(stem: string, suffix: Suffix): Ending {
  const ending = endingOf(stem);
  if (!stem.endsWith("л")) return ending;
  return suffix.name === "plural" || suffix.name === "with" ? "nasal" : ending;
}

/**
 * A stem with a suffix, by vowel harmony and by its last sound; a voiceless к, қ, п between vowels
 * turns voiced (кітап, кітабы).
 *
 * @example
 * formOf("дала", suffixNamed("plural")); // "далалар"
 */
export function formOf(stem: string, suffix: Suffix): string {
  const form = inHarmony(suffix.forms[endingFor(stem, suffix)], harmonyOf(stem));
  // ый and ій are written и
  if (form.startsWith("й") && /[ыі]$/.test(stem)) return `${stem.slice(0, -1)}и${form.slice(1)}`;
  const opens = soundsOf(form)[0]?.nucleus ?? false;
  return (opens ? voiced(stem) : stem) + form;
}
const VOICED: Readonly<Record<string, string>> = { к: "г", қ: "ғ", п: "б" };
const voiced = (stem: string): string => {
  const last = soundsOf(stem).slice(-2);
  const to = VOICED[stem.at(-1) ?? ""];
  return to && last[0]?.nucleus ? stem.slice(0, -1) + to : stem;
};
/** @throws RangeError where there is none of that name. */
export function suffixNamed(name: string): Suffix {
  const found = SUFFIXES.find((suffix) => suffix.name === name);
  if (!found) throw new RangeError(`no suffix ${name}`);
  return found;
}
