import { exp } from "@kuishi/base";

/** One mark: a level from 0 to `levels` - 1. */
export interface MarkCell {
  readonly judge: number;
  readonly entry: number;
  readonly criterion: number;
  readonly level: number;
}
/** What is believed of entries, judges and criteria, logits. */
export interface FacetFit {
  readonly abilities: Float64Array;
  /** How much each judge takes off. */
  readonly severity: Float64Array;
  readonly difficulty: Float64Array;
  /** Steps from one level to the next. */
  readonly steps: Float64Array;
}
const PRIOR = { ability: 2, severity: 1, difficulty: 1, step: 2 };

/**
 * Many-facet Rasch with a rating scale (Linacre 1989; Andrich 1978, doi:10.1007/BF02293814), at
 * the highest posterior density, one parameter at a time by Newton.
 */
export function fitFacets(cells: readonly MarkCell[], entries: number, judges: number, criteria: number, levels: number): FacetFit {
  const fit: FacetFit = {
    abilities: new Float64Array(entries),
    severity: new Float64Array(judges),
    difficulty: new Float64Array(criteria),
    steps: new Float64Array(levels),
  };
  for (let round = 0; round < 200; round++) {
    let moved = stepEntries(fit, cells, null);
    moved = Math.max(
      moved,
      stepFacet(fit, fit.severity, cells, (cell) => cell.judge, PRIOR.severity),
    );
    moved = Math.max(
      moved,
      stepFacet(fit, fit.difficulty, cells, (cell) => cell.criterion, PRIOR.difficulty),
    );
    moved = Math.max(moved, stepLevels(fit, cells));
    if (moved < 1e-9) break;
  }
  return fit;
}

/** Chances of each level. */
function chances(fit: FacetFit, { judge, entry, criterion }: MarkCell): { mean: number; variance: number; all: Float64Array } {
  const place = fit.abilities[entry]! - fit.severity[judge]! - fit.difficulty[criterion]!;
  const all = new Float64Array(fit.steps.length);
  let height = 0;
  let most = 0;
  for (let k = 1; k < all.length; k++) {
    height += place - fit.steps[k]!;
    all[k] = height;
    most = Math.max(most, height);
  }
  let sum = 0;
  for (let k = 0; k < all.length; k++) {
    all[k] = exp(all[k]! - most);
    sum += all[k]!;
  }
  let [mean, square] = [0, 0];
  for (let k = 0; k < all.length; k++) {
    all[k] = all[k]! / sum;
    mean += k * all[k]!;
    square += k * k * all[k]!;
  }
  return { mean, variance: Math.max(1e-9, square - mean * mean), all };
}

/** One Newton step of the abilities, in place. @param weights of the cells. @returns the largest change. */
export function stepEntries(fit: FacetFit, cells: readonly MarkCell[], weights: Float64Array | null): number {
  return stepFacet(fit, fit.abilities, cells, (cell) => cell.entry, PRIOR.ability, 1, weights);
}
function stepFacet(
  fit: FacetFit,
  values: Float64Array,
  cells: readonly MarkCell[],
  of: (cell: MarkCell) => number,
  deviation: number,
  sign = -1,
  weights: Float64Array | null = null,
): number {
  const prior = 1 / (deviation * deviation);
  const slope = Float64Array.from(values, (value) => -prior * value);
  const curve = new Float64Array(values.length).fill(prior);
  for (const [c, cell] of cells.entries()) {
    const weight = weights === null ? 1 : weights[c]!;
    const { mean, variance } = chances(fit, cell);
    const i = of(cell);
    slope[i] = slope[i]! + sign * weight * (cell.level - mean);
    curve[i] = curve[i]! + weight * variance;
  }
  return moveBy(values, slope, curve);
}
function stepLevels(fit: FacetFit, cells: readonly MarkCell[]): number {
  const prior = 1 / (PRIOR.step * PRIOR.step);
  const slope = Float64Array.from(fit.steps, (value) => -prior * value);
  const curve = new Float64Array(fit.steps.length).fill(prior);
  for (const cell of cells) {
    const { all } = chances(fit, cell);
    let above = 0;
    for (let k = all.length - 1; k >= 1; k--) {
      above += all[k]!;
      slope[k] = slope[k]! + above - (cell.level >= k ? 1 : 0);
      curve[k] = curve[k]! + above * (1 - above);
    }
  }
  slope[0] = 0;
  return moveBy(fit.steps, slope, curve);
}
function moveBy(values: Float64Array, slope: Float64Array, curve: Float64Array): number {
  let most = 0;
  for (let i = 0; i < values.length; i++) {
    const step = Math.max(-1, Math.min(1, slope[i]! / curve[i]!));
    values[i] = values[i]! + step;
    most = Math.max(most, Math.abs(step));
  }
  return most;
}
