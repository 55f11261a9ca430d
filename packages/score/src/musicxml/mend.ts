import { Complaint } from "@kuishi/base";

/** Whether a piece of text is an element, whole. */
type IsSound = (xml: string) => boolean;

const MEASURE = /<measure\b[^<>]*>/g;
const PART = /<part\b[^<>]*>/g;
/** The number that a measure's tag tells. */
const numberIn = (tag: string): string => /\bnumber\s*=\s*["']([^"'<&]{0,40})/.exec(tag)?.[1] ?? "";
const idIn = (tag: string): string => /\bid\s*=\s*["']([^"'<&]{0,80})/.exec(tag)?.[1] ?? "";
const openings = (text: string, tag: RegExp): number[] => [...text.matchAll(tag)].map((match) => match.index);
const pieces = (text: string, starts: readonly number[]): string[] => starts.map((from, k) => text.slice(from, starts[k + 1]));

/**
 * What can be read of a damaged score: its head where that is whole, and every measure that is; others become empty ones with their numbers, so that the parts
 * stay together. What a file cut off no longer has is missing from its end.
 * @param tell is told of each measure that is left empty. @returns undefined where nothing of a score is left.
 */
export function mendedXml(xml: string, isSound: IsSound, tell: (complaint: Complaint) => void): string | undefined {
  const root = /<score-(partwise|timewise)\b/.exec(xml);
  if (!root) return undefined;
  const byParts = root[1] === "partwise";
  const begin = xml.indexOf(">", root.index) + 1;
  const body = xml.slice(begin);
  const first = Math.min(...[byParts ? PART : MEASURE].flatMap((tag) => openings(body, tag)));
  if (begin === 0 || !Number.isFinite(first)) return undefined;
  const head = body.slice(0, first);
  const keptHead = isSound(`<head>${head}</head>`) ? head : listed(head, isSound);
  const faults = keptHead === head ? [] : [new Complaint("unreadable", "musicxml.head")];
  let sound = 0;
  const measures = (text: string, of: string): string =>
    pieces(text, openings(text, MEASURE))
      .map((piece) => measure(piece, of))
      .join("");
  const measure = (piece: string, of: string): string => {
    const close = piece.lastIndexOf("</measure>");
    const own = close < 0 ? piece.replace(/<\/part>[\s\S]*$/, "") : piece.slice(0, close + "</measure>".length);
    if (isSound(own)) {
      sound++;
      return own;
    }
    const number = numberIn(piece);
    faults.push(new Complaint("unreadable", "musicxml.damaged", { measure: number, part: of }));
    return `<measure number="${number}"/>`;
  };
  const rest = body.slice(first);
  const part = (text: string): string => {
    const tag = text.slice(0, text.indexOf(">") + 1);
    const id = idIn(tag);
    return `<part id="${id}">${measures(text.slice(tag.length), id)}</part>`;
  };
  const mended = byParts ? pieces(rest, openings(rest, PART)).map(part).join("") : measures(rest, "");
  if (sound === 0) return undefined;
  for (const fault of faults) tell(fault);
  return `<score-${root[1]}>${keptHead}${mended}</score-${root[1]}>`;
}
/** The list of parts in a damaged head, where that is whole itself. */
function listed(head: string, isSound: IsSound): string {
  const list = /<part-list>[\s\S]*<\/part-list>/.exec(head)?.[0] ?? "";
  return list && isSound(list) ? list : "";
}
