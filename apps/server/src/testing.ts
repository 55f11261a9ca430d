import type { LogRecord } from "./log.ts";
import { Reading, Spoiled, type Verdict } from "./reading.ts";
import type { Reads } from "./room.ts";

/** Reads in this thread, for tests. */
export class ReadsHere implements Reads {
  readonly #recordsOf: () => Promise<readonly LogRecord[]>;
  #reading: Reading | undefined;

  constructor(recordsOf: () => Promise<readonly LogRecord[]>) {
    this.#recordsOf = recordsOf;
  }
  async #open(): Promise<Reading> {
    this.#reading ??= new Reading(await this.#recordsOf());
    return this.#reading;
  }
  async take(_project: string, update: Uint8Array, by: string): Promise<Verdict> {
    try {
      return (await this.#open()).take(update, by);
    } catch (error) {
      if (!(error instanceof Spoiled)) throw error;
      this.#reading = undefined;
      return { refused: error.why };
    }
  }
  async since(_project: string, vector: Uint8Array): Promise<{ update: Uint8Array; vector: Uint8Array }> {
    const reading = await this.#open();
    return { update: reading.since(vector), vector: reading.vector };
  }
  async snapshot(): Promise<{ state: Uint8Array; writers: Readonly<Record<string, string>> }> {
    const { state, writers } = await this.#open();
    return { state, writers };
  }
  async sum(): Promise<string> {
    return (await this.#open()).checksum;
  }
  async forget(): Promise<void> {
    this.#reading = undefined;
  }
}
