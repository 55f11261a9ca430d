import type { ChordBook, SongLine } from "./song.ts";

/** Writes ChordPro: lines that nobody changed as they stood, others in one way of writing them. */
export const writeChordPro = ({ songs, newline }: Pick<ChordBook, "songs" | "newline">): string =>
  songs.flatMap((song) => song.lines.map((line) => (line.as ?? lineText(line)).replace(/\n/g, newline) + newline)).join("");

/** A line in our way of writing it: what would be read as something else is told by its number. */
export function lineText(line: SongLine): string {
  switch (line.kind) {
    case "words": {
      const text = line.chunks.map(({ chord, text: words }) => (chord ? `[${plain(chord)}]` : "") + plain(words).replace(/\[/g, code)).join("");
      return text.replace(/^(?:#|\s*\{)/, (start) => start.slice(0, -1) + code(start.at(-1)!));
    }
    case "directive": {
      const { name, selector, value } = line;
      return `{${name}${selector ? `-${selector.name}${selector.not ? "!" : ""}` : ""}${value ? `: ${plain(value)}` : ""}}`;
    }
    case "remark":
      return `#${line.text}`;
    default:
      return line.text;
  }
}
const code = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
const plain = (text: string): string => text.replace(/[\r\n]+/g, " ").replace(/\\(?=$|u[0-9a-fA-F]{4})/g, code);
