import { CHORD_NAME } from "../abc/signs.ts";
import { type ChordSong, endedBy, isComment, metaOf, type SongLine, startedBy } from "./song.ts";

/**
 * A song as these players see it: what is meant for others is gone, chords stand where `transpose` moves them, and `%{name}` says what the song does
 * of itself.
 * @param players instruments and users that conditions name.
 */
export function shownSong(song: ChordSong, players: readonly string[] = []): ChordSong {
  const known = new Set(players.map((name) => name.toLowerCase()));
  const meta = metaOf(song);
  const named = (name: string): boolean =>
    known.has(name.toLowerCase()) || meta.some(([key, value]) => key.toLowerCase() === name.toLowerCase() && value !== "");
  const names = song.lines.some((line) => line.kind === "words" && line.chunks.some(({ chord }) => chord.startsWith("H"))) ? GERMAN : ENGLISH;
  // a transposition that ends gives way to the one before it
  const shifts: Shift[] = [{ by: 0, lean: "sharp", names }];
  let inside: string | undefined;
  /** The block that is not for them. */
  let hidden: string | undefined;
  const lines: SongLine[] = [];
  for (const line of song.lines) {
    if (hidden !== undefined) {
      if (endedBy(line) === hidden) hidden = undefined;
      continue;
    }
    if (line.kind === "directive" && line.selector && named(line.selector.name) === line.selector.not) {
      hidden = startedBy(line);
      continue;
    }
    inside = startedBy(line) ?? (endedBy(line) === undefined ? inside : undefined);
    if (line.kind === "directive" && line.name === "transpose") {
      if (line.value !== "") shifts.push(shiftOf(line.value, meta, names));
      else if (shifts.length > 1) shifts.pop();
    } else
      lines.push(
        line.kind === "directive" && line.selector
          ? { kind: "directive", name: line.name, value: line.value }
          : moved(filled(line, meta), shifts.at(-1)!, inside),
      );
  }
  return { lines };
}

type Meta = ReturnType<typeof metaOf>;
/** `%{name}`, `%{name|where it is told|where not}`, `%{name=value|...|...}`; `%{}` inside is the value. Innermost first. */
const VARIABLE = /%\{(\w+)(?:=([^{}|]*))?(?:\|([^{}|]*))?(?:\|([^{}|]*))?\}/g;
const MOST_DEEP = 8;
function withVariables(text: string, meta: Meta): string {
  let told = text.replaceAll("%{}", "\0");
  for (let deep = 0; deep < MOST_DEEP && told.includes("%{"); deep++)
    told = told.replace(VARIABLE, (_, name: string, wanted?: string, yes?: string, no?: string) => {
      const value = meta
        .filter(([key]) => key.toLowerCase() === name.toLowerCase())
        .map(([, one]) => one)
        .join("; ");
      const holds = wanted === undefined ? value !== "" : value === wanted;
      return holds ? (yes ?? value).replaceAll("\0", value) : (no ?? "");
    });
  return told.replaceAll("\0", "");
}
function filled(line: SongLine, meta: Meta): SongLine {
  if (line.kind === "words" && line.chunks.some(({ text }) => text.includes("%{")))
    return { kind: "words", chunks: line.chunks.map(({ chord, text }) => ({ chord, text: withVariables(text, meta) })) };
  const texts = line.kind === "directive" && (isComment(line) || startedBy(line) !== undefined) && line.value.includes("%{");
  return texts ? { kind: "directive", name: line.name, value: withVariables(line.value, meta) } : line;
}

interface Shift {
  /** Semitones. */
  readonly by: number;
  readonly lean: "sharp" | "flat";
  readonly names: Names;
}
/** `2`, `-3`, `2f` (flats), `2s` (sharps), `2k` (as the key has it). */
function shiftOf(value: string, meta: Meta, names: Names): Shift {
  const [, number, letter] = /^([+-]?\d{1,2})([sfk]?)$/.exec(value.trim()) ?? [];
  const by = Number(number ?? 0);
  const key = meta.findLast(([name]) => name === "key")?.[1];
  if (letter === "k" && key) return { by, names, lean: FLAT_KEYS.test(movedName(key, { by, names, lean: "flat" })) ? "flat" : "sharp" };
  return { by, names, lean: letter === "f" || (letter !== "s" && by < 0) ? "flat" : "sharp" };
}
/** Keys that are written with flats. */
const FLAT_KEYS = /^(F|Bb|Eb|Ab|Db|Dm|Gm|Cm|Fm|Bbm|Ebm)$/;
function moved(line: SongLine, shift: Shift, inside: string | undefined): SongLine {
  if (shift.by === 0) return line;
  if (line.kind === "words") return { kind: "words", chunks: line.chunks.map(({ chord, text }) => ({ chord: movedName(chord, shift), text })) };
  if (line.kind === "verbatim" && inside === "grid") return { kind: "verbatim", text: movedGrid(line.text, shift) };
  return line.kind === "directive" && line.name === "key" ? { kind: "directive", name: "key", value: movedKey(line.value, shift) } : line;
}
/** The cells of a grid's line; what stands before the first bar line and behind the last is its margin. */
function movedGrid(text: string, shift: Shift): string {
  const [from, to] = [text.indexOf("|"), text.lastIndexOf("|")];
  return from === to ? text : text.slice(0, from) + text.slice(from, to).replace(/[^\s|:~]+/g, (word) => movedName(word, shift)) + text.slice(to);
}

interface Names {
  readonly sharp: readonly string[];
  readonly flat: readonly string[];
}
const ENGLISH: Names = {
  sharp: ["C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"],
  flat: ["C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B"],
};
/** Where B natural is called H, B is the tone below it. */
const GERMAN: Names = { sharp: [...ENGLISH.sharp.slice(0, 10), "B", "H"], flat: [...ENGLISH.flat.slice(0, 10), "B", "H"] };
/** Semitones above C of a root as it is called. */
function rootAt(letter: string, accidental: string | undefined, names: Names): number {
  const natural = names.sharp.indexOf(letter.toUpperCase());
  return natural + (accidental === "#" || accidental === "\u266f" ? 1 : accidental ? -1 : 0);
}
/** A chord's name moved; what is no chord's name stays. */
function movedName(name: string, { by, lean, names }: Shift): string {
  // the pattern knows no H: it is looked for as the B it is
  const german = names === GERMAN;
  const [whole, root, sign, quality, bass, bassSign] = CHORD_NAME.exec(german ? name.replace(/^(\(?)H/, "$1B").replace(/\/[Hh]/, "/B") : name) ?? [];
  if (whole === undefined || root === undefined) return name;
  const tone = (letter: string, accidental: string | undefined): string =>
    names[lean][(((rootAt(german && letter === "h" ? "H" : letter, accidental, names) + by) % 12) + 12) % 12]!;
  const [ownRoot, ownBass] = german ? [/^\(?H/.test(name) ? "H" : root, /\/[Hh]/.test(name) ? "H" : bass] : [root, bass];
  const told = `${tone(ownRoot, sign)}${quality}${ownBass ? `/${tone(ownBass, bassSign)}` : ""}`;
  return name.startsWith("(") ? `(${told})` : told;
}
/** Keys by their semitones above C, none of more than six signs. */
const MAJOR_KEYS = ["C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B"];
const MINOR_KEYS = ["Cm", "C#m", "Dm", "Ebm", "Em", "Fm", "F#m", "Gm", "G#m", "Am", "Bbm", "Bm"];
function movedKey(key: string, shift: Shift): string {
  const [, root, sign, minor] = /^([A-G])([#b\u266f\u266d]?)(m(?:in(?:or)?)?)?$/.exec(key.trim()) ?? [];
  if (root === undefined || shift.names === GERMAN) return movedName(key, shift);
  const told = movedName(key.trim(), shift);
  const at = (((rootAt(root, sign, ENGLISH) + shift.by) % 12) + 12) % 12;
  const usual = (minor ? MINOR_KEYS : MAJOR_KEYS)[at]!;
  return SIGNS.test(told) ? usual : told;
}
/** Keys of more than five signs. */
const SIGNS = /^(C#|D#|G#|A#|Cb|Gb|E#|B#|Fb|D#m|A#m|E#m|B#m|Abm|Dbm|Gbm)$/;
