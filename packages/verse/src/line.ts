import { type CountedWord, countedWord, type VerseLanguage } from "./syllables.ts";

/** Measures of Kazakh verse, in syllables a line. */
export type Measure = 7 | 8 | 11;

/** How each measure falls into bunaq, the likeliest first (docs/sources.md#kazakh-measures). */
export const BUNAQ: Readonly<Record<Measure, readonly (readonly number[])[]>> = {
  7: [
    [4, 3],
    [3, 4],
  ],
  8: [
    [3, 2, 3],
    [5, 3],
    [4, 4],
    [3, 5],
  ],
  11: [
    [3, 4, 4],
    [4, 3, 4],
    [4, 4, 3],
  ],
};
const MEASURES: readonly Measure[] = [8, 7, 11];

export interface CountedLine {
  readonly text: string;
  readonly words: readonly CountedWord[];
  /** Fewest and most syllables it can be sung with. */
  readonly syllables: readonly [number, number];
}

/** Letters, with marks inside a word; what stands between words is not counted. */
const WORD = /\p{L}[\p{L}\p{M}]*(?:['’ʼ-]\p{L}[\p{L}\p{M}]*)*/gu;

/**
 * Counts a line. The range goes from every licence taken (vowels that meet between words as one,
 * short high vowels lost) to none. Source: docs/sources.md#kazakh-measures.
 *
 * @example
 * const line = countedLine("Бурылша аттан мықтымын", "kk");
 * line.syllables; // [7, 8]
 */
export function countedLine(text: string, language: VerseLanguage): CountedLine {
  const words = wordsOf(text).map(([word]) => countedWord(word, language));
  const most = words.reduce((sum, word) => sum + word.syllables.length, 0);
  const losses = words.reduce((sum, word) => sum + word.losses, 0);
  const merges = language === "kk" ? words.filter((word, i) => i > 0 && meets(words[i - 1]!, word)).length : 0;
  return { text, words, syllables: [most - losses - merges, most] };
}
/** Words as they are counted, the parts of a hyphened one apart, and where in the text each begins. */
const wordsOf = (text: string): [word: string, at: number][] =>
  [...text.matchAll(WORD)].flatMap((found) => {
    let at = found.index - 1;
    return found[0].split("-").map((word): [string, number] => {
      const from = at + 1;
      at = from + word.length;
      return [word, from];
    });
  });
const meets = (before: CountedWord, after: CountedWord): boolean => before.endsOpen && after.startsOpen;

/** The measures a line can have, those that need fewer licences first. */
export function measuresOf({ syllables: [least, most] }: CountedLine): Measure[] {
  return MEASURES.filter((measure) => measure >= least && measure <= most).sort((a, b) => b - a);
}

/**
 * Ways a line falls into bunaq at borders of its words, the likeliest first; none where no border
 * lies as the measure wants it.
 */
export function bunaqOf(line: CountedLine, measure: Measure): (readonly number[])[] {
  return BUNAQ[measure].filter((feet) => fits(line.words, feet));
}
function fits(words: readonly CountedWord[], feet: readonly number[]): boolean {
  return wordsInFeet(words, feet) !== undefined;
}
/** How many words each foot has, where a line falls so; undefined where it does not. */
function wordsInFeet(words: readonly CountedWord[], feet: readonly number[]): readonly number[] | undefined {
  // syllables already sung in the foot at hand, at each word: every count that can be, and where the feet before it ended
  let states = new Map<string, readonly [foot: number, sung: number, ends: readonly number[]]>([["0 0", [0, 0, []]]]);
  for (const [i, word] of words.entries()) {
    const next: typeof states = new Map();
    const shorter = word.losses + (i > 0 && meets(words[i - 1]!, word) ? 1 : 0);
    for (const [foot, sung, ends] of states.values())
      for (let less = 0; less <= shorter; less++) {
        const now = sung + word.syllables.length - less;
        const size = feet[foot];
        if (size === undefined ? word.syllables.length - less > 0 : now > size) continue;
        const state = now === size ? ([foot + 1, 0, [...ends, i + 1]] as const) : ([foot, now, ends] as const);
        const key = `${state[0]} ${state[1]}`;
        if (!next.has(key)) next.set(key, state);
      }
    states = next;
  }
  const whole = states.get(`${feet.length} 0`);
  // a word without a vowel at the end goes with the last foot
  return whole?.[2].map((end, k) => (k === feet.length - 1 ? words.length : end) - (whole[2][k - 1] ?? 0));
}
/**
 * Where each bunaq of a Kazakh line stands in its text; the whole as one where it does not fall so.
 * @example
 * footRanges("Желсіз түнде жарық ай,", [4, 3]); // => [[0, 12], [13, 21]]
 */
export function footRanges(text: string, feet: readonly number[]): (readonly [from: number, to: number])[] {
  const placed = wordsOf(text);
  const counts = wordsInFeet(
    placed.map(([word]) => countedWord(word, "kk")),
    feet,
  ) ?? [placed.length];
  let next = 0;
  return counts.flatMap((count): (readonly [number, number])[] => {
    const [first, last] = [placed[next], placed[next + count - 1]];
    next += count;
    return first && last ? [[first[1], last[1] + last[0].length]] : [];
  });
}
