import { Complaint } from "@kuishi/base";
import * as Y from "yjs";
import { FORMAT, FORMAT_KEY, newerFormat } from "./format.ts";
import { isObject, isSame } from "./json.ts";
import { type RawRecord, readRecord } from "./reading.ts";
import { type Kind, ProjectRecord, type RecordOf, type Session, sorted } from "./records.ts";
import { type Repaired, repaired } from "./repair.ts";

/** What an edit may do. */
export interface Draft {
  get<K extends Kind>(kind: K, id: string): RecordOf<K> | undefined;
  readonly session: Session;
  /** Adds a record, or puts it in the place of the one with its id. @throws z.ZodError for one that is none. */
  put(record: ProjectRecord): void;
  /** Changes fields of a record; nothing happens where there is none. */
  set<K extends Kind>(kind: K, id: string, fields: Partial<RecordOf<K>>): void;
  remove(id: string): void;
  /** An id that nobody else gives. */
  newId(kind: Kind): string;
}

/** Origins of transactions: a person's edit, a change of nobody's, what came from elsewhere. */
const [EDIT, NOTE, ELSEWHERE] = ["edit", "note", "elsewhere"] as const;
/** Steps that can be taken back. */
const STEPS = 500;
/** After so many edits the store is looked through. */
const TIDY = 40;

/**
 * The project document: records in a Yjs map, one map for each record, so that two people who change
 * different fields keep both. Every edit is one step of undo. What is shown is the document as this
 * version reads it, repaired where records do not fit together: a pure function of it, so peers see
 * alike, and nothing that was read as something else is written back. Only what an edit itself upset
 * is put right in the document, as part of that edit.
 */
export class ProjectDocument {
  readonly #doc = new Y.Doc();
  readonly #records: Y.Map<Y.Map<unknown>> = this.#doc.getMap("records");
  /** What is said of the whole: its format, and whatever later versions say beside it. */
  readonly #meta: Y.Map<unknown> = this.#doc.getMap("meta");
  readonly #undo: Y.UndoManager;
  /** Records as read; null for what this version cannot read. */
  readonly #known = new Map<string, ProjectRecord | null>();
  #seen: Repaired | undefined;
  /** Fields that were seen mended when the edit at hand began, by record. */
  readonly #mended = new Map<string, Map<string, unknown>>();
  readonly #listeners = new Set<(session: Session) => void>();
  #session: Session | undefined;
  #count = 0;
  #edits = 0;

  /** @param updates what `state`, a journal or a peer gave; without any, a new project. */
  constructor(updates: readonly Uint8Array[] = []) {
    this.#undo = new Y.UndoManager(this.#records, { captureTimeout: 0, trackedOrigins: new Set([EDIT]) });
    this.#undo.on("stack-item-added", () => {
      const stack = this.#undo.undoStack;
      if (stack.length > STEPS) stack.splice(0, stack.length - STEPS);
    });
    this.#records.observeDeep((events) => {
      for (const event of events) {
        if (event.target === this.#records) for (const id of event.keys.keys()) this.#known.delete(id);
        else this.#known.delete(String(event.path[0]));
      }
      this.#seen = undefined;
      this.#session = undefined;
    });
    for (const update of updates) Y.applyUpdate(this.#doc, update, ELSEWHERE);
  }

  /** The project as it is now. The same object until something changes. */
  get session(): Session {
    this.#session ??= sorted(this.#view().records.values());
    return this.#session;
  }
  /** All records as this version sees them, sorted by id. */
  get records(): readonly ProjectRecord[] {
    return [...this.#view().records.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  }
  /** All records as they stand, what this version cannot read among them, sorted by id; and what is said of the whole. */
  get raw(): { readonly records: readonly RawRecord[]; readonly meta: RawRecord } {
    const records = [...this.#records.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, map]) => rawOf(map));
    return { records: records.filter(isObject), meta: this.#meta.toJSON() };
  }
  /** The document's format where it is of a later version: it can be read, but not edited. */
  get newer(): string | undefined {
    return newerFormat(this.#meta.get(FORMAT_KEY));
  }
  #read(): ReadonlyMap<string, ProjectRecord | null> {
    for (const [id, map] of this.#records.entries()) if (!this.#known.has(id)) this.#known.set(id, readRecord(id, rawOf(map)));
    for (const id of this.#known.keys()) if (!this.#records.has(id)) this.#known.delete(id);
    return this.#known;
  }
  #view(): Repaired {
    this.#seen ??= repaired(this.#read());
    return this.#seen;
  }

  /**
   * One edit: one step of undo, whatever it changes.
   * @param label names it, for the undo button.
   * @throws Complaint where the document is of a later version.
   */
  edit(label: string, change: (draft: Draft) => void): void {
    const before = this.#undo.undoStack.length;
    this.#change(change, EDIT);
    this.#tidy();
    const item = this.#undo.undoStack.at(-1);
    if (item && this.#undo.undoStack.length > before) item.meta.set("label", label);
    this.#tell();
  }
  /** Changes that are not a person's doing (a take that grows, a length that became known): no step of undo. @throws Complaint as `edit`. */
  note(change: (draft: Draft) => void): void {
    this.#change(change, NOTE);
    this.#tell();
  }
  #change(change: (draft: Draft) => void, origin: typeof EDIT | typeof NOTE): void {
    if (this.newer) throw new Complaint("unsupported", "project.newer", { version: this.newer });
    const { mends } = this.#view();
    const upset = new Set(mends.map((mend) => JSON.stringify(mend)));
    this.#mended.clear();
    for (const mend of mends) if ("set" in mend) this.#mended.set(mend.id, new Map([...(this.#mended.get(mend.id) ?? []), ...Object.entries(mend.set)]));
    this.#doc.transact(() => {
      if (!this.#meta.has(FORMAT_KEY)) this.#meta.set(FORMAT_KEY, FORMAT);
      change(this.#draft());
      this.#settle(upset);
    }, origin);
  }
  /** Fields of an edit without those that only say how the record is seen: what is seen mended was never written so, and is not now. */
  #meant(id: string, fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
    const mended = this.#mended.get(id);
    if (!mended) return fields;
    const meant = Object.entries(fields).filter(([key, value]) => !(mended.has(key) && isSame(mended.get(key), value)));
    // what this edit has written is seen as it was written from then on
    for (const [key] of meant) mended.delete(key);
    return Object.fromEntries(meant);
  }
  /** Puts right what an edit has upset; what was so before it is left as it was. */
  #settle(before: ReadonlySet<string>): void {
    for (let round = 0; round < 10; round++) {
      const upset = this.#view().mends.filter((mend) => !before.has(JSON.stringify(mend)));
      if (upset.length === 0) return;
      for (const mend of upset) {
        if ("remove" in mend) this.#remove(mend.id);
        else this.#write(mend.id, mend.set);
      }
    }
  }
  /** Takes over what a bundle holds, as it stands. */
  load(records: Iterable<RawRecord>, meta: RawRecord = {}): void {
    this.#doc.transact(() => {
      for (const [key, value] of Object.entries({ [FORMAT_KEY]: FORMAT, ...meta })) this.#meta.set(key, value);
      for (const raw of records) {
        const map = new Y.Map<unknown>();
        for (const [key, value] of Object.entries(raw)) map.set(key, value);
        this.#records.set(String(raw["id"]), map);
      }
    }, NOTE);
    this.#tell();
  }

  /** Label of the step that undo takes back, and that redo makes again. */
  get undoLabel(): string | undefined {
    return this.#undo.undoStack.at(-1)?.meta.get("label") as string | undefined;
  }
  get redoLabel(): string | undefined {
    return this.#undo.redoStack.at(-1)?.meta.get("label") as string | undefined;
  }
  /** Takes back the last edit. @returns whether there was one. */
  undo(): boolean {
    return this.#step("undo");
  }
  redo(): boolean {
    return this.#step("redo");
  }
  #step(way: "undo" | "redo"): boolean {
    const label = way === "undo" ? this.undoLabel : this.redoLabel;
    const done = !this.newer && this.#undo[way]() !== null;
    const item = (way === "undo" ? this.#undo.redoStack : this.#undo.undoStack).at(-1);
    if (done && item && label !== undefined) item.meta.set("label", label);
    this.#tell();
    return done;
  }

  /** Told after every change. @returns ends it. */
  subscribe(listener: (session: Session) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
  /** Told the bytes of every change, for a journal; `here`: it was made here, and peers want it too. @returns ends it. */
  onUpdate(listener: (update: Uint8Array, here: boolean) => void): () => void {
    const told = (update: Uint8Array, origin: unknown): void => listener(update, origin !== ELSEWHERE);
    this.#doc.on("update", told);
    return () => this.#doc.off("update", told);
  }
  /** Takes changes from a journal or a peer. @throws Error for bytes that are none. */
  apply(...updates: readonly Uint8Array[]): void {
    this.#doc.transact(() => {
      for (const update of updates) Y.applyUpdate(this.#doc, update, ELSEWHERE);
    }, ELSEWHERE);
    this.#tell();
  }
  /** The whole document as one update, or what is beyond a peer's state vector. */
  state(since?: Uint8Array): Uint8Array {
    return Y.encodeStateAsUpdate(this.#doc, since);
  }
  /** What this document has of each writer, as a Yjs state vector. */
  get vector(): Uint8Array {
    return Y.encodeStateVector(this.#doc);
  }
  destroy(): void {
    this.#listeners.clear();
    this.#doc.destroy();
  }

  /**
   * What undo once held and has let go stays in Yjs' store until someone looks: after an hour of edits it would be most of the memory.
   */
  #tidy(): void {
    if (++this.#edits % TIDY !== 0) return;
    Y.tryGc(Y.createDeleteSetFromStructStore(this.#doc.store), this.#doc.store, () => true);
  }
  #tell(): void {
    for (const listener of this.#listeners) listener(this.session);
  }
  #write(id: string, fields: Readonly<Record<string, unknown>>): void {
    const own = this.#records.get(id);
    const read = this.#read().get(id) ?? this.#view().records.get(id);
    const map = own instanceof Y.Map ? own : new Y.Map<unknown>();
    if (map !== own) this.#records.set(id, map);
    const raw = map === own ? map.toJSON() : {};
    for (const [key, value] of Object.entries(map === own ? fields : { ...read, ...fields })) {
      if (value === undefined) map.delete(key);
      else if (map !== own) map.set(key, value);
      // what is read as this already may say more than this version understands: it stays
      else if (!isSame(read?.[key as keyof ProjectRecord], value)) map.set(key, withUnread(value, read?.[key as keyof ProjectRecord], raw[key]));
    }
    this.#forget(id);
  }
  #remove(id: string): void {
    this.#records.delete(id);
    this.#forget(id);
  }
  #forget(id: string): void {
    this.#known.delete(id);
    this.#seen = undefined;
    this.#session = undefined;
  }
  #draft(): Draft {
    const read = (id: string): ProjectRecord | undefined => this.#view().records.get(id);
    const now = (): Session => this.session;
    return {
      get: <K extends Kind>(kind: K, id: string) => {
        const record = read(id);
        return record?.kind === kind ? (record as RecordOf<K>) : undefined;
      },
      get session() {
        return now();
      },
      put: (record) => this.#write(record.id, this.#meant(record.id, ProjectRecord.parse(record))),
      set: (kind, id, fields) => {
        const record = read(id);
        if (record?.kind === kind) this.#write(id, this.#meant(id, fields));
      },
      remove: (id) => this.#remove(id),
      newId: (kind) => `${kind}-${this.#doc.clientID.toString(36)}-${(this.#count++).toString(36)}`,
    };
  }
}

const rawOf = (map: unknown): unknown => (map instanceof Y.Map ? map.toJSON() : map);

/** A new value for a field, with those parts of the old one that this version could not read. */
function withUnread(value: unknown, read: unknown, raw: unknown): unknown {
  if (!isObject(value) || !isObject(read) || !isObject(raw)) return value;
  const out: Record<string, unknown> = { ...value };
  for (const [key, part] of Object.entries(raw)) {
    if (!Object.hasOwn(value, key)) {
      if (!Object.hasOwn(read, key)) out[key] = part;
    } else out[key] = isSame(value[key], read[key]) ? part : withUnread(value[key], read[key], part);
  }
  return out;
}
