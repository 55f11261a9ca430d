import type { Cents } from "@kuishi/base";
import { keyAlters } from "../playing/ornaments.ts";
import type { Step } from "../score.ts";
import { MODES } from "./signs.ts";

/** A key as ABC tells it. */
export interface AbcKey {
  readonly fifths: number;
  readonly mode?: string;
  /** Beside the letters of the signature; whole key where they are told one by one. */
  readonly alters: Readonly<Partial<Record<Step, Cents>>>;
  /** Whether `alters` says more than the number of sharps and flats. */
  readonly odd: boolean;
}
const TONICS: Readonly<Record<string, number>> = { C: 0, G: 1, D: 2, A: 3, E: 4, B: 5, F: -1 };
const ACCIDENTAL = /^(\^\^|\^|__|_|=)?(?:(\d{0,3})(?:(\/)(\d{0,3}))?)?/;

/** Cents of an accidental with its fraction: `^` 100, `_/` -50, `^3/2` 150; undefined where there is none. */
export function accidentalCents(text: string): { readonly cents: Cents; readonly length: number } | undefined {
  const [whole, sign, top, slash, bottom] = ACCIDENTAL.exec(text) ?? [];
  if (whole === undefined || sign === undefined) return undefined;
  const times = sign === "=" ? 0 : sign.length;
  const share = top || slash ? Number(top || 1) / Number(slash ? bottom || 2 : 1) : 1;
  const cents = Math.round(times * 100 * share * 1e6) / 1e6;
  return Number.isFinite(cents) && cents <= 2400 ? { cents: sign[0] === "_" ? -cents : cents, length: whole.length } : undefined;
}

/** Reads what a `K:` field says of the key; what it says of clefs is left to others. */
export function readKey(value: string): AbcKey {
  const text = value.trim();
  if (/^(none|HP|Hp)\b/.test(text) || !/^[A-G]/.test(text)) {
    const pipes = text.startsWith("Hp");
    return { fifths: pipes ? 2 : 0, alters: pipes ? { F: 100, C: 100 } : {}, odd: false };
  }
  const [, tonic, sign, rest] = /^([A-G])([#b]?)(.*)$/s.exec(text) ?? [];
  const word = /^\s*([a-zA-Z]+)/.exec(rest ?? "")?.[1]?.toLowerCase() ?? "";
  const mode = MODES.find(([short]) => (short === "m" ? word === "m" : word.startsWith(short)));
  const explicit = word === "exp";
  const fifths = explicit ? 0 : TONICS[tonic!]! + (sign === "#" ? 7 : sign === "b" ? -7 : 0) + (mode?.[2] ?? 0);
  const alters: Partial<Record<Step, Cents>> = { ...(Math.abs(fifths) <= 7 ? keyAlters(fifths) : {}) };
  let odd = false;
  for (const [, accidental, letter] of (rest ?? "").matchAll(/(?:^|\s)((?:\^\^?|__?|=)[\d/]*)([a-gA-G])(?=\s|$)/g)) {
    const found = accidentalCents(accidental!);
    if (!found) continue;
    alters[letter!.toUpperCase() as Step] = found.cents;
    odd = true;
  }
  return { fifths: Math.max(-7, Math.min(7, fifths)), ...(mode ? { mode: mode[1] } : explicit ? {} : { mode: "major" }), alters, odd };
}
