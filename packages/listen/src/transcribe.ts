import { Complaint, clamp, rounded, type Seconds } from "@kuishi/base";
import type { HeardNote, HeardString, HeardStroke, Locks } from "@kuishi/score";
import { placeNotes } from "./courses.ts";
import type { Evidence, LineEvidence, StrokeEvidence } from "./evidence.ts";
import { fretTable } from "./fretboard.ts";
import { correct } from "./locks.ts";
import { isHeard, strokesOf, tunePitches, writeNotes } from "./notes.ts";
import { type LineNote, notesOfTrack, type PitchTrack } from "./pitch-track.ts";
import { trackSinger } from "./singer.ts";
import { findTime, type Time, timeOfPulses } from "./time.ts";

/** Notes and time; mode and form are told from it, however it came about. */
export interface Transcription {
  readonly notes: HeardNote[];
  readonly strokes: HeardStroke[];
  /** Empty for a line. */
  readonly strings: HeardString[];
  readonly time: Time;
}

/**
 * What was played, as the evidence and the listener's corrections have it: the same for the same two.
 * @throws Complaint `notEnough` when fewer than three strokes are left.
 */
export function transcribe(evidence: Evidence, locks: Locks): Transcription {
  const own = inside(locks, evidence.signal.seconds);
  return evidence.kind === "strokes" ? transcribeStrokes(evidence, own) : transcribeLine(evidence, own);
}
/** What is said of moments the recording has: a stroke after its end would stretch the tune to there. */
const inside = (locks: Locks, seconds: Seconds): Locks => ({
  ...locks,
  strokes: locks.strokes.filter(({ at }) => at <= seconds),
  bars: locks.bars.filter(({ at }) => at <= seconds),
});

/** Stroke by stroke, placed on the neck; what was corrected is placed anew with all that hangs on it. */
function transcribeStrokes(evidence: StrokeEvidence, locks: Locks): Transcription {
  const { instrument, signal, pitches, placement, analysers } = evidence;
  const corrected = locks.strokes.length + locks.open.length === 0 ? undefined : correct(locks, evidence);
  const { strokes, open } = corrected ? placeNotes(corrected.candidates, corrected.pitches, instrument, corrected.given) : placement;
  const heard = strokes.filter((stroke) => (corrected?.locked.has(stroke.candidate) ? stroke.pitches.length > 0 : isHeard(stroke)));
  if (heard.length < 3) throw new Complaint("notEnough", "listen.few", { count: heard.length });
  const tuned = tunePitches(analysers.tuner, signal, heard, corrected?.pitches ?? pitches);
  const placed = heard.map((stroke) => ({
    ...stroke,
    pitches: stroke.pitches.map((note) => {
      const fret = corrected?.frets[note.string]?.get(note.pitch) ?? note.fret;
      const sure = corrected?.locked.has(stroke.candidate) ? { sure: 1, stringSure: 1 } : {};
      return { ...note, fret, cents: tuned[note.pitch]!, ...sure };
    }),
  }));
  const played = strokesOf(signal, placed);
  const { notes, strokes: written } = writeNotes(analysers.ends, signal, played, open.sure);
  const time = findTime(played, signal.seconds, locks.bars);
  return {
    notes: [...notes, ...sungNotes(evidence, notes)],
    strokes: withDirections(written, time.strokeSlots, time.perPulse),
    strings: fretTable(placed, open, instrument.frets),
    time,
  };
}

/** What somebody sings to the strings, numbered after their notes. */
function sungNotes({ instrument, signal, analysers }: StrokeEvidence, notes: readonly HeardNote[]): HeardNote[] {
  if (!instrument.singer || !analysers.singer) return [];
  const strings = notes.flatMap(({ onset, offset, cents }) => (cents === null ? [] : [{ onset, offset, cents }]));
  const track = trackSinger(analysers.singer, signal, instrument.singer, strings);
  return writeLine(track, notesOfTrack(track), notes.length + 1);
}

/** One line of continuous pitch: every note keeps its curve, glides and vibrato in it. */
function transcribeLine({ signal, track, found }: LineEvidence, locks: Locks): Transcription {
  const loudest = Math.max(...found.map((note) => note.level));
  const pulses = found.map((note) => ({
    at: note.onset,
    weight: clamp(note.level / loudest, 0.1, 1.3),
    mark: 0.3 + 0.4 * clamp((note.offset - note.onset) / 0.5, 0, 1),
  }));
  return { notes: writeLine(track, found, 1), strokes: [], strings: [], time: timeOfPulses(pulses, signal.seconds, locks.bars) };
}

/** Notes of a line, numbered from `first`, each with its curve. */
function writeLine(track: PitchTrack, found: readonly LineNote[], first: number): HeardNote[] {
  return found.map((note, i): HeardNote => {
    const sure = rounded(clamp(note.clarity, 0, 1), 3);
    return {
      id: `n${first + i}`,
      onset: rounded(note.onset, 4),
      offset: rounded(note.offset, 4),
      cents: rounded(note.cents, 1),
      curve: Array.from({ length: note.frames[1] - note.frames[0] }, (_, k): [number, number] => {
        const frame = note.frames[0] + k;
        return [rounded(track.startSec + frame * track.hopSec, 3), rounded(track.cents[frame]!, 1)];
      }),
      string: null,
      fret: null,
      articulation: "sustained",
      confidence: { onset: sure, pitch: sure, string: 0, fret: 0 },
    };
  });
}

/** Where a stroke says nothing of itself, the alternating hand is read from its place: never sure. */
export function withDirections(strokes: readonly HeardStroke[], slots: readonly number[], perPulse: number): HeardStroke[] {
  // The hand goes with the grid's slots or with its pulses: what the two-string strokes show decides, and which way.
  const known = strokes.map((stroke, i) => ({ slot: slots[i]!, down: stroke.direction === "down", told: stroke.direction !== null })).filter((one) => one.told);
  const tried = [1, Math.max(1, perPulse / 2), perPulse].map((step) => {
    const agree = known.filter((one) => (Math.round(one.slot / step) % 2 === 0) === one.down).length;
    return { step, even: agree * 2 >= known.length, share: known.length === 0 ? 0.5 : Math.max(agree, known.length - agree) / known.length };
  });
  const best = tried.reduce((a, b) => (b.share > a.share ? b : a));
  const sure = clamp((best.share - 0.5) * 2, 0, 1) * Math.min(1, known.length / 12);
  return strokes.map((stroke, i) => {
    if (stroke.direction !== null || sure < 0.5) return stroke;
    const even = Math.round(slots[i]! / best.step) % 2 === 0;
    return { ...stroke, direction: even === best.even ? "down" : "up", confidence: rounded(stroke.confidence * sure * 0.8, 3) };
  });
}
