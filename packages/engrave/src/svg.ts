import { rounded } from "@kuishi/base";
import type { Block } from "./engrave.ts";
import { outlineOf } from "./faces.ts";
import type { Ink } from "./ink.ts";

const n = (value: number): string => String(rounded(value, 2));
const escaped = (text: string): string => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
/** Black is the colour of the text around it, so that the same picture stands on light and dark. */
const paint = (colour: string): string => (colour === "#000000" ? "currentColor" : colour);

function drawn(ink: Ink): string {
  if (ink.kind === "path")
    return ink.line === undefined
      ? `<path d="${ink.d}" fill="${paint(ink.colour)}"/>`
      : `<path d="${ink.d}" fill="none" stroke="${paint(ink.colour)}" stroke-width="${n(ink.line)}"/>`;
  if (ink.kind === "sign")
    return `<use href="#s${ink.code}" transform="translate(${n(ink.x)} ${n(ink.y)})${ink.turn === undefined ? "" : `rotate(${n(ink.turn)})`}scale(${rounded(ink.size / 1000, 5)})" fill="${paint(ink.colour)}"/>`;
  const style = `${ink.bold ? ' font-weight="700"' : ""}${ink.italic ? ' font-style="italic"' : ""}`;
  const turn = ink.turn === undefined ? "" : ` transform="rotate(${n(ink.turn)} ${n(ink.x)} ${n(ink.y)})"`;
  return `<text x="${n(ink.x)}" y="${n(ink.y)}" font-size="${n(ink.size)}"${style}${turn} fill="${paint(ink.colour)}">${escaped(ink.text)}</text>`;
}

/** Blocks as one self-contained picture: the signs of music are in it as outlines, the letters are Onest's where the reader has it. */
export function svgOf(blocks: readonly Block[], width: number, height: number): string {
  const codes = new Set(blocks.flatMap(({ ink }) => ink.flatMap((one) => (one.kind === "sign" ? [one.code] : []))));
  const signs = [...codes].map((code) => `<path id="s${code}" d="${outlineOf(code)}"/>`).join("");
  const body = blocks.map(({ x, y, ink }) => `<g transform="translate(${n(x)} ${n(y)})">${ink.map(drawn).join("")}</g>`).join("\n");
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${n(width)} ${n(height)}" font-family="Onest, 'Onest Variable', system-ui, sans-serif"><defs>${signs}</defs>\n${body}\n</svg>\n`;
}
