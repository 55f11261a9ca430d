import { log, median, type Seconds } from "@kuishi/base";
import type { PlayedStroke, Shift } from "./strokes.ts";

/** Strokes of the master that may go unplayed in a row, and of the take that may be its own, before the player is taken to have jumped. */
const [MOST_MISSED, MOST_EXTRA] = [4, 3];
/** What each costs, and a jump: natural logarithms of how seldom they are. */
const [MISSED, EXTRA, JUMP, JUMP_AFTER_PAUSE, TO_A_BAR] = [1.6, 2, 9, 5, 1];
/** A stroke whose notes are others. */
const OTHER = 3.4;
/** Silence that says a player stopped. */
const PAUSE_SEC: Seconds = 0.6;
/** Times of the expected gap after which a player has waited, and the highest cost of a gap. */
const [WAITED, MOST_GAP] = [1.6, 4];
/** Beginning later in the master must be worth it. */
const LATER = 0.004;

/** Where each stroke of the take lies in the master: index of the master's stroke, -1 for one of the take alone. */
export type Route = Int32Array;

/** A way that was found, and what it costs: the less, the better it explains the take. */
interface Way {
  readonly route: Route;
  readonly cost: number;
}

/** How little two strokes sound alike: 0 alike .. 1 not at all. */
function unlike(master: PlayedStroke, take: PlayedStroke, shift: Shift): number {
  let alike = 0;
  for (const a of master.notes) {
    let best = 0;
    for (const b of take.notes) {
      const off = Math.abs(b.cents! - a.cents! - shift.of(a));
      const string = a.string === b.string ? 1 : 0.8;
      // the neighbouring fret is a wrong note at the right place
      best = Math.max(best, string * (off < 70 ? 1 : off < 130 ? 0.45 : 0));
    }
    alike += best;
  }
  return 1 - alike / Math.max(master.notes.length, take.notes.length);
}

/**
 * The most probable way of a take through a master (Viterbi 1967, over states of one stroke each as in Nakamura et al., arXiv 1512.07748): stroke by stroke,
 * strokes left out and added, and jumps anywhere, cheaper after a pause and to the beginning of a bar.
 * @param tempo take seconds for one of the master's, at each stroke of the take. @param tolerance of the gaps' logarithm.
 */
function way(
  master: readonly PlayedStroke[],
  take: readonly PlayedStroke[],
  bars: ReadonlySet<number>,
  shift: Shift,
  tempo: readonly number[],
  tolerance: number,
): Way {
  const [n, m] = [take.length, master.length];
  const gaps = (strokes: readonly PlayedStroke[], most: number): Float64Array[] =>
    Array.from({ length: most + 1 }, (_, k) =>
      Float64Array.from(strokes, (stroke, i) => (k === 0 || i < k ? 0 : log(Math.max(0.02, stroke.at - strokes[i - k]!.at)))),
    );
  const [masterGaps, takeGaps] = [gaps(master, MOST_MISSED), gaps(take, MOST_EXTRA + 1)];
  const sharp = 1 / (2 * tolerance * tolerance);
  const cost = new Float64Array(n * m).fill(Number.POSITIVE_INFINITY);
  const from = new Int32Array(n * m).fill(-1);
  const least = new Float64Array(n);
  const leastAt = new Int32Array(n);
  for (let j = 0; j < n; j++) {
    const pace = log(tempo[j]!);
    // where one may have jumped from: the best end of any of the strokes just before
    let [jump, jumpFrom] = [Number.POSITIVE_INFINITY, -1];
    for (let back = 1; back <= Math.min(j, MOST_EXTRA + 1); back++) {
      const gap = take[j]!.at - take[j - 1]!.at;
      const usual = j > 1 ? take[j - 1]!.at - take[j - 2]!.at : gap;
      const total = least[j - back]! + (back - 1) * EXTRA + (gap > Math.max(PAUSE_SEC, WAITED * usual) ? JUMP_AFTER_PAUSE : JUMP);
      if (total < jump) [jump, jumpFrom] = [total, (j - back) * m + leastAt[j - back]!];
    }
    least[j] = Number.POSITIVE_INFINITY;
    for (let i = 0; i < m; i++) {
      let best = j <= MOST_EXTRA ? j * EXTRA + i * LATER : Number.POSITIVE_INFINITY;
      let before = -1;
      const landed = jump + (bars.has(i) ? -TO_A_BAR : 0);
      if (landed < best) [best, before] = [landed, jumpFrom];
      for (let back = 1; back <= Math.min(j, MOST_EXTRA + 1); back++) {
        const taken = takeGaps[back]![j]! - pace;
        const row = (j - back) * m;
        for (let k = 1; k <= Math.min(i, MOST_MISSED); k++) {
          const off = taken - masterGaps[k]![i]!;
          const total = cost[row + i - k]! + (back - 1) * EXTRA + (k - 1) * MISSED + Math.min(MOST_GAP, off * off * sharp);
          if (total < best) [best, before] = [total, row + i - k];
        }
      }
      const total = best + OTHER * unlike(master[i]!, take[j]!, shift);
      cost[j * m + i] = total;
      from[j * m + i] = before;
      if (total < least[j]!) {
        least[j] = total;
        leastAt[j] = i;
      }
    }
  }
  const route = new Int32Array(n).fill(-1);
  let [end, lowest] = [-1, Number.POSITIVE_INFINITY];
  for (let j = Math.max(0, n - 1 - MOST_EXTRA); j < n; j++) {
    const total = least[j]! + (n - 1 - j) * EXTRA;
    if (total < lowest) [lowest, end] = [total, j * m + leastAt[j]!];
  }
  for (let state = end; state >= 0; state = from[state]!) route[Math.floor(state / m)] = state % m;
  return { route, cost: lowest };
}

/** Take seconds for one of the master's around each stroke of the take, from a way that was found; where none is, the whole take's. */
function tempoAlong(master: readonly PlayedStroke[], take: readonly PlayedStroke[], route: Route, usual: number): number[] {
  const REACH = 12;
  const ratios = take.map((stroke, j) => {
    const step = j > 0 && route[j]! >= 0 && route[j - 1]! >= 0 ? route[j]! - route[j - 1]! : 0;
    if (step < 1 || step > MOST_MISSED) return null;
    return (stroke.at - take[j - 1]!.at) / Math.max(0.02, master[route[j]!]!.at - master[route[j - 1]!]!.at);
  });
  return take.map((_, j) => {
    const near = ratios.slice(Math.max(0, j - REACH), j + REACH + 1).filter((ratio) => ratio !== null);
    return near.length >= 5 ? median(near) : usual;
  });
}

/**
 * Where a take went through a master, and how much higher it sounds: of several shifts, that by which it is explained best.
 * @param bars strokes of the master with which a bar begins. @param shifts at least one; the first is preferred where others are no better.
 */
export function routeOf(
  master: readonly PlayedStroke[],
  take: readonly PlayedStroke[],
  bars: ReadonlySet<number>,
  shifts: readonly Shift[],
): { route: Route; shift: Shift } {
  if (master.length === 0 || take.length === 0) return { route: new Int32Array(take.length).fill(-1), shift: shifts[0]! };
  const gap = (strokes: readonly PlayedStroke[]): number => median(strokes.slice(1).map((stroke, i) => stroke.at - strokes[i]!.at)) || 1;
  const usual = Math.min(5, Math.max(0.5, gap(take) / gap(master)));
  const ways = shifts.map((shift) => ({ shift, way: way(master, take, bars, shift, Array(take.length).fill(usual), 0.5) }));
  const { shift, way: first } = ways.reduce((best, one) => (one.way.cost < 0.95 * best.way.cost ? one : best));
  return { route: way(master, take, bars, shift, tempoAlong(master, take, first.route, usual), 0.22).route, shift };
}

/** A stretch of the take that goes through the master without a jump: pairs of strokes [master, take]. */
export type Run = readonly (readonly [master: number, take: number])[];

/** Strokes a run must have to count: fewer are chance. */
const SHORTEST_RUN = 4;

/** A way cut at its jumps, and where the player waited long: each run goes forth in both. */
export function runsOf(route: Route): Run[] {
  const runs: (readonly [number, number])[][] = [];
  let last: readonly [number, number] | undefined;
  route.forEach((i, j) => {
    if (i < 0) return;
    const here = [i, j] as const;
    if (last && i > last[0] && i - last[0] <= MOST_MISSED) runs.at(-1)!.push(here);
    else runs.push([here]);
    last = here;
  });
  return runs.filter((run) => run.length >= SHORTEST_RUN);
}
