import { linkSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Complaint } from "@kuishi/base";
import { makeFolders } from "@kuishi/base/folders";
import { hasCode } from "./codes.ts";
import { diskComplaint } from "./disk.ts";

/**
 * When a process began, as its system counts: a number that came round belongs to another process. Elsewhere than on
 * Linux the number alone is compared.
 */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  } catch {
    return "";
  }
}
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // there, but somebody else's
    return hasCode(error, "EPERM");
  }
}

/**
 * Takes a folder for this process alone. A lock whose process is gone, or is another one by the same number, is taken over.
 * @returns gives it back. @throws Complaint where a server runs on the folder, or it cannot be made or written.
 */
export function lockFolder(folder: string): () => void {
  const path = join(folder, "server.lock");
  const own = `${path}.${process.pid}`;
  try {
    makeFolders(folder);
    writeFileSync(own, JSON.stringify({ pid: process.pid, start: startOf(process.pid) }));
  } catch (error) {
    throw diskComplaint(error);
  }
  try {
    for (let round = 0; round < 3; round++) {
      try {
        // a link is made by one process or by the other, and has its words in it from the beginning
        linkSync(own, path);
        return () => rmSync(path, { force: true });
      } catch (error) {
        if (!hasCode(error, "EEXIST")) throw error;
      }
      const holder = holderOf(path);
      if (holder && isAlive(holder.pid) && startOf(holder.pid) === holder.start)
        throw new Complaint("usage", "server.locked", { folder, pid: String(holder.pid) });
      rmSync(path, { force: true });
    }
    throw new Complaint("usage", "server.locked", { folder, pid: "?" });
  } finally {
    rmSync(own, { force: true });
  }
}
function holderOf(path: string): { readonly pid: number; readonly start: string } | undefined {
  try {
    const told: unknown = JSON.parse(readFileSync(path, "utf8"));
    if (told !== null && typeof told === "object" && "pid" in told && "start" in told) return { pid: Number(told.pid), start: String(told.start) };
  } catch {
    // nobody that could be asked
  }
  return undefined;
}
