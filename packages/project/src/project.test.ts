import { Complaint, canonicalJson, seeded } from "@kuishi/base";
import { heardFromText } from "@kuishi/score";
import fc from "fast-check";
import { strToU8, zipSync } from "fflate";
import { expect, test } from "vitest";
import { ProjectDocument } from "./document.ts";
import {
  addressOf,
  type Bundle,
  type Clip,
  clear,
  comp,
  duplicate,
  emptySong,
  FORMAT,
  fade,
  Journal,
  MemoryStore,
  move,
  openBundle,
  packBundle,
  type Session,
  slip,
  split,
  stretch,
  trim,
} from "./index.ts";
import { repair } from "./repair.ts";

const heard = heardFromText("2+2/8 | d0 d2 d3 d5");
const bundle: Bundle = {
  records: [
    { id: "asset-a", kind: "asset", name: "a.flac", entry: addressOf("a.flac", Uint8Array.of(1, 2, 3)), frames: 96_000, origin: "file" },
    { ...emptySong, provenance: { ...emptySong.provenance, title: "Балбырауын" }, recording: { asset: "asset-a", fromSec: 0, toSec: null } },
  ],
  heard,
  files: new Map([[addressOf("a.flac", Uint8Array.of(1, 2, 3)), Uint8Array.of(1, 2, 3)]]),
};
const codeOf = (bytes: Uint8Array): string => {
  try {
    openBundle(bytes);
  } catch (error) {
    if (error instanceof Complaint) return error.code;
    throw error;
  }
  return "opened";
};

test("a bundle comes back as it was, byte for byte the same each time", () => {
  const bytes = packBundle(bundle);
  expect(packBundle(bundle)).toEqual(bytes);
  expect(openBundle(bytes)).toEqual({ ...bundle, meta: { kuishi: FORMAT } });
  expect(packBundle({ ...bundle, records: [...bundle.records].reverse() })).toEqual(bytes);
});
test("canonical JSON does not depend on the order of making", () => {
  expect(canonicalJson({ b: 1, a: [{ d: 2, c: null }] })).toBe('{"a":[{"c":null,"d":2}],"b":1}');
});
const first = {
  kuishi: "project/1",
  provenance: { title: "Адай" },
  recording: { entry: "audio/b.wav", name: "b.wav", fromSec: 1, toSec: 4 },
  heard,
  style: "lo-fi",
  seed: 4,
  loudness: -16,
};
test("a project of the first format is brought over", () => {
  const opened = openBundle(zipSync({ "project.json": strToU8(JSON.stringify(first)), "audio/b.wav": strToU8("x") }));
  const document = new ProjectDocument();
  document.load(opened.records);
  expect(document.session.song).toMatchObject({
    choices: { style: "lo-fi", seed: 4 },
    recording: { asset: "asset-recording", fromSec: 1, toSec: 4 },
    loudness: -16,
  });
  // and its sound has its content's address
  const entry = addressOf("b.wav", strToU8("x"));
  expect(document.session.assets.get("asset-recording")).toMatchObject({ entry, name: "b.wav" });
  expect([...opened.files]).toEqual([[entry, strToU8("x")]]);
  expect(opened.heard).toEqual(heard);
});
test("hostile and broken bundles are told apart", () => {
  const json = (value: unknown): Uint8Array => zipSync({ "project.json": strToU8(JSON.stringify(value)) });
  expect(codeOf(Uint8Array.of(0x50, 0x4b, 3, 4, 9, 9))).toBe("project.zip");
  expect(codeOf(strToU8("hello"))).toBe("project.zip");
  expect(codeOf(zipSync({ "x.txt": strToU8("x") }))).toBe("project.missing");
  expect(codeOf(zipSync({ "project.json": strToU8("{") }))).toBe("project.json");
  expect(codeOf(json({ kuishi: "project/9" }))).toBe("project.newer");
  expect(codeOf(json({ kuishi: "project/2", records: [{ ...emptySong, loudness: "x" }] }))).toBe("opened");
  expect(codeOf(json({ kuishi: "project/2", records: [emptySong, { id: 3 }] }))).toBe("project.invalid");
  expect(codeOf(json({ kuishi: "project/2", records: {} }))).toBe("project.invalid");
  expect(codeOf(json({ kuishi: "listen/1", records: [] }))).toBe("project.invalid");
  expect(codeOf(json([]))).toBe("project.invalid");
  expect(codeOf(json({ ...first, seed: "x" }))).toBe("project.invalid");
  expect(codeOf(zipSync({ "project.json": strToU8(JSON.stringify(first)), "../../evil": strToU8("x") }))).toBe("opened");
  const deep = `${'{"a":'.repeat(5000)}1${"}".repeat(5000)}`;
  const nested = JSON.stringify({ kuishi: "project/2", records: [{ ...emptySong, choices: { style: "lo-fi", seed: 1, deep: 0 } }] }).replace(
    '"deep":0',
    `"deep":${deep}`,
  );
  expect(codeOf(zipSync({ "project.json": strToU8(nested) }))).toBe("project.deep");
  const outside = openBundle(zipSync({ "project.json": strToU8(JSON.stringify(first)), "..\\evil": strToU8("x"), "C:\\x": strToU8("x"), "c:x": strToU8("x") }));
  expect([...outside.files.keys()]).toEqual([]);
  const cut = packBundle(bundle);
  for (let at = 0; at < cut.length; at += 37) expect(["project.zip", "project.missing", "project.json", "opened"]).toContain(codeOf(cut.subarray(0, at)));
});
test("a zip that would swell beyond a gigabyte, or that lies about it, is not opened", () => {
  const json = strToU8(JSON.stringify({ kuishi: "project/2", records: [] }));
  const promising = (size: number): Uint8Array => {
    const bytes = zipSync({ "project.json": [json, { level: 6 }] });
    const at = bytes.findIndex((_, i) => bytes[i] === 0x50 && bytes[i + 1] === 0x4b && bytes[i + 2] === 1 && bytes[i + 3] === 2);
    new DataView(bytes.buffer).setUint32(at + 24, size, true);
    return bytes;
  };
  expect(codeOf(promising(0x7fffffff))).toBe("project.huge");
  expect(codeOf(promising(3))).toBe("project.zip");
  expect(codeOf(promising(json.length))).toBe("opened");
});

const SECOND = 48_000;
const clipOf = (fields: Partial<Clip> = {}): Clip => ({
  id: "clip-1",
  kind: "clip",
  track: "track-1",
  asset: "asset-a",
  at: SECOND,
  from: 1000,
  length: 4 * SECOND,
  gainDb: 0,
  fadeIn: 0,
  fadeOut: 0,
  rate: 1,
  cents: 0,
  mute: false,
  ...fields,
});
/** A document of one track of ten seconds of sound with one clip. */
function one(): ProjectDocument {
  const document = new ProjectDocument();
  document.edit("begin", (draft) => {
    draft.put({ id: "asset-a", kind: "asset", name: "a", entry: "a", frames: 10 * SECOND, origin: "file" });
    draft.put({ id: "track-1", kind: "track", name: "Ән", order: 1 });
    draft.put(clipOf());
  });
  return document;
}
/** What sounds at a frame: asset frame, or null. */
const under = (session: Session, at: number, track = "track-1"): number | null => {
  const clip = session.clips.find((other) => other.track === track && at >= other.at && at < other.at + other.length);
  return clip ? Math.round(clip.from + (at - clip.at) * clip.rate) : null;
};
const everywhere = (session: Session): (number | null)[] => Array.from({ length: 120 }, (_, i) => under(session, i * 4000 + 7));

test("every edit is one step, taken back and made again whole", () => {
  const document = one();
  const before = everywhere(document.session);
  document.edit("split", (draft) => void split(draft, "clip-1", 2 * SECOND));
  expect(document.session.clips).toHaveLength(2);
  expect(document.undoLabel).toBe("split");
  expect(everywhere(document.session)).toEqual(before);
  const state = canonicalJson(document.records);
  expect(document.undo()).toBe(true);
  expect(document.session.clips).toEqual([clipOf()]);
  expect(document.redoLabel).toBe("split");
  expect(document.redo()).toBe(true);
  expect(canonicalJson(document.records)).toBe(state);
  document.undo();
  document.undo();
  expect(document.session.tracks).toEqual([]);
  expect(document.undo()).toBe(false);
  expect(document.session.song).toEqual(emptySong);
});
test("clips are split, trimmed, slipped, stretched, moved, faded and doubled without their sound going astray", () => {
  const document = one();
  const act = (change: Parameters<ProjectDocument["edit"]>[1]): Session => {
    document.edit("x", change);
    return document.session;
  };
  act((draft) => trim(draft, "clip-1", "start", 2 * SECOND, 10 * SECOND));
  expect(document.session.clips[0]).toMatchObject({ at: 2 * SECOND, from: 1000 + SECOND, length: 3 * SECOND });
  // further to the left than there is sound: to the sound's beginning
  act((draft) => trim(draft, "clip-1", "start", 0, 10 * SECOND));
  expect(document.session.clips[0]).toMatchObject({ at: SECOND - 1000, from: 0 });
  act((draft) => trim(draft, "clip-1", "end", 100 * SECOND, 10 * SECOND));
  expect(document.session.clips[0]?.length).toBe(10 * SECOND);
  act((draft) => trim(draft, "clip-1", "end", 5 * SECOND, 10 * SECOND));
  act((draft) => slip(draft, "clip-1", -SECOND, 10 * SECOND));
  expect(document.session.clips[0]).toMatchObject({ from: SECOND, at: SECOND - 1000, length: 4 * SECOND + 1000 });
  act((draft) => stretch(draft, "clip-1", 2 * (4 * SECOND + 1000)));
  expect(document.session.clips[0]).toMatchObject({ rate: 0.5, length: 8 * SECOND + 2000 });
  act((draft) => fade(draft, "clip-1", "fadeIn", 99 * SECOND));
  expect(document.session.clips[0]?.fadeIn).toBe(8 * SECOND + 2000);
  act((draft) => fade(draft, "clip-1", "fadeIn", 480));
  act((draft) => void duplicate(draft, "clip-1"));
  expect(document.session.clips).toHaveLength(2);
  // the second onto the middle of the first: the first is cut off there
  const second = document.session.clips[1]!.id;
  act((draft) => move(draft, second, 4 * SECOND));
  expect(document.session.clips.map((clip) => [clip.at, clip.length])).toEqual([
    [SECOND - 1000, 3 * SECOND + 1000],
    [4 * SECOND, 8 * SECOND + 2000],
  ]);
  act((draft) => clear(draft, "track-1", 5 * SECOND, 6 * SECOND));
  expect(document.session.clips).toHaveLength(3);
  expect(under(document.session, 5.5 * SECOND)).toBeNull();
});
test("comping takes the best of several takes", () => {
  const document = one();
  document.edit("takes", (draft) => {
    draft.remove("clip-1");
    for (const n of [0, 1, 2])
      draft.put({ id: `take-${n}`, kind: "take", track: "track-1", asset: "asset-a", at: SECOND, from: n * 3 * SECOND, length: 3 * SECOND, name: `${n}` });
    comp(draft, "take-0", 0, 9 * SECOND);
    comp(draft, "take-2", 2 * SECOND, 3 * SECOND);
  });
  const [a, b, c] = document.session.clips;
  expect([a, b, c].map((clip) => [clip?.at, clip?.from, clip?.length])).toEqual([
    [SECOND, 0, SECOND],
    [2 * SECOND, 7 * SECOND, SECOND],
    [3 * SECOND, 2 * SECOND, SECOND],
  ]);
});

const anyAct = fc.record({ kind: fc.nat(9), at: fc.nat(12 * SECOND), length: fc.nat(6 * SECOND), pick: fc.nat(30), peer: fc.nat(4) });
function play(document: ProjectDocument, act: { kind: number; at: number; length: number; pick: number }): void {
  const { clips } = document.session;
  const id = clips[act.pick % Math.max(1, clips.length)]?.id ?? "none";
  if (act.kind === 8) return void document.undo();
  if (act.kind === 9) return void document.redo();
  document.edit("x", (draft) => {
    if (act.kind === 0) split(draft, id, act.at);
    else if (act.kind === 1) move(draft, id, act.at, act.pick % 2 ? "track-1" : "track-2");
    else if (act.kind === 2) trim(draft, id, act.pick % 3 ? "start" : "end", act.at, 10 * SECOND);
    else if (act.kind === 3) stretch(draft, id, act.length);
    else if (act.kind === 4) duplicate(draft, id, act.at);
    else if (act.kind === 5) fade(draft, id, act.pick % 2 ? "fadeIn" : "fadeOut", act.length);
    else if (act.kind === 6) draft.put({ id: "track-2", kind: "track", name: "2", order: 2 });
    else draft.remove(act.pick % 4 === 0 ? "track-2" : id);
  });
}
const broken = (document: ProjectDocument): unknown[] => repair(new Map(document.records.map((record) => [record.id, record])));

test("whatever is done, the project stays whole, and undo leads back to the very beginning", () => {
  fc.assert(
    fc.property(fc.array(anyAct, { maxLength: 40 }), (acts) => {
      const document = one();
      for (const act of acts) {
        play(document, act);
        expect(broken(document)).toEqual([]);
        for (const clip of document.session.clips) expect(clip.fadeIn + clip.fadeOut).toBeLessThanOrEqual(2 * clip.length);
      }
      while (document.undo());
      expect(document.records).toEqual([emptySong]);
    }),
    { numRuns: 60 },
  );
});
test("five people who edit at once end in the same whole project, in whatever order they hear of each other", () => {
  fc.assert(
    fc.property(fc.array(anyAct, { maxLength: 30 }), fc.nat(1e6), (acts, seed) => {
      const random = seeded(seed, "order");
      const start = one().state();
      const peers = Array.from({ length: 5 }, () => new ProjectDocument([start]));
      const letters: { to: number; update: Uint8Array }[] = [];
      peers.forEach((peer, i) => {
        peer.onUpdate((update, here) => {
          if (!here) return;
          for (let to = 0; to < 5; to++) if (to !== i) letters.push({ to, update });
        });
      });
      const deliver = (count: number): void => {
        for (let k = 0; k < count && letters.length > 0; k++) {
          const [letter] = letters.splice(random.int(0, letters.length - 1), 1);
          if (letter) peers[letter.to]?.apply(letter.update);
        }
      };
      for (const act of acts) {
        play(peers[act.peer]!, act);
        deliver(random.int(0, 6));
      }
      deliver(100_000);
      const sums = new Set(peers.map((peer) => canonicalJson(peer.records)));
      expect(sums.size).toBe(1);
      expect(broken(peers[0]!)).toEqual([]);
    }),
    { numRuns: 40 },
  );
});

test("a journal gives back every whole change, wherever it was torn", async () => {
  const store = new MemoryStore();
  const document = one();
  const { journal } = await Journal.open(store);
  const states: string[] = [];
  await journal.append(document.state());
  states.push(canonicalJson(document.records));
  const writes: Promise<void>[] = [];
  document.onUpdate((update) => writes.push(journal.append(update)));
  for (let i = 0; i < 12; i++) {
    document.edit("x", (draft) => draft.put({ id: `marker-${i}`, kind: "marker", at: i * 100, name: `буын ${i}` }));
    states.push(canonicalJson(document.records));
  }
  await Promise.all(writes);
  const [name, bytes] = [...store.files][0]!;
  const reopen = async (content: Uint8Array): Promise<string | undefined> => {
    const torn = new MemoryStore();
    torn.files.set(name, content);
    const { journal: again, updates } = await Journal.open(torn);
    if (updates.length === 0) return undefined;
    const back = new ProjectDocument(updates);
    const told = canonicalJson(back.records);
    // and what is written afterwards is found the next time
    back.onUpdate((update) => void again.append(update));
    back.edit("y", (draft) => draft.put({ id: "marker-z", kind: "marker", at: 5, name: "z" }));
    await again.append(back.state());
    const third = new ProjectDocument((await Journal.open(torn)).updates);
    expect(third.session.markers.some((marker) => marker.id === "marker-z")).toBe(true);
    return told;
  };
  expect(await reopen(bytes)).toBe(states.at(-1));
  let last = -1;
  for (let at = bytes.length; at > 0; at -= 41) {
    const told = await reopen(bytes.slice(0, at));
    const k = told === undefined ? -1 : states.indexOf(told);
    if (told !== undefined) expect(k).toBeGreaterThanOrEqual(0);
    if (last >= 0) expect(k).toBeLessThanOrEqual(last);
    last = k;
  }
  const damaged = bytes.slice();
  damaged[bytes.length - 3] = damaged[bytes.length - 3]! ^ 0xff;
  expect(await reopen(damaged)).toBe(states.at(-2));
});
test("a snapshot takes the place of a long journal, and a crash between the two loses nothing", async () => {
  const store = new MemoryStore();
  const document = one();
  const { journal } = await Journal.open(store);
  await journal.append(document.state());
  const old = new Map(store.files);
  await journal.compact(document.state());
  expect([...store.files.keys()]).toEqual(["journal-2"]);
  // both there: the newer one counts; the newer one torn at its head: the older one
  for (const cut of [0, 3, 10, 40]) {
    const torn = new MemoryStore();
    for (const [name, bytes] of old) torn.files.set(name, bytes);
    torn.files.set("journal-2", store.files.get("journal-2")!.slice(0, cut));
    const { updates } = await Journal.open(torn);
    const back = new ProjectDocument(updates);
    expect(canonicalJson(back.records)).toBe(canonicalJson(document.records));
  }
});
test("a full disk is told, and the journal goes on when there is room again", async () => {
  const store = new MemoryStore(2000);
  const { journal } = await Journal.open(store);
  await journal.append(new Uint8Array(500));
  await expect(journal.append(new Uint8Array(5000))).rejects.toMatchObject({ code: "store.full", kind: "cannotWrite" });
  await journal.append(new Uint8Array(200));
  expect((await Journal.open(store)).updates.map((update) => update.length)).toEqual([500, 200]);
});
