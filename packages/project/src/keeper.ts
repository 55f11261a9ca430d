import type { ProjectDocument } from "./document.ts";

/** Where a keeper writes: a journal, here or behind a worker. What resolves is on the disk. */
export interface Writing {
  /** Adds changes. @returns whether a snapshot would be worth while. */
  append(updates: readonly Uint8Array[]): Promise<boolean>;
  /** Writes the whole anew. */
  compact(state: Uint8Array): Promise<void>;
}
/** Whether everything that was changed is on the disk, is on its way there, or could not be written. */
export type Kept = "kept" | "writing" | "failed";

/** Runs something later. @returns calls it off. */
export type Later = (run: () => void, afterMs: number) => () => void;
export const laterByTimer: Later = (run, afterMs) => {
  const timer = setTimeout(run, afterMs);
  return () => clearTimeout(timer);
};
/** A failed write is tried again after so long, and twice as long each time. */
const [FIRST_RETRY_MS, LAST_RETRY_MS] = [1000, 30_000];

/**
 * Writes every change of a document, one write at a time, and says what is kept. Later changes build
 * on earlier ones, so after a failed write nothing counts as kept until the whole state is written.
 */
export class Keeper {
  readonly #document: ProjectDocument;
  readonly #writing: Writing;
  readonly #told: (kept: Kept, error?: unknown) => void;
  readonly #later: Later;
  readonly #unsubscribe: () => void;
  #pending: Uint8Array[] = [];
  /** The next write must be of the whole state. */
  #whole: boolean;
  #running: Promise<void> | undefined;
  #retryMs = FIRST_RETRY_MS;
  #callOff: (() => void) | undefined;
  #stopped = false;

  /** @param whole whether the document holds anything that is not on the disk yet. */
  constructor(document: ProjectDocument, writing: Writing, whole: boolean, told: (kept: Kept, error?: unknown) => void, later: Later = laterByTimer) {
    this.#document = document;
    this.#writing = writing;
    this.#whole = whole;
    this.#told = told;
    this.#later = later;
    this.#unsubscribe = document.onUpdate((update) => {
      this.#pending.push(update);
      this.retry();
    });
    if (whole) this.retry();
    else told("kept");
  }
  /** Resolves when everything so far is kept, or could not be. */
  async settled(): Promise<void> {
    while (this.#running) await this.#running;
  }
  /** Writes what is not kept yet, now. */
  retry(): void {
    this.#callOff?.();
    this.#callOff = undefined;
    if (this.#stopped || this.#running) return;
    // begun before the first await: whoever changed the document hears at once that it is being written
    this.#running = this.#work().finally(() => {
      this.#running = undefined;
      if (this.#pending.length > 0 && !this.#callOff) this.retry();
    });
  }
  /** Writes no more. Resolves when what is under way has ended: only then may somebody else write. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#unsubscribe();
    this.#callOff?.();
    await this.settled();
  }

  async #work(): Promise<void> {
    while (!this.#stopped && (this.#whole || this.#pending.length > 0)) {
      this.#told("writing");
      const updates = this.#pending;
      this.#pending = [];
      try {
        if (this.#whole) await this.#writing.compact(this.#document.state());
        else if (await this.#writing.append(updates)) await this.#shorten();
      } catch (error) {
        this.#fail(error);
        return;
      }
      this.#whole = false;
      this.#retryMs = FIRST_RETRY_MS;
    }
    if (!this.#stopped) this.#told("kept");
  }
  /** What is kept is kept also where there is no room to write it shorter. */
  async #shorten(): Promise<void> {
    await this.#writing.compact(this.#document.state()).catch(() => {});
  }
  #fail(error: unknown): void {
    this.#whole = true;
    this.#pending = [];
    if (this.#stopped) return;
    this.#told("failed", error);
    this.#callOff = this.#later(() => this.retry(), this.#retryMs);
    this.#retryMs = Math.min(LAST_RETRY_MS, this.#retryMs * 2);
  }
}
