// Runs every @example of the packages' sources: what stands in a comment is true. In an example all that its file exports is at hand;
// `x; // => y` says that x is y, numbers to nine places, `// throws code` that a Complaint of that code is thrown.
import assert from "node:assert/strict";
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";

const home = join(import.meta.dirname, "..");
const out = join(home, "out", "examples");
rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });

const near = (value) =>
  typeof value === "number" && Number.isFinite(value)
    ? Number(value.toPrecision(9))
    : ArrayBuffer.isView(value)
      ? Array.from(value, near)
      : Array.isArray(value)
        ? value.map(near)
        : value && typeof value === "object" && Object.getPrototypeOf(value) === Object.prototype
          ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key, near(one)]))
          : value;
globalThis.is = (value, wanted) => assert.deepEqual(near(value), near(wanted));
globalThis.refuses = (run, code) => assert.throws(run, (error) => error.code === code || assert.fail(`threw ${error.code ?? error}`));

/** Code of one example, its claims made into assertions. */
const program = (code) =>
  code
    .split("\n")
    .map((line) => {
      const claim = line.match(/^(.*?);?\s*\/\/ => (.*)$/);
      if (claim) return `is(${claim[1]}, ${claim[2]});`;
      const refusal = line.match(/^(.*?);?\s*\/\/ throws (\S+)$/);
      return refusal ? `refuses(() => ${refusal[1]}, ${JSON.stringify(refusal[2])});` : line;
    })
    .join("\n");

let count = 0;
const failures = [];
for (const file of globSync("packages/*/src/**/*.ts", { cwd: home, exclude: ["**/*.test.ts"] }).sort()) {
  const text = readFileSync(join(home, file), "utf8");
  for (const match of text.matchAll(/\/\*\*(?:(?!\*\/)[\s\S])*?@example\n((?:(?!\*\/)[\s\S])*?)\*\//g)) {
    const code = match[1]
      .replace(/^ *\* ?/gm, "")
      .split(/^@/m)[0]
      .replace(/^```(ts)?$/gm, "")
      .trim();
    const line = text.slice(0, match.index).split("\n").length;
    const names = [...new Set([...text.matchAll(/^export (?:async )?(?:const|function\*?|class) (\w+)/gm)].map((found) => found[1]))].filter((name) =>
      new RegExp(`\\b${name}\\b`).test(code),
    );
    const imports = [...code.matchAll(/^import .*$/gm)].map((found) => found[0]).join("\n");
    const own = names.length > 0 ? `import { ${names.join(", ")} } from "${pathToFileURL(join(home, file)).href}";\n` : "";
    const path = join(out, `${file.replaceAll(/[\\/]/g, "-")}-${line}.ts`);
    writeFileSync(path, `// @ts-nocheck: ${file}:${line}\n${imports}\n${own}\n${program(code.replace(/^import .*$/gm, ""))}\n`);
    count++;
    try {
      await import(pathToFileURL(path).href);
    } catch (error) {
      failures.push(`${relative(home, join(home, file))}:${line}\n${error.message}\n`);
    }
  }
}
for (const failure of failures) console.error(failure);
if (count === 0) failures.push("no example was found");
console.log(`examples: ${count} run, ${failures.length} failed`);
process.exitCode = failures.length > 0 ? 1 : 0;
