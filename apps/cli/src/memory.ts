import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/**
 * Gives back what the hearing used before the rendering asks for more. Left alone, the collector lets hundreds of
 * megabytes of dead sample buffers stand beside a twenty-minute recording, and the two together pass a gigabyte.
 */
export function returnMemory(): void {
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("gc");
  if (typeof collect === "function") collect();
}
