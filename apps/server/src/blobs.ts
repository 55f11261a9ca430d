import { createHash } from "node:crypto";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { CHUNK_BYTES, chunksOf, Manifest } from "@kuishi/sync";
import { putWhole } from "./disk.ts";

const exists = async (path: string): Promise<boolean> => (await stat(path).catch(() => undefined)) !== undefined;

/**
 * The sounds of one project: pieces of 4 MiB under their hashes, and beside them what each sound is made of. Nothing is
 * shared between projects, so nobody learns from an answer what others have.
 */
export class BlobFolder {
  readonly #chunks: string;
  readonly #manifests: string;

  constructor(folder: string) {
    this.#chunks = join(folder, "chunks");
    this.#manifests = join(folder, "sounds");
  }
  async missing({ chunks }: Manifest): Promise<readonly string[]> {
    const there = await Promise.all(chunks.map((hash) => exists(join(this.#chunks, hash))));
    return [...new Set(chunks.filter((_, k) => !there[k]))];
  }
  /** @returns false where the bytes are not what their name says. */
  async put(hash: string, bytes: Uint8Array): Promise<boolean> {
    if (bytes.length > CHUNK_BYTES || createHash("sha256").update(bytes).digest("hex") !== hash) return false;
    await putWhole(this.#chunks, hash, bytes);
    return true;
  }
  /** @returns false where a piece is missing, or the whole is not what its name says. */
  async commit(manifest: Manifest): Promise<boolean> {
    const { sha256, size, chunks } = manifest;
    if (chunks.length !== chunksOf(size).length) return false;
    const whole = createHash("sha256");
    let length = 0;
    for (const hash of chunks) {
      const bytes = await readFile(join(this.#chunks, hash)).catch(() => undefined);
      if (!bytes) return false;
      whole.update(bytes);
      length += bytes.length;
    }
    if (length !== size || whole.digest("hex") !== sha256) return false;
    await putWhole(this.#manifests, sha256, new TextEncoder().encode(JSON.stringify(manifest)));
    return true;
  }
  async manifest(sha256: string): Promise<Manifest | undefined> {
    const text = await readFile(join(this.#manifests, sha256), "utf8").catch(() => undefined);
    return text === undefined ? undefined : Manifest.parse(JSON.parse(text));
  }
  /** The bytes of a sound, piece by piece. */
  async *bytes({ chunks }: Manifest): AsyncGenerator<Uint8Array> {
    for (const hash of chunks) yield await readFile(join(this.#chunks, hash));
  }
  /** Bytes of all pieces, rounded up to whole ones. */
  async used(): Promise<number> {
    return (await readdir(this.#chunks).catch(() => [])).length * CHUNK_BYTES;
  }
}
