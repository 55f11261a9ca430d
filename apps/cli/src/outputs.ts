import {
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join, relative, sep } from "node:path";
import { Complaint, type Progress, stopIfCancelled } from "@kuishi/base";
import { makeFolders, removeEmpty } from "@kuishi/base/folders";
import { isOutput, type Outputs } from "@kuishi/flow";
import { codeOf, fromHere, here } from "./files.ts";
import { hiddenIn, inProgress, remove, settled } from "./leftovers.ts";

/** What may stand in the way of writing, and what must survive it. */
export interface Claim {
  /** Replaces what is there, as far as it is ours to replace. */
  readonly force: boolean;
  /** Files that are being read: never written over. */
  readonly inputs: readonly string[];
}

/** Turns what the disk says into what the user can act on. */
export function writeComplaint(error: unknown, path: string): unknown {
  if (error instanceof Complaint) return error;
  const code = codeOf(error);
  if (code === "ENOSPC" || code === "EDQUOT" || code === "EFBIG") return new Complaint("cannotWrite", "output.full", { path });
  if (code === "ENOTDIR" || code === "EEXIST") return new Complaint("cannotWrite", "output.file", { path });
  if (code === "EISDIR") return new Complaint("cannotWrite", "output.folder", { path });
  if (code.startsWith("E") && !code.startsWith("ERR_")) return new Complaint("cannotWrite", "output.denied", { path, reason: code });
  return error;
}
const attempt = <T>(target: string, work: () => T): T => {
  try {
    return work();
  } catch (error) {
    throw writeComplaint(error, target);
  }
};

/** Where a path really lies: links followed as far as there is anything. */
function real(path: string): string {
  if (existsSync(path)) return realpathSync(path);
  const up = dirname(path);
  return up === path ? path : join(real(up), basename(path));
}
const stat = (path: string): Stats | undefined => statSync(path, { throwIfNoEntry: false });
const within = (folder: string, path: string): boolean => path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);

function writeAll(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at, bytes.length - at);
}

/** One file to be written whole: never seen half, never over an input, over another file only with force. */
export interface FileOutput {
  /** @throws Complaint; what was there before is then as it was. */
  write(content: string | Uint8Array): void;
}

/** @throws Complaint before any work is done, where it could not be written. */
export function fileOutput(target: string, claim: Claim): FileOutput {
  const check = (): { full: string; old: Stats | undefined } => {
    const full = real(fromHere(target));
    const old = stat(full);
    if (old?.isDirectory()) throw new Complaint("cannotWrite", "output.folder", { path: target });
    if (!old?.isFile()) return { full, old };
    for (const input of claim.inputs) {
      const read = stat(fromHere(input));
      if (read && read.dev === old.dev && read.ino === old.ino) throw new Complaint("cannotWrite", "output.input", { path: target });
    }
    if (!claim.force) throw new Complaint("cannotWrite", "output.taken", { path: target });
    return { full, old };
  };
  attempt(target, check);
  return {
    write: (content) =>
      attempt(target, () => {
        const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
        const { full, old } = check();
        if (old && !old.isFile()) writeThrough(full, old, bytes);
        else replaceFile(full, old, bytes);
      }),
  };
}

/** Where `--json` puts what came out. */
export interface JsonOutput {
  /** It takes the place of what is said in words on standard output. */
  readonly isStream: boolean;
  /** @throws Complaint, `cancelled` too: a file is then as it was. */
  write(value: unknown, progress: Progress): void;
}

/** What `--json` names: a file, standard output for `-`, nothing where it was not given. @throws Complaint before any work is done, where it could not be written. */
export function jsonOutput({ json: target, force }: { readonly json?: string; readonly force: boolean }, inputs: readonly string[]): JsonOutput {
  const isStream = target === "-";
  const file = target === undefined || isStream ? undefined : fileOutput(target, { force, inputs });
  return {
    isStream,
    write: (value, progress) => {
      const text = `${JSON.stringify(value)}\n`;
      if (isStream) process.stdout.write(text);
      stopIfCancelled(progress);
      file?.write(text);
    },
  };
}

/** Into a device or a pipe there is no renaming. */
function writeThrough(full: string, old: Stats, bytes: Uint8Array): void {
  // a pipe nobody reads would keep us for ever: without waiting, its opening fails
  if (old.isFIFO()) closeSync(openSync(full, constants.O_WRONLY | constants.O_NONBLOCK));
  const file = openSync(full, "w");
  try {
    writeAll(file, bytes);
  } finally {
    closeSync(file);
  }
}

/** Written beside, brought to disk, renamed. */
function replaceFile(full: string, old: Stats | undefined, bytes: Uint8Array): void {
  const made = makeFolders(dirname(full));
  const beside = hiddenIn(dirname(full));
  try {
    const file = openSync(beside, "wx", old ? old.mode & 0o777 : 0o666);
    try {
      writeAll(file, bytes);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(beside, full);
    settled(beside);
  } catch (error) {
    remove(beside);
    removeEmpty(made);
    throw error;
  }
}

const ZEROS = new Uint8Array(1 << 16);
/** Only zeros, of which there are many enough to be worth asking. */
function isSilent(bytes: Uint8Array): boolean {
  if (bytes.length < 4096) return false;
  for (let at = 0; at < bytes.length; at += ZEROS.length) {
    const part = bytes.subarray(at, at + ZEROS.length);
    if (Buffer.compare(part, ZEROS.subarray(0, part.length)) !== 0) return false;
  }
  return true;
}

/** Outputs that grow in a hidden folder and appear at the target only when all is done. */
export interface FolderOutputs extends Outputs {
  /** Brings them to the target; of what stands there, what Kuishi wrote is replaced and all else stays. @throws Complaint. */
  commit(): void;
  discard(): void;
}

/** Files in a folder and below it, by their path from there. */
const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"));

/** Names of an album's or a release's pieces, as its list tells them: nothing else shows that they are ours. */
function listedIn(folder: string): readonly string[] {
  const read = (name: string): { readonly tracks?: readonly { readonly name?: unknown }[]; readonly files?: readonly unknown[] } => {
    try {
      return JSON.parse(readFileSync(join(folder, name), "utf8"));
    } catch {
      return {};
    }
  };
  const names = [...(read("album.json").tracks ?? []).map((track) => track?.name), ...(read("release.json").files ?? [])];
  return names.filter((name): name is string => typeof name === "string" && basename(name) === name);
}

/** @throws Complaint before any work is done. */
export function folderOutputs(target: string, claim: Claim): FolderOutputs {
  const full = attempt(target, () => real(fromHere(target)));
  const check = (): void => {
    if (!existsSync(full)) return;
    if (!statSync(full).isDirectory()) throw new Complaint("cannotWrite", "output.file", { path: target });
    if ([here(), process.cwd()].some((folder) => within(full, real(folder)))) throw new Complaint("cannotWrite", "output.here", { path: target });
    const input = claim.inputs.find((path) => within(full, real(fromHere(path))));
    if (input !== undefined) throw new Complaint("cannotWrite", "output.holds", { path: target, input });
    if (!claim.force && readdirSync(full).some((name) => !inProgress(name))) throw new Complaint("cannotWrite", "output.exists", { path: target });
  };
  attempt(target, check);
  // inside the target where it is there: it may be another disk than what is around it
  const made = attempt(target, () => makeFolders(existsSync(full) ? full : dirname(full)));
  const beside = attempt(target, () => {
    const path = hiddenIn(existsSync(full) ? full : dirname(full));
    try {
      makeFolders(path);
    } catch (error) {
      removeEmpty(made);
      throw error;
    }
    return path;
  });
  const path = (name: string): string => join(beside, name);
  return {
    create: async (name) =>
      attempt(target, () => {
        makeFolders(dirname(path(name)));
        const file = openSync(path(name), "w");
        let end = 0;
        let written = 0;
        return {
          write: async (bytes) =>
            attempt(target, () => {
              // silence is left out of the file: the system reads what was never written as zeros
              if (!isSilent(bytes)) {
                for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at, bytes.length - at, end + at);
                written = end + bytes.length;
              }
              end += bytes.length;
            }),
          close: async () =>
            attempt(target, () => {
              if (written < end) ftruncateSync(file, end);
              closeSync(file);
            }),
        };
      }),
    read: async (name, from, to) => {
      const file = openSync(path(name), "r");
      try {
        const bytes = new Uint8Array(to - from);
        const got = readSync(file, bytes, 0, to - from, from);
        return bytes.subarray(0, got);
      } finally {
        closeSync(file);
      }
    },
    commit: () =>
      attempt(target, () => {
        check();
        if (existsSync(full)) replaceIn(full, beside, target);
        else renameSync(beside, full);
        settled(beside);
      }),
    discard: () => {
      remove(beside);
      removeEmpty(made);
    },
  };
}

/** Moves finished files into a folder that is there, each over its namesake; older outputs that have none now go. */
function replaceIn(full: string, beside: string, target: string): void {
  const fresh = filesIn(beside);
  const inTheWay = fresh.find((name) => stat(join(full, name))?.isDirectory());
  if (inTheWay !== undefined) throw new Complaint("cannotWrite", "output.folder", { path: join(target, inTheWay) });
  const listed = listedIn(full);
  const stale = ["", "stems"].flatMap((folder) => {
    const inside = join(full, folder);
    return stat(inside)?.isDirectory() ? readdirSync(inside).map((name) => (folder ? `${folder}/${name}` : name)) : [];
  });
  for (const name of fresh) {
    makeFolders(dirname(join(full, name)));
    renameSync(join(beside, name), join(full, name));
  }
  for (const name of stale) if (!fresh.includes(name) && (isOutput(name) || listed.includes(name))) rmSync(join(full, name), { force: true });
  removeEmpty([join(full, "stems")]);
  remove(beside);
}
