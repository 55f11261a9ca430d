// Guards the house: packages import only what their manifest names, manifests name only lower floors,
// folders of the page likewise, and nobody outside the page's drawing calls the host's own transcendental functions (docs/adr/0001).
// That files do not import each other in circles, types included, Biome sees to (noImportCycles).
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { bare } from "./bare.mjs";

const SCOPE = "@kuishi/";
const floors = JSON.parse(readFileSync(new URL("floors.json", import.meta.url), "utf8"));
const floorOf = new Map(floors.flatMap((names, floor) => names.map((name) => [SCOPE + name, floor])));
const problems = [];
const HOST_MATHS =
  /\bMath\s*\.\s*(sin|cos|tan|asin|acos|atan|atan2|exp|expm1|log|log2|log10|log1p|pow|sinh|cosh|tanh|asinh|acosh|atanh|cbrt|hypot|random)\b|(?<![*/])\*\*(?![*/])/;

/** What the page consists of, lowest first: a file imports, also when it is needed only, from its own folder and from those before. */
const PAGE = ["measure.ts", "look", "workers", "audio", "state", "views", "app.tsx", "main.tsx"];
const SRC = join("apps", "studio", "src");
for (const file of readdirSync(SRC, { recursive: true })) {
  if (!/\.tsx?$/.test(file)) continue;
  const floorIn = (path) => PAGE.indexOf(relative(SRC, path).split(sep)[0]);
  const own = floorIn(join(SRC, file));
  if (own < 0) problems.push(`${join(SRC, file)} has no floor in the page (tools/arrows.mjs)`);
  for (const [, other] of readFileSync(join(SRC, file), "utf8").matchAll(/(?:\bfrom\s+|\bimport\s*\(?\s*|\bURL\(\s*)"(\.{1,2}\/[^"?]+)/g)) {
    const path = join(SRC, file, "..", other);
    if (!relative(SRC, path).startsWith("..") && floorIn(path) > own) problems.push(`${join(SRC, file)} imports ${path}, which stands above it`);
  }
}

for (const home of ["packages", "apps"]) {
  for (const folder of readdirSync(home)) {
    const root = join(home, folder);
    if (!existsSync(join(root, "package.json"))) continue;
    const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    const allowed = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
    const floor = floorOf.get(manifest.name);
    if (floor === undefined) problems.push(`${manifest.name} has no floor in tools/floors.json`);
    for (const name of allowed.filter((other) => other.startsWith(SCOPE))) {
      if (!(floorOf.get(name) < floor)) problems.push(`${manifest.name} must not depend on ${name}`);
    }
    const used = new Set();
    for (const file of readdirSync(join(root, "src"), { recursive: true })) {
      if (!/\.tsx?$/.test(file)) continue;
      const path = join(root, "src", file);
      const text = readFileSync(path, "utf8");
      const test = /\.test\.tsx?$/.test(file);
      for (const [, name] of text.matchAll(/from\s+["'](@kuishi\/[^"'/]+)/g)) {
        used.add(name);
        if (name !== manifest.name && !allowed.includes(name) && !(test && name === `${SCOPE}lab`))
          problems.push(`${path} imports ${name}, which its package.json does not name`);
      }
      if (!test && manifest.name !== "@kuishi/studio" && HOST_MATHS.test(bare(text))) problems.push(`${path} calls the host's mathematics; use @kuishi/base`);
    }
    for (const name of allowed.filter((other) => other.startsWith(SCOPE) && !used.has(other)))
      problems.push(`${manifest.name} names ${name} and never imports it`);
  }
}

for (const problem of problems) console.error(problem);
if (problems.length === 0) console.log("arrows: every package imports downwards only");
process.exitCode = problems.length > 0 ? 1 : 0;
