// Prints how much of what musicians wrote comes back when files are read and written again, and which files lose what.
//   npm run bench:formats [-- musicxml ...] [--all]     (all rows, or those named; needs the public files beside the project; --all lists every difference)
// Element by element: every element, attribute and text of a file, at the note, place, bar and part it belongs to (tools/formats/musicxml-facts.ts).
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { Complaint } from "@kuishi/base";
import { readAnalysis } from "@kuishi/flow";
import {
  heardDifferences,
  type Item,
  isRest,
  playOut,
  readAbc,
  readMidiFile,
  readMidiScore,
  readMusicXml,
  type Score,
  scoreText,
  type TimedNote,
  transcribe,
  writeAbc,
  writeMusicXml,
  writeScoreMidi,
} from "@kuishi/score";
import { strFromU8, unzipSync } from "fflate";
import { abcDifferences } from "./formats/abc-facts.ts";
import { chordProDifferences } from "./formats/chordpro-facts.ts";
import { difference, factsOf } from "./formats/musicxml-facts.ts";
import { scalaDifferences, scales } from "./formats/scala-facts.ts";

const data = join(import.meta.dirname, "..", "..", "shared", "data", "formats");
const command = join(import.meta.dirname, "..", "apps", "cli", "src", "main.mjs");
const all = process.argv.includes("--all");
const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));

interface Row {
  readonly name: string;
  readonly asked: string;
  /** Beside the public files, or a path. */
  readonly folder: string;
  readonly files: RegExp;
  /** Files beside those of the folder. */
  readonly made?: Iterable<readonly [name: string, bytes: Uint8Array]>;
  /** What of a file is lost, added or wrong; nothing where it is whole; undefined where the file is not counted. */
  run(bytes: Uint8Array, name: string): Promise<readonly string[] | undefined> | readonly string[] | undefined;
}

/** Files of the suite that are not as MusicXML has them, with what of ours then differs. */
const REASONS: Readonly<Record<string, string>> = {
  "41h-TooManyParts.xml": "has two parts that its list does not name: they are listed when it is written",
  "note-id-0001.abc": "K:octave= inside a tune holds here for the voice it stands in, in abcjs for all voices that have told none",
};
/** The text of a plain or compressed file. */
function musicXmlText(bytes: Uint8Array): string {
  if (bytes[0] !== 0x50) return scoreText(bytes);
  const files = Object.entries(unzipSync(bytes));
  return strFromU8(files.find(([name]) => /\.(xml|musicxml)$/.test(name) && !name.startsWith("META-INF"))![1]);
}

/** Where the MIDI file of a score does not sound as the score is played out; undefined for one without notes. */
function midiDifferences(score: Score): readonly string[] | undefined {
  const order = (a: Sounding, b: Sounding): number => Math.round((a.at - b.at) * 500) || a.cents - b.cents || a.length - b.length;
  if (!score.parts.some((part) => part.bars.some((bar) => bar.items.some((item) => item.kind === "chord" && item.notes[0]!.sound.kind !== "rest"))))
    return undefined;
  const wanted = playOut(score, { asWritten: true })
    .parts.flatMap((part) => part.notes.map(begun))
    .sort(order);
  const found = readMidiFile(writeScoreMidi(score))
    .tracks.flatMap((track) => track.notes.map(begun))
    .sort(order);
  if (found.length !== wanted.length) return [`${found.length} notes of ${wanted.length}`];
  const wrong = wanted.flatMap((note, k) => {
    const other = found[k]!;
    // a note of no length is written as a short one
    const off = Math.abs(other.at - note.at) > 0.001 || Math.abs(other.length - note.length) > 0.01 || Math.abs(other.cents - note.cents) > 10;
    return off ? [`${note.at.toFixed(3)} ${note.cents}/${note.length.toFixed(3)}: ${other.at.toFixed(3)} ${other.cents}/${other.length.toFixed(3)}`] : [];
  });
  return wrong;
}
/** A note at the pitch with which it begins. */
const begun = ({ at, length, cents, bend }: TimedNote): Sounding => ({ at, length, cents: cents + (bend[0]?.[0] === 0 ? bend[0][1] : 0) });
/** A score; undefined where a file has no notes. */
function notesOf(read: () => Score): Score | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof Complaint && error.code === "score.empty") return undefined;
    throw error;
  }
}
interface Sounding {
  readonly at: number;
  readonly length: number;
  readonly cents: number;
}

/** A note as it sounds, its place on a grid of 50 ms. */
const heardAt = (note: TimedNote): string => `${Math.round(note.at * 20)} ${note.drum ?? Math.round(begun(note).cents / 10)}`;
function midiScoreDifferences(bytes: Uint8Array): readonly string[] | undefined {
  let played: ReturnType<typeof readMidiFile>;
  try {
    played = readMidiFile(bytes);
  } catch {
    // damaged on purpose, or no MIDI file
    return undefined;
  }
  const wanted = played.tracks.flatMap((track) => track.notes.map((note) => heardAt(track.drums ? { ...note, drum: Math.round(note.cents / 100) } : note)));
  const score = readMidiScore(bytes);
  return [score, readMusicXml(new TextEncoder().encode(writeMusicXml(score)))].flatMap((one) =>
    differences(
      wanted,
      playOut(one, { asWritten: true }).parts.flatMap((part) => part.notes.map(heardAt)),
    ),
  );
}
/** What of one list another does not have, and what it has more. */
function differences(wanted: readonly string[], found: readonly string[]): string[] {
  const { missing, added } = difference(wanted, found);
  return [...missing.map((one) => `- ${one}`), ...added.map((one) => `+ ${one}`)];
}
/** What of a tune's notes, lengths, ties, words, chord symbols and marks is not the same when it is read from what was written of it. */
function abcAgainDifferences(score: Score): readonly string[] {
  const told = (of: Score): string[] =>
    of.parts.flatMap((part, p) =>
      part.bars.flatMap(({ items }, b) => items.flatMap((item) => itemFacts(item).map((fact) => `part ${p + 1} bar ${b + 1}: ${fact}`))),
    );
  return differences(told(score), told(readAbc(writeAbc(score).text)));
}
function itemFacts(item: Item): string[] {
  const at = item.at.join("/");
  if (item.kind === "harmony") return [`${at} ${JSON.stringify(item.chords)}`];
  if (item.kind === "direction") return item.marks.map((mark) => `${at} ${JSON.stringify(mark)}`);
  // rests that are not seen fill what a voice leaves open
  if (item.kind !== "chord" || isRest(item)) return [];
  const { length, tuplet, grace, notes, lyrics } = item;
  return [
    `${at} ${JSON.stringify({ length, tuplet, grace: grace !== undefined, lyrics, notes: notes.map(({ sound, ties, marks }) => ({ sound, ties, marks })) })}`,
  ];
}

const rows: readonly Row[] = [
  {
    name: "musicxml",
    asked: "100 % of files, or the reason listed",
    folder: "musicxml-suite",
    files: /\.(xml|mxl)$/,
    run: (bytes) => differences(factsOf(musicXmlText(bytes)), factsOf(writeMusicXml(readMusicXml(bytes)))),
  },
  {
    name: "musicxml-midi",
    asked: "99 % with every played note's time (1 ms), length and pitch (10 cents), beside the score played out by ourselves",
    folder: "musicxml-suite",
    files: /\.(xml|mxl)$/,
    run: (bytes) => midiDifferences(readMusicXml(bytes)),
  },
  {
    name: "abc",
    asked: "96 % of tunes with the written notes, bars, chord symbols and words (beside what abcjs reads)",
    folder: "abc",
    files: /\.abc$/,
    run: (bytes) => abcDifferences(scoreText(bytes)),
  },
  {
    name: "midi",
    asked:
      "100 % of files that have notes with every note in the score, played at its time (50 ms), pitch (10 cents) and percussion sound, and in its MusicXML",
    folder: "midi-jazzsoft",
    files: /\.mid$/,
    run: midiScoreDifferences,
  },
  {
    name: "abc-abc",
    asked: "tunes that sound and read the same when they are written as ABC again",
    folder: "abc",
    files: /\.abc$/,
    run: (bytes) => {
      const score = notesOf(() => readAbc(scoreText(bytes)));
      return score && abcAgainDifferences(score);
    },
  },
  {
    name: "chordpro",
    asked: "98 % written as they were; told anew the same song, and the second time the same bytes",
    folder: join(import.meta.dirname, "formats", "chordpro"),
    files: /\.(cho|crd|pro|chopro)$/,
    run: (bytes) => chordProDifferences(scoreText(bytes)),
  },
  {
    name: "scala",
    asked: "100 % of .scl and .kbm with every row and remark, and every pitch within 1e-9 cents",
    folder: join(import.meta.dirname, "formats", "scala"),
    files: /\.(scl|kbm)$/,
    made: scales(1000, (Date.now() % 1e6) + 1),
    run: scalaDifferences,
  },
  {
    name: "hearing",
    asked: "100 % with every note, string, fret, stroke and group of a recording heard here, in the score and after MusicXML",
    folder: "..",
    files: /\.(mp3|flac|wav)$/,
    run: (_, name) => {
      const heard = readAnalysis(execFileSync(process.execPath, [command, "listen", join(data, "..", name), "--json", "-"], { maxBuffer: 1 << 28 }).toString());
      const { score } = transcribe(heard, { title: name });
      const again = readMusicXml(new TextEncoder().encode(writeMusicXml(score)));
      return [...heardDifferences(heard, score), ...heardDifferences(heard, again).map((one) => `MusicXML ${one}`)];
    },
  },
];

for (const row of rows) {
  if (wanted.length > 0 && !wanted.includes(row.name)) continue;
  const folder = resolve(data, row.folder);
  if (!existsSync(folder)) {
    console.log(`${row.name}: there is no ${folder}`);
    continue;
  }
  let [whole, counted, reasoned] = [0, 0, 0];
  const files = readdirSync(folder).filter((file) => row.files.test(file));
  const given = files.map((name) => [name, new Uint8Array(readFileSync(join(folder, name)))] as const);
  for (const [name, bytes] of [...given, ...(row.made ?? [])]) {
    let lost: readonly string[] | undefined;
    try {
      lost = await row.run(bytes, name);
    } catch (error) {
      lost = [`! ${error instanceof Error ? error.message : error}`];
    }
    if (!lost) continue;
    counted++;
    if (lost.length === 0) whole++;
    else if (REASONS[name]) reasoned++;
    if (lost.length > 0) console.log(`  ${name}: ${REASONS[name] ?? ""}\n${(all ? lost : lost.slice(0, 4)).map((line) => `    ${line}`).join("\n")}`);
  }
  console.log(
    `${row.name}: ${whole} of ${counted} whole (${((100 * whole) / Math.max(1, counted)).toFixed(1)} %)${reasoned > 0 ? `, of ${reasoned} the reason is listed` : ""}; asked: ${row.asked}\n`,
  );
}
