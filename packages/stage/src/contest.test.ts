import { exp, seeded } from "@kuishi/base";
import { runSeed, seedNote } from "@kuishi/lab/seed";
import { describe, expect, test } from "vitest";
import { readContest, readContestPlan } from "./contest.ts";
import { fitFacets } from "./facets.ts";
import { fitPreferences } from "./preference.ts";
import { rankContest } from "./rank.ts";
import { evenPairs, simulateContest } from "./simulate.ts";
import { verifyContest } from "./verify.ts";

/** Ballots of judges who hear abilities through a fog; `severity`, `order` and `sharp` as the model has them. */
function voted(abilities: readonly number[], { judges = 7, count = 400, seed = runSeed, order = 0, ties = 0, sharp = (_: number): number => 1 } = {}) {
  const random = seeded(seed, "votes");
  const pairs = evenPairs([...abilities.keys()], count, random);
  return pairs.map(([a, b], k) => {
    const judge = k % judges;
    const s = sharp(judge) * (abilities[a]! - abilities[b]!) + order;
    const [up, down] = [exp(s / 2), exp(-s / 2)];
    const draw = random.next() * (up + down + ties);
    return { judge: `j${judge}`, a: `e${a}`, b: `e${b}`, winner: draw < up ? ("a" as const) : draw < up + down ? ("b" as const) : ("tie" as const) };
  });
}
const contestOf = (ballots: readonly object[], entries: number, judges = 7, rest: object = {}): unknown => ({
  kuishi: "contest/1",
  rules: { name: "Dombra" },
  entries: Array.from({ length: entries }, (_, i) => ({ id: `e${i}` })),
  judges: Array.from({ length: judges }, (_, i) => ({ id: `j${i}` })),
  conflicts: [],
  seed: 7,
  ballots,
  ...rest,
});
const spread = [2, 1.2, 0.8, 0.3, 0, -0.4, -0.9, -1.5];

describe("pairs", () => {
  test(`abilities, order and ties come back as they were drawn (${seedNote})`, () => {
    const truth = [1.5, 0.5, -0.5, -1.5];
    const ballots = voted(truth, { count: 8000, order: 0.3, ties: 0.6 });
    const cells = ballots.map(({ judge, a, b, winner }) => ({
      judge: Number(judge.slice(1)),
      a: Number(a.slice(1)),
      b: Number(b.slice(1)),
      wins: [winner === "a" ? 1 : 0, winner === "b" ? 1 : 0, winner === "tie" ? 1 : 0] as const,
    }));
    const fit = fitPreferences(cells, 4, 7);
    for (const [i, ability] of truth.entries()) expect(Math.abs(fit.abilities[i]! - ability)).toBeLessThan(0.25);
    expect(Math.abs(fit.order - 0.3)).toBeLessThan(0.12);
    expect(Math.abs(fit.ties - 0.6)).toBeLessThan(0.12);
  });
  test(`a judge who guesses is told from one who hears (${seedNote})`, () => {
    const ballots = voted(spread, { count: 2800, sharp: (judge) => (judge === 3 ? 0 : 1) });
    const cells = ballots.map(({ judge, a, b, winner }) => ({
      judge: Number(judge.slice(1)),
      a: Number(a.slice(1)),
      b: Number(b.slice(1)),
      wins: [winner === "a" ? 1 : 0, winner === "b" ? 1 : 0, 0] as const,
    }));
    const { discrimination } = fitPreferences(cells, spread.length, 7);
    expect([...discrimination].indexOf(Math.min(...discrimination))).toBe(3);
  });
  test("a clear winner stands alone, near ones share the first place, places are intervals", () => {
    const clear = rankContest(readContest(contestOf(voted([3, 0, 0, 0, -1], { count: 300, seed: 1 }), 5)));
    expect(clear.winners).toEqual(["e0"]);
    expect(clear.ranking[0]).toMatchObject({ entry: "e0", rank: [1, 1] });
    const near = rankContest(readContest(contestOf(voted([1, 1, -1, -1, -1], { count: 150, seed: 2 }), 5)));
    expect([...near.winners].sort()).toEqual(["e0", "e1"]);
    expect(near.ranking[0]!.rank[1]).toBeGreaterThan(1);
    expect(near.ranking.reduce((sum, { first }) => sum + first, 0)).toBeCloseTo(1, 3);
  });
  test("the order of the file changes nothing, nor does who is called what", () => {
    const ballots = voted(spread, { count: 200, seed: 3 });
    const one = rankContest(readContest(contestOf(ballots, 8)));
    const other = rankContest(readContest(contestOf([...ballots].reverse(), 8)));
    expect(other).toEqual(one);
  });
  test("a judge in conflict does not count for that entry", () => {
    const ballots = voted(spread, { count: 200, seed: 4 });
    // a teacher votes for his pupil, again and again
    const bought = Array.from({ length: 60 }, (_, k) => ({ judge: "j0", a: "e7", b: `e${k % 7}`, winner: "a" as const }));
    const conflicts = [{ judge: "j0", entry: "e7" }];
    const clean = rankContest(readContest(contestOf(ballots, 8, 7, { conflicts })));
    expect(rankContest(readContest(contestOf([...ballots, ...bought], 8, 7, { conflicts })))).toEqual(clean);
    expect(rankContest(readContest(contestOf([...ballots, ...bought], 8)))).not.toEqual(clean);
  });
});

describe("marks", () => {
  test(`a severe judge takes nothing from those he heard (${seedNote})`, () => {
    const random = seeded(runSeed, "marks");
    const severity = [1.5, -1.5, 0, 0, 0];
    // judges 0 and 1 hear only half of the entries each
    const cells = spread.flatMap((ability, entry) =>
      severity.flatMap((severe, judge) => {
        if ((judge === 0 && entry % 2 === 0) || (judge === 1 && entry % 2 === 1)) return [];
        return Array.from({ length: 6 }, (_, criterion) => {
          const level = Math.max(0, Math.min(4, Math.round(2 + 1.2 * (ability - severe) + 0.5 * random.gauss())));
          return { judge, entry, criterion: criterion % 3, level };
        });
      }),
    );
    const fit = fitFacets(cells, spread.length, 5, 3, 5);
    const order = [...fit.abilities.keys()].sort((a, b) => fit.abilities[b]! - fit.abilities[a]!);
    expect(order[0]).toBe(0);
    expect(order.at(-1)).toBe(7);
    expect(fit.severity[0]!).toBeGreaterThan(fit.severity[2]!);
    expect(fit.severity[1]!).toBeLessThan(fit.severity[2]!);
    const ballots = cells.map(({ judge, entry, criterion, level }) => ({
      judge: `j${judge}`,
      entry: `e${entry}`,
      criterion: `c${criterion}`,
      mark: level + 1,
    }));
    expect(rankContest(readContest(contestOf(ballots, 8, 5))).ranking[0]!.entry).toBe("e0");
  });
  test("marks from 1 to 100 are taken as well, and one mark alone", () => {
    const ballots = spread.flatMap((ability, entry) =>
      [0, 1, 2].map((judge) => ({ judge: `j${judge}`, entry: `e${entry}`, mark: 60 + Math.round(10 * ability) + judge })),
    );
    expect(rankContest(readContest(contestOf(ballots, 8, 3))).ranking.map(({ entry }) => entry)).toEqual(spread.map((_, i) => `e${i}`));
    expect(rankContest(readContest(contestOf(ballots.slice(0, 1), 1, 1))).winners).toEqual(["e0"]);
  });
});

describe("the file", () => {
  const ranked = (): Record<string, unknown> => {
    const contest = contestOf(voted(spread, { count: 120, seed: 5 }), 8) as object;
    return { ...contest, ...rankContest(readContest(contest)) };
  };
  test("holds what it says, whatever else it carries", () => {
    expect(() => verifyContest({ ...ranked(), note: "kept" })).not.toThrow();
  });
  test.each([
    ["a changed ballot", (file: Record<string, unknown>) => ({ ...file, ballots: (file["ballots"] as unknown[]).slice(1) })],
    ["another winner", (file: Record<string, unknown>) => ({ ...file, winners: ["e7"] })],
    ["another seed", (file: Record<string, unknown>) => ({ ...file, seed: 8 })],
    ["no ranking", (file: Record<string, unknown>) => ({ ...file, ranking: undefined })],
    ["a shorter ranking", (file: Record<string, unknown>) => ({ ...file, ranking: (file["ranking"] as unknown[]).slice(1) })],
  ])("%s does not hold", (_, change) => {
    expect(() => verifyContest(change(ranked()))).toThrow(expect.objectContaining({ kind: "doesNotHold" }));
  });
  test.each([
    [{}, "contest.invalid"],
    [contestOf([{ judge: "j9", a: "e0", b: "e1", winner: "a" }], 2), "contest.stranger"],
    [contestOf([{ judge: "j0", a: "e0", b: "e0", winner: "a" }], 2), "contest.self"],
    [
      contestOf(
        [
          { judge: "j0", a: "e0", b: "e1", winner: "a" },
          { judge: "j0", entry: "e0", mark: 3 },
        ],
        2,
      ),
      "contest.mixed",
    ],
    [{ ...(contestOf([], 2) as object), entries: [{ id: "e0" }, { id: "e0" }] }, "contest.twice"],
    [contestOf([{ judge: "j0", a: "e0", b: "e1", winner: "c" }], 2), "contest.invalid"],
  ])("what is wrong is told with its place: %#", (data, code) => {
    expect(() => readContest(data)).toThrow(expect.objectContaining({ code }));
  });
  test("without a ballot there is no result", () => {
    expect(() => rankContest(readContest(contestOf([], 2)))).toThrow(expect.objectContaining({ code: "contest.empty" }));
  });
});

test("a plan is tried out: a final finds the best more often than one even round, and the same seed gives the same", () => {
  const plan = readContestPlan({ kuishi: "contest-plan/1", entries: 16, judges: 5, comparisons: 200, spread: 1, runs: 30, seed: runSeed });
  const [even, final] = simulateContest(plan);
  expect(final!.bestFirst).toBeGreaterThanOrEqual(even!.bestFirst - 0.1);
  expect(final!.bestFirst).toBeGreaterThan(0.45);
  expect(simulateContest({ ...plan, runs: 2 })).toEqual(simulateContest({ ...plan, runs: 2 }));
  expect(() => readContestPlan({ ...plan, spread: 0 })).toThrow(expect.objectContaining({ code: "contest.invalid" }));
});
