import { Complaint, MOST_LINES } from "@kuishi/base";
import { type ChordBook, type DirectiveLine, endedBy, type SongLine, type SongWarning, startedBy, type WordsLine } from "./song.ts";
import { lineText } from "./write.ts";

/** Short names of the directives, after the ChordPro reference. */
const SHORT: Readonly<Record<string, string>> = {
  t: "title",
  st: "subtitle",
  su: "subtitle",
  c: "comment",
  ci: "comment_italic",
  cb: "comment_box",
  soc: "start_of_chorus",
  eoc: "end_of_chorus",
  sov: "start_of_verse",
  eov: "end_of_verse",
  sob: "start_of_bridge",
  eob: "end_of_bridge",
  sot: "start_of_tab",
  eot: "end_of_tab",
  sog: "start_of_grid",
  eog: "end_of_grid",
  ns: "new_song",
  np: "new_page",
  npp: "new_physical_page",
  colb: "column_break",
  col: "columns",
  g: "diagrams",
};
/** Blocks that other programs read: nothing in them is ChordPro until they end. */
const DELEGATES = new Set(["abc", "ly", "svg", "textblock", "musicxml"]);
/** Blocks whose lines are no words. */
const VERBATIM = new Set(["tab", "grid", "strum", ...DELEGATES]);

/**
 * Reads ChordPro 6. Nothing is lost: what is not understood is kept as it stands and told of.
 * @throws Complaint `unreadable` for a text without words, chords or directives, or with more lines than a song has.
 * @example
 * readChordPro("{t: Än}\n[Am]Qara [G]jer").songs[0].lines[0].name; // => "title"
 */
export function readChordPro(text: string): ChordBook {
  const lines = text.replace(/^\uFEFF/, "").split(/\r\n|\r|\n/);
  if (lines.at(-1) === "") lines.pop();
  if (lines.length > MOST_LINES) throw new Complaint("unreadable", "chordpro.long", { lines: lines.length });
  const songs: { lines: SongLine[] }[] = [{ lines: [] }];
  const warnings: SongWarning[] = [];
  let inside: string | undefined;
  for (let i = 0; i < lines.length; i++) {
    const first = i;
    let raw = lines[i]!;
    let told = raw;
    if (!(inside && DELEGATES.has(inside)))
      for (; GOES_ON.test(told) && i + 1 < lines.length; i++) {
        told = told.slice(0, -1) + lines[i + 1]!.trimStart();
        raw += `\n${lines[i + 1]!}`;
      }
    const warn = (code: SongWarning["code"]): void => void warnings.push({ code, line: first + 1, text: told.trim().slice(0, 60) });
    const line = lineOf(told, inside, warn);
    inside = startedBy(line) ?? (endedBy(line) === undefined ? inside : undefined);
    if (line.kind === "directive" && line.name === "new_song") songs.push({ lines: [] });
    songs.at(-1)!.lines.push(lineText(line) === raw ? line : { ...line, as: raw });
  }
  const says = songs.some((song) => song.lines.some((line) => line.kind !== "words" || line.chunks.length > 0));
  if (!says) throw new Complaint("unreadable", "chordpro.empty");
  return { songs, newline: /\r\n|\r|\n/.exec(text)?.[0] ?? "\n", warnings };
}
/** A backslash at the end: the line goes on. */
const GOES_ON = /\\$/;

function lineOf(line: string, inside: string | undefined, warn: (code: SongWarning["code"]) => void): SongLine {
  const directive = directiveOf(line);
  if (inside && DELEGATES.has(inside)) return directive && endedBy(directive) === inside ? directive : { kind: "verbatim", text: line };
  if (line.startsWith("#")) return { kind: "remark", text: line.slice(1) };
  if (directive) return directive;
  if (inside && VERBATIM.has(inside)) return { kind: "verbatim", text: line };
  if (line.trimStart().startsWith("{")) {
    warn("chordpro.directive");
    return { kind: "unread", text: line };
  }
  return wordsOf(line, warn);
}

/** A directive that fills its line, `{name-selector: value}`. */
function directiveOf(line: string): DirectiveLine | undefined {
  const inner = line.trim();
  if (!inner.startsWith("{") || !inner.endsWith("}")) return undefined;
  const told = inner.slice(1, -1).trim();
  // no two parts of this can take the same character: it never goes back
  const [whole, name, before, selector, not] = /^(\+?[a-zA-Z_][\w.]*)(?:-(!?)([\w.]+)(!?))?/.exec(told) ?? [];
  if (whole === undefined || name === undefined) return undefined;
  const rest = told.slice(whole.length);
  if (rest !== "" && !/^[:\s]/.test(rest)) return undefined;
  const own = name.startsWith("+") ? name : name.toLowerCase();
  const value = decoded(rest.trimStart().replace(/^:/, "").trim());
  return { kind: "directive", name: SHORT[own] ?? own, value, ...(selector ? { selector: { name: selector, not: (before || not) === "!" } } : {}) };
}
const decoded = (text: string): string => text.replace(/\\u([0-9a-fA-F]{4})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));

function wordsOf(line: string, warn: (code: SongWarning["code"]) => void): WordsLine {
  const chunks: { chord: string; text: string }[] = [];
  const add = (told: string, text: string): void => {
    const [chord, words] = [decoded(told.trim()), decoded(text)];
    const last = chunks.at(-1);
    if (chord === "" && last) last.text += words;
    else if (chord || words) chunks.push({ chord, text: words });
  };
  let at = line.indexOf("[");
  add("", at < 0 ? line : line.slice(0, at));
  while (at >= 0) {
    const end = line.indexOf("]", at);
    if (end < 0) {
      // one that does not end is text
      warn("chordpro.bracket");
      add("", line.slice(at));
      break;
    }
    const next = line.indexOf("[", end);
    add(line.slice(at + 1, end), line.slice(end + 1, next < 0 ? undefined : next));
    at = next;
  }
  return { kind: "words", chunks };
}
