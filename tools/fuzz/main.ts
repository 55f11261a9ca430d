// Gives damaged files to every reader: none may crash, hang, burst, give a number that is none, or fail otherwise than with a complaint.
//   npm run fuzz [-- --only NAME,NAME --count N]      KUISHI_SEED=N repeats a run; what fails is kept in out/fuzz
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { goodFiles } from "./good.ts";
import { inputOf } from "./input.ts";
import { readers } from "./readers.ts";
import { fuzz } from "./run.ts";

const option = (name: string): string | undefined => {
  const at = process.argv.indexOf(name);
  return at > 0 ? process.argv[at + 1] : undefined;
};
const seed = Number(process.env["KUISHI_SEED"] ?? Math.floor(performance.timeOrigin % 1e6));
const only = option("--only")?.split(",");
const good = await goodFiles();
const names = Object.keys(readers).filter((name) => (only === undefined || only.includes(name)) && good[name]);
const each = Math.ceil(Number(option("--count") ?? 100_000) / names.length);
console.log(`KUISHI_SEED=${seed}: ${each} damaged files for each of ${names.join(", ")}`);

const folder = join(import.meta.dirname, "..", "..", "out", "fuzz");
mkdirSync(folder, { recursive: true });
let failed = 0;
for (const name of names) {
  const { user, system } = process.cpuUsage();
  const outcome = await fuzz({ name, seed, from: 0, to: each, good: good[name]! });
  const after = process.cpuUsage();
  const spent = (after.user + after.system - user - system) / 1e6;
  console.log(`${name}: ${outcome.read} read, ${outcome.refused} refused, ${outcome.failures.length} failed, ${spent.toFixed(1)} s CPU`);
  for (const { index, what } of outcome.failures) {
    const file = join(folder, `${name}-${seed}-${index}`);
    writeFileSync(file, inputOf({ name, seed, good: good[name]! }, index));
    writeFileSync(`${file}.txt`, what);
    console.log(`  ${file}: ${what.split("\n")[0]}`);
  }
  failed += outcome.failures.length;
}
process.exitCode = failed > 0 ? 1 : 0;
