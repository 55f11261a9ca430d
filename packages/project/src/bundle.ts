import { Complaint } from "@kuishi/base";
import { Heard } from "@kuishi/score";
import { strToU8, unzipSync, zipSync } from "fflate";
import { z } from "zod";
import { checked } from "./checked.ts";
import { migrated } from "./migrate.ts";
import { ProjectRecord } from "./records.ts";

/** A project with what it carries along. */
export interface Bundle {
  /** Sorted by id. */
  readonly records: readonly ProjectRecord[];
  /** What was heard of the recording, corrections included; null where nothing was heard yet. */
  readonly heard: Heard | null;
  /** Sound and other files, by their entry. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** The newest format. */
export const FORMAT = "project/2";
const [RECORDS, HEARD] = ["project.json", "heard.json"] as const;
const Document = z.object({ kuishi: z.literal(FORMAT), records: z.array(ProjectRecord).max(500_000) });

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

/** The JSON entries of a bundle, as text. */
export function bundleTexts(bundle: Pick<Bundle, "records" | "heard">): ReadonlyMap<string, string> {
  const records = [...bundle.records].sort((a, b) => (a.id < b.id ? -1 : 1));
  return new Map([[RECORDS, canonicalJson({ kuishi: FORMAT, records })], ...(bundle.heard ? [[HEARD, canonicalJson(bundle.heard)] as const] : [])]);
}

/** Packs a `.kuishi` bundle. */
export function packBundle(bundle: Bundle): Uint8Array<ArrayBuffer> {
  const texts = [...bundleTexts(bundle)].map(([name, content]) => [name, strToU8(content)] as const);
  const entries = [...texts, ...bundle.files].sort(([a], [b]) => (a < b ? -1 : 1));
  return zipSync(Object.fromEntries(entries.map(([name, bytes]) => [name, [bytes, { mtime: DATE, level: name.endsWith(".json") ? 6 : 0 }]])));
}

/** How much a bundle may unpack to: 2 GiB would not fit a page; a hostile one promises more. */
const MOST_BYTES = 1 << 30;

/** Opens a bundle of this format or an older one. @throws Complaint with the place of the first fault. */
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
  const data = jsonOf(files[RECORDS], RECORDS);
  if (data === undefined) throw new Complaint("unreadable", "project.missing", { name: RECORDS });
  const rest = new Map(Object.entries(files).filter(([name]) => name !== RECORDS && name !== HEARD));
  const version = (data as { kuishi?: unknown } | null)?.kuishi;
  if (version === "project/1") return { ...migrated(data), files: rest };
  if (typeof version === "string" && version.startsWith("project/") && version !== FORMAT) throw new Complaint("unreadable", "project.newer", { version });
  const heard = jsonOf(files[HEARD], HEARD);
  return { records: checked(Document, data).records, heard: heard === undefined ? null : checked(Heard, heard), files: rest };
}

function jsonOf(bytes: Uint8Array | undefined, name: string): unknown {
  if (!bytes) return undefined;
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw new Complaint("unreadable", "project.json", { name });
  }
}
