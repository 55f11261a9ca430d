import { type Fraction, fraction, isZero, times, ZERO } from "../fraction.ts";
import type { ChordSymbol, Mark, Note, Step } from "../score.ts";
import { accidentalCents } from "./key.ts";
import { CHORD_NAME, DECORATIONS, LETTERS, MOMENTS, QUALITIES, SAME } from "./signs.ts";
import { abcText } from "./text.ts";
import { type AbcVoice, accidentalKey, type Draft, type DraftChord } from "./voice.ts";

/** What a line of music needs of the tune it stands in. */
export interface TuneState {
  readonly voice: AbcVoice;
  /** Whether accidentals hold in their own octave only, or for their own note only. */
  readonly byOctave: boolean;
  readonly plain: boolean;
  field(name: string, value: string): void;
  setVoice(value: string): void;
}
const BARLINE = /^(?::*\[?\|[|\]:[]*:*|:{2,}|:\|?\]|\[\||\[\]|\|\])/;
const ENDING = /^\s*\[?\s*(\d[\d,-]*)/;
const NOTE = /^((?:\^\^?|__?|=)(?:\d{0,3}(?:\/\d{0,3})?)?)?([A-Ga-g])([,']*)/;
const LENGTH_TEXT = /^(\d{0,4})(\/*)(\d{0,4})/;

/** One line of music, read from front to back. */
export class MusicLine {
  readonly #tune: TuneState;
  readonly #line: string;
  #at = 0;

  constructor(tune: TuneState, line: string) {
    this.#tune = tune;
    this.#line = line;
    if (!/^\s*\[V:/.test(line)) this.#begin();
  }
  get #voice(): AbcVoice {
    return this.#tune.voice;
  }
  /** Words stand under the line of music above them. */
  #begin(): void {
    this.#voice.words = [];
    this.#voice.verse = 0;
  }
  read(): void {
    while (this.#at < this.#line.length) {
      const before = this.#at;
      const rest = this.#line.slice(before, before + 400);
      if (rest[0] === "%") return;
      this.#step(rest);
      // what nobody understands is passed over
      if (this.#at === before) this.#at++;
    }
  }
  #step(rest: string): void {
    const char = rest[0]!;
    const inline = /^\[([A-Za-z]):([^\]]*)\]/.exec(rest);
    // a bracket behind a bar line belongs to it only where it opens an ending
    const line = BARLINE.exec(rest)?.[0].replace(/(?<=[|:\]])\[+$/, (open, at: number) => (/^\d/.test(rest.slice(at + open.length)) ? "[" : ""));
    const ending = /^\[(\d[\d,-]*)/.exec(rest);
    if (char === '"') this.#quoted();
    else if (char === "!" || char === "+") this.#decoration(char);
    else if (inline) this.#inline(inline);
    else if (ending) {
      this.#at += ending[0].length;
      this.#voice.barline("", endingNumbers(ending[1]!));
    } else if (line) this.#barline(line);
    else if (char === "[") this.#chord();
    else if (char === "{") this.#graces();
    else if (char === "(") this.#open(rest);
    else if (char === ")") this.#close();
    else if (char === "-") this.#tie();
    else if (char === ">" || char === "<") this.#broken(rest);
    else if (char === "&") {
      this.#at++;
      this.#voice.overlay();
    } else if (/^[zxZXy]/.test(rest)) this.#rest(char);
    else if (NOTE.test(rest)) this.#note(rest);
    else if (LETTERS[char] && !/^\.\|/.test(rest)) {
      this.#at++;
      this.#sign(LETTERS[char]!);
    }
  }
  #inline([whole, name, value]: RegExpExecArray): void {
    this.#at += whole.length;
    if (name === "V") {
      this.#tune.setVoice(value!.trim());
      this.#begin();
    } else this.#tune.field(name!, value!.trim());
  }
  #barline(text: string): void {
    this.#at += text.length;
    const after = this.#line.slice(this.#at, this.#at + 40);
    const bracket = /\[$/.test(text);
    const ending =
      (bracket ? /^(\d[\d,-]*)/ : /^(\d[\d,-]*)/).exec(after) ??
      (/[|:\]]$/.test(text) ? ENDING.exec(after.startsWith("[") || /^\s+\[\d/.test(after) ? after : "") : null);
    if (ending) this.#at += ending[0].length;
    this.#voice.barline(bracket ? text.slice(0, -1) : text, ending ? endingNumbers(ending[1]!) : undefined);
  }
  #quoted(): void {
    const end = this.#line.indexOf('"', this.#at + 1);
    if (end < 0) return;
    // lines in one pair of quotes stand over each other
    for (const text of this.#line.slice(this.#at + 1, end).split(/(?<!\\)\\n/)) this.#said(abcText(text));
    this.#at = end + 1;
  }
  #said(text: string): void {
    const voice = this.#voice;
    const place = /^[\^_<>@]/.exec(text)?.[0];
    const symbol = place ? undefined : chordSymbol(text, voice.at);
    if (symbol) voice.push(symbol);
    else if (text.trim() !== "")
      voice.push({
        kind: "direction",
        at: voice.at,
        marks: [{ kind: "direction", name: "words", value: place ? text.slice(1) : text }],
        ...(place === "_" ? { place: "below" } : { place: "above" }),
      });
  }
  /** Reads a decoration, and says whether it is one: one that does not end is none. */
  #decoration(mark: string): boolean {
    const end = this.#line.indexOf(mark, this.#at + 1);
    if (end < 0 || end - this.#at > 40) return false;
    this.#sign(this.#line.slice(this.#at + 1, end).trim());
    this.#at = end + 1;
    return true;
  }
  #sign(name: string): void {
    const voice = this.#voice;
    const own = SAME[name] ?? name;
    const moment = MOMENTS[own];
    if (moment) voice.push({ kind: "direction", at: voice.at, marks: [moment] });
    else voice.pending.marks.push(DECORATIONS[own] ?? { kind: "notation", name: "other-notation", phase: "single", value: own });
  }
  #open(rest: string): void {
    const tuplet = /^\((\d)(?::(\d?))?(?::(\d?))?/.exec(rest);
    if (!tuplet) {
      this.#voice.pending.slurs++;
      this.#at++;
      return;
    }
    this.#at += tuplet[0].length;
    const actual = Number(tuplet[1]);
    const compound = (this.#voice.time?.meters[0]?.groups ?? []).every((group) => group === 3) && (this.#voice.time?.meters.length ?? 0) > 0;
    const usual = ({ 2: 3, 3: 2, 4: 3, 6: 2, 8: 3 } as Record<number, number>)[actual] ?? (compound ? 3 : 2);
    const normal = Number(tuplet[2] || usual);
    if (actual > 0 && normal > 0) this.#voice.tuplet = { ratio: { actual, normal }, left: Number(tuplet[3] || actual), first: true };
  }
  #close(): void {
    this.#at++;
    const voice = this.#voice;
    const note = voice.last?.notes[0];
    if (!note || voice.openSlurs === 0) return;
    note.marks = [...(note.marks ?? []), { kind: "notation", name: "slur", phase: "stop", number: String(voice.openSlurs) }];
    voice.openSlurs--;
  }
  #tie(): void {
    this.#at++;
    for (const note of this.#voice.last?.notes ?? []) this.#tieFrom(note);
  }
  #tieFrom(note: Draft<Note>): void {
    if (note.sound.kind !== "pitch" || note.ties?.includes("start")) return;
    note.ties = [...(note.ties ?? []), "start"];
    note.marks = [...(note.marks ?? []), { kind: "notation", name: "tied", phase: "start" }];
    const { step, octave, alter } = note.sound;
    this.#voice.tied.set(`${step}${octave}`, alter);
  }
  #broken(rest: string): void {
    const signs = /^(>+|<+)/.exec(rest)![0];
    this.#at += signs.length;
    this.#voice.broken(Math.min(4, signs.length), signs[0] === ">");
  }
  #length(): Fraction {
    const [whole, top, slashes, bottom] = LENGTH_TEXT.exec(this.#line.slice(this.#at, this.#at + 24)) ?? ["", "", "", ""];
    this.#at += whole!.length;
    const under = slashes ? (bottom ? Number(bottom) : 1 << Math.min(8, slashes.length)) : 1;
    return fraction(Number(top || 1), under || 1);
  }
  #rest(char: string): void {
    this.#at++;
    const length = this.#length();
    const voice = this.#voice;
    if (char === "y") return;
    if (char === "z" || char === "x") {
      this.#put({
        kind: "chord",
        at: ZERO,
        length: times(length, voice.unit),
        notes: [{ sound: { kind: "rest" }, ...(char === "x" ? { look: { "print-object": "no" } } : {}) }],
      });
      return;
    }
    const full =
      voice.time?.meters.reduce<Fraction>((sum, { groups, unit }) => [sum[0] * unit + groups.reduce((a, b) => a + b, 0) * sum[1], sum[1] * unit], ZERO) ??
      ([1, 1] as Fraction);
    const bars = Math.min(999, Math.max(1, Math.round(length[0] / length[1])));
    for (let bar = 0; bar < bars; bar++) {
      if (bar > 0) voice.barline("|", undefined);
      this.#put({
        kind: "chord",
        at: ZERO,
        length: isZero(full) ? [1, 1] : fraction(full[0], full[1]),
        notes: [{ sound: { kind: "rest", wholeBar: true }, ...(char === "X" ? { look: { "print-object": "no" } } : {}) }],
      });
    }
  }
  /** A note's pitch, after the key and what holds in the bar. */
  #pitch(text: string): { note: Draft<Note>; length: number } | undefined {
    const match = NOTE.exec(text);
    if (!match) return undefined;
    const voice = this.#voice;
    const [whole, accidental, letter, marks] = match;
    const step = letter!.toUpperCase() as Step;
    const octave = (letter === step ? 4 : 5) + [...marks!].reduce((sum, mark) => sum + (mark === "'" ? 1 : -1), 0) + voice.octave;
    const tune = this.#tune;
    const key = accidentalKey(step, octave, tune.byOctave);
    const told = accidental ? accidentalCents(accidental)?.cents : undefined;
    const spelt = `${step}${octave}`;
    const tied = voice.tied.get(spelt);
    if (told !== undefined && !tune.plain) voice.accidentals.set(key, told);
    const alter = told ?? tied ?? voice.accidentals.get(key) ?? voice.key?.alters[step] ?? 0;
    const note: Draft<Note> = { sound: { kind: "pitch", step, alter, octave } };
    if (tied !== undefined && tied === alter) {
      note.ties = ["stop"];
      note.marks = [{ kind: "notation", name: "tied", phase: "stop" }];
    }
    voice.tied.delete(spelt);
    return { note, length: whole!.length };
  }
  #note(rest: string): void {
    const found = this.#pitch(rest)!;
    this.#at += found.length;
    this.#put({ kind: "chord", at: ZERO, length: times(this.#length(), this.#voice.unit), notes: [found.note] });
  }
  #chord(): void {
    const end = this.#line.indexOf("]", this.#at);
    if (end < 0) return;
    this.#at++;
    const notes: Draft<Note>[] = [];
    let first: Fraction | undefined;
    const ties: Draft<Note>[] = [];
    while (this.#at < end) {
      const rest = this.#line.slice(this.#at, end);
      const found = this.#pitch(rest);
      if (found) {
        this.#at += found.length;
        notes.push(found.note);
        const own = this.#length();
        first ??= own;
      } else {
        if (rest[0] === "-" && notes.length > 0) ties.push(notes.at(-1)!);
        if (rest[0] === "!" && this.#decoration("!")) continue;
        if (LETTERS[rest[0]!]) this.#sign(LETTERS[rest[0]!]!);
        this.#at++;
      }
    }
    this.#at = end + 1;
    const after = this.#length();
    if (notes.length === 0) return;
    this.#put({ kind: "chord", at: ZERO, length: times(times(first ?? [1, 1], after), this.#voice.unit), notes });
    for (const note of ties) this.#tieFrom(note);
  }
  #graces(): void {
    const end = this.#line.indexOf("}", this.#at);
    if (end < 0) return;
    const slash = this.#line[this.#at + 1] === "/";
    this.#at += slash ? 2 : 1;
    while (this.#at < end) {
      const found = this.#pitch(this.#line.slice(this.#at, end));
      if (!found) {
        this.#at++;
        continue;
      }
      this.#at += found.length;
      this.#length();
      const voice = this.#voice;
      if (voice.pending.graces.length < 64)
        voice.pending.graces.push({
          kind: "chord",
          at: ZERO,
          length: ZERO,
          grace: { slash },
          voice: voice.voiceName,
          value: { type: "eighth", dots: 0 },
          notes: [found.note],
        });
    }
    this.#at = end + 1;
  }
  #put(chord: DraftChord): void {
    const voice = this.#voice;
    const first = chord.notes[0]!;
    const marks: Mark[] = [...(first.marks ?? [])];
    for (; voice.pending.slurs > 0; voice.pending.slurs--) {
      voice.openSlurs = Math.min(6, voice.openSlurs + 1);
      marks.push({ kind: "notation", name: "slur", phase: "start", number: String(voice.openSlurs) });
    }
    marks.push(...voice.pending.marks);
    voice.pending.marks = [];
    if (marks.length > 0) first.marks = marks;
    voice.add(chord);
    if (chord.notes.some((note) => note.sound.kind !== "rest")) voice.words.push({ chord, bar: voice.bars.length });
  }
}
const endingNumbers = (text: string): string =>
  text
    .replace(/[,-]+$/, "")
    .replace(/(\d+)-(\d+)/g, (_, from: string, to: string) =>
      Array.from({ length: Math.min(16, Math.max(1, Number(to) - Number(from) + 1)) }, (_, k) => Number(from) + k).join(","),
    );

/** A chord's name as a symbol; undefined where it is none. */
function chordSymbol(text: string, at: Fraction): ChordSymbol | undefined {
  const [, root, sign, rest, bass, bassSign] = CHORD_NAME.exec(text.trim()) ?? [];
  if (root === undefined) return undefined;
  const cents = (of: string | undefined): number => (of === "#" || of === "\u266f" ? 100 : of === "b" || of === "\u266d" ? -100 : 0);
  const quality = QUALITIES.find(([pattern]) => pattern.test(rest!))?.[1] ?? "other";
  return {
    kind: "harmony",
    at,
    chords: [
      {
        root: { step: root, alter: cents(sign) },
        quality,
        ...(rest ? { text: rest } : {}),
        ...(bass ? { bass: { step: bass.toUpperCase(), alter: cents(bassSign) } } : {}),
      },
    ],
  };
}
