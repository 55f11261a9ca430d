import { type Phone, SHORT_VOWELS, SONORANTS, soundsOf } from "./letters.ts";

/** Languages whose words are counted. */
export type VerseLanguage = "kk" | "ru" | "en";

/**
 * The language a text is written in, by its letters: those that only Kazakh has, Latin ones, those
 * that only Russian uses. Where they do not tell, the one that was said, else the reader's.
 */
export function languageOfText(text: string, said: string | undefined, reader: string): VerseLanguage {
  const letters = text.toLowerCase();
  const known = (all: readonly VerseLanguage[]): VerseLanguage | undefined =>
    [said, /[ёъщц]/.test(letters) ? "ru" : undefined, reader].flatMap((code) => all.filter((one) => one === code))[0];
  if (/[әғқңөұүһі]/.test(letters)) return "kk";
  if (/\p{Script=Cyrillic}/u.test(letters)) return known(["kk", "ru"]) ?? "ru";
  return /\p{Script=Latin}/u.test(letters) ? "en" : (known(["kk", "ru", "en"]) ?? "kk");
}

/** A word cut into syllables. */
export interface CountedWord {
  /** As it stands in the line, without what surrounds it. */
  readonly text: string;
  /** Its letters, syllable by syllable; empty for what has no vowel and goes with its neighbour (Russian "в", "с"). */
  readonly syllables: readonly string[];
  /** Syllables that may be lost in singing: short high vowels beside a sonorant (көңілі sung as көңлі). */
  readonly losses: number;
  readonly startsOpen: boolean;
  readonly endsOpen: boolean;
}

/** @param word without spaces; apostrophes and hyphens inside are letters of no sound. */
export function countedWord(word: string, language: VerseLanguage): CountedWord {
  const sounds = language === "kk" ? soundsOf(word) : language === "ru" ? russian(word) : english(word);
  const syllables = cut(sounds);
  // capitals as written
  let at = 0;
  const letters = [...word];
  const written = syllables.map((syllable) => {
    const length = syllable.reduce((sum, sound) => sum + [...sound.letter].length, 0);
    at += length;
    return letters.slice(at - length, at).join("");
  });
  return {
    text: word,
    syllables: written,
    losses: language === "kk" ? lossesOf(sounds) : 0,
    startsOpen: sounds[0]?.nucleus ?? false,
    endsOpen: sounds.at(-1)?.nucleus ?? false,
  };
}

/**
 * Sounds in syllables: one consonant between vowels goes right; of more, the last (two before a
 * vowel only at the beginning of the word). Shapes V, CV, VC, CVC, VCC, CVCC.
 */
function cut(sounds: readonly Phone[]): Phone[][] {
  const nuclei = sounds.flatMap((sound, i) => (sound.nucleus ? [i] : []));
  if (nuclei.length === 0) return [];
  // a hard sign closes its syllable (объ-езд)
  const goesRight = (at: number): boolean => !sounds[at]!.letter.endsWith("ъ");
  const starts = nuclei.map((at, k) => (k === 0 ? 0 : at - nuclei[k - 1]! > 1 && goesRight(at - 1) ? at - 1 : at));
  return starts.map((from, k) => sounds.slice(from, starts[k + 1] ?? sounds.length));
}

/**
 * How many short high vowels may fall out: between single consonants with a vowel on both sides,
 * one of the consonants a sonorant; never in neighbouring syllables.
 * docs/sources.md#kazakh-measures (measured on lines of verse).
 */
function lossesOf(sounds: readonly Phone[]): number {
  let count = 0;
  for (let i = 2; i + 2 < sounds.length; i++) {
    const [before, first, own, second, after] = sounds.slice(i - 2, i + 3) as [Phone, Phone, Phone, Phone, Phone];
    if (!SHORT_VOWELS.has(own.letter) || !before.nucleus || first.nucleus || second.nucleus || !after.nucleus) continue;
    if (!SONORANTS.has(first.letter) && !SONORANTS.has(second.letter)) continue;
    count++;
    i += 3;
  }
  return count;
}

const RUSSIAN = new Set("аеёиоуыэюя");
const russian = (word: string): Phone[] =>
  [...word.toLowerCase()].reduce<Phone[]>((sounds, letter) => {
    const last = sounds.at(-1);
    if (last && "ьъ".includes(letter)) sounds[sounds.length - 1] = { letter: last.letter + letter, nucleus: last.nucleus };
    else sounds.push({ letter, nucleus: RUSSIAN.has(letter) });
    return sounds;
  }, []);

/** Endings and groups that English spells with more vowels than it speaks, by the rules that hold most often. */
const english = (word: string): Phone[] => {
  const lower = word.toLowerCase();
  const sounds: Phone[] = [];
  const group = /^(?:eau|igh|io(?=ns?$)|eo(?=p)|[aeo]u|a[iy]|e[aeiy]|o[aeioy]|ie(?!t)|ue|ui|[aeiouy])/;
  for (let at = 0; at < lower.length; ) {
    const rest = lower.slice(at);
    const digraph = /^(?:ch|sh|th|ph|wh|ck|qu)/.exec(rest)?.[0];
    if (digraph || (/^le$/.test(rest) && /[^aeiouylr]$/.test(lower.slice(0, at)))) {
      sounds.push({ letter: digraph ?? rest, nucleus: !digraph });
      at += (digraph ?? rest).length;
      continue;
    }
    const vowels = at === 0 && /^y[aeiou]/.test(rest) ? null : group.exec(rest);
    const letter = vowels?.[0] ?? rest[0]!;
    sounds.push({ letter, nucleus: vowels !== null });
    at += letter.length;
  }
  const count = (): number => sounds.filter((sound) => sound.nucleus).length;
  // a last e is silent, also before the d and s of verbs and plurals, unless they need it (wanted, roses)
  const tail = /(?:([^aeiouy])e|([^aeiouydt])ed|([^aeiouyscxz])es)$/.exec(lower);
  if (tail && !/(?:[cs]h|g)es$/.test(lower) && count() > 1) {
    const silent = sounds.findLastIndex((sound) => sound.letter === "e");
    if (silent >= 0) sounds[silent] = { letter: "e", nucleus: false };
  }
  return sounds;
};
