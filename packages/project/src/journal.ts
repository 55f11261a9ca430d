import { Complaint } from "@kuishi/base";

/** Where a project is kept: a folder of files. Writing may fail with a `Complaint` of kind `cannotWrite`. */
export interface Store {
  list(): Promise<readonly string[]>;
  /** null where there is no such file. */
  read(name: string): Promise<Uint8Array | null>;
  /** Adds to the end of a file, making it where there is none; what is written is safe when this resolves. */
  append(name: string, bytes: Uint8Array): Promise<void>;
  remove(name: string): Promise<void>;
}

const MAGIC = Uint8Array.of(0x4b, 0x4a, 0x31, 0x0a); // "KJ1\n"
const HEAD = 8;
/** A journal longer than this is written anew as one snapshot. */
const COMPACT_BYTES = 1 << 20;

/** CRC-32 (IEEE 802.3), as in zip and PNG. */
const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c >>> 0;
});
function crc32(bytes: Uint8Array): number {
  let c = 0xffffffff;
  for (const byte of bytes) c = (TABLE[(c ^ byte) & 0xff] as number) ^ (c >>> 8);
  return (c ^ 0xffffffff) >>> 0;
}

function framed(update: Uint8Array): Uint8Array {
  const out = new Uint8Array(HEAD + update.length);
  const view = new DataView(out.buffer);
  view.setUint32(0, update.length, true);
  view.setUint32(4, crc32(update), true);
  out.set(update, HEAD);
  return out;
}

/** The whole updates at the front of a journal; a torn or damaged end is left out. */
export function replay(bytes: Uint8Array): Uint8Array[] {
  if (MAGIC.some((byte, i) => bytes[i] !== byte)) return [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const out: Uint8Array[] = [];
  for (let at = MAGIC.length; at + HEAD <= bytes.length; ) {
    const length = view.getUint32(at, true);
    const update = bytes.subarray(at + HEAD, at + HEAD + length);
    if (update.length < length || crc32(update) !== view.getUint32(at + 4, true)) break;
    out.push(update);
    at += HEAD + length;
  }
  return out;
}

const numberOf = (name: string): number | undefined => {
  const found = /^journal-(\d+)$/.exec(name)?.[1];
  return found === undefined ? undefined : Number(found);
};

/**
 * Every change of a document, one after the other, in a file that only grows: at any moment a crash
 * loses what was not yet appended and nothing else. Now and then the whole is written anew as a
 * snapshot into the next file; the old one goes when the new one is complete.
 */
export class Journal {
  readonly #store: Store;
  #number: number;
  #size: number;
  #last: Promise<void> = Promise.resolve();

  private constructor(store: Store, number: number, size: number) {
    this.#store = store;
    this.#number = number;
    this.#size = size;
  }
  /** Opens a project's journal. @returns what it tells, oldest first. */
  static async open(store: Store): Promise<{ journal: Journal; updates: Uint8Array[] }> {
    const numbers = (await store.list()).flatMap((name) => numberOf(name) ?? []).sort((a, b) => b - a);
    for (const number of numbers) {
      const bytes = (await store.read(`journal-${number}`)) ?? new Uint8Array(0);
      const updates = replay(bytes);
      if (updates.length === 0) continue;
      const whole = updates.reduce((sum, update) => sum + HEAD + update.length, MAGIC.length);
      const journal = new Journal(store, number, whole);
      // behind a torn end nothing may be appended: it would never be read
      if (whole < bytes.length) await journal.#rewrite(updates);
      return { journal, updates };
    }
    return { journal: new Journal(store, (numbers[0] ?? 0) + 1, 0), updates: [] };
  }
  /** Appends a change. Calls may overlap; they are kept in order. @throws Complaint when it cannot be written; the next append tries again. */
  append(update: Uint8Array): Promise<void> {
    return this.#then(async () => {
      const bytes = this.#size === 0 ? joined([MAGIC, framed(update)]) : framed(update);
      await this.#store.append(`journal-${this.#number}`, bytes);
      this.#size += bytes.length;
    });
  }
  /** Whether a snapshot would be worth while. */
  get isLong(): boolean {
    return this.#size > COMPACT_BYTES;
  }
  /** Writes the journal anew as this one state. */
  compact(state: Uint8Array): Promise<void> {
    return this.#then(() => this.#rewrite([state]));
  }
  async #rewrite(updates: readonly Uint8Array[]): Promise<void> {
    const bytes = joined([MAGIC, ...updates.map(framed)]);
    await this.#store.append(`journal-${this.#number + 1}`, bytes);
    const old = this.#number;
    this.#number++;
    this.#size = bytes.length;
    await this.#store.remove(`journal-${old}`);
  }
  #then(work: () => Promise<void>): Promise<void> {
    const next = this.#last.then(work);
    this.#last = next.catch(() => {});
    return next;
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
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
    this.files.set(name, joined([this.files.get(name) ?? new Uint8Array(0), bytes]));
    return Promise.resolve();
  }
  remove(name: string): Promise<void> {
    this.files.delete(name);
    return Promise.resolve();
  }
}
