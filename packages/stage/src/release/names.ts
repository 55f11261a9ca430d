import type { Release } from "./release.ts";

const LONGEST = 120;
/**
 * A name that every file system takes: without what Windows or a web address would trip over, and not too long.
 * @example
 * fileName("Кеңес / «нұсқа» 2?"); // => "Кеңес «нұсқа» 2"
 * fileName("..."); // => "untitled"
 */
export function fileName(text: string): string {
  const plain = text
    .normalize("NFC")
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out
    .replaceAll(/[<>:"/\\|?*#%&\u0000-\u001f\u007f\u200b-\u200f\u202a-\u202e\u2066-\u2069]+/g, " ")
    .replaceAll(/\s+/g, " ")
    .replaceAll(/^[\s.]+|[\s.]+$/g, "");
  const short = [...plain].slice(0, LONGEST).join("").trim();
  if (/^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(short)) return `_${short}`;
  return short === "" ? "untitled" : short;
}
/** What a track's files are called, without their ending: `01 Artist - Title`. */
export const trackName = (release: Pick<Release, "artist" | "tracks">, index: number): string =>
  fileName(`${String(index + 1).padStart(2, "0")} ${release.artist} - ${release.tracks[index]!.title}`);
/** The address of a file beside the page: each part of its path as addresses write it. */
export const href = (path: string): string => path.split("/").map(encodeURIComponent).join("/");
