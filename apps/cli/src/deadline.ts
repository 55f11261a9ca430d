import { Worker } from "node:worker_threads";
import { Complaint } from "@kuishi/base";

/**
 * Readers are bounded by what they are given, but some of them are others' and may find a way to go on for ever. A thread beside the
 * work looks on: where a file keeps the processor busy for longer than one of its size may, without a sign, the run ends with a sentence.
 */

/** Work a file may cost between two signs of progress, seconds of CPU time: other programs do not count. */
const allowedSec = (bytes: number): number => Math.min(120, 10 + bytes / 1e5);

interface Watched {
  readonly line: string;
  readonly seconds: number;
}
/** Signs of progress so far, and whether anything is being read: both are seen by the thread while the work is stuck. */
const state = new Int32Array(new SharedArrayBuffer(8));
const [SIGNS, READING] = [0, 1];

let thread: Worker | undefined;
let lineOf = (complaint: Complaint): string => complaint.code;

/** Says how a complaint is told. */
export function tellWith(line: (complaint: Complaint) => string): void {
  lineOf = line;
}

/** A file is about to be read. */
export function reading(path: string, bytes: number): void {
  // as text, since Node strips no types in a package and bundlers know no threads; it refers to nothing around it
  thread ??= new Worker(`(${look})()`, { eval: true, workerData: state });
  thread.unref();
  const seconds = Number(process.env["KUISHI_READ_SEC"] ?? allowedSec(bytes));
  const line = lineOf(new Complaint("unreadable", "read.slow", { path, seconds: Math.round(seconds) }));
  Atomics.add(state, SIGNS, 1);
  Atomics.store(state, READING, 1);
  thread.postMessage({ line, seconds } satisfies Watched);
}

/** Work goes on: decoding is still reading, whatever else is said is not. */
export function progressed(stage: string, done: number): void {
  Atomics.add(state, SIGNS, 1);
  if (stage !== "decode" || done >= 1) Atomics.store(state, READING, 0);
}

/** What the thread does. */
async function look(): Promise<void> {
  const { parentPort, workerData } = await import("node:worker_threads");
  const { Session } = await import("node:inspector");
  const { writeSync } = await import("node:fs");
  const state = workerData as Int32Array;
  let file: Watched | undefined;
  let [signs, began] = [-1, 0];
  parentPort!.on("message", (message: Watched) => {
    file = message;
  });
  const timer = setInterval(() => {
    const now = Atomics.load(state, 0);
    const { user, system } = process.cpuUsage();
    const spent = (user + system) / 1e6;
    if (now !== signs || Atomics.load(state, 1) === 0 || !file) [signs, began] = [now, spent];
    else if (spent - began > file.seconds) stop(file);
  }, 200);
  // the work is stuck and hears nothing: as a debugger would, its call is ended from here and its own ending made to follow
  const stop = ({ line }: Watched): void => {
    clearInterval(timer);
    writeSync(2, `${line}\n`);
    setTimeout(() => process.kill(process.pid, "SIGKILL"), 20_000);
    const session = new Session();
    session.connectToMainThread();
    session.once("Debugger.paused", () => {
      session.post("Runtime.evaluate", { expression: "process.exitCode = 3; setTimeout(() => process.exit(3))" }, () => {
        session.post("Runtime.terminateExecution");
        session.post("Debugger.disable");
        session.disconnect();
      });
    });
    session.post("Debugger.enable");
    session.post("Debugger.pause");
  };
}
