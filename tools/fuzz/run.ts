import { fork } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Outcome, Task } from "./input.ts";

/** What one input may take. */
const MOST_CPU_SEC = 5;
const MOST_MB = 500;
/** Between looks at the clock. */
const POLL_MS = 200;

/** Gives inputs to one reader, in a process of its own; what hangs, bursts or crashes ends that process and is noted, and the rest goes on. */
export async function fuzz(task: Omit<Task, "at">): Promise<Outcome> {
  let [read, refused] = [0, 0];
  const failures: { index: number; what: string }[] = [];
  const folder = mkdtempSync(join(tmpdir(), "kuishi-fuzz-"));
  try {
    for (let from = task.from; from < task.to; ) {
      const part = await stretch({ ...task, from, at: join(folder, "at") });
      read += part.outcome.read;
      refused += part.outcome.refused;
      failures.push(...part.outcome.failures);
      from = part.next;
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return { read, refused, failures };
}

/** As far as the process lives. */
async function stretch(task: Task): Promise<{ outcome: Outcome; next: number }> {
  writeFileSync(task.at, String(task.from).padEnd(12));
  const at = (): number => Number(readFileSync(task.at, "utf8"));
  const child = fork(new URL("./worker.ts", import.meta.url), { execArgv: [`--max-old-space-size=${MOST_MB}`], serialization: "advanced", silent: true });
  let printed = "";
  child.stdout?.on("data", (text) => (printed ||= String(text).slice(0, 200)));
  child.stderr?.resume();
  let ended = "";
  let [index, began] = [-1, 0];
  const watch = setInterval(() => {
    const now = at();
    const { cpuSec, megabytes } = usage(child.pid ?? 0);
    if (now !== index) [index, began] = [now, cpuSec];
    else if (cpuSec - began > MOST_CPU_SEC) ended = `hangs: more than ${MOST_CPU_SEC} s of CPU time`;
    if (megabytes > 2 * MOST_MB) ended = `takes more than ${MOST_MB} MB`;
    if (ended) child.kill("SIGKILL");
  }, POLL_MS);
  child.send(task);
  const outcome = await new Promise<Outcome | undefined>((resolve) => {
    child.once("message", (message) => resolve(message as Outcome));
    child.once("exit", (code, signal) => {
      // the collector's last word is an abort
      ended ||= signal === "SIGABRT" || code === 134 ? `takes more than ${MOST_MB} MB` : `ends its process: ${signal ?? code}`;
      resolve(undefined);
    });
  });
  clearInterval(watch);
  const last = at();
  child.kill("SIGKILL");
  const noise = printed === "" ? [] : [{ index: last, what: `prints: ${printed}` }];
  if (outcome) return { outcome: { ...outcome, failures: [...outcome.failures, ...noise] }, next: task.to };
  return { outcome: { read: 0, refused: 0, failures: [{ index: last, what: ended }, ...noise] }, next: last + 1 };
}

const started = performance.now();
/** What a process has used. Where the system does not tell (there is only Linux's way here), time on the wall stands for work. */
function usage(pid: number): { cpuSec: number; megabytes: number } {
  try {
    // proc(5): utime and stime are the 14th and 15th field, in hundredths; the name before them may hold anything but ends at a bracket
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ");
    const pages = Number(readFileSync(`/proc/${pid}/statm`, "utf8").split(" ")[1]);
    return { cpuSec: (Number(fields[11]) + Number(fields[12])) / 100, megabytes: (pages * 4096) / 2 ** 20 };
  } catch {
    return { cpuSec: (performance.now() - started) / 1000, megabytes: 0 };
  }
}
