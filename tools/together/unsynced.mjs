// Loaded before the server (`node --import`): notes how much of each file is synced, so that a test can drop the rest, as a
// power cut may. Linux: a handle's path is read from /proc.
import { appendFileSync, readlinkSync } from "node:fs";
import { open } from "node:fs/promises";

const handle = await open("/dev/null");
const prototype = Object.getPrototypeOf(handle);
await handle.close();
for (const name of ["sync", "datasync"]) {
  const real = prototype[name];
  prototype[name] = async function synced() {
    // what is written after the call began may not be in it
    const { size } = await this.stat();
    const path = readlinkSync(`/proc/self/fd/${this.fd}`);
    await real.call(this);
    appendFileSync(process.env.KUISHI_SYNCED, `${JSON.stringify([path, size])}\n`);
  };
}
