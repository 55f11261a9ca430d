import { seeded } from "@kuishi/base";
import { readKbm, readScl, scaleText, writeKbm, writeScl } from "@kuishi/tuning";

// What a tuning file says, taken from its text without our reader: every row as it is written, every remark, every pitch in cents.

/** Lines that count and remarks, in order; how lines end and empty ones between rows are no fact. */
function said(text: string, name: boolean): string[] {
  const lines = text.split(/\r\n|\n|\r/);
  const named = name ? lines.findIndex((line) => !line.startsWith("!")) : -1;
  return lines.flatMap((line, i) => (line.trim() === "" && i !== named ? [] : [line.startsWith("!") ? line : line.trim()]));
}
/** Cents of a row, by whole numbers where it is a ratio; a logarithm of more digits than a double holds is that of its first 300 bits. */
function centsOf(row: string): number {
  const word = /^[^\s!]*/.exec(row)![0];
  if (word.includes(".")) return Number(word);
  const [top, bottom = 1n] = word.split(/\/+/).map(BigInt) as [bigint, bigint?];
  const log = (value: bigint): number => {
    const over = Math.max(0, value.toString(2).length - 300);
    return Math.log2(Number(value >> BigInt(over))) + over;
  };
  return 1200 * (log(top) - log(bottom));
}
const lines = (wanted: readonly string[], found: readonly string[]): string[] =>
  Array.from({ length: Math.max(wanted.length, found.length) }, (_, i) =>
    wanted[i] === found[i] ? "" : `row ${i + 1}: ${JSON.stringify(wanted[i])} became ${JSON.stringify(found[i])}`,
  ).filter((line) => line !== "");

/** What of a tuning file is lost when it is read and written again, and which of its pitches is read more than 1e-9 cents beside what it says. */
export function scalaDifferences(bytes: Uint8Array, name: string): readonly string[] {
  const text = scaleText(bytes);
  if (/\.kbm$/.test(name)) return lines(said(text, false), said(writeKbm(readKbm(text)), false));
  const scale = readScl(text);
  const written = writeScl(scale);
  const rows = said(text, true).filter((line) => !line.startsWith("!"));
  const pitches = rows.slice(2).map(centsOf);
  const read = [...scale.degrees.slice(1), ...(pitches.length > 0 ? [scale.period] : [])];
  const off = pitches.flatMap((cents, i) => (Math.abs(cents - read[i]!) <= 1e-9 ? [] : [`pitch ${i + 1}: ${cents} read as ${read[i]}`]));
  // a scale without remarks and rows is one that was measured: its cents come back as they are
  const bare = readScl(writeScl({ name: scale.name, degrees: scale.degrees, period: scale.period }));
  const lost = scale.degrees.flatMap((cents, i) => (Math.abs(cents - bare.degrees[i]!) <= 1e-9 ? [] : [`degree ${i}: ${cents} written as ${bare.degrees[i]}`]));
  return [...lines(said(text, true), said(written, true)), ...off, ...lost];
}

/** Tuning files of any kind, as many as asked for: ratios, cents, remarks before, between and behind. */
export function* scales(count: number, seed: number): Generator<readonly [name: string, bytes: Uint8Array]> {
  const dice = seeded(seed);
  const whole = (from: number, to: number): number => from + Math.floor(dice.next() * (to - from + 1));
  const remark = (): string => (dice.next() < 0.25 ? `! remark ${whole(1, 999)}\n` : "");
  for (let k = 0; k < count; k++) {
    const rows = Array.from({ length: whole(1, 72) }, () => {
      const digits = whole(1, 30);
      const large = (): string => whole(1, 9) + Array.from({ length: digits }, () => whole(0, 9)).join("");
      const kind = whole(0, 3);
      const pitch = kind === 0 ? `${large()}/${large()}` : kind === 1 ? `${whole(1, 400)}/${whole(1, 400)}` : (dice.next() * 2400).toFixed(whole(1, 10));
      return `${remark()} ${pitch}${dice.next() < 0.2 ? " a word" : dice.next() < 0.1 ? "!Gb" : ""}\n`;
    });
    const text = `${remark()}Scale ${k}\n${remark()} ${rows.length}\n${rows.join("")}${remark()}`;
    yield [`made ${k}.scl`, new TextEncoder().encode(text)];
  }
}
