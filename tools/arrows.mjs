// Guards the house: packages import only what their manifest names, manifests name only lower floors,
// files do not import each other in circles, and nobody outside the page's drawing calls the host's own
// transcendental functions (docs/adr/0001).
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

const SCOPE = "@kuishi/";
const floors = JSON.parse(readFileSync(new URL("floors.json", import.meta.url), "utf8"));
const floorOf = new Map(floors.flatMap((names, floor) => names.map((name) => [SCOPE + name, floor])));
const problems = [];
const HOST_MATHS =
  /\bMath\s*\.\s*(sin|cos|tan|asin|acos|atan|atan2|exp|expm1|log|log2|log10|log1p|pow|sinh|cosh|tanh|asinh|acosh|atanh|cbrt|hypot|random)\b|(?<![*/])\*\*(?![*/])/;

function circles(graph) {
  const state = new Map();
  const found = [];
  const visit = (file, trail) => {
    if (state.get(file) === "done") return;
    if (state.get(file) === "open") {
      found.push([...trail.slice(trail.indexOf(file)), file].join(" -> "));
      return;
    }
    state.set(file, "open");
    for (const next of graph.get(file) ?? []) visit(next, [...trail, file]);
    state.set(file, "done");
  };
  for (const file of graph.keys()) visit(file, []);
  return found;
}

/** Source without comments and strings, so that prose may name what code may not. */
const bare = (text) =>
  text
    .replace(/\/\*[\s\S]*?\*\//g, "")
    .replace(/\/\/.*$/gm, "")
    .replace(/`(?:\\.|[^`\\])*`|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'/g, '""');

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
    const graph = new Map();
    const used = new Set();
    for (const file of readdirSync(join(root, "src"), { recursive: true })) {
      if (!/\.tsx?$/.test(file)) continue;
      const path = join(root, "src", file);
      const text = readFileSync(path, "utf8");
      const test = /\.test\.tsx?$/.test(file);
      const runtime = [...text.matchAll(/^\s*(?:import|export)\s+(?!type\b)[^"';]*?["']([^"']+)["']/gm)].map((match) => match[1]);
      graph.set(
        path,
        runtime.filter((source) => source.startsWith(".")).map((source) => normalize(join(dirname(path), source))),
      );
      for (const [, name] of text.matchAll(/from\s+["'](@kuishi\/[^"'/]+)/g)) {
        used.add(name);
        if (name !== manifest.name && !allowed.includes(name) && !(test && name === `${SCOPE}lab`))
          problems.push(`${path} imports ${name}, which its package.json does not name`);
      }
      if (!test && manifest.name !== "@kuishi/studio" && HOST_MATHS.test(bare(text))) problems.push(`${path} calls the host's mathematics; use @kuishi/base`);
    }
    for (const name of allowed.filter((other) => other.startsWith(SCOPE) && !used.has(other)))
      problems.push(`${manifest.name} names ${name} and never imports it`);
    problems.push(...circles(graph));
  }
}

for (const problem of problems) console.error(problem);
if (problems.length === 0) console.log("arrows: every package imports downwards only");
process.exitCode = problems.length > 0 ? 1 : 0;
