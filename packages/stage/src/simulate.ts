import { exp, type Random, seeded } from "@kuishi/base";
import type { ContestPlan } from "./contest.ts";
import { fitPreferences, type PairCell } from "./preference.ts";
import { above, CERTAIN_FIRST, firstOf, repeatPreferences } from "./standing.ts";

/** How often each design would do right. */
export interface DesignOutcome {
  readonly design: "even" | "heatFinal";
  /** Share of contests in which the truly best comes first. */
  readonly bestFirst: number;
  /** Share in which one winner alone is declared; of these, share in which it is the best. */
  readonly soleDeclared: number;
  readonly soleRight: number | null;
  /** Of the shared first places, share that have the best among them. */
  readonly sharedHasBest: number | null;
}

const REPETITIONS = 200;
/** Parts of the comparisons: the heat of all, then rounds among those who may still be first. */
const ROUNDS = { even: [1], heatFinal: [0.4, 0.3, 0.3] };
/** Those who may still be first go on to the final: at least so many, at most so many. */
const FINALISTS = { least: 3, most: 8, chance: 0.02 };

/** Tries contests out with abilities and votes drawn by chance. @param onRun told how many are done. */
export function simulateContest(plan: ContestPlan, onRun: (done: number) => void = () => {}): DesignOutcome[] {
  const designs = ["even", "heatFinal"] as const;
  const counts = designs.map(() => ({ best: 0, sole: 0, soleRight: 0, shared: 0, sharedHas: 0 }));
  for (let run = 0; run < plan.runs; run++) {
    for (const [d, design] of designs.entries()) {
      const random = seeded(plan.seed, `contest ${run} ${design}`);
      const truth = Float64Array.from({ length: plan.entries }, () => plan.spread * random.gauss());
      const { first, winners } = held(plan, design, truth, random);
      const best = truth.indexOf(Math.max(...truth));
      const count = counts[d]!;
      if (first === best) count.best++;
      if (winners.length === 1) {
        count.sole++;
        if (winners[0] === best) count.soleRight++;
      } else {
        count.shared++;
        if (winners.includes(best)) count.sharedHas++;
      }
    }
    onRun(run + 1);
  }
  return designs.map((design, d) => {
    const { best, sole, soleRight, shared, sharedHas } = counts[d]!;
    return {
      design,
      bestFirst: best / plan.runs,
      soleDeclared: sole / plan.runs,
      soleRight: sole > 0 ? soleRight / sole : null,
      sharedHasBest: shared > 0 ? sharedHas / shared : null,
    };
  });
}

function held(plan: ContestPlan, design: DesignOutcome["design"], truth: Float64Array, random: Random): { first: number; winners: number[] } {
  const all = Array.from({ length: plan.entries }, (_, i) => i);
  const votes: PairCell[] = [];
  const vote = (pairs: readonly (readonly [number, number])[]): void => {
    for (const [k, [a, b]] of pairs.entries()) {
      const wins = random.next() < 1 / (1 + exp(truth[b]! - truth[a]!));
      votes.push({ judge: k % plan.judges, a, b, wins: wins ? [1, 0, 0] : [0, 1, 0] });
    }
  };
  let left = plan.comparisons;
  for (const [round, share] of ROUNDS[design].entries()) {
    const count = round === ROUNDS[design].length - 1 ? left : Math.round(plan.comparisons * share);
    left -= count;
    vote(evenPairs(round === 0 ? all : finalistsOf(votes, plan, random), count, random));
  }
  const fit = fitPreferences(votes, plan.entries, plan.judges);
  const first = fit.abilities.indexOf(Math.max(...fit.abilities));
  const again = repeatPreferences(fit, votes, REPETITIONS, random);
  return { first, winners: all.filter((i) => i === first || above(again, first, i) < CERTAIN_FIRST) };
}
function finalistsOf(votes: readonly PairCell[], plan: ContestPlan, random: Random): number[] {
  const fit = fitPreferences(votes, plan.entries, plan.judges);
  const chance = firstOf(repeatPreferences(fit, votes, REPETITIONS, random));
  const order = [...chance.keys()].sort((a, b) => chance[b]! - chance[a]! || fit.abilities[b]! - fit.abilities[a]!);
  const open = order.filter((i) => chance[i]! >= FINALISTS.chance).length;
  return order.slice(0, Math.max(FINALISTS.least, Math.min(FINALISTS.most, open)));
}

/** Pairs in which everyone is heard as often as the others, and first as often as second. */
export function evenPairs(entries: readonly number[], count: number, random: Random): (readonly [number, number])[] {
  const pairs: (readonly [number, number])[] = [];
  while (pairs.length < count) {
    const order = shuffled(entries, random);
    // neighbours on a ring: each entry twice, once on either side
    for (let i = 0; i < order.length && pairs.length < count; i++) pairs.push([order[i]!, order[(i + 1) % order.length]!]);
  }
  return pairs;
}
function shuffled(entries: readonly number[], random: Random): number[] {
  const order = [...entries];
  for (let i = order.length - 1; i > 0; i--) {
    const j = random.int(0, i);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}
