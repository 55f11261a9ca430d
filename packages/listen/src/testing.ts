// For the tests of this package: music as the ear has it at each of its stages, from text and from plain synthetic sound.
import { type Cents, centsToHertz, exp, PI, type Random, type Seconds, sin } from "@kuishi/base";
import { heardFromText } from "@kuishi/score";
import { ANALYSIS_RATE } from "./analysis-signal.ts";
import { type Activations, KNOCK, LEFT_HAND, PITCH_LOW, PITCHES, PLUCKED } from "./network.ts";
import type { MeasuredStroke } from "./notes.ts";
import type { OnsetCandidate } from "./onset-candidates.ts";
import { BIN_CENTS } from "./spectrogram-patch.ts";

/** A note as the network might see it. */
export interface SeenNote {
  readonly cents: Cents;
  readonly string: number;
  /** Its activation, 0..1. */
  readonly sure?: number;
  /** Seconds from the candidate at which it was struck. */
  readonly when?: Seconds;
  readonly fret?: number;
}

/** A candidate at which these notes were struck; none: a moment at which nothing was, unless `kinds` says so. */
export function candidateOf(at: Seconds, notes: readonly SeenNote[], kinds: { pluck?: number; knock?: number; left?: number } = {}): OnsetCandidate {
  const rows = { low: new Float32Array(PITCHES), high: new Float32Array(PITCHES), when: new Float32Array(PITCHES), fret: new Float32Array(PITCHES) };
  for (const { cents, string, sure = 0.95, when = 0, fret = 0 } of notes) {
    for (let p = 0; p < PITCHES; p++) {
      // the shape the network is taught: a flat top a bin wide
      const bump = sure * Math.min(1, Math.max(0, 1.25 - Math.abs(PITCH_LOW + p * BIN_CENTS - cents) / 40));
      if (bump === 0) continue;
      const [own, other] = string === 0 ? [rows.low, rows.high] : [rows.high, rows.low];
      own[p] = Math.max(own[p]!, bump);
      other[p] = Math.max(other[p]!, 0.04 * bump);
      rows.when[p] = when;
      rows.fret[p] = fret;
    }
  }
  const { pluck = notes.length > 0 ? 0.98 : 0.02, knock = 0.02, left = 0.02 } = kinds;
  const activations: Activations = {
    ...rows,
    kinds: Float64Array.from({ length: 3 }, (_, kind) => ({ [PLUCKED]: pluck, [KNOCK]: knock, [LEFT_HAND]: left })[kind] ?? 0),
    fretSpread: new Float32Array(PITCHES).fill(20),
    seconds: 0,
  };
  return { at, strength: 1, activations, pitchActivation: rows.low.map((low, p) => 1 - (1 - low) * (1 - rows.high[p]!)) };
}

/** Strokes of music in the text of `heardFromText` as the ear measures them, each so much later than it is written. */
export function strokesFromText(text: string, late: (i: number) => Seconds = () => 0): MeasuredStroke[] {
  const { strokes, notes } = heardFromText(text);
  return strokes.map(({ at, noteIds, accent }, i) => {
    const own = noteIds.map((id) => notes.find((note) => note.id === id)!);
    const t = at + late(i);
    return {
      candidate: candidateOf(t, []),
      at: t,
      strength: accent,
      tap: false,
      leftHand: false,
      direction: null,
      pitches: own.map((note) => ({ pitch: note.fret!, cents: note.cents!, string: note.string!, fret: note.fret!, sure: 1, stringSure: 1 })),
    };
  });
}

/** Candidates of music in the text of `heardFromText`, its strings tuned as said. */
export function candidatesFromText(text: string, open: readonly [Cents, Cents] = [5000, 5500]): OnsetCandidate[] {
  const { strokes, notes } = heardFromText(text);
  const byId = new Map(notes.map((note) => [note.id, note]));
  return strokes.map(({ at, noteIds }) =>
    candidateOf(
      at,
      noteIds.map((id) => {
        const { string, fret } = byId.get(id)!;
        return { cents: open[string === 0 ? 0 : 1] + 100 * fret!, string: string!, fret: fret! };
      }),
    ),
  );
}

/** Decaying harmonic tones at the ear's rate. */
export function plucks(notes: readonly { at: Seconds; cents: Cents; gain?: number; seconds?: Seconds }[], seconds: Seconds): Float32Array {
  const out = new Float32Array(Math.round(seconds * ANALYSIS_RATE));
  for (const { at, cents, gain = 0.2, seconds: long = 2 } of notes) {
    const hertz = centsToHertz(cents);
    const from = Math.round(at * ANALYSIS_RATE);
    for (let h = 1; h <= 8; h++) {
      for (let i = 0; i < long * ANALYSIS_RATE && from + i < out.length; i++) {
        const t = i / ANALYSIS_RATE;
        out[from + i] = out[from + i]! + (gain / h) * sin(2 * PI * hertz * h * t) * exp(-t * (2 + h)) * Math.min(1, i / 50, (long - t) / 0.1);
      }
    }
  }
  return out;
}

/** A steady tone with eight harmonics and vibrato, as a voice or a pipe. */
export function tone(cents: (t: Seconds) => Cents, seconds: Seconds, gain = 0.2): Float32Array {
  const out = new Float32Array(Math.round(seconds * ANALYSIS_RATE));
  let phase = 0;
  for (let i = 0; i < out.length; i++) {
    phase += centsToHertz(cents(i / ANALYSIS_RATE)) / ANALYSIS_RATE;
    for (let h = 1; h <= 8; h++) out[i] = out[i]! + (gain / h) * sin(2 * PI * (h * phase - Math.floor(h * phase)));
  }
  return out;
}

/** Adds noise. */
export const noisy = (x: Float32Array, random: Random, level: number): Float32Array => x.map((v) => v + level * random.gauss());
