import { Complaint } from "@kuishi/base";
import { entryOf, finishTake } from "@kuishi/flow";
import { type Draft, isAddress, type RawRecord, type Session, type StripSetting, stripId } from "@kuishi/project";
import { ProjectDocument } from "@kuishi/project/document";
import { Keeper, type Kept } from "@kuishi/project/keeper";
import { type Place, ProjectTab } from "@kuishi/project/tab";
import { createSignal } from "solid-js";
import type { StoreAnswers, StoreAsk, StoredProject, StoreTold } from "../workers/messages.ts";
import { asker } from "../workers/rpc.ts";
import { channelOf, lockOf } from "./tabs.ts";
import { fail, notice, setNotice } from "./ui.ts";

/** The open project. What is done to it goes through `edit`; what is shown of it comes from `session`. */
let project = new ProjectDocument();
const [sessionSignal, setSession] = createSignal<Session>(project.session, { equals: false });
export const session = sessionSignal;
/** Whether words have been written, or begun. */
export const isSong = (): boolean => session().sections.size > 0;
const [steps, setSteps] = createSignal<{ readonly undo: string | undefined; readonly redo: string | undefined }>({ undo: undefined, redo: undefined });
/** Labels of the steps that can be taken back and made again. */
export const undoLabel = (): string | undefined => steps().undo;
export const redoLabel = (): string | undefined => steps().redo;

type Keeping = Kept | "memory" | "example" | "reading";
/** Whether the project is safe: on this device, being written, not written, in memory only, the untouched example, or another window's. */
export const [keeping, setKeeping] = createSignal<Keeping>("example");
export const [projectId, setProjectId] = createSignal("");
export const [stored, setStored] = createSignal<readonly StoredProject[]>([]);
/** When a bundle was last saved, milliseconds since 1970; null: never. */
export const [savedAt, setSavedAt] = createSignal<number | null>(null);
/** Why the project is only shown: another window writes it, it is of a later version of Kuishi, or it is shared with a listener. */
export type Reading = { readonly why: "elsewhere" | "listens" } | { readonly why: "newer"; readonly version: string };
const [readingSignal, setReading] = createSignal<Reading>();
export const reading = readingSignal;

const worker = new Worker(new URL("../workers/store.worker.ts", import.meta.url), { type: "module" });
const listeners = new Set<(told: StoreTold) => void>();
const store = asker<StoreAsk, StoreAnswers, StoreTold>(worker, (told) => {
  for (const listener of listeners) listener(told);
});
/** Told when a recording has been written, or could not be. @returns ends it. */
export function onStore(listener: (told: StoreTold) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

const canKeep = (): boolean => typeof navigator.storage?.getDirectory === "function" && window.isSecureContext;
const LAST = "kuishi.project";

/** Where the open project is written: undefined for the example that nobody has touched. */
let home: ProjectTab | Keeper | undefined;
let unsubscribe: (() => void) | undefined;

const placeOf = (id: string): Place => ({
  open: (write) => store({ do: "open", project: id, kept: true, write }),
  append: (updates) => store({ do: "append", updates }),
  compact: async (state) => void (await store({ do: "compact", state })),
  close: async () => void (await store({ do: "close" })),
});
/** Shows what the document says from now on. */
function watch(): void {
  unsubscribe?.();
  // the example is kept from the first change on
  const offUpdate = project.onUpdate(() => {
    if (exampleFile && !home) void keepExample();
  });
  const offSession = project.subscribe((next) => {
    setSession(next);
    setSteps({ undo: project.undoLabel, redo: project.redoLabel });
    void addressAll();
  });
  unsubscribe = () => {
    offUpdate();
    offSession();
  };
  setSession(project.session);
  setSteps({ undo: undefined, redo: undefined });
}
watch();

/** Whether what was not written has been told already. */
let failing = false;
function keptIs(kept: Kept, error?: unknown): void {
  setKeeping(home instanceof Keeper ? "memory" : kept);
  if (kept === "failed" && !failing) fail(error);
  failing = kept === "failed" || (failing && kept === "writing");
  if (kept === "kept") touch();
}
let touching: ReturnType<typeof setTimeout> | undefined;
/** Writes the card that names the project, a moment after the last change. */
function touch(): void {
  clearTimeout(touching);
  touching = setTimeout(() => {
    const card = { title: project.session.song.provenance.title, changed: Date.now(), saved: savedAt() };
    if (canEdit()) void store({ do: "card", card }).catch(() => {});
  }, 400);
}
/** The project that this window writes: what others are told of, and what they change, goes through its document. */
export const [led, setLed] = createSignal<{ readonly id: string; readonly document: ProjectDocument }>();
/** Whether others let this person change the project. */
export function setListening(isListening: boolean): void {
  const why = reading()?.why;
  if (isListening && why === undefined) setReading({ why: "listens" });
  if (!isListening && why === "listens") setReading(undefined);
}
/** Where a sound is looked for that is not here. */
let elsewhere: (entry: string) => Promise<Blob | undefined> = async () => undefined;
export const lookElsewhere = (look: typeof elsewhere): void => {
  elsewhere = look;
};
/** What has to end before another window may write. */
const endings = new Set<() => Promise<void>>();
export const beforeYield = (end: () => Promise<void>): void => void endings.add(end);

/** Joins the pages that have a project open. @throws Complaint. */
async function join(id: string, isNew: boolean): Promise<void> {
  const own = project;
  home = await ProjectTab.open(own, {
    place: placeOf(id),
    lock: lockOf(id),
    channel: channelOf(id),
    isNew,
    beforeYield: async () => {
      for (const end of endings) await end();
    },
    told: {
      role: (role) => {
        if (own !== project) return;
        setReading(own.newer ? { why: "newer", version: own.newer } : role === "follows" ? { why: "elsewhere" } : undefined);
        setLed(role === "leads" ? { id, document: own } : undefined);
        if (role === "follows") setKeeping("reading");
        else {
          if (notice()?.code === "store.busy") setNotice(undefined);
          void mendTakes().then(addressAll).catch(fail);
        }
      },
      kept: (kept, error) => {
        if (own === project) keptIs(kept, error);
      },
    },
  });
  setProjectId(id);
  localStorage.setItem(LAST, id);
  void addressAll();
}
/** Asks the window that writes the project to leave that to this one. */
export function takeOver(): void {
  if (home instanceof ProjectTab) home.takeOver();
}
/** Leaves the open project; what was changed is written first. */
async function leave(): Promise<void> {
  await exampleKept;
  const own = home;
  home = undefined;
  setLed(undefined);
  exampleKept = undefined;
  exampleFile = undefined;
  unplaced.clear();
  setReading(undefined);
  if (own instanceof ProjectTab) await own.close();
  else await own?.stop();
}

/** What the example needs to be kept: called once, by the first change to it. */
let exampleFile: { readonly entry: string; readonly blob: Blob } | undefined;
let exampleKept: Promise<void> | undefined;
function keepExample(): Promise<void> {
  exampleKept ??= place(newProjectId(), exampleFile ? [exampleFile] : []).catch(fail);
  return exampleKept;
}
const newProjectId = (): string => `${Date.now().toString(36)}-${Math.floor(Math.random() * 1e9).toString(36)}`;

/** Gives the open document a folder, and writes the whole of it there. */
async function place(id: string, files: readonly { readonly entry: string; readonly blob: Blob }[]): Promise<void> {
  const refused = await opened(id);
  // sounds first: what the journal then speaks of is there
  for (const { entry, blob } of files) await putFile(entry, blob);
  for (const [entry, blob] of unplaced) await kept({ do: "put", entry, blob, made: true });
  unplaced.clear();
  if (!refused) {
    await join(id, true);
    void navigator.storage.persist?.();
    return;
  }
  // the work goes on in memory, and that is said
  home = new Keeper(project, placeOf(id), true, keptIs);
  setProjectId(id);
  const reason = refused instanceof Complaint ? refused.params["reason"] : undefined;
  setNotice({ code: "store.none", params: { reason: reason ? ` (${reason})` : "" } });
}
/** Opens a new project's folder; one in memory where storage is refused. @returns why it was refused. */
async function opened(id: string): Promise<unknown> {
  try {
    if (!canKeep()) throw new Complaint("cannotWrite", "store.refused");
    await store({ do: "open", project: id, kept: true, write: true });
    return undefined;
  } catch (error) {
    await store({ do: "open", project: id, kept: false, write: true });
    return error;
  }
}

async function begin(records: readonly RawRecord[], meta?: RawRecord): Promise<void> {
  await leave();
  project.destroy();
  project = new ProjectDocument();
  project.load(records, meta);
  setSavedAt(null);
  watch();
}
/** Files of a bundle that no record speaks of: they go into the next bundle as they came. */
const CARRIED = "carried.json";
/** Begins a project: kept from the start on. @param meta what a bundle says of the whole. */
export async function beginProject(
  records: readonly RawRecord[],
  files: readonly { readonly entry: string; readonly blob: Blob }[],
  meta?: RawRecord,
): Promise<void> {
  await begin(records, meta);
  setKeeping("writing");
  const spoken = new Set([...project.session.assets.values()].map((asset) => asset.entry));
  const carried = files.flatMap(({ entry }) => (spoken.has(entry) ? [] : [entry]));
  const list = carried.length > 0 ? [{ entry: CARRIED, blob: new Blob([JSON.stringify(carried)]) }] : [];
  await place(newProjectId(), [...files, ...list]);
}
/** Begins with the example: nothing is kept until something is changed. */
export async function beginExample(records: readonly RawRecord[], file: { readonly entry: string; readonly blob: Blob }): Promise<void> {
  await begin(records);
  exampleFile = file;
  setKeeping("example");
}

/** Opens a project that the browser keeps. Takes whose recording was cut off are mended. @throws Complaint. */
export async function openStored(id: string): Promise<void> {
  await leave();
  project.destroy();
  project = new ProjectDocument();
  watch();
  await join(id, false);
  setSession(project.session);
  const card = (await store({ do: "list" })).find((one) => one.id === id);
  setSavedAt(card?.saved ?? null);
}
/** The project that was open last, if it is still there. */
export async function lastProject(): Promise<string | undefined> {
  if (!canKeep()) return undefined;
  try {
    const all = await listStored();
    const last = localStorage.getItem(LAST);
    return all.find((one) => one.id === last)?.id ?? all[0]?.id;
  } catch {
    return undefined;
  }
}
export async function listStored(): Promise<readonly StoredProject[]> {
  if (!canKeep()) return [];
  const all = await store({ do: "list" });
  setStored(all);
  return all;
}
/** @throws Complaint where another window has it open. */
export async function removeStored(id: string): Promise<void> {
  const had = await lockOf(id).hold(async () => void (await store({ do: "remove", project: id })), { wait: false });
  if (!had) throw new Complaint("cannotWrite", "store.busy");
  if (localStorage.getItem(LAST) === id) localStorage.removeItem(LAST);
  await listStored();
}
/** A bundle was saved now: the project has a copy elsewhere. */
export function noteSaved(): void {
  setSavedAt(Date.now());
  if (home) touch();
}

/** Gives takes that have no length yet the one they came to: a page that died while recording left them so. */
async function mendTakes(): Promise<void> {
  for (const asset of project.session.assets.values()) {
    if (asset.origin !== "take" || asset.frames !== null || !asset.entry || !canEdit()) continue;
    const frames = await store({ do: "mend", entry: asset.entry });
    note((draft) => finishTake(draft, asset.id, frames));
    if (frames > 0) setNotice({ code: "store.recovered", params: { seconds: Math.round(frames / 4800) / 10 } });
  }
}

/** Whether the project may be changed here. */
export const canEdit = (): boolean => reading() === undefined;
/** Says why it may not. */
function sayWhy(): void {
  const why = reading();
  if (why?.why === "newer") setNotice({ code: "reading.newer", params: { version: why.version } });
  else if (why) setNotice({ code: why.why === "listens" ? "together.listens" : "store.busy", params: {} });
}
/** One edit: one step of undo. Before the first on the example, it is given a place. */
export function edit(label: string, change: (draft: Draft) => void): void {
  if (canEdit()) project.edit(label, change);
  else sayWhy();
}
/** A change that is no person's doing; none where the project is only shown. */
export function note(change: (draft: Draft) => void): void {
  if (canEdit()) project.note(change);
}
export const undo = (): boolean => canEdit() && project.undo();
export const redo = (): boolean => canEdit() && project.redo();
/** The project as it stands, also what only a later version can read: what a bundle takes along. */
export const rawProject = (): ProjectDocument["raw"] => project.raw;

/** Sounds get their contents' addresses one after the other, each when it is whole. */
let addressing: Promise<void> = Promise.resolve();
function addressAll(): Promise<void> {
  addressing = addressing.then(addressNext, addressNext);
  return addressing;
}
async function addressNext(): Promise<void> {
  const own = project;
  for (const { id, entry, name, origin, frames } of own.session.assets.values()) {
    if (!home || !canEdit() || own !== project || !entry || isAddress(entry) || (origin === "take" && frames === null)) continue;
    const address = await store({ do: "address", entry, name: /\.[^.]*$/.test(name) ? name : entry }).catch(() => null);
    if (address && own === project && own.session.assets.get(id)?.entry === entry) note((draft) => draft.set("asset", id, { entry: address }));
  }
}

/** Waits until the open project has a place of its own, where sounds can be put. @throws Complaint where another window writes it. */
export async function placed(): Promise<void> {
  if (reading()?.why === "elsewhere") throw new Complaint("usage", "store.busy");
  if (!home) await keepExample();
}
/** Puts a file of the user's among the project's, under a name of its own: another file of its name may be there. @returns its entry. */
export async function bringFile(file: File): Promise<string> {
  await placed();
  const entry = entryOf(`${Date.now().toString(36)}-${file.name}`);
  await putFile(entry, file);
  return entry;
}
export const putFile = (entry: string, blob: Blob): Promise<void> => kept({ do: "put", entry, blob });
async function kept(question: Extract<StoreAsk, { do: "put" }>): Promise<void> {
  try {
    await store(question);
  } catch (error) {
    setKeeping("failed");
    fail(error);
  }
}
/** What can be made anew stands beside the project, and travels nowhere. Of the untouched example it waits here. */
const unplaced = new Map<string, Blob>();
export async function putMade(entry: string, blob: Blob): Promise<void> {
  if (!home) unplaced.set(entry, blob);
  else if (canEdit()) await kept({ do: "put", entry, blob, made: true });
}
export async function getMade(entry: string): Promise<Blob | undefined> {
  return unplaced.get(entry) ?? (home ? ((await store({ do: "get", entry, made: true })) ?? undefined) : undefined);
}
export async function dropMade(entry: string): Promise<void> {
  unplaced.delete(entry);
  if (home) await store({ do: "drop", entry, made: true }).catch(() => {});
}
/** A file of the project. */
export async function getFile(entry: string): Promise<Blob | undefined> {
  if (!home) return exampleFile?.entry === entry ? exampleFile.blob : undefined;
  const own = home;
  const here = await store({ do: "get", entry });
  if (here) return here;
  const brought = isAddress(entry) ? await elsewhere(entry) : undefined;
  if (brought && own === home) await putFile(entry, brought);
  return brought;
}
export async function dropFile(entry: string): Promise<void> {
  await store({ do: "drop", entry }).catch(() => {});
}
/** Lets a microphone write into the project's folder. */
export async function recordInto(entry: string, port: MessagePort, channels: number): Promise<void> {
  await store({ do: "record", entry, port, channels }, [port]);
}
/** Every file of the project, by entry. */
export async function allFiles(): Promise<{ readonly name: string; readonly blob: Blob }[]> {
  await addressAll();
  const entries = new Set([...project.session.assets.values()].flatMap((asset) => asset.entry ?? []));
  for (const entry of JSON.parse((await (await getFile(CARRIED))?.text()) ?? "[]") as readonly string[]) entries.add(entry);
  const out: { name: string; blob: Blob }[] = [];
  for (const entry of [...entries].sort()) {
    const blob = await getFile(entry);
    if (blob) out.push({ name: entry, blob });
  }
  return out;
}

/** Sets something of one strip of the mixer. */
export function setStrip(strip: string, fields: Partial<Omit<StripSetting, "id" | "kind" | "strip">>, label = "mix"): void {
  edit(label, (draft) => {
    const own = draft.get("strip", stripId(strip));
    if (own) draft.set("strip", own.id, fields);
    else
      draft.put({
        id: stripId(strip),
        kind: "strip",
        strip,
        gainDb: 0,
        mute: false,
        solo: false,
        pan: null,
        sends: null,
        inserts: null,
        source: null,
        ...fields,
      });
  });
}
