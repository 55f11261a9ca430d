import { Complaint, canonicalJson } from "@kuishi/base";
import { heardFromText } from "@kuishi/score";
import fc from "fast-check";
import { strToU8, zipSync } from "fflate";
import { expect, test } from "vitest";
import * as Y from "yjs";
import { ProjectDocument } from "./document.ts";
import { emptySong, Journal, MemoryStore, openBundle, type ProjectRecord, packBundle, type RawRecord, sessionOf } from "./index.ts";

/** A document as some later version would write it: records of its own making, in the same map. */
function written(records: readonly RawRecord[], meta: RawRecord): Uint8Array {
  const doc = new Y.Doc();
  doc.transact(() => {
    for (const [key, value] of Object.entries(meta)) doc.getMap("meta").set(key, value);
    for (const record of records) {
      const map = new Y.Map<unknown>();
      for (const [key, value] of Object.entries(record)) map.set(key, value);
      doc.getMap("records").set(String(record["id"]), map);
    }
  });
  return Y.encodeStateAsUpdate(doc);
}

const base: readonly ProjectRecord[] = [
  {
    ...emptySong,
    provenance: { ...emptySong.provenance, title: "Адай", composer: "Құрманғазы" },
    recording: { asset: "asset-a", fromSec: 0, toSec: 30 },
    choices: { style: "lo-fi", seed: 3 },
    lyrics: "сөз",
  },
  { id: "asset-a", kind: "asset", name: "a.wav", entry: "audio/a.wav", frames: 480_000, origin: "file" },
  { id: "track-1", kind: "track", name: "Ән", order: 1 },
  {
    id: "clip-1",
    kind: "clip",
    track: "track-1",
    asset: "asset-a",
    at: 0,
    from: 0,
    length: 48_000,
    gainDb: -3,
    fadeIn: 0,
    fadeOut: 0,
    rate: 1,
    cents: 0,
    mute: false,
  },
  {
    id: "clip-2",
    kind: "clip",
    track: "track-1",
    asset: "asset-a",
    at: 96_000,
    from: 0,
    length: 48_000,
    gainDb: 0,
    fadeIn: 0,
    fadeOut: 0,
    rate: 1,
    cents: 0,
    mute: false,
  },
  { id: "marker-1", kind: "marker", at: 100, name: "буын" },
  { id: "loop-1", kind: "loop", from: 0, to: 100, name: "орта" },
  { id: "run-1", kind: "run", at: 1_770_000_000_000, loop: "loop-1", from: 0, to: 90, tempo: 0.8, told: 40, right: 31, things: ["late"] },
  {
    id: "strip:kick",
    kind: "strip",
    strip: "kick",
    gainDb: 1,
    mute: false,
    solo: false,
    pan: 0,
    sends: { reverb: -6 },
    inserts: [{ kind: "eq", low: 1 }],
    source: null,
  },
  { id: "stroke-1", kind: "stroke", at: 2, notes: [{ string: 0, cents: 5000 }] },
];
/** Names that this version has nowhere. */
const strangeName = fc.stringMatching(/^x[a-z]{1,6}$/);
/** Whatever JSON can say, but for a key `__proto__`: Yjs reads objects by assignment, which cannot carry it, and so no version writes one. */
const json = fc
  .jsonValue({ maxDepth: 3 })
  .map((value) => JSON.parse(JSON.stringify(value)) as unknown)
  .filter((value) => !JSON.stringify(value).includes('"__proto__"'));

/** One thing that a later version does otherwise. */
const novelty = fc.oneof(
  fc.record({ what: fc.constant("field" as const), pick: fc.nat(), name: strangeName, value: json }),
  fc.record({ what: fc.constant("deep" as const), pick: fc.nat(), name: strangeName, value: json }),
  fc.record({ what: fc.constant("type" as const), pick: fc.nat(), name: fc.constant(""), value: json }),
  fc.record({ what: fc.constant("kind" as const), pick: fc.nat(), name: strangeName, value: json }),
  fc.record({ what: fc.constant("meta" as const), pick: fc.nat(), name: strangeName, value: json }),
);
type Novelty = typeof novelty extends fc.Arbitrary<infer T> ? T : never;

type Plain = Record<string, unknown>;
/** Everything this version does not read as it stands: paths and values. */
function future(novelties: readonly Novelty[]): { records: RawRecord[]; meta: RawRecord } {
  const records = JSON.parse(JSON.stringify(base)) as Plain[];
  const meta: Plain = { kuishi: "project/2", minor: 7 };
  for (const { what, pick, name, value } of novelties) {
    const record = records[pick % base.length]!;
    const keys = Object.keys(record).filter((key) => key !== "id" && key !== "kind");
    if (what === "field") record[name] = value;
    else if (what === "meta") meta[name] = value;
    else if (what === "kind") records.push({ id: `${name}-${pick}`, kind: name, value, track: "track-1" });
    else if (what === "type") record[keys[pick % keys.length]!] = value;
    else {
      const holder = keys.map((key) => record[key]).find((part): part is Plain => part !== null && typeof part === "object" && !Array.isArray(part));
      if (holder) holder[name] = value;
    }
  }
  const byId = new Map(records.map((record) => [String(record["id"]), record]));
  return { records: [...byId.values()].sort((a, b) => (String(a["id"]) < String(b["id"]) ? -1 : 1)), meta };
}
/** What is lost of one value in another: paths. Lists are compared whole. */
function lost(before: unknown, after: unknown, path: string): string[] {
  if (before === null || typeof before !== "object" || Array.isArray(before)) return canonicalJson(before) === canonicalJson(after) ? [] : [path];
  if (after === null || typeof after !== "object" || Array.isArray(after)) return [path];
  return Object.entries(before).flatMap(([key, value]) => lost(value, (after as Plain)[key], `${path}.${key}`));
}

/** Edits of fields whose old values are then not looked for, each as a hand would make it in the page. */
const edits: readonly { readonly touches: readonly string[]; readonly make: (document: ProjectDocument) => void }[] = [
  {
    touches: ["song.provenance.title"],
    make: (document) => document.edit("card", (draft) => draft.set("song", "song", { provenance: { ...draft.session.song.provenance, title: "Жаңа" } })),
  },
  { touches: ["song.loudness"], make: (document) => document.edit("loud", (draft) => draft.set("song", "song", { loudness: -9 })) },
  { touches: ["marker-1.name"], make: (document) => document.edit("name", (draft) => draft.set("marker", "marker-1", { name: "өзге" })) },
  { touches: ["strip:kick.gainDb"], make: (document) => document.edit("mix", (draft) => draft.set("strip", "strip:kick", { gainDb: -7 })) },
  { touches: [], make: (document) => document.edit("new", (draft) => draft.put({ id: "marker-9", kind: "marker", at: 9, name: "9" })) },
  {
    touches: [],
    // a record put back as it is seen changes nothing of what is not seen
    make: (document) => document.edit("put", (draft) => document.records.forEach((record) => draft.put(record))),
  },
  {
    touches: [],
    make: (document) => {
      document.edit("try", (draft) => draft.set("song", "song", { lyrics: "басқа" }));
      document.undo();
    },
  },
];

test("what a later version wrote is edited, merged, undone, compacted, bundled and opened again without losing anything that was not understood", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(novelty, { maxLength: 12 }),
      fc.array(fc.nat(edits.length - 1), { maxLength: 8 }),
      fc.boolean(),
      async (novelties, chosen, peersFirst) => {
        const { records, meta } = future(novelties);
        const start = written(records, meta);
        const [document, peer] = [new ProjectDocument([start]), new ProjectDocument([start])];
        // opening alone changes nothing
        expect(document.raw).toEqual({ records, meta });
        const touched = new Set<string>();
        chosen.forEach((k, i) => {
          const { touches, make } = edits[k]!;
          make(i % 2 === 0 ? document : peer);
          for (const path of touches) touched.add(path);
        });
        if (peersFirst) document.apply(peer.state());
        // compacted and reopened
        const store = new MemoryStore();
        const { journal } = await Journal.open(store);
        await journal.append(document.state());
        await journal.compact(document.state());
        const reopened = new ProjectDocument((await Journal.open(store)).updates);
        if (!peersFirst) reopened.apply(peer.state());
        // bundled and opened elsewhere
        const heard = null;
        const bundle = openBundle(packBundle({ ...reopened.raw, heard, files: new Map([["xfuture/data.bin", Uint8Array.of(1)]]) }));
        const elsewhere = new ProjectDocument();
        elsewhere.load(bundle.records, bundle.meta);
        expect(elsewhere.raw).toEqual(reopened.raw);
        expect([...bundle.files.keys()]).toEqual(["xfuture/data.bin"]);
        expect(canonicalJson(elsewhere.records)).toBe(canonicalJson(reopened.records));
        const after = new Map(elsewhere.raw.records.map((record) => [String(record["id"]), record]));
        const gone = records.flatMap((record) => lost(record, after.get(String(record["id"])), String(record["id"])));
        const isTouched = (path: string): boolean => [...touched].some((one) => one === path || one.startsWith(`${path}.`));
        expect(gone.filter((path) => !isTouched(path))).toEqual([]);
        expect(lost(meta, elsewhere.raw.meta, "meta")).toEqual([]);
      },
    ),
    { numRuns: 120, ...(process.env["KUISHI_SEED"] ? { seed: Number(process.env["KUISHI_SEED"]) } : {}) },
  );
});

test("one broken field falls back alone, and comes back to those who can read it", () => {
  const records = base.map((record) =>
    record.kind === "song" ? { ...record, loudness: { lufs: -12 }, provenance: { ...record.provenance, composer: 7 } } : record,
  );
  const document = new ProjectDocument([written(records, { kuishi: "project/2" })]);
  const { song } = document.session;
  expect(song).toMatchObject({ loudness: -14, lyrics: "сөз", recording: { asset: "asset-a" }, provenance: { title: "Адай", composer: "folk" } });
  document.edit("lyrics", (draft) => draft.set("song", "song", { lyrics: "жаңа сөз" }));
  expect(document.raw.records.find((record) => record["id"] === "song")).toMatchObject({
    loudness: { lufs: -12 },
    provenance: { composer: 7 },
    lyrics: "жаңа сөз",
  });
  // until the user sets that very field
  document.edit("loud", (draft) => draft.set("song", "song", { loudness: -10 }));
  expect(document.raw.records.find((record) => record["id"] === "song")).toMatchObject({ loudness: -10, provenance: { composer: 7 } });
});
test("a field that is seen mended stays as it was written, until an edit means it", () => {
  const records = base.map((record) => (record.kind === "song" ? { ...record, variation: "variation-of-tomorrow" } : record));
  const document = new ProjectDocument([written(records, { kuishi: "project/2" })]);
  const raw = () => document.raw.records.find((record) => record["id"] === "song")!["variation"];
  expect(document.session.song.variation).toBeNull();
  document.edit("put", (draft) => draft.put(document.session.song));
  expect(raw()).toBe("variation-of-tomorrow");
  document.edit("choose", (draft) => {
    draft.put({ id: "variation-1", kind: "variation", name: "", order: 1, starred: false, choices: { style: "techno", seed: 1 } });
    draft.set("song", "song", { variation: "variation-1" });
    draft.set("song", "song", { variation: null });
  });
  expect(raw()).toBeNull();
});
test("a clip whose track a peer took away is not seen, is not thrown away, and comes back with the track", () => {
  const start = written(base, { kuishi: "project/2" });
  const [one, other] = [new ProjectDocument([start]), new ProjectDocument([start])];
  one.edit("remove", (draft) => draft.remove("track-1"));
  const clip = other.session.clips[0]!;
  other.edit("put", (draft) => draft.put({ ...clip, id: "clip-9", at: 480_000 }));
  one.apply(other.state());
  other.apply(one.state());
  expect(one.session.clips).toEqual([]);
  // an edit elsewhere does not tidy it away
  one.edit("mark", (draft) => draft.put({ id: "marker-2", kind: "marker", at: 5, name: "" }));
  expect(one.raw.records.some((record) => record["id"] === "clip-9")).toBe(true);
  one.undo();
  one.undo();
  expect(one.session.clips.map((own) => own.id).sort()).toEqual(["clip-1", "clip-2", "clip-9"]);
});
test("a document or bundle of a later major version is shown, and refuses edits", () => {
  const document = new ProjectDocument([written(base, { kuishi: "project/3", xnew: 1 })]);
  expect(document.newer).toBe("project/3");
  expect(document.session.song.provenance.title).toBe("Адай");
  const before = canonicalJson(document.raw);
  expect(() => document.edit("x", (draft) => draft.remove("clip-1"))).toThrow(Complaint);
  expect(() => document.note((draft) => draft.remove("clip-1"))).toThrow(Complaint);
  expect(document.undo()).toBe(false);
  expect(canonicalJson(document.raw)).toBe(before);
  const { records } = future([]);
  const bytes = zipSync({ "project.json": strToU8(canonicalJson({ kuishi: "project/3", records, xnew: 1 })) });
  expect(() => openBundle(bytes)).toThrow(/project.newer/);
  const bundle = openBundle(bytes, { newer: true });
  expect(bundle.meta).toEqual({ kuishi: "project/3", xnew: 1 });
  expect(sessionOf(bundle.records).song.provenance.title).toBe("Адай");
  expect(openBundle(packBundle(bundle), { newer: true })).toEqual(bundle);
});
test.each([
  ["of a later version", '{"kuishi":"listen/9"}'],
  ["whose bars run backwards", canonicalJson({ ...heardFromText("2+2/8 | d0 d2 d3 d5 | d0 d2 d3 d5"), downbeats: [1, 0.5, 2] })],
])("a hearing %s is carried along, and heard anew", (_name, text) => {
  const strange = strToU8(text);
  const bundle = openBundle(zipSync({ "project.json": strToU8(canonicalJson({ kuishi: "project/2", records: base })), "heard.json": strange }));
  expect(bundle.heard).toBeNull();
  expect(openBundle(packBundle(bundle)).files.get("heard.json")).toEqual(strange);
});
