import { basename, dirname, extname } from "node:path";
import { Complaint, stopIfCancelled } from "@kuishi/base";
import { type Choices, choicesOf, readStyle, type Style } from "@kuishi/blend";
import {
  type Blended,
  type BlendRequest,
  blendFile,
  blendVariation,
  carried,
  type HeardFile,
  type Host,
  hearAny,
  hearFile,
  isDrawing,
  isScore,
  knownStyle,
  loadVoice,
  makeAlbum,
  type Outputs,
  openReference,
  openVoice,
  type Passage,
  playScore,
  readAnalysis,
  readChoices,
  readLocks,
  readScore,
  reopened,
  scoreNames,
  stylesOf,
  type Version,
  versions,
  writeVersion,
} from "@kuishi/flow";
import { memorySource } from "@kuishi/media";
import { openBundle, Provenance } from "@kuishi/project";
import type { Heard } from "@kuishi/score";
import { kernelModule } from "@kuishi/signal/node";
import { instruments } from "@kuishi/tuning";
import { type Language, localized, text } from "@kuishi/words";
import { type Command, CommanderError, type Option } from "commander";
import { buildPage, hasPage } from "./build.mjs";
import { type Console, complain, complaintLine, languageFrom, makeConsole } from "./console.ts";
import { type ConvertOptions, chosenTune, convert, type TuneChoice } from "./convert.ts";
import { tellWith } from "./deadline.ts";
import { fileSource, fromHere, readWhole } from "./files.ts";
import { returnMemory } from "./memory.ts";
import { type Claim, folderOutputs, jsonOutput, writeComplaint } from "./outputs.ts";
import { type CompareCommand, compare, type FollowCommand, follow, type TunerCommand, tuner } from "./practice.ts";
import { type PrintCommand, print } from "./print.ts";
import type { ReleaseCommand } from "./release.ts";
import { nodeThreads } from "./threads.ts";
import { commandsIn, number, seconds, usageComplaint, whole } from "./usage.ts";

const given = (name: string): string | undefined => {
  const at = process.argv.indexOf(name);
  return at > 0 ? process.argv[at + 1] : process.argv.find((arg) => arg.startsWith(`${name}=`))?.slice(name.length + 1);
};
const language: Language = languageFrom(given("--lang"));
const asJson = process.argv.includes("--json-errors");

const abort = new AbortController();
// the first asks the work to stop and clean up, the second does not wait for it
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP", ...(process.platform === "win32" ? [] : ["SIGQUIT"])])
  process.on(signal, () => (abort.signal.aborted ? process.exit(130) : abort.abort()));
// whoever started it on another Node is gone; the line itself keeps nothing alive
process.channel?.unref();
process.once("disconnect", () => abort.abort());
// a closed pipe (| head) is no fault; a full disk is
process.stdout.on("error", (error: { code?: string }) => process.exit(error.code === "EPIPE" ? 0 : complain(writeComplaint(error, "-"), language, asJson)));
process.stderr.on("error", () => {});
tellWith((complaint) => complaintLine(complaint, language, asJson));
const out = makeConsole(language, abort.signal);
const threads = process.env["KUISHI_THREADS"];
const host = (): Host => ({
  kernels: kernelModule(),
  clock: () => performance.now() / 1000,
  threads: nodeThreads(threads === undefined ? undefined : whole("KUISHI_THREADS", 0, 64)(threads)),
});

function passageOf(options: { from?: number; to?: number }): Passage {
  if (options.from !== undefined && options.to !== undefined && options.to <= options.from)
    throw new Complaint("usage", "usage.number", { option: "--to", value: options.to });
  return { ...(options.from === undefined ? {} : { fromSec: options.from }), ...(options.to === undefined ? {} : { toSec: options.to }) };
}

const told = ({ code, params }: Complaint): void => out.note(code, params);
function tellWarnings(console: Console, heard: Heard): void {
  for (const warning of heard.warnings) console.note(`warning.${warning.code}`, { fromSec: warning.fromSec ?? 0, toSec: warning.toSec ?? 0, minutes: 20 });
}

async function listen(
  path: string,
  options: { json?: string; instrument?: string; analysis?: string; locks?: string; from?: number; to?: number; force: boolean },
): Promise<void> {
  const json = jsonOutput(options, [path, ...files(options.analysis, options.locks)]);
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
    json.write(heard, out.progress);
    if (!json.isStream) {
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
  head?: number;
  tail?: number;
  versions?: string;
  clean: boolean;
  voice?: string;
  reference?: string;
  tuneVoice?: number;
  variations: number;
  instrument?: string;
  title?: string;
  tune?: number;
  part?: readonly string[];
}

/** Files that options name. */
const files = (...paths: readonly (string | undefined)[]): string[] => paths.filter((path) => path !== undefined);

/** Does the work of a whole folder, which is at its place when all is done and not before. */
async function intoFolder<T>(target: string, claim: Claim, work: (outputs: Outputs) => Promise<T>): Promise<T> {
  const outputs = folderOutputs(target, claim);
  try {
    const result = await work(outputs);
    stopIfCancelled(out.progress);
    outputs.commit();
    out.say("cli.done", { path: target });
    return result;
  } catch (error) {
    outputs.discard();
    throw error;
  }
}

async function make(
  hear: () => Promise<HeardFile>,
  request: BlendRequest,
  target: string,
  options: { force: boolean; variations: number; versions?: readonly Version[] },
  inputs: readonly string[],
): Promise<void> {
  const { file, blended } = await intoFolder(target, { force: options.force, inputs }, async (outputs) => {
    const file = await hear();
    returnMemory();
    const blended: Blended = await blendFile(host(), file, request, outputs, out.progress);
    for (let k = 2; k <= options.variations; k++) {
      const other = { ...request, choices: { ...request.choices, seed: (request.choices.seed + k - 1) % 4294967296 } };
      await blendVariation(host(), file, other, outputs, `variation-${k}.wav`, out.progress);
    }
    for (const version of options.versions ?? []) await writeVersion(host(), version, { file, blended, request }, outputs, out.progress);
    return { file, blended };
  });
  tellWarnings(out, file.heard);
  out.say("ui.made", { lufs: blended.report.mix.integratedLufs, peak: blended.report.mix.truePeakDbtp });
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

/** `dj,radio` as versions. */
function versionsOf(text: string | undefined): Version[] {
  return (text?.split(",") ?? []).map((name) => {
    const known = versions.find((version) => version === name);
    if (!known) throw new Complaint("usage", "usage.choice", { option: "--versions", value: name, known: versions.join(", ") });
    return known;
  });
}

function choicesFrom(options: BlendOptions, own: Style | undefined, reference: Choices["reference"]): Choices {
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
    ...(options.head === undefined ? {} : { head: options.head }),
    ...(options.tail === undefined ? {} : { tail: options.tail }),
    ...(options.clean ? {} : { clean: false }),
    ...(reference ? { reference } : {}),
  });
}

async function blend(path: string, options: BlendOptions): Promise<void> {
  const loudness = options.loudness === "none" ? null : number("--loudness", -40, -5)(options.loudness);
  const own = options.style.toLowerCase().endsWith(".json") ? ownStyle(options.style) : undefined;
  const choices = choicesFrom(options, own, options.reference === undefined ? undefined : await record(options.reference));
  knownStyle(choices.style, own ? [own] : []);
  const asked = versionsOf(options.versions);
  const inputs = [path, ...files(options.voice, options.reference, options.analysis, options.choices, own && options.style)];
  const source = await fileSource(path);
  try {
    const start = await source.read(0, 4);
    if (start[0] === 0x50 && start[1] === 0x4b && extname(path).toLowerCase() !== ".mxl") {
      await again(await source.read(0, source.size), { ...options, versions: asked, choices, ...(own ? { own } : {}), loudness }, inputs);
      return;
    }
    const voice = options.voice === undefined ? undefined : await singer(options.voice, options.tuneVoice ?? 0);
    const score = isScore(path) ? chosenTune(path, readWhole(path), options.tune, out) : undefined;
    const bytes = score ?? (await carried(source));
    const request: BlendRequest = {
      choices,
      ...(own ? { ownStyles: [own] } : {}),
      ...(voice ? { voice } : {}),
      ...(options.part ? { parts: options.part } : {}),
      loudness,
      language,
      provenance: Provenance.parse({
        title: basename(path).replace(/\.[^.]*$/, ""),
        // what cannot be read of it is told when it is opened
        ...(score ? scoreNames(readScore(path, score, () => {})) : {}),
        ...(options.title === undefined ? {} : { title: options.title }),
        learnedFrom: basename(path),
      }),
      original: { name: basename(path), bytes },
    };
    if (!bytes) out.note("warning.noaudio");
    const analysis = options.analysis === undefined ? undefined : readAnalysis(new TextDecoder().decode(readWhole(options.analysis)));
    const heard = { passage: passageOf(options), instrument: options.instrument, parts: options.part, seed: options.seed, analysis, tell: told };
    const hear = () => hearAny(host(), path, score ? memorySource(score) : source, heard, out.progress);
    await make(hear, request, options.out, { ...options, versions: asked }, inputs);
  } finally {
    await source.close();
  }
}

/** Measures a record that the mix is to be like. */
async function record(path: string): Promise<NonNullable<Choices["reference"]>> {
  const source = await fileSource(path);
  try {
    return await openReference(host(), basename(path), source, out.progress);
  } finally {
    await source.close();
  }
}

/** Opens a singer's recording. */
async function singer(path: string, correct: number): Promise<NonNullable<BlendRequest["voice"]>> {
  const source = await fileSource(path);
  try {
    return await openVoice(host(), basename(path), source, correct, out.progress);
  } finally {
    await source.close();
  }
}

/** Renders a bundle again; what is given may be other than it was. */
async function again(
  bytes: Uint8Array,
  options: { out: string; force: boolean; variations?: number; versions?: readonly Version[]; choices?: Choices; own?: Style; loudness?: number | null },
  inputs: readonly string[],
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
  await make(hear, again, options.out, { force: options.force, variations: options.variations ?? 1, versions: options.versions ?? [] }, inputs);
}

/** Renders a project again, or plays a score with our instruments. */
async function render(
  path: string,
  options: { out: string; force: boolean; stems: boolean; seed: number; tune?: number; part?: readonly string[] },
): Promise<void> {
  const bytes = readWhole(path);
  if (bytes[0] === 0x50 && bytes[1] === 0x4b && !isScore(path)) return again(bytes, { out: options.out, force: options.force }, [path]);
  if (!isScore(path) && !(bytes[0] === 0x4d && bytes[1] === 0x54)) throw new Complaint("usage", "usage.score");
  const score = chosenTune(path, bytes, options.tune, out);
  await intoFolder(options.out, { force: options.force, inputs: [path] }, (outputs) =>
    playScore(host(), basename(path), score, { stems: options.stems, seed: options.seed, parts: options.part ?? [] }, outputs, out.progress, told),
  );
}

/** Brings finished pieces to one level. */
async function album(paths: readonly string[], options: { out: string; loudness: number; force: boolean }): Promise<void> {
  await intoFolder(options.out, { force: options.force, inputs: paths }, async (outputs) => {
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
  });
}

const { program, command, option } = commandsIn(language);
const tune = (): Option => option("--tune <n>").argParser(whole("--tune", 1, 100_000));
const part = (): Option => option("--part <names>").argParser((names: string) => names.split(","));
const seed = (): Option =>
  option("--seed <n>")
    .argParser(whole("--seed", 0, 4294967295))
    .default(1);
const folder = (name: string): Option => option("--out <dir>").default(name);
const passage = (into: Command): Command =>
  into.addOption(option("--from <seconds>").argParser(seconds("--from"))).addOption(option("--to <seconds>").argParser(seconds("--to")));

passage(command("listen", "<file>"))
  .addOption(option("--json <file>"))
  .addOption(option("--instrument <name>"))
  .addOption(option("--analysis <file>"))
  .addOption(option("--locks <file>"))
  .addOption(option("--force").default(false))
  .action(listen);
passage(command("blend", "<file>"))
  .addOption(option("--style <name|file.json>").makeOptionMandatory())
  .addOption(option("--voice <file>"))
  .addOption(option("--tune-voice <0..1>").argParser(number("--tune-voice", 0, 1)))
  .addOption(option("--reference <file>"))
  .addOption(option("--choices <file>"))
  .addOption(option("--colour <name>").choices(["drone", "open", "modal", "western"]))
  .addOption(option("--energy <s:0..1,...>"))
  .addOption(option("--without <parts>"))
  .addOption(option("--transpose <cents>").argParser(number("--transpose", -1200, 1200)))
  .addOption(option("--head <bars>").argParser(whole("--head", 0, 32)))
  .addOption(option("--tail <bars>").argParser(whole("--tail", 0, 32)))
  .addOption(option(`--versions <${versions.join(",")}>`))
  .addOption(option("--no-clean"))
  .addOption(
    option("--variations <n>")
      .argParser(whole("--variations", 1, 9))
      .default(1),
  )
  .addOption(option("--analysis <file>"))
  .addOption(option("--instrument <name>"))
  .addOption(tune())
  .addOption(part())
  .addOption(seed())
  .addOption(option("--follow <what>").choices(["performance", "grid"]).default("performance"))
  .addOption(option("--loudness <lufs|none>").default("-14"))
  .addOption(option("--title <text>"))
  .addOption(folder("blend"))
  .addOption(option("--force").default(false))
  .action(blend);
command("render", "<project|score>")
  .addOption(option("--stems").default(false))
  .addOption(tune())
  .addOption(part())
  .addOption(seed())
  .addOption(folder("render"))
  .addOption(option("--force").default(false))
  .action(render);
command("album", "<files...>")
  .addOption(folder("album"))
  .addOption(
    option("--loudness <lufs>")
      .argParser(number("--loudness", -40, -5))
      .default(-14),
  )
  .addOption(option("--force").default(false))
  .action(album);
command("release", "<files...>")
  .addOption(option("--title <text>"))
  .addOption(option("--artist <name>"))
  .addOption(option("--address <url>"))
  .addOption(option("--cover <picture>"))
  .addOption(option("--zips").default(false))
  .addOption(
    option("--loudness <lufs>")
      .argParser(number("--loudness", -40, -5))
      .default(-14),
  )
  .addOption(folder("release"))
  .addOption(option("--force").default(false))
  .action(async (paths: readonly string[], options: ReleaseCommand) => {
    const { openRelease, publish } = await import("./release.ts");
    const opened = openRelease(paths, options);
    const inputs = [...opened.paths, ...files(opened.cover), ...paths];
    await intoFolder(options.out, { force: options.force, inputs }, (outputs) => publish(host(), opened, options, outputs, out));
  });
const tunes = option("--tune <n|all>").argParser((value: string): TuneChoice => (value === "all" ? value : whole("--tune", 1, 100_000)(value)));
tunes.description = text(language, "cli.option.tunes");
command("convert", "<in>", "<out>")
  .addOption(tunes)
  .addOption(part())
  .addOption(option("--format <ending>"))
  .addOption(option("--force").default(false))
  .action(async (from: string, to: string, options: ConvertOptions) => {
    if (isDrawing(to) && options.tune !== "all") await print(from, to, { ...options, tune: options.tune }, language, out);
    else await convert(host().kernels, from, to, options, out);
    out.say("cli.done", { path: to });
  });
command("print", "<in>", "<out>")
  .addOption(part())
  .addOption(tune())
  .addOption(option("--force").default(false))
  .action(async (from: string, to: string, options: PrintCommand) => {
    if (!isDrawing(to)) throw new Complaint("usage", "print.to", { name: to });
    await print(from, to, options, language, out);
    out.say("cli.done", { path: to });
  });
command("compare", "<take>")
  .addOption(option("--master <file>").makeOptionMandatory())
  .addOption(option("--instrument <name>"))
  .addOption(option("--score").default(false))
  .addOption(option("--json <file>"))
  .addOption(option("--force").default(false))
  .action((take: string, options: CompareCommand) => compare(host(), take, options, out));
command("follow", "<take>")
  .addOption(option("--master <file>").makeOptionMandatory())
  .addOption(option("--instrument <name>"))
  .addOption(option("--json <file>"))
  .addOption(option("--force").default(false))
  .action((take: string, options: FollowCommand) => follow(host(), take, options, out));
command("verse", "<text>")
  .addOption(option("--json <file>"))
  .addOption(option("--rhymes <word>"))
  .addOption(option("--latin").default(false))
  .addOption(option("--force").default(false))
  .action(async (path: string, options: { json?: string; rhymes?: string; latin: boolean; force: boolean }) => {
    const { countVerse } = await import("./verse.ts");
    await countVerse(path, { ...options, language: given("--lang") }, out);
  });
const target = option("--to <hearing|scl>");
target.description = text(language, "cli.option.target");
command("tuner", "<file>")
  .addOption(target)
  .addOption(option("--scale-length <mm>").argParser(number("--scale-length", 50, 3000)))
  .addOption(option("--json <file>"))
  .addOption(option("--force").default(false))
  .action((file: string, options: TunerCommand) => tuner(host(), file, options, out));
command("contest", "<simulate|rank|verify|seal|publish>", "<file>")
  .addOption(option("--json <file>"))
  .addOption(option("--force").default(false))
  .action(async (action: string, path: string, options: { json?: string; force: boolean }) => {
    const { contest } = await import("./contest.ts");
    await contest(action, path, options, out);
  });
command("styles").action(() => {
  for (const style of stylesOf().values())
    process.stdout.write(`${style.name}\t${localized(style.title, language)}\t${style.bpm.join("-")}\t${localized(style.about, language)}\n`);
});
command("instruments").action(() => {
  for (const instrument of instruments.values())
    process.stdout.write(`${instrument.name}\t${instrument.tunings.map((tuning) => `${tuning.name} ${tuning.open.join("/")}`).join("; ")}\n`);
});
command("serve")
  .addOption(
    option("--port <n>")
      .argParser(whole("--port", 0, 65535))
      .default(4173),
  )
  .addOption(option("--no-open"))
  .action(async (options: { port: number; open: boolean }) => {
    if (!hasPage()) out.note("cli.building");
    await buildPage();
    // only here: Node's own web server takes a while to load
    const { serve } = await import("./serve.ts");
    await serve(options.port, options.open, abort.signal, (url) => out.say("cli.serving", { url }));
  });

try {
  await program.parseAsync();
  process.exitCode = abort.signal.aborted ? 130 : 0;
} catch (error) {
  const told = error instanceof CommanderError ? usageComplaint(error) : error;
  // asked for, help is no fault; shown because nothing was asked for, it is
  process.exitCode = told === undefined ? ((error as CommanderError).exitCode === 0 ? 0 : 2) : complain(told, language, asJson);
}
