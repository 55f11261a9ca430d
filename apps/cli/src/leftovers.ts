import { existsSync, readdirSync, rmSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";

/** Work in progress stands under such a name beside its target: whose it is can be told, so that what a killed run left is found. */
const HOST = hostname()
  .replace(/[^A-Za-z0-9]/g, "")
  .slice(0, 32);
const NAME = /^\.kuishi-([A-Za-z0-9]*)-(\d+)-\d+$/;

const live = new Set<string>();
let count = 0;
// whatever ends the process, short of a kill: a closed terminal, a second Ctrl+C, a fault of ours
process.on("exit", () => {
  for (const path of live) remove(path);
});

/** Whether a name in a folder is work in progress, of this run or another. */
export const inProgress = (name: string): boolean => NAME.test(name);

/** A free hidden name in a folder, which goes away with the process. What dead runs left there goes now. */
export function hiddenIn(folder: string): string {
  sweep(folder);
  const path = join(folder, `.kuishi-${HOST}-${process.pid}-${count++}`);
  live.add(path);
  return path;
}

/** Forgets a hidden name: it was renamed. */
export function settled(path: string): void {
  live.delete(path);
}

/** Removes what stands under a hidden name. */
export function remove(path: string): void {
  live.delete(path);
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // the next run into this folder tries again
  }
}

function sweep(folder: string): void {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    const [, host, pid] = NAME.exec(name) ?? [];
    if (host === HOST && !runs(Number(pid))) remove(join(folder, name));
  }
}

/** Whether a process of this machine is alive. */
function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as { code?: string }).code !== "ESRCH";
  }
}
