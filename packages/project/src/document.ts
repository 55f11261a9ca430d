import * as Y from "yjs";
import { type Kind, ProjectRecord, type RecordOf, type Session, sessionOf } from "./records.ts";
import { repair } from "./repair.ts";

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

/** Origins of transactions: a person's edit, a mend, what came from elsewhere. */
const [EDIT, MEND, ELSEWHERE] = ["edit", "mend", "elsewhere"] as const;
/** Steps that can be taken back. */
const STEPS = 500;
/** After so many edits the store is looked through. */
const TIDY = 40;

/**
 * The project document: records in a Yjs map, one map for each record, so that two people who change
 * different fields keep both. Every edit is one step of undo. After each change, wherever it came
 * from, the document is repaired; that is a pure function of it, so peers stay alike.
 */
export class ProjectDocument {
  readonly #doc = new Y.Doc();
  readonly #records: Y.Map<Y.Map<unknown>> = this.#doc.getMap("records");
  readonly #undo: Y.UndoManager;
  /** Records as read; null for what is none. */
  readonly #known = new Map<string, ProjectRecord | null>();
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
      this.#session = undefined;
    });
    for (const update of updates) Y.applyUpdate(this.#doc, update, ELSEWHERE);
    this.#mend();
  }

  /** The project as it is now. The same object until something changes. */
  get session(): Session {
    this.#session ??= sessionOf([...this.#read().values()].flatMap((record) => record ?? []));
    return this.#session;
  }
  /** Every record; those that changed are read anew. */
  #read(): ReadonlyMap<string, ProjectRecord | null> {
    for (const [id, map] of this.#records.entries()) {
      if (this.#known.has(id)) continue;
      const result = ProjectRecord.safeParse(map instanceof Y.Map ? map.toJSON() : null);
      this.#known.set(id, result.success && result.data.id === id ? result.data : null);
    }
    for (const id of this.#known.keys()) if (!this.#records.has(id)) this.#known.delete(id);
    return this.#known;
  }
  /** All records, sorted by id. */
  get records(): readonly ProjectRecord[] {
    return [...this.#read().values()].flatMap((record) => record ?? []).sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** One edit: one step of undo, whatever it changes. @param label names it, for the undo button. */
  edit(label: string, change: (draft: Draft) => void): void {
    const before = this.#undo.undoStack.length;
    this.#doc.transact(() => {
      change(this.#draft());
      this.#mendInside();
    }, EDIT);
    this.#tidy();
    const item = this.#undo.undoStack.at(-1);
    if (item && this.#undo.undoStack.length > before) item.meta.set("label", label);
    this.#tell();
  }
  /** Changes that are not a person's doing (a take that grows, a length that became known): no step of undo. */
  note(change: (draft: Draft) => void): void {
    this.#doc.transact(() => {
      change(this.#draft());
      this.#mendInside();
    }, MEND);
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
    const done = this.#undo[way]() !== null;
    const item = (way === "undo" ? this.#undo.redoStack : this.#undo.undoStack).at(-1);
    if (done && item && label !== undefined) item.meta.set("label", label);
    this.#mend();
    this.#tell();
    return done;
  }

  /** Told after every change. @returns ends it. */
  subscribe(listener: (session: Session) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
  /** Told the bytes of every change made here, for a journal or a peer. */
  onUpdate(listener: (update: Uint8Array) => void): () => void {
    const told = (update: Uint8Array, origin: unknown): void => {
      if (origin !== ELSEWHERE) listener(update);
    };
    this.#doc.on("update", told);
    return () => this.#doc.off("update", told);
  }
  /** Takes a change from a journal or a peer. @throws Error for bytes that are none. */
  apply(update: Uint8Array): void {
    Y.applyUpdate(this.#doc, update, ELSEWHERE);
    this.#mend();
    this.#tell();
  }
  /** The whole document as one update. */
  state(): Uint8Array {
    return Y.encodeStateAsUpdate(this.#doc);
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
  #mend(): void {
    this.#doc.transact(() => this.#mendInside(), MEND);
  }
  #mendInside(): void {
    // a mend may make the next one possible; three rounds have always been enough, ten are a bound
    for (let round = 0; round < 10; round++) {
      const mends = repair(this.#read());
      if (mends.length === 0) return;
      for (const mend of mends) {
        if ("remove" in mend) this.#remove(mend.id);
        else this.#write(mend.id, mend.set);
      }
    }
  }
  #write(id: string, fields: Readonly<Record<string, unknown>>): void {
    let map = this.#records.get(id);
    if (!(map instanceof Y.Map)) {
      map = new Y.Map();
      this.#records.set(id, map);
    }
    for (const [key, value] of Object.entries(fields)) {
      if (value === undefined) map.delete(key);
      else if (JSON.stringify(map.get(key)) !== JSON.stringify(value)) map.set(key, value);
    }
    this.#forget(id);
  }
  #remove(id: string): void {
    this.#records.delete(id);
    this.#forget(id);
  }
  #forget(id: string): void {
    this.#known.delete(id);
    this.#session = undefined;
  }
  #draft(): Draft {
    const read = (id: string): ProjectRecord | undefined => this.#read().get(id) ?? undefined;
    const now = (): Session => this.session;
    return {
      get: <K extends Kind>(kind: K, id: string) => {
        const record = read(id);
        return record?.kind === kind ? (record as RecordOf<K>) : undefined;
      },
      get session() {
        return now();
      },
      put: (record) => this.#write(record.id, ProjectRecord.parse(record)),
      set: (kind, id, fields) => {
        const record = read(id);
        if (record?.kind === kind) this.#write(id, fields);
      },
      remove: (id) => this.#remove(id),
      newId: (kind) => `${kind}-${this.#doc.clientID.toString(36)}-${(this.#count++).toString(36)}`,
    };
  }
}
