import { join, resolve } from "node:path";
import { Complaint, EXIT_CODES } from "@kuishi/base";
import { complaintText, type Language, languageOf, languages, text } from "@kuishi/words";
import { Command, CommanderError } from "commander";
import qrcode from "qrcode-generator";
import { startServer } from "./server.ts";

interface Options {
  readonly data?: string;
  readonly port: string;
  readonly host: string;
  readonly url?: string;
  readonly json?: true;
  readonly lang?: string;
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
  if (!Number.isInteger(port) || port < 0 || port > 65535) throw new Complaint("usage", "cli.port", { port: options.port });
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

const command = new Command("server")
  .exitOverride()
  .option("--data <folder>")
  .option("--port <number>", "", "8740")
  .option("--host <address>", "", "127.0.0.1")
  .option("--url <address>")
  .option("--json")
  .option("--lang <code>");
try {
  command.parse();
  const options = command.opts<Options>();
  const language = languages.find((code) => code === options.lang) ?? languageOf(process.env["LC_ALL"] || process.env["LC_MESSAGES"] || process.env["LANG"]);
  try {
    await run(options, language);
    process.exitCode = 0;
  } catch (error) {
    if (!(error instanceof Complaint)) throw error;
    console.error(complaintText(language, error));
    process.exitCode = EXIT_CODES[error.kind];
  }
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? 0 : EXIT_CODES.usage;
}
