// Runs on any Node from 20 on, with nothing installed: brings what is missing, then hands over to the
// project's own Node 24. A task that is none is answered with the names of those there are.
import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const home = join(import.meta.dirname, "..");
const windows = process.platform === "win32";
const node = join(home, "node_modules", ".bin", windows ? "node.cmd" : "node");
const [task = "start", ...rest] = process.argv.slice(2);
/** Benches of a script each. */
const BENCHES = ["listen", "sound", "blend", "studio", "formats", "together", "practice", "write"].map((name) => `bench-${name}`);

function fail(lines) {
  console.error(`\n${lines.join("\n")}\n`);
  process.exit(1);
}

/** Version of the project's own Node, or null. */
function ownNode() {
  try {
    return execFileSync(node, ["--version"], { encoding: "utf8", shell: windows, stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    return null;
  }
}

if (Number(process.versions.node.split(".")[0]) < 20)
  fail([`Kuishi needs Node 20 or newer to start; this is ${process.version}.`, "Get it from https://nodejs.org and run the command again."]);

// Install when the lock file is not the one that was installed last.
const lock = createHash("sha256")
  .update(readFileSync(join(home, "package-lock.json")))
  .digest("hex");
const stamp = join(home, "node_modules", ".kuishi-installed");
const installed = existsSync(stamp) && readFileSync(stamp, "utf8") === lock;
if (!installed || ownNode() === null) {
  console.log("Installing what is missing …");
  const npm = process.env.npm_execpath ? [process.execPath, process.env.npm_execpath] : [windows ? "npm.cmd" : "npm"];
  const run = (args) =>
    execFileSync(npm[0], [...npm.slice(1), ...args], { cwd: home, stdio: ["ignore", "ignore", "inherit"], shell: windows && npm.length === 1 });
  try {
    run(["ci", "--no-audit", "--no-fund", "--loglevel=error"]);
    // Some npm versions keep install scripts back until they are allowed by name.
    if (ownNode() === null) run(["rebuild", "node", "--loglevel=error"]);
  } catch {
    fail(["The installation did not work. Most often the network was not there.", "Try again, or run: npm ci"]);
  }
  const version = ownNode();
  if (version === null) {
    fail([
      "Kuishi brings its own Node 24 (the package “node”), but its install script did not run.",
      "Allow it and try again:",
      "  npm rebuild node",
      "or, with npm 12:  npm approve-scripts node && npm rebuild node",
    ]);
  }
  writeFileSync(stamp, lock);
}

const environment = { ...process.env, PATH: `${join(home, "node_modules", ".bin")}${windows ? ";" : ":"}${process.env.PATH}` };
/** Runs a script on the project's own Node; resolves to its exit code. */
const run = (args) =>
  new Promise((resolve) => {
    const child = spawn(node, args, { cwd: home, stdio: "inherit", env: environment, shell: windows });
    for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => child.kill(signal));
    child.once("exit", (code, signal) => resolve(signal ? 130 : (code ?? 1)));
  });
const must = async (args) => {
  const code = await run(args);
  if (code !== 0) process.exit(code);
};

const modified = (path) => statSync(path).mtimeMs;
/** The page is built anew when a source is newer than it. */
function newest(folder, skip = new Set(["node_modules", "dist", "build", "out"])) {
  let time = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (skip.has(entry.name) || entry.name.startsWith(".")) continue;
    const path = join(folder, entry.name);
    time = Math.max(time, entry.isDirectory() ? newest(path, skip) : modified(path));
  }
  return time;
}
const vite = join(home, "node_modules", "vite", "bin", "vite.js");
async function buildPage(force) {
  const page = join(home, "apps", "studio", "dist", "sw.js");
  if (!force && existsSync(page) && modified(page) > Math.max(newest(join(home, "packages")), newest(join(home, "apps")), newest(join(home, "examples"))))
    return;
  await must([vite, "build", "--config", join(home, "apps", "studio", "vite.config.ts"), "--logLevel", "warn"]);
}

/** What is quick to know: arrows, words, citations, types of the kernels, notices, examples, what nobody uses, format and lint, types. */
async function check() {
  await must([join(home, "tools", "arrows.mjs")]);
  await must([join(home, "tools", "words.mjs")]);
  await must([join(home, "tools", "citations.mjs")]);
  await must([join(home, "tools", "kernel-types.mjs"), "--check"]);
  await must([join(home, "tools", "notices.mjs"), "--check"]);
  await must([join(home, "tools", "examples.mjs")]);
  await must([join(home, "node_modules", "knip", "bin", "knip.js"), "--no-progress"]);
  await must([join(home, "node_modules", "@biomejs", "biome", "bin", "biome"), "check", "."]);
  await must([join(home, "node_modules", "typescript", "bin", "tsc"), "-b"]);
}

await must([join(home, "tools", "kernels.mjs")]);
mkdirSync(join(home, "out"), { recursive: true });
switch (task) {
  case "start":
    await buildPage(false);
    process.exit(await run([join(home, "apps", "cli", "src", "main.mjs"), "serve", ...rest]));
    break;
  case "build":
    await buildPage(true);
    console.log(`The static studio is in ${join("apps", "studio", "dist")}`);
    if (rest.includes("--archive")) await must([join(home, "tools", "archive.mjs")]);
    break;
  case "package":
    await buildPage(false);
    await must([join(home, "tools", "package.mjs")]);
    break;
  case "check":
    await check();
    break;
  case "test":
    await check();
    await buildPage(false);
    process.exit(await run([join(home, "tools", "test.mjs"), ...rest]));
    break;
  case "coverage":
    process.exit(await run([join(home, "node_modules", "vitest", "vitest.mjs"), "run", "--project", "unit", "--coverage", ...rest]));
    break;
  case "golden":
    environment.KUISHI_ACCEPT = "1";
    process.exit(await run([join(home, "node_modules", "vitest", "vitest.mjs"), "run", "--project", "unit", "packages/engine/src/golden.test.ts"]));
    break;
  case "fuzz":
    process.exit(await run([join(home, "tools", "fuzz", "main.ts"), ...rest]));
    break;
  case "bench":
    process.exit(await run([join(home, "tools", "bench.ts"), ...rest]));
    break;
  default:
    if (!BENCHES.includes(task))
      fail([`There is no task “${task}”. There are: start, test, build, package, coverage, golden, fuzz, bench, ${BENCHES.join(", ")}, check.`]);
    if (task === "bench-studio" || task === "bench-together") await buildPage(false);
    process.exit(await run([join(home, "tools", `${task}.ts`), ...rest]));
}
