/**
 * A song sheet's words alone (ChordPro: chords in brackets, directives in braces, comments after #):
 * every line stays where it was, those without words are empty.
 *
 * @example
 * withoutChords("{title: Ай}\n[Dm]Желсіз түнде [A]жарық ай"); // "\nЖелсіз түнде жарық ай"
 */
export const withoutChords = (text: string): string =>
  text
    .split("\n")
    .map((line) => (/^\s*(?:\{.*\}\s*$|#)/.test(line) ? "" : line.replace(/\[[^\]\n]*\]/g, "")))
    .join("\n");
