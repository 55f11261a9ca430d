import type { Cents } from "@kuishi/base";
import type { Locks, StrokeLock } from "@kuishi/score";
import type { StrokeEvidence } from "./evidence.ts";
import type { PlacedStroke, PlacementConstraints } from "./fretboard.ts";
import type { OnsetCandidate } from "./onset-candidates.ts";
import { MIN_PITCH_GAP_CENTS as PITCHES_APART } from "./pitches.ts";

/** A correction is of the stroke nearest to it within this many seconds. */
const NEAR_SEC = 0.05;
/** What corrections mean for a second hearing. */
export interface Corrected {
  readonly candidates: readonly OnsetCandidate[];
  readonly pitches: readonly Cents[];
  readonly given: PlacementConstraints;
  /** Moments whose strokes the listener gave. */
  readonly locked: ReadonlySet<OnsetCandidate>;
  /** Frets the listener gave: for each string, which pitch index is which fret. */
  readonly frets: readonly ReadonlyMap<number, number>[];
}

/**
 * Turns corrections into what is given to the second hearing: their candidates, their pitches, and where the neck begins
 * if a fret was counted wrongly, which puts right every fret of that string. A note moved to the other string moves no
 * other: leaning on it made the rest worse on every set it was tried on.
 * @param evidence what was heard without them.
 */
export function correct(locks: Locks, evidence: StrokeEvidence): Corrected {
  const { instrument, signal, candidates, pitches, placement, analysers } = evidence;
  const nearest = (at: number): number => {
    let best = -1;
    candidates.forEach((candidate, i) => {
      const d = Math.abs(candidate.at - at);
      if (d < NEAR_SEC && (best < 0 || d < Math.abs(candidates[best]!.at - at))) best = i;
    });
    return best;
  };
  const known = new Map<OnsetCandidate, StrokeLock>();
  const before = new Map<OnsetCandidate, PlacedStroke>();
  const added: OnsetCandidate[] = [];
  for (const lock of locks.strokes) {
    const i = nearest(lock.at);
    const candidate = i < 0 ? { ...analysers.classifier.classify(signal, { at: lock.at, strength: 0.5 }), at: lock.at } : candidates[i]!;
    if (i < 0) added.push(candidate);
    else before.set(candidate, placement.strokes[i]!);
    known.set(candidate, lock);
  }
  const all = [...candidates, ...added].sort((a, b) => a.at - b.at);
  const tones = pitches.slice();
  for (const { notes } of locks.strokes) for (const { cents } of notes) if (!tones.some((tone) => Math.abs(tone - cents) < PITCHES_APART)) tones.push(cents);
  tones.sort((a, b) => a - b);
  const indexOf = (cents: Cents): number => tones.reduce((best, tone, d) => (Math.abs(tone - cents) < Math.abs(tones[best]! - cents) ? d : best), 0);

  const strokes = new Map<number, { string: number; pitch: number }[]>();
  const frets: Map<number, number>[] = [];
  // an open string far outside the instrument is a slip of the pen
  const isNut = (cents: Cents): boolean => cents > instrument.lowest - 700 && cents < instrument.highest;
  const open: (Cents | undefined)[] = locks.open.map((cents) => (cents !== null && isNut(cents) ? cents : undefined));
  all.forEach((candidate, i) => {
    const lock = known.get(candidate);
    if (!lock) return;
    const right = lock.notes.map((note) => ({ ...note, pitch: indexOf(note.cents) }));
    strokes.set(i, right);
    const heard = (before.get(candidate)?.pitches ?? []).map((note) => ({ ...note, pitch: indexOf(note.cents) }));
    for (const note of right) {
      if (note.fret !== undefined) {
        frets[note.string] ??= new Map();
        frets[note.string]?.set(note.pitch, note.fret);
        // a fret that was counted wrongly tells where the neck begins
        const same = heard.some((other) => other.string === note.string && other.fret === note.fret);
        const nut = tones[note.pitch]! - 100 * note.fret;
        if (!same && isNut(nut)) open[note.string] ??= nut;
      }
    }
  });
  return {
    candidates: all,
    pitches: tones,
    given: { open, strokes },
    locked: new Set(known.keys()),
    frets,
  };
}
