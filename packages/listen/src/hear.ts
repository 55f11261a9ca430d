import { breathe, Complaint, clamp, type Progress, rounded, SAMPLE_RATE, type Seconds } from "@kuishi/base";
import { type Heard, type HeardNote, type HeardString, type HeardStroke, type Locks, noLocks } from "@kuishi/score";
import type { Kernels } from "@kuishi/signal";
import type { Instrument } from "@kuishi/tuning";
import { isAccompanied } from "./accompaniment.ts";
import { AnalysisSignal } from "./analysis-signal.ts";
import { findChords } from "./chords.ts";
import { type Evidence, gatherEvidence } from "./evidence.ts";
import { findForm } from "./form.ts";
import { findMode } from "./mode.ts";
import { findRhythm, tempoMap } from "./rhythm.ts";
import { type Time, type TimedBar, tempoOf } from "./time.ts";
import { type Transcription, transcribe } from "./transcribe.ts";

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
  readonly #evidence: Evidence;
  readonly #instrument: Instrument;
  readonly #accompanied: boolean;
  readonly #seconds: Seconds;

  private constructor(evidence: Evidence, instrument: Instrument, accompanied: boolean, seconds: Seconds) {
    this.#evidence = evidence;
    this.#instrument = instrument;
    this.#accompanied = accompanied;
    this.#seconds = seconds;
  }
  /** Listens: the long part. @throws Complaint as `hear` does. */
  static async of(kernels: Kernels, channels: readonly Float32Array[], instrument: Instrument, progress: Progress, clock: () => number): Promise<Ear> {
    const started = clock();
    const seconds = (channels[0]?.length ?? 0) / SAMPLE_RATE;
    if (seconds < 1) throw new Complaint("notEnough", "listen.short", { seconds: rounded(seconds, 2) });
    const signal = AnalysisSignal.of(kernels, channels);
    if (signal.rms < 1e-5) throw new Complaint("notEnough", "listen.silence");
    const evidence = await gatherEvidence(kernels, signal, instrument, progress);
    return new Ear(evidence, instrument, isAccompanied(kernels, signal, instrument.lowest), clock() - started);
  }
  /** What was heard, with what the listener corrected. @throws Complaint `notEnough` when too little is left. */
  async hear(locks: Locks, progress: Progress, clock: () => number): Promise<Heard> {
    const started = clock();
    const transcription = transcribe(this.#evidence, locks);
    await breathe(progress);
    const heard = await analyseStructure(transcription, this.#evidence.signal.seconds, this.#instrument, locks, progress);
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
  return await analyseStructure({ notes, strokes, strings, time }, seconds, instrument, noLocks, progress);
}

/** Whether nothing was corrected. */
const isNothing = ({ strokes, bars, open, tonicCents }: Locks): boolean => strokes.length + bars.length + open.length === 0 && tonicCents === undefined;

/** Mode, form and all that is told from notes and time. */
async function analyseStructure(transcription: Transcription, seconds: Seconds, instrument: Instrument, locks: Locks, progress: Progress): Promise<Heard> {
  const { notes, strokes, time } = transcription;
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
          const own = stroke.noteIds.flatMap((id) => byId.get(id) ?? []).sort((a, b) => b.cents! - a.cents!);
          const top = own[0];
          return top && !(own.length === 1 && top.string === 0 && top.fret === 0) ? [top.id] : [];
        }),
  );
  const mode = findMode(
    sounding.map((note) => ({
      at: note.onset,
      cents: note.cents!,
      seconds: note.offset - note.onset,
      loud: loud.get(note.id) ?? 0.5,
      melody: melody.has(note.id),
    })),
    transcription.strings[0]?.openCents ?? sounding[0]?.cents ?? 0,
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
    openHigh: transcription.strings.length === 2 ? transcription.strings[1]!.openCents : null,
    sung: strokes.length > 0 ? sung : 0,
  });
  // a bowed or blown line taken for plucked strings: hardly a stroke in long sound
  const isLine = instrument.heard === "strokes" && !instrument.singer && strokes.length / seconds < 0.6 && seconds > 8;
  const bpm = tempoOf(time.beats);
  const doubtful = sounding.reduce((sum, note) => sum + note.confidence.pitch, 0) / Math.max(1, sounding.length) < 0.6;
  progress.report("structure", 1);
  return {
    kuishi: "listen/1",
    durationSec: rounded(seconds, 4),
    elapsedSec: 0,
    instrument: instrument.name,
    tuning: { strings: transcription.strings },
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
    ...(transcription.strings.length > 3
      ? { chords: findChords(sounding.map((note) => ({ at: note.onset, cents: note.cents!, sure: note.confidence.pitch }))) }
      : {}),
    ...(isNothing(locks) ? {} : { locks }),
    warnings: [...(isLine ? [{ code: "line" }] : []), ...(doubtful ? [{ code: "doubtful" }] : []), ...(free ? [{ code: "free" }] : [])],
  };
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
