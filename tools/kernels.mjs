// Builds packages/signal/kernels into one .wasm, when a kernel is newer than it.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, renameSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const home = join(import.meta.dirname, "..", "packages", "signal");
const out = join(home, "build", "kernels.wasm");
const sources = readdirSync(join(home, "kernels")).map((name) => join(home, "kernels", name));
const newest = Math.max(...sources.map((file) => statSync(file).mtimeMs));
if (!existsSync(out) || statSync(out).mtimeMs < newest) {
  mkdirSync(dirname(out), { recursive: true });
  const asc = join(dirname(createRequire(import.meta.url).resolve("assemblyscript/package.json")), "bin", "asc.js");
  // beside, then renamed: another process may be building or reading at this moment; standard output belongs to the caller's caller
  const beside = `${out}.${process.pid}.wasm`;
  execFileSync(process.execPath, [asc, "index.ts", "--config", "asconfig.json", "--outFile", beside], {
    cwd: join(home, "kernels"),
    stdio: ["ignore", 2, 2],
  });
  renameSync(beside, out);
}
