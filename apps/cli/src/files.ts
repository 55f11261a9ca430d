import { readFileSync, type Stats, statSync } from "node:fs";
import { open } from "node:fs/promises";
import { resolve } from "node:path";
import { Complaint } from "@kuishi/base";
import type { ByteSource } from "@kuishi/media";
import type { Key } from "@kuishi/words";
import { reading } from "./deadline.ts";

/** Where the user stands, also under `npm run`. */
export const here = (): string => process.env["INIT_CWD"] ?? process.cwd();
/** Paths count from there. */
export const fromHere = (path: string): string => resolve(here(), path);

/** The system's name for what went wrong. */
export const codeOf = (error: unknown): string => (error as { code?: string }).code ?? "?";

const unreadable = (path: string, error: unknown): Complaint => new Complaint("unreadable", "file.unreadable", { path, reason: codeOf(error) });

/** A file that is there and holds bytes: no folder, and neither a pipe nor a device, which may never end. @throws Complaint. */
function existing(path: string): string {
  const full = fromHere(path);
  let stat: Stats;
  try {
    stat = statSync(full);
  } catch (error) {
    throw codeOf(error) === "ENOENT" ? new Complaint("unreadable", "file.missing", { path }) : unreadable(path, error);
  }
  if (stat.isDirectory()) throw new Complaint("unreadable", "file.folder", { path });
  if (!stat.isFile()) throw new Complaint("unreadable", "file.special", { path });
  return full;
}

/** A file as a source that reads only what is asked for. @throws Complaint. */
export async function fileSource(path: string): Promise<ByteSource & { close(): Promise<void> }> {
  const full = existing(path);
  try {
    const handle = await open(full, "r");
    const { size } = await handle.stat();
    reading(path, size);
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
    throw unreadable(path, error);
  }
}

/** A whole file. @throws Complaint. */
export function readWhole(path: string): Uint8Array {
  const full = existing(path);
  try {
    const bytes = new Uint8Array(readFileSync(full));
    reading(path, bytes.length);
    return bytes;
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** What a JSON file says. @param code of the complaint where it is none. @throws Complaint. */
export function readJson(path: string, code: Key): Record<string, unknown> {
  const text = new TextDecoder().decode(readWhole(path));
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    throw new Complaint("unreadable", code, { path });
  }
}
