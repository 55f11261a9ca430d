import { Complaint } from "@kuishi/base";
import { abcBook, checkedAbc } from "../abc-check.ts";
import { compare, type Fraction, fraction, later, plus, times, ZERO } from "../fraction.ts";
import { fullLength } from "../musicxml/read-bar.ts";
import type { Bar, Barline, BarSigns, Carried, Creator, Item, Lyric, Part, PartBar, Score, Syllable, TimeSignature } from "../score.ts";
import { checkedScore } from "../score-check.ts";
import { metersOf } from "../time.ts";
import { readKey } from "./key.ts";
import { MusicLine } from "./music.ts";
import { CLEFS, CREATORS } from "./signs.ts";
import { abcText } from "./text.ts";
import { AbcVoice, type DraftChord } from "./voice.ts";

/**
 * Reads the first tune of a file of ABC 2.1: voices, words, chord symbols, decorations, graces, tuplets, repeats and endings, keys with accidentals of
 * their own, clefs, microtones. Fields that say nothing about music are carried along.
 * @param tell is told of lines that cannot be read, and they are left out; without it they are refused.
 * @throws Complaint `unreadable` that says where, `notEnough` for a tune without notes.
 */
export function readAbc(book: string, tell?: (complaint: Complaint) => void): Score {
  const text = soundLines(abcBook(book)[0]?.text ?? "", tell);
  const tune = new TuneReader();
  for (const line of joinedLines(text)) tune.line(line);
  return tune.score();
}
/** Lines of a tune that are left out before it is none. */
const MOST_LEFT_OUT = 40;
/** A tune without the lines that ask for numbers and nesting no music has. @throws Complaint for one that has nothing to tell it to. */
function soundLines(text: string, tell: ((complaint: Complaint) => void) | undefined): string {
  const lines = text.split("\n");
  for (let left = 0; ; left++) {
    try {
      checkedAbc(lines.join("\n"));
      return lines.join("\n");
    } catch (error) {
      if (!(error instanceof Complaint && error.code === "abc.line" && tell) || left >= MOST_LEFT_OUT) throw error;
      tell(error);
      lines[Number(error.params["line"]) - 1] = "%";
    }
  }
}
/** A backslash at a line's end; a remark may follow. */
const GOES_ON = /\\(?:\s*|\s+%.*)$/;
/** Lines of which a backslash at the end says that they go on. */
function joinedLines(text: string): string[] {
  const out: string[] = [];
  let open = false;
  for (const line of text.split("\n")) {
    const goes = GOES_ON.test(line) && !/^[A-Za-z]:/.test(line) && !line.startsWith("%");
    const own = goes ? line.replace(GOES_ON, "") : line;
    if (open && !/^([A-Za-z]:|%)/.test(line)) out[out.length - 1] += own;
    else out.push(own);
    open = goes;
  }
  return out;
}

class TuneReader {
  readonly voices = new Map<string, AbcVoice>();
  readonly #titles: string[] = [];
  readonly #creators: Creator[] = [];
  readonly #kept: Carried[] = [];
  readonly #header = { unit: undefined as Fraction | undefined, time: undefined as TimeSignature | undefined, key: "", tempo: [] as Item[] };
  #voice: AbcVoice | undefined;
  #body = false;
  #text = false;
  byOctave = false;
  plain = false;

  line(raw: string): void {
    const directive = /^(?:%%|I:)\s*(\S+)\s*(.*)/.exec(raw);
    const field = /^([A-Za-z+]):(.*)/s.exec(raw);
    if (directive) this.#directive(directive[1]!, directive[2]!, raw);
    else if (this.#text || raw.startsWith("%")) return;
    else if (field) this.field(field[1]!, field[2]!.replace(/(^|[^\\])%.*$/, "$1").trim());
    else if (this.#body && raw.trim() !== "") new MusicLine(this, raw).read();
  }
  #directive(name: string, value: string, raw: string): void {
    if (/^begin/.test(name)) this.#text = true;
    if (/^end/.test(name)) this.#text = false;
    if (name === "propagate-accidentals") {
      this.byOctave = value.trim() === "octave";
      this.plain = value.trim() === "not";
    }
    this.#keep("directive", raw.replace(/^(%%|I:)/, "").trim());
  }
  #keep(name: string, text: string): void {
    if (this.#kept.length < 1000) this.#kept.push({ name: "miscellaneous-field", attributes: { name: `abc:${name}` }, text });
  }
  get voice(): AbcVoice {
    return (this.#voice ??= this.#voiceOf([...this.voices.keys()][0] ?? "1"));
  }
  #voiceOf(id: string): AbcVoice {
    const known = this.voices.get(id);
    if (known) return known;
    const made = new AbcVoice(id);
    made.unit = this.#unit();
    if (this.#header.time) made.setTime(this.#header.time);
    if (this.#header.key) this.setKey(made, this.#header.key);
    // in the header the key comes last, and begins all voices
    if (this.#body && this.voices.size === 0) for (const item of this.#header.tempo) made.push(item);
    this.voices.set(id, made);
    return made;
  }
  #unit(): Fraction {
    if (this.#header.unit) return this.#header.unit;
    const full = fullLength(this.#header.time ? [this.#header.time] : undefined);
    return full[0] > 0 && compare(full, [3, 4]) < 0 ? [1, 16] : [1, 8];
  }
  field(name: string, told: string): void {
    // words are divided before their letters are read
    const value = name === "w" ? told : abcText(told);
    const at = this.#body ? this.voice : undefined;
    if (name === "T") this.#titles.push(value);
    else if (name === "L") this.#length(value, at);
    else if (name === "M") this.#meter(value, at);
    else if (name === "K") this.#key(value, at);
    else if (name === "Q") this.#tempo(value, at);
    else if (name === "V") this.setVoice(value);
    else if (name === "w") this.#words(value);
    else if (name === "P" && at) at.push({ kind: "direction", at: at.at, marks: [{ kind: "direction", name: "rehearsal", value }] });
    else if (CREATORS[name]) this.#creators.push({ role: CREATORS[name], name: value });
    else if (name !== "X") this.#keep(name, value);
  }
  #key(value: string, at: AbcVoice | undefined): void {
    if (at) {
      this.setKey(at, value);
      return;
    }
    this.#header.key = value;
    this.#body = true;
    // voices may have been named before the key
    for (const voice of this.voices.values()) this.#begin(voice);
  }
  #begin(voice: AbcVoice): void {
    voice.unit = this.#unit();
    if (this.#header.time) voice.setTime(this.#header.time);
    this.setKey(voice, this.#header.key);
    if (voice === [...this.voices.values()][0]) for (const item of this.#header.tempo) voice.push(item);
  }
  /** Whether no note has been read: what is told of the time then holds for all voices, wherever the key stands. */
  get #silent(): boolean {
    return [...this.voices.values()].every((voice) => voice.last === undefined);
  }
  #length(value: string, at: AbcVoice | undefined): void {
    const [, top, bottom] = /^(\d+)(?:\/(\d+))?/.exec(value) ?? [];
    if (!top) return;
    const unit = fraction(Number(top), Number(bottom ?? 1));
    if (this.#silent) {
      this.#header.unit = unit;
      for (const voice of this.voices.values()) voice.unit = unit;
    } else if (at) at.unit = unit;
  }
  #meter(value: string, at: AbcVoice | undefined): void {
    const time = timeOf(value);
    if (!time) return;
    if (!this.#silent) {
      at?.setTime(time);
      return;
    }
    this.#header.time = time;
    for (const voice of this.voices.values()) {
      voice.unit = this.#unit();
      if (this.#body) voice.setTime(time);
    }
  }
  setKey(voice: AbcVoice, value: string): void {
    const clef = clefOf(value);
    const told = value.replace(/\b(clef|middle|transpose|octave|stafflines|staffscale|map|style)=\S+/g, "");
    if (/^\s*([A-G]|none|H[Pp])/.test(value)) {
      const key = readKey(told);
      voice.key = key;
      const steps = Object.entries(key.alters).map(([step, alter]) => ({ step, alter: alter! }));
      voice.push({ kind: "key", at: voice.at, ...(key.odd ? { steps } : { fifths: key.fifths }), ...(key.mode ? { mode: key.mode } : {}) });
    }
    if (clef) voice.push({ kind: "clef", at: voice.at, ...clef });
    this.#shift(voice, value);
  }
  #shift(voice: AbcVoice, value: string): void {
    const octave = /\boctave=(-?\d)/.exec(value)?.[1];
    if (octave !== undefined) voice.octave = Number(octave);
    const transpose = /\btranspose=(-?\d{1,2})/.exec(value)?.[1];
    if (transpose !== undefined) voice.push({ kind: "transpose", at: voice.at, cents: Number(transpose) * 100 });
  }
  setVoice(value: string): void {
    const id = /^\S+/.exec(value)?.[0] ?? "1";
    const known = this.voices.has(id);
    const voice = this.#voiceOf(id);
    const text = (name: RegExp): string | undefined =>
      name
        .exec(value)
        ?.slice(1)
        .find((one) => one !== undefined);
    voice.name = text(/\b(?:name|nm)=(?:"([^"]*)"|(\S+))/) ?? voice.name;
    voice.short = text(/\b(?:subname|snm|sname)=(?:"([^"]*)"|(\S+))/) ?? voice.short;
    if (this.#body) {
      this.#voice = voice;
      voice.words = [];
      voice.verse = 0;
    }
    if (!known || / /.test(value)) {
      const clef = clefOf(value.replace(/^\S+/, ""));
      if (clef) voice.push({ kind: "clef", at: voice.at, ...clef });
      this.#shift(voice, value);
    }
  }
  #tempo(value: string, at: AbcVoice | undefined): void {
    const item = tempoOf(value, at?.at ?? ZERO, at?.unit ?? this.#unit());
    if (!item) return;
    if (at) at.push(item);
    else this.#header.tempo.push(item);
  }
  #words(value: string): void {
    const { voice } = this;
    voice.verse++;
    underlay(value, voice.words, String(voice.verse));
  }
  score(): Score {
    const voices = [...this.voices.values()].filter((voice) => voice.bars.length > 0);
    for (const voice of voices) voice.finish();
    const sounding = voices.filter((voice) => voice.bars.some((bar) => bar.items.some((item) => item.kind === "chord")));
    if (sounding.length === 0) throw new Complaint("notEnough", "score.empty");
    const [title, ...others] = this.#titles;
    for (const other of others) this.#keep("T", other);
    const { bars, parts } = barsOf(sounding);
    return checkedScore({
      ...(title === undefined ? {} : { title }),
      creators: this.#creators,
      rights: [],
      groups: [],
      parts,
      bars,
      ...(this.#kept.length > 0 ? { carried: [{ name: "identification", children: [{ name: "miscellaneous", children: this.#kept }] }] } : {}),
    });
  }
}

function timeOf(value: string): TimeSignature | undefined {
  const text = value.trim();
  if (text === "C" || text === "C|") {
    const common = text === "C";
    return { meters: [metersOf(common ? "4" : "2", common ? "4" : "2")!], symbol: common ? "common" : "cut" };
  }
  if (/^none\b/i.test(text)) return { meters: [], free: "" };
  const [, over, under] = /^\(?([\d+() ]+?)\)?\s*\/\s*(\d+)/.exec(text) ?? [];
  const meter = over && metersOf(over.replace(/[() ]/g, ""), under!);
  return meter ? { meters: [meter] } : undefined;
}
function clefOf(value: string): { sign: string; line?: number; octaves?: number } | undefined {
  const [, name, line, octave] = /(?:\bclef=|(?:^|\s))(treble|bass|alto|tenor|soprano|mezzosoprano|baritone|perc|none)(\d)?([+-]8)?(?=\s|$)/.exec(value) ?? [];
  if (name === undefined || (name === "none" && !/clef=/.test(value))) return undefined;
  const [sign, usual] = CLEFS[name]!;
  const at = line === undefined ? usual : Number(line);
  return { sign, ...(at === undefined ? {} : { line: at }), ...(octave ? { octaves: octave === "+8" ? 1 : -1 } : {}) };
}
function tempoOf(value: string, at: Fraction, unit: Fraction): Item | undefined {
  const words = [...value.matchAll(/"([^"]*)"/g)].map((match) => match[1]!);
  const plain = value.replace(/"[^"]*"/g, " ").trim();
  const marks: Extract<Item, { kind: "direction" }>["marks"][number][] = words.map((text) => ({ kind: "direction", name: "words", value: text }));
  const bpm = /(?:=\s*|^)(\d+(?:\.\d+)?)\s*$/.exec(plain)?.[1];
  if (bpm === undefined) return marks.length > 0 ? { kind: "direction", at, marks } : undefined;
  const lengths = [...plain.matchAll(/(\d+)\/(\d+)/g)].map(([, top, bottom]) => fraction(Number(top), Number(bottom)));
  const beat = lengths.length > 0 ? lengths.reduce((a, b) => plus(a, b)) : /^C/.test(plain) ? unit : ([1, 4] as Fraction);
  const quarters = Math.round(Number(bpm) * (beat[0] / beat[1]) * 4 * 1e6) / 1e6;
  const beats = beatsOf(beat);
  return {
    kind: "direction",
    at,
    marks: [...marks, ...(beats ? [{ kind: "direction" as const, name: "metronome", value: bpm, beats: [beats] }] : [])],
    sound: { tempo: quarters },
  };
}
function beatsOf(beat: Fraction): { type: string; dots: number } | undefined {
  const types: Readonly<Record<number, string>> = { 1: "whole", 2: "half", 4: "quarter", 8: "eighth", 16: "16th", 32: "32nd" };
  if (beat[0] === 1 && types[beat[1]]) return { type: types[beat[1]]!, dots: 0 };
  const dotted = times(beat, [2, 3]);
  return beat[0] === 3 && dotted[0] === 1 && types[dotted[1]] ? { type: types[dotted[1]]!, dots: 1 } : undefined;
}

/** Lays a line of words under notes (ABC 2.1, section 5). */
function underlay(value: string, notes: readonly { chord: DraftChord; bar: number }[], verse: string): void {
  let at = 0;
  let part: "single" | "middle" = "single";
  const put = (lyric: Omit<Lyric, "number">): void => {
    const place = notes[at++];
    if (place) place.chord.lyrics = [...(place.chord.lyrics ?? []), { number: verse, ...lyric }];
  };
  for (const token of value.match(/(?:\\[\\-]|[^\s\-_*|])+|[-_*|]/g) ?? []) {
    const before = notes[at - 1]?.chord.lyrics;
    if (token === "*") at++;
    else if (token === "_") put({ syllables: [], extend: "" });
    else if (token === "|") {
      const bar = notes[at - 1]?.bar ?? notes[0]?.bar ?? 0;
      while (notes[at] && notes[at]!.bar <= bar && at > 0) at++;
    } else if (token === "-") {
      const last = before?.findLast((one) => one.number === verse);
      const syllable = last?.syllables.at(-1);
      if (part === "middle") at++;
      else if (last && syllable) {
        before![before!.indexOf(last)] = { ...last, syllables: [{ ...syllable, part: syllable.part === "end" ? "middle" : "begin" }] };
        part = "middle";
      }
    } else {
      const syllable: Syllable = { text: abcText(token).replace(/~/g, " ").replace(/\\-/g, "-"), part: part === "middle" ? "end" : "single" };
      part = "single";
      put({ syllables: [syllable] });
    }
  }
}

function barsOf(voices: readonly AbcVoice[]): { bars: Bar[]; parts: Part[] } {
  const count = voices.reduce((most, voice) => Math.max(most, voice.bars.length), 0);
  let time: TimeSignature | undefined;
  let number = 0;
  const bars = Array.from({ length: count }, (_, b): Bar => {
    const first = voices.find((voice) => voice.bars[b])!.bars[b]!;
    const length = voices.reduce<Fraction>((most, voice) => later(most, voice.bars[b]?.length ?? ZERO), ZERO);
    time = first.time ?? time;
    const full = fullLength(time ? [time] : undefined);
    const short = compare(length, full) < 0;
    // a pickup, and the second half of a bar that a repeat divides
    const uncounted = short && (b === 0 || first.left?.repeat !== undefined);
    if (!uncounted) number++;
    const barlines = [first.left, first.right].filter((line) => line !== undefined) as Barline[];
    const signs: BarSigns = {
      number: uncounted ? (b === 0 ? "0" : `X${b}`) : String(number),
      ...(uncounted ? { uncounted: true } : {}),
      ...(first.time ? { time: [first.time] } : {}),
      ...(barlines.length > 0 ? { barlines } : {}),
    };
    return { ...signs, length: length[0] > 0 ? length : full };
  });
  const parts = voices.map(
    (voice, v): Part => ({
      id: `P${v + 1}`,
      name: voice.name || (voices.length > 1 ? `voice ${voice.id}` : ""),
      ...(voice.short ? { short: voice.short } : {}),
      instruments: [],
      bars: bars.map((_, b): PartBar => ({ items: voice.bars[b]?.items ?? [] })),
    }),
  );
  return { bars, parts };
}
