import {
  closeSync,
  existsSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { open } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { Complaint } from "@kuishi/base";
import type { Outputs } from "@kuishi/flow";
import type { ByteSource } from "@kuishi/media";

/** Paths count from where the user stands, also under `npm run`. */
export const fromHere = (path: string): string => resolve(process.env["INIT_CWD"] ?? process.cwd(), path);

const codeOf = (error: unknown): string => (error as { code?: string }).code ?? "?";

function existing(path: string): string {
  const full = fromHere(path);
  let stat: ReturnType<typeof statSync>;
  try {
    stat = statSync(full);
  } catch (error) {
    throw codeOf(error) === "ENOENT"
      ? new Complaint("unreadable", "file.missing", { path })
      : new Complaint("unreadable", "file.unreadable", { path, reason: codeOf(error) });
  }
  if (stat.isDirectory()) throw new Complaint("unreadable", "file.folder", { path });
  return full;
}

/** A file as a source that reads only what is asked for. @throws Complaint. */
export async function fileSource(path: string): Promise<ByteSource & { close(): Promise<void> }> {
  const full = existing(path);
  try {
    const handle = await open(full, "r");
    const { size } = await handle.stat();
    return {
      size,
      read: async (from, to) => {
        const want = Math.max(0, Math.min(to, size) - from);
        const bytes = new Uint8Array(want);
        let got = 0;
        while (got < want) {
          const { bytesRead } = await handle.read(bytes, got, want - got, from + got);
          if (bytesRead === 0) break;
          got += bytesRead;
        }
        return bytes.subarray(0, got);
      },
      close: () => handle.close(),
    };
  } catch (error) {
    throw new Complaint("unreadable", "file.unreadable", { path, reason: codeOf(error) });
  }
}

/** A whole small file. @throws Complaint. */
export function readWhole(path: string): Uint8Array {
  try {
    return new Uint8Array(readFileSync(existing(path)));
  } catch (error) {
    if (error instanceof Complaint) throw error;
    throw new Complaint("unreadable", "file.unreadable", { path, reason: codeOf(error) });
  }
}

/** Turns what the disk says into what the user can act on. */
export function writeComplaint(error: unknown, path: string): unknown {
  if (error instanceof Complaint) return error;
  const code = codeOf(error);
  if (code === "ENOSPC" || code === "EDQUOT" || code === "EFBIG") return new Complaint("cannotWrite", "output.full", { path });
  if (code === "ENOTDIR" || code === "EEXIST") return new Complaint("cannotWrite", "output.file", { path });
  if (["EACCES", "EPERM", "EROFS", "ENOENT", "EIO", "ENAMETOOLONG", "EINVAL", "ELOOP"].includes(code))
    return new Complaint("cannotWrite", "output.denied", { path, reason: code });
  return error;
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

/** Outputs that grow in a folder beside the target and appear there only when all is done. */
export interface FolderOutputs extends Outputs {
  commit(): void;
  discard(): void;
}

/** @param force replaces a folder that is not empty. @throws Complaint before any work is done. */
export function folderOutputs(target: string, force: boolean): FolderOutputs {
  const full = fromHere(target);
  const attempt = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw writeComplaint(error, target);
    }
  };
  if (existsSync(full)) {
    if (!statSync(full).isDirectory()) throw new Complaint("cannotWrite", "output.file", { path: target });
    if (attempt(() => readdirSync(full)).length > 0 && !force) throw new Complaint("cannotWrite", "output.exists", { path: target });
  }
  const beside = join(dirname(full), `.${basename(full)}.kuishi-${process.pid}`);
  attempt(() => mkdirSync(beside, { recursive: true }));
  const path = (name: string): string => join(beside, name);
  return {
    create: async (name) =>
      attempt(() => {
        mkdirSync(dirname(path(name)), { recursive: true });
        const file = openSync(path(name), "w");
        let end = 0;
        let written = 0;
        return {
          write: async (bytes) =>
            attempt(() => {
              // silence is left out of the file: the system reads what was never written as zeros
              if (!isSilent(bytes)) {
                for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at, bytes.length - at, end + at);
                written = end + bytes.length;
              }
              end += bytes.length;
            }),
          close: async () =>
            attempt(() => {
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
      attempt(() => {
        if (existsSync(full)) {
          const old = `${beside}-old`;
          renameSync(full, old);
          renameSync(beside, full);
          rmSync(old, { recursive: true, force: true });
        } else renameSync(beside, full);
      }),
    discard: () => rmSync(beside, { recursive: true, force: true }),
  };
}
