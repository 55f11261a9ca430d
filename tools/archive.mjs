// The built page as one archive, to be unpacked wherever files are served: out/kuishi-studio-<version>.zip. The same page, the same bytes.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { zipSync } from "fflate";

const home = join(import.meta.dirname, "..");
const dist = join(home, "apps", "studio", "dist");
const { version } = JSON.parse(readFileSync(join(home, "package.json"), "utf8"));
const files = readdirSync(dist, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name))
  .sort();
// what is packed already is not packed twice
const level = (file) => (/\.(flac|png|woff2)$/.test(file) ? 0 : 9);
const entries = files.map((file) => [
  `kuishi-studio/${relative(dist, file).split(sep).join("/")}`,
  [readFileSync(file), { level: level(file), mtime: new Date(1980, 0, 1) }],
]);
mkdirSync(join(home, "out"), { recursive: true });
const out = join(home, "out", `kuishi-studio-${version}.zip`);
writeFileSync(out, zipSync(Object.fromEntries(entries)));
console.log(out);
