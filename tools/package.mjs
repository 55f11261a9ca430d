// Makes of the command line one package that any Node from 22 on installs: out/kuishi-<version>.tgz. Kuishi's own packages are bundled
// as plain JavaScript (Node strips no types under node_modules), and with them what others wrote in plain JavaScript: some hundred files
// less to find at every start. What brings files of its own stays a dependency, at the version of the lock file.
// The folders are those of the repository, so kernels and page are found where they always are.
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "vite";

const home = join(import.meta.dirname, "..");
const read = (...path) => JSON.parse(readFileSync(join(home, ...path), "utf8"));

/** What is bundled of what others wrote; their licences are in THIRD-PARTY-LICENCES.txt. */
const BUNDLED = ["@noble/hashes", "@xmldom/xmldom", "commander", "fflate", "i18next", "midi-file", "zod"];

/** Dependencies of the command line that others wrote, through all of Kuishi's own packages. */
function dependencies(manifest, found = new Map()) {
  for (const [name, version] of Object.entries(manifest.dependencies ?? {})) {
    if (name.startsWith("@kuishi/")) dependencies(read("packages", name.slice("@kuishi/".length), "package.json"), found);
    else if (!BUNDLED.includes(name)) found.set(name, version);
  }
  return found;
}

/** @returns path of the archive. */
export async function makePackage() {
  const { version } = read("package.json");
  const out = join(home, "out", "package");
  rmSync(out, { recursive: true, force: true });
  const cli = read("apps", "cli", "package.json");
  await build({
    configFile: false,
    root: home,
    logLevel: "warn",
    ssr: { noExternal: [/^@kuishi\//, ...BUNDLED] },
    build: {
      ssr: true,
      outDir: join(out, "apps", "cli", "src"),
      target: "node22",
      minify: false,
      rolldownOptions: {
        // the command, and the thread it starts by its address
        input: ["main", "strips.worker"].map((name) => join(home, "apps", "cli", "src", `${name}.mjs`)),
        output: { entryFileNames: "[name].mjs", chunkFileNames: "[name]-[hash].mjs" },
      },
    },
  });
  const copy = (from, to = from) => cpSync(join(home, from), join(out, to), { recursive: true });
  mkdirSync(join(out, "apps", "cli", "build"), { recursive: true });
  copy("packages/signal/build/kernels.wasm", "apps/cli/build/kernels.wasm");
  copy("packages/verse/data", "apps/cli/data");
  if (existsSync(join(home, "apps", "studio", "dist", "index.html"))) copy("apps/studio/dist");
  for (const file of ["examples", "schemas", "README.md", "LICENSE", "THIRD-PARTY-NOTICES.md", "THIRD-PARTY-LICENCES.txt", "CHANGELOG.md"]) copy(file);
  writeFileSync(
    join(out, "package.json"),
    `${JSON.stringify(
      {
        name: "kuishi",
        version,
        description: read("package.json").description,
        license: "Apache-2.0",
        type: "module",
        engines: { node: ">=22" },
        bin: { kuishi: "apps/cli/src/main.mjs" },
        dependencies: Object.fromEntries([...dependencies(cli)].sort()),
      },
      null,
      2,
    )}\n`,
  );
  const npm = process.env.npm_execpath ? [process.execPath, process.env.npm_execpath] : ["npm"];
  const packed = execFileSync(npm[0], [...npm.slice(1), "pack", "--json", "--pack-destination", join(home, "out")], {
    cwd: out,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
    shell: process.platform === "win32",
  });
  const answer = JSON.parse(packed);
  const [{ filename }] = Array.isArray(answer) ? answer : Object.values(answer);
  return join(home, "out", filename);
}

if (process.argv[1] === import.meta.filename) console.log(await makePackage());
