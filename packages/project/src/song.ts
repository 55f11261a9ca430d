import type { Draft } from "./document.ts";
import type { Arrangement, Lyric, Place, Section, Session } from "./records.ts";

/**
 * What a hand does with a song's sheet. Each works inside an edit, so that whatever it moves is one
 * step. A section that no arrangement has any more stays among the sections: it is set aside, not lost.
 */

/** A section where it comes in the shown arrangement. */
export interface Block {
  readonly place: Place;
  readonly section: Section;
  readonly lines: readonly Lyric[];
}
/** The song as its sheet shows it. */
export interface SongSheet {
  readonly arrangement: Arrangement | undefined;
  readonly blocks: readonly Block[];
  /** Sections that the shown arrangement leaves out. */
  readonly aside: readonly Section[];
}

/** The arrangement that is shown. */
export const arrangementOf = ({ song, arrangements }: Session): Arrangement | undefined =>
  arrangements.find((one) => one.id === song.arrangement) ?? arrangements[0];
/** A section's lines, in order. */
export const linesOf = ({ lyrics }: Session, section: string): Lyric[] => lyrics.filter((line) => line.section === section);
/** A pure view of the records: each block stands as often as it comes. */
export function songSheetOf(session: Session): SongSheet {
  const arrangement = arrangementOf(session);
  const places = placesOf(session, arrangement?.id);
  const used = new Set(places.map((place) => place.section));
  return {
    arrangement,
    blocks: places.map((place) => ({ place, section: session.sections.get(place.section)!, lines: linesOf(session, place.section) })),
    aside: [...session.sections.values()].filter((section) => !used.has(section.id)),
  };
}
const placesOf = ({ places }: Session, arrangement: string | undefined): Place[] => places.filter((place) => place.arrangement === arrangement);

/** Puts something at an index of an ordered list, between its neighbours; where no number is left between them, all are numbered anew. */
function putAt<T extends { readonly id: string; readonly order: number }>(list: readonly T[], index: number, set: (id: string, order: number) => void): number {
  const at = Math.max(0, Math.min(list.length, index));
  const [before, after] = [list[at - 1]?.order, list[at]?.order];
  if (before === undefined) return (after ?? 1) - 1;
  if (after === undefined) return before + 1;
  const middle = (before + after) / 2;
  if (middle > before && middle < after) return middle;
  list.forEach((one, i) => set(one.id, i < at ? i : i + 1));
  return at;
}
const placeAt = (draft: Draft, places: readonly Place[], index: number): number => putAt(places, index, (id, order) => draft.set("place", id, { order }));

/** The arrangement that is shown; the song's first where there is none. @param name what that is called. */
function shownArrangement(draft: Draft, name: string): string {
  const shown = arrangementOf(draft.session);
  if (shown) return shown.id;
  const id = draft.newId("arrangement");
  draft.put({ id, kind: "arrangement", name, order: 0 });
  return id;
}
/** What is put into a new section or a new place. */
export interface NewSection {
  readonly role: string;
  readonly name?: string;
  readonly file?: Section["file"];
  /** Lines; without any, an empty one. */
  readonly lines?: readonly Partial<Pick<Lyric, "text" | "chords" | "form" | "others">>[];
}
/** Adds a section at an index of the shown arrangement, or at its end. @param first name of the arrangement where there is none. @returns the new place. */
export function addSection(draft: Draft, { role, name = "", file = null, lines = [{}] }: NewSection, index = Number.POSITIVE_INFINITY, first = ""): string {
  const section = draft.newId("section");
  draft.put({ id: section, kind: "section", role, name, file });
  for (const [order, line] of lines.entries()) draft.put({ ...emptyLine, ...line, id: draft.newId("lyric"), section, order });
  return placeSection(draft, section, index, undefined, first);
}
const emptyLine = { kind: "lyric", text: "", chords: [], form: "words", others: [] } as const satisfies Partial<Lyric>;

/** Lets a section come at an index of the shown arrangement. Without an energy it keeps on the line between its neighbours. @returns the new place. */
export function placeSection(draft: Draft, section: string, index = Number.POSITIVE_INFINITY, energy?: number, first = ""): string {
  const arrangement = shownArrangement(draft, first);
  const places = placesOf(draft.session, arrangement);
  const at = Math.max(0, Math.min(places.length, index));
  const around = [places[at - 1]?.energy, places[at]?.energy].filter((one): one is number => one !== undefined);
  const between = around.length > 0 ? around.reduce((sum, one) => sum + one, 0) / around.length : 0.5;
  const id = draft.newId("place");
  draft.put({ id, kind: "place", arrangement, section, order: placeAt(draft, places, at), energy: energy ?? between, name: "" });
  return id;
}
/** Lets the same section come once more, right behind. @returns the new place. */
export function repeatPlace(draft: Draft, id: string): string | undefined {
  const place = draft.get("place", id);
  return place && placeSection(draft, place.section, indexOf(draft, place) + 1, place.energy);
}
/** Puts a section of its own with the same words and chords right behind. @returns the new place. */
export function duplicateSection(draft: Draft, id: string): string | undefined {
  const place = draft.get("place", id);
  const section = place && draft.get("section", place.section);
  if (!place || !section) return undefined;
  return addSection(draft, { role: section.role, name: section.name, lines: linesOf(draft.session, section.id).map(linePart) }, indexOf(draft, place) + 1);
}
const linePart = ({ text, chords, form, others }: Lyric) => ({ text, chords, form, others });
const indexOf = (draft: Draft, place: Place): number => placesOf(draft.session, place.arrangement).findIndex((one) => one.id === place.id);

/** Moves a block to an index among the others of its arrangement. */
export function movePlace(draft: Draft, id: string, index: number): void {
  const place = draft.get("place", id);
  if (!place) return;
  const others = placesOf(draft.session, place.arrangement).filter((one) => one.id !== id);
  draft.set("place", id, { order: placeAt(draft, others, index) });
}
/** Takes a block out of its arrangement. The section stays: other arrangements may have it, else it is set aside; an empty one goes. */
export function removePlace(draft: Draft, id: string): void {
  const place = draft.get("place", id);
  if (!place) return;
  draft.remove(id);
  const { session } = draft;
  if (session.places.every((other) => other.section !== place.section) && linesOf(session, place.section).every(isEmpty)) draft.remove(place.section);
}
const isEmpty = (line: Lyric): boolean => line.text === "" && line.chords.length === 0 && line.others.length === 0;

/** A new arrangement with the blocks of the shown one; it is shown from now on. @returns its id. */
export function copyArrangement(draft: Draft, name: string): string {
  const from = arrangementOf(draft.session);
  const id = draft.newId("arrangement");
  draft.put({ id, kind: "arrangement", name, order: 1 + Math.max(-1, ...draft.session.arrangements.map((one) => one.order)) });
  for (const place of placesOf(draft.session, from?.id)) draft.put({ ...place, id: draft.newId("place"), arrangement: id });
  draft.set("song", "song", { arrangement: id });
  return id;
}
/** Brings the blocks of the shown arrangement into another order. @param order ids of its places; those not named keep their order behind. */
export function reorderPlaces(draft: Draft, order: readonly string[]): void {
  const places = placesOf(draft.session, arrangementOf(draft.session)?.id);
  const rank = new Map(order.map((id, i) => [id, i]));
  const next = [...places].sort((a, b) => (rank.get(a.id) ?? order.length) - (rank.get(b.id) ?? order.length));
  next.forEach((place, i) => draft.set("place", place.id, { order: i }));
}

type Chords = Lyric["chords"];
/** Words as they were typed, chords in brackets among them: without the brackets, the chords at their places. */
export function withTypedChords(text: string, chords: Chords): { readonly text: string; readonly chords: Chords } {
  let now = { text, chords };
  for (let typed = /\[([^[\]\n]*)\]/.exec(now.text); typed; typed = /\[([^[\]\n]*)\]/.exec(now.text)) {
    const [whole, name = ""] = typed;
    const at = typed.index;
    const rest = now.text.slice(0, at) + now.text.slice(at + whole.length);
    const moved = now.chords.map((chord) => (chord.at > at ? { ...chord, at: Math.max(at, chord.at - whole.length) } : chord));
    now = { text: rest, chords: name.trim() === "" ? moved : withChord(moved, at, name.trim()) };
  }
  return now;
}
/** A chord put over a place of the text, instead of one that stood there; an empty name takes it away. */
export function withChord(chords: Chords, at: number, name: string): Chords {
  const others = chords.filter((chord) => chord.at !== at);
  return name === "" ? others : [...others, { at, name }].sort((a, b) => a.at - b.at);
}
/** Chords when their words have become others: each stays over its letters; what stood over letters that went stands where they were. */
export function chordsAfter(chords: Chords, before: string, after: string): Chords {
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) head++;
  let tail = 0;
  while (tail < before.length - head && tail < after.length - head && before.at(-1 - tail) === after.at(-1 - tail)) tail++;
  const longer = after.length - before.length;
  const end = before.length - tail;
  const moved = chords.map((chord) => {
    // what is written on behind a last chord is sung to it; before any other, the chord goes on with its word
    if (chord.at < head || (chord.at === head && (end > head || chord.at === before.length))) return chord;
    return { ...chord, at: chord.at < end ? head : chord.at + longer };
  });
  const last = new Map(moved.map((chord) => [chord.at, chord]));
  return [...last.values()].sort((a, b) => a.at - b.at);
}
/** Gives a line other words; chords typed in brackets go above. */
export function writeLine(draft: Draft, id: string, typed: string): void {
  const line = draft.get("lyric", id);
  if (line) draft.set("lyric", id, line.form === "words" ? withTypedChords(typed, chordsAfter(line.chords, line.text, typed)) : { text: typed });
}
/** Adds lines behind another one. @returns the id of the last. */
export function addLines(draft: Draft, after: string, texts: readonly string[]): string | undefined {
  const line = draft.get("lyric", after);
  if (!line) return undefined;
  let last = after;
  for (const typed of texts) {
    const lines = linesOf(draft.session, line.section);
    const order = putAt(lines, 1 + lines.findIndex((one) => one.id === last), (id, to) => draft.set("lyric", id, { order: to }));
    last = draft.newId("lyric");
    draft.put({ ...emptyLine, ...withTypedChords(typed, []), id: last, section: line.section, order });
  }
  return last;
}
/** Cuts a line in two at a place of its text. @returns the id of the second. */
export function splitLine(draft: Draft, id: string, at: number): string | undefined {
  const line = draft.get("lyric", id);
  const next = line && addLines(draft, id, [""]);
  if (!line || next === undefined) return undefined;
  const rest = line.text.slice(at);
  const lead = rest.length - rest.trimStart().length;
  const goes = (chord: Chords[number]): boolean => chord.at > at || (chord.at === at && rest.trim() !== "");
  draft.set("lyric", next, { text: rest.trimStart(), chords: line.chords.filter(goes).map((chord) => ({ ...chord, at: Math.max(0, chord.at - at - lead) })) });
  const text = line.text.slice(0, at).trimEnd();
  draft.set("lyric", id, { text, chords: line.chords.filter((chord) => !goes(chord)).map((chord) => ({ ...chord, at: Math.min(chord.at, text.length) })) });
  return next;
}
/** Joins a line to the one before it. @returns that one, and where in it they meet. */
export function joinLine(draft: Draft, id: string): { readonly id: string; readonly at: number } | undefined {
  const line = draft.get("lyric", id);
  if (!line) return undefined;
  const lines = linesOf(draft.session, line.section);
  const before = lines[lines.findIndex((one) => one.id === id) - 1];
  if (!before) return undefined;
  const gap = before.text !== "" && line.text !== "" ? " " : "";
  const at = before.text.length + gap.length;
  draft.set("lyric", before.id, {
    text: before.text + gap + line.text,
    chords: line.chords.reduce((all, chord) => withChord(all, chord.at + at, chord.name), before.chords),
    others: [...before.others, ...line.others],
  });
  draft.remove(id);
  return { id: before.id, at };
}
/** Takes a line away; the last one of a section is emptied, so that there is something to write in. */
export function removeLine(draft: Draft, id: string): void {
  const line = draft.get("lyric", id);
  if (!line) return;
  if (linesOf(draft.session, line.section).length > 1) draft.remove(id);
  else draft.set("lyric", id, { text: "", chords: [], others: [] });
}
/** Keeps what a line says beside it, and gives it the version that was kept longest; without any it stays as it is, with a copy to be changed. */
export function turnLine(draft: Draft, id: string): void {
  const line = draft.get("lyric", id);
  if (!line) return;
  const own = { text: line.text, chords: line.chords };
  const [next, ...rest] = line.others;
  draft.set("lyric", id, next ? { ...next, others: [...rest, own] } : { others: [own] });
}
/** Gives every chord of the song another name. @param renamed of a name; the same where it cannot be told. */
export function renameChords(draft: Draft, renamed: (name: string) => string): void {
  for (const line of draft.session.lyrics) {
    const chords = line.chords.map((chord) => ({ ...chord, name: renamed(chord.name) }));
    const others = line.others.map((other) => ({ ...other, chords: other.chords.map((chord) => ({ ...chord, name: renamed(chord.name) })) }));
    draft.set("lyric", line.id, { chords, others });
  }
}
