import { strToU8, zipSync } from "fflate";
import { commonBottom, compare, type Fraction, later, plus, ZERO } from "../fraction.ts";
import type { Carried, Creator, Part, PartGroup, Score, ScoreInstrument } from "../score.ts";
import { element, xmlText } from "../xml.ts";
import { ordered } from "./order.ts";
import { barNode } from "./write-bar.ts";

/** Divisions of a quarter where no number we can write divides it into all lengths there are. */
const FALLBACK_DIVISIONS = 10_080;

/** A score as MusicXML 4.0, by parts, with all that it carries of such a file. */
export function writeMusicXml(score: Score): string {
  const kept = (name: string): Carried | undefined => score.carried?.find((one) => one.name === name);
  const work = kept("work");
  const identification = kept("identification");
  const title = score.title === undefined ? undefined : element("work-title", undefined, score.title);
  const workChildren = ordered("work", [title, ...(work?.children ?? [])]);
  const idChildren = ordered("identification", [
    ...score.creators.map((one) => creatorNode("creator", one)),
    ...score.rights.map((one) => creatorNode("rights", one)),
    ...(identification?.children ?? []),
  ]);
  const root = element(
    "score-partwise",
    { version: "4.0", ...score.look },
    ordered("score-partwise", [
      workChildren.length > 0 ? element("work", work?.attributes, workChildren) : undefined,
      score.movement === undefined ? undefined : element("movement-title", undefined, score.movement),
      idChildren.length > 0 ? element("identification", identification?.attributes, idChildren) : undefined,
      ...(score.carried ?? []).filter((one) => one.name !== "work" && one.name !== "identification"),
      element("part-list", undefined, listNodes(score)),
      ...score.parts.map((part, p) => partNode(score, part, p)),
    ]),
  );
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 Partwise//EN" "http://www.musicxml.org/dtds/partwise.dtd">
${xmlText(root)}`;
}

/** Compressed MusicXML: the score in a zip with its container, as `.mxl` has it. */
export function writeMxl(xml: string): Uint8Array<ArrayBuffer> {
  const container =
    '<?xml version="1.0" encoding="UTF-8"?>\n<container><rootfiles><rootfile full-path="score.musicxml" media-type="application/vnd.recordare.musicxml+xml"/></rootfiles></container>\n';
  return zipSync({ "META-INF/container.xml": strToU8(container), "score.musicxml": strToU8(xml) }, { mtime: new Date(1980, 0, 1) });
}

const creatorNode = (name: string, { role, name: who, look }: Creator): Carried => element(name, { type: role, ...look }, who);

function listNodes(score: Score): Carried[] {
  const out: Carried[] = [];
  for (let p = 0; p <= score.parts.length; p++) {
    out.push(...score.groups.filter((group) => group.at === p || (p === score.parts.length && group.at > p)).map(groupNode));
    const part = score.parts[p];
    if (part) out.push(scorePart(part));
  }
  return out;
}
/** An element of text, unless the one it was read from is carried. */
const textNode = (carried: readonly Carried[] | undefined, name: string, text: string | undefined): Carried | undefined =>
  text === undefined || carried?.some((one) => one.name === name) ? undefined : element(name, undefined, text);
const groupNode = (group: PartGroup): Carried =>
  element(
    "part-group",
    { type: group.phase, number: group.number, ...group.look },
    ordered("part-group", [textNode(group.carried, "group-name", group.name), textNode(group.carried, "group-symbol", group.symbol), ...(group.carried ?? [])]),
  );
const scorePart = (part: Part): Carried =>
  element(
    "score-part",
    { id: part.id, ...part.look },
    ordered("score-part", [
      textNode(part.carried, "part-name", part.name),
      textNode(part.carried, "part-abbreviation", part.short),
      ...part.instruments.map((one) =>
        element("score-instrument", { id: one.id, ...one.look }, [element("instrument-name", undefined, one.name), ...(one.carried ?? [])]),
      ),
      ...(part.carried ?? []),
      ...part.instruments.flatMap(midiNodes),
    ]),
  );
function midiNodes(one: ScoreInstrument): Carried[] {
  const figure = (name: string, value: number | undefined): Carried | undefined => (value === undefined ? undefined : element(name, undefined, value));
  const from1 = (value: number | undefined): number | undefined => (value === undefined ? undefined : value + 1);
  const round = (value: number): number => Math.round(value * 1e6) / 1e6;
  const children = ordered("midi-instrument", [
    figure("midi-channel", from1(one.channel)),
    figure("midi-program", from1(one.program)),
    figure("midi-unpitched", from1(one.key)),
    figure("volume", one.volume === undefined ? undefined : round(one.volume * 100)),
    figure("pan", one.pan === undefined ? undefined : round(one.pan * 90)),
    ...(one.midi ?? []),
  ]);
  return children.length > 0 ? [element("midi-instrument", { id: one.id }, children)] : [];
}

function partNode(score: Score, part: Part, p: number): Carried {
  const divisions = divisionsOf(score, part);
  return element(
    "part",
    { id: part.id },
    part.bars.map((bar, b) => {
      const { length, ...shared } = score.bars[b]!;
      // a bar that goes on after its last note does so in one part
      const end = p === 0 && bar.items.length > 0 && !score.parts.some((other) => compare(endOf(other, b), length) >= 0) ? length : undefined;
      return barNode({ items: bar.items, signs: bar.own ?? shared, divisions, first: b === 0, end });
    }),
  );
}
const endOf = (part: Part, bar: number): Fraction =>
  (part.bars[bar]?.items ?? []).reduce<Fraction>((end, item) => later(end, item.kind === "chord" ? plus(item.at, item.length) : item.at), ZERO);

/** The least number of divisions of a quarter in which everything of a part is whole. */
function divisionsOf(score: Score, part: Part): number {
  let bottom = 4;
  const take = (length: Fraction | undefined): void => {
    if (length) bottom = commonBottom(bottom, length[1]);
  };
  for (const bar of score.bars) {
    take(bar.length);
    for (const line of bar.barlines ?? []) take(line.at);
    for (const time of bar.time ?? []) take(time.at);
  }
  for (const { items } of part.bars)
    for (const item of items) {
      take(item.at);
      if (item.kind === "chord" || item.kind === "other") take(item.length);
      if (item.kind === "direction" || item.kind === "harmony") take(item.offset?.by);
      if (item.kind === "chord") for (const note of item.notes) take(note.own?.length);
      if (!Number.isFinite(bottom)) return FALLBACK_DIVISIONS;
    }
  return bottom / 4;
}
