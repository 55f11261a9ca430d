import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const home = join(import.meta.dirname, "..");

/** What a run of the command line came to. */
export interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}
/** Runs `kuishi` as a user does. */
export function kuishi(args: readonly string[], environment: Record<string, string> = {}): Run {
  const run = spawnSync(process.execPath, [join(home, "apps/cli/src/main.mjs"), ...args], {
    encoding: "utf8",
    cwd: home,
    env: { ...process.env, LANG: "C", LC_ALL: "C", INIT_CWD: home, ...environment },
    maxBuffer: 1 << 28,
    // a run that never ends is a failure, not a suite that never ends
    timeout: 300_000,
    killSignal: "SIGKILL",
  });
  return { code: run.status ?? -1, out: run.stdout, err: run.stderr };
}
/** A folder that goes away again. */
export function scratch(): { path: string; [Symbol.dispose](): void } {
  const path = mkdtempSync(join(tmpdir(), "kuishi-"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}
export const example = join(home, "examples", "balbyrauyn.flac");
