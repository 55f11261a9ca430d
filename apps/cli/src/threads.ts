import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { Threads } from "@kuishi/flow";

/** More than these beside the one that mixes would wait for it. */
const MAX_COUNT = 3;

/** Node's threads, one for each core beside the one that mixes. */
export function nodeThreads(count: number = Math.min(MAX_COUNT, availableParallelism() - 1)): Threads {
  return {
    count,
    start() {
      const worker = new Worker(new URL("./strips.worker.mjs", import.meta.url));
      let closed = false;
      return {
        post: (message, transfer) => worker.postMessage(message, transfer),
        listen(told, failed) {
          worker.on("message", told);
          worker.on("error", failed);
          worker.on("exit", (code) => {
            if (!closed) failed(new Error(`exit ${code}`));
          });
        },
        close() {
          closed = true;
          void worker.terminate();
        },
      };
    },
  };
}
