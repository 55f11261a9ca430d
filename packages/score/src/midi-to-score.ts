import { type Cents, type Complaint, MOST_BARS, type Seconds } from "@kuishi/base";
import { compare, type Fraction, fraction, isZero, plus, ZERO } from "./fraction.ts";
import { drumOfKey } from "./general-midi.ts";
import { type PlayedNote, type PlayedScore, type PlayedSign, type PlayedTrack, readMidiFile } from "./midi-in.ts";
import { fullLength } from "./musicxml/read-bar.ts";
import { keyAlters } from "./playing/ornaments.ts";
import type { Bar, Chord, Clef, Creator, Item, Lyric, Mark, Part, PartBar, Score, ScoreInstrument, TimeSignature } from "./score.ts";
import { checkedScore, tooMuch } from "./score-check.ts";
import { metersOf } from "./time.ts";
import { type PlayedGroup, quantised, type TupletSpan } from "./transcription/grid.ts";
import { type DraftNote, filling, pieces, tie, tupletSigns } from "./transcription/pieces.ts";
import { type Spelling, spelt } from "./transcription/spelling.ts";

/**
 * Reads a Standard MIDI File as written music: tracks as parts with their names, programs and drum sounds, notes at the divisions they are nearest to,
 * signatures, tempo, markers, words, bends. What sounds together and ends otherwise has voices of its own.
 * @param tell is told what of a damaged file cannot be read, and is left out; without it such a file is refused.
 * @throws Complaint `unreadable`, `notEnough` for a file without notes.
 */
export function readMidiScore(bytes: Uint8Array, tell?: (complaint: Complaint) => void): Score {
  const played = midiParts(bytes, tell);
  const bars = barsOf(played);
  const signs = played.signs ?? [];
  const names = signs.filter((sign) => sign.kind === "name");
  const sounding = new Set(played.tracks.map((track) => track.track));
  // the first track's name is the file's, where nothing is played in it
  const title = signs.find((sign) => sign.kind === "title")?.text ?? names.find((sign) => sign.track === 0 && !sounding.has(0))?.text;
  const rights = signs.filter((sign) => sign.kind === "rights").map((sign): Creator => ({ name: sign.text }));
  const stray = isWritten(played) ? WRITTEN_SEC : PLAYED_SEC;
  const ids = played.tracks.map((_, t) => `P${t + 1}`);
  const words = wordsOf(played);
  const signsOf = Map.groupBy(signs, (sign) => barAt(bars, sign.at));
  const parts = played.tracks.map((track, t): Part => {
    const writer = new PartWriter(track, ids[t]!, bars, signs, stray, words.get(track) ?? []);
    const items = writer.bars();
    return {
      id: ids[t]!,
      name: track.name,
      instruments: writer.instruments,
      bars: items.map((own, b): PartBar => ({ items: [...(t === 0 ? timeSigns(bars[b]!, signsOf.get(b) ?? []) : []), ...own] })),
    };
  });
  return checkedScore({ ...(title ? { title } : {}), creators: [], rights, groups: [], parts, bars: bars.map(barSigns) });
}

/**
 * A Standard MIDI File as it sounds, a track for each part that `readMidiScore` finds, in its order: channels that one track of several needs for its cents
 * are one part; of a file of one track they are parts.
 * @throws Complaint `unreadable`.
 */
export function midiParts(bytes: Uint8Array, tell?: (complaint: Complaint) => void): PlayedScore {
  const played = readMidiFile(bytes, tell);
  const several = played.tracks.some((track) => track.track! > 0);
  const groups = Map.groupBy(played.tracks, (track) => (several ? `${track.track} ${track.program} ${track.drums}` : track));
  return {
    ...played,
    tracks: [...groups.values()].map(([first, ...others]) => ({ ...first!, notes: [...first!.notes, ...others.flatMap((track) => track.notes)] })),
  };
}

/** How far notes stray from what is meant: in a file that a program wrote, and in one that someone played. */
const [WRITTEN_SEC, PLAYED_SEC]: readonly [Seconds, Seconds] = [0.004, 0.028];
/** What lies further from a place stands elsewhere. */
const EXACT_SEC: Seconds = 0.0015;
/** Whether notes lie where only a program puts them: on 48ths of a quarter. */
function isWritten({ tracks }: PlayedScore): boolean {
  const starts = tracks.flatMap((track) => track.notes.map((note) => (note.counted?.[0] ?? 0) * 48));
  const exact = starts.filter((at) => Math.abs(at - Math.round(at)) < 0.11).length;
  return exact > starts.length * 0.9;
}

interface CountedBar {
  /** Quarters from the beginning. */
  readonly from: number;
  readonly to: number;
  readonly length: Fraction;
  readonly time: TimeSignature;
  readonly changed: boolean;
  readonly pickup: boolean;
  readonly number: string;
}
function barsOf({ bars, tracks }: PlayedScore): readonly CountedBar[] {
  const end = tracks.reduce((last, track) => track.notes.reduce((most, note) => Math.max(most, note.counted![1]), last), 0);
  const told = bars.map((bar) => ({ from: bar.quarters ?? 0, time: timeOf(bar.beats, bar.unit) }));
  if (told.length === 0) told.push({ from: 0, time: timeOf(4, 4) });
  for (let last = told.at(-1)!; ; last = told.at(-1)!) {
    const full = fullLength([last.time]);
    const next = last.from + (4 * full[0]) / full[1];
    if (next >= end - 1e-6) break;
    if (told.length >= MOST_BARS) throw tooMuch();
    told.push({ from: next, time: last.time });
  }
  let number = 0;
  return told.map(({ from, time }, b): CountedBar => {
    const full = fullLength([time]);
    const to = told[b + 1]?.from ?? from + (4 * full[0]) / full[1];
    const length = b + 1 < told.length ? fraction(Math.max(1, Math.round((to - from) * 480)), 1920) : full;
    const next = told[1] && fullLength([told[1].time]);
    // a short bar before one under another signature leads to it
    const pickup = b === 0 && next !== undefined && compare(full, next) < 0 && sameUnit(time, told[1]!.time);
    if (!pickup) number++;
    const shown = pickup ? told[1]!.time : time;
    const before = b === 0 ? undefined : b === 1 && number === 1 ? told[1]!.time : told[b - 1]!.time;
    return {
      from,
      to,
      length,
      time: shown,
      changed: b === 0 || JSON.stringify(shown) !== JSON.stringify(before),
      pickup,
      number: pickup ? "0" : String(number),
    };
  });
}
const sameUnit = (a: TimeSignature, b: TimeSignature): boolean => a.meters[0]?.unit === b.meters[0]?.unit;
/** A signature that no bar can have is passed over, for MIDI's are often there for no reader. */
const timeOf = (beats: number, unit: number): TimeSignature => ({ meters: [metersOf(String(beats), String(unit)) ?? metersOf("4", "4")!] });
const barSigns = (bar: CountedBar): Bar => ({
  number: bar.number,
  ...(bar.pickup ? { uncounted: true as const } : {}),
  ...(bar.changed ? { time: [bar.time] } : {}),
  length: bar.length,
});
/** A place in a bar: the 48th of a quarter it is meant for, or exactly enough. */
function placeIn(bar: CountedBar, at: number): Fraction {
  const parts = (at - bar.from) * 48;
  return Math.abs(parts - Math.round(parts)) < 0.11 ? fraction(Math.round(parts), 192) : fraction(Math.round(parts * 20), 3840);
}
/** The bar a moment lies in. */
function barAt(bars: readonly CountedBar[], at: number): number {
  let [low, high] = [0, bars.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (bars[middle]!.from <= at + 1e-6) low = middle;
    else high = middle - 1;
  }
  return low;
}
const within = (bar: CountedBar, at: number): boolean => at >= bar.from - 1e-6 && at < bar.to - 1e-6;

/** Tempo and markers, for the first part. */
function timeSigns(bar: CountedBar, signs: readonly PlayedSign[]): Item[] {
  return signs.flatMap((sign): Item[] => {
    if (!within(bar, sign.at)) return [];
    const at = placeIn(bar, sign.at);
    if (sign.kind === "tempo") return [{ kind: "sound", at, signs: { tempo: Math.round(sign.value * 1e4) / 1e4 } }];
    return sign.kind === "marker" && sign.text.trim()
      ? [{ kind: "direction", at, place: "above", marks: [{ kind: "direction", name: "rehearsal", value: sign.text.trim() }] }]
      : [];
  });
}

/** Words of each track; those of a track without notes go to the one that has most notes under them. */
function wordsOf({ tracks, signs = [] }: PlayedScore): ReadonlyMap<PlayedTrack, readonly PlayedSign[]> {
  const out = new Map<PlayedTrack, PlayedSign[]>();
  for (const [own, words] of Map.groupBy(
    signs.filter((sign) => sign.kind === "words"),
    (sign) => sign.track,
  )) {
    const pitched = tracks.filter((track) => !track.drums);
    const home = pitched.filter((track) => track.track === own);
    const under = (track: PlayedTrack): number => {
      const starts = new Set(track.notes.map((note) => Math.round(note.counted![0] * 24)));
      return words.filter((word) => starts.has(Math.round(word.at * 24))).length;
    };
    const [best] = (home.length > 0 ? home : pitched).map((track) => ({ track, count: under(track) })).sort((a, b) => b.count - a.count);
    if (best) out.set(best.track, [...(out.get(best.track) ?? []), ...words]);
  }
  return out;
}

/** A note of a part, between places of bars. */
interface Placed {
  readonly bar: number;
  readonly from: Fraction;
  toBar: number;
  to: Fraction;
  readonly note: PlayedNote;
}
/** Voices of one part. */
const MOST_VOICES = 8;
/** Bends below this are vibrato. */
const BENT: Cents = 30;

class PartWriter {
  readonly instruments: readonly ScoreInstrument[];
  readonly #track: PlayedTrack;
  readonly #bars: readonly CountedBar[];
  readonly #keys: readonly PlayedSign[];
  readonly #stray: Seconds;
  readonly #words: readonly PlayedSign[];
  readonly #id: string;
  readonly #tuplets: TupletSpan[][];
  /** Where notes of each bar stand. */
  readonly #starts: Fraction[][];
  /** Places of bars at which something may end, where they have been asked for. */
  readonly #grids = new Map<number, readonly Fraction[]>();
  readonly #secondsPerQuarter: Seconds;

  constructor(track: PlayedTrack, id: string, bars: readonly CountedBar[], signs: readonly PlayedSign[], stray: Seconds, words: readonly PlayedSign[]) {
    this.#track = track;
    this.#id = id;
    this.#bars = bars;
    this.#keys = signs.filter((sign) => sign.kind === "key" && Math.abs(sign.value) <= 7);
    this.#stray = stray;
    this.#words = words;
    this.#tuplets = bars.map(() => []);
    this.#starts = bars.map(() => []);
    this.#secondsPerQuarter = medianSeconds(track.notes);
    const { program, volume, pan, channel, drums } = track;
    const shared = { channel: channel ?? 0, program, volume, pan };
    const keys = drums ? [...new Set(track.notes.map((note) => keyOf(note)))].sort((a, b) => a - b) : [];
    this.instruments = drums
      ? keys.map((key): ScoreInstrument => ({ id: this.#drumId(key), name: drumOfKey(key), ...shared, key }))
      : [{ id: `${id}-I1`, name: track.name || id, ...shared }];
  }
  #drumId = (key: number): string => `${this.#id}-I${key + 1}`;

  bars(): readonly (readonly Item[])[] {
    const placed = this.#placed();
    const voices = inVoices(placed, this.#bars);
    const items = this.#bars.map((_, b): Item[] => this.#openings(b));
    voices.forEach((notes, v) => this.#voice(notes, v + 1, items));
    this.#lay(items);
    return items;
  }
  #openings(b: number): Item[] {
    const { drums, notes } = this.#track;
    const bar = this.#bars[b]!;
    const out: Item[] = [];
    for (const sign of drums ? [] : this.#keys)
      if (within(bar, sign.at)) out.push({ kind: "key", at: placeIn(bar, sign.at), fifths: sign.value, mode: sign.text });
    if (b === 0) out.push({ kind: "clef", at: ZERO, ...(drums ? { sign: "percussion" } : clefOf(notes)) });
    return out;
  }
  /** Where notes stand, by the divisions of the groups they begin in. */
  #placed(): Placed[] {
    const { notes } = this.#track;
    const out: Placed[] = [];
    let next = 0;
    const sorted = [...notes].sort((a, b) => a.counted![0] - b.counted![0]);
    const ends = notes.map((note) => note.counted![1]).sort((a, b) => a - b);
    let nextEnd = 0;
    const secondsPerQuarter = this.#secondsPerQuarter;
    this.#bars.forEach((bar, b) => {
      // most bars of most parts are silent
      if (next >= sorted.length || (sorted[next]!.counted![0] >= bar.to && b < this.#bars.length - 1)) return;
      const groups = groupsIn(bar, secondsPerQuarter);
      groups.forEach((group, g) => {
        const last = b === this.#bars.length - 1 && g === groups.length - 1;
        const own: PlayedNote[] = [];
        while (next < sorted.length && (last || sorted[next]!.counted![0] * secondsPerQuarter < group.to - 1e-6)) own.push(sorted[next++]!);
        const found = quantised(
          group,
          own.map((note) => note.counted![0] * secondsPerQuarter),
          this.#stray,
        );
        // what a program wrote where no division is stands there
        const off = (place: Fraction, k: number): number => Math.abs((place[0] / place[1]) * 4 - (own[k]!.counted![0] - bar.from)) * secondsPerQuarter;
        const released: number[] = [];
        while (nextEnd < ends.length && ends[nextEnd]! * secondsPerQuarter < group.to - 1e-6) released.push(ends[nextEnd++]! - bar.from);
        const misses = found.places.some((place, k) => off(place, k) > EXACT_SEC) || cuts(group, found.tuplets, released, secondsPerQuarter);
        const exact = this.#stray === WRITTEN_SEC && misses;
        const { places, tuplets } = exact ? { places: own.map((note) => placeIn(bar, note.counted![0])), tuplets: [] } : found;
        this.#tuplets[b]!.push(...tuplets);
        this.#starts[b]!.push(...places);
        own.forEach((note, k) => {
          const over = compare(places[k]!, bar.length) >= 0;
          if (over && this.#bars[b + 1]) out.push({ bar: b + 1, from: ZERO, toBar: b + 1, to: ZERO, note });
          else out.push({ bar: b, from: over ? ZERO : places[k]!, toBar: b, to: ZERO, note });
        });
      });
    });
    const onsets = [...new Set(sorted.map((note) => note.counted![0]))];
    const early = letsGoEarly(notes, onsets);
    for (const one of out) this.#end(one, (early && nextSoon(one.note, onsets)) || one.note.counted![1]);
    return out;
  }
  #grid(b: number): readonly Fraction[] {
    const known = this.#grids.get(b);
    if (known) return known;
    const bar = this.#bars[b]!;
    const tuplets = this.#tuplets[b]!;
    const places = groupsIn(bar, this.#secondsPerQuarter).flatMap((group) =>
      gridOf(
        group,
        tuplets.filter((span) => compare(span.from, group.at) >= 0 && compare(span.from, plus(group.at, fraction(group.pulses, group.unit))) < 0),
      ),
    );
    const grid = [...places, ...this.#starts[b]!].filter((place) => compare(place, bar.length) <= 0).sort(compare);
    this.#grids.set(b, grid);
    return grid;
  }
  /** Ends a note at the place nearest to where it is let go, never where it begins. */
  #end(one: Placed, at: number): void {
    const b = Math.max(one.bar, barAt(this.#bars, at));
    const bar = this.#bars[b]!;
    const told = Math.max(0, (at - bar.from) / 4);
    const grid = [...(b === one.bar ? [] : [ZERO]), ...this.#grid(b), bar.length].filter((place) => b !== one.bar || compare(place, one.from) > 0);
    const nearest = grid.reduce((a, c) => (Math.abs(c[0] / c[1] - told) < Math.abs(a[0] / a[1] - told) - 1e-9 ? c : a), grid[0] ?? bar.length);
    // what ends with a bar line ends in the bar before it
    const line = isZero(nearest) && b > one.bar;
    one.toBar = line ? b - 1 : b;
    one.to = line ? this.#bars[b - 1]!.length : nearest;
  }
  #voice(notes: readonly Placed[], voice: number, items: readonly Item[][]): void {
    const at = this.#bars.map(() => ZERO);
    const put = (b: number, from: Fraction, to: Fraction, own: readonly DraftNote[]): Item[] => {
      const written = pieces(from, to, voice, this.#tuplets[b]!, own);
      items[b]!.push(...written);
      return written;
    };
    const rest = (b: number, to: Fraction): void => {
      if (compare(to, at[b]!) > 0) put(b, at[b]!, to, []);
    };
    for (const group of together(notes)) {
      const [first] = group as [Placed];
      let own = group.map((one) => this.#note(one));
      for (let b = first.bar; b <= first.toBar; b++) {
        const from = b === first.bar ? first.from : ZERO;
        const to = b === first.toBar ? first.to : this.#bars[b]!.length;
        rest(b, from);
        const written = put(b, from, to, own);
        at[b] = to;
        if (b === first.toBar) break;
        for (const note of (written.at(-1) as Chord).notes) tie(note as DraftNote, "start");
        own = own.map((note) => {
          const next: DraftNote = { sound: note.sound, ...(note.instrument ? { instrument: note.instrument } : {}) };
          tie(next, "stop");
          return next;
        });
      }
    }
    this.#bars.forEach((bar, b) => {
      items[b]!.push(...filling(at[b]!, bar.length, voice, this.#tuplets[b]!));
      if (this.#tuplets[b]!.length === 0) return;
      const own = items[b]!.filter((item) => item.kind === "chord" && item.voice === String(voice));
      tupletSigns(own, this.#tuplets[b]!);
    });
  }
  #note({ note, bar, from }: Placed): DraftNote {
    const look = { dynamics: String(Math.round((note.velocity * 12700) / 0.9) / 100) };
    if (this.#track.drums) {
      const key = keyOf(note);
      const [step, octave] = DRUM_PLACES[key] ?? ["C", 5];
      return { sound: { kind: "unpitched", step, octave }, instrument: this.#drumId(key), look };
    }
    const { alter, ...pitch } = spelt(note.cents, this.#spelling(this.#bars[bar]!.from + (4 * from[0]) / from[1]));
    const bends = bendMarks(note);
    return { sound: { ...pitch, alter: Math.round(alter) }, ...(bends.length > 0 ? { marks: bends } : {}), look };
  }
  #spelling(at: number): Spelling {
    const fifths = this.#keys.findLast((sign) => sign.at <= at + 1e-6)?.value ?? 0;
    return { fifths, mode: undefined, alters: keyAlters(fifths) };
  }
  /** Lays words under the notes they are told at. */
  #lay(items: readonly Item[][]): void {
    let word: "single" | "middle" = "single";
    // where words end in spaces, what does not goes on
    const spaced = this.#words.some(({ text }) => /\S\s+$/.test(text));
    for (const [k, { at, text }] of this.#words.entries()) {
      const b = barAt(this.#bars, at);
      const told = text.replace(/^[/\\]/, "");
      const bar = this.#bars[b];
      if (!bar || !told.trim()) continue;
      const place = (at - bar.from) / 4;
      const chords = items[b]!.filter(
        (item): item is Chord => item.kind === "chord" && item.notes.some((note) => note.sound.kind !== "rest" && !note.ties?.includes("stop")),
      );
      const near = chords.filter((chord) => Math.abs(chord.at[0] / chord.at[1] - place) < 1 / 32 && !chord.lyrics);
      const chord = near[0];
      if (!chord) continue;
      const next = this.#words[k + 1]?.text;
      const goes = spaced ? !/[-\s]$/.test(told) && next !== undefined && !/^[/\\\s]/.test(next) : /-\s*$/.test(told);
      const part = goes ? (word === "middle" ? "middle" : "begin") : word === "middle" ? "end" : "single";
      word = goes ? "middle" : "single";
      (chord as { lyrics?: readonly Lyric[] }).lyrics = [{ number: "1", syllables: [{ text: told.replace(/-\s*$/, "").trim(), part }] }];
    }
  }
}
const keyOf = (note: PlayedNote): number => Math.min(127, Math.max(0, Math.round(note.cents / 100)));
/** Where drums stand on five lines, as drum parts are commonly written; others in the middle. */
const DRUM_PLACES: Readonly<Record<number, readonly [string, number]>> = {
  35: ["E", 4],
  36: ["F", 4],
  38: ["C", 5],
  40: ["C", 5],
  41: ["A", 4],
  42: ["G", 5],
  43: ["A", 4],
  44: ["D", 4],
  45: ["B", 4],
  46: ["G", 5],
  47: ["D", 5],
  48: ["E", 5],
  49: ["A", 5],
  50: ["E", 5],
  51: ["F", 5],
  57: ["A", 5],
};
function bendMarks(note: PlayedNote): Mark[] {
  if (note.bend.length === 0) return [];
  const peak = note.bend.reduce((most, [, by]) => (Math.abs(by) > Math.abs(most) ? by : most), 0);
  if (Math.abs(peak) < BENT) return [];
  const back = Math.abs(note.bend.at(-1)![1]) < Math.abs(peak) / 2;
  return [{ kind: "technique", name: "bend", cents: Math.round(peak * 100) / 100, ...(back ? { carried: [{ name: "release" }] } : {}) }];
}
function clefOf(notes: readonly PlayedNote[]): Pick<Clef, "sign" | "line"> {
  const middle = notes.map((note) => note.cents).sort((a, b) => a - b)[notes.length >> 1] ?? 6000;
  return middle < 5700 ? { sign: "F", line: 4 } : { sign: "G", line: 2 };
}
/** Quarters before the next note at which players and programs let go of one that is written to last until it: less than a 16th, a fifth of it at most. */
const [SOON, SOON_SHARE] = [0.24, 0.2];
/** The next note, where one is let go so shortly before it. */
function nextSoon({ counted }: PlayedNote, onsets: readonly number[]): number | undefined {
  const [from, to] = counted!;
  let [low, high] = [0, onsets.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (onsets[middle]! < to - 1e-6) low = middle + 1;
    else high = middle;
  }
  const next = onsets[low];
  return next !== undefined && next - to < SOON && next - to <= SOON_SHARE * (next - from) + 1e-6 ? next : undefined;
}
/** Whether notes of a track are let go a little early throughout: its short rests are then not meant. */
function letsGoEarly(notes: readonly PlayedNote[], onsets: readonly number[]): boolean {
  const shortened = notes.filter((note) => {
    const next = nextSoon(note, onsets);
    return next !== undefined && next - note.counted![1] > 1e-3;
  });
  return notes.length >= 8 && shortened.length > notes.length * 0.6;
}
/** Seconds of a quarter, as most notes have it. */
function medianSeconds(notes: readonly PlayedNote[]): Seconds {
  const each = notes.flatMap(({ length, counted }) => (counted![1] > counted![0] ? [length / (counted![1] - counted![0])] : [])).sort((a, b) => a - b);
  return each[each.length >> 1] ?? 0.5;
}
/** A bar's groups; single quarters and longer in pairs, over which triplets go. */
function groupsIn(bar: CountedBar, secondsPerQuarter: Seconds): PlayedGroup[] {
  const out: PlayedGroup[] = [];
  const told = bar.time.meters.flatMap(({ groups, unit }) => inPairs(groups, unit).map((pulses) => ({ pulses, unit })));
  const fits = compare(fullLength([bar.time]), bar.length) === 0;
  const [top, bottom] = bar.length;
  // a bar that is not full is counted in its own parts
  const groups = fits ? told : Array.from({ length: Math.min(4096, top * Math.max(1, 4 / bottom)) }, () => ({ pulses: 1, unit: Math.max(4, bottom) }));
  let at = ZERO;
  for (const { pulses, unit } of groups) {
    const next = plus(at, fraction(pulses, unit));
    const seconds = (place: Fraction): Seconds => (bar.from + (4 * place[0]) / place[1]) * secondsPerQuarter;
    out.push({ at, pulses, unit, from: seconds(at), to: seconds(next) });
    at = next;
  }
  return out;
}
function inPairs(groups: readonly number[], unit: number): readonly number[] {
  if (unit > 4 || groups.some((group) => group !== 1)) return groups;
  const pairs = Array<number>(groups.length >> 1).fill(2);
  return groups.length % 2 === 0 ? pairs : groups.length === 3 ? [3] : [...pairs, 1];
}
/** Places of a group at which notes end: 32nds at the finest, and the parts of its tuplets. */
function gridOf(group: PlayedGroup, tuplets: readonly TupletSpan[]): Fraction[] {
  const end = plus(group.at, fraction(group.pulses, group.unit));
  const parts = Math.max(1, 32 / group.unit) * group.pulses;
  const inside = (place: Fraction): boolean => tuplets.some((span) => compare(span.from, place) < 0 && compare(place, span.to) < 0);
  const even = Array.from({ length: parts }, (_, k) => plus(group.at, fraction((k + 1) * group.pulses, parts * group.unit))).filter((place) => !inside(place));
  const odd = tuplets.flatMap(({ from, to, actual }) =>
    Array.from({ length: actual - 1 }, (_, k) => plus(from, fraction((to[0] * from[1] - from[0] * to[1]) * (k + 1), to[1] * from[1] * actual))),
  );
  return [...even, ...odd].filter((place) => compare(place, end) <= 0).sort(compare);
}
/** Whether something is let go, in quarters from the bar line, at a 32nd that these tuplets have no place for. */
function cuts(group: PlayedGroup, tuplets: readonly TupletSpan[], released: readonly number[], secondsPerQuarter: Seconds): boolean {
  if (tuplets.length === 0) return false;
  const [even, own] = [gridOf(group, []), gridOf(group, tuplets)];
  const has = (grid: readonly Fraction[], at: number): boolean =>
    grid.some(([top, bottom]) => Math.abs((4 * top) / bottom - at) * secondsPerQuarter < EXACT_SEC);
  return released.some((at) => has(even, at) && !has(own, at));
}

/** Notes that begin and end together. */
function together(notes: readonly Placed[]): Placed[][] {
  const out: Placed[][] = [];
  for (const note of notes) {
    const last = out.at(-1);
    if (last && sameSpan(last[0]!, note)) last.push(note);
    else out.push([note]);
  }
  return out;
}
const sameSpan = (a: Placed, b: Placed): boolean => a.bar === b.bar && a.toBar === b.toBar && compare(a.from, b.from) === 0 && compare(a.to, b.to) === 0;
const before = (aBar: number, a: Fraction, bBar: number, b: Fraction): number => aBar - bBar || compare(a, b);
/**
 * Notes in voices that do not overlap, the highest first; what a voice has no room for is cut where the next of its voice begins, and where that is
 * at once, joins its chord.
 */
function inVoices(notes: readonly Placed[], bars: readonly CountedBar[]): Placed[][] {
  const voices: Placed[][] = [[]];
  const sorted = [...notes].sort((a, b) => before(a.bar, a.from, b.bar, b.from) || b.note.cents - a.note.cents);
  for (const note of sorted) {
    const joins = voices.find((voice) => voice.length > 0 && sameSpan(voice.at(-1)!, note));
    const free = joins ?? voices.find((voice) => voice.length === 0 || before(voice.at(-1)!.toBar, voice.at(-1)!.to, note.bar, note.from) <= 0);
    if (free) free.push(note);
    else if (voices.length < MOST_VOICES) voices.push([note]);
    else {
      const voice = voices.at(-1)!;
      const last = voice.at(-1)!;
      const at = before(last.bar, last.from, note.bar, note.from);
      for (const other of voice.filter((one) => sameSpan(one, last))) {
        other.toBar = at === 0 ? note.toBar : note.bar;
        other.to = at === 0 ? note.to : note.from;
        if (at !== 0 && isZero(other.to)) {
          other.toBar--;
          other.to = bars[other.toBar]!.length;
        }
      }
      voice.push(note);
    }
  }
  return voices;
}
