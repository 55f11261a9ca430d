import { compare, type Fraction, isZero, minus, over, plus, times } from "../fraction.ts";
import { valuesOf } from "../note-values.ts";
import type { Chord, Item, Mark, Note, TupletRatio } from "../score.ts";
import type { TupletSpan } from "./grid.ts";

/** A note that is still being written. */
export type DraftNote = { -readonly [K in keyof Note]: Note[K] };

/** A stretch as printed notes, or as rests where there are none: cut where tuplets begin and end, tied. */
export function pieces(from: Fraction, to: Fraction, voice: number, tuplets: readonly TupletSpan[], notes: readonly DraftNote[], wholeBar = false): Item[] {
  const edges = tuplets.flatMap((span) => {
    const cuts = (inside: Fraction): boolean => compare(span.from, inside) < 0 && compare(inside, span.to) < 0;
    return cuts(from) || cuts(to) ? [span.from, span.to] : [];
  });
  const cuts = [from, ...edges.filter((edge) => compare(edge, from) > 0 && compare(edge, to) < 0).sort(compare), to];
  const values = cuts.slice(1).flatMap((end, k) => {
    const start = cuts[k]!;
    const span = tuplets.find(
      (one) => compare(one.from, start) <= 0 && compare(end, one.to) <= 0 && !(compare(one.from, start) === 0 && compare(end, one.to) === 0),
    );
    const length: Fraction = minus(end, start);
    const own = span ?? oddRatio(length);
    const ratio = own && ([own.actual, own.normal] as Fraction);
    const printed = wholeBar ? [{ length }] : valuesOf(ratio ? times(length, ratio) : length);
    return printed.map((one) => ({
      ...one,
      length: ratio ? over(one.length, ratio) : one.length,
      ...(own ? { tuplet: { actual: own.actual, normal: own.normal } as TupletRatio } : {}),
    }));
  });
  let at = from;
  return values.map((piece, k): Item => {
    const [into, out] = [k > 0, k + 1 < values.length];
    const own = notes.map((note): DraftNote => {
      const one: DraftNote = into
        ? { sound: note.sound, ...(note.head ? { head: note.head } : {}), ...(note.instrument ? { instrument: note.instrument } : {}) }
        : note;
      if (into) tie(one, "stop");
      if (out) tie(one, "start");
      return one;
    });
    const rest: Note = { sound: { kind: "rest", ...(wholeBar ? { wholeBar: true } : {}) }, ...(voice > 1 ? { look: { "print-object": "no" } } : {}) };
    const chord: Chord = { kind: "chord", at, voice: String(voice), ...piece, notes: own.length > 0 ? own : [rest] };
    at = plus(at, piece.length);
    return chord;
  });
}

/** What is left of a bar: the first voice fills it with rests, another only the tuplet in which it stops, and is then silent without a sign. */
export function filling(at: Fraction, length: Fraction, voice: number, tuplets: readonly TupletSpan[]): Item[] {
  if (voice === 1) return compare(at, length) < 0 ? pieces(at, length, voice, tuplets, [], isZero(at)) : [];
  const open = tuplets.find((span) => compare(span.from, at) < 0 && compare(at, span.to) < 0);
  return open ? pieces(at, open.to, voice, tuplets, []) : [];
}

/** A length that no note value has, outside a tuplet that was found: of so many in the time of fewer. */
function oddRatio(length: Fraction): Pick<TupletSpan, "actual" | "normal"> | undefined {
  let actual = length[1];
  while (actual % 2 === 0) actual /= 2;
  let normal = 1;
  while (normal * 2 < actual) normal *= 2;
  return actual === 1 || actual > MOST_ODD ? undefined : { actual, normal };
}
const MOST_ODD = 63;

/** Ties a note to the next or to the one before. */
export function tie(note: DraftNote, phase: "start" | "stop"): void {
  note.ties = [...(note.ties ?? []), phase];
  addMark(note, { kind: "notation", name: "tied", phase });
}
/** Puts a mark among a note's, in the order in which they are written. */
export function addMark(note: DraftNote, mark: Mark): void {
  note.marks = [...(note.marks ?? []), mark].sort((a, b) => rankOf(a) - rankOf(b));
}
const RANKS = ["tied", "tuplet", "slide"];
export const rankOf = ({ name }: Mark): number => (RANKS.includes(name) ? RANKS.indexOf(name) : RANKS.length);

/** Marks where tuplets begin and end in a voice. */
export function tupletSigns(items: readonly Item[], tuplets: readonly TupletSpan[]): readonly Item[] {
  for (const span of tuplets) {
    const own = items.filter(
      (item): item is Chord =>
        item.kind === "chord" && !item.grace && item.tuplet !== undefined && compare(item.at, span.from) >= 0 && compare(item.at, span.to) < 0,
    );
    const mark = (chord: Chord | undefined, phase: string): void => {
      const note = chord?.notes[0] as DraftNote | undefined;
      if (note) addMark(note, { kind: "notation", name: "tuplet", phase, number: "1" });
    };
    mark(own[0], "start");
    mark(own.at(-1), "stop");
  }
  return items;
}
