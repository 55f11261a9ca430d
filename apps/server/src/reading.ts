import { ProjectDocument } from "@kuishi/project/document";
import { checksumOf, type Refusal } from "@kuishi/sync";
import * as Y from "yjs";
import type { LogRecord } from "./log.ts";

/** What came of a change: it brought something, it was known already, or it was not taken. */
export type Verdict = "new" | "known" | { readonly refused: Refusal };

/** The document is not what the log says any more: it must be read anew. */
export class Spoiled extends Error {
  readonly why: Refusal;
  constructor(why: Refusal) {
    super(why);
    this.why = why;
  }
}

/** One project's document as the log has it. Runs in a worker: bytes of strangers are read here. */
export class Reading {
  readonly #doc = new Y.Doc();
  /** Who wrote under a writer's number (Yjs' client): whoever came first with it. */
  readonly #writers = new Map<number, string>();

  constructor(records: readonly LogRecord[]) {
    for (const record of records) {
      if ("state" in record) for (const [client, person] of Object.entries(record.writers)) this.#writers.set(Number(client), person);
      else this.#claim(newWriters(record.update, this.#doc), record.by);
      Y.applyUpdate(this.#doc, "state" in record ? record.state : record.update);
    }
  }
  /**
   * Takes a change that somebody made.
   * @throws Spoiled where it was not taken and has left traces.
   */
  take(update: Uint8Array, by: string): Verdict {
    const writers = this.#check(update, by);
    if (typeof writers === "string") return { refused: writers };
    // what a damaged disk left open may still be filled by whoever wrote it
    const wasWhole = this.#isWhole;
    let isNew = false;
    const told = (): void => {
      isNew = true;
    };
    this.#doc.on("update", told);
    try {
      Y.applyUpdate(this.#doc, update);
    } catch {
      throw new Spoiled("damaged");
    } finally {
      this.#doc.off("update", told);
    }
    if (wasWhole && !this.#isWhole) throw new Spoiled("gap");
    this.#claim(writers, by);
    return isNew ? "new" : "known";
  }
  /** Whether nothing waits for changes that are not here. */
  get #isWhole(): boolean {
    return !this.#doc.store.pendingStructs && !this.#doc.store.pendingDs;
  }
  /** The writers whose changes are new in it; or why it is not to be taken. */
  #check(update: Uint8Array, by: string): ReadonlySet<number> | Refusal {
    let writers: ReadonlySet<number>;
    try {
      writers = newWriters(update, this.#doc);
    } catch {
      return "damaged";
    }
    for (const client of writers) if ((this.#writers.get(client) ?? by) !== by) return "author";
    return writers;
  }
  #claim(writers: Iterable<number>, by: string): void {
    for (const client of writers) this.#writers.set(client, by);
  }
  get vector(): Uint8Array {
    return Y.encodeStateVector(this.#doc);
  }
  /** What is beyond a state vector. @throws Error for one that is none. */
  since(vector: Uint8Array): Uint8Array {
    return Y.encodeStateAsUpdate(this.#doc, vector);
  }
  get state(): Uint8Array {
    return Y.encodeStateAsUpdate(this.#doc);
  }
  get writers(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.#writers);
  }
  get checksum(): string {
    const document = new ProjectDocument([this.state]);
    try {
      return checksumOf(document);
    } finally {
      document.destroy();
    }
  }
}

/** Writers of whom an update has more than a document. @throws Error for bytes that are none. */
function newWriters(update: Uint8Array, doc: Y.Doc): ReadonlySet<number> {
  const { structs } = Y.decodeUpdate(update);
  return new Set(structs.flatMap(({ id, length }) => (id.clock + length > Y.getState(doc.store, id.client) ? [id.client] : [])));
}
