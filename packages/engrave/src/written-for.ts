import type { Bar, Chord, Direction, Item, Lyric, Mark, Note, Part, Score } from "@kuishi/score";
import { withTexts, withWholeShifts } from "./texts.ts";

/** What is added to a score for the eye alone, before the engraver has it: it draws neither hyphens between syllables nor groups of a meter. */
export const writtenFor = (score: Score): Score => ({
  ...score,
  parts: score.parts.map(
    (part, p): Part => ({
      ...part,
      bars: part.bars.map((bar, b) => {
        const groups = p === 0 ? groupsOf(score.bars[b]) : undefined;
        return withTexts(withWholeShifts({ ...bar, items: [...(groups ? [groups] : []), ...bar.items.map(shown)] }));
      }),
    }),
  ),
});

/** The groups of a new meter, where they are not alike. */
function groupsOf(bar: Bar | undefined): Direction | undefined {
  const meter = bar?.time?.[0]?.meters[0];
  if (!meter || meter.groups.length < 2 || meter.groups.every((group) => group === meter.groups[0])) return undefined;
  return { kind: "direction", at: [0, 1], place: "above", marks: [{ kind: "direction", name: "words", value: meter.groups.join("+") }] };
}
const shown = (item: Item): Item => {
  if (item.kind !== "chord") return item;
  const hyphened = item.lyrics ? withHyphens(item, item.lyrics) : item;
  return hyphened.notes.some((note) => note.marks?.some(isRoll)) ? { ...hyphened, notes: hyphened.notes.map(turned) } : hyphened;
};
/** A roll of Irish players, which is read from the sign of a turn. */
const isRoll = (mark: Mark): boolean => mark.name === "other-ornament" && mark.value === "roll";
const turned = (note: Note): Note =>
  note.marks ? { ...note, marks: note.marks.map((mark) => (isRoll(mark) ? { kind: "ornament", name: "turn" } : mark)) } : note;
const withHyphens = (chord: Chord, lyrics: readonly Lyric[]): Chord => ({
  ...chord,
  lyrics: lyrics.map((lyric) => ({
    ...lyric,
    syllables: lyric.syllables.map((one) => (one.part === "begin" || one.part === "middle" ? { ...one, text: `${one.text}-` } : one)),
  })),
});
