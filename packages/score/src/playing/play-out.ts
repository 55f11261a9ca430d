import { type Cents, Complaint, clamp, MOST_NOTES, MOST_SECONDS, type Seconds } from "@kuishi/base";
import { plus, wholes } from "../fraction.ts";
import { type Chord, isRest, type Mark, type Note, type Part, pitchCents, type Score, type ScoreInstrument, type TimeSignature } from "../score.ts";
import { tooMuch } from "../score-check.ts";
import { PartLoudness, velocityOf } from "./loudness.ts";
import { playingOrder } from "./order.ts";
import { type KeyAlters, keyAlters, ornamented } from "./ornaments.ts";
import { PlayedTime } from "./tempo.ts";

/** A note as it is played. */
export interface TimedNote {
  readonly at: Seconds;
  readonly length: Seconds;
  readonly cents: Cents;
  /** 0..1 */
  readonly velocity: number;
  /** [seconds from the start, cents beside `cents`]; empty where the pitch stands still. */
  readonly bend: readonly (readonly [Seconds, Cents])[];
  /** General MIDI key of a percussion sound. */
  readonly drum?: number;
  /** From the lowest-pitched, 1 being the highest as tablature counts; and the fret. */
  readonly string?: number;
  readonly fret?: number;
  readonly stroke?: "down" | "up";
  /** Syllables sung to it, of the verse that is told first. */
  readonly words?: string;
}
/** The notes of one part. */
export interface TimedPart {
  readonly id: string;
  readonly name: string;
  readonly instruments: readonly ScoreInstrument[];
  readonly notes: readonly TimedNote[];
}
/** A score in time. */
export interface PlayedOut {
  readonly parts: readonly TimedPart[];
  /** In the order played: where each begins, and which of the score it is. */
  readonly bars: readonly { readonly at: Seconds; readonly bar: number; readonly time: TimeSignature | undefined }[];
  readonly seconds: Seconds;
  readonly time: PlayedTime;
}
export interface PlayOutOptions {
  /** Notes as they stand: ornaments unplayed, lengths not shortened by dots over them. */
  readonly asWritten?: boolean;
}

/** Staccato and its kin: how much of a note is left. */
const GATES: Readonly<Record<string, number>> = { staccato: 0.5, staccatissimo: 0.3, spiccato: 0.4, "detached-legato": 0.75 };
/** Whole notes of a grace note: a 32nd, and half of what it leans on at most. */
const GRACE_WHOLES = 1 / 32;
/** Seconds between the notes of an arpeggio. */
const ARPEGGIO_SEC = 0.035;

/**
 * Plays a score out: repeats, endings and jumps followed, ties joined, graces, ornaments, arpeggios, dynamics, swing and fermatas played, transposing
 * instruments at their sounding pitch, percussion by its sounds.
 * @throws Complaint `notEnough` for a score without notes, `unreadable` for one that goes on for days.
 */
export function playOut(score: Score, options: PlayOutOptions = {}): PlayedOut {
  const order = playingOrder(score);
  const time = new PlayedTime(score, order);
  const seconds = time.seconds(time.end);
  if (!(seconds <= MOST_SECONDS)) throw tooMuch();
  let count = 0;
  const parts = score.parts.map((part): TimedPart => {
    const notes = new PartPlayer(score, part, time, order, options).play();
    count += notes.length;
    if (count > MOST_NOTES) throw tooMuch();
    return { id: part.id, name: part.name, instruments: part.instruments, notes };
  });
  if (count === 0) throw new Complaint("notEnough", "score.empty");
  let told: TimeSignature | undefined;
  const signatures = score.bars.map((bar) => (told = bar.time?.[0] ?? told));
  const bars = order.map((bar, k) => ({ at: time.seconds(time.starts[k]!), bar, time: signatures[bar] }));
  return { parts, bars, seconds, time };
}

/** A note under way, in whole notes of played time. */
interface PlacedNote {
  from: number;
  to: number;
  readonly cents: Cents;
  readonly note: Note;
  readonly chord: Chord;
  readonly velocity: number;
  /** Seconds after its place. */
  readonly delay: Seconds;
  readonly key: KeyAlters;
}

class PartPlayer {
  readonly #score: Score;
  readonly #part: Part;
  readonly #time: PlayedTime;
  readonly #order: readonly number[];
  readonly #options: PlayOutOptions;
  readonly #loudness: PartLoudness;
  readonly #running: PlacedNote[] = [];
  /** Tied notes that go on, by pitch. */
  readonly #tied = new Map<Cents, PlacedNote[]>();
  /** By staff; 0 for all. */
  readonly #transpose = new Map<number, Cents>();
  readonly #keys = new Map<number, KeyAlters>();
  #swing = 0;
  #swingUnit = 1 / 8;

  constructor(score: Score, part: Part, time: PlayedTime, order: readonly number[], options: PlayOutOptions) {
    this.#score = score;
    this.#part = part;
    this.#time = time;
    this.#order = order;
    this.#options = options;
    this.#loudness = new PartLoudness(score, part);
  }
  play(): TimedNote[] {
    let at = 0;
    const written = this.#score.bars.map((bar) => {
      at += wholes(bar.length);
      return at - wholes(bar.length);
    });
    this.#order.forEach((bar, k) => this.#bar(bar, this.#time.starts[k]!, written[bar]!));
    return this.#running.flatMap((one) => this.#timed(one)).sort((a, b) => a.at - b.at || a.cents - b.cents);
  }
  #bar(bar: number, start: number, written: number): void {
    const graces: Chord[] = [];
    const items = this.#part.bars[bar]?.items ?? [];
    const length = wholes(this.#score.bars[bar]!.length);
    for (const item of items) {
      if (item.kind === "transpose") this.#transpose.set(item.staff ?? 0, item.cents + (item.octaves ?? 0) * 1200);
      if (item.kind === "key")
        this.#keys.set(item.staff ?? 0, item.steps ? Object.fromEntries(item.steps.map((one) => [one.step, one.alter])) : keyAlters(item.fifths ?? 0));
      const signs = item.kind === "sound" ? item.signs : item.kind === "direction" ? item.sound : undefined;
      const swing = signs?.carried?.find((one) => one.name === "swing");
      if (swing) this.#setSwing(swing.children ?? []);
      if (item.kind !== "chord" || isRest(item)) {
        if (item.kind === "chord") graces.length = 0;
        continue;
      }
      if (item.grace) {
        graces.push(item);
        continue;
      }
      const from = wholes(item.at);
      const lead = Math.min(graces.length * GRACE_WHOLES, wholes(item.length) / 2);
      graces.forEach((grace, g) => {
        const each = lead / graces.length;
        this.#chord(grace, start, from + g * each, from + (g + 1) * each, written);
      });
      this.#chord(item, start, from + (graces.length > 0 ? lead : 0), wholes(plus(item.at, item.length)), written);
      graces.length = 0;
    }
    // graces after the last note take their time from its end
    graces.forEach((grace, g) => {
      const to = Math.min(length, wholes(grace.at));
      const from = Math.max(0, to - (graces.length - g) * GRACE_WHOLES);
      this.#chord(grace, start, from, Math.max(from + GRACE_WHOLES / 2, to - (graces.length - g - 1) * GRACE_WHOLES), written);
    });
  }
  #chord(chord: Chord, start: number, from: number, to: number, written: number): void {
    const level = this.#loudness.at(written + wholes(chord.at));
    const sounding = chord.notes.filter((note) => note.sound.kind !== "rest");
    const spread = this.#options.asWritten ? undefined : arpeggioOf(sounding);
    sounding.forEach((note, n) => {
      const staff = note.own?.staff ?? chord.staff ?? 0;
      const cents = note.sound.kind === "pitch" ? pitchCents(note.sound) + (this.#transpose.get(staff) ?? this.#transpose.get(0) ?? 0) : 0;
      const length = note.own?.length ? wholes(note.own.length) : to - from;
      const one: PlacedNote = {
        from: start + this.#swung(from),
        to: start + this.#swung(from + length),
        cents,
        note,
        chord,
        velocity: velocityOf(note, chord, level),
        delay: spread === undefined ? 0 : (spread === "down" ? sounding.length - 1 - n : n) * ARPEGGIO_SEC,
        key: this.#keys.get(staff) ?? this.#keys.get(0) ?? {},
      };
      if (!this.#joinTie(one)) this.#running.push(one);
    });
    if (this.#running.length > MOST_NOTES) throw tooMuch();
  }
  /** Whether a note only goes on with one it is tied to. */
  #joinTie(one: PlacedNote): boolean {
    const { starts, stops } = tiesOf(one.note);
    const open = this.#tied.get(one.cents) ?? [];
    const fits = open.filter((other) => Math.abs(other.to - one.from) < 1e-6 && other.note.sound.kind === one.note.sound.kind);
    const before = stops ? (fits.find((other) => other.chord.voice === one.chord.voice) ?? fits[0]) : undefined;
    if (before) before.to = one.to;
    const goes = before ?? one;
    const others = open.filter((other) => other !== goes && other.to > one.from - 4);
    this.#tied.set(one.cents, starts ? [...others, goes] : others);
    return before !== undefined;
  }
  #setSwing(children: readonly { readonly name: string; readonly text?: string }[]): void {
    const figure = (name: string): number => Number(children.find((one) => one.name === name)?.text ?? Number.NaN);
    const [first, second] = [figure("first"), figure("second")];
    this.#swing = first > 0 && second > 0 ? first / (first + second) - 0.5 : 0;
    this.#swingUnit = children.find((one) => one.name === "swing-type")?.text?.trim() === "16th" ? 1 / 16 : 1 / 8;
  }
  /** A place in a bar as it is swung. */
  #swung(at: number): number {
    if (this.#swing === 0) return at;
    const pair = this.#swingUnit * 2;
    const start = Math.floor(at / pair + 1e-9) * pair;
    const within = (at - start) / pair;
    const middle = 0.5 + this.#swing;
    return start + pair * (within <= 0.5 ? (within / 0.5) * middle : middle + ((within - 0.5) / 0.5) * (1 - middle));
  }
  #timed(one: PlacedNote): TimedNote[] {
    const at = this.#time.seconds(one.from) + one.delay;
    const marks = one.note.marks ?? [];
    const gate = this.#options.asWritten ? 1 : marks.reduce((least, mark) => Math.min(least, GATES[mark.name] ?? 1), 1);
    const length = Math.max(0, (this.#time.seconds(one.to) - at) * gate);
    const words = one.note === one.chord.notes[0] ? wordsOf(one.chord) : "";
    const shared = { velocity: one.velocity, bend: bendOf(marks, length), ...handOf(marks), ...strokeOf(one.note, one.chord), ...(words ? { words } : {}) };
    if (one.note.sound.kind === "unpitched") {
      const drum = this.#drumOf(one.note);
      return [{ at, length, cents: drum * 100, ...shared, drum }];
    }
    if (this.#options.asWritten || one.note.sound.kind !== "pitch") return [{ at, length, cents: one.cents, ...shared }];
    const shift = one.cents - pitchCents(one.note.sound);
    let from = at;
    return ornamented(one.note.sound, marks, length, one.key).map(({ cents, share }) => {
      const tone = { at: from, length: length * share, cents: cents + shift, ...shared };
      from += length * share;
      return tone;
    });
  }
  #drumOf(note: Note): number {
    const instrument = this.#part.instruments.find((one) => one.id === note.instrument) ?? (note.instrument ? undefined : this.#part.instruments[0]);
    if (instrument?.key !== undefined) return clamp(Math.round(instrument.key), 0, 127);
    const { sound } = note;
    const place = sound.kind === "unpitched" && sound.step ? `${sound.step}${sound.octave ?? 4}` : "";
    return STAFF_DRUMS[place] ?? 38;
  }
}
/** General MIDI keys where a part does not tell its sounds: as drum parts are commonly written on five lines, of which the middle is B4. */
const STAFF_DRUMS: Readonly<Record<string, number>> = { D4: 44, F4: 36, A4: 43, C5: 38, D5: 47, E5: 50, F5: 51, G5: 42, A5: 49 };

const wordsOf = (chord: Chord): string =>
  (chord.lyrics?.[0]?.syllables ?? []).map(({ text, part, elision }) => `${elision ?? ""}${text}${part === "begin" || part === "middle" ? "-" : ""}`).join("");
function tiesOf(note: Note): { starts: boolean; stops: boolean } {
  const tied = (note.marks ?? []).filter((mark: Mark) => mark.name === "tied").map((mark) => mark.phase);
  return {
    starts: (note.ties?.includes("start") ?? false) || tied.includes("start") || tied.includes("continue"),
    stops: (note.ties?.includes("stop") ?? false) || tied.includes("stop") || tied.includes("continue"),
  };
}
function arpeggioOf(notes: readonly Note[]): "up" | "down" | undefined {
  const mark = notes.flatMap((note) => note.marks ?? []).find((one) => one.name === "arpeggiate");
  return notes.length > 1 && mark ? (mark.look?.["direction"] === "down" ? "down" : "up") : undefined;
}
/** A bend rises over the first half of a note, and falls again where it is let go. */
function bendOf(marks: readonly Mark[], length: Seconds): readonly (readonly [Seconds, Cents])[] {
  const bends = marks.filter((mark) => mark.name === "bend" && mark.cents !== undefined);
  if (bends.length === 0 || length <= 0) return [];
  const points: [Seconds, Cents][] = [];
  bends.forEach((mark, k) => {
    const before = mark.carried?.some((one) => one.name === "pre-bend") ?? false;
    const release = mark.carried?.some((one) => one.name === "release") ?? false;
    const [from, to] = [(k / bends.length) * length, ((k + 0.6) / bends.length) * length];
    const start = points.at(-1)?.[1] ?? 0;
    points.push([from, before ? mark.cents! : start], [to, release ? 0 : mark.cents!]);
  });
  return points;
}
/** String and fret of a plucked note. */
function handOf(marks: readonly Mark[]): { string?: number; fret?: number } {
  const figure = (name: string): number | undefined => {
    const value = marks.find((mark) => mark.name === name)?.value;
    return value !== undefined && /^\s*\d+\s*$/.test(value) ? Number(value) : undefined;
  };
  // a fret between two is told beside the lower
  const between = marks.find((mark) => mark.name === "other-technical" && /^fret \d+\.5$/.test(mark.value ?? ""))?.value?.slice(5);
  const [string, fret] = [figure("string"), between === undefined ? figure("fret") : Number(between)];
  return { ...(string === undefined ? {} : { string }), ...(fret === undefined ? {} : { fret }) };
}
/** The stroke of a note: its own, or of the notes before it in its chord. */
function strokeOf(note: Note, chord: Chord): { stroke?: "down" | "up" } {
  for (let k = chord.notes.indexOf(note); k >= 0; k--)
    for (const { name } of chord.notes[k]!.marks ?? []) if (name === "down-bow" || name === "up-bow") return { stroke: name === "down-bow" ? "down" : "up" };
  return {};
}
