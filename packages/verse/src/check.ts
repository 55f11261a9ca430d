import type { Random } from "@kuishi/base";
import { type CountedLine, countedLine, measuresOf } from "./line.ts";
import { formOf, SUFFIXES } from "./suffixes.ts";
import { countedWord } from "./syllables.ts";
import { verseOf } from "./verse.ts";

/** How many of how many, and what fell short. */
export interface Share {
  readonly right: number;
  readonly all: number;
  readonly missed: readonly string[];
}
const share = <T>(list: readonly T[], isRight: (one: T) => boolean, name: (one: T) => string): Share => {
  const missed = list.filter((one) => !isRight(one));
  return { right: list.length - missed.length, all: list.length, missed: missed.map(name) };
};
const told = (text: string): string[] => text.split("\n").filter((line) => line !== "" && !/^#(?! \d)/.test(line));

/** Words that sources part into syllables, `а-та`, any number on a line. */
export const wordsParted = (text: string): string[] => [...new Set(told(text).flatMap((line) => line.split(" ")))];
/** Whether we part them so: `counted` asks for the number alone. */
export const checkWords = (words: readonly string[], counted: boolean): Share =>
  share(
    words,
    (word) => {
      const own = countedWord(word.replaceAll("-", ""), "kk").syllables;
      return counted ? own.length === word.split("-").length : own.join("-") === word;
    },
    (word) => word,
  );

/** A line of verse, and the measures its kind of verse has. */
export interface MeasuredLine {
  readonly text: string;
  readonly measures: readonly number[];
}
/** Lines under headings `# 7 8: whose`. */
export function linesMeasured(text: string): MeasuredLine[] {
  let measures: readonly number[] = [];
  return told(text).flatMap((line): MeasuredLine[] => {
    const heading = /^# ((?:\d+ ?)+):/.exec(line)?.[1];
    if (heading !== undefined) measures = heading.trim().split(" ").map(Number);
    return heading === undefined ? [{ text: line, measures }] : [];
  });
}
/** Whether a measure of its kind lies in a line's range. */
export const checkMeasures = (lines: readonly MeasuredLine[]): Share =>
  share(
    lines,
    ({ text, measures }) => {
      const [least, most] = countedLine(text, "kk").syllables;
      return measures.some((measure) => measure >= least && measure <= most);
    },
    ({ text }) => text,
  );
/** Whether a line falls into bunaq at borders of its words. */
export const checkBunaq = (lines: readonly MeasuredLine[]): Share =>
  share(
    lines,
    ({ text }) => (verseOf(text, "kk").lines[0]?.bunaq.length ?? 0) > 0,
    ({ text }) => text,
  );
/** How many lines of words drawn at random could have a measure, of as many words as real ones have. */
export function checkRandom(words: readonly string[], like: readonly MeasuredLine[], measure: number, count: number, random: Random): Share {
  const lengths = like.map(({ text }) => countedLine(text, "kk").words.length);
  const lines = Array.from({ length: count }, (): CountedLine => {
    const length = random.pick(lengths);
    return countedLine(Array.from({ length }, () => random.pick(words)).join(" "), "kk");
  });
  return share(
    lines,
    (line) => measuresOf(line).some((one) => one === measure),
    ({ text }) => text,
  );
}

/** Letters that vowel harmony chooses between, as one. */
const bare = (word: string): string => word.replace(/[еігк]/g, (letter) => ({ е: "а", і: "ы", г: "ғ", к: "қ" })[letter]!);
/**
 * Words as they are printed against our own forms: of each word that is a listed stem with a suffix, whatever its harmony, whether our rules
 * choose the harmony it has. One that can be parted in several ways is right where one of them is.
 */
export function checkForms(printed: readonly string[], list: string): Share {
  const listed = new Set(listedWords(list));
  const verbs = new Set([...listed].flatMap((word) => (word.endsWith("у") ? [word.slice(0, -1)] : [])));
  const parted = printed.flatMap((word) => {
    const ways = SUFFIXES.flatMap((suffix) => {
      const stems = suffix.of === "verb" ? verbs : listed;
      return Array.from({ length: word.length }, (_, length) => word.slice(0, length)).flatMap((stem) => {
        if (stem.length < 2 || !stems.has(stem)) return [];
        const form = formOf(stem, suffix);
        return bare(form) === bare(word) ? [form] : [];
      });
    });
    return ways.length > 0 ? [{ word, ways }] : [];
  });
  return share(
    parted,
    ({ word, ways }) => ways.includes(word),
    ({ word, ways }) => `${word} (${[...new Set(ways)].join(", ")})`,
  );
}

/** The words of the rhyming dictionary, infinitives without their star. */
export function listedWords(list: string): string[] {
  let last = "";
  return list.split("\n").flatMap((line) => {
    if (line === "" || line.startsWith("#")) return [];
    last = last.slice(0, line.charCodeAt(0) - 97) + line.slice(1);
    return [last.replace(/\*$/, "")];
  });
}
