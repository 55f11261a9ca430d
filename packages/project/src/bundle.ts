import { Complaint, canonicalJson } from "@kuishi/base";
import { unzipWithin, ZipFault } from "@kuishi/base/zip";
import { Heard } from "@kuishi/score";
import { strToU8, zipSync } from "fflate";
import { addressOf, isAddress } from "./entries.ts";
import { FORMAT, FORMAT_KEY, newerFormat } from "./format.ts";
import { isObject } from "./json.ts";
import { migrated } from "./migrate.ts";
import type { RawRecord } from "./reading.ts";

/** A project with what it carries along. */
export interface Bundle {
  /** As they stand, also those that only a later version can read; `sessionOf` reads them. */
  readonly records: readonly RawRecord[];
  /** What is said of the whole, its format among it; without it, this version's. */
  readonly meta?: RawRecord;
  /** What was heard of the recording, corrections included; null where nothing was heard yet, or what was heard cannot be read. */
  readonly heard: Heard | null;
  /** Sounds by their address, and every other file, by its entry. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

const [RECORDS, HEARD] = ["project.json", "heard.json"] as const;
const MOST_RECORDS = 500_000;

/** Entries are dated 1980-01-01 and sorted: the same project gives the same bytes. */
const DATE = new Date(1980, 0, 1);

/** The JSON entries of a bundle, as text. */
export function bundleTexts({ records, meta, heard }: Pick<Bundle, "records" | "meta" | "heard">): ReadonlyMap<string, string> {
  const byId = [...records].sort((a, b) => (String(a["id"]) < String(b["id"]) ? -1 : 1));
  return new Map([[RECORDS, canonicalJson({ [FORMAT_KEY]: FORMAT, ...meta, records: byId })], ...(heard ? [[HEARD, canonicalJson(heard)] as const] : [])]);
}

/** Packs a `.kuishi` bundle. */
export function packBundle(bundle: Bundle): Uint8Array<ArrayBuffer> {
  const texts = [...bundleTexts(bundle)].map(([name, content]) => [name, strToU8(content)] as const);
  const entries = [...new Map([...bundle.files, ...texts])].sort(([a], [b]) => (a < b ? -1 : 1));
  return zipSync(Object.fromEntries(entries.map(([name, bytes]) => [name, [bytes, { mtime: DATE, level: name.endsWith(".json") ? 6 : 0 }]])));
}

/** How much a bundle may unpack to: 2 GiB would not fit a page; a hostile one promises more. */
const MOST_BYTES = 1 << 30;

/**
 * Opens a bundle of this format or an older one.
 * @param newer whether one of a later version is opened as well: it may be shown, but not changed.
 * @throws Complaint with the place of the first fault.
 */
export function openBundle(bytes: Uint8Array, { newer = false }: { readonly newer?: boolean } = {}): Bundle {
  const files = new Map(entriesOf(bytes));
  const data = jsonOf(files.get(RECORDS), RECORDS);
  if (data === undefined) throw new Complaint("unreadable", "project.missing", { name: RECORDS });
  files.delete(RECORDS);
  const format = isObject(data) ? data[FORMAT_KEY] : undefined;
  if (format === "project/1") {
    files.delete(HEARD);
    const { records, heard } = migrated(data);
    return addressed({ records, heard, files });
  }
  const later = newerFormat(format);
  if (later && !newer) throw new Complaint("unreadable", "project.newer", { version: later });
  if (!isObject(data) || (format !== FORMAT && !later)) throw invalid(FORMAT_KEY, `expected ${FORMAT}`);
  const { records, ...meta } = data;
  if (!Array.isArray(records) || records.length > MOST_RECORDS)
    throw later ? new Complaint("unreadable", "project.newer", { version: later }) : invalid("records", "expected a list");
  const strange = records.findIndex((record: unknown) => !isObject(record) || typeof record["id"] !== "string" || typeof record["kind"] !== "string");
  if (strange >= 0) throw invalid(`records.${strange}`, "expected a record with id and kind");
  // what was heard can be heard anew; what cannot be read is carried along
  const heard = Heard.safeParse(jsonOf(files.get(HEARD), HEARD));
  if (heard.success) files.delete(HEARD);
  return addressed({ records, meta, heard: heard.success ? heard.data : null, files });
}
const invalid = (at: string, text: string): Complaint => new Complaint("unreadable", "project.invalid", { at, text });

/** A bundle whose sounds stand at their contents' addresses, as older ones did not. */
function addressed({ records, files, ...rest }: Bundle): Bundle {
  const moved = new Map<string, string>();
  const kept = new Map(files);
  for (const { kind, entry } of records) {
    const bytes = kind === "asset" && typeof entry === "string" && !isAddress(entry) ? files.get(entry) : undefined;
    if (!bytes || typeof entry !== "string" || moved.has(entry)) continue;
    const address = addressOf(entry, bytes);
    moved.set(entry, address);
    kept.delete(entry);
    kept.set(address, bytes);
  }
  const at = ({ kind, entry }: RawRecord): string | undefined => (kind === "asset" ? moved.get(String(entry)) : undefined);
  return { ...rest, records: records.map((record) => (at(record) ? { ...record, entry: at(record) } : record)), files: kept };
}

function entriesOf(bytes: Uint8Array): ReadonlyMap<string, Uint8Array> {
  try {
    return unzipWithin(bytes, MOST_BYTES);
  } catch (error) {
    if (!(error instanceof ZipFault)) throw error;
    throw new Complaint("unreadable", error.kind === "huge" ? "project.huge" : "project.zip");
  }
}

/** What no project nests deeper than; what does would exhaust the stack of whoever walks through it. */
const MOST_DEPTH = 100;
function jsonOf(bytes: Uint8Array | undefined, name: string): unknown {
  if (!bytes) return undefined;
  let data: unknown;
  try {
    data = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw new Complaint("unreadable", "project.json", { name });
  }
  if (isDeeper(data, MOST_DEPTH)) throw new Complaint("unreadable", "project.deep", { name });
  return data;
}
/** Whether JSON nests deeper than this, found level by level rather than by recursion. */
function isDeeper(value: unknown, most: number): boolean {
  let level = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > most) return true;
    level = level.flatMap((one) => (one !== null && typeof one === "object" ? Object.values(one) : []));
  }
  return false;
}
