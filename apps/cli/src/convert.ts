import { readdirSync, statSync } from "node:fs";
import { basename, dirname, extname, join, relative } from "node:path";
import { breathe, Complaint, stopIfCancelled } from "@kuishi/base";
import { convertAudio, convertible, convertText } from "@kuishi/flow";
import { codecs } from "@kuishi/media/node";
import { abcBook, type BookTune, scoreText } from "@kuishi/score";
import { type Language, textOf } from "@kuishi/words";
import type { Console } from "./console.ts";
import { fileSource, fromHere, readWhole } from "./files.ts";
import { fileOutput } from "./outputs.ts";

/** Which tune of a book is meant, counted from 1. */
export type TuneChoice = number | "all";

const isAbc = (path: string): boolean => extname(path).toLowerCase() === ".abc";
const encoded = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Of a book of tunes in ABC the one that is asked for, by its place; without a wish the first, and it is told. @throws Complaint. */
export function chosenTune(path: string, bytes: Uint8Array, tune: number | undefined, console: Pick<Console, "note">): Uint8Array {
  if (!isAbc(path)) {
    if (tune !== undefined) throw new Complaint("usage", "usage.tune");
    return bytes;
  }
  const book = abcBook(scoreText(bytes));
  if (book.length < 2 && tune === undefined) return bytes;
  const chosen = book[(tune ?? 1) - 1];
  if (!chosen) throw new Complaint("usage", "score.nosuch", { count: book.length });
  if (tune === undefined) console.note("score.book", { count: book.length, title: chosen.title });
  return encoded(chosen.text);
}

export interface ConvertOptions {
  readonly force: boolean;
  readonly tune?: TuneChoice;
  readonly part?: readonly string[];
  /** Into which format everything of a folder goes. */
  readonly format?: string;
}
const AUDIO = { ".wav": "wav", ".flac": "flac", ".mp3": "mp3", ".opus": "opus" } as const;
/** Files of sound, by name, where a whole folder is gone through. */
const SOUND = /\.(wav|w64|flac|mp3|opus|ogg|oga|webm|mkv|mp4|m4a|mov|aac|aiff?|aifc|caf)$/i;

/** Turns one file into another; a folder, or all tunes of a book, into many. @throws Complaint. */
export async function convert(kernels: WebAssembly.Module, from: string, to: string, options: ConvertOptions, console: Console): Promise<void> {
  if (statSync(fromHere(from), { throwIfNoEntry: false })?.isDirectory()) await convertFolder(kernels, from, to, options, console);
  else if (options.format !== undefined) throw new Complaint("usage", "usage.format");
  else if (options.tune === "all") await convertBook(from, to, options, console);
  else await convertOne(kernels, from, to, { ...options, tune: options.tune }, console);
}

type OneOptions = Omit<ConvertOptions, "tune"> & { readonly tune?: number | undefined };
async function convertOne(kernels: WebAssembly.Module, from: string, to: string, options: OneOptions, console: Console): Promise<void> {
  const out = (): ReturnType<typeof fileOutput> => fileOutput(to, { force: options.force, inputs: [from] });
  const { progress } = console;
  if (convertible(from).length > 0) {
    const bytes = chosenTune(from, readWhole(from), options.tune, console);
    const file = out();
    const content = await convertText(from, bytes, to, console.note, options.part);
    await breathe(progress);
    file.write(content);
    return;
  }
  const format = AUDIO[extname(to).toLowerCase() as keyof typeof AUDIO];
  if (!format) throw new Complaint("usage", "usage.convert", { from, to });
  const source = await fileSource(from);
  try {
    const file = out();
    const content = await convertAudio(kernels, source, format, codecs, progress);
    stopIfCancelled(progress);
    file.write(content);
  } finally {
    await source.close();
  }
}

/** What became of one file, or of one tune of it. */
interface Converted {
  readonly from: string;
  readonly to: string;
  readonly tune?: number;
  readonly title?: string;
  readonly ok: boolean;
  /** What was told of it, in codes whose sentences `words` has, and those sentences. */
  readonly told: readonly { readonly code: string; readonly params: Readonly<Record<string, string | number>>; readonly text: string }[];
}
/** Converts and says what became of it: one that cannot be read does not stop the others. */
async function reported(
  about: Omit<Converted, "ok" | "told">,
  { language, progress }: Console,
  work: (console: Pick<Console, "note">) => Promise<void>,
): Promise<Converted> {
  const told: Converted["told"][number][] = [];
  const note: Console["note"] = (code, params = {}) => void told.push({ code, params, text: sentence(language, code, params) });
  stopIfCancelled(progress);
  try {
    await work({ note });
    return { ...about, ok: true, told };
  } catch (error) {
    if (!(error instanceof Complaint) || error.kind === "cancelled") throw error;
    note(error.code, error.params);
    return { ...about, ok: false, told };
  }
}
const sentence = (language: Language, code: string, params: Converted["told"][number]["params"]): string => textOf(language, code, params);

/** A tune's file: the book's name, its place, its title as far as a file's name may have it. */
function tuneName(base: string, { title }: BookTune, k: number, count: number): string {
  const place = String(k + 1).padStart(String(count).length, "0");
  const plain = title
    .replace(/[^\p{L}\p{M}\p{N} '’-]/gu, " ")
    .replace(/\s+/g, " ")
    .trim();
  return [base, place, [...plain].slice(0, 60).join("").trim()].filter(Boolean).join(" ");
}
async function tunesOf(from: string, base: string, ending: string, options: ConvertOptions, console: Console): Promise<Converted[]> {
  const book = abcBook(scoreText(readWhole(from)));
  const out: Converted[] = [];
  for (const [k, tune] of book.entries()) {
    const to = book.length === 1 ? `${base}${ending}` : `${tuneName(base, tune, k, book.length)}${ending}`;
    out.push(
      await reported({ from, to, tune: k + 1, title: tune.title }, console, async ({ note }) => {
        const content = await convertText(from, encoded(tune.text), to, note, options.part);
        fileOutput(to, { force: options.force, inputs: [from] }).write(content);
      }),
    );
    await breathe(console.progress);
  }
  return out;
}

/** Every tune of a book in ABC as a file of its own, beside each other. */
async function convertBook(from: string, to: string, options: ConvertOptions, console: Console): Promise<void> {
  if (!isAbc(from)) throw new Complaint("usage", "usage.tune");
  const ending = extname(to);
  told(await tunesOf(from, to.slice(0, to.length - ending.length), ending, options, console), console);
}

/** Everything in a folder, and below it, that can become the format; what was told of each file stands in `conversion.json`. */
async function convertFolder(kernels: WebAssembly.Module, from: string, to: string, options: ConvertOptions, console: Console): Promise<void> {
  const format = options.format?.toLowerCase().replace(/^\./, "");
  if (!format) throw new Complaint("usage", "usage.format");
  const sound = `.${format}` in AUDIO;
  const report = fileOutput(join(to, "conversion.json"), { force: options.force, inputs: [] });
  const root = fromHere(from);
  const found = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((name) => convertible(name).includes(format) || (sound && SOUND.test(name)))
    .sort();
  if (found.length === 0) throw new Complaint("unreadable", "convert.none", { path: from, format });
  const out: Converted[] = [];
  const used = new Set<string>();
  for (const [k, name] of found.entries()) {
    console.progress.report("convert", k / found.length);
    const path = join(from, name);
    // of files that differ in their endings alone, the later keep theirs
    const plain = join(to, dirname(name), basename(name, extname(name)));
    const own = used.has(plain) ? join(to, name) : plain;
    used.add(own);
    if (isAbc(name) && typeof options.tune !== "number") out.push(...(await reportedTunes(path, own, `.${format}`, options, console)));
    else
      out.push(
        await reported({ from: path, to: `${own}.${format}` }, console, ({ note }) => {
          const tune = isAbc(name) && options.tune !== "all" ? options.tune : undefined;
          return convertOne(kernels, path, `${own}.${format}`, { ...options, tune }, { ...console, note });
        }),
      );
  }
  report.write(`${JSON.stringify({ kuishi: "convert/1", files: out }, null, 1)}\n`);
  told(out, console);
}
/** Tunes of a book that may not be readable at all. */
async function reportedTunes(from: string, base: string, ending: string, options: ConvertOptions, console: Console): Promise<Converted[]> {
  const tunes: Converted[] = [];
  const whole = await reported(
    { from, to: `${base}${ending}` },
    console,
    async () => void tunes.push(...(await tunesOf(from, base, ending, options, console))),
  );
  return whole.ok ? tunes : [whole];
}

/** Says what was told of each file, and how many there are now. @throws Complaint where some could not be read. */
function told(all: readonly Converted[], console: Console): void {
  for (const { from, tune, told } of all)
    for (const { text } of told) console.note("convert.told", { path: tune === undefined ? from : `${from} (${tune})`, text });
  const good = all.filter((one) => one.ok).length;
  console.say("convert.done", { count: good });
  if (good < all.length) throw new Complaint("unreadable", "convert.some", { count: all.length - good });
}
