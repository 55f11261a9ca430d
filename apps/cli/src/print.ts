import { breathe } from "@kuishi/base";
import type { Faces } from "@kuishi/engrave";
import { drawableOf, printScore, printSong } from "@kuishi/flow";
import type { Language } from "@kuishi/words";
import type { Console } from "./console.ts";
import { chosenTune } from "./convert.ts";
import { readWhole } from "./files.ts";
import { fileOutput } from "./outputs.ts";

export interface PrintCommand {
  readonly force: boolean;
  readonly tune?: number | undefined;
  readonly part?: readonly string[];
}

/** Draws a score or a song as pages (`.pdf`) or a picture (`.svg`). @throws Complaint. */
export async function print(from: string, to: string, options: PrintCommand, language: Language, console: Console): Promise<void> {
  const bytes = chosenTune(from, readWhole(from), options.tune, console);
  const file = fileOutput(to, { force: options.force, inputs: [from] });
  const drawable = await drawableOf(from, bytes, console.note);
  const faces = async (): Promise<Faces> => (await import("@kuishi/engrave/node")).faces();
  const content = await ("song" in drawable
    ? printSong(drawable.song, to, { language, faces })
    : printScore(drawable.score, to, { language, faces, ...(options.part ? { parts: options.part } : {}) }));
  await breathe(console.progress);
  file.write(content);
}
