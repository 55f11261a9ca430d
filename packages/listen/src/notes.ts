import { type Cents, centsToHertz, clamp, log, rounded, type Seconds } from "@kuishi/base";
import type { HeardNote, HeardStroke } from "@kuishi/score";
import { type Kernels, Spectrum } from "@kuishi/signal";
import { ANALYSIS_RATE, type AnalysisSignal } from "./analysis-signal.ts";
import type { PlacedNote, PlacedStroke } from "./fretboard.ts";
import { KNOCK, LEFT_HAND, PLUCKED } from "./network.ts";
import { lineAt } from "./onset-candidates.ts";
import type { PartialTuner } from "./pitches.ts";

/** A stroke with how hard it was struck. */
export interface MeasuredStroke extends PlacedStroke {
  readonly at: Seconds;
  /** 1 is as hard as the recording's strong ones. */
  readonly strength: number;
  /** Nothing sounded: a blow on the board, a nail. */
  readonly tap: boolean;
  /** Done by the left hand alone. */
  readonly leftHand: boolean;
  /** Which way the right hand went, where the stroke itself tells. */
  readonly direction: "down" | "up" | null;
}

/** Longest a plucked note is written, seconds. */
const MAX_NOTE_SEC = 3;
/** A note has ended when its partials have fallen this far, dB. */
const OFFSET_FALL_DB = 34;

/** How hard each stroke was struck: the level of the 55 ms after its attack, bright sound counting more. */
export function strokesOf(signal: AnalysisSignal, placed: readonly PlacedStroke[]): MeasuredStroke[] {
  const { samples } = signal;
  const rises = placed.map(({ candidate: { at } }) => {
    const [a, b] = [Math.max(1, Math.round((at + 0.016) * ANALYSIS_RATE)), Math.min(samples.length, Math.round((at + 0.07) * ANALYSIS_RATE))];
    let sum = 1e-12;
    for (let i = a; i < b; i++) {
      const step = samples[i]! - 0.5 * samples[i - 1]!;
      sum += step * step;
    }
    return Math.sqrt(sum / Math.max(1, b - a));
  });
  const strong = rises.slice().sort((a, b) => a - b)[Math.floor(rises.length * 0.9)] ?? 1;
  return placed.map((stroke, i) => {
    const { activations, at } = stroke.candidate;
    return {
      ...stroke,
      at,
      strength: rises[i]! / Math.max(1e-9, strong),
      tap: stroke.pitches.length === 0,
      leftHand: stroke.pitches.length === 1 && activations.kinds[LEFT_HAND]! > activations.kinds[PLUCKED]!,
      direction: directionOf(stroke),
    };
  });
}

/** What of the strokes is kept: those with notes, and blows without pitch the network is sure of. */
export const isHeard = (stroke: PlacedStroke): boolean => stroke.pitches.length > 0 || stroke.candidate.activations.kinds[KNOCK]! > 0.5;

/** Measures the recording's pitches from partials, where they sound longest and most alone; each index of `pitches` anew. */
export function tunePitches(tuner: PartialTuner, signal: AnalysisSignal, placed: readonly PlacedStroke[], pitches: readonly Cents[]): Cents[] {
  const found: { cents: Cents; weight: number }[][] = pitches.map(() => []);
  const soundingPitches: (Cents | undefined)[] = [];
  placed.forEach((stroke, i) => {
    for (const note of stroke.pitches) soundingPitches[note.string] = note.cents;
    const gap = (placed[i + 1]?.candidate.at ?? signal.seconds) - stroke.candidate.at;
    for (const note of stroke.pitches) {
      const list = found[note.pitch]!;
      if (list.length >= 24 && gap < 0.25) continue;
      const others = soundingPitches.filter((cents, string): cents is Cents => cents !== undefined && string !== note.string);
      const value = tuner.measure(signal, stroke.candidate.at + clamp(gap * 0.25, 0.012, 0.06), note.cents, others);
      if (value) list.push({ cents: value.cents, weight: value.weight * clamp(gap, 0.06, 0.2) });
    }
  });
  return pitches.map((cents, d) => {
    const list = found[d]!.sort((a, b) => a.cents - b.cents);
    const half = list.reduce((sum, value) => sum + value.weight, 0) / 2;
    let sum = 0;
    for (const value of list) {
      sum += value.weight;
      if (sum >= half) return Math.abs(value.cents - cents) < 45 ? value.cents : cents;
    }
    return cents;
  });
}

/** Follows single pitches until they die away. */
export class NoteEnds {
  readonly #spectrum: Spectrum;
  constructor(kernels: Kernels) {
    this.#spectrum = new Spectrum(kernels, 4096, 2048);
  }
  #level(signal: AnalysisSignal, at: Seconds, cents: Cents): number {
    const power = this.#spectrum.power(signal.at(Math.round(at * ANALYSIS_RATE)));
    const f0 = centsToHertz(cents);
    let sum = 1e-12;
    for (let h = 1; h <= 5; h++) {
      const bin = Math.round((f0 * h * 4096) / ANALYSIS_RATE);
      for (let k = bin - 2; k <= bin + 2; k++) sum += power[k] ?? 0;
    }
    return 4.343 * log(sum);
  }
  /** When the note has fallen by FALL, no later than `until`: a straight line in dB through what is heard. */
  end(signal: AnalysisSignal, at: Seconds, cents: Cents, until: Seconds): Seconds {
    const top = this.#level(signal, at + 0.01, cents);
    const times: number[] = [];
    const levels: number[] = [];
    for (let t = 0.09; at + t < until - 0.05 && t < MAX_NOTE_SEC; t += 0.08) {
      const level = this.#level(signal, at + t, cents) - top;
      if (level < -OFFSET_FALL_DB) return at + t;
      // a floor of noise or of other strings: what was heard so far tells the slope
      if (levels.length >= 4 && level > levels.at(-3)! - 0.25 && level < -18) break;
      times.push(t);
      levels.push(level);
    }
    if (times.length < 4) return until;
    const n = times.length;
    const tail = Math.floor(n / 3);
    const [ts, ls] = [times.slice(tail), levels.slice(tail)];
    const tm = ts.reduce((a, b) => a + b, 0) / ts.length;
    const lm = ls.reduce((a, b) => a + b, 0) / ls.length;
    let [top2, bottom] = [0, 1e-9];
    ts.forEach((t, i) => {
      top2 += (t - tm) * (ls[i]! - lm);
      bottom += (t - tm) * (t - tm);
    });
    const slope = Math.min(-4, top2 / bottom);
    return Math.min(until, at + clamp(tm + (-OFFSET_FALL_DB - lm) / slope, times[n - 1]!, MAX_NOTE_SEC));
  }
}

/** Notes and strokes as they are written; a ringing string writes no new note. */
export function writeNotes(
  ends: NoteEnds,
  signal: AnalysisSignal,
  strokes: readonly MeasuredStroke[],
  openSure: number,
): { notes: HeardNote[]; strokes: HeardStroke[] } {
  const notes: (HeardNote & { until: Seconds })[] = [];
  const sounding: (HeardNote & { until: Seconds })[] = [];
  const written = strokes.map((stroke): HeardStroke => {
    const { at, candidate } = stroke;
    const { kinds } = candidate.activations;
    const handActivation = Math.max(kinds[PLUCKED]!, kinds[LEFT_HAND]!);
    const event = stroke.tap ? Math.max(handActivation, kinds[KNOCK]!) : handActivation;
    const ids: string[] = [];
    const add = (note: Omit<HeardNote, "id" | "onset" | "offset">, until: Seconds): HeardNote & { until: Seconds } => {
      const whole = { id: `n${notes.length + 1}`, onset: rounded(at, 4), offset: rounded(until, 4), until, ...note };
      notes.push(whole);
      ids.push(whole.id);
      return whole;
    };
    if (stroke.tap) {
      const sure = rounded(event, 3);
      add(
        { cents: null, string: null, fret: null, articulation: "tap", confidence: { onset: sure, pitch: 0, string: 0, fret: 0 } },
        Math.min(signal.seconds, at + 0.05),
      );
    }
    for (const pitch of stroke.pitches) {
      const before = sounding[pitch.string];
      if (before && before.until > at) before.until = at;
      const from = before?.cents ?? null;
      const articulation = !stroke.leftHand || from === null ? "plucked" : pitch.cents > from ? "hammerOn" : "pullOff";
      sounding[pitch.string] = add(
        {
          cents: rounded(pitch.cents, 1),
          string: pitch.string,
          fret: pitch.fret,
          articulation,
          confidence: {
            onset: rounded(clamp(event, 0, 1), 3),
            pitch: rounded(clamp(pitch.sure, 0, 1), 3),
            string: rounded(clamp(pitch.sure * pitch.stringSure, 0, 1), 3),
            fret: rounded(clamp(pitch.sure * pitch.stringSure * openSure, 0, 1), 3),
          },
        },
        Math.min(signal.seconds, at + MAX_NOTE_SEC),
      );
    }
    return {
      at: rounded(at, 4),
      direction: stroke.direction,
      noteIds: ids,
      accent: rounded(clamp(stroke.strength, 0, 1), 3),
      confidence: rounded(clamp(event, 0, 1), 3),
    };
  });
  return {
    notes: notes.map(({ until, ...note }) => ({
      ...note,
      offset: rounded(note.cents === null || until - note.onset < 0.3 ? until : ends.end(signal, note.onset, note.cents, until), 4),
    })),
    strokes: written,
  };
}

/** Down when the low string sounds first, by at least 2.5 ms; null when it cannot be told from this stroke alone. */
function directionOf({ pitches, candidate }: PlacedStroke): "down" | "up" | null {
  const low = pitches.find((pitch: PlacedNote) => pitch.string === 0);
  const high = pitches.find((pitch: PlacedNote) => pitch.string === 1);
  if (!low || !high || Math.abs(low.cents - high.cents) < 80) return null;
  const spread = lineAt(candidate.activations.when, high.cents) - lineAt(candidate.activations.when, low.cents);
  return Math.abs(spread) < 0.0025 ? null : spread > 0 ? "down" : "up";
}
