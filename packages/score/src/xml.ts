import { Complaint, MOST_DEPTH, MOST_SCORE_BYTES } from "@kuishi/base";
import { unzipWithin, ZipFault } from "@kuishi/base/zip";
import { DOMParser, type Element, type Node } from "@xmldom/xmldom";
import { scoreText } from "./encoding.ts";
import type { Attributes, Carried } from "./score.ts";
import { tooMuch } from "./score-check.ts";

export const broken = (code: string, params: Readonly<Record<string, string | number>> = {}): Complaint =>
  new Complaint("unreadable", `musicxml.${code}`, params);

/**
 * The XML of a score, plain or in a compressed `.mxl`, as plain data.
 * @param mend what can be read of a text that is not well-formed; without it, or where that is undefined, it is refused.
 * @throws Complaint with the line.
 */
export function xmlTree(bytes: Uint8Array, mend?: (xml: string, isSound: (xml: string) => boolean) => string | undefined): Carried {
  const xml = withoutDoctype(xmlOf(bytes));
  if (isDeep(xml)) throw tooMuch();
  try {
    return plainNode(parsed(xml));
  } catch (error) {
    const mended = mend?.(xml, isSound);
    if (mended === undefined) throw error;
    return plainNode(parsed(mended));
  }
}
/** @throws Complaint with the line. */
function parsed(xml: string): Element {
  let line = 0;
  let root: Element | null = null;
  try {
    root = new DOMParser({
      onError: (level, _message, context: { locator?: { lineNumber?: number } }) => {
        if (level === "warning") return;
        line = context.locator?.lineNumber ?? 0;
        throw broken("syntax", { line });
      },
    }).parseFromString(xml, "text/xml").documentElement;
  } catch (error) {
    // nothing of what the parser says of itself
    throw error instanceof Complaint ? error : broken("syntax", { line });
  }
  if (!root) throw broken("syntax", { line });
  return root;
}
function isSound(xml: string): boolean {
  try {
    return parsed(xml) !== undefined;
  } catch {
    return false;
  }
}
function plainNode(element: Element): Carried {
  const attributes: Record<string, string> = {};
  for (let k = 0; k < element.attributes.length; k++) {
    const attribute = element.attributes.item(k)!;
    attributes[attribute.name] = attribute.value;
  }
  const children: Carried[] = [];
  let text = "";
  for (let child: Node | null = element.firstChild; child; child = child.nextSibling) {
    if (child.nodeType === 1) children.push(plainNode(child as Element));
    else if (child.nodeType === 3 || child.nodeType === 4) text += child.nodeValue ?? "";
  }
  return {
    name: element.nodeName,
    ...(Object.keys(attributes).length > 0 ? { attributes } : {}),
    ...(children.length > 0 ? { children } : text.trim() === "" && !/[ \u00a0]/.test(text.replace(/\n\s*/g, "")) ? {} : { text }),
  };
}

/** The score inside a compressed `.mxl`, or the text itself. @throws Complaint. */
function xmlOf(bytes: Uint8Array): string {
  if (bytes[0] !== 0x50 || bytes[1] !== 0x4b) {
    if (bytes.length > MOST_SCORE_BYTES) throw tooMuch();
    return scoreText(bytes);
  }
  let files: ReadonlyMap<string, Uint8Array>;
  try {
    files = unzipWithin(bytes, MOST_SCORE_BYTES, (name) => /\.(xml|musicxml)$/i.test(name));
  } catch (error) {
    throw error instanceof ZipFault && error.kind === "huge" ? tooMuch() : broken("zip");
  }
  const container = files.get("META-INF/container.xml");
  const named = container ? /full-path="([^"]+)"/.exec(scoreText(container))?.[1] : undefined;
  const inner = named ? files.get(named) : [...files].find(([name]) => !name.startsWith("META-INF"))?.[1];
  if (!inner) throw broken("archive");
  return scoreText(inner);
}

/**
 * The text without its document type, its lines kept: entities of its own making are not needed by any score, and can be a bomb. Read once from front to
 * back; a document type that does not end takes all the rest.
 */
function withoutDoctype(xml: string): string {
  const from = xml.indexOf("<!DOCTYPE");
  if (from < 0) return xml;
  let inside = false;
  for (let at = from; at < xml.length; at++) {
    const char = xml[at];
    if (char === '"' || char === "'") {
      const end = xml.indexOf(char, at + 1);
      if (end < 0) break;
      at = end;
    } else if (char === "[") inside = true;
    else if (char === "]") inside = false;
    else if (char === ">" && !inside) return xml.slice(0, from) + xml.slice(from, at).replace(/[^\n]+/g, "") + xml.slice(at + 1);
  }
  return xml.slice(0, from);
}

/** Whether elements lie deeper in one another than any score has them: who walks them would run out of stack. */
function isDeep(xml: string): boolean {
  let depth = 0;
  for (let at = xml.indexOf("<"); at >= 0; at = xml.indexOf("<", at + 1)) {
    const skipped = SKIPPED.find(([begin]) => xml.startsWith(begin, at));
    if (skipped) {
      at = xml.indexOf(skipped[1], at);
      if (at < 0) return false;
    } else if (xml[at + 1] === "/") depth--;
    else if (++depth > MOST_DEPTH) return true;
    else {
      const end = xml.indexOf(">", at);
      if (end < 0) return false;
      if (xml[end - 1] === "/") depth--;
    }
  }
  return false;
}
/** Comments, literal text, instructions: no elements. */
const SKIPPED = [
  ["<!--", "-->"],
  ["<![CDATA[", "]]>"],
  ["<?", "?>"],
  ["<!", ">"],
] as const;

const ESCAPES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\n": "&#10;", "\t": "&#9;", "\r": "&#13;" };
const attribute = (text: string): string => legal(text).replace(/[&<>"\n\t\r]/g, (char) => ESCAPES[char]!);
/** Characters that XML 1.0 has no place for are left out. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones meant
const legal = (text: string): string => text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "");

/** An element as text, indented, its children each on a line. */
export function xmlText(node: Carried, indent = ""): string {
  const attributes = Object.entries(node.attributes ?? {})
    .map(([name, value]) => ` ${name}="${attribute(value)}"`)
    .join("");
  const open = `${indent}<${node.name}${attributes}`;
  if (node.children && node.children.length > 0)
    return `${open}>\n${node.children.map((child) => xmlText(child, `${indent} `)).join("")}${indent}</${node.name}>\n`;
  if (node.text === undefined || node.text === "") return `${open}/>\n`;
  return `${open}>${legal(node.text).replace(/[&<>\r]/g, (char) => ESCAPES[char]!)}</${node.name}>\n`;
}

/** An element; what is undefined is left out, and with `bare` an element that would be empty of everything too. */
export function element(
  name: string,
  attributes: Readonly<Record<string, string | number | undefined>> | undefined,
  inside?: string | number | readonly (Carried | undefined)[],
): Carried {
  const own: Record<string, string> = {};
  for (const [key, value] of Object.entries(attributes ?? {})) if (value !== undefined) own[key] = String(value);
  const children = typeof inside === "object" ? inside.filter((child) => child !== undefined) : [];
  return {
    name,
    ...(Object.keys(own).length > 0 ? { attributes: own } : {}),
    ...(typeof inside === "string" || typeof inside === "number" ? { text: String(inside) } : children.length > 0 ? { children } : {}),
  };
}

/** Takes from an element what is understood of it, so that the rest can be carried along. */
export class Taking {
  readonly node: Carried;
  readonly #attributes: Record<string, string>;
  readonly #children: (Carried | undefined)[];
  /** How elements taken as text look. */
  readonly looks: Record<string, Attributes> = {};

  constructor(node: Carried) {
    this.node = node;
    this.#attributes = { ...node.attributes };
    this.#children = [...(node.children ?? [])];
  }
  attribute(name: string): string | undefined {
    const value = this.#attributes[name];
    delete this.#attributes[name];
    return value;
  }
  /** An attribute that is a number, taken only where it is one. */
  number(name: string): number | undefined {
    const value = numberOf(this.#attributes[name]);
    if (value !== undefined) delete this.#attributes[name];
    return value;
  }
  one(name: string): Carried | undefined {
    const at = this.#children.findIndex((child) => child?.name === name);
    if (at < 0) return undefined;
    const found = this.#children[at];
    this.#children[at] = undefined;
    return found;
  }
  all(name: string): Carried[] {
    return this.#children.flatMap((child, k) => {
      if (child?.name !== name) return [];
      this.#children[k] = undefined;
      return [child];
    });
  }
  /** The text of an element; its attributes are kept in `looks`. One with elements inside is left. */
  text(name: string): string | undefined {
    const at = this.#children.findIndex((child) => child?.name === name);
    const found = this.#children[at];
    if (!found || found.children) return undefined;
    this.#children[at] = undefined;
    if (found.attributes) this.looks[name] = found.attributes;
    return (found.text ?? "").trim();
  }
  /** The number of an element that has nothing but one; anything else is left. */
  figure(name: string): number | undefined {
    const found = this.#children.find((child) => child?.name === name);
    const value = found && !found.children && !found.attributes ? numberOf(found.text) : undefined;
    if (value !== undefined) this.one(name);
    return value;
  }
  /** What was not taken. */
  rest(): { look?: Attributes; carried?: readonly Carried[] } {
    const carried = this.#children.filter((child) => child !== undefined);
    return { ...(Object.keys(this.#attributes).length > 0 ? { look: this.#attributes } : {}), ...(carried.length > 0 ? { carried } : {}) };
  }
}
export function numberOf(text: string | undefined): number | undefined {
  if (text === undefined || text.trim() === "") return undefined;
  const value = Number(text);
  return Number.isFinite(value) && Math.abs(value) < 1e9 ? value : undefined;
}
/** The text of an element found on a path. */
export function textAt(node: Carried | undefined, ...path: readonly string[]): string | undefined {
  let at = node;
  for (const name of path) at = at?.children?.find((child) => child.name === name);
  return at === undefined ? undefined : (at.text ?? "").trim();
}
export const childrenOf = (node: Carried | undefined, name: string): readonly Carried[] => node?.children?.filter((child) => child.name === name) ?? [];
