import { type Chord, type Clef, type Item, isRest, keyAlters, meterText, type Note, type Part, type Score, type TimeSignature, wholes } from "@kuishi/score";

/** A bar of one part, ready to be drawn. */
export interface DrawnBar {
  readonly number: string;
  /** As printed, "4/4", "3+2+2/8"; empty where the rhythm is free. */
  readonly meter: string;
  /** Whole notes. */
  readonly length: number;
  /** Where groups end, whole notes. */
  readonly groups: readonly number[];
  readonly chords: readonly DrawnChord[];
  /** What each staff begins under. */
  readonly staves: readonly StaffSigns[];
  readonly repeats: { readonly start: boolean; readonly end: boolean; readonly ending: string };
}
export interface StaffSigns {
  readonly clef: Pick<Clef, "sign" | "line" | "octaves">;
  readonly fifths: number;
}
export interface DrawnChord {
  /** Whole notes from the start of the bar. */
  readonly at: number;
  /** From 0. */
  readonly staff: number;
  readonly voice: string;
  readonly value: { readonly open: boolean; readonly stem: boolean; readonly flags: number; readonly dots: number };
  readonly rest: boolean;
  readonly grace: boolean;
  /** The number of a tuplet that begins with it. */
  readonly tuplet: string;
  readonly notes: readonly DrawnNote[];
  readonly stroke: "down" | "up" | undefined;
  readonly words: string;
  readonly symbol: string;
}
export interface DrawnNote {
  /** Of the hearing it is from. */
  readonly id: string | undefined;
  /** Steps above the lowest line of its staff. */
  readonly step: number;
  /** The accidental before it, in quarter tones of 50 cents; undefined for none. */
  readonly accidental: number | undefined;
  /** Cents that no accidental tells. */
  readonly beside: number;
  /** From 1, the highest. */
  readonly string: number | undefined;
  readonly fret: string | undefined;
  readonly cross: boolean;
  /** Goes on from the note before. */
  readonly tied: boolean;
}

export const LETTERS = "CDEFGAB";
/** Steps of the letter that a clef puts on its line, from C of octave 0. */
const CLEF_STEPS: Readonly<Record<string, readonly [step: number, line: number]>> = { G: [32, 2], F: [24, 4], C: [28, 3], percussion: [32, 2] };
const lowestLine = ({ sign, line, octaves }: StaffSigns["clef"]): number => {
  const [step, usual] = CLEF_STEPS[sign] ?? CLEF_STEPS["G"]!;
  return step - 2 * ((line ?? usual) - 1) + 7 * (octaves ?? 0);
};
const TREBLE: StaffSigns = { clef: { sign: "G", line: 2 }, fifths: 0 };

/** How many strings a part tells of. */
export function stringsOf(part: Part): number {
  let most = 0;
  for (const { items } of part.bars)
    for (const item of items) {
      if (item.kind === "staff" && item.strings) return item.strings.length;
      if (item.kind === "chord") for (const note of item.notes) most = Math.max(most, stringOf(note) ?? 0);
    }
  return Math.min(12, most);
}
const figure = (note: Note, name: string): string | undefined => note.marks?.find((mark) => mark.name === name)?.value;
const stringOf = (note: Note): number | undefined => {
  const told = Number(figure(note, "string") ?? Number.NaN);
  return told >= 1 && told <= 64 ? told : undefined;
};

/** The bars of a part as they are drawn. */
export function drawnBars(score: Score, part: Part): readonly DrawnBar[] {
  let time: TimeSignature | undefined;
  const count = Math.max(1, ...part.bars.flatMap(({ items }) => items.map((item) => (item.kind === "staff" ? (item.staves ?? 1) : (item.staff ?? 1))))) % 9;
  const signs: StaffSigns[] = Array.from({ length: count || 1 }, () => TREBLE);
  return score.bars.map((bar, b): DrawnBar => {
    const own = part.bars[b]?.own ?? bar;
    time = own.time?.[0] ?? time;
    const items = part.bars[b]?.items ?? [];
    for (const item of items) takeSigns(item, signs, item.at[0] === 0);
    const staves = [...signs];
    const chords = chordsOf(items, staves);
    for (const item of items) takeSigns(item, signs, true);
    const lines = own.barlines ?? [];
    return {
      number: bar.number,
      meter: (time?.meters ?? []).map((meter) => (meter.told === undefined ? meterText(meter) : `${meter.told}/${meter.unit}`)).join("+"),
      length: wholes(bar.length),
      groups: groupsOf(time, wholes(bar.length)),
      chords,
      staves,
      repeats: {
        start: lines.some((line) => line.repeat?.direction === "forward"),
        end: lines.some((line) => line.repeat?.direction === "backward"),
        ending: lines.find((line) => line.ending?.phase === "start")?.ending?.numbers ?? "",
      },
    };
  });
}
function takeSigns(item: Item, signs: StaffSigns[], now: boolean): void {
  if (!now || (item.kind !== "clef" && item.kind !== "key")) return;
  signs.forEach((before, s) => {
    if (item.staff !== undefined && item.staff !== s + 1) return;
    signs[s] = item.kind === "clef" ? { ...before, clef: item } : { ...before, fifths: item.fifths ?? 0 };
  });
}
function groupsOf(time: TimeSignature | undefined, length: number): readonly number[] {
  const groups = (time?.meters ?? []).flatMap(({ groups: own, unit }) => own.map((group) => group / unit));
  const told = groups.length > 0 ? groups : Array.from({ length: Math.max(1, Math.ceil(length * 4)) }, () => 1 / 4);
  let edge = 0;
  return told.map((group) => (edge += group));
}

/** Names of note values, longest first. */
const VALUES = ["maxima", "long", "breve", "whole", "half", "quarter", "eighth", "16th", "32nd", "64th", "128th", "256th"];
function printed(chord: Chord): DrawnChord["value"] {
  const size = wholes(chord.length);
  // one that no single value tells looks as the longest that fits
  const found = chord.value?.type ? VALUES.indexOf(chord.value.type) : VALUES.findIndex((_, k) => 8 / (1 << k) <= size + 1e-9);
  const at = found >= 0 ? found : VALUES.length - 1;
  return { open: at <= 4, stem: at >= 4, flags: Math.max(0, at - 5), dots: chord.value?.dots ?? 0 };
}

function chordsOf(items: readonly Item[], signs: readonly StaffSigns[]): DrawnChord[] {
  /** Accidentals that hold, by staff, letter and octave. */
  const held = new Map<string, number>();
  let name = "";
  return items.flatMap((item): DrawnChord[] => {
    if (item.kind === "harmony")
      name = item.chords
        .map(
          (chord) =>
            `${chord.root ? chord.root.step + signOf(chord.root.alter) : ""}${chord.text ?? QUALITY[chord.quality] ?? ""}${chord.bass ? `/${chord.bass.step}${signOf(chord.bass.alter)}` : ""}`,
        )
        .join(" ");
    if (item.kind !== "chord") return [];
    const staff = Math.min(signs.length, Math.max(1, item.staff ?? 1)) - 1;
    const rest = isRest(item);
    if (rest && item.notes.some((note) => note.look?.["print-object"] === "no")) return [];
    const symbol = name;
    name = "";
    const starts = item.notes[0]?.marks?.some((mark) => mark.name === "tuplet" && mark.phase === "start");
    const stroke = item.notes.flatMap((note) => note.marks ?? []).find((mark) => mark.name === "down-bow" || mark.name === "up-bow")?.name;
    return [
      {
        at: wholes(item.at),
        staff,
        voice: item.voice ?? "1",
        value: printed(item),
        rest,
        grace: item.grace !== undefined,
        tuplet: starts && item.tuplet ? String(item.tuplet.actual) : "",
        notes: rest ? [] : item.notes.map((note) => noteOf(note, signs[staff]!, staff, held)),
        stroke: stroke === undefined ? undefined : stroke === "down-bow" ? "down" : "up",
        words: (item.lyrics?.[0]?.syllables ?? []).map(({ text, part }) => text + (part === "begin" || part === "middle" ? "-" : "")).join(" "),
        symbol,
      },
    ];
  });
}
const signOf = (alter: number): string => (alter === 100 ? "\u266f" : alter === -100 ? "\u266d" : "");
const QUALITY: Readonly<Record<string, string>> = {
  minor: "m",
  dominant: "7",
  "major-seventh": "maj7",
  "minor-seventh": "m7",
  diminished: "dim",
  augmented: "+",
  "suspended-fourth": "sus4",
};
function noteOf(note: Note, signs: StaffSigns, staff: number, held: Map<string, number>): DrawnNote {
  const { sound } = note;
  const step = "step" in sound && sound.step ? LETTERS.indexOf(sound.step) + 7 * (sound.octave ?? 4) - lowestLine(signs.clef) : 4;
  const tied = note.ties?.includes("stop") ?? false;
  const fret = figure(note, "other-technical")?.match(/^fret (\d+\.5)$/)?.[1] ?? figure(note, "fret");
  const drawn = { id: note.look?.["id"], step, string: stringOf(note), fret: tied ? undefined : fret, cross: note.head === "x" || note.head === "cross", tied };
  if (sound.kind !== "pitch") return { ...drawn, accidental: undefined, beside: 0 };
  const quarter = Math.round(sound.alter / 50) * 50;
  const place = `${staff}${sound.step}${sound.octave}`;
  const known = held.get(place) ?? keyAlters(signs.fifths)[sound.step] ?? 0;
  held.set(place, quarter);
  return { ...drawn, accidental: quarter === known || tied ? undefined : quarter, beside: tied ? 0 : sound.alter - quarter };
}
