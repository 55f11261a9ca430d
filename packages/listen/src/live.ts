import type { Cents, Seconds } from "@kuishi/base";
import type { Kernels } from "@kuishi/signal";
import type { Instrument } from "@kuishi/tuning";
import { ANALYSIS_RATE, AnalysisStream } from "./analysis-signal.ts";
import { placeNotes } from "./courses.ts";
import { NO_CONSTRAINTS } from "./fretboard.ts";
import { isHeard } from "./notes.ts";
import {
  eventProbability,
  isEcho,
  isLikely,
  MIN_CANDIDATE_GAP_SEC,
  MIN_ONSET_STRENGTH,
  type OnsetCandidate,
  OnsetClassifier,
  PROBE_GAP_SEC,
  PROBE_STEP_SEC,
} from "./onset-candidates.ts";
import { type Onset, OnsetStream } from "./onsets.ts";
import { PitchStream } from "./pitch-track.ts";
import { pitchesUsed } from "./pitches.ts";
import { LIVE_DELAY_SAMPLES } from "./spectrogram-patch.ts";

/** A note of a live stroke. */
export interface LiveNote {
  readonly cents: Cents;
  /** null until sure. */
  readonly string: number | null;
  readonly fret: number | null;
  readonly sure: number;
}
/** What the live ear tells. Times are seconds of the stream. */
export type LiveEvent =
  /** Something was struck; told about 55 ms after it. */
  | { readonly type: "onset"; readonly at: Seconds; readonly strength: number }
  /** Where a line is, every 10 ms; 0 cents when it rests. */
  | { readonly type: "pitch"; readonly at: Seconds; readonly cents: Cents; readonly clarity: number }
  /** What it was; told about 80 ms after it. The same `id` again: now known better. */
  | { readonly type: "stroke"; readonly id: number; readonly at: Seconds; readonly notes: readonly LiveNote[]; readonly tap: boolean };

interface Known {
  readonly id: number;
  readonly candidate: OnsetCandidate;
  /** What was last told of it; null before the first word. */
  told: string | null;
}
/** Moments the neck is learned from. */
const MEMORY_FRAMES = 72;
/** Strokes whose string and fret may still be told anew. */
const AGAIN = 12;
const MIN_CONFIDENCE = 0.8;

/** The ear on a stream. */
export interface LiveEar {
  /** Seconds heard. */
  readonly seconds: Seconds;
  /** @param samples the next ones, at 24 kHz. @returns what is known now. */
  push(samples: Float32Array): LiveEvent[];
}

/** The ear for an instrument that is being played. */
export const liveEar = (kernels: Kernels, instrument: Instrument): LiveEar =>
  instrument.heard === "strokes" ? new LiveLute(kernels, instrument) : new LiveLine(instrument);

class LiveLine implements LiveEar {
  readonly #pitch: PitchStream;
  #heard = 0;
  constructor({ lowest, highest }: Instrument) {
    this.#pitch = new PitchStream([lowest, highest]);
  }
  get seconds(): Seconds {
    return this.#heard / ANALYSIS_RATE;
  }
  push(samples: Float32Array): LiveEvent[] {
    this.#heard += samples.length;
    return this.#pitch.push(samples).map((point) => ({ type: "pitch", ...point }));
  }
}

/** Strokes: the network without the windows that reach far ahead, the neck learned as it goes. */
class LiveLute implements LiveEar {
  readonly #instrument: Instrument;
  readonly #sound: AnalysisStream;
  readonly #onsets: OnsetStream;
  readonly #classifier: OnsetClassifier;
  #waiting: Onset[] = [];
  #candidates: Known[] = [];
  #next = 1;
  #open: readonly Cents[] = [];
  #placed = 0;
  /** Where the network looked last, and how long it then waits to look without an onset. */
  #looked = { at: 0, rest: PROBE_GAP_SEC };

  constructor(kernels: Kernels, instrument: Instrument) {
    this.#instrument = instrument;
    this.#sound = new AnalysisStream(kernels);
    this.#onsets = new OnsetStream(kernels, MIN_ONSET_STRENGTH);
    this.#classifier = new OnsetClassifier(kernels);
  }

  get seconds(): Seconds {
    return this.#sound.heard / ANALYSIS_RATE;
  }
  push(samples: Float32Array): LiveEvent[] {
    const told: LiveEvent[] = [];
    // no more at once than the ring holds beside the windows
    for (let at = 0; at < samples.length; at += ANALYSIS_RATE) {
      this.#sound.push(samples.subarray(at, at + ANALYSIS_RATE));
      this.#advance(told);
    }
    return told;
  }

  #advance(told: LiveEvent[]): void {
    const signal = this.#sound;
    if (signal.rms < 1e-5) return;
    for (const onset of this.#onsets.advance(signal, signal.heard, signal.rms)) {
      this.#waiting.push(onset);
      if (onset.strength > 0.12) told.push({ type: "onset", ...onset });
    }
    // the left hand makes hardly any onset: between distant ones the network looks anyway
    const quiet = this.seconds - LIVE_DELAY_SAMPLES / ANALYSIS_RATE;
    if (this.#waiting.length === 0 && quiet - this.#looked.at > this.#looked.rest) this.#waiting.push({ at: quiet, strength: 0 });
    let changed = false;
    while (this.#waiting[0] && this.#waiting[0].at * ANALYSIS_RATE + LIVE_DELAY_SAMPLES <= signal.heard) {
      const onset = this.#waiting.shift()!;
      this.#looked = { at: onset.at, rest: onset.strength > 0 ? PROBE_GAP_SEC - PROBE_STEP_SEC : PROBE_STEP_SEC };
      const candidate = this.#classifier.classify(signal, onset, true);
      const before = this.#candidates.at(-1)?.candidate;
      if (!isLikely(candidate) || (before && (candidate.at - before.at < MIN_CANDIDATE_GAP_SEC || isEcho(candidate, before)))) continue;
      if (onset.strength === 0 && eventProbability(candidate) < 0.5) continue;
      this.#candidates.push({ id: this.#next++, candidate, told: null });
      changed = true;
    }
    if (!changed) return;
    if (this.#candidates.length > MEMORY_FRAMES) this.#candidates = this.#candidates.slice(-MEMORY_FRAMES);
    const candidates = this.#candidates.map((entry) => entry.candidate);
    // the neck is learned anew now and then; between, its open strings are kept
    if (this.#placed++ % 8 === 0) this.#open = [];
    const { strokes, open } = placeNotes(candidates, pitchesUsed(candidates), this.#instrument, { ...NO_CONSTRAINTS, open: this.#open });
    this.#open = open.sure > MIN_CONFIDENCE ? open.nuts : [];
    strokes.forEach((stroke, i) => {
      const entry = this.#candidates[i]!;
      if (i < strokes.length - AGAIN || !isHeard(stroke)) return;
      const notes = stroke.pitches.map((note): LiveNote => {
        const sure = note.stringSure * note.sure;
        const placed = sure > MIN_CONFIDENCE && candidates.length > 6;
        return { cents: Math.round(note.cents), string: placed ? note.string : null, fret: placed && open.sure > 0.5 ? note.fret : null, sure: note.sure };
      });
      const said = notes.map((note) => `${note.cents - (note.cents % 20)}/${note.string}/${note.fret}`).join(" ");
      if (said === entry.told) return;
      entry.told = said;
      told.push({ type: "stroke", id: entry.id, at: entry.candidate.at, notes, tap: stroke.pitches.length === 0 });
    });
  }
}
