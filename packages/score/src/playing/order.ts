import { MOST_BARS } from "@kuishi/base";
import type { Barline, Mark, Score, SoundSigns } from "../score.ts";

/** What a bar asks of those who play on. */
interface Signs {
  forward: boolean;
  /** How often what leads here is played; 0 where nothing comes again. */
  backward: number;
  /** Rounds in which the ending that begins here is played. */
  endings: readonly number[];
  endingStops: boolean;
  segno: boolean;
  coda: boolean;
  toCoda: boolean;
  fine: boolean;
  /** Back to the beginning or to the sign, after this bar. */
  back: "start" | "segno" | undefined;
}

/** Words that send players elsewhere, as they are printed. */
const WORDS: readonly (readonly [RegExp, (signs: Signs) => void])[] = [
  [/^\W*(d\.?\s*c\.?\b|da\s*capo)/i, (signs) => (signs.back = "start")],
  [/^\W*(d\.?\s*s\.?(\W|$)|dal\s*segno)/i, (signs) => (signs.back = "segno")],
  [/^\W*(to\s+coda|al(la)?\s+coda)\b/i, (signs) => (signs.toCoda = true)],
  [/^\W*fine\W*$/i, (signs) => (signs.fine = true)],
];
const MOST_TIMES = 16;

/** Indices of the bars in the order in which they are played: repeats, endings, da capo, dal segno, coda and fine followed. */
export function playingOrder(score: Score): readonly number[] {
  const all = signsOf(score);
  const order: number[] = [];
  const segno = all.findIndex((signs) => signs.segno);
  const codas = all.flatMap((signs, bar) => (signs.coda ? [bar] : []));
  const taken = new Set<number>();
  let [start, round, jumped] = [0, 1, false];
  let endings: readonly number[] = [];
  for (let bar = 0; bar < all.length && order.length < MOST_BARS; ) {
    const signs = all[bar]!;
    if (signs.forward && bar !== start) [start, round] = [bar, 1];
    if (signs.endings.length > 0) endings = signs.endings;
    // after a jump nothing is repeated: the last ending is played
    const skipped = endings.length > 0 && (jumped ? leadsBack(all, bar) : !endings.includes(round));
    if (!skipped) order.push(bar);
    if (signs.endingStops && signs.backward === 0) endings = [];
    if (signs.backward > 0) {
      endings = [];
      if (!skipped && !jumped && round < signs.backward) {
        round++;
        bar = start;
        continue;
      }
      if (!skipped) [start, round] = [bar + 1, 1];
    }
    if (!skipped && jumped && signs.fine) break;
    const coda = codas.find((one) => one > bar);
    if (!skipped && jumped && signs.toCoda && coda !== undefined) {
      bar = coda;
      jumped = false;
      endings = [];
      [start, round] = [bar, 1];
      continue;
    }
    if (!skipped && signs.back && !taken.has(bar)) {
      taken.add(bar);
      jumped = true;
      endings = [];
      bar = signs.back === "segno" && segno >= 0 && segno <= bar ? segno : 0;
      [start, round] = [bar, 1];
      continue;
    }
    bar++;
    if (endings.length > 0 && (all[bar]?.endings.length ?? 0) === 0 && round > Math.max(...endings)) endings = [];
  }
  return order;
}
/** Whether the ending a bar lies in ends with a repeat. */
function leadsBack(all: readonly Signs[], bar: number): boolean {
  for (let k = bar; k < all.length; k++) {
    if (all[k]!.backward > 0) return true;
    if (all[k]!.endingStops || (k > bar && all[k]!.endings.length > 0)) return false;
  }
  return false;
}

function signsOf(score: Score): readonly Signs[] {
  const all = score.bars.map((bar, b): Signs => {
    const signs: Signs = {
      forward: false,
      backward: 0,
      endings: [],
      endingStops: false,
      segno: false,
      coda: false,
      toCoda: false,
      fine: false,
      back: undefined,
    };
    for (const line of bar.barlines ?? []) ofBarline(signs, line);
    for (const part of score.parts)
      for (const item of part.bars[b]?.items ?? []) {
        if (item.kind === "direction") ofMarks(signs, item.marks, item.sound);
        if (item.kind === "sound") ofSound(signs, item.signs);
      }
    return signs;
  });
  // of two signs of the coda and no word, the first is where one leaves
  const codas = all.filter((signs) => signs.coda);
  if (codas.length > 1 && !all.some((signs) => signs.toCoda)) {
    codas[0]!.coda = false;
    codas[0]!.toCoda = true;
  }
  return all;
}
function ofBarline(signs: Signs, { repeat, ending, marks, place }: Barline): void {
  if (repeat?.direction === "forward") signs.forward = true;
  if (repeat?.direction === "backward") signs.backward = Math.min(MOST_TIMES, Math.max(2, repeat.times ?? 2));
  if (ending?.phase === "start") signs.endings = ending.numbers.split(/[,\s]+/).flatMap((one) => (Number(one) > 0 ? [Number(one)] : []));
  if (ending && ending.phase !== "start") signs.endingStops = true;
  if (place === "middle") return;
  for (const mark of marks ?? []) {
    if (mark.name === "segno") signs.segno = true;
    if (mark.name === "coda") signs.coda = true;
  }
}
function ofMarks(signs: Signs, marks: readonly Mark[], sound: SoundSigns | undefined): void {
  for (const mark of marks) {
    // what is told of a sign of the coda says whether one leaves there
    if (mark.name === "coda" && !sound?.jumps?.["tocoda"]) signs.coda = true;
    if (mark.name === "segno" && !sound?.jumps?.["dalsegno"]) signs.segno = true;
    if (mark.name === "words") for (const [pattern, apply] of WORDS) if (pattern.test(mark.value ?? "")) apply(signs);
  }
  if (sound) ofSound(signs, sound);
}
function ofSound(signs: Signs, { jumps = {} }: SoundSigns): void {
  if (jumps["dacapo"]) signs.back = "start";
  if (jumps["dalsegno"]) signs.back = "segno";
  if (jumps["segno"]) signs.segno = true;
  if (jumps["coda"]) signs.coda = true;
  if (jumps["tocoda"]) signs.toCoda = true;
  if (jumps["fine"]) signs.fine = true;
}
