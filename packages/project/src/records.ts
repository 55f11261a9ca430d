import { z } from "zod";

/**
 * Everything a project consists of, as records: flat, small, each known by its id, so that two people
 * may change different fields of the same record and both changes hold. Times are frames at 48 kHz
 * from the start of the tune where nothing else is said. What can be computed anew (parts, plan) is
 * not among them. What a version does not know of a record is kept beside what it knows (`reading.ts`).
 */
const frames = z.int().min(0).max(2_000_000_000);
const level = z.number().min(-120).max(60);
const id = z.string().min(1).max(200);

/** Where a tune comes from, and through whose hands it went. */
export const Provenance = z.object({
  /** What the tune is called. */
  title: z.string(),
  /** Who composed it; `folk`: nobody is known. */
  composer: z.string().default("folk"),
  /** The person or the recording it was learned from. */
  learnedFrom: z.string().default(""),
  arrangers: z.array(z.string()).default([]),
  /** Recordings of others that are heard in it, as they want to be named. */
  samples: z.array(z.string()).default([]),
});
/** Where a tune comes from, and through whose hands it went. */
export type Provenance = z.infer<typeof Provenance>;

/** Something of the engine's with a kind; `flow` checks it against the engine's tables before it sounds. */
const Device = z.looseObject({ kind: z.string().max(40) });

/** Lines of a song's file, as they stand. */
const songLines = z.array(z.string().max(4_000)).max(5_000);

/** What there is one of. Its id is `song`. */
export const Song = z.object({
  id: z.literal("song"),
  kind: z.literal("song"),
  provenance: Provenance,
  /** Asset of the recording that was heard, and which passage of it, in seconds (`toSec` null: to its end); null while there is none. */
  recording: z.object({ asset: id, fromSec: z.number().min(0), toSec: z.number().min(0).nullable() }).nullable(),
  /** Name of the instrument as which it is heard. */
  instrument: z.string().max(60),
  /** Of a written score, the ids of the parts that sound; none: all. */
  parts: z.array(z.string().max(200)).max(1_000).default([]),
  /** Everything chosen about the blend, as `blend` reads it; null where nothing is blended yet. */
  choices: z.looseObject({ style: z.string(), seed: z.int() }).nullable(),
  /** The variation that sounds; null: none is kept. */
  variation: id.nullable().default(null),
  /** Styles of the user's own that the choices speak of. */
  styles: z.array(z.looseObject({ name: z.string() })).default([]),
  /** A singer's recording, and how far it is drawn to the tune's cents: 0 not at all, 1 wholly. */
  voice: z
    .object({ asset: id, correct: z.number().min(0).max(1) })
    .nullable()
    .default(null),
  /** Integrated loudness of the mix, LUFS; null leaves it where the ceiling allows. */
  loudness: z.number().min(-60).max(0).nullable(),
  /** Master inserts in the order of the signal; null: the style's. */
  masterInserts: z.array(Device).max(16).nullable().default(null),
  /** Gain of the master beside the style's, decibels. */
  masterGainDb: level.default(0),
  /** True-peak ceiling of the master, dBTP; null: the style's. */
  ceilingDbtp: z.number().min(-20).max(0).nullable().default(null),
  /** Open strings in absolute cents, lowest string first, as the listener set them; null, and those beyond the end: as heard. */
  open: z.array(z.number().nullable()).max(64).default([]),
  /** The tonic in absolute cents as the listener set it; null: as heard. */
  tonicCents: z.number().min(-12_000).max(24_000).nullable().default(null),
  /** Words and chords, as ChordPro. */
  lyrics: z.string().max(200_000).default(""),
  /** The arrangement that is shown, played and written; null: the first. */
  arrangement: id.nullable().default(null),
  /** Name of the scale a song is written in, where none was heard (`tuning` knows them); `tonicCents` is its tonic. */
  mode: z.string().max(60).nullable().default(null),
  /** Lines of ChordPro before the first section, and behind the last, as they stand: metadata, remarks, whatever nobody here knows. */
  head: songLines.default([]),
  tail: songLines.default([]),
});
/** What there is one of. Its id is `song`. */
export type Song = z.infer<typeof Song>;

/** A file of sound that belongs to the project. */
export const Asset = z.object({
  id,
  kind: z.literal("asset"),
  /** What people call it; any file name. */
  name: z.string().max(300),
  /** Its place among the project's files: its content's address once it is whole (`entries.ts`); null when it was too large to take along. */
  entry: z.string().max(400).nullable(),
  /** Length in its own frames at 48 kHz; null while it is being recorded, or not known before decoding. */
  frames: frames.nullable(),
  /** Brought along as a file, or recorded here. */
  origin: z.enum(["file", "take"]),
});
/** A file of sound that belongs to the project. */
export type Asset = z.infer<typeof Asset>;

/** A track of clips. */
export const Track = z.object({
  id,
  kind: z.literal("track"),
  name: z.string().max(200),
  /** Place among the tracks, rising downwards; equal ones stand in the order of their ids. */
  order: z.number(),
  /** What plays its notes; without one it is a track of sound. */
  instrument: Device.optional(),
});
/** A track of clips. */
export type Track = z.infer<typeof Track>;

/** A stretch of sound on a track. */
export const Clip = z.object({
  id,
  kind: z.literal("clip"),
  /** Id of its track. */
  track: id,
  /** Id of the asset it plays. */
  asset: id,
  /** Where it begins on the timeline. */
  at: frames,
  /** Where in the asset it begins, counted in the asset's own frames. */
  from: frames,
  /** Length on the timeline. */
  length: frames.min(1),
  /** Decibels. */
  gainDb: level.default(0),
  /** Lengths of the fades at its ends, frames of the timeline. */
  fadeIn: frames.default(0),
  fadeOut: frames.default(0),
  /** How fast the asset runs: 0.5 takes twice as long, at its own pitch. */
  rate: z.number().min(0.25).max(4).default(1),
  /** Transposition without a change of speed. */
  cents: z.number().min(-2400).max(2400).default(0),
  mute: z.boolean().default(false),
});
/** A stretch of sound on a track. */
export type Clip = z.infer<typeof Clip>;

/** One pass of a recording, kept beside the track: what is heard of it is made clips by comping. `at`, `from` and `length` as of a clip. */
export const Take = z.object({ id, kind: z.literal("take"), track: id, asset: id, at: frames, from: frames, length: frames.min(1), name: z.string().max(200) });
/** One pass of a recording, kept beside the track. */
export type Take = z.infer<typeof Take>;

/** A stretch of notes: on a track that has an instrument, or, by the part's id, in the place of all that a part of the blend plays. */
export const NoteClip = z.object({
  id,
  kind: z.literal("notes"),
  /** Id of its track, or of the blend's part. */
  track: id,
  /** Where it begins on the timeline. */
  at: frames,
  /** How long it was played; notes may reach beyond it. */
  length: frames.min(1),
  name: z.string().max(200).default(""),
  mute: z.boolean().default(false),
});
/** A stretch of notes. */
export type NoteClip = z.infer<typeof NoteClip>;

/** One note of a stretch. */
export const Note = z.object({
  id,
  kind: z.literal("note"),
  /** Id of its stretch. */
  clip: id,
  /** Frames from the stretch's beginning; before it lies what a record begins with. */
  at: z.int().min(-2_000_000_000).max(2_000_000_000),
  length: frames,
  /** Absolute cents. */
  cents: z.number().min(-12_000).max(24_000),
  velocity: z.number().min(0).max(1),
  /** String, or which drum of a kit. */
  voice: z.union([z.string().max(60), z.number()]).default(""),
  /** The pitch as it moves: frames from the note's beginning, cents beside it. */
  bend: z
    .array(z.tuple([z.int().min(0), z.number()]))
    .max(4_000)
    .optional(),
});
/** One note of a stretch. */
export type Note = z.infer<typeof Note>;

/** A named moment of the timeline. */
export const Marker = z.object({ id, kind: z.literal("marker"), at: frames, name: z.string().max(200) });
/** A named moment of the timeline. */
export type Marker = z.infer<typeof Marker>;

/** A named passage to practise, from A to B; `to` lies behind `from`. */
export const Loop = z.object({ id, kind: z.literal("loop"), from: frames, to: frames, name: z.string().max(200) });
/** A named passage to practise, from A to B. */
export type Loop = z.infer<typeof Loop>;

/** A passage played and heard beside the recording: what became of it. Never changed once it is there. */
export const Run = z.object({
  id,
  kind: z.literal("run"),
  /** When it was played, milliseconds since 1970. */
  at: z.number().min(0).max(1e14),
  /** Passage it was played for; null: none that has a name. */
  loop: id.nullable().default(null),
  /** What was played of the tune. */
  from: frames,
  to: frames,
  /** How fast it was played beside the recording: 1 as fast. */
  tempo: z.number().min(0).max(100),
  /** Notes that could be told, and how many of them were right. */
  told: z.int().min(0).max(1e6),
  right: z.int().min(0).max(1e6),
  /** Codes of what was most worth working at, the worst first. */
  things: z.array(z.string().max(60)).max(3).default([]),
});
/** A passage played and heard beside the recording. */
export type Run = z.infer<typeof Run>;

/** What a person set on one strip of the mixer, beside what the blend set. */
export const StripSetting = z.object({
  id,
  kind: z.literal("strip"),
  /** Id of the strip in the plan. */
  strip: z.string().max(200),
  /** Beside the fader that the blend found, decibels. */
  gainDb: level.default(0),
  mute: z.boolean().default(false),
  solo: z.boolean().default(false),
  /** Left -1 to right 1; null: the blend's own, here and below. */
  pan: z.number().min(-1).max(1).nullable().default(null),
  /** Send levels in decibels, by bus. */
  sends: z.record(z.string(), level).nullable().default(null),
  /** In the order of the signal. */
  inserts: z.array(Device).max(16).nullable().default(null),
  /** What sounds in the place of the blend's own sound. */
  source: Device.nullable().default(null),
});
/** What a person set on one strip of the mixer, beside what the blend set. */
export type StripSetting = z.infer<typeof StripSetting>;

/** An effect that sends feed: one of the person's own, or the blend's set otherwise. */
export const BusSetting = z.object({
  id,
  kind: z.literal("bus"),
  /** Id of the bus in the plan. */
  bus: z.string().max(60),
  name: z.string().max(200),
  effect: Device,
  /** Gain behind the effect, decibels. */
  gainDb: level.default(0),
});
/** An effect that sends feed. */
export type BusSetting = z.infer<typeof BusSetting>;

/** A struck string: 0 is the lowest; absolute cents of what sounds; the fret where it is known, fractions between frets. */
const string = z.looseObject({ string: z.int().min(0).max(63), cents: z.number().min(-12_000).max(24_000), fret: z.number().min(0).max(127).optional() });
/** What the listener says was struck at a second of the recording; no notes: nothing was. */
export const StrokeFix = z.object({ id, kind: z.literal("stroke"), at: z.number().min(0).max(1e6), notes: z.array(string).max(64) });
/** What the listener says was struck at a second of the recording. */
export type StrokeFix = z.infer<typeof StrokeFix>;

/** A bar begins at a second of the recording, of these groups of pulses if they are told. */
export const BarFix = z.object({ id, kind: z.literal("bar"), at: z.number().min(0).max(1e6), groups: z.array(z.int().min(1).max(32)).max(32).default([]) });
/** A bar begins at a second of the recording. */
export type BarFix = z.infer<typeof BarFix>;

/** A stretch of a sung or blown line drawn by hand: [seconds, cents], rising in time. Fewer than two points: silence. */
export const LineFix = z.object({
  id,
  kind: z.literal("line"),
  /** Seconds of the recording that it takes the place of. */
  from: z.number().min(0).max(1e6),
  to: z.number().min(0).max(1e6),
  points: z.array(z.tuple([z.number(), z.number()])).max(20_000),
});
/** A stretch of a sung or blown line drawn by hand. */
export type LineFix = z.infer<typeof LineFix>;

/** A blend that was made and is kept beside others. What it came to can be made anew, and is no record. */
export const Variation = z.object({
  id,
  kind: z.literal("variation"),
  /** What people call it. */
  name: z.string().max(200),
  /** Place among the variations, rising as they were made. */
  order: z.number(),
  /** Whether it is one to come back to: it never gives way to newer ones. */
  starred: z.boolean().default(false),
  /** What was chosen for it, as `blend` reads it. */
  choices: z.looseObject({ style: z.string(), seed: z.int() }),
});
/** A blend that was made and is kept beside others. */
export type Variation = z.infer<typeof Variation>;

/** One order of a song's sections, by its `place`s. */
export const Arrangement = z.object({
  id,
  kind: z.literal("arrangement"),
  name: z.string().max(200),
  /** Place among the arrangements, rising as they were made. */
  order: z.number(),
});
/** One order of a song's sections. */
export type Arrangement = z.infer<typeof Arrangement>;

/** What a song is made of: words that belong together, wherever and however often they are sung. */
export const Section = z.object({
  id,
  kind: z.literal("section"),
  /** `verse`, `chorus`, `bridge` ...: any name that ChordPro's `start_of_` can have. */
  role: z.string().max(40).default("verse"),
  /** What people call it; empty: by its role. */
  name: z.string().max(200).default(""),
  /** In a file: the lines that stand before it, and its own first and last; null: as we would write them. */
  file: z
    .object({ before: songLines, start: z.string().max(4_000).nullable(), end: z.string().max(4_000).nullable() })
    .nullable()
    .default(null),
});
/** What a song is made of. */
export type Section = z.infer<typeof Section>;

/** A section where it comes in an arrangement: the same one may come often, with more energy each time. */
export const Place = z.object({
  id,
  kind: z.literal("place"),
  arrangement: id,
  section: id,
  /** Place in time, rising; equal ones stand in the order of their ids. */
  order: z.number(),
  /** From 0, hardly there, to 1, everything; the line through all of them is the song's crescendo. */
  energy: z.number().min(0).max(1).default(0.5),
  /** What it is called here; empty: as its section. */
  name: z.string().max(200).default(""),
});
/** A section where it comes in an arrangement. */
export type Place = z.infer<typeof Place>;

/** Words with chords over them: `at` counts UTF-16 units of the text. */
const sung = {
  text: z.string().max(2_000).default(""),
  chords: z
    .array(z.object({ at: z.int().min(0), name: z.string().max(60) }))
    .max(200)
    .default([]),
};
/** A line of words, or of chords alone. */
export const Lyric = z.object({
  id,
  kind: z.literal("lyric"),
  section: id,
  /** Place among the section's lines, rising downwards. */
  order: z.number(),
  ...sung,
  /** Words to sing; a remark for whoever sings; or a line kept as it stands: of a tablature, or one that nobody here knows. */
  form: z.enum(["words", "comment", "verbatim"]).default("words"),
  /** Other versions of the line, kept beside it. */
  others: z.array(z.object(sung)).max(100).default([]),
});
/** A line of words, or of chords alone. */
export type Lyric = z.infer<typeof Lyric>;

/** What is said of the music where it is published. Its id is `release`. */
export const ReleaseSheet = z.object({
  id: z.literal("release"),
  kind: z.literal("release"),
  title: z.string().max(300).default(""),
  artist: z.string().max(300).default(""),
  type: z.enum(["album", "single", "live"]).default("single"),
  /** Day it comes out, `YYYY-MM-DD`; empty: the day it is published. */
  date: z.string().max(10).default(""),
  about: z.string().max(20_000).default(""),
  licence: z.string().max(300).default(""),
  /** Where the pages will stand. */
  address: z.string().max(1_000).default(""),
  /** Asset of a picture; null: one is drawn from the sound. */
  cover: id.nullable().default(null),
  /** Whether listeners may take the files along. */
  downloads: z.boolean().default(true),
});
/** What is said of the music where it is published. */
export type ReleaseSheet = z.infer<typeof ReleaseSheet>;

/** A track of what is published. */
export const ReleasedTrack = z.object({
  id,
  kind: z.literal("released"),
  /** Place among the tracks, rising as they are heard. */
  order: z.number(),
  title: z.string().max(300).default(""),
  /** Asset of its sound; null: what the project itself sounds like. */
  asset: id.nullable().default(null),
  composer: z.string().max(300).default("folk"),
  learnedFrom: z.string().max(300).default(""),
  place: z.string().max(300).default(""),
  /** Names, commas between them. */
  arrangers: z.string().max(1_000).default(""),
  isrc: z.string().max(20).default(""),
  /** A line for each person: name, colon, what was done, and a share in percent. */
  credits: z.string().max(10_000).default(""),
  lyrics: z.string().max(20_000).default(""),
});
/** A track of what is published. */
export type ReleasedTrack = z.infer<typeof ReleasedTrack>;

export const ProjectRecord = z.discriminatedUnion("kind", [
  Song,
  Asset,
  Track,
  Clip,
  Take,
  NoteClip,
  Note,
  Marker,
  Loop,
  Run,
  StripSetting,
  BusSetting,
  StrokeFix,
  BarFix,
  LineFix,
  Variation,
  Arrangement,
  Section,
  Place,
  Lyric,
  ReleaseSheet,
  ReleasedTrack,
]);
/** One record of a project, as this version reads it. */
export type ProjectRecord = z.infer<typeof ProjectRecord>;
export type Kind = ProjectRecord["kind"];
export type RecordOf<K extends Kind> = Extract<ProjectRecord, { kind: K }>;

/** The track on which the recording lies. */
export const RECORDING_TRACK = "recording";
/** Id of what a person set on a strip, and on a bus. */
export const stripId = (strip: string): string => `strip:${strip}`;
export const busId = (bus: string): string => `bus:${bus}`;

/** A project at one moment, its records sorted into kinds; tracks by order, the rest by time or id. */
export interface Session {
  readonly song: Song;
  readonly assets: ReadonlyMap<string, Asset>;
  readonly tracks: readonly Track[];
  readonly clips: readonly Clip[];
  readonly takes: readonly Take[];
  readonly noteClips: readonly NoteClip[];
  /** Notes in time, by the id of their stretch. */
  readonly notes: ReadonlyMap<string, readonly Note[]>;
  readonly markers: readonly Marker[];
  readonly loops: readonly Loop[];
  readonly runs: readonly Run[];
  readonly strips: ReadonlyMap<string, StripSetting>;
  readonly buses: ReadonlyMap<string, BusSetting>;
  readonly strokes: readonly StrokeFix[];
  readonly bars: readonly BarFix[];
  readonly lines: readonly LineFix[];
  readonly variations: readonly Variation[];
  readonly arrangements: readonly Arrangement[];
  readonly sections: ReadonlyMap<string, Section>;
  readonly places: readonly Place[];
  readonly lyrics: readonly Lyric[];
  readonly release: ReleaseSheet;
  readonly released: readonly ReleasedTrack[];
}

/** A project with nothing in it yet. */
export const emptySong: Song = Song.parse({
  id: "song",
  kind: "song",
  provenance: { title: "" },
  recording: null,
  instrument: "dombra",
  choices: null,
  loudness: -14,
});

/** Of a project whose music nobody has thought of publishing. */
export const emptyRelease: ReleaseSheet = ReleaseSheet.parse({ id: "release", kind: "release" });

const byId = (a: { readonly id: string }, b: { readonly id: string }): number => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

/** Sorts records into a session. They must be repaired: one song, no reference that leads nowhere. */
export function sorted(records: Iterable<ProjectRecord>): Session {
  const of = <K extends Kind>(kind: K): RecordOf<K>[] => all.filter((record): record is RecordOf<K> => record.kind === kind);
  const all = [...records].sort(byId);
  const timed = <T extends { readonly at: number }>(list: T[]): T[] => list.sort((a, b) => a.at - b.at);
  const ordered = <T extends { readonly order: number }>(list: T[]): T[] => list.sort((a, b) => a.order - b.order);
  return {
    song: of("song")[0] ?? emptySong,
    assets: new Map(of("asset").map((asset) => [asset.id, asset])),
    tracks: ordered(of("track")),
    clips: timed(of("clip")),
    takes: timed(of("take")),
    noteClips: timed(of("notes")),
    notes: Map.groupBy(timed(of("note")), (note) => note.clip),
    markers: timed(of("marker")),
    loops: of("loop").sort((a, b) => a.from - b.from),
    runs: timed(of("run")),
    strips: new Map(of("strip").map((strip) => [strip.strip, strip])),
    buses: new Map(of("bus").map((bus) => [bus.bus, bus])),
    strokes: timed(of("stroke")),
    bars: timed(of("bar")),
    lines: of("line").sort((a, b) => a.from - b.from),
    variations: ordered(of("variation")),
    arrangements: ordered(of("arrangement")),
    sections: new Map(of("section").map((section) => [section.id, section])),
    places: ordered(of("place")),
    lyrics: ordered(of("lyric")),
    release: of("release")[0] ?? emptyRelease,
    released: ordered(of("released")),
  };
}
