import signs from "../data/signs.json" with { type: "json" };
import widths from "../data/widths.json" with { type: "json" };

const SIGNS = signs as unknown as Readonly<Record<string, readonly [advance: number, outline: string]>>;
const WIDTHS = widths as Readonly<Record<"400" | "700", Readonly<Record<string, number>>>>;

/** Outline of a sign of music in thousandths of its size, y downwards; empty where the face has none. */
export const outlineOf = (code: number): string => SIGNS[code]?.[1] ?? "";
/** How far a sign reaches at a size. */
export const signWidth = (code: number, size: number): number => ((SIGNS[code]?.[0] ?? 0) * size) / 1000;
/**
 * Width of a text in Onest, the same on every host.
 * @example
 * textWidth("", 10, false); // => 0
 */
export function textWidth(text: string, size: number, bold: boolean): number {
  const own = WIDTHS[bold ? "700" : "400"];
  let sum = 0;
  for (const letter of text) sum += own[letter.codePointAt(0)!] ?? 560;
  return (sum * size) / 1000;
}
