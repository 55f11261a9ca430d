import { writeFileSync } from "node:fs";
import { basename, dirname, extname } from "node:path";
import { Complaint } from "@kuishi/base";
import { type Choices, choicesOf, readStyle, type Style } from "@kuishi/blend";
import {
  type Blended,
  type BlendRequest,
  blendFile,
  blendVariation,
  type HeardFile,
  type Host,
  hearFile,
  hearScore,
  isScore,
  knownStyle,
  loadVoice,
  makeAlbum,
  type Passage,
  playScore,
  readAnalysis,
  readChoices,
  readLocks,
  reopened,
  stylesOf,
} from "@kuishi/flow";
import { openBundle, Provenance } from "@kuishi/project";
import type { Heard } from "@kuishi/score";
import { kernelModule } from "@kuishi/signal/node";
import { instruments } from "@kuishi/tuning";
import { type Language, languages, text } from "@kuishi/words";
import { Command, CommanderError, Option } from "commander";
import { type Console, complain, languageFrom, makeConsole } from "./console.ts";
import { convert } from "./convert.ts";
import { fileSource, folderOutputs, fromHere, readWhole, writeComplaint } from "./files.ts";
import { returnMemory } from "./memory.ts";

const abort = new AbortController();
process.once("SIGINT", () => abort.abort());
process.once("SIGTERM", () => abort.abort());
process.stdout.on("error", () => process.exit(0)); // a closed pipe (| head) is no fault

const given = (name: string): string | undefined => {
  const at = process.argv.indexOf(name);
  return at > 0 ? process.argv[at + 1] : process.argv.find((arg) => arg.startsWith(`${name}=`))?.slice(name.length + 1);
};
const language: Language = languageFrom(given("--lang"));
const asJson = process.argv.includes("--json-errors");
const out = makeConsole(language, abort.signal);
const host = (): Host => ({ kernels: kernelModule(), clock: () => performance.now() / 1000 });

/** Largest file that travels inside its project. */
const CARRIED_BYTES = 64 * 1024 * 1024;

const number =
  (option: string, least: number, most: number) =>
  (value: string): number => {
    const parsed = Number(value);
    if (value.trim() === "" || !Number.isFinite(parsed) || parsed < least || parsed > most) throw new Complaint("usage", "usage.number", { option, value });
    return parsed;
  };
const seconds = (option: string) => number(option, 0, 1e6);

function passageOf(options: { from?: number; to?: number }): Passage {
  if (options.from !== undefined && options.to !== undefined && options.to <= options.from)
    throw new Complaint("usage", "usage.number", { option: "--to", value: options.to });
  return { ...(options.from === undefined ? {} : { fromSec: options.from }), ...(options.to === undefined ? {} : { toSec: options.to }) };
}

function tellWarnings(console: Console, heard: Heard): void {
  for (const warning of heard.warnings) console.note(`warning.${warning.code}`, { fromSec: warning.fromSec ?? 0, toSec: warning.toSec ?? 0, minutes: 20 });
}

async function listen(
  path: string,
  options: { json?: string; instrument?: string; analysis?: string; locks?: string; from?: number; to?: number },
): Promise<void> {
  const locks = options.locks === undefined ? undefined : readLocks(new TextDecoder().decode(readWhole(options.locks)));
  const analysis = options.analysis === undefined ? undefined : readAnalysis(new TextDecoder().decode(readWhole(options.analysis)));
  const source = await fileSource(path);
  try {
    const { heard } = await hearFile(
      host(),
      source,
      { passage: passageOf(options), instrument: options.instrument, ...(analysis ? { analysis } : {}), ...(locks ? { locks } : {}) },
      out.progress,
    );
    const json = `${JSON.stringify(heard)}\n`;
    if (options.json === "-") process.stdout.write(json);
    else if (options.json !== undefined) {
      try {
        writeFileSync(fromHere(options.json), json);
      } catch (error) {
        throw writeComplaint(error, options.json);
      }
    }
    if (options.json !== "-") {
      out.say("cli.summary", {
        seconds: heard.durationSec,
        notes: heard.notes.length,
        strokes: heard.strokes.length,
        bars: heard.downbeats.length,
        strings: heard.tuning.strings.map((string) => string.openCents).join(", "),
        tonic: heard.mode.tonicCents,
        mode: heard.mode.name,
        bpm: heard.tempoBpm ?? "–",
      });
    }
    tellWarnings(out, heard);
  } finally {
    await source.close();
  }
}

interface BlendOptions {
  style: string;
  seed: number;
  loudness: string;
  out: string;
  force: boolean;
  analysis?: string;
  choices?: string;
  colour?: Choices["colour"];
  energy?: string;
  without?: string;
  from?: number;
  to?: number;
  follow: Choices["follow"];
  transpose?: number;
  clean: boolean;
  voice?: string;
  tuneVoice?: number;
  variations: number;
  instrument?: string;
  title?: string;
}

async function make(hear: () => Promise<HeardFile>, request: BlendRequest, target: string, options: { force: boolean; variations: number }): Promise<void> {
  const outputs = folderOutputs(target, options.force);
  try {
    const file = await hear();
    returnMemory();
    const blended: Blended = await blendFile(host(), file, request, outputs, out.progress);
    for (let k = 2; k <= options.variations; k++) {
      const other = { ...request, choices: { ...request.choices, seed: (request.choices.seed + k - 1) % 4294967296 } };
      await blendVariation(host(), file, other, outputs, `variation-${k}.wav`, out.progress);
    }
    outputs.commit();
    tellWarnings(out, file.heard);
    out.say("cli.done", { path: target });
    out.say("ui.made", { lufs: blended.report.mix.integratedLufs, peak: blended.report.mix.truePeakDbtp });
  } catch (error) {
    outputs.discard();
    throw error;
  }
}

/** Reads a style file of the user's own. */
function ownStyle(path: string): Style {
  let data: unknown;
  try {
    data = JSON.parse(new TextDecoder().decode(readWhole(path)));
  } catch (error) {
    if (error instanceof Complaint) throw error;
    throw new Complaint("unreadable", "style.invalid", { at: basename(path), text: "JSON" });
  }
  return readStyle(data);
}

/** `0:0.2,30:0.9` as a curve. */
function energyOf(text: string): Choices["energy"] {
  return text.split(",").map((point) => {
    const [at, value, ...rest] = point.split(":").map(Number);
    if (at === undefined || value === undefined || rest.length > 0 || !(at >= 0) || !(value >= 0 && value <= 1))
      throw new Complaint("usage", "usage.number", { option: "--energy", value: point });
    return [at, value];
  });
}

function choicesFrom(options: BlendOptions, own: Style | undefined): Choices {
  let base: unknown = choicesOf(own?.name ?? options.style, options.seed);
  if (options.choices !== undefined) {
    try {
      base = { ...(base as object), ...JSON.parse(new TextDecoder().decode(readWhole(options.choices))) };
    } catch (error) {
      if (error instanceof Complaint) throw error;
      throw new Complaint("unreadable", "choices.invalid", { at: basename(options.choices), text: "JSON" });
    }
  }
  return readChoices({
    ...(base as object),
    ...(options.colour === undefined ? {} : { colour: options.colour }),
    ...(options.energy === undefined ? {} : { energy: energyOf(options.energy) }),
    ...(options.without === undefined ? {} : { without: options.without.split(",") }),
    ...(options.follow === "grid" ? { follow: "grid" } : {}),
    ...(options.transpose === undefined ? {} : { transpose: options.transpose }),
    ...(options.clean ? {} : { clean: false }),
  });
}

async function blend(path: string, options: BlendOptions): Promise<void> {
  const loudness = options.loudness === "none" ? null : number("--loudness", -40, -5)(options.loudness);
  const own = options.style.toLowerCase().endsWith(".json") ? ownStyle(options.style) : undefined;
  const choices = choicesFrom(options, own);
  knownStyle(choices.style, own ? [own] : []);
  const source = await fileSource(path);
  try {
    const start = await source.read(0, 4);
    if (start[0] === 0x50 && start[1] === 0x4b && extname(path).toLowerCase() !== ".mxl") {
      await again(await source.read(0, source.size), { ...options, choices, ...(own ? { own } : {}), loudness });
      return;
    }
    const voice = options.voice === undefined ? undefined : await singer(options.voice, options.tuneVoice ?? 0);
    const bytes = source.size <= CARRIED_BYTES ? await source.read(0, source.size) : null;
    const request: BlendRequest = {
      choices,
      ...(own ? { ownStyles: [own] } : {}),
      ...(voice ? { voice } : {}),
      loudness,
      language,
      provenance: Provenance.parse({ title: options.title ?? basename(path).replace(/\.[^.]*$/, ""), learnedFrom: basename(path) }),
      original: { name: basename(path), bytes },
    };
    if (!bytes) out.note("warning.noaudio");
    const analysis = options.analysis === undefined ? undefined : readAnalysis(new TextDecoder().decode(readWhole(options.analysis)));
    const hear = isScore(path)
      ? async () => hearScore(host(), path, await source.read(0, source.size), { instrument: options.instrument, seed: options.seed }, out.progress)
      : () => hearFile(host(), source, { passage: passageOf(options), instrument: options.instrument, ...(analysis ? { analysis } : {}) }, out.progress);
    await make(hear, request, options.out, options);
  } finally {
    await source.close();
  }
}

/** Opens a singer's recording. */
async function singer(path: string, correct: number): Promise<NonNullable<BlendRequest["voice"]>> {
  const source = await fileSource(path);
  try {
    const bytes = source.size <= CARRIED_BYTES ? await source.read(0, source.size) : null;
    const { channels } = await loadVoice(host(), source, out.progress);
    return { name: basename(path), channels, bytes, correct };
  } finally {
    await source.close();
  }
}

/** Renders a bundle again; what is given may be other than it was. */
async function again(
  bytes: Uint8Array,
  options: { out: string; force: boolean; variations?: number; choices?: Choices; own?: Style; loudness?: number | null },
): Promise<void> {
  const bundle = openBundle(bytes);
  const { hear, request } = await reopened(host(), bundle, out.progress);
  const ownStyles = request.ownStyles ?? [];
  const again: BlendRequest = {
    ...request,
    choices: options.choices ?? request.choices,
    ownStyles: options.own ? [...ownStyles, options.own] : ownStyles,
    loudness: options.loudness === undefined ? request.loudness : options.loudness,
    language,
  };
  await make(hear, again, options.out, { force: options.force, variations: options.variations ?? 1 });
}

/** Plays a score with our instruments. */
async function play(name: string, bytes: Uint8Array, options: { out: string; force: boolean; stems?: boolean; seed: number }): Promise<void> {
  const outputs = folderOutputs(options.out, options.force);
  try {
    await playScore(host(), name, bytes, { stems: options.stems === true, seed: options.seed }, outputs, out.progress);
    outputs.commit();
    out.say("cli.done", { path: options.out });
  } catch (error) {
    outputs.discard();
    throw error;
  }
}

/** Brings finished pieces to one level. */
async function album(paths: readonly string[], options: { out: string; loudness: number; force: boolean }): Promise<void> {
  const outputs = folderOutputs(options.out, options.force);
  try {
    const tracks = [];
    for (const path of paths) {
      const source = await fileSource(path);
      try {
        // a mix in its own folder is called by the folder
        const own = basename(path).replace(/\.[^.]*$/, "");
        const name = own === "mix" ? basename(dirname(fromHere(path))) : own;
        tracks.push({ name, channels: (await loadVoice(host(), source, out.progress)).channels });
      } finally {
        await source.close();
      }
    }
    await makeAlbum(host(), tracks, options.loudness, outputs, out.progress);
    outputs.commit();
    out.say("cli.done", { path: options.out });
  } catch (error) {
    outputs.discard();
    throw error;
  }
}

const program = new Command("kuishi")
  .description(text(language, "cli.about"))
  .exitOverride()
  .addOption(new Option("--lang <code>").choices([...languages]))
  .option("--json-errors")
  .configureOutput({ writeErr: (line) => void process.stderr.write(line) });
const common = (command: Command): Command =>
  command
    .addOption(new Option("--lang <code>").choices([...languages]))
    .option("--json-errors")
    .exitOverride();

common(program.command("listen").argument("<file>").description(text(language, "cli.listen")))
  .option("--json <file>")
  .option("--instrument <name>")
  .option("--analysis <file>")
  .option("--locks <file>")
  .option("--from <seconds>", "", seconds("--from"))
  .option("--to <seconds>", "", seconds("--to"))
  .action(listen);
common(program.command("blend").argument("<file>").description(text(language, "cli.blend")))
  .requiredOption("--style <name|file.json>")
  .option("--voice <file>")
  .option("--tune-voice <0..1>", "", number("--tune-voice", 0, 1))
  .option("--choices <file>")
  .addOption(new Option("--colour <name>").choices(["drone", "open", "modal", "western"]))
  .option("--energy <s:0..1,...>")
  .option("--without <parts>")
  .option("--transpose <cents>", "", number("--transpose", -1200, 1200))
  .option("--no-clean")
  .option("--variations <n>", "", number("--variations", 1, 9), 1)
  .option("--analysis <file>")
  .option("--instrument <name>")
  .option("--seed <n>", "", number("--seed", 0, 4294967295), 1)
  .addOption(new Option("--follow <what>").choices(["performance", "grid"]).default("performance"))
  .option("--loudness <lufs>", "", "-14")
  .option("--from <seconds>", "", seconds("--from"))
  .option("--to <seconds>", "", seconds("--to"))
  .option("--title <text>")
  .option("--out <dir>", "", "blend")
  .option("--force", "", false)
  .action(blend);
common(program.command("render").argument("<project>").description(text(language, "cli.render")))
  .option("--stems")
  .option("--out <dir>", "", "render")
  .option("--force", "", false)
  .option("--seed <n>", "", number("--seed", 0, 4294967295), 1)
  .action((path: string, options: { out: string; force: boolean; stems?: boolean; seed: number }) => {
    const bytes = readWhole(path);
    if (bytes[0] === 0x50 && bytes[1] === 0x4b && !isScore(path)) return again(bytes, { out: options.out, force: options.force });
    if (isScore(path) || (bytes[0] === 0x4d && bytes[1] === 0x54)) return play(basename(path), bytes, options);
    throw new Complaint("usage", "usage.score");
  });
common(program.command("album").argument("<files...>").description(text(language, "cli.album")))
  .option("--out <dir>", "", "album")
  .option("--loudness <lufs>", "", number("--loudness", -40, -5), -14)
  .option("--force", "", false)
  .action(album);
common(program.command("convert").argument("<in>").argument("<out>").description(text(language, "cli.convert"))).action(async (from: string, to: string) => {
  await convert(host().kernels, from, to, out.progress);
  out.say("cli.done", { path: to });
});
common(program.command("styles").description(text(language, "cli.styles"))).action(() => {
  for (const style of stylesOf().values()) process.stdout.write(`${style.name}\t${style.title[language]}\t${style.bpm.join("-")}\t${style.about[language]}\n`);
});
common(program.command("instruments").description(text(language, "cli.instruments"))).action(() => {
  for (const instrument of instruments.values())
    process.stdout.write(`${instrument.name}\t${instrument.tunings.map((tuning) => `${tuning.name} ${tuning.open.join("/")}`).join("; ")}\n`);
});
common(program.command("serve").description(text(language, "cli.serve")))
  .option("--port <n>", "", number("--port", 0, 65535), 4173)
  .option("--no-open")
  .action(async (options: { port: number; open: boolean }) => {
    // only here: Node's own web server takes a while to load
    const { serve } = await import("./serve.ts");
    await serve(options.port, options.open, abort.signal, (url) => out.say("cli.serving", { url }));
  });

try {
  await program.parseAsync();
  process.exitCode = abort.signal.aborted ? 130 : 0;
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else process.exitCode = complain(error, language, asJson);
}
