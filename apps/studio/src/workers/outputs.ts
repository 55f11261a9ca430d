import type { Outputs } from "@kuishi/flow";

const MERGE = 8 << 20;

/** Outputs kept as Blobs, which the browser may move to disk. */
export class BlobOutputs implements Outputs {
  readonly #files = new Map<string, Blob>();

  create(name: string): ReturnType<Outputs["create"]> {
    let done = new Blob([]);
    let parts: Uint8Array<ArrayBuffer>[] = [];
    let held = 0;
    const merge = (): void => {
      done = new Blob([done, ...parts]);
      parts = [];
      held = 0;
    };
    return Promise.resolve({
      write: (bytes: Uint8Array<ArrayBuffer>) => {
        parts.push(bytes.slice());
        held += bytes.length;
        if (held > MERGE) merge();
        return Promise.resolve();
      },
      close: () => {
        merge();
        this.#files.set(name, done);
        return Promise.resolve();
      },
    });
  }
  async read(name: string, from: number, to: number): Promise<Uint8Array> {
    const file = this.#files.get(name);
    if (!file) throw new RangeError(`no file ${name}`);
    return new Uint8Array(await file.slice(from, to).arrayBuffer());
  }
  /** Everything that was written. */
  all(): { name: string; blob: Blob }[] {
    return this.list([...this.#files.keys()]);
  }
  /** What was written, in the order given. */
  list(names: readonly string[]): { name: string; blob: Blob }[] {
    return names.flatMap((name) => {
      const blob = this.#files.get(name);
      return blob ? [{ name, blob }] : [];
    });
  }
}
