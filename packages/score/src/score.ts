import type { Cents } from "@kuishi/base";
import type { Fraction } from "./fraction.ts";
import type { Meter } from "./meter.ts";

/** An element of a file that we do not understand, as it stood: it is written back where the same format is written. */
export interface Carried {
  readonly name: string;
  readonly attributes?: Attributes;
  readonly text?: string;
  readonly children?: readonly Carried[];
}
export type Attributes = Readonly<Record<string, string>>;
/** What everything in a score may carry along: attributes that say how it looks, and elements inside it that nothing here names. */
export interface Kept {
  readonly look?: Attributes;
  readonly carried?: readonly Carried[];
}

/**
 * Written music: what a musician wrote, by bars, parts, staves and voices. Places and lengths are exact parts of a whole note, counted from
 * the start of the bar; pitches are spelt, with cents beside the letter. Names of signs are those of MusicXML 4.0, the vocabulary of the field.
 */
export interface Score extends Kept {
  readonly title?: string;
  readonly movement?: string;
  /** Composer, lyricist, arranger, who passed the tune on (`transmitter`) ... in the order told. */
  readonly creators: readonly Creator[];
  readonly rights: readonly Creator[];
  readonly parts: readonly Part[];
  /** Brackets over parts. */
  readonly groups: readonly PartGroup[];
  /** What all parts share of each bar. Every part has as many. */
  readonly bars: readonly Bar[];
}
/** Someone, or a statement of rights, and in which role. */
export interface Creator extends Kept {
  readonly role?: string;
  readonly name: string;
}
/** Where a bracket over parts begins or ends. */
export interface PartGroup extends Kept {
  /** Before the part of this index. */
  readonly at: number;
  readonly phase: string;
  readonly number?: string;
  readonly name?: string;
  readonly symbol?: string;
}

export interface Part extends Kept {
  /** Unique in the score. */
  readonly id: string;
  readonly name: string;
  readonly short?: string;
  /** What sounds it; percussion has one for each sound. */
  readonly instruments: readonly ScoreInstrument[];
  readonly bars: readonly PartBar[];
}
/** A sound that a part's notes may name. */
export interface ScoreInstrument extends Kept {
  readonly id: string;
  readonly name: string;
  /** General MIDI: program and channel from 0, key of a percussion sound. */
  readonly program?: number;
  readonly channel?: number;
  readonly key?: number;
  /** 0..1 and -1..1. */
  readonly volume?: number;
  readonly pan?: number;
  /** Elements of the instrument's MIDI record that nothing here names. */
  readonly midi?: readonly Carried[];
}

/** What a bar shows of itself. */
export interface BarSigns extends Kept {
  /** As printed. */
  readonly number: string;
  /** Not counted: a pickup, the second half of a bar that a repeat divides. */
  readonly uncounted?: true;
  /** Signatures written in it; none where the one before goes on. */
  readonly time?: readonly TimeSignature[];
  readonly barlines?: readonly Barline[];
}
export interface Bar extends BarSigns {
  /** What it really lasts, whatever the signature says: pickups are short, cadenzas long. */
  readonly length: Fraction;
}
/** A bar of one part. */
export interface PartBar {
  /** In the order written; each at its own place. */
  readonly items: readonly Item[];
  /** Where this part shows other signs than `Score.bars`. */
  readonly own?: BarSigns;
}

export interface TimeSignature extends Kept {
  /** Several where they are added, as 3/8+2/4; none where there is no meter. */
  readonly meters: readonly (Meter & {
    /** What is printed over the line, where it is not the groups with plus signs between them. */
    readonly told?: string;
  })[];
  /** `common`, `cut`, `single-number` ... */
  readonly symbol?: string;
  /** What is written in place of a meter. */
  readonly free?: string;
  readonly staff?: number;
  /** Where it does not stand at the bar's start. */
  readonly at?: Fraction;
}
export interface Barline extends Kept {
  readonly place: "left" | "right" | "middle";
  /** Of a middle one. */
  readonly at?: Fraction;
  readonly style?: string;
  readonly repeat?: Kept & { readonly direction: "forward" | "backward"; readonly times?: number };
  readonly ending?: Kept & { readonly numbers: string; readonly phase: string; readonly text?: string };
  /** Segno, coda, fermatas. */
  readonly marks?: readonly Mark[];
}

interface Placed extends Kept {
  /** From the start of the bar. */
  readonly at: Fraction;
  /** From 1, the uppermost; none told where a part has one. */
  readonly staff?: number;
  readonly voice?: string;
}
export type Item = Chord | KeySignature | Clef | Transposition | StaffDetails | ChordSymbol | Direction | SoundItem | MidiMessage | OtherItem;

/** Notes that are written together, or a rest. */
export interface Chord extends Placed {
  readonly kind: "chord";
  /** What it lasts; nothing for grace notes. */
  readonly length: Fraction;
  /** As printed; none where only the length is known. */
  readonly value?: NoteValue;
  /** So many in the time of so many. */
  readonly tuplet?: TupletRatio;
  readonly grace?: Kept & { readonly slash?: boolean };
  readonly cue?: true;
  readonly beams?: readonly Mark[];
  readonly lyrics?: readonly Lyric[];
  /** The first carries what belongs to all. */
  readonly notes: readonly Note[];
}
export interface NoteValue {
  /** `whole`, `quarter`, `16th` ... */
  readonly type?: string;
  readonly dots: number;
}
export interface TupletRatio extends Kept {
  readonly actual: number;
  readonly normal: number;
  readonly type?: string;
  readonly dots?: number;
}
export interface Note extends Kept {
  readonly sound: Pitch | Unpitched | Rest;
  /** How it is tied to others of its pitch, as it sounds. */
  readonly ties?: readonly ("start" | "stop")[];
  readonly accidental?: Kept & { readonly name: string };
  readonly stem?: string;
  readonly head?: string;
  /** Of `Part.instruments`. */
  readonly instrument?: string;
  /** Slurs, articulations, ornaments, strings, frets, strokes, fingers ... */
  readonly marks?: readonly Mark[];
  /** Where a note of a chord differs from its first. */
  readonly own?: {
    readonly length?: Fraction;
    readonly value?: NoteValue | null;
    readonly tuplet?: TupletRatio | null;
    readonly voice?: string | null;
    readonly staff?: number | null;
    readonly cue?: boolean;
    readonly grace?: Chord["grace"] | null;
  };
  /** How plain elements of it look, by their names. */
  readonly looks?: Readonly<Record<string, Attributes>>;
}
export type Step = "A" | "B" | "C" | "D" | "E" | "F" | "G";
/** A spelt pitch. */
export interface Pitch {
  readonly kind: "pitch";
  readonly step: Step;
  /** Beside the letter's natural pitch: 100 is a sharp, -50 a quarter tone flat. */
  readonly alter: Cents;
  /** 4 is that of middle C. */
  readonly octave: number;
}
/** A percussion sound, by where it stands on the staff. */
export interface Unpitched {
  readonly kind: "unpitched";
  readonly step?: string;
  readonly octave?: number;
}
export interface Rest {
  readonly kind: "rest";
  readonly wholeBar?: boolean;
  readonly step?: string;
  readonly octave?: number;
}

/** A sign at a note, a bar line or between notes. */
export interface Mark extends Kept {
  /** Family: what it is written among. */
  readonly kind: "articulation" | "ornament" | "technique" | "dynamic" | "notation" | "direction" | "barline" | "beam";
  /** `staccato`, `trill-mark`, `fret`, `mf`, `slur`, `words` ... */
  readonly name: string;
  /** Of a sign that spans: `start`, `stop`, `continue`; of a hairpin `crescendo`, `diminuendo`. */
  readonly phase?: string;
  /** Tells spans apart that overlap. */
  readonly number?: string;
  /** Its text: a fret, a finger, words, the strokes of a tremolo, beats a minute. */
  readonly value?: string;
  readonly place?: string;
  /** How far a bend goes. */
  readonly cents?: Cents;
  /** Note values of a metronome mark. */
  readonly beats?: readonly NoteValue[];
  /** Written together with the mark before it. */
  readonly joined?: true;
}
export interface Lyric extends Kept {
  /** Verse. */
  readonly number?: string;
  readonly name?: string;
  /** Several where one note carries several. */
  readonly syllables: readonly Syllable[];
  /** The last syllable goes on: `start`, `stop` or an empty text. */
  readonly extend?: string;
  readonly extendLook?: Attributes;
}
export interface Syllable {
  readonly text: string;
  /** `single`, `begin`, `middle`, `end` */
  readonly part?: string;
  /** What joins it to the syllable before on the same note. */
  readonly elision?: string;
  readonly elisionLook?: Attributes;
  readonly look?: Attributes;
}

/** Sharps and flats that hold from here on. */
export interface KeySignature extends Placed {
  readonly kind: "key";
  /** Above 0 sharps, below 0 flats; none in one told step by step. */
  readonly fifths?: number;
  readonly mode?: string;
  readonly steps?: readonly { readonly step: string; readonly alter: Cents; readonly accidental?: string }[];
}
export interface Clef extends Placed {
  readonly kind: "clef";
  readonly sign: string;
  readonly line?: number;
  readonly octaves?: number;
}
/** How far it sounds from what is written. */
export interface Transposition extends Placed {
  readonly kind: "transpose";
  readonly cents: Cents;
  readonly diatonic?: number;
  readonly octaves?: number;
}
/** Staves from here on: how many, their lines, what the strings of a tablature are tuned to. */
export interface StaffDetails extends Placed {
  readonly kind: "staff";
  /** Of the part. */
  readonly staves?: number;
  readonly lines?: number;
  readonly strings?: readonly (Pitch & { readonly line: number })[];
  readonly capo?: number;
}
export interface ChordSymbol extends Placed {
  readonly kind: "harmony";
  readonly chords: readonly SymbolChord[];
  readonly frame?: Carried;
  readonly offset?: Offset;
}
/** How far beside its place a sign stands; `sounds` where it is heard there too. */
export interface Offset {
  readonly by: Fraction;
  readonly sounds?: string;
}
export interface SymbolChord extends Kept {
  readonly root?: { readonly step: string; readonly alter: Cents };
  /** `major`, `minor-seventh` ... */
  readonly quality: string;
  /** As printed, where it is not the name's own sign. */
  readonly text?: string;
  readonly bass?: { readonly step: string; readonly alter: Cents };
  readonly degrees?: readonly { readonly value: number; readonly alter: Cents; readonly kind: string }[];
  readonly inversion?: number;
}
/** Signs that belong to a moment: words, dynamics, hairpins, pedal, ottava, tempo, rehearsal letters. */
export interface Direction extends Placed {
  readonly kind: "direction";
  readonly marks: readonly Mark[];
  readonly place?: string;
  readonly offset?: Offset;
  readonly sound?: SoundSigns;
}
/** What is heard of a direction. */
export interface SoundSigns extends Kept {
  /** Quarters a minute. */
  readonly tempo?: number;
  /** Percent of a plain forte. */
  readonly dynamics?: number;
  /** `dacapo`, `dalsegno`, `segno`, `tocoda`, `coda`, `fine`, `forward-repeat`, with what is told of each. */
  readonly jumps?: Attributes;
}
export interface SoundItem extends Placed {
  readonly kind: "sound";
  readonly signs: SoundSigns;
}
/** A message that a MIDI file has between its notes. */
export interface MidiMessage extends Placed {
  readonly kind: "midi";
  readonly bytes: readonly number[];
}
/** Something at a place that nothing here names. */
export interface OtherItem extends Placed {
  readonly kind: "other";
  /** Whether it stands among keys and clefs. */
  readonly attribute?: true;
  readonly length?: Fraction;
  readonly node: Carried;
}

/** Cents of the letters above C, of the equal scale that written pitch is measured against. */
export const STEP_CENTS: Readonly<Record<Step, Cents>> = { C: 0, D: 200, E: 400, F: 500, G: 700, A: 900, B: 1100 };
/**
 * Absolute cents of a written pitch.
 * @example
 * pitchCents({ kind: "pitch", step: "A", alter: -50, octave: 4 }); // => 6850
 */
export const pitchCents = ({ step, alter, octave }: Pitch): Cents => (octave + 1) * 1200 + STEP_CENTS[step] + alter;
/** Whether nothing sounds in a chord. */
export const isRest = (chord: Chord): boolean => chord.notes.every((note) => note.sound.kind === "rest");
