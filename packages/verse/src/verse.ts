import { Complaint, MOST_LINES } from "@kuishi/base";
import { bunaqOf, type CountedLine, countedLine, type Measure, measuresOf } from "./line.ts";
import { rhymesIn, schemeOf } from "./rhyme.ts";
import type { VerseLanguage } from "./syllables.ts";

/** What is said of one line. */
export interface VerseLine {
  readonly text: string;
  /** Words, each in its syllables. */
  readonly words: readonly (readonly string[])[];
  /** Fewest and most syllables. */
  readonly syllables: readonly [number, number];
  /** Ways the line falls into bunaq, the likeliest first. */
  readonly bunaq: readonly (readonly number[])[];
  readonly measure: Measure | null;
  /** Letter within its stanza; null where it rhymes with no other line. */
  readonly rhyme: string | null;
}
/** `verse/1`: one entry a line of text, empty ones too. */
export interface Verse {
  readonly kuishi: "verse/1";
  readonly lines: readonly VerseLine[];
  /** Letters of each stanza, stanzas parted by a space. */
  readonly scheme: string;
}

/**
 * Reads verse: a line of text is a line of verse, empty lines part stanzas.
 *
 * @throws Complaint where there are more lines than any song has, or one is longer than any line.
 *
 * @example
 * const { lines, scheme } = verseOf("Желсіз түнде жарық ай,\nСәулесі суда дірілдеп,\nАуылдың жаны терең сай,\nТасыған өзен гүрілдеп.", "kk");
 * scheme; // "abab"
 * lines[0].measure; // 7
 */
export function verseOf(text: string, language: VerseLanguage): Verse {
  const lines = checkedLines(text).map((line) => countedLine(line, language));
  const stanzas = stanzasOf(lines);
  const rhymes = lines.map((): string | null => null);
  for (const stanza of stanzas)
    for (const [k, name] of rhymesIn(
      stanza.map((i) => lines[i]!),
      language,
    ).entries())
      rhymes[stanza[k]!] = name;
  const measures = language === "kk" ? measuresIn(lines) : lines.map(() => null);
  return {
    kuishi: "verse/1",
    lines: lines.map((line, i) => ({
      text: line.text,
      words: line.words.map((word) => (word.syllables.length > 0 ? word.syllables : [word.text])),
      syllables: line.syllables,
      bunaq: measures[i] ? bunaqOf(line, measures[i]) : [],
      measure: measures[i] ?? null,
      rhyme: rhymes[i] ?? null,
    })),
    scheme: stanzas.map((stanza) => schemeOf(stanza.map((i) => rhymes[i] ?? null))).join(" "),
  };
}
/** Without the line that a last line break would begin. */
const linesOf = (text: string): string[] => {
  const lines = text.replace(/^\uFEFF/, "").split(/\r\n|\r|\n|\u2028/);
  if (lines.at(-1) === "") lines.pop();
  return lines;
};
/** Characters of one line of verse. */
const LONGEST_LINE = 2_000;
function checkedLines(text: string): string[] {
  const lines = linesOf(text);
  if (lines.length > MOST_LINES) throw new Complaint("unsupported", "verse.lines", { count: lines.length, most: MOST_LINES });
  const long = lines.findIndex((line) => line.length > LONGEST_LINE);
  if (long >= 0) throw new Complaint("unsupported", "verse.long", { line: long + 1, most: LONGEST_LINE });
  return lines;
}
/** Places of the lines of each stanza. */
function stanzasOf(lines: readonly CountedLine[]): number[][] {
  const stanzas: number[][] = [[]];
  for (const [i, line] of lines.entries())
    if (line.words.length > 0) stanzas.at(-1)!.push(i);
    else if (stanzas.at(-1)!.length > 0) stanzas.push([]);
  return stanzas.filter((stanza) => stanza.length > 0);
}

/**
 * The measure of each line. One that could have several takes that into which it falls by bunaq,
 * then that of most lines of the poem (7 and 8 mix freely), then the one with fewer licences.
 */
function measuresIn(lines: readonly CountedLine[]): (Measure | null)[] {
  const open = lines.map(measuresOf);
  const votes = new Map<Measure, number>();
  for (const measures of open) if (measures.length === 1) votes.set(measures[0]!, (votes.get(measures[0]!) ?? 0) + 1);
  const worth = (line: CountedLine, measure: Measure, licences: number): number =>
    (bunaqOf(line, measure).length > 0 ? 2 : 0) + (votes.get(measure) ?? 0) / lines.length - licences * 0.6;
  return lines.map((line, i) => {
    const [first, ...others] = open[i]!;
    if (first === undefined) return null;
    return others.reduce(
      (best, measure) => (worth(line, measure, line.syllables[1] - measure) > worth(line, best, line.syllables[1] - best) ? measure : best),
      first,
    );
  });
}
