import type { Cents } from "@kuishi/base";
import type { Locks, StrokeLock } from "@kuishi/score";
import type { Instrument } from "@kuishi/tuning";
import type { Given, PlacedStroke } from "./fretboard.ts";
import type { Judge, Moment } from "./moments.ts";
import { APART as PITCHES_APART } from "./pitches.ts";
import type { Sound } from "./sound.ts";

/** A correction is of the stroke nearest to it within this many seconds. */
const NEAR = 0.05;
/** What corrections mean for a second hearing. */
export interface Corrected {
  readonly moments: readonly Moment[];
  readonly pitches: readonly Cents[];
  readonly given: Given;
  /** Moments whose strokes the listener gave. */
  readonly locked: ReadonlySet<Moment>;
  /** Frets the listener gave: for each string, which pitch index is which fret. */
  readonly frets: readonly ReadonlyMap<number, number>[];
}

/**
 * Turns corrections into what is given to the second hearing: their moments, their pitches, and where the neck begins
 * if a fret was counted wrongly, which puts right every fret of that string. A note moved to the other string moves no
 * other: leaning on it made the rest worse on every set it was tried on.
 * @param first what was heard without them.
 */
export function correct(
  locks: Locks,
  instrument: Instrument,
  judge: Judge,
  sound: Sound,
  moments: readonly Moment[],
  pitches: readonly Cents[],
  first: readonly PlacedStroke[],
): Corrected {
  const nearest = (at: number): number => {
    let best = -1;
    moments.forEach((moment, i) => {
      const d = Math.abs(moment.at - at);
      if (d < NEAR && (best < 0 || d < Math.abs((moments[best] as Moment).at - at))) best = i;
    });
    return best;
  };
  const known = new Map<Moment, StrokeLock>();
  const before = new Map<Moment, PlacedStroke>();
  const added: Moment[] = [];
  for (const lock of locks.strokes) {
    const i = nearest(lock.at);
    const moment = i < 0 ? { ...judge.judge(sound, { at: lock.at, strength: 0.5 }), at: lock.at } : (moments[i] as Moment);
    if (i < 0) added.push(moment);
    else before.set(moment, first[i] as PlacedStroke);
    known.set(moment, lock);
  }
  const all = [...moments, ...added].sort((a, b) => a.at - b.at);
  const tones = pitches.slice();
  for (const { notes } of locks.strokes) for (const { cents } of notes) if (!tones.some((tone) => Math.abs(tone - cents) < PITCHES_APART)) tones.push(cents);
  tones.sort((a, b) => a - b);
  const indexOf = (cents: Cents): number => tones.reduce((best, tone, d) => (Math.abs(tone - cents) < Math.abs((tones[best] as Cents) - cents) ? d : best), 0);

  const strokes = new Map<number, { string: number; pitch: number }[]>();
  const frets: Map<number, number>[] = [];
  // an open string far outside the instrument is a slip of the pen
  const isNut = (cents: Cents): boolean => cents > instrument.lowest - 700 && cents < instrument.highest;
  const open: (Cents | undefined)[] = locks.open.map((cents) => (cents !== null && isNut(cents) ? cents : undefined));
  all.forEach((moment, i) => {
    const lock = known.get(moment);
    if (!lock) return;
    const right = lock.notes.map((note) => ({ ...note, pitch: indexOf(note.cents) }));
    strokes.set(i, right);
    const heard = (before.get(moment)?.pitches ?? []).map((note) => ({ ...note, pitch: indexOf(note.cents) }));
    for (const note of right) {
      if (note.fret !== undefined) {
        frets[note.string] ??= new Map();
        frets[note.string]?.set(note.pitch, note.fret);
        // a fret that was counted wrongly tells where the neck begins
        const same = heard.some((other) => other.string === note.string && other.fret === note.fret);
        const nut = (tones[note.pitch] as Cents) - 100 * note.fret;
        if (!same && isNut(nut)) open[note.string] ??= nut;
      }
    }
  });
  return {
    moments: all,
    pitches: tones,
    given: { open, strokes },
    locked: new Set(known.keys()),
    frets,
  };
}
