import { median, rounded, type Seconds, toDb } from "@kuishi/base";
import type { Heard, HeardNote } from "@kuishi/score";
import type { Pair, Place, Practice } from "./contract.ts";
import type { TakeSound } from "./evidence.ts";
import { expectedNotes, type Judged, judge, ownNotes } from "./judge.ts";
import { type Run, routeOf, runsOf } from "./route.ts";
import { type PlayedStroke, shiftsOf, strokesOf } from "./strokes.ts";
import { threeThings } from "./three.ts";
import { bandOf, offsetsOf, type Placed, spreadOf } from "./timing.ts";

/** What is asked of a comparison. */
export interface CompareOptions {
  /** A single number too; the same sound always gets the same. */
  readonly score?: boolean;
}

/** Share of the take's strokes that must be found in the master, else it is another tune; and how alike they must be. */
const [LEAST_FOUND, LEAST_RIGHT] = [0.5, 0.4];
/** How sure a stroke's direction must be to be shown. */
const SURE_DIRECTION = 0.9;
/** Strokes on each side against which an accent is measured. */
const AROUND = 4;

/**
 * A take beside a master's hearing: where it went, what became of every note, and the three things worth working at. The same input gives the same answer
 * on every host.
 * @param sound the take's own, mono; in it each expected note is looked for.
 */
export function compare(master: Heard, take: Heard, sound: TakeSound, options: CompareOptions = {}): Practice {
  const [own, played] = [strokesOf(master), strokesOf(take)];
  const bars = new Set(master.downbeats.flatMap((at) => nearest(own, at)));
  const { route, shift } = routeOf(own, played, bars, shiftsOf(master, take));
  const runs = runsOf(route);
  const moments = runs.map((run) => offsetsOf(run.map(([i, j]) => ({ master: own[i]!.at, take: played[j]!.at }))));
  const free = freeTime(master);
  const band = bandOf(
    own,
    moments.flat().flatMap((offset) => offset?.seconds ?? []),
    free,
  );
  const expected = runs.map((run, r) => expectedNotes(own, played, run, moments[r]!, shift, take));
  const judged = judge(expected.flat(), sound, band);
  const extra = ownNotes(own, played, runs, judged, sound);
  const accents = { master: accentsOf(own), take: accentsOf(played) };
  const pairs = [...judged.map((one) => pairOf(one, own, played, accents)), ...extra.map(pairOfExtra)];
  const passages = runs.map((run) => placeOf(run, own, played));
  const placed = runs.flatMap((run, r) =>
    run.flatMap(([i], k): Placed[] => (moments[r]![k] ? [{ place: placeInBar(master, own, i), seconds: moments[r]![k]!.seconds }] : [])),
  );
  const spread = spreadOf(placed);
  const right = judged.filter((one) => one.verdict === "right").length;
  const told = judged.filter((one) => one.verdict !== "unsure").length + extra.length;
  const found = runs.reduce((sum, run) => sum + run.length, 0);
  const other = played.length === 0 || found < LEAST_FOUND * played.length || right < LEAST_RIGHT * told;
  return {
    kuishi: "practice/1",
    instrument: take.instrument,
    masterSec: master.durationSec,
    takeSec: take.durationSec,
    pairs,
    passages,
    spread: { steadyMs: rounded(spread.steadyMs, 2), noiseMs: rounded(spread.noiseMs, 2) },
    three: threeThings(judged, extra, spread, { master: own, take: played }),
    score: options.score && told > 0 ? Math.round((100 * right) / told) : null,
    warnings: [...(other ? [{ code: "otherTune" }] : []), ...take.warnings],
  };
}

/** The stroke at a time, where one is. */
function nearest(strokes: readonly PlayedStroke[], at: Seconds): number[] {
  let best = 0;
  strokes.forEach((stroke, i) => {
    if (Math.abs(stroke.at - at) < Math.abs(strokes[best]!.at - at)) best = i;
  });
  const found = strokes[best];
  return found && Math.abs(found.at - at) < 0.08 ? [best] : [];
}

function freeTime(master: Heard): (at: Seconds) => boolean {
  const passages = master.meter.filter((entry) => "free" in entry);
  return (at) => passages.some(({ fromSec, toSec }) => at >= fromSec && at <= toSec);
}

const placeOf = (run: Run, own: readonly PlayedStroke[], played: readonly PlayedStroke[]): Place => {
  const [a, c] = run[0]!;
  const [b, d] = run.at(-1)!;
  return {
    masterFromSec: rounded(own[a]!.at, 4),
    masterToSec: rounded(own[b]!.at, 4),
    takeFromSec: rounded(played[c]!.at, 4),
    takeToSec: rounded(played[d]!.at, 4),
  };
};

/** Where in its bar a stroke lies, by twelfths; without bars the stroke itself. */
function placeInBar(master: Heard, own: readonly PlayedStroke[], stroke: number): string {
  const { at } = own[stroke]!;
  const bar = master.downbeats.findLastIndex((start) => start <= at + 0.04);
  const [from, to] = [master.downbeats[bar], master.downbeats[bar + 1]];
  return from === undefined || to === undefined ? `stroke ${stroke}` : `${Math.round((to - from) / 0.3)}:${Math.round((12 * (at - from)) / (to - from))}`;
}

/** Levels of strokes against those around them, dB; null where the hand was not heard. */
function accentsOf(strokes: readonly PlayedStroke[]): (number | null)[] {
  const levels = strokes.map((stroke) => (stroke.movement && stroke.movement.accent > 0 ? toDb(stroke.movement.accent) : null));
  return levels.map((level, i) => {
    const near = levels.slice(Math.max(0, i - AROUND), i + AROUND + 1).filter((one) => one !== null);
    return level === null || near.length < AROUND ? null : level - median(near);
  });
}

function pairOf(one: Judged, own: readonly PlayedStroke[], played: readonly PlayedStroke[], accents: Record<"master" | "take", (number | null)[]>): Pair {
  const [a, b] = [own[one.stroke]!, one.takeStroke === null ? null : played[one.takeStroke]!];
  const [hard, harder] = [accents.master[one.stroke], one.takeStroke === null ? null : accents.take[one.takeStroke]];
  const [to, from] = [a.movement, b?.movement];
  const shown = to?.direction && from?.direction && to.confidence >= SURE_DIRECTION && from.confidence >= SURE_DIRECTION;
  return {
    master: one.note.id,
    take: one.take?.id ?? null,
    masterOnset: a.at,
    takeOnset: one.takeOnset === null ? null : rounded(one.takeOnset, 4),
    verdict: one.verdict,
    offsetMs: one.offset === null ? null : rounded(1000 * one.offset.seconds, 1),
    centsOff: one.off === null ? null : rounded(one.off, 1),
    accentDb: typeof hard === "number" && typeof harder === "number" ? rounded(harder - hard, 1) : null,
    direction: shown ? (to.direction === from.direction ? "same" : "other") : null,
  };
}

const pairOfExtra = (note: HeardNote): Pair => ({
  master: null,
  take: note.id,
  masterOnset: null,
  takeOnset: note.onset,
  verdict: "extra",
  offsetMs: null,
  centsOff: null,
  accentDb: null,
  direction: null,
});
