import { type Cents, median, type Seconds } from "@kuishi/base";
import type { Heard, HeardNote, HeardStroke } from "@kuishi/score";

/** Notes that begin within this time are one movement of the hand. */
const STROKE_SEC = 0.035;

/** What sounded at once. */
export interface PlayedStroke {
  readonly at: Seconds;
  readonly notes: readonly HeardNote[];
  /** The hand's movement, where one was heard. */
  readonly movement: HeardStroke | null;
}

/** Notes with a pitch, gathered into strokes; of a line each note is one. */
export function strokesOf(heard: Heard): PlayedStroke[] {
  const movements = new Map(heard.strokes.flatMap((stroke) => stroke.noteIds.map((id) => [id, stroke] as const)));
  const notes = heard.notes.filter((note) => note.cents !== null).sort((a, b) => a.onset - b.onset);
  const strokes: { at: Seconds; notes: HeardNote[]; movement: HeardStroke | null }[] = [];
  for (const note of notes) {
    const movement = movements.get(note.id) ?? null;
    const last = strokes.at(-1);
    if (last && note.onset - last.at < STROKE_SEC && (movement === null || movement === last.movement || last.movement === null)) last.notes.push(note);
    else strokes.push({ at: movement?.at ?? note.onset, notes: [note], movement });
  }
  return strokes.sort((a, b) => a.at - b.at);
}

/** What each string of the take sounds higher than the master's; of a line, one number for all its notes. */
export interface Shift {
  of(note: HeardNote): Cents;
}

/** Shifts that may lie between two hearings: string by string where both have as many, and the interval at which their pitches meet best. */
export function shiftsOf(master: Heard, take: Heard): Shift[] {
  const shift = meetingShift(master.notes, take.notes);
  const meeting: Shift = { of: () => shift };
  const [a, b] = [master.tuning.strings, take.tuning.strings];
  if (a.length === 0 || a.length !== b.length) return [meeting];
  const strings = a.map((string, i) => b[i]!.openCents - string.openCents);
  const all = median(strings);
  return [{ of: (note) => (note.string === null ? all : (strings[note.string] ?? all)) }, meeting];
}

const STEP_CENTS: Cents = 10;
/** Singers and reeds stand where they like: at most an octave and a half away. */
const FARTHEST: Cents = 1800;

/** A note as it counts where pitches are only counted. */
type Sounding = Pick<HeardNote, "cents" | "onset" | "offset">;

/**
 * The shift at which the pitches of two hearings, counted by how long they sound, overlap most; the least where several do.
 * @param than another is believed only where it is so many times better than `instead`.
 */
export function meetingShift(
  master: readonly Sounding[],
  take: readonly Sounding[],
  than: { instead: Cents; better: number } = { instead: 0, better: 1.001 },
): Cents {
  const spectrum = (notes: readonly Sounding[]): Map<number, number> => {
    const bins = new Map<number, number>();
    for (const { cents, onset, offset } of notes) {
      if (cents === null) continue;
      const bin = Math.round(cents / STEP_CENTS);
      for (let d = -3; d <= 3; d++) bins.set(bin + d, (bins.get(bin + d) ?? 0) + (4 - Math.abs(d)) * Math.min(1, offset - onset));
    }
    return bins;
  };
  const [a, b] = [spectrum(master), spectrum(take)];
  const overlap = (d: number): number => {
    let sum = 0;
    for (const [bin, weight] of a) sum += Math.sqrt(weight * (b.get(bin + d) ?? 0));
    return sum;
  };
  const usual = Math.round(than.instead / STEP_CENTS);
  let [best, found] = [overlap(usual) * than.better, usual];
  for (let k = 0; k <= 2 * (FARTHEST / STEP_CENTS); k++) {
    // 0, 1, -1, 2, -2, ...
    const d = k % 2 === 0 ? -k / 2 : (k + 1) / 2;
    const sum = overlap(d);
    if (sum > best * 1.001) [best, found] = [sum, d];
  }
  return found * STEP_CENTS;
}
