import { DOMParser, type Element } from "@xmldom/xmldom";

// Everything a MusicXML file says, as lines that can be compared: each element with its attributes and text, at the note, place, bar and part it
// belongs to. How often places and lengths are cut into divisions, and in how many wrappers signs stand, is no fact of the music.

/** Elements that say nothing but where others stand, or how time is counted. */
const SILENT = new Set(["backup", "forward", "divisions"]);
/** Elements around others: they count where they say something of themselves. */
const WRAPPERS = new Set(["attributes", "notations", "articulations", "technical", "ornaments", "direction-type", "identification", "work"]);
/** Told in divisions. */
const LENGTHS = new Set(["duration", "offset"]);

const children = (node: Element): Element[] => {
  const out: Element[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) if (child.nodeType === 1) out.push(child as Element);
  return out;
};
const named = (node: Element, name: string): Element | undefined => children(node).find((child) => child.nodeName === name);
const own = (node: Element | undefined): string => (node?.textContent ?? "").trim();
/** Numbers in one way of writing them; 1 and 1.0 are the same. */
const plain = (text: string): string => (/^[+-]?(\d+\.?\d*|\.\d+)$/.test(text) ? String(Math.round(Number(text) * 1e5) / 1e5) : text.replace(/\s+/g, " "));
const attributesOf = (node: Element): string => {
  const list: string[] = [];
  for (let k = 0; k < node.attributes.length; k++) {
    const one = node.attributes.item(k)!;
    list.push(`${one.name}=${plain(one.value)}`);
  }
  return list.length > 0 ? `{${list.sort().join(" ")}}` : "";
};

/** All facts of a file, sorted. Timewise files are taken by their parts. */
export function factsOf(xml: string): string[] {
  const root = new DOMParser({ onError: () => {} }).parseFromString(xml.replace(/<!DOCTYPE[^>]*>/, ""), "text/xml").documentElement!;
  const facts: string[] = [];
  const say = (node: Element, path: string, quarter: number): void => {
    if (SILENT.has(node.nodeName)) return;
    const inside = children(node);
    const at = `${path}/${node.nodeName}`;
    const attributes = attributesOf(node);
    const text =
      inside.length > 0 ? "" : LENGTHS.has(node.nodeName) ? `=${plain(String(Number(own(node)) / quarter))}q` : own(node) === "" ? "" : `=${plain(own(node))}`;
    if (!WRAPPERS.has(node.nodeName)) facts.push(at + attributes + text);
    else if (attributes) facts.push(at + attributes);
    for (const child of inside) say(child, WRAPPERS.has(node.nodeName) ? path : at, quarter);
  };
  const measure = (node: Element, part: string, index: number, state: { divisions: number }): void => {
    const where = `${part}#${index}`;
    facts.push(`${where}${attributesOf(node)}`);
    let [at, start] = [0, 0];
    const spell = (): string => String(Math.round(at * 1e4) / 1e4);
    for (const child of children(node)) {
      const length = Number(own(named(child, "duration")) || 0) / state.divisions;
      if (child.nodeName === "backup") at = Math.max(0, at - length);
      else if (child.nodeName === "forward") at += length;
      else if (child.nodeName === "note") {
        if (!named(child, "chord")) start = at;
        const pitch = named(child, "pitch") ?? named(child, "unpitched") ?? named(child, "rest");
        const id = `${pitch?.nodeName}:${children(pitch!)
          .map((one) => plain(own(one)))
          .join("")}`;
        say(child, `${where}@${Math.round(start * 1e4) / 1e4} ${own(named(child, "voice"))} ${id}`, state.divisions);
        if (!named(child, "chord")) at += length;
      } else {
        if (child.nodeName === "attributes") state.divisions = Number(own(named(child, "divisions"))) || state.divisions;
        const ends = child.nodeName === "barline" && child.getAttribute("location") !== "middle";
        say(child, `${where}@${ends ? "" : spell()}`, state.divisions);
      }
    }
  };
  const states = new Map<string, { divisions: number }>();
  const stateOf = (id: string): { divisions: number } => {
    const known = states.get(id) ?? { divisions: 1 };
    states.set(id, known);
    return known;
  };
  if (root.nodeName === "score-timewise")
    children(root)
      .filter((one) => one.nodeName === "measure")
      .forEach((bar, b) => {
        for (const part of children(bar)) measure(part, part.getAttribute("id") ?? "", b, stateOf(part.getAttribute("id") ?? ""));
      });
  for (const child of children(root)) {
    if (child.nodeName === "part")
      children(child).forEach((bar, b) => measure(bar, child.getAttribute("id") ?? "", b, stateOf(child.getAttribute("id") ?? "")));
    else if (child.nodeName !== "measure") say(child, "", 1);
  }
  return facts.sort();
}

/** What stands in one list of sorted facts and not in the other. */
export function difference(wanted: readonly string[], found: readonly string[]): { missing: string[]; added: string[] } {
  const count = new Map<string, number>();
  for (const fact of wanted) count.set(fact, (count.get(fact) ?? 0) + 1);
  for (const fact of found) count.set(fact, (count.get(fact) ?? 0) - 1);
  const of = (sign: 1 | -1): string[] => [...count].flatMap(([fact, n]) => Array<string>(Math.max(0, n * sign)).fill(fact));
  return { missing: of(1), added: of(-1) };
}
