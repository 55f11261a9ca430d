import type { Language } from "@kuishi/words";
import { numberIn, text } from "@kuishi/words";

const NAMES = ["C", "C♯", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B"];
const sign = (cents: number): string => (cents === 0 ? "" : ` ${cents > 0 ? "+" : "−"}${Math.abs(cents)}`);

/**
 * A pitch as a musician says it: the nearest of the twelve names, and how many cents it lies beside it.
 * @param cents absolute: 6000 is C4.
 * @example
 * noteName(5253.8); // => "F3 −46"
 */
export function noteName(cents: number, octave = true): string {
  const key = Math.round(cents / 100);
  return `${NAMES[((key % 12) + 12) % 12]}${octave ? Math.floor(key / 12) - 1 : ""}${sign(Math.round(cents - key * 100))}`;
}

/** Three words for how sure the ear is: of a probability 0..1. */
export const sureness = (probability: number): "sure" | "likely" | "check" => (probability >= 0.8 ? "sure" : probability >= 0.5 ? "likely" : "check");

/** Minutes and seconds, with tenths in the language's own way: 0:24.6, 0:24,6. */
export function clockIn(language: Language, seconds: number): string {
  const tenths = Math.floor(Math.max(0, seconds) * 10);
  const rest = (tenths % 600) / 10;
  return `${Math.floor(tenths / 600)}:${rest < 10 ? "0" : ""}${numberIn(language, rest)}${Number.isInteger(rest) ? `${numberIn(language, 0.1).slice(1, 2)}0` : ""}`;
}

/** A day and its time, local, as the language writes them: by our own pattern, for browsers without Kazakh write "2026 M11 30". */
export function dayIn(language: Language, at: Date): string {
  const two = (value: number): string => String(value).padStart(2, "0");
  const date = { year: String(at.getFullYear()), month: two(at.getMonth() + 1), day: two(at.getDate()) };
  return text(language, "ui.day", { ...date, time: `${two(at.getHours())}:${two(at.getMinutes())}` });
}

/** A level to a tenth, as the language writes it, with a real minus; a dash for silence. */
export const decibels = (language: Language, db: number | undefined): string =>
  db === undefined || !Number.isFinite(db) || db < -70 ? "–" : `${db < -0.05 ? "−" : ""}${numberIn(language, Math.abs(Math.round(db * 10) / 10))}`;
