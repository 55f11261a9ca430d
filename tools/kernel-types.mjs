// Writes packages/signal/src/kernel-exports.ts: the types of everything the kernels export, from their own sources. With --check it
// only says whether that file is fresh: a signature that changes on one side alone does not compile.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const home = join(import.meta.dirname, "..", "packages", "signal");
const kernels = (name) => readFileSync(join(home, "kernels", `${name}.ts`), "utf8").replaceAll("\r\n", "\n");
const TYPES = { usize: "Address", i32: "number", u32: "number", f32: "number", f64: "number", bool: "number", void: "void" };
const typeOf = (type) =>
  TYPES[type] ??
  (() => {
    throw new Error(`${type} does not cross the border`);
  })();

const modules = [...kernels("index").matchAll(/^export \* from "\.\/([\w-]+)";$/gm)].map((match) => match[1]);
const functions = modules.flatMap((name) =>
  [...kernels(name).matchAll(/(?:^(\/\*\*(?:(?!\*\/)[\s\S])*\*\/)\n)?(?:^\/\/ @ts-ignore.*\n)?(?:^@\w+.*\n)*^export function (\w+)\(([^)]*)\): (\w+)/gm)].map(
    ([, doc, own, parameters, result]) => {
      const list = [...parameters.matchAll(/(\w+): (\w+)/g)].map(([, parameter, type]) => `${parameter}: ${typeOf(type)}`);
      return `${doc ? `  ${doc.replaceAll("\n", "\n  ")}\n` : ""}  ${own}(${list.join(", ")}): ${typeOf(result)};\n`;
    },
  ),
);
const text = `// Written by tools/kernel-types.mjs from kernels/*.ts.
/* biome-ignore-all format: written by a tool */

/** An address in the kernels' memory. */
export type Address = number;

/** The functions of \`kernels/\`, one instance with its own memory. */
export interface KernelExports {
  readonly memory: WebAssembly.Memory;
${functions.join("")}}
`;
const path = join(home, "src", "kernel-exports.ts");
if (!process.argv.includes("--check")) writeFileSync(path, text);
else if (readFileSync(path, "utf8").replaceAll("\r\n", "\n") !== text) {
  console.error("packages/signal/src/kernel-exports.ts is not what tools/kernel-types.mjs would write: run it");
  process.exitCode = 1;
} else console.log(`kernels: ${functions.length} functions, typed as they are written`);
