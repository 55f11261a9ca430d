import { RhymeDictionary } from "@kuishi/verse";
import wordsUrl from "@kuishi/verse/kk.txt?url";

let dictionary: Promise<RhymeDictionary> | undefined;
/** The words of Kazakh, fetched when first asked for. */
export function kazakhWords(): Promise<RhymeDictionary> {
  dictionary ??= fetch(wordsUrl).then(async (response) => new RhymeDictionary(await response.text()));
  dictionary.catch(() => (dictionary = undefined));
  return dictionary;
}
