import { Queue } from "@kuishi/base";
import { Journal, type Store } from "@kuishi/project";
import { hashOf, packed, Sha256, unpacked } from "@kuishi/sync";
import { z } from "zod";

/** A change: its number, who made it, its bytes and their hash. */
interface Change {
  readonly seq: number;
  readonly by: string;
  readonly sha256: string;
  readonly update: Uint8Array;
}
/** Everything up to a number, and who wrote under which of the document's writers' numbers. */
interface Snapshot {
  readonly seq: number;
  readonly writers: Readonly<Record<string, string>>;
  readonly state: Uint8Array;
}
export type LogRecord = Change | Snapshot;
const bytes = z.instanceof(Uint8Array);
const LogRecord: z.ZodType<LogRecord> = z.union([
  z.object({ seq: z.int().positive(), by: z.string(), sha256: Sha256, update: bytes }),
  z.object({ seq: z.int().nonnegative(), writers: z.record(z.string(), z.string()), state: bytes }),
]);

/** What a log tells. */
interface Told {
  readonly records: readonly LogRecord[];
  /** Changes that are missing between others: a disk that forgot what it had promised. */
  readonly lost: number;
}

/**
 * A project's changes in order, on the disk. What `append` has resolved is found by every later opening; the end that a
 * crash tore off was never acknowledged (`Journal`, docs/adr/0010).
 */
export class ProjectLog {
  readonly #store: Store;
  readonly #journal: Journal;
  #seq: number;
  /** Something could not be written: numbers may be missing until the next snapshot. */
  #hasFailed = false;
  readonly #queue = new Queue();

  private constructor(store: Store, journal: Journal, seq: number) {
    this.#store = store;
    this.#journal = journal;
    this.#seq = seq;
  }
  static async open(store: Store): Promise<{ readonly log: ProjectLog; readonly lost: number }> {
    const { journal, updates } = await Journal.open(store);
    const { records, lost } = inOrder(updates);
    return { log: new ProjectLog(store, journal, records.at(-1)?.seq ?? 0), lost };
  }
  /** Number of the last change. */
  get seq(): number {
    return this.#seq;
  }
  /** Writes changes. @returns their numbers, in order, when they are on the disk. @throws Complaint when they are not. */
  append(changes: readonly { readonly by: string; readonly update: Uint8Array }[]): Promise<readonly number[]> {
    return this.#queue.run(async () => {
      const records = changes.map(({ by, update }, k): Change => ({ seq: this.#seq + 1 + k, by, sha256: hashOf(update), update }));
      // a number is used once, also where nobody knows whether its change was written
      this.#seq += records.length;
      try {
        await this.#journal.append(...records.map((record) => packed({ ...record })));
      } catch (error) {
        this.#hasFailed = true;
        throw error;
      }
      return records.map(({ seq }) => seq);
    });
  }
  /** Whether it would be worth while to write a snapshot. */
  get isLong(): boolean {
    return this.#journal.isLong || this.#hasFailed;
  }
  /** Begins anew with a state that holds all that was appended. */
  compact(state: Uint8Array, writers: Readonly<Record<string, string>>): Promise<void> {
    return this.#queue.run(async () => {
      await this.#journal.compact(packed({ seq: this.#seq, writers, state }));
      this.#hasFailed = false;
    });
  }
  /** Everything that is on the disk. */
  records(): Promise<readonly LogRecord[]> {
    return this.#queue.run(async () => inOrder((await Journal.open(this.#store)).updates).records);
  }
}

/** A record whose bytes are what they were. */
function recordOf(bytes: Uint8Array): LogRecord | undefined {
  const record = LogRecord.safeParse(unpacked(bytes)).data;
  return record && ("state" in record || hashOf(record.update) === record.sha256) ? record : undefined;
}
/** The last snapshot and what came after it; older files may still lie beside it. */
function inOrder(frames: readonly Uint8Array[]): Told {
  const records = frames.flatMap((bytes) => recordOf(bytes) ?? []);
  const snapshot = records.filter((record) => "state" in record).reduce<Snapshot | undefined>((a, b) => (a && a.seq > b.seq ? a : b), undefined);
  const from = snapshot?.seq ?? 0;
  const changes = new Map(records.flatMap((record) => ("update" in record && record.seq > from ? [[record.seq, record] as const] : [])));
  const after = [...changes.values()].sort((a, b) => a.seq - b.seq);
  const lost = (after.at(-1)?.seq ?? from) - from - after.length;
  return { records: snapshot ? [snapshot, ...after] : after, lost };
}
