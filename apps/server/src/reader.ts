import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { Queue } from "@kuishi/base";
import type { LogRecord } from "./log.ts";
import type { Verdict } from "./reading.ts";

/** What is asked of the reading thread; `project` is one that was opened with its log's records. */
export type ReaderAsk =
  | { readonly do: "open"; readonly project: string; readonly records: readonly LogRecord[] }
  | { readonly do: "close"; readonly project: string }
  | { readonly do: "take"; readonly project: string; readonly update: Uint8Array; readonly by: string }
  | { readonly do: "since"; readonly project: string; readonly vector: Uint8Array }
  | { readonly do: "snapshot"; readonly project: string }
  | { readonly do: "sum"; readonly project: string };
interface Answers {
  open: { readonly done: true };
  close: { readonly done: true };
  take: { readonly verdict: Verdict };
  since: { readonly update: Uint8Array; readonly vector: Uint8Array };
  snapshot: { readonly state: Uint8Array; readonly writers: Readonly<Record<string, string>> };
  sum: { readonly sum: string };
}
export type ReaderAnswer = Answers[keyof Answers] | { readonly closed: true } | { readonly failed: string };

/** A change may keep the thread busy for so long, of its processor's time, and longer by its size. */
const PATIENCE = { ms: 250, msPerMb: 1000 } as const;
const LOOK_MS = 50;
/** What the thread may hold of documents. */
const MAX_HEAP_MB = 768;

/** The thread was too long about something, or died of it. */
export class TooMuch extends Error {}

/** The thread that reads documents: one question at a time. A change that keeps it too long ends it, and the next question begins another. */
export class Reader {
  readonly #recordsOf: (project: string) => Promise<readonly LogRecord[]>;
  readonly #patience: { readonly ms: number; readonly msPerMb: number };
  #worker: Promise<Worker> | undefined;
  readonly #queue = new Queue();

  /** @param recordsOf what a project's log holds now. */
  constructor(recordsOf: (project: string) => Promise<readonly LogRecord[]>, patience: { readonly ms: number; readonly msPerMb: number } = PATIENCE) {
    this.#recordsOf = recordsOf;
    this.#patience = patience;
  }
  /** @throws TooMuch; the document is what it was. */
  async take(project: string, update: Uint8Array, by: string): Promise<Verdict> {
    const limitMs = this.#patience.ms + (update.length / 1e6) * this.#patience.msPerMb;
    return (await this.#ask({ do: "take", project, update, by }, limitMs)).verdict;
  }
  since(project: string, vector: Uint8Array): Promise<Answers["since"]> {
    return this.#ask({ do: "since", project, vector });
  }
  snapshot(project: string): Promise<Answers["snapshot"]> {
    return this.#ask({ do: "snapshot", project });
  }
  async sum(project: string): Promise<string> {
    return (await this.#ask({ do: "sum", project })).sum;
  }
  /** Forgets a project; it is read from its log when it is wanted again. */
  async forget(project: string): Promise<void> {
    await this.#queue.run(async () => {
      if (this.#worker) await this.#tell(await this.#worker, { do: "close", project });
    });
  }
  async close(): Promise<void> {
    await this.#queue.run(async () => void (await (await this.#worker)?.terminate()));
    this.#worker = undefined;
  }

  #ask<A extends ReaderAsk & { readonly do: keyof Answers }>(ask: A, limitMs?: number): Promise<Answers[A["do"]]> {
    return this.#queue.run(async () => {
      const worker = await this.#start();
      let answer = await this.#tell(worker, ask, limitMs);
      if ("closed" in answer) {
        await this.#tell(worker, { do: "open", project: ask.project, records: await this.#recordsOf(ask.project) });
        answer = await this.#tell(worker, ask, limitMs);
      }
      if ("failed" in answer) throw new Error(answer.failed);
      return answer as Answers[A["do"]];
    });
  }
  #start(): Promise<Worker> {
    this.#worker ??= new Promise((resolve, reject) => {
      const worker = new Worker(new URL("./reader.worker.ts", import.meta.url), { resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB } });
      // it says so when it has loaded what it works with
      worker.once("message", () => resolve(worker)).once("error", reject);
    });
    return this.#worker;
  }
  /** @param limitMs processor's time that the answer may take: another's load is not this one's fault. */
  async #tell(worker: Worker, ask: ReaderAsk, limitMs?: number): Promise<ReaderAnswer> {
    const ended = new AbortController();
    try {
      return await Promise.race([answerOf(worker, ask, ended.signal), ...(limitMs === undefined ? [] : [tooLong(worker, limitMs, ended.signal)])]);
    } catch (error) {
      this.#worker = undefined;
      await worker.terminate();
      throw error instanceof TooMuch ? error : new TooMuch(error instanceof Error ? error.message : String(error));
    } finally {
      ended.abort();
    }
  }
}

/** What the thread answers. @throws what ended it. */
function answerOf(worker: Worker, ask: ReaderAsk, ended: AbortSignal): Promise<ReaderAnswer> {
  return new Promise((resolve, reject) => {
    const died = (): void => reject(new TooMuch("the reading thread ended"));
    worker.on("message", resolve).on("error", reject).on("exit", died);
    ended.addEventListener("abort", () => worker.off("message", resolve).off("error", reject).off("exit", died));
    worker.postMessage(ask);
  });
}
/** @throws TooMuch when the thread has worked for so long. */
async function tooLong(worker: Worker, limitMs: number, ended: AbortSignal): Promise<never> {
  const before = await worker.cpuUsage();
  for (;;) {
    await sleep(LOOK_MS, undefined, { signal: ended });
    const { user, system } = await worker.cpuUsage(before);
    if ((user + system) / 1000 > limitMs) throw new TooMuch(`over ${Math.round(limitMs)} ms`);
  }
}
