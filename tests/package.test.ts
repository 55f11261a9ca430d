import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { example, kuishi, scratch } from "./cli.ts";

const home = join(import.meta.dirname, "..");
const digest = (path: string): string => createHash("sha256").update(readFileSync(path)).digest("hex");
interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
}
const manifestIn = (folder: string): Manifest => JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));

test("the package, laid where nothing of the repository is, blends a recording to the very bytes the repository makes", async () => {
  using folder = scratch();
  // @ts-expect-error a script without types
  const { makePackage } = await import("../tools/package.mjs");
  const archive: string = await makePackage();
  const modules = join(folder.path, "node_modules");
  mkdirSync(join(modules, "kuishi"), { recursive: true });
  execFileSync("tar", ["-xzf", archive, "-C", join(modules, "kuishi"), "--strip-components=1"]);
  // what the package says it needs, from what is installed here: what it does not name it cannot reach
  const wanted = Object.entries(manifestIn(join(modules, "kuishi")).dependencies ?? {});
  expect(wanted.length).toBeGreaterThan(5);
  for (const [name, version] of wanted) {
    const installed = join(home, "node_modules", name);
    expect(version, name).toBe(JSON.parse(readFileSync(join(installed, "package.json"), "utf8")).version);
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    if (!existsSync(join(modules, name))) symlinkSync(installed, join(modules, name), "junction");
  }
  const out = join(folder.path, "out");
  const run = spawnSync(process.execPath, [join(modules, "kuishi/apps/cli/src/main.mjs"), "blend", example, "--style", "techno", "--to", "12", "--out", out], {
    cwd: folder.path,
    encoding: "utf8",
    env: { ...process.env, LANG: "C" },
  });
  expect(run.status, run.stderr).toBe(0);
  const own = join(folder.path, "own");
  expect(kuishi(["blend", example, "--style", "techno", "--to", "12", "--out", own]).code).toBe(0);
  for (const file of ["mix.wav", "score.musicxml", "tuning.scl"]) expect(digest(join(out, file)), file).toBe(digest(join(own, file)));
});
