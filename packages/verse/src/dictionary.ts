import { clamp } from "@kuishi/base";
import { soundsOf } from "./letters.ts";
import { classesOf, classOf, rhymeKeyOf, rhymeOf } from "./rhyme.ts";
import { formOf, SUFFIXES, type Suffix } from "./suffixes.ts";
import { countedWord } from "./syllables.ts";

/** A word that rhymes. */
export interface Rhyme {
  readonly word: string;
  readonly stem: string;
  /** What stands behind the stem; null where the stem itself rhymes. */
  readonly suffix: string | null;
  readonly syllables: number;
  /** 0 to 1. */
  readonly score: number;
}

/** A word as it stands in the list; infinitives of verbs are marked by a star. */
interface Entry {
  readonly word: string;
  readonly verb: boolean;
}

/**
 * Words of Kazakh, to be searched from their end. The list is front-coded: a letter for how many
 * letters each word shares with the one before (a = 0), then the rest.
 */
export class RhymeDictionary {
  readonly #nouns = new Map<string, string[]>();
  readonly #verbs = new Map<string, string[]>();
  readonly size: number;

  /** @param list as `packages/verse/data/kk.txt`. */
  constructor(list: string) {
    let last = "";
    let size = 0;
    for (const line of list.split("\n")) {
      if (line === "" || line.startsWith("#")) continue;
      last = last.slice(0, line.charCodeAt(0) - 97) + line.slice(1);
      this.#add(last.endsWith("*") ? { word: last.slice(0, -1), verb: true } : { word: last, verb: false });
      size++;
    }
    this.size = size;
  }
  #add({ word, verb }: Entry): void {
    put(this.#nouns, rhymeKeyOf(word), word);
    const stem = verb ? verbStem(word) : "";
    if (stem !== "") put(this.#verbs, rhymeKeyOf(stem), stem);
  }
  /** Words with a stem that ends as `stem` does. */
  #like(stem: string, of: Suffix["of"]): readonly string[] {
    return (of === "verb" ? this.#verbs : this.#nouns).get(rhymeKeyOf(stem)) ?? [];
  }

  /**
   * Words that rhyme with one, the best first: more equal syllables, stems before suffixes (rhyme
   * by suffix alone is weak), the same number of syllables before others.
   * Source of the order: docs/sources.md#kazakh-rhyme.
   *
   * @param most how many.
   */
  rhymes(word: string, most = 50): Rhyme[] {
    const own = word.toLowerCase();
    const found = new Map<string, Rhyme>();
    for (const { stem, suffix } of this.#candidates(own, most * 6)) {
      const candidate = suffix ? formOf(stem, suffix) : stem;
      if (candidate === own || found.has(candidate)) continue;
      const score = worth(own, candidate, suffix !== null);
      const syllables = countedWord(candidate, "kk").syllables.length;
      if (score > 0) found.set(candidate, { word: candidate, stem, suffix: suffix?.name ?? null, syllables, score });
    }
    return [...found.values()].sort((a, b) => b.score - a.score || a.word.length - b.word.length || (a.word < b.word ? -1 : 1)).slice(0, most);
  }
  /** Stems, with what would stand behind them, that sound longest like the end of a word. */
  #candidates(word: string, most: number): { readonly stem: string; readonly suffix: Suffix | null }[] {
    const found: { stem: string; suffix: Suffix | null; alike: number }[] = [];
    const look = (rest: string, suffix: Suffix | null): void => {
      const ends = classesOf(rest);
      for (const stem of this.#like(rest, suffix?.of ?? "noun")) found.push({ stem, suffix, alike: alike(ends, stem) + word.length - rest.length });
    };
    look(word, null);
    for (const suffix of SUFFIXES) for (const rest of stemsUnder(word, suffix)) look(rest, suffix);
    return found.sort((a, b) => b.alike - a.alike).slice(0, most);
  }
}
/** How many sounds of two words agree, from the end. */
function alike(ends: readonly string[], other: string): number {
  let count = 0;
  while (count < ends.length && count < other.length && ends[ends.length - 1 - count] === classOf(other[other.length - 1 - count]!)) count++;
  return count;
}
/** What a suggestion is worth, 0 where it does not rhyme. */
function worth(word: string, candidate: string, suffixed: boolean): number {
  const [own, other] = [countedWord(word, "kk").syllables, countedWord(candidate, "kk").syllables];
  const rhyme = rhymeOf(own, other);
  if (rhyme < 0.5) return 0;
  let same = 0;
  while (same < word.length && word.at(-1 - same) === candidate.at(-1 - same)) same++;
  const shorter = Math.max(0, own.length - other.length);
  const longer = Math.max(0, other.length - own.length);
  return clamp(rhyme - 0.1 + (0.1 * Math.min(same, 4)) / 4 - (suffixed ? 0.12 : 0) - 0.15 * shorter - 0.02 * longer, 0.01, 1);
}
const put = (map: Map<string, string[]>, key: string, word: string): void => {
  const all = map.get(key);
  if (all) all.push(word);
  else map.set(key, [word]);
};
/** An infinitive without its -у: оқу, күлу; where й or ю stood in it (қою: қой). */
const verbStem = (infinitive: string): string =>
  infinitive.endsWith("ю") ? `${infinitive.slice(0, -1)}й` : infinitive.endsWith("у") ? infinitive.slice(0, -1) : "";

/** What would stand before a suffix, were it the end of this word. */
function stemsUnder(word: string, suffix: Suffix): string[] {
  const stems = new Set<string>();
  for (const form of new Set(Object.values(suffix.forms)))
    if (word.length > form.length && like(word.slice(-form.length), form)) {
      const rest = word.slice(0, -form.length);
      if (soundsOf(rest).some((sound) => sound.nucleus)) stems.add(rest);
    }
  return [...stems];
}
const LIKE: Readonly<Record<string, string>> = { A: "аеә", I: "ыі", ғ: "ғг", қ: "қк", л: "лдт", д: "лдт", т: "лдт", м: "мбп", б: "мбп", п: "мбп" };
const like = (tail: string, form: string): boolean =>
  tail.length === form.length && [...form].every((letter, i) => (LIKE[letter] ?? letter).includes(tail[i]!));
