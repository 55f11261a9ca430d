import { Complaint } from "@kuishi/base";
import { scoreText } from "@kuishi/score";
import { languageOfText, latinOf, type Verse, verseOf, withoutChords } from "@kuishi/verse";
import { kazakhDictionary } from "@kuishi/verse/node";
import type { Console } from "./console.ts";
import { readWhole } from "./files.ts";
import { jsonOutput } from "./outputs.ts";

interface VerseOptions {
  readonly json?: string;
  readonly rhymes?: string;
  readonly latin: boolean;
  readonly force: boolean;
  /** Language of the text, where it was said. */
  readonly language: string | undefined;
}

/** Counts the verse in a text file. @throws Complaint. */
export function countVerse(path: string, options: VerseOptions, console: Console): void {
  const json = jsonOutput(options, [path]);
  const text = withoutChords(scoreText(readWhole(path)));
  // of sound or pictures syllables could be counted too
  if (/(?!\s)\p{Cc}/u.test(text)) throw new Complaint("unreadable", "verse.binary", { path });
  const language = languageOfText(text, options.language, console.language);
  if (options.rhymes !== undefined && language !== "kk") throw new Complaint("usage", "verse.notKazakh");
  const verse = verseOf(text, language);
  if (verse.lines.every(({ words }) => words.length === 0)) throw new Complaint("notEnough", "verse.empty", { path });
  json.write(verse, console.progress);
  if (!json.isStream) tell(verse, options, console);
}

function tell(verse: Verse, options: VerseOptions, console: Console): void {
  const print = (line: string): void => void process.stdout.write(`${line}\n`);
  for (const { words, syllables, bunaq, rhyme } of verse.lines) {
    if (words.length === 0) print("");
    else
      print(
        [
          syllables[0] === syllables[1] ? String(syllables[0]) : syllables.join("–"),
          bunaq[0]?.join("+") ?? "",
          rhyme ?? "",
          words.map((word) => word.join("·")).join(" "),
        ].join("\t"),
      );
  }
  console.say("verse.scheme", { scheme: verse.scheme });
  if (options.latin) {
    const latin = latinOf(verse.lines.map(({ text }) => text).join("\n"));
    print(latin.text);
    if (latin.merged.length > 0) console.note("verse.merged", { letters: latin.merged.join(" ") });
    if (latin.unknown.length > 0) console.note("verse.noLatin", { letters: latin.unknown.join(" ") });
  }
  if (options.rhymes !== undefined) for (const { word } of kazakhDictionary().rhymes(options.rhymes)) print(word);
}
