// Refuses identifiers that docs/glossary.md has retired, in its last table: | not | but |.
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { bare } from "./bare.mjs";

const home = join(import.meta.dirname, "..");
const table = readFileSync(join(home, "docs", "glossary.md"), "utf8").split("## Words we no longer use")[1] ?? "";
const retired = new Map(
  [...table.matchAll(/^\| (`.+?) \| (.+) \|$/gm)].flatMap(([, not, but]) => [...not.matchAll(/`(\w+)`/g)].map((match) => [match[1], but])),
);
if (retired.size === 0) {
  console.error("words: docs/glossary.md has no table of retired words");
  process.exit(1);
}

const problems = [];
const sources = globSync(["packages/*/{src,kernels}/**/*.ts", "apps/*/src/**/*.{ts,tsx}", "tests/*.ts", "tools/**/*.{ts,mjs}"], { cwd: home });
for (const file of sources.sort()) {
  bare(readFileSync(join(home, file), "utf8"))
    .split("\n")
    .forEach((line, i) => {
      for (const [word] of line.matchAll(/[A-Za-z_$][\w$]*/g)) {
        if (retired.has(word)) problems.push(`${file}:${i + 1} says ${word}; the glossary says ${retired.get(word)}`);
      }
    });
}
for (const problem of problems) console.error(problem);
console.log(problems.length === 0 ? `words: none of ${retired.size} retired names is used` : `words: ${problems.length} retired names`);
process.exit(problems.length === 0 ? 0 : 1);
