// Which Node runs the command line: this one where it can, else the project's own. Plain JavaScript that any Node reads, so that an
// old one ends in a sentence and not in a syntax error; for the same reason the sentences stand here and not among all the others.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import * as module from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
// in the package everything is plain JavaScript already
const isSource = existsSync(join(here, "cli.ts"));
const own = join(here, "..", "..", "..", "node_modules", "node", "bin", process.platform === "win32" ? "node.exe" : "node");

const NEEDED = isSource ? "24" : "22.8";
const SENTENCES = {
  kk: `Kuishi-ге Node ${NEEDED} немесе одан жаңасы керек, ал мұнда ${process.version} тұр: оны https://nodejs.org сайтынан орнатыңыз${isSource ? " немесе бастапқы кодтың бумасында «npm ci» орындаңыз" : ""}.`,
  ru: `Для Kuishi нужен Node ${NEEDED} или новее, а здесь ${process.version}: установите его с https://nodejs.org${isSource ? " или выполните «npm ci» в папке исходного кода" : ""}.`,
  en: `Kuishi needs Node ${NEEDED} or newer and this is ${process.version}: install it from https://nodejs.org${isSource ? ", or run “npm ci” in the folder of the source" : ""}.`,
};

/** Whether this Node can read the sources. */
export const suits = () => typeof module.enableCompileCache === "function" && (!isSource || Boolean(process.features.typescript));

/** Runs the same command on the project's own Node, or says what is needed. Ends this process with its exit code. */
export function handOver() {
  if (!existsSync(own) || own === process.execPath) {
    process.stderr.write(`${SENTENCES[asked()]}\n`);
    process.exit(1);
  }
  // in a group of its own, so that what the terminal sends to all arrives once: a second signal would mean not to wait; and with a
  // line to this process, so that it does not go on alone where this one is killed
  const child = spawn(own, process.argv.slice(1), { stdio: ["inherit", "inherit", "inherit", "ipc"], detached: process.platform !== "win32" });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"]) process.on(signal, () => child.kill(signal));
  child.once("exit", (code) => process.exit(code === null ? 130 : code));
}

/** The language asked for by option or locale. */
function asked() {
  const at = process.argv.findIndex((argument) => /^--lang(=|$)/.test(argument));
  const option = at < 0 ? "" : process.argv[at].slice("--lang=".length) || process.argv[at + 1];
  const { LC_ALL, LC_MESSAGES, LANG } = process.env;
  return [option, (LC_ALL || LC_MESSAGES || LANG || "").slice(0, 2)].find((code) => code && Object.hasOwn(SENTENCES, code)) || "en";
}
