/**
 * Letters of the Kazakh Cyrillic alphabet as sounds (docs/sources.md#kazakh-syllables), with those
 * that only loans have. Everything here expects lower case.
 */

/** Letters that are always the nucleus of a syllable; `у` is one too where no vowel stands before it. */
const NUCLEI = new Set("аәоөеыіұүэияюё");
const SOFT = new Set("әөеіүэ");
const HARD = new Set("аоыұяю");
/** Hard and soft sign: no sound of their own. */
const SIGNS = new Set("ьъ");
/** High vowels that are short enough to be dropped. */
export const SHORT_VOWELS: ReadonlySet<string> = new Set("ыіұү");
export const SONORANTS: ReadonlySet<string> = new Set("рлнңмйу");
const VOICELESS = new Set("пфкқтсшщчцх");
/** Consonants that make a suffix begin with a voiceless one though they are written voiced: they are spoken so at the end of a word. */
const SPOKEN_VOICELESS = new Set("бвгд");

export type Harmony = "soft" | "hard";
/** What a suffix hears of the sound before it. */
export type Ending = "vowel" | "nasal" | "liquid" | "buzz" | "voiceless";

/** A speech sound: a letter (with its sign) and whether it is the nucleus of a syllable. */
export interface Phone {
  readonly letter: string;
  readonly nucleus: boolean;
}

/**
 * The sounds of a word. `у` is a glide after a vowel (сау-ла) and at the beginning before one
 * (уа-қыт), a vowel elsewhere (су-ат, жу-у); signs belong to the letter before them.
 * Source: docs/sources.md#kazakh-syllables.
 */
export function soundsOf(word: string): Phone[] {
  const letters = [...word.toLowerCase()];
  const sounds: Phone[] = [];
  for (const [i, letter] of letters.entries()) {
    const last = sounds.at(-1);
    if (SIGNS.has(letter) && last) sounds[sounds.length - 1] = { letter: last.letter + letter, nucleus: last.nucleus };
    else sounds.push({ letter, nucleus: letter === "у" ? isVowelU(sounds, letters[i + 1]) : NUCLEI.has(letter) });
  }
  return sounds;
}
function isVowelU(before: readonly Phone[], next: string | undefined): boolean {
  const last = before.at(-1);
  if (!last) return next === undefined || !(NUCLEI.has(next) || next === "у");
  return !last.nucleus || last.letter === "у";
}

/** Whether what is put behind a word takes soft or hard vowels: as its last vowel is; `и` and `у` follow the vowel before them. */
export function harmonyOf(word: string): Harmony {
  const letters = [...word.toLowerCase()];
  const told = letters.findLast((letter) => SOFT.has(letter) || HARD.has(letter));
  if (told !== undefined) return SOFT.has(told) ? "soft" : "hard";
  // only и and у: к and г go with soft vowels, қ and ғ with hard ones
  return letters.some((letter) => letter === "к" || letter === "г") ? "soft" : letters.includes("и") && !/[қғ]/.test(word) ? "soft" : "hard";
}

/** The last sound of a word, as a suffix hears it. */
export function endingOf(word: string): Ending {
  const last = soundsOf(word).at(-1);
  const letter = last?.letter[0] ?? "";
  if (last?.nucleus) return "vowel";
  if ("мнң".includes(letter)) return "nasal";
  if ("лрйу".includes(letter)) return "liquid";
  if ("зж".includes(letter)) return "buzz";
  return VOICELESS.has(letter) || SPOKEN_VOICELESS.has(letter) ? "voiceless" : "vowel";
}
