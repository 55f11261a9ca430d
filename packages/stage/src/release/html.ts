import { escapeXml } from "@kuishi/base";

/** Markup that may stand in a page as it is. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}
type Part = Html | string | number | undefined | readonly Part[];
/** What no page or feed may hold (XML 1.0, section 2.2). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
const inserted = (part: Part): string => {
  if (part === undefined) return "";
  if (part instanceof Html) return part.text;
  return typeof part === "object" ? part.map(inserted).join("") : escapeXml(String(part).replaceAll(FORBIDDEN, ""));
};
/**
 * HTML or XML from a template: whatever is filled in is text and made safe, unless it was made by `html` itself.
 * @example
 * html`<b>${"<i>"}</b>`.text; // => "<b>&#60;i&#62;</b>"
 */
export const html = (strings: TemplateStringsArray, ...parts: readonly Part[]): Html =>
  new Html(strings.map((string, i) => string + (i < parts.length ? inserted(parts[i]) : "")).join(""));
/** Data for a script in a page, of which nothing can end the script. */
export const jsonInPage = (data: unknown): Html => new Html(JSON.stringify(data).replaceAll("<", "\\u003c"));
/** Paragraphs of plain text. */
export const paragraphs = (text: string): Html[] =>
  text
    .split(/\n\s*\n/)
    .filter((one) => one.trim() !== "")
    .map((one) => html`<p>${one.trim()}</p>`);
