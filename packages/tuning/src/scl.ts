import { type Cents, Complaint, log2, rounded } from "@kuishi/base";
import type { Scale } from "./tuning.ts";

/** Text of a file that may be UTF-8 or, as old scale archives are, Latin-1. */
export function scaleText(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("latin1").decode(bytes);
  }
}

const complain = (code: string, line: number, text: string): Complaint => new Complaint("unreadable", code, { line, text: text.slice(0, 60) });

/** Lines that count, with their 1-based numbers; comments (`!`) dropped. */
function* content(text: string): Generator<{ line: number; text: string }> {
  let line = 0;
  for (const raw of text.split(/\r\n|\n|\r/)) {
    line++;
    if (!raw.startsWith("!")) yield { line, text: raw };
  }
}

/** One pitch line of a .scl: cents when it has a point, else a ratio or a whole number. */
function pitch(text: string, line: number): Cents {
  const word = text.trim().split(/\s+/)[0] ?? "";
  if (/^-?\d*\.\d*$/.test(word) && /\d/.test(word)) return Number(word);
  const ratio = /^(\d+)(?:\/(\d+))?$/.exec(word);
  if (!ratio) throw complain("scl.pitch", line, text);
  const [top, bottom] = [Number(ratio[1]), Number(ratio[2] ?? "1")];
  if (top <= 0 || bottom <= 0) throw complain("scl.ratio", line, text);
  return 1200 * log2(top / bottom);
}

/** Reads a Scala scale. @throws Complaint with the line. */
export function readScl(text: string): Scale {
  const lines = [...content(text)];
  const name = lines[0];
  const count = lines[1];
  if (!name || !count) throw complain("scl.short", lines.length + 1, "");
  const stated = /^\s*(\d+)/.exec(count.text);
  if (!stated) throw complain("scl.count", count.line, count.text);
  const notes = Number(stated[1]);
  if (notes > 4096) throw complain("scl.count", count.line, count.text);
  const rows = lines.slice(2).filter((row) => row.text.trim() !== "");
  if (rows.length < notes) throw new Complaint("unreadable", "scl.missing", { line: rows.at(-1)?.line ?? count.line, stated: notes, found: rows.length });
  const pitches = rows.slice(0, notes).map((row) => pitch(row.text, row.line));
  return { name: name.text.trim(), degrees: [0, ...pitches.slice(0, -1)], period: pitches.at(-1) ?? 1200 };
}

/** Writes a Scala scale; cents to 5 decimals. */
export function writeScl(scale: Scale, comment = ""): string {
  const row = (cents: Cents): string => ` ${rounded(cents, 5).toFixed(5)}`;
  const notes = [...scale.degrees.slice(1), scale.period];
  const head = comment === "" ? [] : comment.split("\n").map((line) => `! ${line}`);
  return [...head, scale.name.replace(/[\r\n]/g, " ").replace(/^!/, " !"), ` ${notes.length}`, "!", ...notes.map(row), ""].join("\n");
}

/** A Scala keyboard mapping. Keys are MIDI numbers; degrees index the scale, null is unmapped. */
export interface KeyboardMap {
  readonly first: number;
  readonly last: number;
  /** Key that plays degree 0. */
  readonly middle: number;
  readonly referenceKey: number;
  readonly referenceHertz: number;
  /** Scale degree that counts as the formal octave; 0 means the scale's own period. */
  readonly octaveDegree: number;
  readonly degrees: readonly (number | null)[];
}

/** Reads a Scala keyboard mapping. @throws Complaint with the line. */
export function readKbm(text: string): KeyboardMap {
  const lines = [...content(text)].filter((row) => row.text.trim() !== "");
  const number = (index: number, whole = true): number => {
    const row = lines[index];
    if (!row) throw complain("kbm.short", (lines.at(-1)?.line ?? 0) + 1, "");
    const value = Number(row.text.trim().split(/[\s!]+/)[0]);
    if (!Number.isFinite(value) || (whole && !Number.isInteger(value))) throw complain("kbm.number", row.line, row.text);
    return value;
  };
  const size = number(0);
  if (size < 0 || size > 4096) throw complain("kbm.number", lines[0]?.line ?? 1, lines[0]?.text ?? "");
  const degrees: (number | null)[] = [];
  for (let i = 0; i < size; i++) {
    const row = lines[7 + i];
    const word = row?.text.trim().split(/[\s!]+/)[0] ?? "x";
    if (word.toLowerCase() === "x") degrees.push(null);
    else degrees.push(number(7 + i));
  }
  const referenceHertz = number(5, false);
  if (referenceHertz <= 0) throw complain("kbm.number", lines[5]?.line ?? 6, lines[5]?.text ?? "");
  return { first: number(1), last: number(2), middle: number(3), referenceKey: number(4), referenceHertz, octaveDegree: number(6), degrees };
}

/** Writes a Scala keyboard mapping. */
export function writeKbm(map: KeyboardMap): string {
  return [
    "! Size of map",
    map.degrees.length,
    "! First and last key",
    map.first,
    map.last,
    "! Key of degree 0",
    map.middle,
    "! Reference key and its frequency in hertz",
    map.referenceKey,
    map.referenceHertz,
    "! Degree of the formal octave",
    map.octaveDegree,
    "! Mapping",
    ...map.degrees.map((degree) => degree ?? "x"),
    "",
  ].join("\n");
}
