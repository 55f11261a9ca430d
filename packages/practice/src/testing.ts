// For the tests of this package: takes as events and as plain synthetic sound.
import { type Cents, centsToHertz, cos, exp, PI, type Random, type Seconds, sin } from "@kuishi/base";
import { type Heard, heardFromText } from "@kuishi/score";
import type { TakeSound } from "./evidence.ts";

const RATE = 24_000;

/** A tune of two phrases that come again, eight bars of 3+2. */
export const TUNE =
  "3+2/8 pulse=0.2 tonic=5500 | d0+u0 . d2 u0+d4 d5 | d7+u0 d5 d4 u0+d2 . | d0+u0 . d2 u0+d4 d5 | d4+u0 d2 d0 u0+d0 . " +
  "| d9+u0 . d7 u0+d5 d7 | d9+u0 d10 d9 u0+d7 . | d5+u0 . d4 u0+d2 d4 | d2+u0 d4 d2 u0+d0 .";
export const master = (): Heard => heardFromText(TUNE);

/** What is otherwise with one note of a take. */
export interface Change {
  /** Seconds later. */
  readonly late?: Seconds;
  /** Cents higher in the sound; `heard` says whether the ear hears it too. */
  readonly cents?: Cents;
  readonly heard?: boolean;
  /** Neither sounds nor is heard; heard without sounding; sounds unheard. */
  readonly gone?: "both" | "sound" | "ear";
}
/** A take: its hearing and its sound. */
export interface Take {
  readonly heard: Heard;
  readonly sound: TakeSound;
}

/**
 * A take after a hearing. @param time when something of the master's at a time is played; null: not.
 * @param change of notes by their ids. @param shift of all pitches, cents.
 */
export function takeOf(
  heard: Heard,
  {
    time = (at: Seconds) => [at],
    change = {},
    shift = 0,
    random,
  }: { time?: (at: Seconds) => readonly Seconds[]; change?: Record<string, Change>; shift?: Cents; random?: Random } = {},
): Take {
  const strokes = heard.strokes
    .flatMap((stroke) => time(stroke.at).map((at) => ({ stroke, at: at + (random ? 0.002 * random.gauss() : 0) })))
    .sort((a, b) => a.at - b.at);
  const byId = new Map(heard.notes.map((note) => [note.id, note]));
  const notes: Heard["notes"] = [];
  const sounds: { at: Seconds; cents: Cents; string: number; gone: boolean }[] = [];
  const movements: Heard["strokes"] = [];
  for (const { stroke, at } of strokes) {
    const late = Math.max(0, ...stroke.noteIds.map((id) => change[id]?.late ?? 0)) + Math.min(0, ...stroke.noteIds.map((id) => change[id]?.late ?? 0));
    const ids = stroke.noteIds.flatMap((id) => {
      const [note, own] = [byId.get(id)!, change[id] ?? {}];
      const cents = note.cents! + shift;
      sounds.push({ at: at + late, cents: cents + (own.cents ?? 0), string: note.string!, gone: own.gone === "both" || own.gone === "sound" });
      if (own.gone === "both" || own.gone === "ear") return [];
      const named = `t${notes.length + 1}`;
      notes.push({ ...note, id: named, onset: at + late, offset: at + late + 0.18, cents: cents + (own.heard ? (own.cents ?? 0) : 0) });
      return [named];
    });
    movements.push({ ...stroke, at: at + late, noteIds: ids });
  }
  const end = (sounds.at(-1)?.at ?? 0) + 0.6;
  const strings = heard.tuning.strings.map((string) => ({ ...string, openCents: string.openCents + shift }));
  return {
    heard: { ...heard, durationSec: end, notes, strokes: movements, tuning: { strings } },
    sound: { samples: plucked(sounds, end, random), sampleRate: RATE },
  };
}

/** Decaying harmonic tones; each string holds one. */
function plucked(sounds: readonly { at: Seconds; cents: Cents; string: number; gone: boolean }[], seconds: Seconds, random: Random | undefined): Float32Array {
  const out = new Float32Array(Math.ceil(seconds * RATE));
  sounds.forEach((one, k) => {
    if (one.gone) return;
    const next = sounds.slice(k + 1).find((other) => other.string === one.string && !other.gone)?.at ?? seconds;
    const [from, to] = [Math.round(one.at * RATE), Math.min(out.length, Math.round(next * RATE))];
    for (let h = 1; h <= 8; h++) {
      const turn = (2 * PI * centsToHertz(one.cents) * h) / RATE;
      const fall = exp(-(2 + h) / RATE);
      const [c, s] = [cos(turn) * fall, sin(turn) * fall];
      let [x, y] = [0.2 / h, 0];
      for (let i = from; i < to; i++) {
        out[i] = out[i]! + y * Math.min(1, (i - from) / 50, (to - i) / 100);
        const next = x * c - y * s;
        y = x * s + y * c;
        x = next;
      }
    }
  });
  const noise = random ?? { gauss: () => 0 };
  for (let i = 0; i < out.length; i++) out[i] = out[i]! + 1e-3 * noise.gauss();
  return out;
}
