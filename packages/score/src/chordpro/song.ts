/** A file of ChordPro 6: one song or several, and what in it could not be understood. */
export interface ChordBook {
  readonly songs: readonly ChordSong[];
  /** How its lines end. */
  readonly newline: string;
  readonly warnings: readonly SongWarning[];
}
/** A line that is kept as it stands because nobody understands it. */
export interface SongWarning {
  readonly code: "chordpro.directive" | "chordpro.bracket";
  /** From 1. */
  readonly line: number;
  readonly text: string;
}
/** A song: its lines, in order. What they mean together, `sectionsOf` and `metaOf` tell. */
export interface ChordSong {
  readonly lines: readonly SongLine[];
}
/** A line as it stood in a file, where that is not how we would write it: a line that is changed is told anew, without it. */
interface Stands {
  readonly as?: string;
}
export type SongLine = WordsLine | DirectiveLine | (Stands & { readonly kind: "remark" | "verbatim" | "unread"; readonly text: string });
/** Words with chords over them; an empty line has neither. */
export interface WordsLine extends Stands {
  readonly kind: "words";
  /** Each chord stands over the text that follows it; the first may have none. `*` begins a remark that is no chord. */
  readonly chunks: readonly { readonly chord: string; readonly text: string }[];
}
/** A directive by its long name; `+` begins one that sets the reference program up. */
export interface DirectiveLine extends Stands {
  readonly kind: "directive";
  readonly name: string;
  readonly value: string;
  /** For whom it is meant: an instrument, a user; or for all others. */
  readonly selector?: { readonly name: string; readonly not: boolean };
}

/** Metadata that have directives of their own; others are told by `meta`. */
const META = new Set(
  "title sorttitle subtitle artist sortartist composer lyricist arranger copyright album year key time tempo duration capo tag ccli".split(" "),
);
/** What a song tells of itself, in order: `title`, `artist`, `key`, `tempo` ... */
export function metaOf(song: ChordSong): readonly (readonly [name: string, value: string])[] {
  return song.lines.flatMap((line): [string, string][] => {
    if (line.kind !== "directive" || line.selector) return [];
    if (META.has(line.name)) return [[line.name, line.value]];
    const [, name, value] = (line.name === "meta" && /^(\S+)\s*(.*)$/s.exec(line.value)) || [];
    return name ? [[name, value!]] : [];
  });
}

/** A block of a song: what stands between `start_of_` and `end_of_`, or between empty lines. */
export interface SongSection {
  /** `verse`, `chorus`, `bridge`, `tab`, `grid`, `abc` ... whatever the file calls it. */
  readonly kind: string;
  readonly label: string;
  readonly lines: readonly SongLine[];
  /** Of the song's lines, its walls among them. */
  readonly from: number;
  readonly to: number;
  /** Only calls back the chorus before it, whose lines these are. */
  readonly recalls?: true;
}
export const startedBy = (line: SongLine): string | undefined =>
  line.kind === "directive" && line.name.startsWith("start_of_") ? line.name.slice(9) : undefined;
export const endedBy = (line: SongLine): string | undefined => (line.kind === "directive" && line.name.startsWith("end_of_") ? line.name.slice(7) : undefined);
/** A block's label: the whole value, or what it says is one. */
export const labelOf = (value: string): string =>
  /\blabel\s*=/.test(value) ? (/\blabel\s*=\s*(?:"([^"]*)"|'([^']*)'|(\S+))/.exec(value)?.slice(1).find(Boolean) ?? "") : value;
const COMMENTS = /^(comment(_italic|_box)?|highlight)$/;
/** Whether a line is read by the singer as a remark. */
export const isComment = (line: SongLine): boolean => line.kind === "directive" && COMMENTS.test(line.name);
const isBlank = (line: SongLine): boolean => line.kind === "words" && line.chunks.every(({ chord, text }) => chord === "" && text.trim() === "");

/** A song's blocks, in the order sung. */
export function sectionsOf(song: ChordSong): readonly SongSection[] {
  const found: SongSection[] = [];
  /** The block that is open; without a wall where an empty line ends it. */
  let open: { kind: string; label: string; from: number; walled: boolean; lines: SongLine[] } | undefined;
  const close = (to: number): void => {
    if (open && (open.walled || open.lines.length > 0)) found.push({ kind: open.kind, label: open.label, lines: open.lines, from: open.from, to });
    open = undefined;
  };
  song.lines.forEach((line, i) => {
    const starts = startedBy(line);
    if (starts !== undefined && line.kind === "directive") {
      close(i);
      open = { kind: starts, label: labelOf(line.value), from: i, walled: true, lines: [] };
    } else if (endedBy(line) !== undefined) close(i + 1);
    else if (line.kind === "directive" && line.name === "chorus") {
      close(i);
      const before = found.findLast((section) => section.kind === "chorus" && !section.recalls);
      found.push({ kind: "chorus", label: labelOf(line.value), lines: before?.lines ?? [], from: i, to: i + 1, recalls: true });
    } else if (isBlank(line) && !open?.walled) close(i);
    else if (line.kind !== "directive" || isComment(line)) {
      if (line.kind === "remark") return;
      open ??= { kind: "verse", label: "", from: i, walled: false, lines: [] };
      open.lines.push(line);
    }
  });
  close(song.lines.length);
  return found;
}
