import { Complaint, crc32, joinedBytes, Queue } from "@kuishi/base";
import type { Store } from "./store.ts";

/** A file begins with the format's letters, its version and a line's end. */
const MAGIC = Uint8Array.of(0x4b, 0x4a, 0x31, 0x0a); // "KJ1\n"
const VERSION_AT = 2;
/** Before each update stand its length and its CRC-32, four bytes each, little-endian. */
const HEAD = 8;
/** So many bytes of changes are worth writing the whole anew. */
const COMPACT_BYTES = 1 << 20;

function framed(update: Uint8Array): Uint8Array {
  const out = new Uint8Array(HEAD + update.length);
  const view = new DataView(out.buffer);
  view.setUint32(0, update.length, true);
  view.setUint32(4, crc32(update), true);
  out.set(update, HEAD);
  return out;
}

/** What a journal's file tells. */
export interface Replayed {
  /** Its updates, oldest first; a damaged one is left out, and so is a torn end. */
  readonly updates: readonly Uint8Array[];
  /** Whether all of its bytes are whole: only behind such a file may more be written. */
  readonly whole: boolean;
}

/** Reads a journal's file. @throws Complaint for one of a newer format. */
export function replay(bytes: Uint8Array): Replayed {
  const strange = MAGIC.findIndex((byte, i) => bytes[i] !== byte);
  const digit = bytes[VERSION_AT] ?? 0;
  if (strange === VERSION_AT && digit > 0x31 && digit <= 0x39)
    throw new Complaint("unreadable", "project.newer", { version: `journal/${String.fromCharCode(digit)}` });
  if (strange >= 0) return { updates: [], whole: false };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const updates: Uint8Array[] = [];
  let whole = true;
  let at = MAGIC.length;
  while (at + HEAD <= bytes.length) {
    const end = at + HEAD + view.getUint32(at, true);
    // no update is empty: what a crash left of a file's end may be zeros
    if (end === at + HEAD || end > bytes.length) break;
    const update = bytes.subarray(at + HEAD, end);
    if (crc32(update) === view.getUint32(at + 4, true)) updates.push(update);
    else whole = false;
    at = end;
  }
  return { updates, whole: whole && at === bytes.length };
}

const nameOf = (number: number): string => `journal-${number}`;
const numberOf = (name: string): number | undefined => {
  const found = /^journal-(\d+)$/.exec(name)?.[1];
  return found === undefined ? undefined : Number(found);
};

/**
 * Every change of a document in files that only grow. What a call has written is found by every
 * later opening, wherever a crash or a full disk cut another call off:
 *
 * - All files are read, and all that is whole in them counts. Updates may come twice and in any order (Yjs).
 * - Nothing is written behind bytes that are not whole: after a failure, or where torn bytes were found, the next number begins.
 * - A snapshot goes into a file of its own. Older files go when it has been read back and is the same.
 * - Opening writes nothing.
 */
export class Journal {
  readonly #store: Store;
  /** Numbers of the files that are there, torn ones too. */
  readonly #numbers: Set<number>;
  /** The file that is written to; undefined: the next write begins one. */
  #current: number | undefined;
  /** Bytes in files beside the last snapshot. */
  #since: number;
  readonly #queue = new Queue();

  private constructor(store: Store, numbers: readonly number[], current: number | undefined, since: number) {
    this.#store = store;
    this.#numbers = new Set(numbers);
    this.#current = current;
    this.#since = since;
  }
  /** Opens a project's journal. @returns what it tells, oldest first. @throws Complaint for one of a newer format. */
  static async open(store: Store): Promise<{ journal: Journal; updates: Uint8Array[] }> {
    const numbers = (await store.list()).flatMap((name) => numberOf(name) ?? []).sort((a, b) => a - b);
    const updates: Uint8Array[] = [];
    let whole = false;
    for (const number of numbers) {
      const told = replay((await store.read(nameOf(number))) ?? new Uint8Array(0));
      updates.push(...told.updates);
      whole = told.whole;
    }
    const since = updates.slice(1).reduce((sum, update) => sum + HEAD + update.length, 0);
    return { journal: new Journal(store, numbers, whole ? numbers.at(-1) : undefined, since), updates };
  }
  /** Appends changes. Calls may overlap; they are kept in order. @throws Complaint when they cannot be written; the next append tries again. */
  append(...updates: readonly Uint8Array[]): Promise<void> {
    return this.#queue.run(async () => {
      const frames = joinedBytes(updates.map(framed));
      await this.#write(this.#current === undefined ? joinedBytes([MAGIC, frames]) : frames, this.#current ?? this.#next());
      this.#since += frames.length;
    });
  }
  /** Whether a snapshot would be worth while: there are many changes, or more files than one. */
  get isLong(): boolean {
    return this.#since > COMPACT_BYTES || this.#numbers.size > 1;
  }
  /** Writes the journal anew as this one state, which must hold all that was appended. @throws Complaint; what was there is there still. */
  compact(state: Uint8Array): Promise<void> {
    return this.#queue.run(async () => {
      const number = this.#next();
      const bytes = joinedBytes([MAGIC, framed(state)]);
      await this.#write(bytes, number);
      const back = await this.#store.read(nameOf(number));
      if (back?.length !== bytes.length || back.some((byte, i) => byte !== bytes[i])) {
        this.#current = undefined;
        throw new Complaint("cannotWrite", "store.refused", { reason: "read back" });
      }
      this.#since = 0;
      for (const old of [...this.#numbers])
        if (old !== number) {
          await this.#store.remove(nameOf(old));
          this.#numbers.delete(old);
        }
    });
  }
  /** Writes behind what is whole; where that fails, nothing more is written there. */
  async #write(bytes: Uint8Array, number: number): Promise<void> {
    this.#numbers.add(number);
    this.#current = undefined;
    await this.#store.append(nameOf(number), bytes);
    this.#current = number;
  }
  #next(): number {
    return Math.max(0, ...this.#numbers) + 1;
  }
}
