import { Complaint } from "@kuishi/base";
import { addSection, type Draft, type Lyric, type NewSection, placeSection, type Section, type Session, type Song, songSheetOf } from "@kuishi/project";
import { type ChordSong, isComment, metaOf, readChordPro, type SongLine, type SongSection, sectionsOf, writeChordPro } from "@kuishi/score";

type Line = NonNullable<NewSection["lines"]>[number];

/** A song as a file tells it: its sections, each once, and the order in which they come. Lines that say nothing to us are kept as they stand. */
export interface WrittenSong extends Pick<Song, "head" | "tail"> {
  readonly title: string | undefined;
  readonly composer: string | undefined;
  readonly sections: readonly NewSection[];
  /** Sections by index as they are sung, and what they are called there where that is something else. */
  readonly order: readonly { readonly index: number; readonly name?: string }[];
}

const asItStands = (line: SongLine): string => writeChordPro({ songs: [{ lines: [line] }], newline: "\n" }).slice(0, -1);
const linesAsTheyStand = (lines: readonly SongLine[]): string[] => lines.map(asItStands);

/**
 * A song from ChordPro; of a book of songs the first, with the others as lines behind it. A section that is told twice with the same
 * words is one that comes twice; `{chorus}` is the chorus before it.
 * @throws Complaint where there is no song in it.
 */
export function songFromChordPro(text: string): WrittenSong {
  const { songs } = readChordPro(text);
  // a book may begin with `new_song`
  const first = songs.findIndex((one) => one.lines.some((line) => line.kind !== "words" || line.chunks.length > 0));
  const song = songs[first]!;
  const [sections, order, known]: [NewSection[], WrittenSong["order"][number][], Map<string, number>] = [[], [], new Map()];
  const found = sectionsOf(song).filter((section) => section.recalls || !isRemark(song, section));
  let read = 0;
  let between: string[] = [];
  let head: string[] | undefined;
  for (const section of found) {
    between.push(...linesAsTheyStand(song.lines.slice(read, section.from)));
    read = section.to;
    const last = order.findLast(({ index }) => sections[index]!.role === "chorus")?.index;
    if (section.recalls) {
      if (last === undefined) between.push(asItStands(song.lines[section.from]!));
      else {
        // the gap before it is ours to write
        between = withoutGap(between);
        order.push({ index: last, ...(section.label && section.label !== sections[last]!.name ? { name: section.label } : {}) });
      }
      continue;
    }
    if (head === undefined) {
      head = withoutGap(between);
      between = [];
    }
    const own = newSection(song, section, between);
    between = [];
    const key = JSON.stringify([own.role, own.name, own.lines]);
    if (!known.has(key)) known.set(key, sections.push(own) - 1);
    order.push({ index: known.get(key)! });
  }
  const rest = [...between, ...linesAsTheyStand([...song.lines.slice(read), ...songs.slice(first + 1).flatMap((one) => one.lines)])];
  const told = (name: string): string | undefined => metaOf(song).find(([key]) => key === name)?.[1];
  return { title: told("title"), composer: told("composer"), sections, order, head: head ?? rest, tail: head ? rest : [] };
}
/** Nothing but remarks that no block holds: they are of what follows. */
const isRemark = ({ lines: all }: ChordSong, { lines, from }: SongSection): boolean => lines.length > 0 && lines.every(isComment) && isComment(all[from]!);
const withoutGap = (lines: readonly string[]): string[] => (lines.at(-1) === "" ? lines.slice(0, -1) : [...lines]);

function newSection(song: ChordSong, { kind, label, from, to }: SongSection, between: readonly string[]): NewSection {
  const all = song.lines.slice(from, to);
  const [first, last] = [all[0]!, all.at(-1)!];
  const start = first.kind === "directive" && first.name === `start_of_${kind}` ? asItStands(first) : null;
  const end = start !== null && all.length > 1 && last.kind === "directive" && last.name.startsWith("end_of_") ? asItStands(last) : null;
  const lines = all.slice(start === null ? 0 : 1, end === null ? undefined : -1).map(lineOf);
  const usual = (between.length === 0 || (between.length === 1 && between[0] === "")) && start === startOf(kind, label) && end === endOf(kind);
  // a verse without walls is written so again
  const bare = start === null && kind === "verse" && label === "" && between.every((line) => line === "");
  return { role: kind, name: label, lines, file: usual || bare ? null : { before: [...between], start, end } };
}
const startOf = (role: string, name: string): string => asItStands({ kind: "directive", name: `start_of_${role}`, value: name });
const endOf = (role: string): string => asItStands({ kind: "directive", name: `end_of_${role}`, value: "" });

function lineOf(line: SongLine): Line {
  if (line.kind === "directive" && line.name === "comment" && !line.selector && line.as === undefined) return { form: "comment", text: line.value };
  if (line.kind !== "words") return { form: "verbatim", text: asItStands(line) };
  let text = "";
  const chords = line.chunks.flatMap((chunk) => {
    const at = text.length;
    text += chunk.text;
    return chunk.chord === "" ? [] : [{ at, name: chunk.chord }];
  });
  // of two chords over one letter the sheet has room for one
  const twice = new Set(chords.map((chord) => chord.at)).size < chords.length;
  return twice ? spread(line.chunks) : { text, chords };
}
/** Chords alone stand over spaces of their own. */
function spread(chunks: readonly { readonly chord: string; readonly text: string }[]): Line {
  let text = "";
  const chords = chunks.flatMap((chunk, i) => {
    const at = text.length;
    text += chunk.text === "" && i < chunks.length - 1 ? " " : chunk.text;
    return chunk.chord === "" ? [] : [{ at, name: chunk.chord }];
  });
  return { text, chords };
}

/** Puts a song into a project: its sections behind those of the shown arrangement. @param arrangement name of the first one. */
export function layDown(draft: Draft, song: WrittenSong, arrangement: string): void {
  const known = new Map<number, string>();
  for (const [i, { index, name = "" }] of song.order.entries()) {
    const section = known.get(index);
    const place = section === undefined ? addSection(draft, song.sections[index]!, undefined, arrangement) : placeSection(draft, section);
    known.set(index, section ?? draft.get("place", place)!.section);
    // a song grows towards its end, until someone draws it otherwise
    draft.set("place", place, { name, energy: Math.round((0.35 + (0.5 * i) / Math.max(1, song.order.length - 1)) * 100) / 100 });
  }
  const { provenance, head, tail } = draft.session.song;
  const card = { ...provenance, title: provenance.title || song.title || "", composer: song.composer ?? provenance.composer };
  draft.set("song", "song", { provenance: card, head: head.length > 0 ? head : [...song.head], tail: [...tail, ...song.tail] });
}

/** The shown arrangement of a song as ChordPro; a chorus that comes again is recalled. */
export function chordProOf(session: Session): string {
  const { song } = session;
  const out = [...headOf(song)];
  const written = new Set<string>();
  let chorus: string | undefined;
  for (const { place, section, lines } of songSheetOf(session).blocks) {
    if (section.role === "chorus" && chorus === section.id) {
      out.push("", asItStands({ kind: "directive", name: "chorus", value: place.name || section.name }));
      continue;
    }
    if (section.role === "chorus") chorus = section.id;
    const { before, start, end } = wallsOf(section, lines);
    out.push(...(written.has(section.id) || before === null ? (out.length > 0 ? [""] : []) : before));
    written.add(section.id);
    out.push(...(start === null ? [] : [start]), ...lines.map(textOf), ...(end === null ? [] : [end]));
  }
  return `${[...out, ...song.tail].join("\n")}\n`;
}
/** The head with title and composer as the project has them. */
function headOf({ head, provenance }: Song): string[] {
  let lines = [...head];
  for (const [name, value] of [
    ["composer", provenance.composer === "folk" ? "" : provenance.composer],
    ["title", provenance.title],
  ] as const) {
    const at = lines.findIndex((line) => metaIn(line, name) !== undefined);
    if (at >= 0 && metaIn(lines[at]!, name) === value) continue;
    const own = value === "" ? [] : [asItStands({ kind: "directive", name, value })];
    const place = at >= 0 ? at : name === "title" ? 0 : Math.min(1, lines.filter((line) => metaIn(line, "title") !== undefined).length);
    lines = [...lines.slice(0, place), ...own, ...lines.slice(at >= 0 ? place + 1 : place)];
  }
  return lines;
}
/** What a line of ChordPro says of the whole under a name. */
function metaIn(line: string, name: string): string | undefined {
  try {
    return metaOf(readChordPro(line).songs[0]!).find(([key]) => key === name)?.[1];
  } catch (error) {
    if (error instanceof Complaint) return undefined;
    throw error;
  }
}
/** What a song says of itself under a name (`key`, `capo`, `tempo`). */
export const songMeta = ({ head }: Song, name: string): string | undefined => head.map((line) => metaIn(line, name)).findLast((value) => value !== undefined);
/** The head with something said of the whole; empty: nothing any more. */
export function withSongMeta({ head }: Song, name: string, value: string): string[] {
  const others = head.filter((line) => metaIn(line, name) === undefined);
  return value === "" ? others : [...others, asItStands({ kind: "directive", name, value })];
}

/** What stands before a section and around its lines. */
function wallsOf(
  { role, name, file }: Section,
  lines: readonly Lyric[],
): { readonly before: readonly string[] | null; readonly start: string | null; readonly end: string | null } {
  const kept = file?.start != null && sectionsOf(readChordPro(`${file.start}\n`).songs[0]!).every((one) => one.kind === role && one.label === name);
  if (file && kept) return file;
  const before = file?.before ?? null;
  const gap = lines.some((line) => line.form === "words" && line.text.trim() === "" && line.chords.length === 0);
  if (role === "verse" && name === "" && !gap && lines.some((line) => line.form === "words")) return { before, start: null, end: null };
  return { before, start: startOf(role, name), end: endOf(role) };
}
function textOf({ form, text, chords }: Lyric): string {
  if (form === "verbatim") return text;
  if (form === "comment") return asItStands({ kind: "directive", name: "comment", value: text });
  const ends = [...chords.map((chord) => chord.at), text.length];
  const first = ends[0]! > 0 ? [{ chord: "", text: text.slice(0, ends[0]) }] : [];
  return asItStands({ kind: "words", chunks: [...first, ...chords.map((chord, i) => ({ chord: chord.name, text: text.slice(chord.at, ends[i + 1]) }))] });
}
