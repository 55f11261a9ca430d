import { Complaint, hash, seeded } from "@kuishi/base";
import { type Contest, type Id, isPair, type MarkBallot, type PairBallot } from "./contest.ts";
import { fitFacets, type MarkCell } from "./facets.ts";
import { fitPreferences, type PairCell } from "./preference.ts";
import { above, CERTAIN_FIRST, firstOf, type Repetitions, repeatFacets, repeatPreferences } from "./standing.ts";

/** One entry's place. */
export interface Ranked {
  readonly entry: Id;
  /** Logits, mean 0. */
  readonly ability: number;
  /** Best and worst place that the ballots leave open. */
  readonly rank: readonly [number, number];
  /** Chance of being the first. */
  readonly first: number;
}
/** What a contest came to; more than one winner share the first place. */
export interface Ranking {
  readonly ranking: readonly Ranked[];
  readonly winners: readonly Id[];
}

/** A pair is certain from this chance on. */
const CERTAIN_PAIR = 0.95;
const REPETITIONS = 2000;
/** Digits that are told: the last ones of a fit are nobody's ability. */
const told = (value: number): number => Math.round(value * 1e6) / 1e6;

/**
 * Ranks a contest: pairs by Bradley-Terry with ties and judges, marks by many-facet Rasch; places
 * by drawing judges and ballots anew; the first place is shared by all whom the first does not
 * surpass with a chance of nine in ten. Ballots of judges in conflict are not counted.
 *
 * @throws Complaint where no ballot counts.
 */
export function rankContest(contest: Contest): Ranking {
  const places = new Map(contest.entries.map(({ id }, i) => [id, i]));
  const judges = new Map(contest.judges.map(({ id }, i) => [id, i]));
  const barred = new Set(contest.conflicts.map(({ judge, entry }) => JSON.stringify([judge, entry])));
  const free = (judge: Id, entry: Id): boolean => !barred.has(JSON.stringify([judge, entry]));
  const ballots = contest.ballots.filter((ballot) =>
    isPair(ballot) ? free(ballot.judge, ballot.a) && free(ballot.judge, ballot.b) : free(ballot.judge, ballot.entry),
  );
  if (ballots.length === 0) throw new Complaint("notEnough", "contest.empty");
  const { abilities, again } = isPair(ballots[0]!)
    ? byPairs(pairCells(ballots as PairBallot[], places, judges), places.size, judges.size, contest.seed)
    : byMarks(ballots as MarkBallot[], places, judges, contest.seed);
  return standing(contest, abilities, again);
}

const chance = (seed: Contest["seed"]) => seeded(typeof seed === "number" && Number.isInteger(seed) ? seed : hash(String(seed)), "contest");

interface Fitted {
  readonly abilities: Float64Array;
  readonly again: Repetitions;
}
function byPairs(cells: readonly PairCell[], entries: number, judges: number, seed: Contest["seed"]): Fitted {
  const fit = fitPreferences(cells, entries, judges);
  return { abilities: fit.abilities, again: repeatPreferences(fit, cells, REPETITIONS, chance(seed)) };
}
/** Ballots of one judge on one pair, in one order, counted together; sorted, so that the order of the file changes no digit. */
function pairCells(ballots: readonly PairBallot[], places: ReadonlyMap<Id, number>, judges: ReadonlyMap<Id, number>): PairCell[] {
  const cells = new Map<number, { judge: number; a: number; b: number; wins: [number, number, number] }>();
  for (const { judge, a, b, winner } of ballots) {
    const cell = { judge: judges.get(judge)!, a: places.get(a)!, b: places.get(b)!, wins: [0, 0, 0] as [number, number, number] };
    const key = (cell.judge * places.size + cell.a) * places.size + cell.b;
    const own = cells.get(key) ?? cell;
    own.wins[winner === "a" ? 0 : winner === "b" ? 1 : 2]++;
    cells.set(key, own);
  }
  return [...cells].sort(([one], [two]) => one - two).map(([, cell]) => cell);
}

/** Marks finer than this are put together. */
const MOST_LEVELS = 25;
function byMarks(ballots: readonly MarkBallot[], places: ReadonlyMap<Id, number>, judges: ReadonlyMap<Id, number>, seed: Contest["seed"]): Fitted {
  const values = [...new Set(ballots.map(({ mark }) => mark))].sort((a, b) => a - b);
  const [least, most] = [values[0]!, values.at(-1)!];
  const levels = Math.min(values.length, MOST_LEVELS);
  const levelOf = (mark: number): number =>
    values.length <= MOST_LEVELS ? values.indexOf(mark) : Math.min(levels - 1, Math.floor(((mark - least) / (most - least)) * levels));
  const criteria = [...new Set(ballots.map(({ criterion }) => criterion ?? ""))].sort();
  const cells: MarkCell[] = ballots.map(({ judge, entry, criterion, mark }) => ({
    judge: judges.get(judge)!,
    entry: places.get(entry)!,
    criterion: criteria.indexOf(criterion ?? ""),
    level: levelOf(mark),
  }));
  cells.sort((one, two) => one.judge - two.judge || one.entry - two.entry || one.criterion - two.criterion || one.level - two.level);
  const fit = fitFacets(cells, places.size, judges.size, criteria.length, levels);
  return { abilities: fit.abilities, again: repeatFacets(fit, cells, REPETITIONS, chance(seed)) };
}

function standing(contest: Contest, abilities: Float64Array, again: Repetitions): Ranking {
  const mean = abilities.reduce((sum, ability) => sum + ability, 0) / abilities.length;
  const first = firstOf(again);
  const order = [...contest.entries.keys()].sort((a, b) => told(abilities[b]! - mean) - told(abilities[a]! - mean) || a - b);
  const surpasses = order.map((a) => order.map((b) => a !== b && above(again, a, b) >= CERTAIN_PAIR));
  const best = order[0]!;
  return {
    ranking: order.map((i, place) => ({
      entry: contest.entries[i]!.id,
      ability: told(abilities[i]! - mean),
      rank: [1 + surpasses.filter((row) => row[place]).length, order.length - surpasses[place]!.filter(Boolean).length],
      first: told(first[i]!),
    })),
    winners: order.filter((i) => i === best || above(again, best, i) < CERTAIN_FIRST).map((i) => contest.entries[i]!.id),
  };
}
