import { join, resolve } from "node:path";
import { Complaint, EXIT_CODES } from "@kuishi/base";
import { complaintText, type Key, type Language, languageOf, languages, text } from "@kuishi/words";
import { Command, CommanderError, Option } from "commander";
import qrcode from "qrcode-generator";
import { startServer } from "./server.ts";

interface Options {
  readonly data?: string;
  readonly port: string;
  readonly host: string;
  readonly url?: string;
  readonly json?: true;
}
const PAGE = join(import.meta.dirname, "..", "..", "studio", "dist");

/** An address as a sign for a telephone's camera, two rows of it in a line of the terminal. */
function signOf(address: string): string {
  const code = qrcode(0, "M");
  code.addData(address);
  code.make();
  return code.createASCII(1, 2);
}
async function run(options: Options, language: Language): Promise<void> {
  if (options.data === undefined) throw new Complaint("usage", "server.data");
  const port = Number(options.port);
  if (!Number.isInteger(port) || port < 0 || port > 65535) throw new Complaint("usage", "usage.number", { option: "--port", value: options.port });
  if (options.url !== undefined && !/^https?:\/\/[^/?#]+\/$/.test(options.url)) throw new Complaint("usage", "server.url", { url: options.url });
  const server = await startServer({
    data: resolve(process.env["INIT_CWD"] ?? process.cwd(), options.data),
    port,
    host: options.host,
    url: options.url,
    page: PAGE,
  });
  const { url, owner } = server;
  if (options.json) console.log(JSON.stringify({ url, owner }));
  else console.log(`${text(language, "server.runs", { url })}\n\n${text(language, "server.owner")}\n${owner}\n\n${signOf(owner)}`);
  await new Promise<void>((stop) => {
    for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => stop());
  });
  if (!options.json) console.log(text(language, "server.stops"));
  await server.close();
}

// also what the parser itself says is in the language asked for
const asked = process.argv[process.argv.indexOf("--lang") + 1];
const language = languages.find((code) => code === asked) ?? languageOf(process.env["LC_ALL"] || process.env["LC_MESSAGES"] || process.env["LANG"]);
const word = (code: Key): string => text(language, code);
const option = (flags: string, code: Key, usual?: string): Option =>
  usual === undefined ? new Option(flags, word(code)) : new Option(flags, `${word(code)} (${text(language, "cli.default", { value: usual })})`).default(usual);
const command = new Command("server")
  .exitOverride()
  .description(word("server.about"))
  .addOption(option("--data <folder>", "server.option.data"))
  .addOption(option("--port <number>", "cli.option.port", "8740"))
  .addOption(option("--host <address>", "server.option.host", "127.0.0.1"))
  .addOption(option("--url <address>", "server.option.url"))
  .addOption(option("--json", "server.option.json"))
  .addOption(new Option("--lang <code>", `${word("cli.option.lang")} (${languages.join(", ")})`))
  .helpOption("-h, --help", word("cli.option.help"))
  .configureHelp({
    optionDescription: (one) => one.description,
    styleUsage: (usage) => usage.replace("[options]", `[${word("cli.some")}]`),
    styleTitle: (title) => (title === "Usage:" ? word("cli.usage") : title === "Options:" ? word("cli.options") : title),
  })
  // what is wrong is told as a complaint
  .configureOutput({ outputError: () => {} });

/** What the parser refused; undefined where it only showed its help. */
function refusal(error: CommanderError): Complaint | undefined {
  if (error.exitCode === 0) return undefined;
  const [, about = ""] = /'([^']*)'/.exec(error.message) ?? [];
  if (error.code === "commander.unknownOption") return new Complaint("usage", "usage.option", { option: about });
  if (error.code === "commander.optionMissingArgument") return new Complaint("usage", "usage.value", { option: about.split(" ")[0] ?? about });
  return new Complaint("usage", "usage.wrong");
}
try {
  command.parse();
  await run(command.opts<Options>(), language);
  process.exitCode = 0;
} catch (error) {
  const told = error instanceof CommanderError ? refusal(error) : error;
  if (told !== undefined && !(told instanceof Complaint)) throw told;
  if (told) console.error(complaintText(language, told));
  process.exitCode = told ? EXIT_CODES[told.kind] : 0;
}
