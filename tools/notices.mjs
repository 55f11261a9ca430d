// Writes THIRD-PARTY-LICENCES.txt: the licence of everything the command line and the page ship, from the lock file's production tree.
// With --check it only says whether that file is fresh and whether THIRD-PARTY-NOTICES.md names every part.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path/posix";

const home = join(import.meta.dirname, "..");
const read = (...path) =>
  readFileSync(join(home, ...path), "utf8")
    .replaceAll("\r\n", "\n")
    .trim();
const lock = JSON.parse(read("package-lock.json")).packages;
const RULE = "=".repeat(100);

/** Kept in licences/, because the packages bring no text for what is compiled into them. */
const INSIDE = {
  "mpg123-decoder": [["libmpg123", "LGPL-2.1.txt"]],
  "wasm-media-encoders": [["LAME", "LGPL-2.0.txt"]],
  "opus-decoder": [["libopus", "libopus.txt"]],
  "@evan/opus": [["libopus", "libopus.txt"]],
  "@mediabunny/flac-encoder": [["libFLAC", "libflac.txt"]],
  "@coderline/alphatab": [["Bravura, whose outlines are in packages/engrave/data/signs.json", "bravura.txt"]],
  "@wasm-audio-decoders/common": [["puff", "puff.txt"]],
};
/** Types alone, of which nothing is shipped. */
const isTypes = (name) => name.startsWith("@types/") || name === "csstype";

/** Entries of the lock file that a package of ours leads to, by the place Node would find them at. */
function production() {
  const found = new Map();
  const visit = (from, name) => {
    let at = from;
    let place = join(at, "node_modules", name);
    while (!lock[place] && at !== "") {
      at = at.includes("/node_modules/") ? at.slice(0, at.lastIndexOf("/node_modules/")) : "";
      place = join(at, "node_modules", name);
    }
    const entry = lock[place];
    if (!entry) throw new Error(`${name} is not in the lock file`);
    if (found.has(place)) return;
    found.set(place, { name, entry });
    const { dependencies, optionalDependencies } = entry.link ? lock[entry.resolved] : entry;
    for (const next of Object.keys({ ...dependencies, ...optionalDependencies })) visit(entry.link ? "" : place, next);
  };
  visit("", "@kuishi/cli");
  visit("", "@kuishi/studio");
  visit("", "@kuishi/server");
  return [...found].filter(([, { name, entry }]) => !entry.link && !isTypes(name)).sort(([a], [b]) => (a < b ? -1 : 1));
}

function textOf(place, entry) {
  const folder = join(home, place);
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => /^(licen[cs]e|copying|notice)(\.(md|txt))?$/i.test(name)) : [];
  if (files.length > 0) return files.map((name) => read(place, name)).join("\n\n");
  if (entry.license !== "MIT") throw new Error(`${place} brings no licence text`);
  const { author } = JSON.parse(read(place, "package.json"));
  return `MIT License\n\nCopyright (c) ${typeof author === "string" ? author : author.name}\n\n${read("licences", "MIT.txt")}`;
}

const parts = production();
const sections = parts.flatMap(([place, { name, entry }]) => [
  `${name} ${entry.version} (${entry.license})\n\n${textOf(place, entry)}`,
  ...(INSIDE[name] ?? []).map(([library, file]) => `${library}, inside ${name}\n\n${read("licences", file)}`),
]);
const whole = `Licences of what Kuishi ships of others. THIRD-PARTY-NOTICES.md says what each part is for.\nWritten by tools/notices.mjs.\n\n${[
  ...sections,
  `Kazakh words (MPL-2.0)\n\n${read("packages", "verse", "data", "MPL-2.0.txt")}`,
  `single dombra notes\n\n${read("examples", "LICENSE-dombra-notes.txt")}`,
]
  .map((section) => `${RULE}\n${section}\n`)
  .join("\n")}`;

const out = "THIRD-PARTY-LICENCES.txt";
if (process.argv.includes("--check")) {
  const notices = read("THIRD-PARTY-NOTICES.md");
  const problems = parts.filter(([, { name }]) => !notices.includes(name)).map(([, { name }]) => `THIRD-PARTY-NOTICES.md does not name ${name}`);
  if (!existsSync(join(home, out)) || read(out) !== whole.trim()) problems.push(`${out} is not what tools/notices.mjs would write: run it`);
  for (const problem of problems) console.error(problem);
  if (problems.length === 0) console.log(`notices: ${parts.length} packages, each with its licence`);
  process.exitCode = problems.length > 0 ? 1 : 0;
} else {
  writeFileSync(join(home, out), whole);
}
