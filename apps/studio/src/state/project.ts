import { Complaint } from "@kuishi/base";
import { type Draft, newClip, type ProjectRecord, type Session, stripId } from "@kuishi/project";
import { ProjectDocument } from "@kuishi/project/document";
import { createSignal } from "solid-js";
import type { StoreAsk, StoredProject, StoreTold } from "../work/messages.ts";
import { asker } from "../work/rpc.ts";
import { fail, setNotice } from "./ui.ts";

/** The open project. What is done to it goes through `edit`; what is shown of it comes from `session`. */
let project = new ProjectDocument();
const [sessionSignal, setSession] = createSignal<Session>(project.session, { equals: false });
export const session = sessionSignal;
const [steps, setSteps] = createSignal<{ readonly undo: string | undefined; readonly redo: string | undefined }>({ undo: undefined, redo: undefined });
/** Labels of the steps that can be taken back and made again. */
export const undoLabel = (): string | undefined => steps().undo;
export const redoLabel = (): string | undefined => steps().redo;

type Keeping = "kept" | "writing" | "failed" | "memory" | "example";
/** Whether the project is safe: on this device, being written, not written, in memory only, or the untouched example. */
export const [keeping, setKeeping] = createSignal<Keeping>("example");
export const [projectId, setProjectId] = createSignal("");
export const [stored, setStored] = createSignal<readonly StoredProject[]>([]);
/** When a bundle was last saved, milliseconds since 1970; null: never. */
export const [savedAt, setSavedAt] = createSignal<number | null>(null);

const worker = new Worker(new URL("../work/store.worker.ts", import.meta.url), { type: "module" });
const listeners = new Set<(told: StoreTold) => void>();
const store = asker<StoreAsk>(worker, (told) => {
  for (const listener of listeners) listener(told as StoreTold);
});
/** Told when a recording has been written, or could not be. @returns ends it. */
export function onStore(listener: (told: StoreTold) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

const canKeep = (): boolean => typeof navigator.storage?.getDirectory === "function" && window.isSecureContext;
const LAST = "kuishi.project";

/** Changes that are not written yet. */
let waiting = 0;
let unsubscribe: (() => void) | undefined;
let opened = false;

function watch(): void {
  unsubscribe?.();
  const offUpdate = project.onUpdate((update) => void keep(update));
  const offSession = project.subscribe((next) => {
    setSession(next);
    setSteps({ undo: project.undoLabel, redo: project.redoLabel });
  });
  unsubscribe = () => {
    offUpdate();
    offSession();
  };
  setSession(project.session);
  setSteps({ undo: undefined, redo: undefined });
}
watch();

async function keep(update: Uint8Array): Promise<void> {
  // the example is kept from the first change on
  if (!opened) {
    await keepExample();
    return;
  }
  await written({ do: "append", update });
}
async function written(ask: Extract<StoreAsk, { do: "append" | "compact" }>): Promise<void> {
  waiting++;
  if (keeping() !== "memory") setKeeping("writing");
  try {
    const long = await store(ask);
    waiting--;
    if (waiting === 0 && keeping() === "writing") setKeeping("kept");
    if (long === true) await written({ do: "compact", state: project.state() });
    else if (waiting === 0) touch();
  } catch (error) {
    waiting--;
    setKeeping("failed");
    fail(error);
  }
}
let touching: ReturnType<typeof setTimeout> | undefined;
/** Writes the card that names the project, a moment after the last change. */
function touch(): void {
  clearTimeout(touching);
  touching = setTimeout(() => {
    const card = { title: project.session.song.provenance.title, changed: Date.now(), saved: savedAt() };
    void store({ do: "card", card }).catch(() => {});
  }, 400);
}

/** What the example needs to be kept: called once, by the first change to it. */
let exampleFile: { readonly entry: string; readonly blob: Blob } | undefined;
let exampleKept: Promise<void> | undefined;
function keepExample(): Promise<void> {
  exampleKept ??= (async () => {
    const files = exampleFile ? [exampleFile] : [];
    await place(newProjectId(), files);
  })().catch(fail);
  return exampleKept;
}
const newProjectId = (): string => `${Date.now().toString(36)}-${Math.floor(Math.random() * 1e9).toString(36)}`;

/** Opens the project's folder and writes the whole of it there. */
async function place(id: string, files: readonly { readonly entry: string; readonly blob: Blob }[]): Promise<void> {
  try {
    if (!canKeep()) throw new Complaint("cannotWrite", "store.refused");
    await store({ do: "open", project: id, kept: true });
  } catch (error) {
    // storage refused: the work goes on in memory, and that is said
    await store({ do: "open", project: id, kept: false });
    setKeeping("memory");
    const reason = error instanceof Complaint ? error.params["reason"] : undefined;
    setNotice({ code: "store.none", params: { reason: reason ? ` (${reason})` : "" } });
  }
  // sounds first: what the journal then speaks of is there
  for (const file of files) await putFile(file.entry, file.blob);
  opened = true;
  setProjectId(id);
  if (keeping() !== "memory") localStorage.setItem(LAST, id);
  await written({ do: "append", update: project.state() });
  if (keeping() === "kept") void navigator.storage.persist?.();
}

function begin(records: readonly ProjectRecord[]): void {
  project.destroy();
  project = new ProjectDocument();
  project.note((draft) => {
    for (const record of records) draft.put(record);
  });
  opened = false;
  exampleKept = undefined;
  exampleFile = undefined;
  setSavedAt(null);
  watch();
}
/** Begins a project: kept from the start on. */
export async function beginProject(records: readonly ProjectRecord[], files: readonly { readonly entry: string; readonly blob: Blob }[]): Promise<void> {
  begin(records);
  setKeeping("writing");
  await place(newProjectId(), files);
}
/** Begins with the example: nothing is kept until something is changed. */
export function beginExample(records: readonly ProjectRecord[], file: { readonly entry: string; readonly blob: Blob }): void {
  begin(records);
  exampleFile = file;
  setKeeping("example");
}

/** Opens a project that the browser keeps. Takes whose recording was cut off are mended. @throws Complaint. */
export async function openStored(id: string): Promise<void> {
  const updates = (await store({ do: "open", project: id, kept: true })) as Uint8Array[];
  project.destroy();
  project = new ProjectDocument(updates);
  opened = true;
  setProjectId(id);
  const card = ((await store({ do: "list" })) as StoredProject[]).find((one) => one.id === id);
  setSavedAt(card?.saved ?? null);
  watch();
  setKeeping("kept");
  localStorage.setItem(LAST, id);
  await mendTakes();
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
  const all = (await store({ do: "list" })) as StoredProject[];
  setStored(all);
  return all;
}
export async function removeStored(id: string): Promise<void> {
  await store({ do: "remove", project: id });
  if (localStorage.getItem(LAST) === id) localStorage.removeItem(LAST);
  await listStored();
}
/** A bundle was saved now: the project has a copy elsewhere. */
export function noteSaved(): void {
  setSavedAt(Date.now());
  if (opened) touch();
}

/** Gives takes that have no length yet the one they came to: a page that died while recording left them so. */
async function mendTakes(): Promise<void> {
  for (const asset of project.session.assets.values()) {
    if (asset.origin !== "take" || asset.frames !== null || !asset.entry) continue;
    const frames = (await store({ do: "mend", entry: asset.entry }).catch(() => 0)) as number;
    project.note((draft) => finishTake(draft, asset.id, frames));
    if (frames > 0) setNotice({ code: "store.recovered", params: { seconds: Math.round(frames / 4800) / 10 } });
  }
}
/** A take has ended after so many frames: what was noted of it gets its length, and sounds on its track. */
export function finishTake(draft: Draft, asset: string, frames: number): void {
  if (frames < 2400) {
    for (const take of draft.session.takes) if (take.asset === asset) draft.remove(take.id);
    draft.remove(asset);
    return;
  }
  draft.set("asset", asset, { frames });
  for (const take of draft.session.takes) {
    if (take.asset !== asset) continue;
    const length = Math.max(1, frames - take.from);
    draft.set("take", take.id, { length });
    const free = draft.session.clips.every((clip) => clip.track !== take.track || clip.at >= take.at + length || clip.at + clip.length <= take.at);
    if (free) draft.put({ ...newClip, id: draft.newId("clip"), track: take.track, asset, at: take.at, from: take.from, length });
  }
}

/** One edit: one step of undo. Before the first on the example, it is given a place. */
export function edit(label: string, change: (draft: Draft) => void): void {
  project.edit(label, change);
}
/** A change that is no person's doing. */
export const note = (change: (draft: Draft) => void): void => project.note(change);
export const undo = (): boolean => project.undo();
export const redo = (): boolean => project.redo();
export const records = (): readonly ProjectRecord[] => project.records;

/** Waits until the open project has a place of its own, where sounds can be put. */
export async function placed(): Promise<void> {
  if (!opened) await keepExample();
}
export async function putFile(entry: string, blob: Blob): Promise<void> {
  try {
    await store({ do: "put", entry, blob });
  } catch (error) {
    setKeeping("failed");
    fail(error);
  }
}
/** Puts what can be made anew beside the project; the untouched example has no place for it, and needs none. */
export async function putMade(entry: string, blob: Blob): Promise<void> {
  await exampleKept;
  if (opened) await putFile(entry, blob);
}
/** A file of the project. */
export async function getFile(entry: string): Promise<Blob | undefined> {
  if (!opened) return exampleFile?.entry === entry ? exampleFile.blob : undefined;
  return ((await store({ do: "get", entry })) as Blob | null) ?? undefined;
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
  const out: { name: string; blob: Blob }[] = [];
  for (const asset of project.session.assets.values()) {
    const blob = asset.entry ? await getFile(asset.entry) : undefined;
    if (asset.entry && blob) out.push({ name: asset.entry, blob });
  }
  return out.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Sets something of one strip of the mixer. */
export function setStrip(strip: string, fields: Partial<Omit<import("@kuishi/project").StripSetting, "id" | "kind" | "strip">>, label = "mix"): void {
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
