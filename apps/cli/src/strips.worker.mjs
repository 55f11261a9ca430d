// A thread of Node that renders strips. Not TypeScript itself: what Node makes of the sources is kept only from the second file on.
import { enableCompileCache } from "node:module";
import { parentPort } from "node:worker_threads";

enableCompileCache();
const { serveStrips } = await import("@kuishi/flow/strips");
parentPort.on(
  "message",
  serveStrips((message, transfer) => parentPort.postMessage(message, transfer)),
);
