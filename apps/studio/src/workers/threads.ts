import type { FromThread, Threads } from "@kuishi/flow";

/** More than these beside the one that mixes would wait for it, and each takes the kernels' memory once. */
const MAX_COUNT = 3;

/** Workers of a worker, one for each core beside its own. */
export const workerThreads: Threads = {
  count: Math.min(MAX_COUNT, (navigator.hardwareConcurrency || 1) - 1),
  start() {
    const worker = new Worker(new URL("./strips.worker.ts", import.meta.url), { type: "module" });
    return {
      post: (message, transfer) => worker.postMessage(message, transfer),
      listen(told, failed) {
        worker.onmessage = ({ data }: MessageEvent<FromThread>) => told(data);
        worker.onerror = (event) => failed(new Error(event.message));
      },
      close: () => worker.terminate(),
    };
  },
};
