import { type ChordBook, type ChordSong, isComment, metaOf, type SongLine, type SongSection, sectionsOf, shownSong, type WordsLine } from "@kuishi/score";
import type { Block } from "./engrave.ts";
import { signWidth, textWidth } from "./faces.ts";
import type { Ink } from "./ink.ts";

/** Words of a sheet: key and capo. */
export type SaySong = (code: "print.key" | "print.capo", params: Readonly<Record<string, string>>) => string;
/** Sizes of letters, and what lines and blocks are apart. */
const [TITLE, SUBTITLE, SMALL, WORDS, CHORDS] = [38, 24, 19, 24, 21];
const [LINE, CHORD_LINE, ROOM_ABOVE, INDENT] = [34, 27, 26, 30];
/** Between two chords over one word. */
const CHORD_ROOM = 10;
/** Letters of tablature stand so far apart, in parts of their size: a column is a column. */
const COLUMN = 0.62;
/** The quarter of a metronome mark (SMuFL). */
const QUARTER = 0xeca5;
const [BLACK, GREY] = ["#000000", "#6E6E6E"];

interface Face {
  readonly size: number;
  readonly bold?: boolean;
  readonly italic?: boolean;
  readonly colour?: string;
}
const put = (text: string, x: number, y: number, { size, bold = false, italic = false, colour = BLACK }: Face): Ink => ({
  kind: "text",
  text,
  x,
  y,
  size,
  bold,
  italic,
  colour,
});

/** Words between two places where a line may be broken, with the chord over their first letter. */
interface Piece {
  readonly chord: string;
  readonly text: string;
  readonly width: number;
}
function piecesOf({ chunks }: WordsLine): Piece[] {
  return chunks.flatMap(({ chord, text }) => {
    const words = text.match(/\s*\S+\s*|\s+/g) ?? [""];
    return words.map((word, k): Piece => {
      const own = k === 0 ? chord.replace(/^\*/, "") : "";
      const over = own ? textWidth(own, CHORDS, true) + CHORD_ROOM : 0;
      return { chord: own, text: word, width: Math.max(over, textWidth(word, WORDS, false)) };
    });
  });
}
/** A line of words as rows no wider than there is room. */
function rowsOf(line: WordsLine, room: number): Piece[][] {
  const rows: Piece[][] = [[]];
  let x = 0;
  let ends = true;
  for (const piece of piecesOf(line)) {
    // a word is not broken where a chord stands in it
    if (x > 0 && x + piece.width > room && ends) {
      rows.push([]);
      x = 0;
    }
    rows.at(-1)!.push(piece);
    x += piece.width;
    ends = /\s$/.test(piece.text) || piece.text === "";
  }
  return rows;
}

/** Rows of a sheet, from above downwards. */
class Sheet {
  readonly blocks: Block[] = [];
  readonly #width: number;
  #y = 0;
  #above = 0;
  #newPage = false;
  constructor(width: number) {
    this.#width = width;
  }
  get height(): number {
    return this.#y;
  }
  room(height: number): void {
    this.#above = Math.max(this.#above, height);
  }
  newPage(): void {
    this.#newPage = this.blocks.length > 0;
  }
  row(height: number, ink: readonly Ink[]): void {
    const above = this.blocks.length > 0 ? this.#above : 0;
    const moved = ink.map((one): Ink => (one.kind === "path" ? one : { ...one, y: one.y + above }));
    this.blocks.push({ x: 0, y: this.#y, width: this.#width, height: height + above, ink: moved, ...(this.#newPage ? { newPage: true } : {}) });
    this.#y += height + above;
    [this.#above, this.#newPage] = [0, false];
  }
  words(line: WordsLine, indent: number): void {
    for (const row of rowsOf(line, this.#width - indent)) {
      const chords = row.some(({ chord }) => chord);
      const base = (chords ? CHORD_LINE : 0) + WORDS;
      const ink: Ink[] = [];
      let x = indent;
      for (const { chord, text, width } of row) {
        if (chord) ink.push(put(chord, x, CHORD_LINE - 6, { size: CHORDS, bold: true }));
        if (text.trim()) ink.push(put(text.trim(), x + textWidth(/^\s*/.exec(text)![0], WORDS, false), base, { size: WORDS }));
        x += width;
      }
      if (ink.length === 0) this.room(ROOM_ABOVE);
      else this.row(base + LINE - WORDS, ink);
    }
  }
  /** Every letter in its column. */
  columns(text: string, indent: number): void {
    const letters = [...text.replace(/\t/g, "    ").trimEnd()];
    const size = Math.min(SMALL, (this.#width - indent) / Math.max(1, letters.length) / COLUMN);
    this.row(
      SMALL + 6,
      letters.flatMap((letter, k) => (letter.trim() ? [put(letter, indent + k * size * COLUMN, SMALL, { size })] : [])),
    );
  }
}

function head(sheet: Sheet, song: ChordSong, say: SaySong): void {
  const meta = metaOf(song);
  const told = (...names: string[]): string[] => meta.filter(([name, value]) => names.includes(name) && value !== "").map(([, value]) => value);
  for (const title of told("title")) sheet.row(TITLE + 8, [put(title, 0, TITLE, { size: TITLE, bold: true })]);
  for (const line of [...told("subtitle"), [...new Set(told("artist", "composer", "lyricist", "arranger"))].join(" · ")].filter((one) => one !== ""))
    sheet.row(SUBTITLE + 8, [put(line, 0, SUBTITLE, { size: SUBTITLE })]);
  const [tempo, key, capo] = [told("tempo").at(-1), told("key").at(-1), told("capo").at(-1)];
  const facts = [...(key ? [say("print.key", { key })] : []), ...(capo ? [say("print.capo", { fret: capo })] : []), ...told("time").slice(0, 1)];
  const ink: Ink[] = [];
  let x = 0;
  for (const fact of facts) {
    ink.push(put(fact, x, SMALL, { size: SMALL, colour: GREY }));
    x += textWidth(fact, SMALL, false) + SMALL;
  }
  if (tempo) {
    ink.push({ kind: "sign", code: QUARTER, x, y: SMALL, size: SMALL * 1.9, colour: GREY });
    ink.push(put(`= ${tempo}`, x + signWidth(QUARTER, SMALL * 1.9) + 6, SMALL, { size: SMALL, colour: GREY }));
  }
  if (ink.length > 0) sheet.row(SMALL + 8, ink);
  sheet.room(ROOM_ABOVE * 1.4);
}

function section(sheet: Sheet, { kind, label, lines }: SongSection): void {
  const indent = kind === "chorus" ? INDENT : 0;
  sheet.room(ROOM_ABOVE);
  if (label) sheet.row(SMALL + 10, [put(label, indent, SMALL, { size: SMALL, bold: true, colour: GREY })]);
  for (const line of lines) songLine(sheet, line, indent);
}
function songLine(sheet: Sheet, line: SongLine, indent: number): void {
  if (line.kind === "words") sheet.words(line, indent);
  else if (line.kind === "verbatim") sheet.columns(line.text, indent);
  else if (line.kind === "directive" && isComment(line)) sheet.row(LINE, [put(line.value, indent, WORDS, { size: SMALL, italic: true, colour: GREY })]);
  else if (line.kind === "unread") sheet.words({ kind: "words", chunks: [{ chord: "", text: line.text }] }, indent);
}

/** Songs with their chords over the words, each from the top of a page; tablature and grids in columns, choruses set in. What other programs draw is left out. */
export function songSheet(
  book: ChordBook,
  say: SaySong,
  width: number,
): { readonly blocks: readonly Block[]; readonly width: number; readonly height: number } {
  const sheet = new Sheet(width);
  for (const song of book.songs.map((one) => shownSong(one))) {
    const sections = sectionsOf(song).filter(({ kind }) => !DELEGATES.has(kind));
    if (sections.length === 0 && metaOf(song).length === 0) continue;
    sheet.newPage();
    head(sheet, song, say);
    let at = 0;
    for (const own of sections) {
      if (song.lines.slice(at, own.from).some((line) => line.kind === "directive" && /^new_(physical_)?page$/.test(line.name))) sheet.newPage();
      at = own.to;
      section(sheet, own);
    }
  }
  return { blocks: sheet.blocks, width, height: sheet.height };
}
/** Blocks of other programs. */
const DELEGATES = new Set(["abc", "ly", "svg", "musicxml"]);
