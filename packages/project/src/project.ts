import { Complaint } from "@kuishi/base";
import { Heard } from "@kuishi/score";
import { strToU8, unzipSync, zipSync } from "fflate";
import { z } from "zod";

/** Where a tune comes from, and through whose hands it went. */
export const Provenance = z.object({
  title: z.string(),
  composer: z.string().default("folk"),
  learnedFrom: z.string().default(""),
  arrangers: z.array(z.string()).default([]),
  samples: z.array(z.string()).default([]),
});
export type Provenance = z.infer<typeof Provenance>;

/** A mixer setting of one track that a person made. */
export const TrackSetting = z.object({ gainDb: z.number().default(0), mute: z.boolean().default(false), solo: z.boolean().default(false) });
export type TrackSetting = z.infer<typeof TrackSetting>;

/** The project document, version 1. What can be computed anew (parts, plan) is not in it. */
export const Project = z.object({
  kuishi: z.literal("project/1"),
  provenance: Provenance,
  recording: z.object({
    /** Name of the file inside the bundle; null when it was too large to take along. */
    entry: z.string().nullable(),
    name: z.string(),
    fromSec: z.number().min(0),
    toSec: z.number().min(0).nullable(),
  }),
  heard: Heard,
  style: z.string(),
  seed: z.int(),
  /** Everything chosen about the blend, as `blend` reads it; absent in projects of the first version. */
  choices: z.looseObject({}).optional(),
  /** Styles of the user's own that the choices speak of. */
  styles: z.array(z.looseObject({ name: z.string() })).optional(),
  /** A singer's recording. */
  voice: z.object({ entry: z.string(), name: z.string(), correct: z.number().min(0).max(1).default(0) }).optional(),
  loudness: z.number().nullable(),
  tracks: z.record(z.string(), TrackSetting).default({}),
});
export type Project = z.infer<typeof Project>;

/** A project with what it carries along. */
export interface Bundle {
  readonly project: Project;
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** JSON whose bytes depend on the value alone: keys sorted, no spaces. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === "object" && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

/** Entries are dated 1980-01-01 and sorted: the same project gives the same bytes. */
const DATE = new Date(1980, 0, 1);

/** Packs a `.kuishi` bundle. */
export function packBundle(bundle: Bundle): Uint8Array<ArrayBuffer> {
  const entries: [string, Uint8Array][] = [["project.json", strToU8(canonicalJson(bundle.project))], ...bundle.files];
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return zipSync(Object.fromEntries(entries.map(([name, bytes]) => [name, [bytes, { mtime: DATE, level: name.endsWith(".json") ? 6 : 0 }]])));
}

/** How much a bundle may unpack to: 2 GiB would not fit a page; a hostile one promises more. */
const MOST_BYTES = 1 << 30;

/** Opens a bundle. @throws Complaint with the place of the first fault. */
export function openBundle(bytes: Uint8Array): Bundle {
  let files: Record<string, Uint8Array>;
  let total = 0;
  try {
    files = unzipSync(bytes, {
      filter: (file) => {
        total += file.originalSize;
        if (total > MOST_BYTES) throw new Complaint("unreadable", "project.huge");
        return !file.name.startsWith("/") && !file.name.split("/").includes("..");
      },
    });
  } catch (error) {
    if (error instanceof Complaint) throw error;
    throw new Complaint("unreadable", "project.zip");
  }
  const json = files["project.json"];
  if (!json) throw new Complaint("unreadable", "project.missing", { name: "project.json" });
  let data: unknown;
  try {
    data = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(json));
  } catch {
    throw new Complaint("unreadable", "project.json");
  }
  const version = (data as { kuishi?: unknown } | null)?.kuishi;
  if (typeof version === "string" && version.startsWith("project/") && version !== "project/1") throw new Complaint("unreadable", "project.newer", { version });
  const result = Project.safeParse(data);
  if (!result.success) {
    const issue = result.error.issues[0];
    throw new Complaint("unreadable", "project.invalid", { at: issue?.path.join(".") ?? "", text: issue?.message ?? "" });
  }
  const rest = new Map(Object.entries(files).filter(([name]) => name !== "project.json"));
  return { project: result.data, files: rest };
}
