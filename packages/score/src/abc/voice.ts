import type { Cents } from "@kuishi/base";
import { compare, type Fraction, fraction, isZero, later, minus, over, plus, times, ZERO } from "../fraction.ts";
import { valueOfLength } from "../note-values.ts";
import type { Barline, Chord, Item, Lyric, Mark, Note, Step, TimeSignature, TupletRatio } from "../score.ts";
import type { AbcKey } from "./key.ts";

export type Draft<T> = { -readonly [K in keyof T]: T[K] };
/** A chord that is still being written. */
export type DraftChord = Draft<Omit<Chord, "notes" | "lyrics">> & { notes: Draft<Note>[]; lyrics?: Lyric[] };

export interface VoiceBar {
  items: Item[];
  length: Fraction;
  time?: TimeSignature;
  left: Draft<Barline> | undefined;
  right: Draft<Barline> | undefined;
}
/** One voice of a tune while it is read. */
export class AbcVoice {
  readonly id: string;
  name = "";
  short = "";
  readonly bars: VoiceBar[] = [];
  unit: Fraction = [1, 8];
  key: AbcKey | undefined;
  time: TimeSignature | undefined;
  octave = 0;
  /** Accidentals of this bar, by letter or by letter and octave. */
  readonly accidentals = new Map<string, Cents>();
  /** Accidentals that a tie brings into the next bar. */
  readonly tied = new Map<string, Cents>();
  /** Notes of the lines of music that words may stand under. */
  words: { chord: DraftChord; bar: number }[] = [];
  verse = 0;
  at: Fraction = ZERO;
  /** Of overlaid voices. */
  layer = 1;
  last: DraftChord | undefined;
  /** What the next note takes with it. */
  pending: { marks: Mark[]; graces: DraftChord[]; factor: Fraction; slurs: number } = { marks: [], graces: [], factor: [1, 1], slurs: 0 };
  tuplet: { ratio: TupletRatio; left: number; first: boolean } | undefined;
  openSlurs = 0;
  #bar: VoiceBar | undefined;
  #ending = false;
  /** Signs that stand at the start of the bar to come. */
  #next: Draft<Barline> | undefined;

  constructor(id: string) {
    this.id = id;
  }
  get bar(): VoiceBar {
    if (!this.#bar) {
      this.#bar = { items: [], length: ZERO, left: this.#next, right: undefined, ...(this.#time ? { time: this.#time } : {}) };
      this.#time = undefined;
      this.#next = undefined;
      this.bars.push(this.#bar);
    }
    return this.#bar;
  }
  #time: TimeSignature | undefined;
  setTime(time: TimeSignature): void {
    this.time = time;
    if (this.#bar) this.#bar.time = isZero(this.at) ? time : { ...time, at: this.at };
    else this.#time = time;
  }
  get voiceName(): string {
    return String(this.layer);
  }
  push(item: Item): void {
    this.bar.items.push(item);
  }
  /** Puts a chord or rest here and goes on behind it. */
  add(chord: DraftChord): void {
    for (const grace of this.pending.graces) this.push({ ...grace, at: this.at } as Chord);
    this.pending.graces = [];
    const ratio = this.tuplet?.ratio;
    let length = times(chord.length, this.pending.factor);
    this.pending.factor = [1, 1];
    const value = valueOfLength(length);
    if (ratio) length = times(length, [ratio.normal, ratio.actual]);
    Object.assign(chord, { at: this.at, length, voice: this.voiceName, ...(value ? { value } : {}), ...(ratio ? { tuplet: ratio } : {}) });
    if (this.tuplet) this.#countTuplet(chord);
    this.bar.items.push(chord as Chord);
    this.at = plus(this.at, length);
    this.bar.length = later(this.bar.length, this.at);
    this.last = chord;
  }
  #countTuplet(chord: DraftChord): void {
    const tuplet = this.tuplet!;
    const note = chord.notes[0]!;
    const mark = (phase: string): void => {
      note.marks = [...(note.marks ?? []), { kind: "notation", name: "tuplet", phase, number: "1" }];
    };
    if (tuplet.first) mark("start");
    tuplet.first = false;
    if (--tuplet.left <= 0) {
      mark("stop");
      this.tuplet = undefined;
    }
  }
  /** Dots the last note and halves the next, or the other way about. */
  broken(dots: number, first: boolean): void {
    const bottom = 1 << dots;
    const [long, short]: [Fraction, Fraction] = [fraction(2 * bottom - 1, bottom), fraction(1, bottom)];
    const chord = this.last;
    if (!chord) return;
    const before = chord.length;
    chord.length = times(before, first ? long : short);
    const written = chord.tuplet ? over(chord.length, [chord.tuplet.normal, chord.tuplet.actual]) : chord.length;
    const value = valueOfLength(written);
    if (value) chord.value = value;
    else delete chord.value;
    this.at = plus(this.at, minus(chord.length, before));
    // what went before may have been the bar's end
    this.bar.length = this.at;
    this.pending.factor = first ? short : long;
  }
  overlay(): void {
    this.layer++;
    this.at = ZERO;
    this.last = undefined;
  }
  /** A bar line, as it is written, with the numbers of an ending that begins at it. */
  barline(text: string, ending: string | undefined): void {
    const signs = text.replace(/[\d,\s-]+$/, "");
    const repeats = /:/.test(signs);
    const back = /^:+/.exec(signs)?.[0].length ?? 0;
    const forward = /[|\]:[]:+$/.test(signs) && signs.length > 1;
    const empty = this.#bar === undefined || (isZero(this.#bar.length) && !this.#bar.items.some((item) => item.kind === "chord"));
    const line = signs.replace(/:/g, "");
    const style = line === "||" ? "light-light" : line === "|]" || (back > 0 && !forward) ? "light-heavy" : line === "[|" ? "heavy-light" : undefined;
    const target = empty ? this.bars.at(-1) : this.#bar;
    const ends = this.#ending && (repeats || style !== undefined || ending !== undefined);
    if (target && this.bars.length > 0 && !(empty && target === this.#bar && this.bars.length === 1)) {
      const closed = empty && target === this.#bar ? this.bars.at(-2) : target;
      if (closed && (style || back > 0 || ends)) {
        closed.right ??= { place: "right" };
        if (style && (!forward || back > 0)) closed.right.style ??= style;
        if (back > 0) closed.right.repeat = { direction: "backward", ...(back > 1 && !forward ? { times: back + 1 } : {}) };
        if (ends) closed.right.ending = { numbers: this.#numbers, phase: "stop" };
      }
      if (ends) this.#ending = false;
    }
    if (!empty) this.#close();
    const next = (): Draft<Barline> => {
      if (this.#bar) return (this.#bar.left ??= { place: "left" });
      return (this.#next ??= { place: "left" });
    };
    if (forward) next().repeat = { direction: "forward" };
    if (ending !== undefined) {
      next().ending = { numbers: ending, phase: "start" };
      this.#ending = true;
      this.#numbers = ending;
    }
  }
  #numbers = "";
  #close(): void {
    this.#bar = undefined;
    this.at = ZERO;
    this.layer = 1;
    this.accidentals.clear();
  }
  /** What does not end before the tune does ends there. */
  finish(): void {
    const last = this.bars.at(-1);
    if (this.#ending && last) {
      last.right ??= { place: "right" };
      last.right.ending ??= { numbers: this.#numbers, phase: "discontinue" };
    }
    if (last && compare(last.length, ZERO) === 0 && !last.items.some((item) => item.kind === "chord") && this.bars.length > 1) {
      // signs behind the last bar line belong to the bar before it
      const before = this.bars.at(-2)!;
      before.items.push(...last.items.map((item) => ({ ...item, at: before.length })));
      this.bars.pop();
    }
  }
}
/** The written letter and octave of a note, for what holds in its bar. */
export const accidentalKey = (step: Step, octave: number, byOctave: boolean): string => (byOctave ? `${step}${octave}` : step);
