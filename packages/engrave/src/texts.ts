import { type Chord, type Direction, type Fraction, type Item, type Mark, type PartBar, wholes } from "@kuishi/score";

/**
 * The engraver keeps one text for a beat, says tempo in quarters alone and puts signs of jumps at the start of their bar. All of that reaches it as
 * texts, in which signs of music stand among the letters by their SMuFL codes; `canvas` draws them.
 */
const SIGNS: Readonly<Record<string, number>> = { segno: 0xe047, coda: 0xe048 };
const DOT = "\uecb7";
/** Notes of metronome marks (SMuFL 1.4, ECA2 and on). */
const NOTES: Readonly<Record<string, number>> = { whole: 0xeca2, half: 0xeca3, quarter: 0xeca5, eighth: 0xeca7, "16th": 0xeca9 };

const noteText = ({ type, dots }: NonNullable<Mark["beats"]>[number]): string => {
  const code = NOTES[type ?? ""];
  return code === undefined ? (type ?? "") : String.fromCharCode(code) + DOT.repeat(dots);
};
/** What a mark says in words and signs; undefined for one that the engraver draws as it is. */
function textOf(mark: Mark): string | undefined {
  if (mark.name === "words") return mark.value ?? "";
  if (mark.name === "metronome") {
    const notes = (mark.beats ?? []).map(noteText);
    return [...notes, ...(mark.value === undefined ? [] : [mark.value])].join(" = ");
  }
  const sign = SIGNS[mark.name];
  return sign === undefined ? undefined : String.fromCharCode(sign);
}

const staffOf = (item: { readonly staff?: number }): number => item.staff ?? 1;
/** The chord that a moment belongs to: the first that begins there or later, else the last before. */
function chordAt(chords: readonly Chord[], direction: Direction): Chord | undefined {
  const own = chords.filter((chord) => staffOf(chord) === staffOf(direction));
  const among = own.length > 0 ? own : chords;
  return among.find((chord) => wholes(chord.at) > wholes(direction.at) - 1e-9) ?? among.at(-1);
}

/** A bar whose words, tempo marks and signs of jumps stand as one text before the chord they belong to. */
export function withTexts(bar: PartBar): PartBar {
  const chords = bar.items.filter((item) => item.kind === "chord");
  if (chords.length === 0) return bar;
  const texts = new Map<Chord, { at: Fraction; said: string[] }>();
  const items = bar.items.flatMap((item): Item[] => {
    // what is heard of a moment would be written once more
    if (item.kind === "sound") return [];
    if (item.kind !== "direction") return [item];
    const { sound: _, ...direction } = item;
    const said = direction.marks.flatMap((mark) => textOf(mark)?.trim() || []);
    const chord = said.length > 0 ? chordAt(chords, direction) : undefined;
    if (chord) {
      const own = texts.get(chord) ?? { at: chord.at, said: [] };
      own.said.push(...said);
      texts.set(chord, own);
    }
    const marks = direction.marks.filter((mark) => textOf(mark) === undefined);
    return marks.length > 0 ? [{ ...direction, marks }] : [];
  });
  return {
    ...bar,
    items: items.flatMap((item): Item[] => {
      const own = item.kind === "chord" ? texts.get(item) : undefined;
      if (!own || item.kind !== "chord") return [item];
      const marks: Mark[] = [{ kind: "direction", name: "words", value: own.said.join("  ") }];
      return [{ kind: "direction", at: own.at, ...(item.staff === undefined ? {} : { staff: item.staff }), place: "above", marks }, item];
    }),
  };
}

/** A bar in which a shift of the octave that ends before its last note, as some programs write it, ends behind it. */
export function withWholeShifts(bar: PartBar): PartBar {
  const isShift = (item: Item, ends: boolean): boolean =>
    item.kind === "direction" && item.marks.some((mark) => mark.name === "octave-shift" && (mark.phase === "stop") === ends);
  const items: Item[] = [];
  /** Shifts that have begun, and no note since. */
  let fresh = false;
  let held: Item | undefined;
  for (const item of bar.items) {
    if (isShift(item, true) && fresh) held = item;
    else items.push(item);
    if (isShift(item, false)) fresh = true;
    if (item.kind !== "chord" || item.grace) continue;
    fresh = false;
    if (held) items.push(held);
    held = undefined;
  }
  return held ? bar : { ...bar, items };
}

/** A text as runs of letters and single signs of music. */
export const runsOf = (text: string): readonly string[] => text.match(/[\ue000-\uf8ff]|[^\ue000-\uf8ff]+/g) ?? [];
export const isSign = (run: string): boolean => run >= "\ue000" && run <= "\uf8ff";
/** Whether a text tells a tempo: such are upright and bold. */
export const isTempo = (text: string): boolean => /[\ueca2-\ueca9]/.test(text);
