import { Complaint } from "@kuishi/base";
import { openBundle, packBundle, sessionOf } from "@kuishi/project";
import {
  type ChordBook,
  type ChordSong,
  isComment,
  metaOf,
  midiTimeOf,
  midiTrackOf,
  readChordPro,
  readMidiFile,
  type Score,
  scoreText,
  sectionsOf,
  shownSong,
  transcribe,
  writeAbc,
  writeChordPro,
  writeMidiFile,
  writeMusicXml,
  writeMxl,
  writeScoreMidi,
} from "@kuishi/score";
import { readKbm, readScl, type Scale, scaleText, writeKbm, writeScl } from "@kuishi/tuning";
import { guitarProScore, isGuitarPro } from "./guitar-pro.ts";
import { partsNamed } from "./performance.ts";
import { isScore, readScore, scoreOfBundle } from "./scores.ts";
import { chordProOf } from "./song-text.ts";

const ending = (name: string): string => (/\.([a-z0-9]+)$/i.exec(name)?.[1] ?? "").toLowerCase();
const written = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
/** Lines of one file that are told of. */
const MOST_TOLD = 20;
const CHORDPRO = new Set(["cho", "crd", "chopro", "chordpro", "pro"]);
/** Whether a file is a song in ChordPro, by its name. */
export const isChordPro = (name: string): boolean => CHORDPRO.has(ending(name));

/**
 * Formats that a file of this name can be turned into, by their endings.
 * @example
 * convertible("tune.mid").includes("musicxml"); // => true
 */
export function convertible(name: string): readonly string[] {
  const own = ending(name);
  if (own === "scl" || own === "kbm") return [own];
  if (CHORDPRO.has(own)) return ["cho", "txt"];
  if (own === "kuishi") return ["musicxml", "mxl", "mid", "abc", "scl", "cho", "kuishi"];
  return isScore(name) || isGuitarPro(name) ? ["musicxml", "xml", "mxl", "mid", "midi", "abc"] : [];
}

/** What becomes of something on its way, for the one who asked for it. */
export type Tell = (code: string, params: Readonly<Record<string, string | number>>) => void;

/**
 * Turns a file of notes, words or tuning into another format, by their names.
 * @param tell is told what cannot be read, and what cannot be written.
 * @param parts of a score, those that are wanted, by name, id or number; all where none is named.
 * @throws Complaint `unreadable` that says where, `usage` for two that do not go together.
 */
export async function convertText(
  name: string,
  bytes: Uint8Array,
  to: string,
  tell: Tell = () => {},
  parts: readonly string[] = [],
): Promise<Uint8Array<ArrayBuffer>> {
  const [a, b] = [ending(name), CHORDPRO.has(ending(to)) ? "cho" : ending(to)];
  if (!convertible(name).includes(b)) throw new Complaint("usage", "usage.convert", { from: name, to });
  if (a === "scl") return written(writeScl(readScl(scaleText(bytes))));
  if (a === "kbm") return written(writeKbm(readKbm(scaleText(bytes))));
  if (CHORDPRO.has(a)) {
    const book = readChordPro(scoreText(bytes));
    for (const { code, line, text } of book.warnings.slice(0, MOST_TOLD)) tell(code, { line, text });
    return written(b === "cho" ? writeChordPro(book) : plainWords(book));
  }
  if (a === "kuishi") return ofBundle(bytes, b, name, tell);
  if (isGuitarPro(name)) {
    const own = await guitarProScore(name, bytes);
    return convertText(own.name, own.bytes, to, tell, parts);
  }
  const midi = a === "mid" || a === "midi" || a === "kar";
  if (midi && parts.length === 0 && (b === "mid" || b === "midi")) return sameMidi(bytes);
  const score = readScore(name, bytes, (complaint) => tell(complaint.code, complaint.params));
  return ofScore(parts.length > 0 ? withParts(score, partsNamed(score, parts)) : score, b, tell);
}

/** A score of some of its parts alone. */
function withParts(score: Score, wanted: readonly number[]): Score {
  const kept = score.parts.map((_, p) => wanted.includes(p));
  const before = (at: number): number => kept.slice(0, at).filter(Boolean).length;
  return { ...score, parts: score.parts.filter((_, p) => kept[p]), groups: score.groups.map((group) => ({ ...group, at: before(group.at) })) };
}

function ofScore(score: Score, to: string, tell: Tell): Uint8Array<ArrayBuffer> {
  if (to === "mid" || to === "midi") return writeScoreMidi(score) as Uint8Array<ArrayBuffer>;
  if (to === "abc") {
    const { text, lost } = writeAbc(score);
    const most = [...lost].sort((a, b) => b[1] - a[1]);
    if (most.length > 0) tell("abc.lost", { text: most.map(([sign, count]) => (count > 1 ? `${sign} (${count})` : sign)).join(", ") });
    return written(text);
  }
  const xml = writeMusicXml(score);
  return to === "mxl" ? writeMxl(xml) : written(xml);
}

/** A MIDI file that can be read stays as it is: drums, programs, controllers, markers and words with it. @throws Complaint for one that cannot. */
function sameMidi(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  readMidiFile(bytes);
  return Uint8Array.from(bytes);
}

/** The score of a project, or what was heard in it, as notes or as its tuning; its words; or the project in the newest format. */
function ofBundle(bytes: Uint8Array, to: string, name: string, tell: Tell): Uint8Array<ArrayBuffer> {
  const bundle = openBundle(bytes);
  if (to === "kuishi") return packBundle(bundle);
  const session = sessionOf(bundle.records);
  const { song } = session;
  if (to === "cho") return written(session.sections.size > 0 ? chordProOf(session) : writeChordPro(readChordPro(song.lyrics)));
  const score = to === "scl" ? undefined : scoreOfBundle(bundle);
  if (score) return ofScore(score, to, tell);
  const { heard } = bundle;
  if (!heard) throw new Complaint("notEnough", "project.unheard", { name });
  const title = song.provenance.title;
  if (to === "scl") {
    const scale: Scale = { name: `${title}: ${heard.mode.name}`, degrees: heard.mode.degreesCents, period: 1200 };
    return written(writeScl(scale, `${title}.scl\nheard by Kuishi; 1/1 at ${heard.mode.tonicCents} absolute cents (6900 = 440 Hz)`));
  }
  const transcription = transcribe(heard, { title, composer: song.provenance.composer });
  if (to !== "mid") return ofScore(transcription.score, to, tell);
  // MIDI keeps the time in which it was played
  return writeMidiFile(midiTimeOf(transcription), [midiTrackOf(heard)]) as Uint8Array<ArrayBuffer>;
}

/** Words with their chords in a line above. */
const plainWords = ({ songs }: ChordBook): string => `${songs.map((song) => songText(shownSong(song))).join("\n\n\n")}\n`;
function songText(song: ChordSong): string {
  const lines = metaOf(song).map(([name, value]) => `${name}: ${value}`);
  for (const section of sectionsOf(song)) {
    lines.push("", ...(section.label ? [`${section.label}:`] : []));
    for (const line of section.lines) {
      if (line.kind === "words") lines.push(...overWords(line.chunks));
      else if (line.kind === "directive") lines.push(...(isComment(line) ? [`(${line.value})`] : []));
      else lines.push(line.text.trimEnd());
    }
  }
  return lines.join("\n").trim();
}
/** A line of chords, where there are any, and the words under it. */
function overWords(chunks: readonly { readonly chord: string; readonly text: string }[]): string[] {
  let [above, words] = ["", ""];
  for (const { chord, text } of chunks) {
    const shown = chord.replace(/^\*/, "");
    above = chord ? above.padEnd(Math.max(words.length, above.length > 0 ? above.length + 1 : 0)) + shown : above;
    words = words.padEnd(chord ? above.length - shown.length : 0) + text;
  }
  return [...(above.trim() ? [above.trimEnd()] : []), words.trimEnd()];
}
