import { importer, Logger, LogLevel, model, Settings } from "@coderline/alphatab";
import { Complaint } from "@kuishi/base";
import type { Bar, Chord, Direction, Fraction, Item, Mark, Note, Part, PartBar, Pitch, Score } from "@kuishi/score";
import { fraction, over, plus, times, writeMusicXml } from "@kuishi/score";

/** Guitar Pro 3 to 8 into written music: notes with strings and frets, tunings, bends, hammer-ons, slides, words, repeats, percussion. */

const TYPES: Readonly<Record<number, string>> = {
  [-4]: "long",
  [-2]: "breve",
  1: "whole",
  2: "half",
  4: "quarter",
  8: "eighth",
  16: "16th",
  32: "32nd",
  64: "64th",
  128: "128th",
  256: "256th",
};
const CLEFS: Readonly<Record<number, { readonly sign: string; readonly line?: number }>> = {
  [model.Clef.Neutral]: { sign: "percussion" },
  [model.Clef.C3]: { sign: "C", line: 3 },
  [model.Clef.C4]: { sign: "C", line: 4 },
  [model.Clef.F4]: { sign: "F", line: 4 },
  [model.Clef.G2]: { sign: "G", line: 2 },
};
type Step = Pitch["step"];
const SHARPS: readonly (readonly [Step, number])[] = [
  ["C", 0],
  ["C", 1],
  ["D", 0],
  ["D", 1],
  ["E", 0],
  ["F", 0],
  ["F", 1],
  ["G", 0],
  ["G", 1],
  ["A", 0],
  ["A", 1],
  ["B", 0],
];
const FLATS: readonly (readonly [Step, number])[] = [
  ["C", 0],
  ["D", -1],
  ["D", 0],
  ["E", -1],
  ["E", 0],
  ["F", 0],
  ["G", -1],
  ["G", 0],
  ["A", -1],
  ["A", 0],
  ["B", -1],
  ["B", 0],
];
const spelt = (value: number, fifths: number): Pitch => {
  const [step, alter] = (fifths < 0 ? FLATS : SHARPS)[((value % 12) + 12) % 12]!;
  return { kind: "pitch", step, alter: alter * 100, octave: Math.floor(value / 12) - 1 };
};

/** A Guitar Pro file in MusicXML. @throws Complaint `unreadable`. */
export const guitarProAsXml = (bytes: Uint8Array): string => writeMusicXml(readGuitarPro(bytes));

/** How files of versions 7 and 8, 6, and 3 to 5 begin. */
const BEGINNINGS = [/^PK/, /^BCF[SZ]/, /^.FICHIER GUITAR/s];

/** Reads a Guitar Pro file. @throws Complaint `unreadable` for one that is none or is damaged. */
export function readGuitarPro(bytes: Uint8Array): Score {
  let own: model.Score;
  if (!BEGINNINGS.some((pattern) => pattern.test(String.fromCharCode(...bytes.subarray(0, 20))))) throw new Complaint("unreadable", "guitarPro.invalid");
  try {
    // what the library says of a damaged file is no sentence for a user
    Logger.logLevel = LogLevel.None;
    own = importer.ScoreLoader.loadScoreFromBytes(bytes, new Settings());
  } catch {
    throw new Complaint("unreadable", "guitarPro.invalid");
  }
  const creators = (
    [
      ["composer", own.music || own.artist],
      ["lyricist", own.words],
      ["transcriber", own.tab],
    ] as const
  ).flatMap(([role, name]) => (name ? [{ role, name }] : []));
  return {
    ...(own.title ? { title: own.title } : {}),
    creators,
    rights: own.copyright ? [{ name: own.copyright }] : [],
    groups: [],
    bars: own.masterBars.map((bar, b) => barOf(bar, own.masterBars[b - 1])),
    parts: own.tracks.map((track, t) => partOf(track, t, own)),
  };
}

function barOf(bar: model.MasterBar, before: model.MasterBar | undefined): Bar {
  const same = before?.timeSignatureNumerator === bar.timeSignatureNumerator && before.timeSignatureDenominator === bar.timeSignatureDenominator;
  const endings = (of: model.MasterBar | null | undefined): number => of?.alternateEndings ?? 0;
  const numbers = Array.from({ length: 8 }, (_, k) => k)
    .flatMap((k) => ((endings(bar) >> k) & 1 ? [k + 1] : []))
    .join(",");
  const begins = numbers && endings(before) !== endings(bar);
  const ends = numbers && endings(bar.nextMasterBar) !== endings(bar);
  const left = { ...(bar.isRepeatStart ? { repeat: { direction: "forward" as const } } : {}), ...(begins ? { ending: { numbers, phase: "start" } } : {}) };
  const right = {
    ...(bar.isRepeatEnd ? { repeat: { direction: "backward" as const, ...(bar.repeatCount > 2 ? { times: bar.repeatCount } : {}) } } : {}),
    ...(ends ? { ending: { numbers, phase: "stop" } } : {}),
  };
  const barlines = [
    ...(Object.keys(left).length > 0 ? [{ place: "left" as const, ...left }] : []),
    ...(Object.keys(right).length > 0 ? [{ place: "right" as const, ...right }] : []),
  ];
  const length = fraction(Math.round(bar.calculateDuration()), 3840);
  return {
    number: String(bar.index + 1),
    length,
    ...(bar.isAnacrusis ? { uncounted: true as const } : {}),
    ...(same ? {} : { time: [{ meters: [{ groups: [bar.timeSignatureNumerator], unit: bar.timeSignatureDenominator }] }] }),
    ...(barlines.length > 0 ? { barlines } : {}),
  };
}

function partOf(track: model.Track, index: number, own: model.Score): Part {
  const id = `P${index + 1}`;
  const percussion = track.staves.some((staff) => staff.isPercussion);
  const { program, primaryChannel: channel } = track.playbackInfo;
  const instruments = percussion
    ? track.percussionArticulations.map((sound, k) => ({
        id: `${id}-I${k + 1}`,
        name: sound.elementType || `${sound.outputMidiNumber}`,
        channel: 9,
        key: sound.outputMidiNumber,
      }))
    : [{ id: `${id}-I1`, name: track.name, program, channel }];
  return {
    id,
    name: track.name,
    ...(track.shortName ? { short: track.shortName } : {}),
    instruments,
    bars: own.masterBars.map((_, b) => partBarOf(track, b, id)),
  };
}
function partBarOf(track: model.Track, b: number, id: string): PartBar {
  const items = track.staves.flatMap((staff, s) => {
    const bar = staff.bars[b];
    const place = track.staves.length > 1 ? { staff: s + 1 } : {};
    return bar
      ? [
          ...signsOf(bar, staff, place),
          ...bar.voices.flatMap((voice, v) => (v === 0 || !voice.isEmpty ? voiceItems(voice, `${s * 4 + v + 1}`, place, id) : [])),
        ]
      : [];
  });
  const staves: Item[] = b === 0 && track.staves.length > 1 ? [{ kind: "staff", at: [0, 1], staves: track.staves.length }] : [];
  return { items: [...staves, ...(b === 0 || track.staves.length > 0 ? tempoOf(track, b) : []), ...items] };
}
/** Tempo and sections stand in the first part. */
function tempoOf(track: model.Track, b: number): Direction[] {
  const master = track.score.masterBars[b];
  if (track.index !== 0 || !master) return [];
  const tempo = master.tempoAutomation?.value;
  const section = master.section?.text || master.section?.marker;
  return [
    ...(tempo
      ? [
          {
            kind: "direction" as const,
            at: [0, 1] as Fraction,
            place: "above",
            marks: [{ kind: "direction" as const, name: "metronome", value: String(tempo), beats: [{ type: "quarter", dots: 0 }] }],
            sound: { tempo },
          },
        ]
      : []),
    ...(section
      ? [{ kind: "direction" as const, at: [0, 1] as Fraction, place: "above", marks: [{ kind: "direction" as const, name: "rehearsal", value: section }] }]
      : []),
  ];
}
function signsOf(bar: model.Bar, staff: model.Staff, place: { readonly staff?: number }): Item[] {
  const at: Fraction = [0, 1];
  const before = bar.previousBar;
  const out: Item[] = [];
  if (before?.keySignature !== bar.keySignature) out.push({ kind: "key", at, ...place, fifths: bar.keySignature });
  if (before?.clef !== bar.clef) out.push({ kind: "clef", at, ...place, ...CLEFS[bar.clef]! });
  if (before) return out;
  if (staff.displayTranspositionPitch !== 0) {
    const octaves = Math.trunc(staff.displayTranspositionPitch / 12);
    out.push({ kind: "transpose", at, ...place, cents: (staff.displayTranspositionPitch - octaves * 12) * 100, ...(octaves === 0 ? {} : { octaves }) });
  }
  if (staff.isStringed) {
    const strings = staff.tuning.map((value, k, all) => ({ ...spelt(value, 0), line: all.length - k })).reverse();
    out.push({ kind: "staff", at, ...place, strings, ...(staff.capo > 0 ? { capo: staff.capo } : {}) });
  }
  return out;
}

function voiceItems(voice: model.Beat["voice"], name: string, place: { readonly staff?: number }, id: string): Item[] {
  const out: Item[] = [];
  let at: Fraction = [0, 1];
  for (const beat of voice.beats) {
    if (beat.isEmpty) continue;
    const chord = chordOf(beat, at, id);
    const where = { at, ...place, voice: name };
    if (beat.text) out.push({ kind: "direction", ...where, place: "above", marks: [{ kind: "direction", name: "words", value: beat.text }] });
    out.push({ ...chord, ...where });
    at = plus(at, chord.length);
  }
  return out;
}
function chordOf(beat: model.Beat, at: Fraction, id: string): Chord {
  const grace = beat.graceType !== model.GraceType.None;
  const plain: Fraction = beat.duration < 0 ? [-beat.duration, 1] : [1, beat.duration];
  const dotted = times(plain, fraction((2 << beat.dots) - 1, 1 << beat.dots));
  const tuplet = beat.hasTuplet ? { actual: beat.tupletNumerator, normal: beat.tupletDenominator } : undefined;
  const length = grace ? ([0, 1] as Fraction) : tuplet ? over(times(dotted, [tuplet.normal, 1]), [tuplet.actual, 1]) : dotted;
  const fifths: number = beat.voice.bar.keySignature;
  const words = (beat.lyrics ?? []).flatMap((line, k) => (line.trim() ? [{ number: String(k + 1), syllables: [syllable(line.trim())] }] : []));
  return {
    kind: "chord",
    at,
    length,
    value: { type: TYPES[beat.duration] ?? "quarter", dots: beat.dots },
    ...(tuplet ? { tuplet } : {}),
    ...(grace ? { grace: { slash: beat.graceType === model.GraceType.BeforeBeat } } : {}),
    ...(words.length > 0 ? { lyrics: words } : {}),
    notes: beat.isRest ? [{ sound: { kind: "rest" } }] : beat.notes.map((note) => noteOf(note, fifths, id)),
  };
}
const syllable = (text: string): { text: string; part: string } => (text.endsWith("-") ? { text: text.slice(0, -1), part: "begin" } : { text, part: "single" });

function noteOf(note: model.Note, fifths: number, id: string): Note {
  const ties = [...(note.isTieDestination ? (["stop"] as const) : []), ...(note.isTieOrigin ? (["start"] as const) : [])];
  const marks = [...ties.map((phase): Mark => ({ kind: "notation", name: "tied", phase })), ...playing(note), ...(note.isStringed ? held(note) : [])];
  const head = note.isDead ? "x" : undefined;
  return {
    sound: note.isPercussion ? drum(note) : spelt(note.displayValueWithoutBend, fifths),
    ...(ties.length > 0 ? { ties } : {}),
    ...(note.isPercussion ? { instrument: `${id}-I${note.percussionArticulation + 1}` } : {}),
    ...(head ? { head } : {}),
    ...(marks.length > 0 ? { marks } : {}),
  };
}
/** Where a percussion sound stands on its staff, from the uppermost line down, in steps. */
function drum(note: model.Note): Note["sound"] {
  const line = note.beat.voice.bar.staff.track.percussionArticulations[note.percussionArticulation]?.staffLine ?? 4;
  const steps = 38 - line;
  return { kind: "unpitched", step: "CDEFGAB"[steps % 7]!, octave: Math.floor(steps / 7) };
}
const held = (note: model.Note): Mark[] => [
  { kind: "technique", name: "string", value: String(note.beat.voice.bar.staff.tuning.length - note.string + 1) },
  { kind: "technique", name: "fret", value: String(note.fret) },
];
function playing(note: model.Note): Mark[] {
  const out: Mark[] = [];
  const span = (kind: Mark["kind"], name: string, to: model.Note | null, from: model.Note | null, value?: string): void => {
    if (from) out.push({ kind, name, phase: "stop", number: "1" });
    if (to) out.push({ kind, name, phase: "start", number: "1", ...(value ? { value } : {}) });
  };
  const falls = (from: model.Note, to: model.Note): boolean => to.fret < from.fret;
  const [to, from] = [note.hammerPullDestination, note.hammerPullOrigin];
  span("technique", "pull-off", to && falls(note, to) ? to : null, from && falls(from, note) ? from : null, "P");
  span("technique", "hammer-on", to && !falls(note, to) ? to : null, from && !falls(from, note) ? from : null, "H");
  span("notation", "slide", note.slideTarget, note.slideOrigin);
  span("notation", "slur", note.slurDestination, note.slurOrigin);
  if (note.hasBend && note.maxBendPoint) out.push({ kind: "technique", name: "bend", cents: note.maxBendPoint.value * 50 });
  if (note.isHarmonic) out.push({ kind: "technique", name: "harmonic" });
  if (note.isStaccato) out.push({ kind: "articulation", name: "staccato" });
  if (note.accentuated !== model.AccentuationType.None) out.push({ kind: "articulation", name: "accent" });
  if (note.beat.pickStroke !== model.PickStroke.None && note.index === 0)
    out.push({ kind: "technique", name: note.beat.pickStroke === model.PickStroke.Down ? "down-bow" : "up-bow" });
  return out;
}
