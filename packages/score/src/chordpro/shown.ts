import { CHORD_NAME } from "../abc/signs.ts";
import { type ChordSong, endedBy, metaOf, type SongLine, startedBy } from "./song.ts";

/**
 * A song as these players see it: what is meant for others is gone, and chords stand where `transpose` moves them.
 * @param players instruments and users that conditions name.
 */
export function shownSong(song: ChordSong, players: readonly string[] = []): ChordSong {
  const known = new Set(players.map((name) => name.toLowerCase()));
  const meta = metaOf(song);
  const named = (name: string): boolean =>
    known.has(name.toLowerCase()) || meta.some(([key, value]) => key.toLowerCase() === name.toLowerCase() && value !== "");
  let shift: Shift = { by: 0, lean: "sharp" };
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
    if (line.kind === "directive" && line.name === "transpose") shift = shiftOf(line.value, meta);
    else lines.push(line.kind === "directive" && line.selector ? { kind: "directive", name: line.name, value: line.value } : moved(line, shift, inside));
  }
  return { lines };
}

interface Shift {
  /** Semitones. */
  readonly by: number;
  readonly lean: "sharp" | "flat";
}
/** `2`, `-3`, `2f` (flats), `2s` (sharps), `2k` (as the key has it); empty: as written. */
function shiftOf(value: string, meta: readonly (readonly [string, string])[]): Shift {
  const [, number, letter] = /^([+-]?\d{1,2})([sfk]?)$/.exec(value.trim()) ?? [];
  const by = Number(number ?? 0);
  const key = meta.findLast(([name]) => name === "key")?.[1];
  if (letter === "k" && key) return { by, lean: FLAT_KEYS.test(movedName(key, { by, lean: "flat" })) ? "flat" : "sharp" };
  return { by, lean: letter === "f" || (letter !== "s" && by < 0) ? "flat" : "sharp" };
}
/** Keys that are written with flats. */
const FLAT_KEYS = /^(F|Bb|Eb|Ab|Db|Dm|Gm|Cm|Fm|Bbm|Ebm)$/;
function moved(line: SongLine, shift: Shift, inside: string | undefined): SongLine {
  if (shift.by === 0) return line;
  if (line.kind === "words") return { kind: "words", chunks: line.chunks.map(({ chord, text }) => ({ chord: movedName(chord, shift), text })) };
  if (line.kind === "verbatim" && inside === "grid") return { kind: "verbatim", text: line.text.replace(/[^\s|:]+/g, (word) => movedName(word, shift)) };
  return line.kind === "directive" && line.name === "key" ? { kind: "directive", name: "key", value: movedName(line.value, shift) } : line;
}
const SHARPS = ["C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"];
const FLATS = ["C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B"];
/** A chord's name moved; what is no chord's name stays. */
function movedName(name: string, { by, lean }: Shift): string {
  const [whole, root, sign, quality, bass, bassSign] = CHORD_NAME.exec(name) ?? [];
  if (whole === undefined || root === undefined) return name;
  const tone = (letter: string, accidental: string | undefined): string => {
    const natural = SHARPS.indexOf(letter.toUpperCase());
    const beside = accidental === "#" || accidental === "\u266f" ? 1 : accidental ? -1 : 0;
    return (lean === "flat" ? FLATS : SHARPS)[(((natural + beside + by) % 12) + 12) % 12]!;
  };
  const told = `${tone(root, sign)}${quality}${bass ? `/${tone(bass, bassSign)}` : ""}`;
  return name.startsWith("(") ? `(${told})` : told;
}
