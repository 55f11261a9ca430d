// Every citation of docs/sources.md leads to an entry there, every entry is cited, and nothing cites what a stranger cannot open.
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

const home = join(import.meta.dirname, "..");
const entries = new Set([...readFileSync(join(home, "docs", "sources.md"), "utf8").matchAll(/^## (\S+)$/gm)].map((match) => match[1]));
const cited = new Set();
const problems = [];
const files = globSync(
  ["packages/*/{src,kernels}/**/*.{ts,json}", "apps/*/src/**/*.{ts,tsx}", "tests/*.ts", "tools/**/*.{ts,mjs,py}", "docs/**/*.md", "*.md"],
  { cwd: home },
).filter((file) => file !== join("tools", "citations.mjs"));
for (const file of files.sort()) {
  readFileSync(join(home, file), "utf8")
    .split("\n")
    .forEach((line, i) => {
      for (const [, anchor] of line.matchAll(/sources\.md(?:#([\w-]+))?/g)) {
        if (anchor === undefined && !file.endsWith(".md")) problems.push(`${file}:${i + 1} cites docs/sources.md without an entry`);
        if (anchor !== undefined && !entries.has(anchor)) problems.push(`${file}:${i + 1} cites ${anchor}, which docs/sources.md does not have`);
        if (anchor !== undefined) cited.add(anchor);
      }
      if (/\bmusicology \d|\b(instrument_ranges|dombra_measurements|tunings|tar_frets|dombra_frets|modes_cents)\.json\b|\(instrument_ranges/.test(line))
        problems.push(`${file}:${i + 1} cites a file that is not here`);
    });
}
for (const entry of entries) if (!cited.has(entry)) problems.push(`docs/sources.md: nobody cites ${entry}`);
for (const problem of problems) console.error(problem);
if (problems.length === 0) console.log(`citations: ${cited.size} entries, all found and all cited`);
process.exitCode = problems.length > 0 ? 1 : 0;
