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

/** Lines that count, with their 1-based numbers and the comments (`!`) that stand before them. */
function* content(text: string): Generator<{ line: number; text: string; before: readonly string[] }> {
  let line = 0;
  let before: string[] = [];
  for (const raw of text.split(/\r\n|\n|\r/)) {
    line++;
    if (raw.startsWith("!")) before.push(raw);
    else {
      yield { line, text: raw, before };
      before = [];
    }
  }
}

/** A scale as its file has it: what is written of it again loses neither a ratio nor a remark. */
export interface WrittenScale extends Scale {
  /** Each pitch above the tonic, then the period, as they are written, with what is said behind them. */
  readonly rows: readonly string[];
  /** Comments before the name, before the number of notes, before each row, and behind the last. */
  readonly comments: readonly (readonly string[])[];
}

/** Digits of a number beyond which a ratio is none that anybody could hear. */
const MOST_DIGITS = 300;

/** One pitch line of a .scl: cents when it has a point, else a ratio or a whole number; what follows is a remark. */
function pitch(text: string, line: number): Cents {
  const word = /^[^\s!]*/.exec(text.trim())?.[0] ?? "";
  if (/^-?\d*\.\d*$/.test(word) && /\d/.test(word) && word.length <= MOST_DIGITS) return Number(word);
  // some files of the archive have their bar twice
  const ratio = /^(\d+)(?:\/{1,2}(\d+))?$/.exec(word);
  if (!ratio || word.length > MOST_DIGITS) throw complain("scl.pitch", line, text);
  const [top, bottom] = [Number(ratio[1]), Number(ratio[2] ?? "1")];
  if (top <= 0 || bottom <= 0) throw complain("scl.ratio", line, text);
  return 1200 * log2(top / bottom);
}

/**
 * Reads a Scala scale. @throws Complaint with the line.
 * @example
 * const scale = readScl("! just.scl\nThree tones\n 3\n!\n 5/4\n 701.955\n 2/1");
 * scale.degrees; // => [0, 386.313714, 701.955]
 * scale.period; // => 1200
 * readScl("nonsense\n 2\n 100.0"); // throws scl.missing
 */
export function readScl(text: string): WrittenScale {
  // what stands behind the last pitch is a row of its own, without text
  const all = [...content(`${text}\n`)];
  const [name, count] = all;
  if (!name || !count || all.length < 3) throw complain("scl.short", all.length, "");
  const stated = /^\s*(\d+)/.exec(count.text);
  if (!stated) throw complain("scl.count", count.line, count.text);
  const notes = Number(stated[1]);
  if (notes > 4096) throw complain("scl.count", count.line, count.text);
  const rows = all.slice(2).filter((row) => row.text.trim() !== "");
  if (rows.length < notes) throw new Complaint("unreadable", "scl.missing", { line: rows.at(-1)?.line ?? count.line, stated: notes, found: rows.length });
  const own = rows.slice(0, notes);
  const pitches = own.map((row) => pitch(row.text, row.line));
  return {
    name: name.text.trim(),
    degrees: [0, ...pitches.slice(0, -1)],
    period: pitches.at(-1) ?? 1200,
    rows: own.map((row) => row.text.trim()),
    comments: [name.before, count.before, ...own.map((row) => remarksBefore(all, row, 2)), remarksBehind(all, own.at(-1) ?? count)],
  };
}

/**
 * Writes a Scala scale: one that was read keeps its ratios and comments, of any other cents stand with as many decimals as they have, from 5 to 10.
 * @example
 * readScl(writeScl({ name: "half octave", degrees: [0, 600], period: 1200 })).degrees; // => [0, 600]
 */
export function writeScl(scale: Scale | WrittenScale, comment = ""): string {
  const rows = "rows" in scale ? scale.rows : [...scale.degrees.slice(1), scale.period].map(decimals);
  const told = "comments" in scale ? scale.comments : [[], [], ["!"]];
  const head = comment === "" ? [] : comment.split("\n").map((line) => `! ${line}`);
  const lines = [scale.name.replace(/[\r\n]/g, " ").replace(/^!/, " !"), ` ${rows.length}`, ...rows.map((row) => ` ${row}`)];
  return [...head, ...lines.flatMap((line, i) => [...(told[i] ?? []), line]), ...(told[lines.length] ?? []), ""].join("\n");
}
const decimals = (cents: Cents): string =>
  rounded(cents, 10)
    .toFixed(10)
    .replace(/0{1,5}$/, "");

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

/** A mapping as its file has it: what is written of it again loses no remark. */
export interface WrittenMap extends KeyboardMap {
  /** Its seven numbers and its degrees as they are written, with what is said behind them. */
  readonly rows: readonly string[];
  /** Comments before each row, and behind the last. */
  readonly comments: readonly (readonly string[])[];
}

/** Reads a Scala keyboard mapping. @throws Complaint with the line. */
export function readKbm(text: string): WrittenMap {
  // what stands behind the last number is a row of its own, without text
  const all = [...content(`${text}\n`)];
  const lines = all.filter((row) => row.text.trim() !== "");
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
  const rows = lines.slice(0, 7 + size);
  return {
    first: number(1),
    last: number(2),
    middle: number(3),
    referenceKey: number(4),
    referenceHertz,
    octaveDegree: number(6),
    degrees,
    rows: rows.map((row) => row.text.trim()),
    comments: [...rows.map((row) => remarksBefore(all, row)), remarksBehind(all, rows.at(-1)!)],
  };
}

interface Row {
  readonly text: string;
  readonly before: readonly string[];
}
/** Comments before a row; empty lines between them, down to the first, are no matter. */
function remarksBefore(all: readonly Row[], row: Row, first = 0): readonly string[] {
  const at = all.indexOf(row);
  let from = at;
  while (from > first && all[from - 1]!.text.trim() === "") from--;
  return all.slice(from, at + 1).flatMap((one) => one.before);
}
const remarksBehind = (all: readonly Row[], row: Row): readonly string[] => all.slice(all.indexOf(row) + 1).flatMap((one) => one.before);

/** Writes a Scala keyboard mapping: one that was read with its remarks. */
export function writeKbm(map: KeyboardMap | WrittenMap): string {
  if ("rows" in map) return [...map.rows.flatMap((row, i) => [...(map.comments[i] ?? []), row]), ...(map.comments[map.rows.length] ?? []), ""].join("\n");
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
