/** Latin letters of 2021 for the letters of Kazakh words. Source: docs/sources.md#kazakh-latin. */
const LATIN: Readonly<Record<string, string>> = {
  а: "a", ә: "ä", б: "b", в: "v", г: "g", ғ: "ğ", д: "d", е: "e", ж: "j", з: "z", и: "i", й: "i", к: "k", қ: "q", л: "l", м: "m",
  н: "n", ң: "ñ", о: "o", ө: "ö", п: "p", р: "r", с: "s", т: "t", у: "u", ұ: "ū", ү: "ü", ф: "f", х: "h", һ: "h", ш: "ş", ы: "y", і: "ı",
  э: "e", ю: "iu", я: "ia",
}; // biome-ignore format: a table
/** Letters that fall together with another one. */
const MERGED = new Set("ийхһэюя");
const CAPITALS: Readonly<Record<string, string>> = { i: "İ", ı: "I" };
const capital = (letters: string): string => (CAPITALS[letters[0]!] ?? letters[0]!.toUpperCase()) + letters.slice(1);

/** A text in Latin letters, and what that loses. */
export interface LatinView {
  readonly text: string;
  /** Cyrillic letters, lower case, that fall together with others: the text cannot be turned back by them. */
  readonly merged: readonly string[];
  /** Letters of loans for which we know no agreed form (ё, ц, ч, щ, ъ, ь): left as they are. */
  readonly unknown: readonly string[];
}

/**
 * Kazakh in the Latin alphabet of 2021, to be looked at: Cyrillic stays the master, for the way
 * back is not one to one.
 *
 * @example
 * latinOf("Бұл маған келген бала").text; // "Būl mağan kelgen bala"
 */
export function latinOf(text: string): LatinView {
  const merged = new Set<string>();
  const unknown = new Set<string>();
  const letters = [...text].map((letter) => {
    const small = letter.toLowerCase();
    const latin = LATIN[small];
    if (latin === undefined) {
      if (/\p{Script=Cyrillic}/u.test(letter)) unknown.add(small);
      return letter;
    }
    if (MERGED.has(small)) merged.add(small);
    return small === letter ? latin : capital(latin);
  });
  return { text: letters.join(""), merged: [...merged].sort(), unknown: [...unknown].sort() };
}
