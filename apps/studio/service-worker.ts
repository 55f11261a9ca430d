import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const TEMPLATE = join(import.meta.dirname, "src/sw.js");
const sha256 = (bytes: Uint8Array | string): string => createHash("sha256").update(bytes).digest("hex");

/** Writes the service worker of a built page: with every file of it, by its hash. */
export function writeServiceWorker(dist: string): void {
  const files = readdirSync(dist, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== "sw.js")
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(dist.length + 1)
        .replaceAll("\\", "/"),
    )
    .sort()
    .map((path) => [path, sha256(readFileSync(join(dist, path)))] as const);
  const page = files.find(([path]) => path === "index.html")!;
  const all = JSON.stringify([["./", page[1]], ...files]);
  const worker = readFileSync(TEMPLATE, "utf8").replace("__VERSION__", sha256(all).slice(0, 16)).replace('"__FILES__"', all);
  writeFileSync(join(dist, "sw.js"), worker);
}
