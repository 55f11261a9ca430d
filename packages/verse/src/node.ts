import { readFileSync } from "node:fs";
import { RhymeDictionary } from "./dictionary.ts";

let read: RhymeDictionary | undefined;

/** The words of Kazakh, read from the disk once. */
export function kazakhDictionary(): RhymeDictionary {
  read ??= new RhymeDictionary(readFileSync(new URL("../data/kk.txt", import.meta.url), "utf8"));
  return read;
}
