// What is built of the sources is built when it is first needed. Plain JavaScript: it runs before anything that needs the kernels.
// In a package that came with everything built there are no tools, and nothing is to be done.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const home = join(import.meta.dirname, "..", "..", "..");
const page = join(home, "apps", "studio", "dist", "index.html");

/** The kernels, where a source is newer than they are. */
export async function buildKernels() {
  const tool = join(home, "tools", "kernels.mjs");
  if (existsSync(tool)) await import(pathToFileURL(tool).href);
}

/** Whether the page is there. */
export const hasPage = () => existsSync(page);

/** The page, where it is missing. */
export async function buildPage() {
  const vite = join(home, "node_modules", "vite", "bin", "vite.js");
  if (hasPage() || !existsSync(vite)) return;
  // what it says goes to standard error: standard output is the command's own
  execFileSync(process.execPath, [vite, "build", "--config", join(home, "apps", "studio", "vite.config.ts"), "--logLevel", "warn"], {
    cwd: home,
    stdio: ["ignore", 2, 2],
  });
}
