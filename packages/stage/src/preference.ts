import { exp } from "@kuishi/base";
import { solved } from "./linear.ts";

/** Votes of one judge on one pair, in the order the pair was heard; counts may be weights. */
export interface PairCell {
  readonly judge: number;
  readonly a: number;
  readonly b: number;
  /** Votes for a, for b, for neither. */
  readonly wins: readonly [number, number, number];
}

/** What is believed of abilities and judges. */
export interface PreferenceFit {
  /** Ability of each entry, logits, mean 0. */
  readonly abilities: Float64Array;
  /** How sharply each judge tells entries apart, 1 as usual. */
  readonly discrimination: Float64Array;
  /** Advantage of the one heard first, logits. */
  readonly order: number;
  /** Weight of a tie (Davidson's nu). */
  readonly ties: number;
}

const square = (x: number): number => x * x;

/** Deviations of the priors: abilities; log discrimination; order; log of the weight of ties, about -0.7. */
const PRIOR = { ability: 2, discrimination: 0.35, order: 0.5, ties: 1, tiesMean: -0.7 };

/**
 * Bradley-Terry with ties (Davidson 1970, doi:10.1080/01621459.1970.10481082), an order effect
 * (Davidson and Beaver 1977, doi:10.2307/2529464) and a discrimination for each judge, at the
 * highest posterior density: Newton steps for the abilities, Fisher steps for the rest.
 */
export function fitPreferences(cells: readonly PairCell[], entries: number, judges: number): PreferenceFit {
  const abilities = new Float64Array(entries);
  const log = new Float64Array(judges);
  const discrimination = new Float64Array(judges).fill(1);
  let order = 0;
  let ties = exp(PRIOR.tiesMean);
  let logTies = PRIOR.tiesMean;
  for (let round = 0; round < 60; round++) {
    const moved = stepAbilities({ abilities, discrimination, order, ties }, cells, null);
    const slope = Float64Array.from(log, (value) => -value / square(PRIOR.discrimination));
    const curve = new Float64Array(judges).fill(1 / square(PRIOR.discrimination));
    let [orderSlope, orderCurve] = [-order / square(PRIOR.order), 1 / square(PRIOR.order)];
    let [tieSlope, tieCurve] = [-(logTies - PRIOR.tiesMean) / square(PRIOR.ties), 1 / square(PRIOR.ties)];
    for (const { judge, a, b, wins } of cells) {
      const distance = discrimination[judge]! * (abilities[a]! - abilities[b]!);
      const { count, mean, variance, tie } = moments(distance + order, ties, wins);
      const own = (wins[0] - wins[1]) / 2 - count * mean;
      slope[judge] = slope[judge]! + own * distance;
      curve[judge] = curve[judge]! + count * variance * distance * distance;
      orderSlope += own;
      orderCurve += count * variance;
      tieSlope += wins[2] - count * tie;
      tieCurve += count * tie * (1 - tie);
    }
    for (let j = 0; j < judges; j++) {
      log[j] = log[j]! + slope[j]! / curve[j]!;
      discrimination[j] = exp(log[j]!);
    }
    order += orderSlope / orderCurve;
    logTies += tieSlope / tieCurve;
    ties = exp(logTies);
    if (moved < 1e-10 && Math.abs(orderSlope / orderCurve) < 1e-10) break;
  }
  return { abilities, discrimination, order, ties };
}

/** What a pair of such a distance is expected to bring: half the difference of wins, its variance, the share of ties. */
function moments(distance: number, ties: number, wins: PairCell["wins"]): { count: number; mean: number; variance: number; tie: number } {
  const up = exp(distance / 2);
  const down = 1 / up;
  const all = up + down + ties;
  const mean = (up - down) / (2 * all);
  return { count: wins[0] + wins[1] + wins[2], mean, variance: (up + down) / (4 * all) - mean * mean, tie: ties / all };
}

/**
 * One Newton step of the abilities, in place, all else held.
 *
 * @param weights of the cells, null where each counts once.
 * @returns the largest change, logits.
 */
export function stepAbilities(fit: PreferenceFit, cells: readonly PairCell[], weights: Float64Array | null): number {
  const { abilities, discrimination, order, ties } = fit;
  const n = abilities.length;
  const prior = 1 / square(PRIOR.ability);
  const hessian = new Float64Array(n * n);
  const slope = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    hessian[i * n + i] = prior;
    slope[i] = -prior * abilities[i]!;
  }
  for (const [c, { judge, a, b, wins }] of cells.entries()) {
    const weight = weights === null ? 1 : weights[c]!;
    if (weight === 0) continue;
    const sharp = discrimination[judge]!;
    const { count, mean, variance } = moments(sharp * (abilities[a]! - abilities[b]!) + order, ties, wins);
    const pull = weight * sharp * ((wins[0] - wins[1]) / 2 - count * mean);
    const stiff = weight * sharp * sharp * count * variance;
    slope[a] = slope[a]! + pull;
    slope[b] = slope[b]! - pull;
    hessian[a * n + a] = hessian[a * n + a]! + stiff;
    hessian[b * n + b] = hessian[b * n + b]! + stiff;
    hessian[a * n + b] = hessian[a * n + b]! - stiff;
    hessian[b * n + a] = hessian[b * n + a]! - stiff;
  }
  const step = solved(hessian, slope);
  let most = 0;
  for (let i = 0; i < n; i++) {
    abilities[i] = abilities[i]! + step[i]!;
    most = Math.max(most, Math.abs(step[i]!));
  }
  return most;
}
