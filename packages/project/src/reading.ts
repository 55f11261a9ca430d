import type { z } from "zod";
import { isObject } from "./json.ts";
import {
  Arrangement,
  Asset,
  BarFix,
  BusSetting,
  Clip,
  emptySong,
  type Kind,
  LineFix,
  Loop,
  Lyric,
  Marker,
  Note,
  NoteClip,
  Place,
  type ProjectRecord,
  type RecordOf,
  ReleasedTrack,
  ReleaseSheet,
  Run,
  Section,
  type Session,
  Song,
  StripSetting,
  StrokeFix,
  sorted,
  Take,
  Track,
  Variation,
} from "./records.ts";
import { repaired } from "./repair.ts";

/**
 * A record as it stands in a document or a bundle, whoever wrote it: a later version's kinds and fields
 * among them. It is read, never rewritten: what a version does not understand it leaves where it is.
 */
export type RawRecord = Readonly<Record<string, unknown>>;

const schemas: { readonly [K in Kind]: z.ZodType<ProjectRecord> } = {
  song: Song,
  asset: Asset,
  track: Track,
  clip: Clip,
  take: Take,
  notes: NoteClip,
  note: Note,
  marker: Marker,
  loop: Loop,
  run: Run,
  strip: StripSetting,
  bus: BusSetting,
  stroke: StrokeFix,
  bar: BarFix,
  line: LineFix,
  variation: Variation,
  arrangement: Arrangement,
  section: Section,
  place: Place,
  lyric: Lyric,
  release: ReleaseSheet,
  released: ReleasedTrack,
};
/** What stands for a field that cannot be read and has no default of its own. Where something lies has none. */
const fallbacks: { readonly [K in Kind]?: Partial<RecordOf<K>> } = {
  song: emptySong,
  asset: { name: "", entry: null, frames: null, origin: "file" },
  track: { name: "", order: 0 },
  clip: { from: 0 },
  take: { from: 0, name: "" },
  marker: { name: "" },
  loop: { name: "" },
  bus: { name: "", effect: { kind: "" } },
  variation: { name: "", order: 0 },
  arrangement: { name: "", order: 0 },
  place: { order: 0 },
  lyric: { order: 0 },
};

/**
 * A record as this version understands it. A field that cannot be read takes its default, alone;
 * fields nobody here knows are left out.
 * @returns null where nothing can be made of it: an unknown kind, or a field that has no default.
 */
export function readRecord(id: string, raw: unknown): ProjectRecord | null {
  if (!isObject(raw) || raw["id"] !== id || typeof raw["kind"] !== "string" || !Object.hasOwn(schemas, raw["kind"])) return null;
  const kind = raw["kind"] as Kind;
  const schema = schemas[kind];
  let tried: unknown = raw;
  // the innermost field first, then what holds it: each round leaves less that is broken
  for (let depth = 8; depth > 0; depth--) {
    const result = schema.safeParse(tried);
    if (result.success) return result.data;
    for (const { path } of result.error.issues) tried = without(tried, path.slice(0, depth), fallbacks[kind]);
  }
  return schema.safeParse(tried).data ?? null;
}
/** A value whose part at a path is what it is in the fallback, or is left out. Lists are taken whole. */
function without(value: unknown, path: readonly PropertyKey[], fallback: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined || !isObject(value)) return fallback;
  const name = String(key);
  const stand = isObject(fallback) && Object.hasOwn(fallback, name) ? fallback[name] : undefined;
  const part = without(value[name], rest, stand);
  const { [name]: _, ...others } = value;
  return part === undefined ? others : { ...others, [name]: part };
}

/** Records, whoever wrote them, as a session: read, mended, sorted. */
export function sessionOf(records: Iterable<RawRecord>): Session {
  const read = new Map<string, ProjectRecord | null>();
  for (const raw of records) {
    const id = String(raw["id"]);
    read.set(id, readRecord(id, raw));
  }
  return sorted(repaired(read).records.values());
}
