import { breathe, type Cents, Complaint, type Progress } from "@kuishi/base";
import type { Kernels, Spectrum } from "@kuishi/signal";
import type { Instrument } from "@kuishi/tuning";
import type { AnalysisSignal } from "./analysis-signal.ts";
import { placeNotes } from "./courses.ts";
import type { Placement } from "./fretboard.ts";
import { NoteEnds } from "./notes.ts";
import { findOnsetCandidates, type OnsetCandidate, OnsetClassifier } from "./onset-candidates.ts";
import { type LineNote, notesOfTrack, type PitchTrack, trackPitch } from "./pitch-track.ts";
import { PartialTuner, pitchesUsed } from "./pitches.ts";
import { singerSpectrum } from "./singer.ts";

/**
 * What measures the signal again when a correction asks for it. Made once for a recording: kernel memory is never given
 * back, and a listener may correct a thousand strokes.
 */
export interface Analysers {
  readonly classifier: OnsetClassifier;
  readonly tuner: PartialTuner;
  readonly ends: NoteEnds;
  /** Only of instruments that are sung to. */
  readonly singer?: Spectrum;
}
/** Of plucked strings: every moment that may be a stroke, with the network's activations, and where its notes lie before any correction. */
export interface StrokeEvidence {
  readonly kind: "strokes";
  readonly instrument: Instrument;
  readonly signal: AnalysisSignal;
  readonly candidates: readonly OnsetCandidate[];
  /** Pitches the recording uses, ascending. */
  readonly pitches: readonly Cents[];
  readonly placement: Placement;
  readonly analysers: Analysers;
}
/** Of one continuous line: its pitch, and the notes cut from it. */
export interface LineEvidence {
  readonly kind: "line";
  readonly signal: AnalysisSignal;
  readonly track: PitchTrack;
  readonly found: readonly LineNote[];
}
/** What listening once comes to; a transcription is a function of this and of what the listener corrected. */
export type Evidence = StrokeEvidence | LineEvidence;

/** Listens to a signal: the long part. @throws Complaint `notEnough` where fewer than three notes of a line sound. */
export const gatherEvidence = (kernels: Kernels, signal: AnalysisSignal, instrument: Instrument, progress: Progress): Promise<Evidence> =>
  instrument.heard === "strokes" ? gatherStrokes(kernels, signal, instrument, progress) : gatherLine(signal, instrument, progress);

async function gatherStrokes(kernels: Kernels, signal: AnalysisSignal, instrument: Instrument, progress: Progress): Promise<StrokeEvidence> {
  progress.report("onsets", 0);
  const classifier = new OnsetClassifier(kernels);
  const candidates = findOnsetCandidates(classifier, kernels, signal);
  await breathe(progress);
  progress.report("pitches", 0.6);
  const pitches = pitchesUsed(candidates);
  const placement = placeNotes(candidates, pitches, instrument);
  await breathe(progress);
  progress.report("structure", 0.8);
  const singer = instrument.singer ? { singer: singerSpectrum(kernels) } : {};
  const analysers: Analysers = { classifier, tuner: new PartialTuner(kernels), ends: new NoteEnds(kernels), ...singer };
  return { kind: "strokes", instrument, signal, candidates, pitches, placement, analysers };
}

async function gatherLine(signal: AnalysisSignal, instrument: Instrument, progress: Progress): Promise<LineEvidence> {
  progress.report("pitches", 0);
  const track = trackPitch(signal, [instrument.lowest, instrument.highest]);
  await breathe(progress);
  progress.report("structure", 0.7);
  const found = notesOfTrack(track);
  if (found.length < 3) throw new Complaint("notEnough", "listen.few", { count: found.length });
  return { kind: "line", signal, track, found };
}
