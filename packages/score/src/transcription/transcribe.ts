import { type Cents, MOST_NOTES, type Seconds } from "@kuishi/base";
import { compare, type Fraction, fraction, isZero, minus, plus, ZERO } from "../fraction.ts";
import type { Heard, HeardNote } from "../heard.ts";
import type { Meter } from "../meter.ts";
import type { Bar, Chord, Item, Mark, Note, Part, PartBar, Score, TimeSignature } from "../score.ts";
import { checkedScore, tooMuch } from "../score-check.ts";
import { metersOf } from "../time.ts";
import { EARLY_SEC, type PlayedBar, playedBars, quantised, type TupletSpan } from "./grid.ts";
import { addMark, type DraftNote, filling, pieces, rankOf, tie, tupletSigns } from "./pieces.ts";
import { type Spelling, spellingOf, spelt } from "./spelling.ts";

/** What is known of a tune beside what was heard. */
export interface TuneNames {
  readonly title: string;
  readonly composer?: string;
  /** By how much it is written off its sound. */
  readonly shift?: Cents;
}
/** A hearing written down. */
export interface Transcription {
  readonly score: Score;
  /** Where each bar of the score begins in the recording; one more where the last ends. */
  readonly starts: readonly Seconds[];
}

/**
 * Writes a hearing down: each downbeat begins a bar, what sounds before the first is a pickup, what is struck goes to the nearest simple division of their group
 * (tuplets where they explain more), strings that ring while others go on have voices of their own, pitches are spelt by the mode with all their cents.
 * Strings, frets, strokes and how hard they were stay at their notes; notes carry the hearing's ids.
 * @throws Complaint `unreadable` for more than a score can hold.
 */
export function transcribe(sounding: Heard, names: TuneNames = { title: "" }): Transcription {
  const heard = names.shift ? shifted(sounding, names.shift) : sounding;
  if (heard.notes.length > MOST_NOTES) throw tooMuch();
  const attacks = attacksOf(heard);
  const bars = playedBars(heard, attacks[0]?.at ?? 0, attacks.at(-1)?.at ?? 0);
  const placed = placesOf(attacks, bars);
  const writer = new BarWriter(heard, spellingOf(heard.mode));
  const written = bars.map((bar, b) => writer.bar(bar, placed.attacks[b]!, placed.tuplets[b]!));
  const taps = heard.notes.some((note) => note.cents === null) || attacks.some((attack) => attack.notes.length === 0);
  const part: Part = {
    id: "P1",
    name: heard.instrument,
    instruments: [{ id: "P1-I1", name: heard.instrument }, ...(taps ? [{ id: TAP, name: "tap", channel: 9, key: TAP_KEY }] : [])],
    bars: written.map(
      (items, b): PartBar => ({ items: [...(b === 0 && names.shift ? [sounds(names.shift)] : []), ...signsAt(heard, bars, b, writer.spelling), ...items] }),
    ),
  };
  const score = checkedScore({
    ...(names.title ? { title: names.title } : {}),
    creators: names.composer ? [{ role: "composer", name: names.composer }] : [],
    rights: [],
    groups: [],
    parts: [part],
    bars: barSigns(bars),
  });
  return { score, starts: [...bars.map((bar) => bar.from), bars.at(-1)!.to] };
}
const sounds = (shift: Cents): Item => ({ kind: "transpose", at: ZERO, cents: Math.round(-shift * 100) / 100 });
/** A hearing at another pitch. */
const shifted = (heard: Heard, by: Cents): Heard => ({
  ...heard,
  notes: heard.notes.map((note) => ({ ...note, cents: note.cents === null ? null : note.cents + by })),
  tuning: { strings: heard.tuning.strings.map((string) => ({ ...string, openCents: string.openCents + by })) },
  mode: { ...heard.mode, tonicCents: heard.mode.tonicCents + by },
});
/** A tap on the body, as the key of General MIDI's high wood block. */
const TAP = "P1-I2";
const TAP_KEY = 76;

/** What is begun together. */
interface Attack {
  readonly at: Seconds;
  readonly direction: "down" | "up" | null;
  /** 0..1; none of a line. */
  readonly accent: number | undefined;
  /** None of a tap that has no note. */
  readonly notes: readonly HeardNote[];
}
/** Strokes with their notes, and notes that no stroke tells of, in order of time. */
function attacksOf(heard: Heard): readonly Attack[] {
  const byId = new Map(heard.notes.map((note) => [note.id, note]));
  const struck = heard.strokes.map((stroke): Attack => {
    // a note is struck once
    const notes = stroke.noteIds.flatMap((id) => byId.get(id) ?? []);
    for (const note of notes) byId.delete(note.id);
    return { at: stroke.at, direction: stroke.direction, accent: stroke.accent, notes: [...new Set(notes)] };
  });
  const loose = [...byId.values()].map((note): Attack => ({ at: note.onset, direction: null, accent: undefined, notes: [note] }));
  return [...struck, ...loose].sort((a, b) => a.at - b.at);
}

interface PlacedAttack extends Attack {
  readonly place: Fraction;
}
function placesOf(
  attacks: readonly Attack[],
  bars: readonly PlayedBar[],
): { readonly attacks: readonly (readonly PlacedAttack[])[]; readonly tuplets: readonly (readonly TupletSpan[])[] } {
  const placed: PlacedAttack[][] = bars.map(() => []);
  const tuplets: TupletSpan[][] = bars.map(() => []);
  let next = 0;
  bars.forEach((bar, b) => {
    bar.groups.forEach((group, g) => {
      const ends = b === bars.length - 1 && g === bar.groups.length - 1;
      const own: Attack[] = [];
      while (next < attacks.length && (ends || attacks[next]!.at < group.to - (g === bar.groups.length - 1 ? EARLY_SEC : 0))) own.push(attacks[next++]!);
      const { places, tuplets: spans } = quantised(
        group,
        own.map((attack) => attack.at),
      );
      tuplets[b]!.push(...spans);
      own.forEach((attack, k) => {
        // what comes out at the bar line begins the next bar
        const over = compare(places[k]!, bar.length) >= 0;
        if (over && placed[b + 1]) placed[b + 1]!.push({ ...attack, place: ZERO });
        else placed[b]!.push({ ...attack, place: over ? minus(bar.length, LAST) : places[k]! });
      });
    });
  });
  return { attacks: placed, tuplets };
}
/** Where the very last attack stands if it falls on the end. */
const LAST: Fraction = [1, 32];

/** Signatures, numbers and lengths of bars. */
function barSigns(bars: readonly PlayedBar[]): Bar[] {
  let before: Meter | "free" | undefined;
  let number = 0;
  return bars.map((bar, b): Bar => {
    if (!bar.pickup) number++;
    // a pickup stands under the signature of the bar it leads to
    const meter = (bar.pickup ? bars[b + 1]?.meter : bar.meter) ?? "free";
    const same = before !== undefined && JSON.stringify(before) === JSON.stringify(meter);
    before = meter;
    return {
      number: bar.pickup ? "0" : String(number),
      ...(bar.pickup ? { uncounted: true as const } : {}),
      ...(same ? {} : { time: [signatureOf(meter)] }),
      length: bar.length,
    };
  });
}
/** As one number where that is read as the same groups. */
function signatureOf(meter: Meter | "free"): TimeSignature {
  if (meter === "free") return { meters: [], free: "" };
  const { groups, unit } = meter;
  const whole = metersOf(String(groups.reduce((sum, group) => sum + group, 0)), String(unit));
  return { meters: [whole && whole.groups.join() === groups.join() ? whole : { groups, unit }] };
}

/** Key, clef, strings, sections and tempo. */
function signsAt(heard: Heard, bars: readonly PlayedBar[], b: number, spelling: Spelling): Item[] {
  const bar = bars[b]!;
  const items: Item[] = b === 0 ? openingSigns(heard, spelling) : [];
  for (const section of heard.form) {
    const begins = section.fromSec <= bar.from + EARLY_SEC && (b === 0 || section.fromSec > bars[b - 1]!.from + EARLY_SEC);
    if (begins) items.push({ kind: "direction", at: ZERO, place: "above", marks: [{ kind: "direction", name: "rehearsal", value: section.label }] });
  }
  let before = b === 0 ? 0 : tempoOf(bars[b - 1]!.groups.at(-1)!);
  for (const group of bar.groups) {
    const tempo = tempoOf(group);
    if (Math.abs(tempo / before - 1) > STEADY) items.push({ kind: "sound", at: group.at, signs: { tempo } });
    before = Math.abs(tempo / before - 1) > STEADY ? tempo : before;
  }
  return items.sort((a, c) => compare(a.at, c.at));
}
/** A change of tempo that is none. */
const STEADY = 1e-4;
/** Quarters a minute. */
const tempoOf = ({ from, to, pulses, unit }: PlayedBar["groups"][number]): number => Math.round(((pulses * 4 * 60) / unit / (to - from)) * 1e4) / 1e4;
function openingSigns(heard: Heard, spelling: Spelling): Item[] {
  const { strings } = heard.tuning;
  const pitches = heard.notes.flatMap((note) => note.cents ?? []).sort((a, c) => a - c);
  const middle = pitches[pitches.length >> 1] ?? 6000;
  const clef =
    middle < 5000 && strings.length === 0 ? { sign: "F", line: 4 } : { sign: "G", line: 2, ...(strings.length > 0 || middle < 6200 ? { octaves: -1 } : {}) };
  return [
    { kind: "key", at: ZERO, fifths: spelling.fifths, ...(spelling.mode ? { mode: spelling.mode } : {}) },
    { kind: "clef", at: ZERO, ...clef },
    ...(strings.length > 0
      ? [{ kind: "staff" as const, at: ZERO, strings: strings.map(({ openCents }, k) => ({ ...rounded(spelt(openCents, spelling)), line: k + 1 })) }]
      : []),
  ];
}
/** Cents as files have them, to a hundredth. */
const rounded = <T extends { readonly alter: number }>(pitch: T): T => ({ ...pitch, alter: Math.round(pitch.alter * 100) / 100 });

/** What one voice begins at one place. */
interface Begun {
  readonly from: Fraction;
  to: Fraction;
  readonly attacks: PlacedAttack[];
}

/** A note that goes on, and as what it was last written. */
interface HeldNote {
  readonly note: HeardNote;
  readonly begun: DraftNote;
}
class BarWriter {
  readonly spelling: Spelling;
  readonly #heard: Heard;
  /** The last note of each string: where a pull-off, hammer-on or slide sets out. */
  readonly #last = new Map<number, DraftNote>();
  /** A line's note that goes on over the bar line. */
  #held: HeldNote | undefined;

  constructor(heard: Heard, spelling: Spelling) {
    this.#heard = heard;
    this.spelling = spelling;
  }
  bar(bar: PlayedBar, attacks: readonly PlacedAttack[], tuplets: readonly TupletSpan[]): readonly Item[] {
    const voices = this.#voicesOf(bar, attacks);
    return [...voices].sort(([a], [b]) => a - b).flatMap(([voice, begun]) => this.#voice(bar, voice, begun, tuplets));
  }

  /** One voice, unless a string rings on while another is struck anew. */
  #voicesOf(bar: PlayedBar, attacks: readonly PlacedAttack[]): ReadonlyMap<number, readonly Begun[]> {
    const top = this.#heard.tuning.strings.length - 1;
    const divided =
      top > 0 &&
      attacks.some((attack, k) => {
        const next = attacks.slice(k + 1).find((other) => compare(other.place, attack.place) > 0);
        return next && attack.notes.some((note) => note.string !== null && note.offset > next.at + RINGS_SEC && rests(next, note.string));
      });
    const voices = new Map<number, Begun[]>([[1, []]]);
    for (const attack of attacks) {
      const parts = divided ? Map.groupBy(attack.notes, (note) => (note.string === null || note.string === top ? 1 : 2)) : new Map([[1, attack.notes]]);
      if (parts.size === 0) parts.set(1, []);
      for (const [voice, notes] of parts) {
        const begun = voices.get(voice) ?? [];
        voices.set(voice, begun);
        const own = { ...attack, notes };
        const last = begun.at(-1);
        if (last && compare(last.from, attack.place) === 0) last.attacks.push(own);
        else begun.push({ from: attack.place, to: bar.length, attacks: [own] });
      }
    }
    const ends = endings(bar, attacks);
    for (const begun of voices.values())
      begun.forEach((one, k) => {
        const next = begun[k + 1]?.from ?? bar.length;
        const rings = one.attacks.at(-1)!.notes;
        const line = rings.length > 0 && rings.every((note) => note.articulation === "sustained");
        // a plucked note is written until the next of its voice, unless it is one of two or a line's, which end as they do
        const stop = (divided || line) && rings.length > 0 ? Math.max(...rings.map((note) => note.offset)) : Number.POSITIVE_INFINITY;
        one.to = endOf(ends, one.from, stop, next);
      });
    return voices;
  }

  #voice(bar: PlayedBar, voice: number, begun: readonly Begun[], tuplets: readonly TupletSpan[]): readonly Item[] {
    const out: Item[] = [];
    let at = ZERO;
    const held = voice === 1 ? this.#held : undefined;
    if (voice === 1) this.#held = undefined;
    if (held) at = this.#goOn(bar, held, begun[0]?.from ?? bar.length, tuplets, out);
    for (const one of begun) {
      if (compare(one.from, at) > 0) out.push(...pieces(at, one.from, voice, tuplets, []));
      const last = one.attacks.at(-1)!;
      const chord: DraftNote[] = [];
      // a stroke's sign holds for the notes behind it in the chord
      for (const attack of [...one.attacks].sort((a, b) => Number(a.direction !== null) - Number(b.direction !== null))) {
        const notes = this.#notes(attack, voice);
        // of two on one string the earlier leans on the later
        const again = attack !== last && attack.notes.some((note) => last.notes.some((other) => other.string === note.string));
        if (again)
          out.push({ kind: "chord", at: one.from, length: ZERO, voice: String(voice), grace: { slash: true }, value: { type: "16th", dots: 0 }, notes });
        else chord.push(...notes);
      }
      const written = pieces(one.from, one.to, voice, tuplets, chord);
      out.push(...written);
      at = one.to;
      const [note] = last.notes;
      if (note?.articulation === "sustained" && chord.length === 1) this.#hold(note, bar, at, written);
    }
    out.push(...filling(at, bar.length, voice, tuplets));
    return tupletSigns(out, tuplets);
  }
  /** Writes what goes on over the bar line. */
  #goOn(bar: PlayedBar, held: HeldNote, until: Fraction, tuplets: readonly TupletSpan[], out: Item[]): Fraction {
    const to = endOf(endings(bar, []), ZERO, held.note.offset, until);
    if (isZero(to)) return ZERO;
    tie(held.begun, "start");
    const note: DraftNote = { sound: held.begun.sound };
    tie(note, "stop");
    const written = pieces(ZERO, to, 1, tuplets, [note]);
    out.push(...written);
    this.#hold(held.note, bar, to, written);
    return to;
  }
  /** Keeps a note that is written to the bar line and sounds beyond it. */
  #hold(note: HeardNote, bar: PlayedBar, to: Fraction, written: readonly Item[]): void {
    if (compare(to, bar.length) === 0 && note.offset > bar.to + RINGS_SEC) this.#held = { note, begun: (written.at(-1) as Chord).notes[0] as DraftNote };
  }
  #notes(attack: PlacedAttack, voice: number): DraftNote[] {
    const { notes, direction, accent } = attack;
    const strings = this.#heard.tuning.strings.length;
    const look = accent === undefined ? {} : { dynamics: String(Math.round(((0.4 + 0.6 * accent) * 127) / 0.9)) };
    const stroke: Mark[] = direction ? [{ kind: "technique", name: direction === "down" ? "down-bow" : "up-bow" }] : [];
    if (notes.length === 0) return voice === 1 ? [{ sound: TAPPED, head: "x", instrument: TAP, ...(stroke.length > 0 ? { marks: stroke } : {}), look }] : [];
    const ordered = [...notes].sort((a, b) => (a.cents ?? 0) - (b.cents ?? 0));
    return ordered.map((note, k): DraftNote => {
      const marks: Mark[] = [...(k === 0 ? stroke : []), ...this.#left(note)];
      if (note.string !== null) marks.push({ kind: "technique", name: "string", value: String(Math.max(1, strings - note.string)) });
      if (note.fret !== null) marks.push(...fretMarks(note.fret));
      const draft: DraftNote = {
        sound: note.cents === null ? TAPPED : rounded(spelt(note.cents, this.spelling)),
        ...(note.cents === null ? { head: "x", instrument: TAP } : {}),
        ...(marks.length > 0 ? { marks: marks.sort((a, b) => rankOf(a) - rankOf(b)) } : {}),
        look: { ...look, ...(ID.test(note.id) ? { id: note.id } : {}) },
      };
      if (note.string !== null) this.#last.set(note.string, draft);
      return draft;
    });
  }
  /** What the left hand did, from the note before it on the string. */
  #left(note: HeardNote): Mark[] {
    const sign = LEFT[note.articulation];
    if (!sign) return [];
    const before = note.string === null ? undefined : this.#last.get(note.string);
    const mark = (phase: string): Mark => ({ ...sign, phase, number: "1" });
    if (before) addMark(before, mark("start"));
    return [mark("stop")];
  }
}
/** A string that was struck so long before the next attack's end is heard as ringing on. */
const RINGS_SEC: Seconds = 0.08;
const TAPPED: Note["sound"] = { kind: "unpitched", step: "B", octave: 4 };
/** Names that XML takes for an id. */
const ID = /^[A-Za-z_][\w.-]*$/;
const LEFT: Readonly<Partial<Record<HeardNote["articulation"], Mark>>> = {
  pullOff: { kind: "technique", name: "pull-off" },
  hammerOn: { kind: "technique", name: "hammer-on" },
  slide: { kind: "notation", name: "slide" },
};
const rests = (attack: PlacedAttack, string: number): boolean => attack.notes.length > 0 && attack.notes.every((note) => note.string !== string);
/** A fret; one between two by the lower, and beside it exactly. */
const fretMarks = (fret: number): Mark[] => [
  { kind: "technique", name: "fret", value: String(Math.floor(fret)) },
  ...(Number.isInteger(fret) ? [] : [{ kind: "technique" as const, name: "other-technical", value: `fret ${fret}` }]),
];
/** A place at which a note may end. */
interface Ending {
  readonly at: Seconds;
  readonly place: Fraction;
}
/** Where a note that begins at a place and sounds until a moment is written to: the first ending behind it, or the next of its voice. */
function endOf(ends: readonly Ending[], from: Fraction, sounds: Seconds, next: Fraction): Fraction {
  const end = ends.find(({ at, place }) => compare(place, from) > 0 && at >= sounds - RINGS_SEC);
  return end && compare(end.place, next) < 0 ? end.place : next;
}
/** Attacks, and pulses between them. */
function endings(bar: PlayedBar, attacks: readonly PlacedAttack[]): readonly Ending[] {
  const pulses = bar.groups.flatMap((group) =>
    Array.from({ length: group.pulses }, (_, k) => ({
      at: group.from + ((k + 1) * (group.to - group.from)) / group.pulses,
      place: plus(group.at, fraction(k + 1, group.unit)),
    })),
  );
  return [...attacks, ...pulses].map(({ at, place }) => ({ at, place })).sort((a, b) => compare(a.place, b.place));
}
