import type { Item, Note, Pitch, Score } from "@kuishi/score";
import type { Block } from "./engrave.ts";
import { signWidth, textWidth } from "./faces.ts";
import type { Ink } from "./ink.ts";
import { signOf } from "./microtones.ts";

/** Words of a legend: a sentence by its code. */
export type Say = (code: LegendCode, params?: Readonly<Record<string, string>>) => string;
export type LegendCode =
  | "print.tuning"
  | "print.down"
  | "print.up"
  | "print.hammerOn"
  | "print.pullOff"
  | "print.slide"
  | "print.bend"
  | "print.quarterFlat"
  | "print.quarterSharp"
  | "print.cents";

/** Signs that players of other instruments may not know: how each is drawn, and what it is called. */
const MARKS: Readonly<Record<string, { readonly code: LegendCode; readonly sign?: number; readonly letter?: string }>> = {
  "down-bow": { code: "print.down", sign: 0xe610 },
  "up-bow": { code: "print.up", sign: 0xe612 },
  "hammer-on": { code: "print.hammerOn", letter: "H" },
  "pull-off": { code: "print.pullOff", letter: "P" },
  slide: { code: "print.slide", letter: "/" },
  bend: { code: "print.bend", letter: "↑" },
};
interface Entry {
  readonly sign?: number;
  readonly letter?: string;
  readonly text: string;
}
const [LETTERS, LEADING, ENTRY_GAP, INDENT] = [12, 19, 26, 35];

const pitchText = ({ step, alter, octave }: Pitch): string => {
  const whole = Math.round(alter / 100);
  const beside = Math.round(alter - whole * 100);
  const sign = whole > 0 ? "#".repeat(whole) : "b".repeat(-whole);
  return `${step}${sign}${octave}${beside === 0 ? "" : ` ${beside > 0 ? "+" : "−"}${Math.abs(beside)}`}`;
};
function* itemsOf(score: Score, parts: readonly string[] | undefined): Generator<readonly [Item, string]> {
  for (const part of score.parts) if (parts?.includes(part.id) ?? true) for (const bar of part.bars) for (const item of bar.items) yield [item, part.name];
}
function entriesOf(score: Score, parts: readonly string[] | undefined, say: Say): Entry[] {
  const found = new Map<string, Entry>();
  const add = (key: string, entry: Entry): void => void (found.has(key) || found.set(key, entry));
  for (const [item, name] of itemsOf(score, parts)) {
    if (item.kind === "staff" && item.strings && item.strings.length > 0) {
      const strings = [...item.strings].sort((a, b) => a.line - b.line).map(pitchText);
      add(`tuning ${name}`, { text: say("print.tuning", { name, strings: strings.join(" · ") }) });
    }
    if (item.kind === "chord") for (const note of item.notes) ofNote(note, add, say);
  }
  return [...found.values()];
}
function ofNote({ marks, sound }: Note, add: (key: string, entry: Entry) => void, say: Say): void {
  for (const { name } of marks ?? []) {
    const own = MARKS[name];
    if (own) add(name, { text: say(own.code), ...(own.sign ? { sign: own.sign } : {}), ...(own.letter ? { letter: own.letter } : {}) });
  }
  if (sound.kind !== "pitch" || Math.abs(sound.alter / 100 - Math.round(sound.alter / 100)) <= 0.04) return;
  const { code, told } = signOf(sound.alter);
  if (told) add("cents", { sign: code, text: say("print.cents") });
  else if (code === 0xe280 || code === 0xe282) add(`quarter ${code}`, { sign: code, text: say(code === 0xe280 ? "print.quarterFlat" : "print.quarterSharp") });
}

/** What stands below the last line: tunings, and the signs of strokes, of the left hand and of pitches between the semitones. None where nothing needs it. */
export function legendOf(
  score: Score,
  say: Say,
  { width, y, parts }: { readonly width: number; readonly y: number; readonly parts?: readonly string[] },
): Block | undefined {
  const entries = entriesOf(score, parts, say);
  if (entries.length === 0) return undefined;
  const ink: Ink[] = [{ kind: "path", d: `M${INDENT} 6h120`, line: 0.7, colour: "#6E6E6E" }];
  let [x, base] = [INDENT, 30];
  for (const { sign, letter, text } of entries) {
    const lead = sign !== undefined ? signWidth(sign, 26) + 8 : letter ? textWidth(letter, LETTERS, true) + 6 : 0;
    const whole = lead + textWidth(text, LETTERS, false);
    if (x > INDENT && x + whole > width - INDENT) [x, base] = [INDENT, base + LEADING];
    if (sign !== undefined) ink.push({ kind: "sign", code: sign, x, y: base - (sign >= 0xe600 ? 0 : 4), size: 26, colour: "#000000" });
    if (letter) ink.push({ kind: "text", text: letter, x, y: base, size: LETTERS, bold: true, italic: false, colour: "#000000" });
    ink.push({ kind: "text", text, x: x + lead, y: base, size: LETTERS, bold: false, italic: false, colour: "#000000" });
    x += whole + ENTRY_GAP;
  }
  return { x: 0, y, width, height: base + 14, ink };
}
