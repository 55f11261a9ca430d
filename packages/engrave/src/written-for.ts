import type { Bar, Chord, Direction, Item, Lyric, Part, Score } from "@kuishi/score";

/** What is added to a score for the eye alone, before the engraver has it: it draws neither hyphens between syllables nor groups of a meter. */
export const writtenFor = (score: Score): Score => ({
  ...score,
  parts: score.parts.map(
    (part, p): Part => ({
      ...part,
      bars: part.bars.map((bar, b) => {
        const groups = p === 0 ? groupsOf(score.bars[b]) : undefined;
        return { ...bar, items: [...(groups ? [groups] : []), ...bar.items.map(hyphened)] };
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
const hyphened = (item: Item): Item => (item.kind === "chord" && item.lyrics ? withHyphens(item, item.lyrics) : item);
const withHyphens = (chord: Chord, lyrics: readonly Lyric[]): Chord => ({
  ...chord,
  lyrics: lyrics.map((lyric) => ({
    ...lyric,
    syllables: lyric.syllables.map((one) => (one.part === "begin" || one.part === "middle" ? { ...one, text: `${one.text}-` } : one)),
  })),
});
