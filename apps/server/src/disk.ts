import { type FileHandle, mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Complaint } from "@kuishi/base";
import type { Store } from "@kuishi/project";
import { hasCode } from "./codes.ts";

/** What the disk's own errors mean to whoever runs the server. */
export function diskComplaint(error: unknown): Complaint {
  if (hasCode(error, "ENOSPC") || hasCode(error, "EDQUOT")) return new Complaint("cannotWrite", "store.full");
  return new Complaint("cannotWrite", "server.disk", { reason: error instanceof Error ? error.message : String(error) });
}
/** Names of a folder's files are on the disk. A system that cannot open folders keeps them by itself. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r").catch(() => undefined);
  try {
    await handle?.sync();
  } catch (error) {
    if (!hasCode(error, "EISDIR") && !hasCode(error, "EPERM") && !hasCode(error, "EINVAL")) throw error;
  } finally {
    await handle?.close();
  }
}

/** A folder of files that grow. What `append` has written is on the disk, synced, when it resolves. */
export class Disk implements Store {
  readonly #folder: string;
  readonly #open = new Map<string, FileHandle>();

  constructor(folder: string) {
    this.#folder = folder;
  }
  async list(): Promise<readonly string[]> {
    return await readdir(this.#folder).catch((error: unknown) => {
      if (hasCode(error, "ENOENT")) return [];
      throw diskComplaint(error);
    });
  }
  async read(name: string): Promise<Uint8Array | null> {
    try {
      return await readFile(join(this.#folder, name));
    } catch (error) {
      if (hasCode(error, "ENOENT")) return null;
      throw diskComplaint(error);
    }
  }
  async append(name: string, bytes: Uint8Array): Promise<void> {
    try {
      let handle = this.#open.get(name);
      if (!handle) {
        await mkdir(this.#folder, { recursive: true });
        handle = await open(join(this.#folder, name), "a");
        this.#open.set(name, handle);
        await syncFolder(this.#folder);
        await syncFolder(dirname(this.#folder));
      }
      await handle.appendFile(bytes);
      await handle.datasync();
    } catch (error) {
      throw diskComplaint(error);
    }
  }
  async remove(name: string): Promise<void> {
    await this.#open.get(name)?.close();
    this.#open.delete(name);
    await rm(join(this.#folder, name), { force: true });
  }
  async close(): Promise<void> {
    for (const handle of this.#open.values()) await handle.close();
    this.#open.clear();
  }
}

/** A file that is there whole, synced, or not at all. */
export async function putWhole(folder: string, name: string, bytes: Uint8Array): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    const beside = join(folder, `.${name}.${process.pid}.part`);
    const handle = await open(beside, "w");
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(beside, join(folder, name));
    await syncFolder(folder);
  } catch (error) {
    throw diskComplaint(error);
  }
}
