import { log, type Random } from "@kuishi/base";
import { type FacetFit, type MarkCell, stepEntries } from "./facets.ts";
import { type PairCell, type PreferenceFit, stepAbilities } from "./preference.ts";

/** Abilities as they might as well have come out, one row a repetition. */
export interface Repetitions {
  readonly entries: number;
  readonly rows: readonly Float64Array[];
}

/** First place is shared by all that lie below the first with less than this chance. */
export const CERTAIN_FIRST = 0.9;

/** Share of the repetitions in which a lies above b. */
export const above = ({ rows }: Repetitions, a: number, b: number): number => rows.reduce((sum, row) => sum + (row[a]! > row[b]! ? 1 : 0), 0) / rows.length;

/** Share of the repetitions in which each entry comes first. */
export function firstOf({ rows, entries }: Repetitions): Float64Array {
  const first = new Float64Array(entries);
  for (const row of rows) {
    let best = 0;
    for (let i = 1; i < row.length; i++) if (row[i]! > row[best]!) best = i;
    first[best] = first[best]! + 1 / rows.length;
  }
  return first;
}

/** Newton steps from the fit to a repetition: fewer where there are many ballots, which move it less. */
const stepsFor = (cells: number): number => (cells > 3000 ? 1 : 2);

/**
 * Judges are drawn again, and their ballots within them, by weights (Bayesian bootstrap in two
 * stages: Rubin 1981, doi:10.1214/aos/1176345338): with few judges, drawing judges alone would
 * be surer than anyone can be.
 */
function weightsFor(cells: readonly { readonly judge: number }[], judges: number, random: Random): Float64Array {
  const ofJudge = Float64Array.from({ length: judges }, () => -log(1 - random.next()));
  const weights = Float64Array.from(cells, ({ judge }) => ofJudge[judge]! * -log(1 - random.next()));
  const mean = weights.reduce((sum, weight) => sum + weight, 0) / Math.max(1, weights.length);
  return weights.map((weight) => weight / mean);
}

/** Pairs voted anew. */
export function repeatPreferences(fit: PreferenceFit, cells: readonly PairCell[], count: number, random: Random): Repetitions {
  const judges = fit.discrimination.length;
  const rows = Array.from({ length: count }, () => {
    const own: PreferenceFit = { ...fit, abilities: fit.abilities.slice() };
    const weights = weightsFor(cells, judges, random);
    for (let k = 0; k < stepsFor(cells.length); k++) stepAbilities(own, cells, weights);
    return own.abilities;
  });
  return { entries: fit.abilities.length, rows };
}
/** Marks given anew. */
export function repeatFacets(fit: FacetFit, cells: readonly MarkCell[], count: number, random: Random): Repetitions {
  const rows = Array.from({ length: count }, () => {
    const own: FacetFit = { ...fit, abilities: fit.abilities.slice() };
    const weights = weightsFor(cells, fit.severity.length, random);
    for (let k = 0; k < stepsFor(cells.length); k++) stepEntries(own, cells, weights);
    return own.abilities;
  });
  return { entries: fit.abilities.length, rows };
}
