import { breathe, Complaint, clamp, type Progress, rounded, SAMPLE_RATE } from "@kuishi/base";
import type { Heard, HeardNote, HeardStroke } from "@kuishi/score";
import type { Kernels } from "@kuishi/signal";
import type { Instrument } from "@kuishi/tuning";
import { type Bar, findBars, type Pulse, subdivision, tempoOf, trackBeats } from "./beats.ts";
import { decodePitches } from "./decode.ts";
import { findForm } from "./form.ts";
import { findOpenStrings, fretTable, type PlacedStroke, placeOnStrings } from "./fretboard.ts";
import { findMode } from "./mode.ts";
import { findOnsets } from "./onsets.ts";
import { Sound } from "./sound.ts";

/** Longest a plucked note is written when nothing ends it, seconds. */
const LONGEST_NOTE = 1.2;

/**
 * Hears a recording.
 * @param channels at 48 kHz.
 * @param clock seconds, for `elapsedSec`; the hearing itself reads no clock.
 * @throws Complaint `notEnough` when there is too little to hear.
 */
export async function hear(
  kernels: Kernels,
  channels: readonly Float32Array[],
  instrument: Instrument,
  progress: Progress,
  clock: () => number,
): Promise<Heard> {
  const started = clock();
  const seconds = (channels[0]?.length ?? 0) / SAMPLE_RATE;
  if (seconds < 1) throw new Complaint("notEnough", "listen.short", { seconds: rounded(seconds, 2) });
  const sound = Sound.of(kernels, channels);
  if (sound.rms < 1e-5) throw new Complaint("notEnough", "listen.silence");
  progress.report("onsets", 0);
  const onsetTrack = findOnsets(kernels, sound);
  await breathe(progress);
  if (onsetTrack.onsets.length < 3) throw new Complaint("notEnough", "listen.few", { count: onsetTrack.onsets.length });
  progress.report("pitches", 0.2);
  const decoded = decodePitches(kernels, sound, onsetTrack.onsets, [instrument.lowest, instrument.highest]);
  await breathe(progress);
  progress.report("structure", 0.8);
  const open = findOpenStrings(decoded);
  const placed = placeOnStrings(decoded, open, instrument.frets);
  const { notes, strokes } = write(placed, open.sure, seconds);
  const pulses = toPulses(placed);
  const beatTrack = trackBeats(pulses, seconds);
  const free = beatTrack.free;
  const { bars, confidence } = findBars(pulses, beatTrack.beats);
  const sub = subdivision(pulses, beatTrack.beats);
  const downbeats = free ? [] : bars.map((bar) => rounded((beatTrack.beats[bar.firstBeat] as { at: number }).at, 4));
  await breathe(progress);
  const sounding = notes.filter((note) => note.cents !== null);
  const loud = new Map(strokes.flatMap((stroke) => stroke.noteIds.map((id) => [id, stroke.accent] as const)));
  const mode = findMode(
    sounding.map((note) => ({ cents: note.cents as number, seconds: note.offset - note.onset, loud: loud.get(note.id) ?? 0.5 })),
    open.low,
    seconds - (sounding.at(-1)?.onset ?? seconds) > 0.6,
  );
  const form = findForm(
    sounding.map((note) => ({ at: note.onset, cents: note.cents as number, loud: loud.get(note.id) ?? 0.5 })),
    downbeats,
    seconds,
    mode.tonicCents,
  );
  const bpm = tempoOf(beatTrack.beats);
  const doubtful = notes.reduce((sum, note) => sum + note.confidence.pitch, 0) / Math.max(1, notes.length) < 0.6;
  progress.report("structure", 1);
  return {
    kuishi: "listen/1",
    durationSec: rounded(seconds, 4),
    elapsedSec: rounded(clock() - started, 4),
    instrument: instrument.name,
    tuning: { strings: fretTable(placed, open, instrument.frets) },
    notes,
    strokes: withDirections(strokes, beatTrack.beats, sub),
    beats: beatTrack.beats.map((beat) => ({ at: rounded(beat.at, 4), confidence: rounded(beat.confidence, 3) })),
    downbeats,
    tempoBpm: bpm === null ? null : rounded(bpm, 2),
    meter: free ? [{ fromSec: 0, toSec: rounded(seconds, 4), free: true }] : meters(bars, sub, confidence * beatTrack.regularity),
    mode,
    form,
    warnings: [...(doubtful ? [{ code: "doubtful" }] : []), ...(free ? [{ code: "free" }] : [])],
  };
}

/** How hard each stroke was struck; 1 is as hard as the recording's strong ones. */
function strengthsOf(placed: readonly PlacedStroke[]): number[] {
  const levels = placed.map((stroke) => stroke.pitches.reduce((sum, pitch) => sum + pitch.level * pitch.struck, 0));
  const strong = levels.slice().sort((a, b) => a - b)[Math.floor(levels.length * 0.9)] ?? 1;
  return levels.map((level) => level / Math.max(1e-9, strong));
}

/** Notes and strokes of what was struck; a ringing string writes no new note. */
function write(placed: readonly PlacedStroke[], openSure: number, seconds: number): { notes: HeardNote[]; strokes: HeardStroke[] } {
  const strengths = strengthsOf(placed);
  const notes: HeardNote[] = [];
  const sounding: (HeardNote | undefined)[] = [];
  const strokes = placed.map((stroke, i): HeardStroke => {
    const { onset } = stroke.decoded;
    const sure = clamp(onset.strength * 1.5, 0.1, 1);
    const ids: string[] = [];
    for (const pitch of stroke.pitches) {
      if (pitch.struck < 0.5) continue;
      const before = sounding[pitch.string];
      if (before && before.offset > onset.at) before.offset = rounded(onset.at, 4);
      const note: HeardNote = {
        id: `n${notes.length + 1}`,
        onset: rounded(onset.at, 4),
        offset: rounded(Math.min(seconds, onset.at + LONGEST_NOTE), 4),
        cents: rounded(pitch.cents, 1),
        string: pitch.string,
        fret: pitch.fret,
        articulation: "plucked",
        confidence: {
          onset: rounded(sure * (0.5 + 0.5 * pitch.struck), 3),
          pitch: rounded(pitch.sure, 3),
          string: rounded(pitch.stringSure, 3),
          fret: rounded(pitch.stringSure * pitch.sure * openSure, 3),
        },
      };
      notes.push(note);
      sounding[pitch.string] = note;
      ids.push(note.id);
    }
    return {
      at: rounded(onset.at, 4),
      direction: null,
      noteIds: ids,
      accent: rounded(clamp(strengths[i] as number, 0, 1), 3),
      confidence: rounded(sure, 3),
    };
  });
  return { notes, strokes };
}

/** Strokes as marks of a beginning: the bass struck, the melody moved, a long note after. */
function toPulses(placed: readonly PlacedStroke[]): Pulse[] {
  const strengths = strengthsOf(placed);
  let melody = 0;
  return placed.map((stroke, i): Pulse => {
    const top = stroke.pitches.at(-1)?.cents ?? 0;
    const moved = Math.abs(top - melody) > 40;
    melody = top;
    const bass = stroke.pitches.some((pitch) => pitch.string === 0 && pitch.struck >= 0.5);
    const gap = ((placed[i + 1]?.decoded.onset.at ?? stroke.decoded.onset.at + 0.5) - stroke.decoded.onset.at) / 0.5;
    const weight = clamp(strengths[i] as number, 0.1, 1.3);
    return { at: stroke.decoded.onset.at, weight, mark: (moved ? 0.3 : 0) + (bass ? 0.2 : 0) + 0.4 * clamp(gap, 0, 1) };
  });
}

/** Down on the pulse, up between: the alternating hand, inferred from time alone and so never sure. */
function withDirections(strokes: readonly HeardStroke[], beats: readonly { at: number }[], sub: number): HeardStroke[] {
  return strokes.map((stroke) => {
    let i = beats.findIndex((beat) => beat.at > stroke.at + 0.03) - 1;
    if (i === -2) i = beats.length - 2;
    const [a, b] = [beats[i], beats[i + 1]];
    if (!a || !b) return stroke;
    const slot = Math.round(((stroke.at - a.at) / (b.at - a.at)) * sub * 2);
    return { ...stroke, direction: slot % 2 === 0 ? "down" : "up", confidence: rounded(stroke.confidence * 0.6, 3) };
  });
}

function meters(bars: readonly Bar[], sub: 2 | 3, confidence: number): Heard["meter"] {
  const out: Heard["meter"] = [];
  let last = 0;
  bars.forEach((bar, i) => {
    if (bar.beats === last) return;
    last = bar.beats;
    out.push({ fromBar: i + 1, groups: Array.from({ length: bar.beats }, () => sub), unit: 8, confidence: rounded(clamp(confidence, 0.05, 0.95), 3) });
  });
  return out;
}
