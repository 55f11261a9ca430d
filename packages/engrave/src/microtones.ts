import { model } from "@coderline/alphatab";
import type { Chord, Item, Note, Part, PartBar, Pitch, Score } from "@kuishi/score";

/**
 * The engraver knows whole accidentals alone. A pitch between them is given to it as a double one, which it keeps apart from the plain ones of
 * its line and of the key; what it draws there is our own sign, found again by a colour that nothing else has.
 */

/** SMuFL signs by cents: Stein and Zimmermann's quarter tones; arrows for what is smaller. */
const QUARTERS: readonly (readonly [cents: number, code: number])[] = [
  [-150, 0xe281],
  [-50, 0xe280],
  [50, 0xe282],
  [150, 0xe283],
];
/** A plain sign with an arrow: flat, natural, sharp, each down and up. */
const ARROWS: readonly (readonly [cents: number, down: number, up: number])[] = [
  [-100, 0xe271, 0xe270],
  [0, 0xe273, 0xe272],
  [100, 0xe275, 0xe274],
];
/** So near to a quarter tone a pitch is written as one; what is further has its cents beside the sign. */
const NEAR_CENTS = 12;

/** The sign of an alteration, and the cents told over it where the sign alone would not say. */
export function signOf(alter: number): { readonly code: number; readonly told?: string } {
  const quarter = QUARTERS.find(([cents]) => Math.abs(cents - alter) <= NEAR_CENTS);
  if (quarter) return { code: quarter[1] };
  const [cents, down, up] = ARROWS.reduce((best, one) => (Math.abs(one[0] - alter) < Math.abs(best[0] - alter) ? one : best));
  const beside = Math.round(alter - cents);
  return { code: beside < 0 ? down : up, told: beside > 0 ? `+${beside}` : `−${-beside}` };
}

const isBetween = ({ alter }: Pitch): boolean => Math.abs(alter / 100 - Math.round(alter / 100)) > 0.04;
const OFFSET = 512;
/** Alterations travel as colours: cents in the two lower parts. */
const colourOf = (alter: number): model.Color => new model.Color(1, (Math.round(alter) + OFFSET) >> 8, (Math.round(alter) + OFFSET) & 255);
/** The alteration that a colour tells; undefined for every colour that is one. */
export function alterOf(colour: string): number | undefined {
  const hex = /^#01(..)(..)$/i.exec(colour);
  return hex ? Number.parseInt(hex[1]! + hex[2]!, 16) - OFFSET : undefined;
}

/** Steps in semitones above C. */
const SEMITONES: Readonly<Record<Pitch["step"], number>> = { C: 0, D: 2, E: 4, F: 5, G: 7, A: 9, B: 11 };
const midiOf = (pitch: Pitch): number => (pitch.octave + 1) * 12 + SEMITONES[pitch.step] + pitch.alter / 100;

/** By bar, and the number the engraver knows a pitch by: what it stands for. */
export type Microtones = ReadonlyMap<string, number>;
const keyOf = (part: number, bar: number, at: number, value: number): string => `${part} ${bar} ${Math.round(at * 3840)} ${value}`;

/** Without its place in the bar, which the engraver reckons otherwise where voices have gaps. */
const looseKey = (part: number, bar: number, value: number): string => `${part} ${bar} ${value}`;

/** A score with every pitch between the semitones written as a double accidental, and which they were. */
export function plainPitches(score: Score): { readonly score: Score; readonly microtones: Microtones } {
  const found = new Map<string, number>();
  const parts = score.parts.map((part, p): Part => ({ ...part, bars: part.bars.map((bar, b) => plainBar(bar, p, b, found)) }));
  return { score: found.size > 0 ? { ...score, parts } : score, microtones: found };
}
function plainBar(bar: PartBar, part: number, index: number, found: Map<string, number>): PartBar {
  /** What stood last on a line of the staff, and as which double accidental. */
  const last = new Map<string, { readonly alter: number; readonly as: number }>();
  const plainNote = (note: Note, chord: Chord): Note => {
    if (note.sound.kind !== "pitch" || !isBetween(note.sound)) return note;
    const { step, octave, alter } = note.sound;
    const line = `${chord.staff ?? 1} ${step}${octave}`;
    const before = last.get(line);
    const as = before === undefined || before.alter === alter ? (before?.as ?? -200) : -before.as;
    last.set(line, { alter, as });
    const sound: Pitch = { kind: "pitch", step, octave, alter: as };
    found.set(keyOf(part, index, chord.at[0] / chord.at[1], midiOf(sound)), alter);
    found.set(looseKey(part, index, midiOf(sound)), alter);
    return { ...note, sound, accidental: { name: as < 0 ? "flat-flat" : "double-sharp" } };
  };
  const items = bar.items.map((item): Item => (item.kind === "chord" ? { ...item, notes: item.notes.map((note) => plainNote(note, item)) } : item));
  return { ...bar, items };
}

/** Marks the engraver's notes that stand for pitches between the semitones. */
export function markMicrotones(score: model.Score, microtones: Microtones): void {
  if (microtones.size === 0) return;
  for (const [beat, p] of beatsOf(score))
    for (const note of beat.notes) {
      const bar = beat.voice.bar.index;
      const values = [note.octave * 12 + note.tone, note.displayValueWithoutBend, note.realValue];
      const alter = [...values.map((value) => keyOf(p, bar, beat.displayStart / 3840, value)), ...values.map((value) => looseKey(p, bar, value))]
        .map((key) => microtones.get(key))
        .find((found) => found !== undefined);
      if (alter === undefined) continue;
      note.style ??= new model.NoteStyle();
      note.style.colors.set(model.NoteSubElement.StandardNotationAccidentals, colourOf(alter));
    }
}
function* beatsOf(score: model.Score): Generator<readonly [model.Beat, number]> {
  for (const [p, track] of score.tracks.entries())
    for (const staff of track.staves) for (const bar of staff.bars) for (const voice of bar.voices) for (const beat of voice.beats) yield [beat, p];
}
