import { Complaint, MOST_BARS, MOST_PARTS } from "@kuishi/base";
import { type Fraction, isZero, later, ZERO } from "../fraction.ts";
import type { Bar, BarSigns, Carried, Creator, Kept, Part, PartGroup, Score, ScoreInstrument, TimeSignature } from "../score.ts";
import { checkedScore, tooMuch } from "../score-check.ts";
import { broken, Taking, xmlTree } from "../xml.ts";
import { mendedXml } from "./mend.ts";
import { fullLength, type PartState, type ReadBar, readBar } from "./read-bar.ts";
import { defined } from "./read-note.ts";

type Tell = (complaint: Complaint) => void;
/**
 * Reads MusicXML 4.0, plain or compressed, by parts or by measures, in any declared encoding. What is not understood is carried along.
 * @param tell is told of measures that cannot be read, and they are left empty; without it they are refused.
 * @throws Complaint `unreadable` that says where, `notEnough` for a score without bars.
 */
export function readMusicXml(bytes: Uint8Array, tell?: Tell): Score {
  const tree = xmlTree(bytes, tell && ((xml, isSound) => mendedXml(xml, isSound, tell)));
  if (tree.name !== "score-partwise" && tree.name !== "score-timewise") throw broken("root", { name: tree.name.slice(0, 40) });
  const t = new Taking(tree.name === "score-timewise" ? byParts(tree) : tree);
  const list = t.one("part-list") ?? { name: "part-list" };
  const parts = t.all("part");
  if (parts.length > MOST_PARTS) throw tooMuch();
  const work = t.one("work");
  const identification = t.one("identification");
  const w = work && new Taking(work);
  const i = identification && new Taking(identification);
  const title = w?.text("work-title");
  const creators = (i?.all("creator") ?? []).map(creatorOf);
  const rights = (i?.all("rights") ?? []).map(creatorOf);
  const movement = t.text("movement-title");
  t.attribute("version");
  const { look, carried = [] } = t.rest();
  const left = [...carried, ...leftOf(w, "work"), ...leftOf(i, "identification")];
  const { listed, groups } = listOf(list);
  const { bars, parts: read } = barsOf(parts, listed, tell);
  return checkedScore({
    ...defined({ title, movement, look }),
    creators,
    rights,
    groups,
    parts: read,
    bars,
    ...(left.length > 0 ? { carried: left } : {}),
  });
}
/** What is left of an element, under its name. */
function leftOf(t: Taking | undefined, name: string): Carried[] {
  const { look, carried } = t?.rest() ?? {};
  return look || carried ? [{ name, ...(look ? { attributes: look } : {}), ...(carried ? { children: carried } : {}) }] : [];
}
function creatorOf(node: Carried): Creator {
  const { type, ...look } = node.attributes ?? {};
  return { ...defined({ role: type }), name: (node.text ?? "").trim(), ...(Object.keys(look).length > 0 ? { look } : {}) };
}

/** A score by measures as one by parts. */
function byParts(tree: Carried): Carried {
  const parts = new Map<string, Carried[]>();
  let count = 0;
  for (const measure of tree.children ?? []) {
    if (measure.name !== "measure") continue;
    if (++count > MOST_BARS) throw tooMuch();
    for (const part of measure.children ?? []) {
      if (part.name !== "part") continue;
      const id = part.attributes?.["id"] ?? "";
      const own = parts.get(id) ?? [];
      parts.set(id, own);
      // a part that is silent in a measure is not there
      while (own.length < count - 1) own.push({ name: "measure" });
      own.push({ ...measure, children: part.children ?? [] });
    }
  }
  const others = (tree.children ?? []).filter((child) => child.name !== "measure");
  return { ...tree, children: [...others, ...[...parts].map(([id, children]) => ({ name: "part", attributes: { id }, children }))] };
}

type Listed = Omit<Part, "bars">;
function listOf(list: Carried): { listed: readonly Listed[]; groups: readonly PartGroup[] } {
  const listed: Listed[] = [];
  const groups: PartGroup[] = [];
  for (const node of list.children ?? []) {
    if (node.name === "score-part") listed.push(scorePart(node));
    if (node.name !== "part-group") continue;
    const t = new Taking(node);
    const found = {
      phase: t.attribute("type") ?? "start",
      number: t.attribute("number"),
      name: plainText(t, "group-name"),
      symbol: plainText(t, "group-symbol"),
    };
    groups.push({ at: listed.length, ...(defined(found) as { phase: string }), ...t.rest() });
  }
  return { listed, groups };
}
/** The text of an element; one that has attributes too is carried as it stands. */
function plainText(t: Taking, name: string): string | undefined {
  const node = t.node.children?.find((child) => child.name === name);
  return node?.attributes ? (node.text ?? "").trim() : t.text(name);
}
function scorePart(node: Carried): Listed {
  const t = new Taking(node);
  const id = t.attribute("id") ?? "";
  const name = plainText(t, "part-name") ?? "";
  const short = plainText(t, "part-abbreviation");
  const sounds = t.all("midi-instrument");
  const instruments = t.all("score-instrument").map((one): ScoreInstrument => {
    const own = new Taking(one);
    const of = own.attribute("id") ?? "";
    const at = sounds.findIndex((sound) => sound.attributes?.["id"] === of);
    const midi = at < 0 ? undefined : sounds.splice(at, 1)[0];
    return { id: of, name: own.text("instrument-name") ?? "", ...(midi ? midiOf(midi) : {}), ...own.rest() };
  });
  const { look, carried = [] } = t.rest();
  const kept: Kept = { ...(look ? { look } : {}), ...(carried.length + sounds.length > 0 ? { carried: [...carried, ...sounds] } : {}) };
  return { id, name, ...defined({ short }), instruments, ...kept };
}
function midiOf(node: Carried): Partial<ScoreInstrument> {
  const t = new Taking(node);
  const from1 = (name: string): number | undefined => {
    const value = t.figure(name);
    return value === undefined ? undefined : value - 1;
  };
  const [volume, pan] = [t.figure("volume"), t.figure("pan")];
  const found = {
    program: from1("midi-program"),
    channel: from1("midi-channel"),
    key: from1("midi-unpitched"),
    volume: volume === undefined ? undefined : volume / 100,
    pan: pan === undefined ? undefined : pan / 90,
    midi: t.rest().carried,
  };
  return defined(found);
}

/** Reads measures; with somebody to tell, those that cannot be read are empty, as long as there are others. */
class Measures {
  readonly #tell: Tell | undefined;
  readonly #faults: [told: Complaint, thrown: Complaint][] = [];
  #sound = 0;

  constructor(tell: Tell | undefined) {
    this.#tell = tell;
  }
  read(measure: Carried, index: number, state: PartState, part: string): ReadBar {
    try {
      const bar = readBar(measure, index, state);
      this.#sound++;
      return bar;
    } catch (error) {
      if (!this.#tell || !(error instanceof Complaint) || !error.code.startsWith("musicxml.")) throw error;
      const number = measure.attributes?.["number"] ?? String(index + 1);
      this.#faults.push([new Complaint("unreadable", "musicxml.damaged", { measure: number, part }), error]);
      return readBar({ name: "measure", attributes: { number } }, index, state);
    }
  }
  /** @throws Complaint where no measure can be read. */
  tellFaults(): void {
    if (this.#faults[0] && this.#sound === 0) throw this.#faults[0][1];
    for (const [told] of this.#faults) this.#tell?.(told);
  }
}
function barsOf(given: readonly Carried[], listed: readonly Listed[], tell: Tell | undefined): { bars: Bar[]; parts: Part[] } {
  // a part that is only listed is one without notes
  const silent = listed.filter((one) => !given.some((node) => node.attributes?.["id"] === one.id));
  const nodes = [...given, ...silent.map(({ id }): Carried => ({ name: "part", attributes: { id } }))];
  const measured = new Measures(tell);
  const read = nodes.map((part): ReadBar[] => {
    const state: PartState = { divisions: [1, 1] };
    const measures = (part.children ?? []).filter((child) => child.name === "measure");
    if (measures.length > MOST_BARS) throw tooMuch();
    return measures.map((measure, index) => measured.read(measure, index, state, part.attributes?.["id"] ?? ""));
  });
  measured.tellFaults();
  const count = read.reduce((most, bars) => Math.max(most, bars.length), 0);
  if (count === 0) throw new Complaint("notEnough", "score.empty");
  let time: readonly TimeSignature[] | undefined = [{ meters: [{ groups: [1, 1, 1, 1], unit: 4 }] }];
  const bars = Array.from({ length: count }, (_, b): Bar => {
    const signs = read.find((own) => own[b])?.[b]?.signs ?? { number: String(b + 1) };
    time = signs.time ?? time;
    const length = read.reduce<Fraction>((most, own) => later(most, own[b]?.length ?? ZERO), ZERO);
    return { ...signs, length: isZero(length) ? fullLength(time) : length };
  });
  const parts = nodes.map((node, p): Part => {
    const id = node.attributes?.["id"] ?? `P${p + 1}`;
    const own = listed.find((one) => one.id === id) ?? { id, name: "", instruments: [] };
    return {
      ...own,
      bars: bars.map(({ length: _length, ...shared }, b) => {
        const bar = read[p]![b];
        const differs = bar !== undefined && JSON.stringify(bar.signs) !== JSON.stringify(shared);
        return { items: bar?.items ?? [], ...(differs ? { own: bar.signs as BarSigns } : {}) };
      }),
    };
  });
  return { bars, parts };
}
