import { z } from "zod";

/**
 * Everything a project consists of, as records: flat, small, each known by its id, so that two people
 * may change different fields of the same record and both changes hold. Times are frames at 48 kHz
 * from the start of the tune. What can be computed anew (parts, plan) is not among them.
 */
const frames = z.int().min(0).max(2_000_000_000);
const level = z.number().min(-120).max(60);
const id = z.string().min(1).max(200);

/** Where a tune comes from, and through whose hands it went. */
export const Provenance = z.object({
  title: z.string(),
  composer: z.string().default("folk"),
  learnedFrom: z.string().default(""),
  arrangers: z.array(z.string()).default([]),
  samples: z.array(z.string()).default([]),
});
export type Provenance = z.infer<typeof Provenance>;

/** Something of the engine's with a kind; `flow` checks it against the engine's tables before it sounds. */
const Device = z.looseObject({ kind: z.string().max(40) });

/** What there is one of. Its id is `song`. */
export const Song = z.object({
  id: z.literal("song"),
  kind: z.literal("song"),
  provenance: Provenance,
  /** Asset of the recording that was heard, and which passage of it, in seconds; null while there is none. */
  recording: z.object({ asset: id, fromSec: z.number().min(0), toSec: z.number().min(0).nullable() }).nullable(),
  /** As which instrument it is heard. */
  instrument: z.string().max(60),
  /** Everything chosen about the blend, as `blend` reads it; null where nothing is blended yet. */
  choices: z.looseObject({ style: z.string(), seed: z.int() }).nullable(),
  /** Styles of the user's own that the choices speak of. */
  styles: z.array(z.looseObject({ name: z.string() })).default([]),
  /** A singer's recording, and how far it is drawn to the tune's cents. */
  voice: z
    .object({ asset: id, correct: z.number().min(0).max(1) })
    .nullable()
    .default(null),
  /** Integrated loudness of the mix, LUFS; null leaves it where the ceiling allows. */
  loudness: z.number().min(-60).max(0).nullable(),
  /** Master inserts; null: the style's. */
  masterInserts: z.array(Device).max(16).nullable().default(null),
  masterGainDb: level.default(0),
  ceilingDbtp: z.number().min(-20).max(0).nullable().default(null),
  /** Open strings and tonic as the listener set them; null: as heard. */
  open: z.array(z.number().nullable()).max(64).default([]),
  tonicCents: z.number().min(-12_000).max(24_000).nullable().default(null),
  /** Words and chords, as ChordPro. */
  lyrics: z.string().max(200_000).default(""),
});
export type Song = z.infer<typeof Song>;

/** A file of sound that belongs to the project. */
export const Asset = z.object({
  id,
  kind: z.literal("asset"),
  name: z.string().max(300),
  /** Its place among the project's files; null when it was too large to take along. */
  entry: z.string().max(400).nullable(),
  /** Length; null while it is being recorded, or not known before decoding. */
  frames: frames.nullable(),
  origin: z.enum(["file", "take"]),
});
export type Asset = z.infer<typeof Asset>;

/** A track of clips. */
export const Track = z.object({
  id,
  kind: z.literal("track"),
  name: z.string().max(200),
  /** Place among the tracks; equal ones stand in the order of their ids. */
  order: z.number(),
});
export type Track = z.infer<typeof Track>;

/** A stretch of sound on a track. */
export const Clip = z.object({
  id,
  kind: z.literal("clip"),
  track: id,
  asset: id,
  at: frames,
  /** Where in the asset it begins, counted in the asset's own frames. */
  from: frames,
  /** Length on the timeline. */
  length: frames.min(1),
  gainDb: level.default(0),
  fadeIn: frames.default(0),
  fadeOut: frames.default(0),
  /** How fast the asset runs: 0.5 takes twice as long, at its own pitch. */
  rate: z.number().min(0.25).max(4).default(1),
  cents: z.number().min(-2400).max(2400).default(0),
  mute: z.boolean().default(false),
});
export type Clip = z.infer<typeof Clip>;

/** One pass of a recording, kept beside the track: what is heard of it is made clips by comping. */
export const Take = z.object({ id, kind: z.literal("take"), track: id, asset: id, at: frames, from: frames, length: frames.min(1), name: z.string().max(200) });
export type Take = z.infer<typeof Take>;

export const Marker = z.object({ id, kind: z.literal("marker"), at: frames, name: z.string().max(200) });
export type Marker = z.infer<typeof Marker>;

/** A named passage to practise, from A to B. */
export const Loop = z.object({ id, kind: z.literal("loop"), from: frames, to: frames, name: z.string().max(200) });
export type Loop = z.infer<typeof Loop>;

/** What a person set on one strip of the mixer, beside what the blend set. */
export const StripSetting = z.object({
  id,
  kind: z.literal("strip"),
  strip: z.string().max(200),
  /** Beside the fader that the blend found. */
  gainDb: level.default(0),
  mute: z.boolean().default(false),
  solo: z.boolean().default(false),
  /** null: the blend's own, here and below. */
  pan: z.number().min(-1).max(1).nullable().default(null),
  sends: z.record(z.string(), level).nullable().default(null),
  inserts: z.array(Device).max(16).nullable().default(null),
  source: Device.nullable().default(null),
});
export type StripSetting = z.infer<typeof StripSetting>;

/** An effect that sends feed: one of the person's own, or the blend's set otherwise. */
export const BusSetting = z.object({
  id,
  kind: z.literal("bus"),
  bus: z.string().max(60),
  name: z.string().max(200),
  effect: Device,
  gainDb: level.default(0),
});
export type BusSetting = z.infer<typeof BusSetting>;

const string = z.object({ string: z.int().min(0).max(63), cents: z.number().min(-12_000).max(24_000), fret: z.number().min(0).max(127).optional() });
/** What the listener says was struck at a second of the recording; no notes: nothing was. */
export const StrokeFix = z.object({ id, kind: z.literal("stroke"), at: z.number().min(0).max(1e6), notes: z.array(string).max(64) });
export type StrokeFix = z.infer<typeof StrokeFix>;

/** A bar begins at a second of the recording, of these groups if they are told. */
export const BarFix = z.object({ id, kind: z.literal("bar"), at: z.number().min(0).max(1e6), groups: z.array(z.int().min(1).max(32)).max(32).default([]) });
export type BarFix = z.infer<typeof BarFix>;

/** A stretch of a sung or blown line drawn by hand: [seconds, cents], rising in time. Fewer than two points: silence. */
export const LineFix = z.object({
  id,
  kind: z.literal("line"),
  from: z.number().min(0).max(1e6),
  to: z.number().min(0).max(1e6),
  points: z.array(z.tuple([z.number(), z.number()])).max(20_000),
});
export type LineFix = z.infer<typeof LineFix>;

export const ProjectRecord = z.discriminatedUnion("kind", [Song, Asset, Track, Clip, Take, Marker, Loop, StripSetting, BusSetting, StrokeFix, BarFix, LineFix]);
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
  readonly markers: readonly Marker[];
  readonly loops: readonly Loop[];
  readonly strips: ReadonlyMap<string, StripSetting>;
  readonly buses: ReadonlyMap<string, BusSetting>;
  readonly strokes: readonly StrokeFix[];
  readonly bars: readonly BarFix[];
  readonly lines: readonly LineFix[];
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

const byId = (a: { readonly id: string }, b: { readonly id: string }): number => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

/** Sorts records into a session. They must be repaired: one song, no reference that leads nowhere. */
export function sessionOf(records: Iterable<ProjectRecord>): Session {
  const of = <K extends Kind>(kind: K): RecordOf<K>[] => all.filter((record): record is RecordOf<K> => record.kind === kind);
  const all = [...records].sort(byId);
  const timed = <T extends { readonly at: number }>(list: T[]): T[] => list.sort((a, b) => a.at - b.at);
  return {
    song: of("song")[0] ?? emptySong,
    assets: new Map(of("asset").map((asset) => [asset.id, asset])),
    tracks: of("track").sort((a, b) => a.order - b.order),
    clips: timed(of("clip")),
    takes: timed(of("take")),
    markers: timed(of("marker")),
    loops: of("loop").sort((a, b) => a.from - b.from),
    strips: new Map(of("strip").map((strip) => [strip.strip, strip])),
    buses: new Map(of("bus").map((bus) => [bus.bus, bus])),
    strokes: timed(of("stroke")),
    bars: timed(of("bar")),
    lines: of("line").sort((a, b) => a.from - b.from),
  };
}
