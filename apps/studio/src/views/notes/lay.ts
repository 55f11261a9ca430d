import type { Cents } from "@kuishi/base";
import type { EditedNote } from "../../state/notes.ts";

/** What a note is beside when it sounds and how loud. */
export type Tone = Pick<EditedNote, "cents" | "voice">;
/** How the notes of a part lie in the editor: lines from the top down. */
export interface Lay {
  readonly kind: "drums" | "strings" | "roll";
  readonly lines: readonly Tone[];
  /** Line of a note, counted from the top; between two for what lies between them. */
  lineOf(note: Tone): number;
  /** A note so many lines higher; of a string, so many degrees, on the same string. */
  higher(note: Tone, by: number): Tone;
}
/** What decides how notes lie. */
export interface LaidPart {
  readonly kind: string;
  /** Open strings in absolute cents, the lowest first; none for what has no strings. */
  readonly open: readonly Cents[];
  /** Pieces that may be struck, beside those that are. */
  readonly drums: readonly string[];
}
/** The tune's scale: degrees in cents above the tonic. */
export interface Mode {
  readonly tonicCents: Cents;
  readonly degreesCents: readonly Cents[];
}
/** Room above the highest and below the lowest note of a roll, cents. */
const ROOM: Cents = 900;

/** All tones of a scale between two pitches, rising. */
export function scaleBetween({ tonicCents, degreesCents }: Mode, low: Cents, high: Cents): Cents[] {
  const degrees = [...new Set(degreesCents.map((degree) => ((degree % 1200) + 1200) % 1200))].sort((a, b) => a - b);
  const out: Cents[] = [];
  for (let octave = Math.floor((low - tonicCents) / 1200); octave <= Math.ceil((high - tonicCents) / 1200); octave++)
    for (const degree of degrees.length > 0 ? degrees : [0]) {
      const cents = tonicCents + 1200 * octave + degree;
      if (cents >= low && cents <= high) out.push(cents);
    }
  return out;
}
/** Place of a pitch among rising ones, straight between two of them. */
function placeOf(tones: readonly Cents[], cents: Cents): number {
  const k = Math.max(
    0,
    Math.min(
      tones.length - 2,
      tones.findLastIndex((tone) => tone <= cents),
    ),
  );
  const [a, b] = [tones[k]!, tones[k + 1]];
  return b === undefined ? k : k + (cents - a) / (b - a);
}
/** A pitch so many tones of the scale higher; what lies beside the scale comes onto it. */
export function degreesHigher(mode: Mode, cents: Cents, by: number): Cents {
  const tones = scaleBetween(mode, cents - 2400 - 200 * Math.abs(by), cents + 2400 + 200 * Math.abs(by));
  const place = placeOf(tones, cents);
  const to = by > 0 ? Math.floor(place + 1e-6) + by : Math.ceil(place - 1e-6) + by;
  return tones[to] ?? cents;
}

/** Lays a part out by what plays it: drums by their pieces, strings each for itself, all else over the lines of the tune's own scale. */
export function layOf(part: LaidPart, notes: readonly Tone[], mode: Mode): Lay {
  if (part.kind === "drums") {
    const pieces = [...new Set([...notes.map((note) => String(note.voice)), ...part.drums])];
    const lines = pieces.map((voice): Tone => ({ voice, cents: 6000 }));
    const lineOf = (note: Tone): number => Math.max(0, pieces.indexOf(String(note.voice)));
    return { kind: "drums", lines, lineOf, higher: (note, by) => lines[Math.max(0, Math.min(lines.length - 1, lineOf(note) - by))] ?? note };
  }
  if (part.open.length > 0 && notes.every((note) => typeof note.voice === "number" && note.voice < part.open.length)) {
    const lines = part.open.map((cents, voice): Tone => ({ voice, cents })).reverse();
    const lowest = (note: Tone): Cents => part.open[Number(note.voice)] ?? 0;
    return {
      kind: "strings",
      lines,
      lineOf: (note) => part.open.length - 1 - Number(note.voice),
      higher: (note, by) => ({ voice: note.voice, cents: Math.max(lowest(note), degreesHigher(mode, note.cents, by)) }),
    };
  }
  const all = notes.map((note) => note.cents);
  const [low, high] = all.length > 0 ? [Math.min(...all) - ROOM, Math.max(...all) + ROOM] : [mode.tonicCents - ROOM, mode.tonicCents + 1200 + ROOM];
  const tones = scaleBetween(mode, low, high);
  const voice = notes[0]?.voice ?? "";
  return {
    kind: "roll",
    lines: tones.map((cents): Tone => ({ voice, cents })).reverse(),
    lineOf: (note) => tones.length - 1 - placeOf(tones, note.cents),
    higher: (note, by) => ({ voice: note.voice, cents: degreesHigher(mode, note.cents, by) }),
  };
}
