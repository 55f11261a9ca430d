import { createEmptyCard, fsrs, type Grade, Rating } from "ts-fsrs";

/** A passage as it was played once, heard beside the master. */
export interface PassageRun {
  /** When, milliseconds since 1970. */
  readonly at: number;
  /** How fast beside the master: 1 as fast. */
  readonly tempo: number;
  /** Notes that could be told, and how many of them were right. */
  readonly told: number;
  readonly right: number;
}
/** What is known of how well a passage is kept. */
export interface PassageMemory {
  /** When it should be played again, milliseconds since 1970; null: it was never played so that it could be judged. */
  readonly due: number | null;
  /** How probable it is that it would go well now, 0..1; 0 where it was never played. */
  readonly kept: number;
  /** Times it was asked for after a pause. */
  readonly recalls: number;
}

const HOUR = 3_600_000;
/** What is played again within these hours is practice, not remembering: no gain is seen from pauses of minutes (docs/practice.md). */
const PAUSE_HOURS = 6;
/** Fewer notes say nothing. */
const MOST_SILENT = 8;
/** Memory of a passage is asked for when it has fallen to this. */
const RETENTION = 0.9;
/** FSRS-6 with its published weights, whole days, no chance: every host says the same day. */
const scheduler = fsrs({ request_retention: RETENTION, enable_fuzz: false, enable_short_term: false });

/** What a run says of memory: slow playing is remembered with effort, however right it is. */
function gradeOf({ told, right, tempo }: PassageRun): Grade {
  const share = right / told;
  if (share < 0.7) return Rating.Again;
  if (share < 0.85 || tempo < 0.75) return Rating.Hard;
  return share >= 0.95 && tempo >= 0.95 ? Rating.Easy : Rating.Good;
}
/** Runs that came after a pause, in order of time: the first of each sitting, where enough could be told. */
function recallsOf(runs: readonly PassageRun[]): readonly PassageRun[] {
  const out: PassageRun[] = [];
  let last = Number.NEGATIVE_INFINITY;
  for (const run of [...runs].sort((a, b) => a.at - b.at)) {
    if (run.told < MOST_SILENT) continue;
    if (run.at - last >= PAUSE_HOURS * HOUR) out.push(run);
    last = run.at;
  }
  return out;
}

/**
 * How well a passage is kept, from all the times it was played (FSRS: Ye, Su, Cao, KDD 2022, https://doi.org/10.1145/3534678.3539081;
 * `ts-fsrs`). It is reckoned anew from the runs each time, so that runs of two devices that meet make one memory.
 * @param now milliseconds since 1970.
 */
export function memoryOf(runs: readonly PassageRun[], now: number): PassageMemory {
  const recalls = recallsOf(runs);
  const [first] = recalls;
  if (!first) return { due: null, kept: 0, recalls: 0 };
  let card = createEmptyCard(new Date(first.at));
  for (const run of recalls) card = scheduler.next(card, new Date(run.at), gradeOf(run)).card;
  return { due: card.due.getTime(), kept: scheduler.get_retrievability(card, new Date(Math.max(now, recalls.at(-1)!.at)), false), recalls: recalls.length };
}

/** Passages taken in turns: interleaved they are kept better than one after the other (docs/practice.md). */
const MOST_TURNS = 4;
/** A turn, milliseconds. */
export const TURN_MS: number = 180_000;
/**
 * Which passages to take in turns now: those that are due, the least kept first, then those never played.
 * @param passages with all their runs.
 * @returns at most four of their ids; none: come back when the first is due.
 */
export function turnsNow(passages: readonly { readonly id: string; readonly runs: readonly PassageRun[] }[], now: number): readonly string[] {
  return passages
    .map(({ id, runs }) => ({ id, ...memoryOf(runs, now) }))
    .filter(({ due }) => due === null || due <= now)
    .sort((a, b) => Number(a.due === null) - Number(b.due === null) || a.kept - b.kept)
    .slice(0, MOST_TURNS)
    .map(({ id }) => id);
}

/** What can be claimed of a passage, with what it is claimed from. */
export interface Progress {
  /** Share of right notes in the first and in the last sittings, or tempo beside the master. */
  readonly what: "right" | "tempo";
  readonly before: number;
  readonly now: number;
}
/** Sittings at either end that are compared, and notes that each end must have. */
const [ENDS, ENOUGH] = [3, 40];
/** Wilson's interval of a share at 95 %. */
function interval(right: number, told: number): readonly [number, number] {
  const z = 1.96;
  const share = right / told;
  const middle = (share + (z * z) / (2 * told)) / (1 + (z * z) / told);
  const half = (z / (1 + (z * z) / told)) * Math.sqrt((share * (1 - share)) / told + (z * z) / (4 * told * told));
  return [middle - half, middle + half];
}
const middleOf = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;
/** A tempo is claimed from this ratio on. */
const FASTER = 1.05;
/**
 * What has changed for certain, as the first playing after each pause shows it: the share of right notes where the 95 % intervals of both
 * ends lie apart (Wilson 1927), the tempo where every one of the last sittings was faster than every one of the first by a twentieth.
 * Nothing where fewer than six sittings, or too few notes, are known.
 */
export function progressOf(runs: readonly PassageRun[]): readonly Progress[] {
  const sittings = recallsOf(runs);
  if (sittings.length < 2 * ENDS) return [];
  const ends = [sittings.slice(0, ENDS), sittings.slice(-ENDS)] as const;
  const sums = ends.map((end) => ({ right: end.reduce((sum, run) => sum + run.right, 0), told: end.reduce((sum, run) => sum + run.told, 0) }));
  const out: Progress[] = [];
  const [before, now] = sums as [(typeof sums)[number], (typeof sums)[number]];
  if (before.told >= ENOUGH && now.told >= ENOUGH) {
    const [a, b] = [interval(before.right, before.told), interval(now.right, now.told)];
    if (a[1] < b[0] || b[1] < a[0]) out.push({ what: "right", before: before.right / before.told, now: now.right / now.told });
  }
  const [slow, fast] = ends.map((end) => end.map((run) => run.tempo)) as [number[], number[]];
  if (Math.min(...fast) >= FASTER * Math.max(...slow)) out.push({ what: "tempo", before: middleOf(slow), now: middleOf(fast) });
  return out;
}
