import { type Fraction, times } from "../fraction.ts";
import type { Attributes, Carried, Chord, Kept, Lyric, Mark, Note, NoteValue, Pitch, TupletRatio } from "../score.ts";
import { element } from "../xml.ts";
import { FAMILIES, ordered } from "./order.ts";

/** A length in divisions of so many to the quarter. */
export const unitsOf = (length: Fraction, divisions: number): string => {
  const [top, bottom] = times(length, [4 * divisions, 1]);
  return String(bottom === 1 ? top : Math.round((top / bottom) * 1e6) / 1e6);
};
/** Semitones of the file. */
export const alterText = (cents: number): string => String(Math.round(cents * 1e4) / 1e6);

/** The note elements of a chord. */
export function noteNodes(chord: Chord, divisions: number): Carried[] {
  return chord.notes.map((note, k) => noteNode(chord, note, k, divisions));
}
function noteNode(chord: Chord, note: Note, k: number, divisions: number): Carried {
  const { own = {} } = note;
  const pick = <T>(other: T | null | undefined, first: T | undefined): T | undefined => (other === undefined ? first : (other ?? undefined));
  const value = pick(own.value, chord.value);
  const tuplet = pick(own.tuplet, chord.tuplet);
  const voice = pick(own.voice, chord.voice);
  const staff = pick(own.staff, chord.staff);
  const grace = pick(own.grace, chord.grace);
  const looks = note.looks ?? {};
  const text = (name: string, told: string | number | undefined): Carried | undefined => (told === undefined ? undefined : element(name, looks[name], told));
  const notations = notationNodes(note);
  return element(
    "note",
    note.look,
    ordered("note", [
      grace && element("grace", { slash: grace.slash === undefined ? undefined : grace.slash ? "yes" : "no", ...grace.look }, grace.carried),
      (own.cue ?? chord.cue) ? element("cue", undefined) : undefined,
      k > 0 ? element("chord", undefined) : undefined,
      soundNode(note),
      grace ? undefined : text("duration", unitsOf(own.length ?? chord.length, divisions)),
      ...(carries(note, "tie") ? [] : (note.ties ?? []).map((type) => element("tie", { type }))),
      note.instrument === undefined ? undefined : element("instrument", { id: note.instrument }),
      text("voice", voice),
      ...(value ? valueNodes(value, looks) : []),
      note.accidental && element("accidental", note.accidental.look, note.accidental.name),
      tuplet && tupletNode(tuplet),
      text("stem", note.stem),
      text("notehead", note.head),
      text("staff", staff),
      ...(k === 0 ? (chord.beams ?? []).map(markNode) : []),
      ...notations,
      ...(k === 0 ? (chord.lyrics ?? []).map(lyricNode) : []),
      ...(note.carried ?? []).filter((one) => one.name !== "notations"),
    ]),
  );
}
const carries = (kept: Kept, name: string): boolean => kept.carried?.some((one) => one.name === name) ?? false;

function soundNode({ sound }: Note): Carried {
  if (sound.kind === "pitch") return pitchNode("pitch", "", sound);
  const shown = [
    sound.step === undefined ? undefined : element("display-step", undefined, sound.step),
    sound.octave === undefined ? undefined : element("display-octave", undefined, sound.octave),
  ];
  return element(sound.kind, { measure: sound.kind !== "rest" || sound.wholeBar === undefined ? undefined : sound.wholeBar ? "yes" : "no" }, shown);
}
export const pitchNode = (name: string, word: string, { step, alter, octave }: Pitch, attributes?: Readonly<Record<string, number>>): Carried =>
  element(name, attributes, [
    element(`${word}step`, undefined, step),
    alter === 0 ? undefined : element(`${word}alter`, undefined, alterText(alter)),
    element(`${word}octave`, undefined, octave),
  ]);
const valueNodes = (value: NoteValue, looks: Readonly<Record<string, Attributes>>): Carried[] => [
  ...(value.type === undefined ? [] : [element("type", looks["type"], value.type)]),
  ...Array.from({ length: value.dots }, () => element("dot", looks["dot"])),
];
const tupletNode = (tuplet: TupletRatio): Carried =>
  element(
    "time-modification",
    tuplet.look,
    ordered("time-modification", [
      element("actual-notes", undefined, tuplet.actual),
      element("normal-notes", undefined, tuplet.normal),
      tuplet.type === undefined ? undefined : element("normal-type", undefined, tuplet.type),
      ...Array.from({ length: tuplet.dots ?? 0 }, () => element("normal-dot", undefined)),
      ...(tuplet.carried ?? []),
    ]),
  );

/** A sign as an element. */
export function markNode(mark: Mark): Carried {
  const bend = mark.cents === undefined ? [] : [element("bend-alter", undefined, alterText(mark.cents))];
  const inside = [...bend, ...(mark.carried ?? [])];
  const look = mark.kind === "dynamic" ? {} : mark.look;
  return element(
    mark.name,
    { type: mark.phase, number: mark.number, placement: mark.kind === "dynamic" ? undefined : mark.place, ...look },
    inside.length > 0 ? inside : mark.value,
  );
}
/** Dynamics that stand together, in their element. */
export const dynamicsNode = (marks: readonly Mark[]): Carried => element("dynamics", { placement: marks[0]?.place, ...marks[0]?.look }, marks.map(markNode));

function notationNodes(note: Note): Carried[] {
  const kept = note.carried?.filter((one) => one.name === "notations") ?? [];
  const marks = note.marks ?? [];
  if (marks.length === 0) return kept;
  const children: Carried[] = [];
  const done = new Set<string>();
  for (const mark of marks) {
    if (mark.kind === "notation") children.push(markNode(mark));
    const family = Object.entries(FAMILIES).find(([, kind]) => kind === mark.kind)?.[0];
    if (!family) continue;
    if (mark.kind === "dynamic" && !mark.joined) children.push(dynamicsNode(runOf(marks, mark)));
    if (mark.kind === "dynamic" || done.has(family)) continue;
    done.add(family);
    children.push(element(family, undefined, marks.filter((one) => one.kind === mark.kind).map(markNode)));
  }
  const [first, ...others] = kept;
  return [{ ...element("notations", first?.attributes, ordered("notations", [...(first?.children ?? []), ...children])) }, ...others];
}
/** A mark and those joined to it. */
export function runOf(marks: readonly Mark[], first: Mark): readonly Mark[] {
  const from = marks.indexOf(first);
  let to = from + 1;
  while (to < marks.length && marks[to]!.joined) to++;
  return marks.slice(from, to);
}

function lyricNode(lyric: Lyric): Carried {
  const text = lyric.syllables.flatMap((syllable): (Carried | undefined)[] => [
    syllable.elision === undefined ? undefined : element("elision", syllable.elisionLook, syllable.elision),
    syllable.part === undefined ? undefined : element("syllabic", undefined, syllable.part),
    element("text", syllable.look, syllable.text),
  ]);
  const extend = lyric.extend === undefined ? undefined : element("extend", { type: lyric.extend || undefined, ...lyric.extendLook });
  return element("lyric", { number: lyric.number, name: lyric.name, ...lyric.look }, [...text, extend, ...(lyric.carried ?? [])]);
}
