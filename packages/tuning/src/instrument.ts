import type { Cents, Seconds } from "@kuishi/base";
import type { Setting } from "./setting.ts";

/** Preset open strings, lowest first; the ear learns the real ones. */
export interface Tuning {
  readonly name: string;
  readonly open: readonly Cents[];
  readonly source: string;
}

/** A model and how it is set: `model` where several makes share a kind. */
export type MakeSource = { readonly kind: string; readonly model?: string } & Readonly<Record<string, number | boolean | string>>;

/** One make of an instrument that can be played here. */
export interface Make {
  /** Unlike every other make's. */
  readonly name: string;
  /** The engine's model, and how it is set where a plan says nothing else. */
  readonly source: MakeSource;
  /** Frets, where they are fewer or more than its kind has. */
  readonly frets?: number;
  /** Open strings, where they are others than the first tuning's; of one without strings, where its line begins. */
  readonly open?: readonly Cents[];
  /** Frets of an octave above the nut; without it, semitones. */
  readonly octave?: readonly Cents[];
  /** General MIDI programs it plays, from 0, and what is set otherwise for each. */
  readonly programs?: Readonly<Record<number, Readonly<Record<string, number | boolean | string>>>>;
}

/** What a part of a blend may do; `blend` says what each is. */
export type MelodicRole = "bass" | "pad" | "arp" | "strum" | "drone" | "dem" | "counter" | "double";

/**
 * An instrument as data: all that hearing, arranging, playing and drawing know of it. Cents are absolute. A new one is this record, a model
 * in the engine, and its words.
 */
export interface Instrument {
  readonly name: string;
  readonly family: "plucked" | "reed" | "bowed" | "flute" | "voice";
  /** Beginnings of words by which scores and tracks name it, in small letters; one of up to three letters is the whole word. */
  readonly answersTo: readonly string[];
  /** How it is heard in a recording: stroke by stroke, or as one line of continuous pitch; null where the ear does not know it. */
  readonly heard: "strokes" | "line" | null;
  readonly tunings: readonly Tuning[];
  readonly frets: number;
  readonly lowest: Cents;
  readonly highest: Cents;
  /** Range of someone who sings with it. */
  readonly singer?: readonly [Cents, Cents];

  /** How it is played and drawn: strings over frets, or lines on which every cent is. */
  readonly played: "fretboard" | "line";
  /** Frets between the first and the last finger of a hand. */
  readonly span?: number;
  /** Partials of its open strings, or of its pipe, that are notes of their own. */
  readonly partials?: readonly number[];
  /** How a sound is begun; names as in `PlanEvent.articulation`. */
  readonly strokes: readonly string[];
  /** Notes at once. */
  readonly polyphony: number;
  /** A tone is held as long as it is wanted, by breath or bow: one breath lasts so long, no note is shorter than `quickest`. */
  readonly sustains?: { readonly breath: Seconds | null; readonly quickest: Seconds };
  /** What it can do in a blend. */
  readonly roles: readonly MelodicRole[];

  /** What a person may set of its model. */
  readonly settings: Readonly<Record<string, Setting>>;
  /** Makes of it that sound; the first is meant where none is named. */
  readonly makes: readonly Make[];
  /** Instrument that plays for it, where it has no make of its own. */
  readonly standIn?: string;
}
