// Makes the shipped weights anew: the sets, the training, packages/listen/src/packed.ts; says of each whether it is what recipe.json says.
//   node tools/ear/make.ts WORK [PYTHON]       (needs ffmpeg, FluidSynth with FluidR3, PyTorch, the shared benchmark's notes; about 25 minutes of one core)
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { recipe } from "./recipe.ts";

const [work, python = "python3"] = process.argv.slice(2);
if (!work) throw new Error("usage: node tools/ear/make.ts WORK [PYTHON]");
const here = import.meta.dirname;
const run = (command: string, ...args: string[]): void => {
  execFileSync(command, args, { stdio: "inherit" });
};
/** Says whether a file is what the recipe's run made. */
function compare(path: string): void {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const found = createHash("sha256").update(readFileSync(path)).digest("hex");
  console.log(`${name}: ${found === recipe.hashes[name] ? "as in recipe.json" : `differs (${found})`}`);
}

mkdirSync(work, { recursive: true });
for (const { name } of [...recipe.stop, ...recipe.sets]) {
  const files = [join(work, `${name}.patches.u8`), join(work, `${name}.labels.f32`)];
  if (!files.every((file) => existsSync(file))) run(process.execPath, join(here, "examples.ts"), work, name);
  for (const file of files) compare(file);
}
const net = join(work, "net.bin");
run(python, join(here, "train.py"), work, net, join(here, recipe.base.file));
compare(net);
run(process.execPath, join(here, "pack.ts"), net);
