import { type Cents, centsToHertz, clamp, log, rounded, type Seconds } from "@kuishi/base";
import type { HeardNote, HeardStroke } from "@kuishi/score";
import { type Kernels, Spectrum } from "@kuishi/signal";
import type { Placed, PlacedStroke } from "./fretboard.ts";
import { lineAt } from "./moments.ts";
import { KNOCK, LEFT_HAND, PLUCKED } from "./network.ts";
import { Tuner } from "./pitches.ts";
import { RATE, type Sound } from "./sound.ts";

/** A stroke with how hard it was struck. */
export interface Stroke extends PlacedStroke {
  readonly at: Seconds;
  /** 1 is as hard as the recording's strong ones. */
  readonly strength: number;
  /** Nothing sounded: a blow on the board, a nail. */
  readonly tap: boolean;
  /** Done by the left hand alone. */
  readonly leftHand: boolean;
}

/** Longest a plucked note is written, seconds. */
const LONGEST = 3;
/** A note has ended when its partials have fallen this far, dB. */
const FALL = 34;

/** How hard each stroke was struck: the level of the 55 ms after its attack, bright sound counting more. */
export function strokesOf(sound: Sound, placed: readonly PlacedStroke[]): Stroke[] {
  const { samples } = sound;
  const rises = placed.map(({ moment: { at } }) => {
    const [a, b] = [Math.max(1, Math.round((at + 0.016) * RATE)), Math.min(samples.length, Math.round((at + 0.07) * RATE))];
    let sum = 1e-12;
    for (let i = a; i < b; i++) {
      const step = (samples[i] as number) - 0.5 * (samples[i - 1] as number);
      sum += step * step;
    }
    return Math.sqrt(sum / Math.max(1, b - a));
  });
  const strong = rises.slice().sort((a, b) => a - b)[Math.floor(rises.length * 0.9)] ?? 1;
  return placed.map((stroke, i) => {
    const { opinion, at } = stroke.moment;
    return {
      ...stroke,
      at,
      strength: (rises[i] as number) / Math.max(1e-9, strong),
      tap: stroke.pitches.length === 0,
      leftHand: stroke.pitches.length === 1 && (opinion.kinds[LEFT_HAND] as number) > (opinion.kinds[PLUCKED] as number),
    };
  });
}

/** What of the strokes is kept: those with notes, and blows without pitch the network is sure of. */
export const isHeard = (stroke: PlacedStroke): boolean => stroke.pitches.length > 0 || (stroke.moment.opinion.kinds[KNOCK] as number) > 0.5;

/** Measures the recording's pitches from partials, where they sound longest and most alone; each index of `pitches` anew. */
export function tunePitches(kernels: Kernels, sound: Sound, placed: readonly PlacedStroke[], pitches: readonly Cents[]): Cents[] {
  const tuner = new Tuner(kernels);
  const found: { cents: Cents; weight: number }[][] = pitches.map(() => []);
  const ringing: (Cents | undefined)[] = [];
  placed.forEach((stroke, i) => {
    for (const note of stroke.pitches) ringing[note.string] = note.cents;
    const gap = (placed[i + 1]?.moment.at ?? sound.seconds) - stroke.moment.at;
    for (const note of stroke.pitches) {
      const list = found[note.pitch] as { cents: Cents; weight: number }[];
      if (list.length >= 24 && gap < 0.25) continue;
      const others = ringing.filter((cents, string): cents is Cents => cents !== undefined && string !== note.string);
      const value = tuner.measure(sound, stroke.moment.at + clamp(gap * 0.25, 0.012, 0.06), note.cents, others);
      if (value) list.push({ cents: value.cents, weight: value.weight * clamp(gap, 0.06, 0.2) });
    }
  });
  return pitches.map((cents, d) => {
    const list = (found[d] as { cents: Cents; weight: number }[]).sort((a, b) => a.cents - b.cents);
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
class Ends {
  readonly #spectrum: Spectrum;
  readonly #sound: Sound;
  constructor(kernels: Kernels, sound: Sound) {
    this.#spectrum = new Spectrum(kernels, 4096, 2048);
    this.#sound = sound;
  }
  #level(at: Seconds, cents: Cents): number {
    const power = this.#spectrum.power(this.#sound.at(Math.round(at * RATE)));
    const f0 = centsToHertz(cents);
    let sum = 1e-12;
    for (let h = 1; h <= 5; h++) {
      const bin = Math.round((f0 * h * 4096) / RATE);
      for (let k = bin - 2; k <= bin + 2; k++) sum += power[k] ?? 0;
    }
    return 4.343 * log(sum);
  }
  /** When the note has fallen by FALL, no later than `until`: a straight line in dB through what is heard. */
  end(at: Seconds, cents: Cents, until: Seconds): Seconds {
    const top = this.#level(at + 0.01, cents);
    const times: number[] = [];
    const levels: number[] = [];
    for (let t = 0.09; at + t < until - 0.05 && t < LONGEST; t += 0.08) {
      const level = this.#level(at + t, cents) - top;
      if (level < -FALL) return at + t;
      // a floor of noise or of other strings: what was heard so far tells the slope
      if (levels.length >= 4 && level > (levels.at(-3) as number) - 0.25 && level < -18) break;
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
      top2 += (t - tm) * ((ls[i] as number) - lm);
      bottom += (t - tm) * (t - tm);
    });
    const slope = Math.min(-4, top2 / bottom);
    return Math.min(until, at + clamp(tm + (-FALL - lm) / slope, times[n - 1] as number, LONGEST));
  }
}

/** Notes and strokes as they are written; a ringing string writes no new note. */
export function writeNotes(kernels: Kernels, sound: Sound, strokes: readonly Stroke[], openSure: number): { notes: HeardNote[]; strokes: HeardStroke[] } {
  const ends = new Ends(kernels, sound);
  const notes: (HeardNote & { until: Seconds })[] = [];
  const sounding: (HeardNote & { until: Seconds })[] = [];
  const written = strokes.map((stroke): HeardStroke => {
    const { at, moment } = stroke;
    const { kinds } = moment.opinion;
    const hand = Math.max(kinds[PLUCKED] as number, kinds[LEFT_HAND] as number);
    const event = stroke.tap ? Math.max(hand, kinds[KNOCK] as number) : hand;
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
        Math.min(sound.seconds, at + 0.05),
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
        Math.min(sound.seconds, at + LONGEST),
      );
    }
    return {
      at: rounded(at, 4),
      direction: directionOf(stroke),
      noteIds: ids,
      accent: rounded(clamp(stroke.strength, 0, 1), 3),
      confidence: rounded(clamp(event, 0, 1), 3),
    };
  });
  return {
    notes: notes.map(({ until, ...note }) => ({
      ...note,
      offset: rounded(note.cents === null || until - note.onset < 0.3 ? until : ends.end(note.onset, note.cents, until), 4),
    })),
    strokes: written,
  };
}

/** Down when the low string sounds first, by at least 2.5 ms; null when it cannot be told from this stroke alone. */
function directionOf({ pitches, moment }: PlacedStroke): "down" | "up" | null {
  const low = pitches.find((pitch: Placed) => pitch.string === 0);
  const high = pitches.find((pitch: Placed) => pitch.string === 1);
  if (!low || !high || Math.abs(low.cents - high.cents) < 80) return null;
  const spread = lineAt(moment.opinion.when, high.cents) - lineAt(moment.opinion.when, low.cents);
  return Math.abs(spread) < 0.0025 ? null : spread > 0 ? "down" : "up";
}
