import { Complaint, SAMPLE_RATE } from "@kuishi/base";
import { wavHeader } from "@kuishi/media";
import { ContentHash, Journal, MemoryStore, type Store } from "@kuishi/project";
import type { StoreAnswers, StoreAsk, StoredProject, StoreTold } from "./messages.ts";
import { type Answering, answerEach } from "./rpc.ts";

/**
 * Keeps projects in the browser's private file system: a folder each, with its journal, its sounds and
 * a card that names it. What a call has written is on the disk when it resolves.
 */

/** Synchronous access to a file, which only workers have; not among the types of a page. */
interface SyncFile {
  read(bytes: Uint8Array, options: { at: number }): number;
  write(bytes: Uint8Array, options: { at: number }): number;
  getSize(): number;
  truncate(size: number): void;
  flush(): void;
  close(): void;
}

const tell = (told: StoreTold): void => self.postMessage(told);
const ROOT = "kuishi";
const CARD = "card.json";
/** Names of files are flat here. */
const flat = (entry: string): string => entry.replaceAll("/", "~");
/** A project's own files stand apart from its journal and card, whatever a bundle calls them. */
const fileOf = (entry: string): string => `file~${entry}`;
/** What can be made anew stands apart from both: nothing of a bundle can pass for it. */
const madeOf = (entry: string): string => `made~${entry}`;
/** Says under which name the file of a content's address was written: files are never renamed while somebody may read them. */
const aliasOf = (address: string): string => `alias~${address}`;

/** What the browser's own errors mean to a person. */
function complaintOf(error: unknown): unknown {
  if (!(error instanceof DOMException)) return error;
  if (error.name === "QuotaExceededError") return new Complaint("cannotWrite", "store.full");
  if (error.name === "NoModificationAllowedError") return new Complaint("cannotWrite", "store.busy");
  return new Complaint("cannotWrite", "store.refused", { reason: error.name });
}

/** A folder of the private file system; files that grow are kept open. */
class FolderStore implements Store {
  readonly #folder: FileSystemDirectoryHandle;
  readonly #open = new Map<string, Promise<SyncFile>>();

  constructor(folder: FileSystemDirectoryHandle) {
    this.#folder = folder;
  }
  async list(): Promise<readonly string[]> {
    const names: string[] = [];
    for await (const name of this.#folder.keys()) names.push(name);
    return names;
  }
  #handle(name: string): Promise<SyncFile> {
    const own =
      this.#open.get(name) ??
      this.#folder
        .getFileHandle(flat(name), { create: true })
        .then((file) => (file as FileSystemFileHandle & { createSyncAccessHandle(): Promise<SyncFile> }).createSyncAccessHandle())
        .catch((error: unknown) => {
          throw complaintOf(error);
        });
    this.#open.set(name, own);
    own.catch(() => this.#open.delete(name));
    return own;
  }
  async read(name: string): Promise<Uint8Array | null> {
    const own = this.#open.get(name);
    if (own) {
      const handle = await own;
      const bytes = new Uint8Array(handle.getSize());
      handle.read(bytes, { at: 0 });
      return bytes;
    }
    const blob = await this.blob(name);
    return blob && new Uint8Array(await blob.arrayBuffer());
  }
  async blob(name: string): Promise<Blob | null> {
    try {
      return await (await this.#folder.getFileHandle(flat(name))).getFile();
    } catch (error) {
      if (error instanceof DOMException && error.name === "NotFoundError") return null;
      throw error;
    }
  }
  async append(name: string, bytes: Uint8Array): Promise<void> {
    const handle = await this.#handle(name);
    await this.patch(name, handle.getSize(), bytes);
  }
  /** Writes at a place. A file that could not take the whole is cut back to what it was. */
  async patch(name: string, at: number, bytes: Uint8Array): Promise<void> {
    const handle = await this.#handle(name);
    const before = handle.getSize();
    try {
      const written = handle.write(bytes, { at });
      if (written < bytes.length) throw new DOMException("full", "QuotaExceededError");
      handle.flush();
    } catch (error) {
      if (handle.getSize() > before) handle.truncate(before);
      throw complaintOf(error);
    }
  }
  async replace(name: string, bytes: Uint8Array): Promise<void> {
    const handle = await this.#handle(name);
    await this.patch(name, 0, bytes);
    handle.truncate(bytes.length);
    handle.flush();
  }
  async close(name: string): Promise<void> {
    const own = this.#open.get(name);
    this.#open.delete(name);
    (await own)?.close();
  }
  /** Lets go of all files, or of those that a test picks. */
  async closeAll(picked: (name: string) => boolean = () => true): Promise<void> {
    for (const name of [...this.#open.keys()]) if (picked(name)) await this.close(name).catch(() => {});
  }
  async remove(name: string): Promise<void> {
    await this.close(name);
    await this.#folder.removeEntry(flat(name)).catch(() => {});
  }
}

interface Open {
  readonly id: string;
  readonly store: Store;
  readonly folder: FolderStore | undefined;
  /** undefined where the project is only read. */
  readonly journal: Journal | undefined;
}
let open: Open | undefined;
const asJson = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

async function root(): Promise<FileSystemDirectoryHandle> {
  return await (await navigator.storage.getDirectory()).getDirectoryHandle(ROOT, { create: true });
}
const folderOf = async (id: string): Promise<FolderStore> => new FolderStore(await (await root()).getDirectoryHandle(id, { create: true }));

async function cards(): Promise<StoredProject[]> {
  const out: StoredProject[] = [];
  for await (const [id, handle] of (await root()).entries()) {
    if (handle.kind !== "directory") continue;
    const bytes = await new FolderStore(handle).read(CARD).catch(() => null);
    let card: Omit<StoredProject, "id"> = { title: "", changed: 0, saved: null };
    try {
      if (bytes) card = JSON.parse(new TextDecoder().decode(bytes));
    } catch {
      // a card that was torn: the project behind it is whole
    }
    out.push({ ...card, id });
  }
  return out.sort((a, b) => b.changed - a.changed);
}

const current = (): Open => {
  if (!open) throw new Error("no project is open");
  return open;
};
const writable = (): Journal => {
  const { journal } = current();
  if (!journal) throw new Complaint("cannotWrite", "store.busy");
  return journal;
};

async function blobOf(name: string): Promise<Blob | null> {
  const { store, folder } = current();
  if (folder) return await folder.blob(name);
  const bytes = await store.read(name);
  return bytes && new Blob([bytes as Uint8Array<ArrayBuffer>]);
}
/** A file's bytes, where it was written under this entry or has it as its content's address. */
async function fileAt(entry: string): Promise<Blob | null> {
  const own = await blobOf(fileOf(entry));
  if (own) return own;
  const alias = await blobOf(aliasOf(entry));
  return alias && (await blobOf(fileOf(await alias.text())));
}
async function put(name: string, blob: Blob): Promise<null> {
  const { store, folder } = current();
  const bytes = new Uint8Array(await blob.arrayBuffer());
  if (folder) {
    await folder.replace(name, bytes);
    await folder.close(name);
  } else {
    await store.remove(name);
    await store.append(name, bytes);
  }
  return null;
}
/** @returns the address under which a file is found from now on. */
async function address({ entry, name }: Extract<StoreAsk, { do: "address" }>): Promise<string | null> {
  const blob = await fileAt(entry);
  if (!blob) return null;
  const hash = new ContentHash();
  const reader = blob.stream().getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) hash.update(part.value);
  const address = hash.address(name);
  if (!(await fileAt(address))) await put(aliasOf(address), new Blob([entry]));
  return address;
}

const answers: Answering<StoreAsk, StoreAnswers> = {
  list: cards,
  open: async ({ project, kept, write }) => {
    await open?.folder?.closeAll();
    let store: Store = new MemoryStore();
    let folder: FolderStore | undefined;
    if (kept) store = folder = await folderOf(project);
    open = { id: project, store, folder, journal: undefined };
    const { journal, updates } = await Journal.open(store);
    if (write) open = { ...open, journal };
    return updates;
  },
  close: async () => {
    // a take that is being recorded goes on
    await open?.folder?.closeAll((name) => !name.startsWith(fileOf("")));
    if (open) open = { ...open, journal: undefined };
    return null;
  },
  append: async ({ updates }) => {
    await writable().append(...updates);
    return writable().isLong;
  },
  compact: async ({ state }) => {
    await writable().compact(state);
    return null;
  },
  card: async ({ card }) => {
    await current().folder?.replace(CARD, asJson(card));
    return null;
  },
  put: ({ entry, blob, made }) => put(made ? madeOf(entry) : fileOf(entry), blob),
  get: ({ entry, made }) => (made ? blobOf(madeOf(entry)) : fileAt(entry)),
  address,
  drop: async ({ entry, made }) => {
    await current().store.remove(made ? madeOf(entry) : fileOf(entry));
    return null;
  },
  remove: async ({ project }) => {
    if (open?.id === project) {
      await open.folder?.closeAll();
      open = undefined;
    }
    await (await root()).removeEntry(project, { recursive: true });
    return null;
  },
  record,
  mend: ({ entry }) => mend(entry),
};

/** Bytes before the samples of a float WAV, as `wavHeader` writes it, and of one frame of two channels. */
const header = (channels: number, frames: number): Uint8Array => wavHeader("float32", SAMPLE_RATE, channels, frames) as Uint8Array;

/**
 * Takes what a microphone gives from a port straight into a file, so that nothing but this worker stands between the two: every
 * quarter of a second it is on the disk. A `null` ends it.
 */
async function record({ entry, port, channels }: Extract<StoreAsk, { do: "record" }>): Promise<null> {
  const { store, folder } = current();
  const file = fileOf(entry);
  await store.append(file, header(channels, 0));
  let held: Float32Array[] = [];
  let count = 0;
  let frames = 0;
  let broken = false;
  const flush = async (): Promise<void> => {
    const part = new Float32Array(count);
    let at = 0;
    for (const block of held) {
      part.set(block, at);
      at += block.length;
    }
    held = [];
    count = 0;
    await store.append(file, new Uint8Array(part.buffer));
    frames += part.length / channels;
  };
  let last: Promise<void> = Promise.resolve();
  port.onmessage = ({ data }: MessageEvent<Float32Array | null>) => {
    if (data) {
      held.push(data);
      count += data.length;
    }
    if (data && count < (SAMPLE_RATE * channels) / 4) return;
    last = last
      .then(flush)
      .then(async () => {
        if (data) return;
        port.close();
        if (folder) {
          await folder.patch(file, 0, header(channels, frames));
          await folder.close(file);
        }
        tell({ told: "recorded", entry, frames });
      })
      .catch((error: unknown) => {
        if (broken) return;
        broken = true;
        const complaint = complaintOf(error);
        tell({ told: "broken", entry, frames, code: complaint instanceof Complaint ? complaint.code : "store.refused" });
      });
  };
  return null;
}

/** Writes the true length into a take whose recording was cut off. @returns its frames. */
async function mend(entry: string): Promise<number> {
  const { folder } = current();
  const file = fileOf(entry);
  const blob = await folder?.blob(file);
  if (!folder || !blob) return 0;
  const head = new DataView(await blob.slice(0, 64).arrayBuffer());
  const channels = head.byteLength >= 24 ? head.getUint16(22, true) : 0;
  if (channels < 1 || channels > 2) return 0;
  const from = header(channels, 0).length;
  const frames = Math.max(0, Math.floor((blob.size - from) / (4 * channels)));
  await folder.patch(file, 0, header(channels, frames));
  await folder.close(file);
  return frames;
}

answerEach(answers);
