import { checkedAbc } from "../abc-check.ts";
import { compare, type Fraction, isZero, minus, over, plus, ZERO } from "../fraction.ts";
import { fullLength } from "../musicxml/read-bar.ts";
import { keyAlters } from "../playing/ornaments.ts";
import { type Bar, type Chord, type Clef, type Item, isRest, type KeySignature, type Note, type Part, type Score, type TimeSignature } from "../score.ts";
import { CREATORS } from "./signs.ts";
import { abcEscaped } from "./text.ts";
import {
  accidentalText,
  barlineText,
  clefText,
  decorationText,
  directionText,
  inTuplet,
  keyText,
  lengthText,
  letterText,
  meterText,
  quoted,
  symbolText,
  tempoText,
} from "./write-signs.ts";

/** A score in ABC, and how often it has signs that ABC has none for, by the names of MusicXML. */
export interface WrittenAbc {
  readonly text: string;
  readonly lost: ReadonlyMap<string, number>;
}
const UNIT: Fraction = [1, 8];
/** The field of a creator; none where ABC has none. */
const creatorField = (role = "composer"): string | undefined => Object.entries(CREATORS).find(([, one]) => one === role)?.[0];
const oneLine = (text: string): string => text.replace(/[\r\n]+/g, " ").trim();
/** Characters of a line of music. */
const LINE = 110;

/**
 * Writes a score as ABC 2.1: a voice for each part and staff, other voices laid over it; keys, meters, tempo, words, chord symbols, decorations, graces,
 * tuplets, ties, slurs, repeats and endings, microtones to a cent.
 * @throws Complaint for a tune longer than ABC is read here.
 */
export function writeAbc(score: Score): WrittenAbc {
  const lost = new Map<string, number>();
  const lose = (name: string): void => void lost.set(name, (lost.get(name) ?? 0) + 1);
  const staves = score.parts.flatMap((part) => {
    const count = stavesOf(part);
    if (count > 1) lose("staves");
    return Array.from({ length: count }, (_, staff) => new StaffWriter(score, part, staff + 1, count, lose));
  });
  const first = staves[0];
  const key = first?.key ?? { kind: "key" as const, at: ZERO, fifths: 0 };
  const kept = fieldsOf(score);
  const head = [
    "X:1",
    ...[score.title, score.movement].flatMap((title) => (title ? [`T:${abcEscaped(title)}`] : [])),
    ...score.creators.map(({ role, name }) => {
      const field = creatorField(role);
      return field ? `${field}:${abcEscaped(name)}` : `N:${abcEscaped(`${role}: ${name}`)}`;
    }),
    ...score.rights.map(({ name }) => `%%abc-copyright ${oneLine(name)}`),
    ...kept,
    ...(score.bars[0]?.time?.[0] ? [`M:${meterText(score.bars[0].time[0])}`] : []),
    "L:1/8",
    ...(first?.tempo ? [`Q:${first.tempo}`] : []),
    ...(staves.length > 1 || score.parts[0]?.name || first?.head ? staves.map((staff, v) => `V:${v + 1} ${staff.voiceFields}`.trim()) : []),
    `K:${keyText(key)}`,
  ];
  const several = staves.length > 1;
  const body = staves.flatMap((staff, v) => [...(several ? [`V:${v + 1}`] : []), ...staff.lines(v === 0, key)]);
  const text = `${[...head, ...body].join("\n")}\n`;
  // what nobody could read again is not written: our own reader's limits hold for both
  checkedAbc(text);
  return { text, lost };
}
/** Fields and directives that a file of ABC had and a score has no place for. */
const fieldsOf = (score: Score): string[] =>
  (score.carried ?? [])
    .filter((one) => one.name === "identification")
    .flatMap((one) => one.children ?? [])
    .flatMap((one) => one.children ?? [])
    .flatMap(({ attributes, text = "" }) => {
      const name = /^abc:(.+)$/.exec(attributes?.["name"] ?? "")?.[1];
      if (name === undefined || name === "W" || /^begin|^end/.test(text)) return [];
      return [name === "directive" ? `%%${oneLine(text)}` : `${name}:${abcEscaped(text)}`];
    });
const stavesOf = (part: Part): number =>
  Math.min(
    8,
    part.bars.reduce((most, { items }) => items.reduce((own, item) => Math.max(own, item.kind === "chord" ? (item.staff ?? 1) : 1), most), 1),
  );

/** One staff of a part, bar by bar. */
class StaffWriter {
  readonly #score: Score;
  readonly #part: Part;
  readonly #staff: number;
  readonly #lose: (name: string) => void;
  readonly #several: boolean;
  readonly key: KeySignature | undefined;
  readonly tempo: string | undefined;
  readonly head: string;
  /** What the reader knows where the next note stands. */
  #alters: Readonly<Record<string, number>> = {};
  #accidentals = new Map<string, number>();
  #tied = new Map<string, number>();
  #verses: string[][] = [];

  constructor(score: Score, part: Part, staff: number, staves: number, lose: (name: string) => void) {
    this.#score = score;
    this.#part = part;
    this.#staff = staff;
    this.#several = staves > 1;
    this.#lose = lose;
    const opening = (part.bars[0]?.items ?? []).filter((item) => isZero(item.at) && this.#mine(item));
    this.key = opening.find((item) => item.kind === "key");
    const clef = opening.find((item): item is Clef => item.kind === "clef");
    const transpose = opening.find((item) => item.kind === "transpose");
    const semitones = transpose ? transpose.cents / 100 + 12 * (transpose.octaves ?? 0) : 0;
    if (!Number.isInteger(semitones)) lose("transpose");
    this.head = [...(clef ? [clefText(clef)] : []), ...(semitones && Number.isInteger(semitones) ? [`transpose=${semitones}`] : [])].join(" ");
    this.tempo = opening.map((item) => (item.kind === "direction" || item.kind === "sound" ? tempoText(item) : undefined)).find((one) => one !== undefined);
  }
  get voiceFields(): string {
    const { name, short } = this.#part;
    const quote = (text: string): string => `"${quoted(text)}"`;
    return [...(name ? [`name=${quote(name)}`] : []), ...(short ? [`snm=${quote(short)}`] : []), this.head].join(" ").trim();
  }
  #mine(item: Item): boolean {
    return !this.#several || (item.staff ?? 1) === this.#staff;
  }
  lines(first: boolean, key: KeySignature): string[] {
    const { bars } = this.#score;
    const out: string[] = [];
    let line = "";
    this.#alters = altersOf(key);
    const end = (): void => {
      if (line === "") return;
      out.push(line.trim());
      const most = this.#verses.reduce((count, verses) => Math.max(count, verses.length), 0);
      for (let v = 0; v < most; v++)
        out.push(
          `w:${this.#verses
            .map((verses) => verses[v] ?? "*")
            .join(" ")
            .replace(/- (?=\S)/g, "-")
            .replace(/( \*)+$/, "")}`,
        );
      this.#verses = [];
      line = "";
    };
    let time: TimeSignature | undefined;
    bars.forEach((bar, b) => {
      time = bar.time?.[0] ?? time;
      const own = this.#bar(bar, b, time, first, key);
      const left = (b === 0 && bar.barlines?.find((one) => one.place === "left")) || undefined;
      const opening = left ? barlineText(undefined, left) : "";
      const closing = barlineText(
        bar.barlines?.find((one) => one.place === "right"),
        bars[b + 1]?.barlines?.find((one) => one.place === "left"),
      );
      line += `${opening}${own} ${closing} `;
      if (line.length > LINE) end();
    });
    end();
    return out;
  }
  #bar(bar: Bar, b: number, time: TimeSignature | undefined, first: boolean, key: KeySignature): string {
    this.#accidentals = new Map();
    const items = (this.#part.bars[b]?.items ?? []).filter((item) => this.#mine(item));
    const layers = layersOf(items);
    const [main = []] = layers;
    const starts = layers.map((layer) => new Set(layer.flatMap((chord) => (chord.grace ? [] : [chord.at.join()]))));
    const signs = items.filter((item) => item.kind !== "chord");
    // a sign stands in the first layer that has a note there; one that has none gets a layer of its own
    const homes = signs.map((sign) => (isZero(sign.at) || compare(sign.at, bar.length) === 0 ? 0 : starts.findIndex((own) => own.has(sign.at.join()))));
    const signsOf = (layer: number): Item[] => signs.filter((_, k) => homes[k] === layer);
    const meter = b > 0 && bar.time?.[0] ? `[M:${meterText(bar.time[0])}]` : "";
    const marks = (bar.barlines ?? [])
      .flatMap((line) => line.marks ?? [])
      .map((mark) => (mark.name === "segno" || mark.name === "coda" ? `!${mark.name}!` : ""))
      .join("");
    const texts = [this.#layer(main, signsOf(0), bar, time, b === 0 ? { first, key } : undefined)];
    layers.slice(1).forEach((layer, k) => texts.push(this.#layer(layer, signsOf(k + 1), bar, time, undefined)));
    if (homes.includes(-1)) texts.push(this.#layer([], signsOf(-1), bar, time, undefined, true));
    return `${meter}${marks}${texts.join(" & ")}`;
  }
  #layer(
    chords: readonly Chord[],
    signs: readonly Item[],
    bar: Bar,
    time: TimeSignature | undefined,
    opening: { first: boolean; key: KeySignature } | undefined,
    silent = false,
  ): string {
    const out: string[] = [];
    const left = [...signs].sort((a, b) => compare(a.at, b.at));
    let at = ZERO;
    const due = (to: Fraction, glue: boolean): string => {
      let text = "";
      while (left[0] && compare(left[0].at, to) <= 0) {
        const sign = left.shift()!;
        if (glue && compare(sign.at, at) > 0) {
          text += `${this.#gap(minus(sign.at, at))} `;
          at = sign.at;
        }
        text += this.#sign(sign, opening);
      }
      return text;
    };
    const plain = chords.filter((chord) => !chord.grace);
    let place = -1;
    let tuplet: Chord[] = [];
    chords.forEach((chord, k) => {
      let text = due(chord.at, silent);
      if (chord.grace) {
        // graces before one note are one group
        if (k > 0 && chords[k - 1]!.grace) return;
        let note = k;
        while (chords[note]?.grace) note++;
        const graces = chords.slice(k, note);
        // ABC has graces before a note only
        if (note === chords.length) for (const _ of graces) this.#lose("grace");
        out.push(`${text}{${chord.grace.slash ? "/" : ""}${graces.map((one) => this.#notes(one, "")).join("")}}`);
        return;
      }
      place++;
      if (compare(chord.at, at) > 0) out.push(this.#gap(minus(chord.at, at)));
      if (!tuplet.includes(chord)) {
        tuplet = tupletAt(plain, place);
        if (tuplet.length > 0) text += tupletText(tuplet);
      }
      out.push(text + this.#chord(chord, tuplet.length > 0, time));
      at = plus(chord.at, chord.length);
    });
    const tail = due([4096, 1], silent || chords.length === 0);
    if (chords.length === 0 && !silent && isZero(at))
      out.push(compare(fullLength(time ? [time] : undefined), bar.length) === 0 ? `${tail}Z` : tail + this.#rest("z", bar.length));
    else
      out.push(
        ...(silent
          ? [tail + (compare(at, bar.length) < 0 ? this.#gap(minus(bar.length, at)) : "")]
          : [...(compare(at, bar.length) < 0 ? [this.#gap(minus(bar.length, at))] : []), tail]),
      );
    return out.filter((one) => one !== "").join(" ");
  }
  #gap(length: Fraction): string {
    return this.#rest("x", length);
  }
  #rest(letter: string, length: Fraction): string {
    return letter + lengthText(over(length, UNIT));
  }
  #sign(item: Item, opening: { first: boolean; key: KeySignature } | undefined): string {
    const atStart = opening !== undefined && isZero(item.at);
    switch (item.kind) {
      case "harmony":
        return symbolText(item.chords);
      case "direction": {
        const { text, lost } = directionText(item);
        for (const name of lost) this.#lose(name);
        const tempo = tempoText(item);
        return (tempo === undefined || (atStart && opening.first && tempo === this.tempo) ? "" : `[Q:${tempo}]`) + text;
      }
      case "sound": {
        const tempo = tempoText(item);
        return tempo === undefined || (atStart && opening.first && tempo === this.tempo) ? "" : `[Q:${tempo}]`;
      }
      case "key":
        this.#alters = altersOf(item);
        return atStart && keyText(item) === keyText(opening.key) ? "" : `[K:${keyText(item)}]`;
      case "clef":
        return atStart ? "" : `[K:${clefText(item)}]`;
      case "staff":
        if (item.strings) this.#lose("staff-tuning");
        return "";
      case "transpose":
        if (!atStart) this.#lose("transpose");
        return "";
      case "other":
        this.#lose(item.node.name);
        return "";
      default:
        this.#lose("midi");
        return "";
    }
  }
  #chord(chord: Chord, inside: boolean, time: TimeSignature | undefined): string {
    const { tuplet } = chord;
    const written = tuplet && inside ? inTuplet(chord.length, tuplet.actual, tuplet.normal) : chord.length;
    const length = lengthText(over(written, UNIT));
    const [note] = chord.notes as [Note];
    if (isRest(chord)) {
      const hidden = note.look?.["print-object"] === "no";
      const whole = note.sound.kind === "rest" && note.sound.wholeBar && isZero(chord.at) && compare(fullLength(time ? [time] : undefined), chord.length) === 0;
      return `${this.#before(chord)}${whole ? (hidden ? "X" : "Z") : (hidden ? "x" : "z") + length}${after(chord)}`;
    }
    const text = `${this.#before(chord)}${this.#notes(chord, length)}${after(chord)}`;
    this.#syllables(chord);
    return text;
  }
  /** Slurs that begin, and decorations. */
  #before(chord: Chord): string {
    let slurs = "";
    let signs = "";
    chord.notes.forEach((note) => {
      for (const mark of note.marks ?? []) {
        if (mark.name === "slur") slurs += mark.phase === "start" ? "(" : "";
        else if (mark.name === "tied" || mark.name === "tuplet") continue;
        else {
          const text = decorationText(mark);
          if (text === undefined) this.#lose(mark.name);
          else signs += text;
        }
      }
      if (note.head && note.head !== "normal") this.#lose("notehead");
    });
    return signs + slurs;
  }
  #notes(chord: Chord, length: string): string {
    const notes = chord.notes.flatMap((note): string[] => {
      if (note.sound.kind === "rest") return [];
      if (note.sound.kind === "unpitched") this.#lose("unpitched");
      const tie = goesOn(note) ? "-" : "";
      return [this.#pitch(note) + (chord.notes.length > 1 ? tie : length + tie)];
    });
    return notes.length > 1 || chord.notes.length > 1 ? `[${notes.join("")}]${length}` : (notes[0] ?? "");
  }
  #pitch({ sound }: Note): string {
    const step = sound.step ?? "B";
    const octave = Math.max(-2, Math.min(12, sound.kind === "pitch" ? sound.octave : (sound.octave ?? 4)));
    const alter = sound.kind === "pitch" ? Math.round(sound.alter) : (this.#alters[step] ?? 0);
    const place = `${step}${octave}`;
    const known = this.#tied.get(place) ?? this.#accidentals.get(step) ?? this.#alters[step] ?? 0;
    this.#tied.delete(place);
    const told = known === alter ? "" : accidentalText(alter);
    if (told) this.#accidentals.set(step, alter);
    return told + letterText(step, octave);
  }
  #syllables(chord: Chord): void {
    for (const note of chord.notes)
      if (note.sound.kind === "pitch" && goesOn(note)) this.#tied.set(`${note.sound.step}${note.sound.octave}`, Math.round(note.sound.alter));
    const verses: string[] = [];
    for (const { number, syllables, extend } of chord.lyrics ?? []) {
      const v = Math.min(16, Math.max(1, Number(number ?? 1) || 1)) - 1;
      while (verses.length <= v) verses.push("*");
      const text = syllables
        .map(({ text: own, elision }) => (elision === undefined ? "" : "~") + abcEscaped(own).replace(/-/g, "\\-").replace(/\s+/g, "~").replace(/[*|_]/g, ""))
        .join("");
      const goes = syllables.at(-1)?.part === "begin" || syllables.at(-1)?.part === "middle";
      verses[v] = text ? text + (goes ? "-" : "") : extend === undefined ? "*" : "_";
    }
    this.#verses.push(verses);
  }
}
/** Whether a note is tied to the next. */
const goesOn = (note: Note): boolean =>
  note.ties?.includes("start") === true || note.marks?.some((mark) => mark.name === "tied" && mark.phase === "start") === true;
/** Slurs that end. */
const after = (chord: Chord): string =>
  chord.notes
    .flatMap((note) => note.marks ?? [])
    .map((mark) => (mark.name === "slur" && mark.phase === "stop" ? ")" : ""))
    .join("");
const altersOf = (key: KeySignature): Readonly<Record<string, number>> =>
  key.steps ? Object.fromEntries(key.steps.map(({ step, alter }) => [step, alter])) : keyAlters(Math.max(-7, Math.min(7, key.fifths ?? 0)));

/** Chords in layers that do not overlap: one for each voice, more where a voice goes back. */
function layersOf(items: readonly Item[]): Chord[][] {
  const layers = new Map<string, { end: Fraction; chords: Chord[] }>();
  for (const item of items) {
    if (item.kind !== "chord") continue;
    for (let k = 0; ; k++) {
      const name = `${item.voice ?? "1"} ${k}`;
      const layer = layers.get(name) ?? { end: ZERO, chords: [] };
      if (compare(item.at, layer.end) < 0) continue;
      layers.set(name, layer);
      layer.chords.push(item);
      layer.end = plus(item.at, item.length);
      break;
    }
  }
  return [...layers.values()].map((layer) => layer.chords);
}
/** Notes of a tuplet that begins with a chord at a place, nine at most; none where its numbers have no sign. */
function tupletAt(chords: readonly Chord[], from: number): Chord[] {
  const { tuplet } = chords[from]!;
  if (!tuplet || !(tuplet.actual >= 1 && tuplet.actual <= 9 && tuplet.normal >= 1 && tuplet.normal <= 9)) return [];
  const out: Chord[] = [];
  for (let k = from; k < chords.length && out.length < 9; k++) {
    const chord = chords[k]!;
    if (chord.tuplet?.actual !== tuplet.actual || chord.tuplet.normal !== tuplet.normal) break;
    out.push(chord);
    if (chord.notes.some((note) => note.marks?.some((mark) => mark.name === "tuplet" && mark.phase === "stop"))) break;
  }
  return out;
}
const tupletText = (chords: readonly Chord[]): string => {
  const { actual, normal } = chords[0]!.tuplet!;
  return actual === 3 && normal === 2 && chords.length === 3 ? "(3" : `(${actual}:${normal}:${chords.length}`;
};
