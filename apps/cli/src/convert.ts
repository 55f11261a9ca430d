import { extname } from "node:path";
import { breathe, Complaint, stopIfCancelled } from "@kuishi/base";
import { convertAudio, convertible, convertText } from "@kuishi/flow";
import { codecs } from "@kuishi/media/node";
import { abcBook, scoreText } from "@kuishi/score";
import type { Console } from "./console.ts";
import { fileSource, readWhole } from "./files.ts";
import { fileOutput } from "./outputs.ts";

/** Of a book of tunes in ABC the one that is asked for, by its place; without a wish the first, and it is told. @throws Complaint. */
export function chosenTune(path: string, bytes: Uint8Array, tune: number | undefined, console: Console): Uint8Array {
  if (extname(path).toLowerCase() !== ".abc") {
    if (tune !== undefined) throw new Complaint("usage", "usage.tune");
    return bytes;
  }
  const book = abcBook(scoreText(bytes));
  if (book.length < 2 && tune === undefined) return bytes;
  const chosen = book[(tune ?? 1) - 1];
  if (!chosen) throw new Complaint("usage", "score.nosuch", { count: book.length });
  if (tune === undefined) console.note("score.book", { count: book.length, title: chosen.title });
  return new TextEncoder().encode(chosen.text);
}

/** Turns one file into another. @throws Complaint. */
export async function convert(
  kernels: WebAssembly.Module,
  from: string,
  to: string,
  options: { readonly force: boolean; readonly tune?: number },
  console: Console,
): Promise<void> {
  const out = (): ReturnType<typeof fileOutput> => fileOutput(to, { force: options.force, inputs: [from] });
  const { progress } = console;
  if (convertible(from).length > 0) {
    const bytes = chosenTune(from, readWhole(from), options.tune, console);
    const file = out();
    const content = await convertText(from, bytes, to, console.note);
    await breathe(progress);
    file.write(content);
    return;
  }
  const format = ({ ".wav": "wav", ".flac": "flac", ".mp3": "mp3", ".opus": "opus" } as const)[extname(to).toLowerCase()];
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
