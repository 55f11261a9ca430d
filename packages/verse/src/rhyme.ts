import type { CountedLine } from "./line.ts";
import type { VerseLanguage } from "./syllables.ts";

/** Sounds that rhyme with each other: pairs of vowel harmony, voiced and voiceless, nasals (docs/sources.md#kazakh-rhyme). */
const CLASSES: readonly string[] = ["аәя", "оөё", "ыі", "ұүую", "еэ", "и", "пб", "тд", "кгқғх", "сзц", "шжщ", "мнң", "л", "р", "й", "фв", "һ"];
/** Each class by its first letter. */
const CLASS_OF = new Map(CLASSES.flatMap((all) => [...all].map((letter) => [letter, all[0]!] as const)));
export const classOf = (letter: string): string => CLASS_OF.get(letter) ?? letter;
const VOWELS = /[аәоөеыіұүэияюёaeiouy]/;

/** A syllable as rhyme hears it. */
interface Rhymed {
  readonly onset: string;
  readonly nucleus: string;
  readonly coda: string;
}
function rhymed(syllable: string): Rhymed {
  const letters = [...syllable.toLowerCase()].filter((letter) => letter !== "ь" && letter !== "ъ");
  const at = letters.findIndex((letter) => VOWELS.test(letter));
  const nucleus = at < 0 ? letters.length : at;
  const classes = letters.map(classOf);
  return { onset: classes.slice(0, nucleus).join(""), nucleus: classes[nucleus] ?? "", coda: classes.slice(nucleus + 1).join("") };
}

/** A word's letters as classes of sound, without signs. */
export const classesOf = (word: string): string[] => [...word.toLowerCase()].filter((letter) => letter !== "ь" && letter !== "ъ").map(classOf);

/** What the end of a Kazakh word sounds like, from its last vowel on: words that rhyme share it. */
export function rhymeKeyOf(word: string): string {
  const letters = word.toLowerCase();
  let at = letters.length - 1;
  // a glide is no vowel
  while (at > 0 && (!VOWELS.test(letters[at]!) || (letters[at] === "у" && VOWELS.test(letters[at - 1]!) && letters[at - 1] !== "у"))) at--;
  return classesOf(letters.slice(at)).join("");
}

/** Rhyme is looked for in so many syllables: the last bunaq of a jyr. */
const DEPTH = 3;

/**
 * How well two words rhyme, 0 to 1: syllable by syllable from the end, over as many as the shorter
 * word has, at most three. The last syllable must agree from its vowel on; a closed one also in
 * its beginning or in the vowel before it, an open one in the vowel before it. Source: docs/sources.md#kazakh-rhyme.
 *
 * @param a @param b syllables of each.
 */
export function rhymeOf(a: readonly string[], b: readonly string[]): number {
  const depth = Math.min(a.length, b.length, DEPTH);
  if (depth === 0) return 0;
  const pairs = Array.from({ length: depth }, (_, k) => [rhymed(a[a.length - 1 - k]!), rhymed(b[b.length - 1 - k]!)] as const);
  const [last, other] = pairs[0]!;
  if (last.nucleus !== other.nucleus || last.coda !== other.coda) return 0;
  const onset = last.onset === other.onset;
  const [before] = pairs.slice(1);
  const vowels = before !== undefined && before[0].nucleus === before[1].nucleus;
  const open = last.coda === "";
  // a closed syllable is enough with what stands before it, an open one wants the syllable before as well
  if (before === undefined ? open && !onset : open ? !vowels || before[0].coda !== before[1].coda : !onset && !vowels) return 0;
  let score = onset ? 0.6 : 0.5;
  for (const [one, two] of pairs.slice(1)) {
    if (one.nucleus !== two.nucleus) break;
    score += one.coda !== two.coda ? 0.1 : one.onset === two.onset ? 0.2 : 0.17;
  }
  return Math.min(1, before === undefined ? score + 0.3 : score);
}

/** From here on two lines are said to rhyme. */
const RHYMES = 0.5;
/** Lines further apart are not heard together. */
const REACH = 8;

/**
 * Letters of the lines of one stanza, in the order they come; a line that rhymes with no other has
 * null. Lines that end in the same word rhyme by the word before (redif), or by the word itself.
 */
export function rhymesIn(lines: readonly CountedLine[], language: VerseLanguage): (string | null)[] {
  const heads: { readonly line: number; readonly ends: readonly string[]; readonly members: number[] }[] = [];
  for (const [i, line] of lines.entries()) {
    const ends = (line.words.at(-1)?.syllables ?? []).map((syllable) => syllable.toLowerCase());
    const best = heads
      .filter((head) => i - head.members.at(-1)! <= REACH)
      .map((head) => ({ head, score: language === "en" ? rhymeByLetters(ends, head.ends) : rhymeOf(ends, head.ends) }))
      .reduce<{ head: (typeof heads)[number]; score: number } | undefined>((top, one) => (one.score > (top?.score ?? 0) ? one : top), undefined);
    if (best && best.score >= RHYMES) best.head.members.push(i);
    else heads.push({ line: i, ends, members: [i] });
  }
  const names: (string | null)[] = lines.map(() => null);
  let next = 0;
  for (const head of heads) {
    if (head.members.length < 2) continue;
    const name = letterOf(next++);
    for (const member of head.members) names[member] = name;
  }
  return names;
}
/** English is spelled too far from its sound for classes: the last vowel letters and all behind them. */
function rhymeByLetters(a: readonly string[], b: readonly string[]): number {
  const tail = (word: readonly string[]): string => /[aeiouy]+[^aeiouy]*e?$/.exec(word.join("").replace(/(?<=[aeiouy][^aeiouy]+)e$/, ""))?.[0] ?? "";
  return tail(a) !== "" && tail(a) === tail(b) ? 1 : 0;
}
const letterOf = (index: number): string => (index < 26 ? String.fromCharCode(97 + index) : `${letterOf(Math.floor(index / 26) - 1)}${letterOf(index % 26)}`);

/** A stanza's scheme as it is written: unrhymed lines have letters of their own (aaba). */
export function schemeOf(rhymes: readonly (string | null)[]): string {
  const names = new Map<string, string>();
  let next = 0;
  return rhymes
    .map((name) => {
      if (name === null) return letterOf(next++);
      if (!names.has(name)) names.set(name, letterOf(next++));
      return names.get(name)!;
    })
    .join("");
}
