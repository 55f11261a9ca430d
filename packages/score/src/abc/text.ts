/** Marks over and under letters, by the sign of ABC's mnemonics (2.1, section 8.2) and the ending of the names of HTML. */
const ACCENTS: readonly (readonly [sign: string, name: string, combining: string])[] = [
  ["`", "grave", "\u0300"],
  ["'", "acute", "\u0301"],
  ["^", "circ", "\u0302"],
  ["~", "tilde", "\u0303"],
  ['"', "uml", "\u0308"],
  ["c", "cedil", "\u0327"],
  ["o", "ring", "\u030a"],
  ["v", "caron", "\u030c"],
  ["u", "breve", "\u0306"],
  ["=", "macr", "\u0304"],
  ["H", "dblac", "\u030b"],
  [";", "ogon", "\u0328"],
];
/** Letters that are no marked ones, by their mnemonic; names of HTML beside them. */
const LETTERS: Readonly<Record<string, string>> = {
  "/O": "Ø",
  "/o": "ø",
  "/D": "Đ",
  "/d": "đ",
  "/L": "Ł",
  "/l": "ł",
  AE: "Æ",
  ae: "æ",
  OE: "Œ",
  oe: "œ",
  AA: "Å",
  aa: "å",
  ss: "ß",
  DH: "Ð",
  dh: "ð",
  TH: "Þ",
  th: "þ",
};
const NAMES: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  copy: "©",
  nbsp: " ",
  Oslash: "Ø",
  oslash: "ø",
  AElig: "Æ",
  aelig: "æ",
  szlig: "ß",
  flat: "♭",
  natural: "♮",
  sharp: "♯",
};
const accented = (letter: string, mark: string | undefined): string | undefined => {
  const one = mark === undefined ? "" : (letter + mark).normalize("NFC");
  return one.length === 1 ? one : undefined;
};
const MNEMONIC = /\\(\/[OoDdLl]|AE|ae|OE|oe|AA|aa|ss|DH|dh|TH|th|u[\dA-Fa-f]{4}|[`'^~"cov=uH;][A-Za-z]|[\\%&])/g;

/**
 * A text of ABC as it reads: mnemonics and names of letters (2.1, section 8.2), `\%` a percent sign, changes of typeface (`$1`) left out.
 * @example
 * abcText("Caf\\'e, 50\\% & \\u04d9 $1bold$0"); // => "Café, 50% & ә bold"
 */
export function abcText(text: string): string {
  if (!/[\\&$]/.test(text)) return text;
  return text
    .replace(/\$(\d|\$)/g, (_, sign: string) => (sign === "$" ? "$" : ""))
    .replace(/&([A-Za-z]+);/g, (whole, name: string) => {
      const accent = ACCENTS.find(([, own]) => name.slice(1) === own);
      return NAMES[name] ?? accented(name[0]!, accent?.[2]) ?? whole;
    })
    .replace(MNEMONIC, (whole, own: string) => {
      if (/^[\\%&]$/.test(own)) return own;
      if (/^u[\dA-Fa-f]{4}$/.test(own)) return String.fromCharCode(Number.parseInt(own.slice(1), 16));
      return LETTERS[own] ?? accented(own[1]!, ACCENTS.find(([sign]) => sign === own[0])?.[2]) ?? whole;
    });
}
/** A text as a line of ABC: what would be read as something else is told by its mnemonic. */
export const abcEscaped = (text: string): string =>
  text
    .replace(/[\r\n]+/g, " ")
    .trim()
    .replace(/[\\%]|&(?=[A-Za-z]+;)/g, "\\$&")
    .replace(/\$(?=[\d$])/g, "$$$$");
