import { breathe, Complaint, clamp, type Progress, rounded, SAMPLE_RATE, type Seconds } from "@kuishi/base";
import { type Heard, type HeardNote, type HeardString, type HeardStroke, type Locks, noLocks } from "@kuishi/score";
import type { Kernels } from "@kuishi/signal";
import type { Instrument } from "@kuishi/tuning";
import { findChords } from "./chords.ts";
import { isAccompanied } from "./company.ts";
import { placeNotes } from "./courses.ts";
import { type Curve, followPitch, type LineNote, notesOfCurve } from "./curve.ts";
import { findForm } from "./form.ts";
import { fretTable } from "./fretboard.ts";
import { correct } from "./locks.ts";
import { findMode } from "./mode.ts";
import { findMoments, Judge } from "./moments.ts";
import { isHeard, strokesOf, tunePitches, writeNotes } from "./notes.ts";
import { pitchesUsed } from "./pitches.ts";
import { findRhythm, tempoMap } from "./rhythm.ts";
import { followSinger } from "./singer.ts";
import { Sound } from "./sound.ts";
import { findTime, type Time, type TimedBar, tempoOf, timeOfPulses } from "./time.ts";

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
  locks: Locks = noLocks,
): Promise<Heard> {
  return (await Ear.of(kernels, channels, instrument, progress, clock)).hear(locks, progress, clock);
}

/** An ear that has listened to a recording once, and can think again about what it heard. */
export class Ear {
  readonly #sound: Sound;
  readonly #instrument: Instrument;
  readonly #first: Listened;
  readonly #accompanied: boolean;
  readonly #seconds: Seconds;

  private constructor(sound: Sound, instrument: Instrument, first: Listened, accompanied: boolean, seconds: Seconds) {
    this.#accompanied = accompanied;
    this.#sound = sound;
    this.#instrument = instrument;
    this.#first = first;
    this.#seconds = seconds;
  }
  /** Listens: the long part. @throws Complaint as `hear` does. */
  static async of(kernels: Kernels, channels: readonly Float32Array[], instrument: Instrument, progress: Progress, clock: () => number): Promise<Ear> {
    const started = clock();
    const seconds = (channels[0]?.length ?? 0) / SAMPLE_RATE;
    if (seconds < 1) throw new Complaint("notEnough", "listen.short", { seconds: rounded(seconds, 2) });
    const sound = Sound.of(kernels, channels);
    if (sound.rms < 1e-5) throw new Complaint("notEnough", "listen.silence");
    const first = instrument.family === "plucked" ? await strokesFirst(kernels, sound, instrument, progress) : await lineFirst(sound, instrument, progress);
    return new Ear(sound, instrument, first, isAccompanied(kernels, sound, instrument.lowest), clock() - started);
  }
  /** What was heard, with what the listener corrected. @throws Complaint `notEnough` when too little is left. */
  async hear(locks: Locks, progress: Progress, clock: () => number): Promise<Heard> {
    const started = clock();
    const part = this.#first(locks);
    await breathe(progress);
    const heard = await understand(part, this.#sound.seconds, this.#instrument, locks, progress);
    const warnings = [...(this.#accompanied ? [{ code: "accompanied" }] : []), ...heard.warnings];
    return { ...heard, warnings, elapsedSec: rounded(this.#seconds + clock() - started, 4) };
  }
}
/** A tune that was read, not heard: its notes on their strings, its strokes, its bars. */
export interface ReadTune {
  readonly notes: HeardNote[];
  readonly strokes: HeardStroke[];
  readonly strings: HeardString[];
  readonly bars: readonly TimedBar[];
  readonly beats: readonly Seconds[];
  readonly seconds: Seconds;
}
/** What the ear would understand of a tune whose notes are known: rhythm, mode, form. */
export async function understandTune(tune: ReadTune, instrument: Instrument, progress: Progress): Promise<Heard> {
  const { notes, strokes, strings, bars, seconds } = tune;
  const time: Time = {
    beats: tune.beats.map((at) => ({ at, confidence: 1 })),
    bars,
    confidence: 1,
    free: bars.length < 2,
    strokeSlots: [],
    perPulse: 1,
  };
  return await understand({ notes, strokes, strings, time }, seconds, instrument, noLocks, progress);
}
/** Notes and time, for whatever was corrected. */
type Listened = (locks: Locks) => Part;

/** Mode, form and all that is told from notes and time. */
/** Whether nothing was corrected. */
const isNothing = ({ strokes, bars, open, tonicCents }: Locks): boolean => strokes.length + bars.length + open.length === 0 && tonicCents === undefined;

async function understand(part: Part, seconds: Seconds, instrument: Instrument, locks: Locks, progress: Progress): Promise<Heard> {
  const { notes, strokes, time } = part;
  const { free } = time;
  const downbeats = free ? [] : time.bars.map((bar) => rounded(bar.at, 4));
  await breathe(progress);
  // with strings, mode and form are told from them: a singer's words move her pitch
  const sounding = notes.filter((note) => note.cents !== null && (strokes.length === 0 || note.string !== null));
  const loud = new Map(strokes.flatMap((stroke) => stroke.noteIds.map((id) => [id, stroke.accent] as const)));
  const byId = new Map(sounding.map((note) => [note.id, note]));
  // the highest note of a stroke, unless it is the open low string alone; a line is all melody
  const melody = new Set(
    strokes.length === 0
      ? byId.keys()
      : strokes.flatMap((stroke) => {
          const own = stroke.noteIds.flatMap((id) => byId.get(id) ?? []).sort((a, b) => (b.cents as number) - (a.cents as number));
          const top = own[0];
          return top && !(own.length === 1 && top.string === 0 && top.fret === 0) ? [top.id] : [];
        }),
  );
  const mode = findMode(
    sounding.map((note) => ({
      at: note.onset,
      cents: note.cents as number,
      seconds: note.offset - note.onset,
      loud: loud.get(note.id) ?? 0.5,
      melody: melody.has(note.id),
    })),
    part.strings[0]?.openCents ?? (sounding[0]?.cents as number),
    seconds - (sounding.at(-1)?.onset ?? seconds) > 0.6,
    downbeats,
    locks.tonicCents,
  );
  const sung = notes.filter((note) => note.articulation === "sustained").reduce((sum, note) => sum + note.offset - note.onset, 0) / seconds;
  const form = findForm({
    notes: sounding,
    strokes,
    downbeats,
    end: seconds,
    tonic: mode.tonicCents,
    openHigh: part.strings.length === 2 ? (part.strings[1] as HeardString).openCents : null,
    sung: strokes.length > 0 ? sung : 0,
  });
  // a bowed or blown line taken for plucked strings: hardly a stroke in long sound
  const isLine = instrument.family === "plucked" && !instrument.singer && strokes.length / seconds < 0.6 && seconds > 8;
  const bpm = tempoOf(time.beats);
  const doubtful = sounding.reduce((sum, note) => sum + note.confidence.pitch, 0) / Math.max(1, sounding.length) < 0.6;
  progress.report("structure", 1);
  return {
    kuishi: "listen/1",
    durationSec: rounded(seconds, 4),
    elapsedSec: 0,
    instrument: instrument.name,
    tuning: { strings: part.strings },
    notes,
    strokes,
    beats: time.beats.map((beat) => ({ at: rounded(beat.at, 4), confidence: rounded(beat.confidence, 3) })),
    downbeats,
    tempoBpm: bpm === null ? null : rounded(bpm, 2),
    meter: free ? [{ fromSec: 0, toSec: rounded(seconds, 4), free: true }] : meters(time.bars, time.confidence),
    ...(free || strokes.length === 0 ? {} : { rhythm: findRhythm(time.bars, strokes) }),
    ...(free ? {} : { tempo: tempoMap(time.bars) }),
    mode,
    form: form.sections,
    ...(form.kind ? { kind: form.kind } : {}),
    ...(part.strings.length > 3
      ? { chords: findChords(sounding.map((note) => ({ at: note.onset, cents: note.cents as number, sure: note.confidence.pitch }))) }
      : {}),
    ...(isNothing(locks) ? {} : { locks }),
    warnings: [...(isLine ? [{ code: "line" }] : []), ...(doubtful ? [{ code: "doubtful" }] : []), ...(free ? [{ code: "free" }] : [])],
  };
}

/** What one way of hearing finds; mode and form are told from it alike. */
interface Part {
  readonly notes: HeardNote[];
  readonly strokes: HeardStroke[];
  readonly strings: HeardString[];
  readonly time: Time;
}

/** Stroke by stroke: what the network says of each moment, placed on the neck. */
async function strokesFirst(kernels: Kernels, sound: Sound, instrument: Instrument, progress: Progress): Promise<Listened> {
  progress.report("onsets", 0);
  const judge = new Judge(kernels);
  const moments = findMoments(judge, kernels, sound);
  await breathe(progress);
  progress.report("pitches", 0.6);
  const pitches = pitchesUsed(moments);
  const first = placeNotes(moments, pitches, instrument);
  await breathe(progress);
  progress.report("structure", 0.8);
  return (locks) => {
    const corrected = locks.strokes.length + locks.open.length === 0 ? undefined : correct(locks, instrument, judge, sound, moments, pitches, first.strokes);
    const { strokes, open } = corrected ? placeNotes(corrected.moments, corrected.pitches, instrument, corrected.given) : first;
    const heard = strokes.filter((stroke) => (corrected?.locked.has(stroke.moment) ? stroke.pitches.length > 0 : isHeard(stroke)));
    if (heard.length < 3) throw new Complaint("notEnough", "listen.few", { count: heard.length });
    const tuned = tunePitches(kernels, sound, heard, corrected?.pitches ?? pitches);
    const placed = heard.map((stroke) => ({
      ...stroke,
      pitches: stroke.pitches.map((note) => {
        const fret = corrected?.frets[note.string]?.get(note.pitch) ?? note.fret;
        const sure = corrected?.locked.has(stroke.moment) ? { sure: 1, stringSure: 1 } : {};
        return { ...note, fret, cents: tuned[note.pitch] as number, ...sure };
      }),
    }));
    const played = strokesOf(sound, placed);
    const written = writeNotes(kernels, sound, played, open.sure);
    const time = findTime(played, sound.seconds, locks.bars);
    const notes = written.notes;
    if (instrument.singer) {
      const strings = notes.flatMap((note) => (note.cents === null ? [] : [{ onset: note.onset, offset: note.offset, cents: note.cents }]));
      const curve = followSinger(kernels, sound, instrument.singer, strings);
      notes.push(...writeLine(curve, notesOfCurve(curve), notes.length + 1));
    }
    return {
      notes,
      strokes: withDirections(written.strokes, time.strokeSlots, time.perPulse),
      strings: fretTable(placed, open, instrument.frets),
      time,
    };
  };
}

/** Notes of a line, numbered from `first`, each with its curve. */
function writeLine(curve: Curve, found: readonly LineNote[], first: number): HeardNote[] {
  return found.map((note, i): HeardNote => {
    const sure = rounded(clamp(note.clarity, 0, 1), 3);
    return {
      id: `n${first + i}`,
      onset: rounded(note.onset, 4),
      offset: rounded(note.offset, 4),
      cents: rounded(note.cents, 1),
      curve: Array.from({ length: note.frames[1] - note.frames[0] }, (_, k): [number, number] => {
        const frame = note.frames[0] + k;
        return [rounded(curve.startSec + frame * curve.hopSec, 3), rounded(curve.cents[frame] as number, 1)];
      }),
      string: null,
      fret: null,
      articulation: "sustained",
      confidence: { onset: sure, pitch: sure, string: 0, fret: 0 },
    };
  });
}

/** One line of continuous pitch: every note keeps its curve, glides and vibrato in it. */
async function lineFirst(sound: Sound, instrument: Instrument, progress: Progress): Promise<Listened> {
  progress.report("pitches", 0);
  const curve = followPitch(sound, [instrument.lowest, instrument.highest]);
  await breathe(progress);
  progress.report("structure", 0.7);
  const found = notesOfCurve(curve);
  if (found.length < 3) throw new Complaint("notEnough", "listen.few", { count: found.length });
  const loudest = Math.max(...found.map((note) => note.level));
  const notes = writeLine(curve, found, 1);
  const pulses = found.map((note) => ({
    at: note.onset,
    weight: clamp(note.level / loudest, 0.1, 1.3),
    mark: 0.3 + 0.4 * clamp((note.offset - note.onset) / 0.5, 0, 1),
  }));
  return (locks) => ({ notes, strokes: [], strings: [], time: timeOfPulses(pulses, sound.seconds, locks.bars) });
}

/** Where a stroke says nothing of itself, the alternating hand is read from its place: never sure. */
function withDirections(strokes: readonly HeardStroke[], slots: readonly number[], perPulse: number): HeardStroke[] {
  // The hand goes with the grid's slots or with its pulses: what the two-string strokes show decides, and which way.
  const known = strokes
    .map((stroke, i) => ({ slot: slots[i] as number, down: stroke.direction === "down", told: stroke.direction !== null }))
    .filter((one) => one.told);
  const tried = [1, Math.max(1, perPulse / 2), perPulse].map((step) => {
    const agree = known.filter((one) => (Math.round(one.slot / step) % 2 === 0) === one.down).length;
    return { step, even: agree * 2 >= known.length, share: known.length === 0 ? 0.5 : Math.max(agree, known.length - agree) / known.length };
  });
  const best = tried.reduce((a, b) => (b.share > a.share ? b : a));
  const sure = clamp((best.share - 0.5) * 2, 0, 1) * Math.min(1, known.length / 12);
  return strokes.map((stroke, i) => {
    if (stroke.direction !== null || sure < 0.5) return stroke;
    const even = Math.round((slots[i] as number) / best.step) % 2 === 0;
    return { ...stroke, direction: even === best.even ? "down" : "up", confidence: rounded(stroke.confidence * sure * 0.8, 3) };
  });
}

function meters(bars: readonly TimedBar[], confidence: number): Heard["meter"] {
  const out: Heard["meter"] = [];
  let last = "";
  bars.forEach((bar, i) => {
    const name = bar.groups.join("+");
    if (name === last) return;
    last = name;
    out.push({ fromBar: i + 1, groups: [...bar.groups], unit: 8, confidence: rounded(clamp(confidence, 0.05, 0.97), 3) });
  });
  return out;
}
