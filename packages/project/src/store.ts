import { Complaint, joinedBytes } from "@kuishi/base";

/** Where a project is kept: a folder of files. Writing may fail with a `Complaint` of kind `cannotWrite`. */
export interface Store {
  list(): Promise<readonly string[]>;
  /** null where there is no such file. */
  read(name: string): Promise<Uint8Array | null>;
  /**
   * Adds to the end of a file, making it where there is none; what is written is safe when this
   * resolves. Where it fails, any part of the bytes may be there.
   */
  append(name: string, bytes: Uint8Array): Promise<void>;
  remove(name: string): Promise<void>;
}

/** A store in memory, for tests and for hosts that have no other. @param room bytes it holds at most: beyond, it is a full disk. */
export class MemoryStore implements Store {
  readonly files = new Map<string, Uint8Array>();
  readonly #room: number;

  constructor(room = Number.POSITIVE_INFINITY) {
    this.#room = room;
  }
  list(): Promise<readonly string[]> {
    return Promise.resolve([...this.files.keys()]);
  }
  read(name: string): Promise<Uint8Array | null> {
    return Promise.resolve(this.files.get(name) ?? null);
  }
  append(name: string, bytes: Uint8Array): Promise<void> {
    const used = [...this.files.values()].reduce((sum, file) => sum + file.length, 0);
    if (used + bytes.length > this.#room) return Promise.reject(new Complaint("cannotWrite", "store.full"));
    this.files.set(name, joinedBytes([this.files.get(name) ?? new Uint8Array(0), bytes]));
    return Promise.resolve();
  }
  remove(name: string): Promise<void> {
    this.files.delete(name);
    return Promise.resolve();
  }
}
