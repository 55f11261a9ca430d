import type { Cents, Seconds } from "@kuishi/base";
import type { Kernels } from "@kuishi/signal";
import type { Instrument } from "@kuishi/tuning";
import { placeNotes } from "./courses.ts";
import { PitchStream } from "./curve.ts";
import { NOTHING } from "./fretboard.ts";
import { APART, eventOf, GAP, isEcho, isLikely, Judge, LEAST_ONSET, type Moment, STEP } from "./moments.ts";
import { isHeard } from "./notes.ts";
import { type Onset, OnsetStream } from "./onsets.ts";
import { WAIT } from "./patch.ts";
import { pitchesUsed } from "./pitches.ts";
import { RATE, SoundStream } from "./sound.ts";

/** A note of a live stroke. */
export interface LiveNote {
  readonly cents: Cents;
  /** null until sure. */
  readonly string: number | null;
  readonly fret: number | null;
  readonly sure: number;
}
/** What the live ear tells. Times are seconds of the stream. */
export type LiveTold =
  /** Something was struck; told about 55 ms after it. */
  | { readonly type: "onset"; readonly at: Seconds; readonly strength: number }
  /** Where a line is, every 10 ms; 0 cents when it rests. */
  | { readonly type: "pitch"; readonly at: Seconds; readonly cents: Cents; readonly clarity: number }
  /** What it was; told about 80 ms after it. The same `id` again: now known better. */
  | { readonly type: "stroke"; readonly id: number; readonly at: Seconds; readonly notes: readonly LiveNote[]; readonly tap: boolean };

interface Known {
  readonly id: number;
  readonly moment: Moment;
  /** What was last told of it; null before the first word. */
  told: string | null;
}
/** Moments the neck is learned from. */
const MEMORY = 72;
/** Strokes whose string and fret may still be told anew. */
const AGAIN = 12;
const SURE = 0.8;

/** The ear on a stream. */
export interface LiveEar {
  /** Seconds heard. */
  readonly seconds: Seconds;
  /** @param samples the next ones, at 24 kHz. @returns what is known now. */
  push(samples: Float32Array): LiveTold[];
}

/** The ear for an instrument that is being played. */
export const liveEar = (kernels: Kernels, instrument: Instrument): LiveEar =>
  instrument.family === "plucked" ? new LiveLute(kernels, instrument) : new LiveLine(instrument);

class LiveLine implements LiveEar {
  readonly #pitch: PitchStream;
  #heard = 0;
  constructor({ lowest, highest }: Instrument) {
    this.#pitch = new PitchStream([lowest, highest]);
  }
  get seconds(): Seconds {
    return this.#heard / RATE;
  }
  push(samples: Float32Array): LiveTold[] {
    this.#heard += samples.length;
    return this.#pitch.push(samples).map((point) => ({ type: "pitch", ...point }));
  }
}

/** Strokes: the network without the windows that reach far ahead, the neck learned as it goes. */
class LiveLute implements LiveEar {
  readonly #instrument: Instrument;
  readonly #sound: SoundStream;
  readonly #onsets: OnsetStream;
  readonly #judge: Judge;
  #waiting: Onset[] = [];
  #moments: Known[] = [];
  #next = 1;
  #open: readonly Cents[] = [];
  #placed = 0;
  /** Where the network looked last, and how long it then waits to look without an onset. */
  #looked = { at: 0, rest: GAP };

  constructor(kernels: Kernels, instrument: Instrument) {
    this.#instrument = instrument;
    this.#sound = new SoundStream(kernels);
    this.#onsets = new OnsetStream(kernels, LEAST_ONSET);
    this.#judge = new Judge(kernels);
  }

  get seconds(): Seconds {
    return this.#sound.heard / RATE;
  }
  push(samples: Float32Array): LiveTold[] {
    const told: LiveTold[] = [];
    // no more at once than the ring holds beside the windows
    for (let at = 0; at < samples.length; at += RATE) {
      this.#sound.push(samples.subarray(at, at + RATE));
      this.#advance(told);
    }
    return told;
  }

  #advance(told: LiveTold[]): void {
    const sound = this.#sound;
    if (sound.rms < 1e-5) return;
    for (const onset of this.#onsets.advance(sound, sound.heard, sound.rms)) {
      this.#waiting.push(onset);
      if (onset.strength > 0.12) told.push({ type: "onset", ...onset });
    }
    // the left hand makes hardly any onset: between distant ones the network looks anyway
    const quiet = this.seconds - WAIT / RATE;
    if (this.#waiting.length === 0 && quiet - this.#looked.at > this.#looked.rest) this.#waiting.push({ at: quiet, strength: 0 });
    let changed = false;
    while (this.#waiting[0] && this.#waiting[0].at * RATE + WAIT <= sound.heard) {
      const onset = this.#waiting.shift() as Onset;
      this.#looked = { at: onset.at, rest: onset.strength > 0 ? GAP - STEP : STEP };
      const moment = this.#judge.judge(sound, onset, true);
      const before = this.#moments.at(-1)?.moment;
      if (!isLikely(moment) || (before && (moment.at - before.at < APART || isEcho(moment, before)))) continue;
      if (onset.strength === 0 && eventOf(moment) < 0.5) continue;
      this.#moments.push({ id: this.#next++, moment, told: null });
      changed = true;
    }
    if (!changed) return;
    if (this.#moments.length > MEMORY) this.#moments = this.#moments.slice(-MEMORY);
    const moments = this.#moments.map((entry) => entry.moment);
    // the neck is learned anew now and then; between, its open strings are kept
    if (this.#placed++ % 8 === 0) this.#open = [];
    const { strokes, open } = placeNotes(moments, pitchesUsed(moments), this.#instrument, { ...NOTHING, open: this.#open });
    this.#open = open.sure > SURE ? open.nuts : [];
    strokes.forEach((stroke, i) => {
      const entry = this.#moments[i] as Known;
      if (i < strokes.length - AGAIN || !isHeard(stroke)) return;
      const notes = stroke.pitches.map((note): LiveNote => {
        const sure = note.stringSure * note.sure;
        const placed = sure > SURE && moments.length > 6;
        return { cents: Math.round(note.cents), string: placed ? note.string : null, fret: placed && open.sure > 0.5 ? note.fret : null, sure: note.sure };
      });
      const said = notes.map((note) => `${note.cents - (note.cents % 20)}/${note.string}/${note.fret}`).join(" ");
      if (said === entry.told) return;
      entry.told = said;
      told.push({ type: "stroke", id: entry.id, at: entry.moment.at, notes, tap: stroke.pitches.length === 0 });
    });
  }
}
