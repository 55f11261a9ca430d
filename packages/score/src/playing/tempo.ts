import { clamp, type Seconds } from "@kuishi/base";
import { plus, wholes } from "../fraction.ts";
import type { Direction, Item, Mark, NoteValue, Score } from "../score.ts";

/** Quarters a minute where a score tells none. */
export const DEFAULT_BPM = 120;
const [SLOWEST_BPM, FASTEST_BPM] = [4, 2000];
/** A fermata makes what it stands over so many times as long. */
const FERMATA = 1.75;
const VALUES: Readonly<Record<string, number>> = {
  maxima: 32,
  long: 16,
  breve: 8,
  whole: 4,
  half: 2,
  quarter: 1,
  eighth: 1 / 2,
  "16th": 1 / 4,
  "32nd": 1 / 8,
  "64th": 1 / 16,
  "128th": 1 / 32,
};

/** Quarters in a note value. */
export const quartersOf = ({ type, dots }: NoteValue): number => (VALUES[type ?? "quarter"] ?? 1) * (2 - 1 / (1 << Math.min(dots, 8)));

/** Quarters a minute that a sign asks for. */
function tempoOf(mark: Mark): number | undefined {
  if (mark.name !== "metronome") return undefined;
  const told = Number(/\d+(?:\.\d+)?/.exec(mark.value ?? "")?.[0] ?? Number.NaN);
  return told > 0 ? told * quartersOf(mark.beats?.[0] ?? { dots: 0 }) : undefined;
}
const ofDirection = (item: Direction): number | undefined => item.sound?.tempo ?? item.marks.map(tempoOf).find((one) => one !== undefined);

/** Where the tempo of a bar changes, and where it stands still for a while, in whole notes from its start. */
interface BarTempo {
  readonly changes: readonly { readonly at: number; readonly bpm: number }[];
  readonly holds: readonly { readonly from: number; readonly to: number }[];
}
const isFermata = (mark: Mark): boolean => mark.name === "fermata";
function tempoOfBar(items: readonly Item[]): BarTempo {
  const changes: { at: number; bpm: number }[] = [];
  const holds: { from: number; to: number }[] = [];
  for (const item of items) {
    const bpm = item.kind === "direction" ? ofDirection(item) : item.kind === "sound" ? item.signs.tempo : undefined;
    if (bpm !== undefined && bpm > 0) changes.push({ at: wholes(item.at), bpm: clamp(bpm, SLOWEST_BPM, FASTEST_BPM) });
    if (item.kind === "chord" && item.length[0] > 0 && item.notes.some((note) => note.marks?.some(isFermata)))
      holds.push({ from: wholes(item.at), to: wholes(plus(item.at, item.length)) });
  }
  return { changes: changes.sort((a, b) => a.at - b.at), holds };
}

/** Played time: whole notes from the beginning, repeats played out, to seconds. */
export class PlayedTime {
  readonly #points: { at: number; seconds: Seconds; perWhole: Seconds }[] = [];
  /** Where each bar that is played begins, whole notes. */
  readonly starts: readonly number[];
  readonly end: number;

  constructor(score: Score, order: readonly number[]) {
    const tempos = score.bars.map((_, b) => tempoOfBar(score.parts.flatMap((part) => part.bars[b]?.items ?? [])));
    const starts: number[] = [];
    let at = 0;
    let bpm = DEFAULT_BPM;
    for (const bar of order) {
      starts.push(at);
      const { changes, holds } = tempos[bar]!;
      const length = wholes(score.bars[bar]!.length);
      const edges = [0, ...changes.map((one) => one.at), ...holds.flatMap(({ from, to }) => [from, to])].filter((edge) => edge >= 0 && edge <= length);
      for (const edge of [...new Set(edges)].sort((a, b) => a - b)) {
        bpm = changes.findLast((one) => one.at <= edge)?.bpm ?? bpm;
        const held = holds.some(({ from, to }) => from <= edge && edge < to);
        this.#point(at + edge, (240 / bpm) * (held ? FERMATA : 1));
      }
      // what a hold slowed down goes on as before
      bpm = changes.at(-1)?.bpm ?? bpm;
      at += length;
    }
    if (this.#points.length === 0) this.#point(0, 240 / bpm);
    this.starts = starts;
    this.end = at;
  }
  #point(at: number, perWhole: Seconds): void {
    const last = this.#points.at(-1);
    if (last?.perWhole === perWhole) return;
    const seconds = last ? last.seconds + (at - last.at) * last.perWhole : 0;
    if (last?.at === at) this.#points.pop();
    this.#points.push({ at, seconds, perWhole });
  }
  /** The last point that has been passed; the first, where none has. */
  #last(passed: (point: { readonly at: number; readonly seconds: Seconds }) => boolean): { at: number; seconds: Seconds; perWhole: Seconds } {
    let [low, high] = [0, this.#points.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (passed(this.#points[middle]!)) low = middle;
      else high = middle - 1;
    }
    return this.#points[low]!;
  }
  seconds(at: number): Seconds {
    const point = this.#last((one) => one.at <= at + 1e-12);
    return point.seconds + (at - point.at) * point.perWhole;
  }
  /** Whole notes from the beginning at a moment. */
  wholesAt(seconds: Seconds): number {
    const point = this.#last((one) => one.seconds <= seconds + 1e-9);
    return point.at + (seconds - point.seconds) / point.perWhole;
  }
  /** Where the tempo changes: whole notes, seconds, seconds of a whole note. */
  get changes(): readonly { readonly at: number; readonly seconds: Seconds; readonly perWhole: Seconds }[] {
    return this.#points;
  }
}
