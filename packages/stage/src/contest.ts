import { Complaint, checked } from "@kuishi/base";
import { z } from "zod";

const id = z.union([z.string().min(1).max(200), z.number().int()]);
const pair = z.looseObject({ judge: id, a: id, b: id, winner: z.enum(["a", "b", "tie"]) });
const mark = z.looseObject({ judge: id, entry: id, criterion: z.string().max(200).optional(), mark: z.number().min(-1e6).max(1e6) });
const hash = z.string().regex(/^[0-9a-f]{64}$/);
/** Ballots of one contest: more are taken by no jury. */
const MOST_BALLOTS = 200_000;
const MOST_ENTRIES = 400;

const Contest = z.looseObject({
  kuishi: z.literal("contest/1"),
  rules: z.looseObject({}).default({}),
  entries: z.array(z.looseObject({ id })).min(1).max(MOST_ENTRIES),
  judges: z.array(z.looseObject({ id })).min(1).max(2000),
  conflicts: z.array(z.looseObject({ judge: id, entry: id })).default([]),
  seed: z.union([z.number(), z.string().max(200)]).default(1),
  ballots: z.array(z.union([pair, mark])).max(MOST_BALLOTS),
  seals: z.looseObject({ rules: hash, log: z.array(hash).max(MOST_BALLOTS), head: hash }).optional(),
});
export type Id = string | number;
/** Which of two was found better, in the order they were heard. */
export interface PairBallot {
  readonly judge: Id;
  readonly a: Id;
  readonly b: Id;
  readonly winner: "a" | "b" | "tie";
}
export interface MarkBallot {
  readonly judge: Id;
  readonly entry: Id;
  readonly criterion?: string | undefined;
  readonly mark: number;
}
/** `contest/1`: rules, who takes part, who may not judge whom, and every ballot. What else the file has is kept. */
export interface Contest {
  readonly kuishi: "contest/1";
  readonly rules: Readonly<Record<string, unknown>>;
  readonly entries: readonly { readonly id: Id }[];
  readonly judges: readonly { readonly id: Id }[];
  readonly conflicts: readonly { readonly judge: Id; readonly entry: Id }[];
  readonly seed: number | string;
  readonly ballots: readonly (PairBallot | MarkBallot)[];
  /** Of ballots that were cast under seal. */
  readonly seals?: Seals | undefined;
}

/**
 * What is published of ballots before they are opened: of each its SHA-256 together with a secret number, in a chain in which every link
 * hangs on all before it.
 */
export interface Seals {
  /** Of entries, judges, conflicts, rules and seed, as they stood before the first ballot. */
  readonly rules: string;
  /** A hash for each ballot, in the order they were cast. */
  readonly log: readonly string[];
  /** The last link of the chain: whoever has noted it has noted them all. */
  readonly head: string;
}

export const isPair = (ballot: PairBallot | MarkBallot): ballot is PairBallot => "winner" in ballot;

/** @throws Complaint with the place of what is wrong. */
export function readContest(data: unknown): Contest {
  const contest = checked(Contest, "contest.invalid", data);
  const bad = (at: string, name: Id): Complaint => new Complaint("unreadable", "contest.stranger", { at, name });
  const [entries, judges] = [contest.entries, contest.judges].map((all) => new Set(all.map((one) => one.id))) as [Set<Id>, Set<Id>];
  for (const [all, at] of [
    [contest.entries, "entries"],
    [contest.judges, "judges"],
  ] as const)
    for (const [i, { id: own }] of all.entries())
      if (all.findIndex((other) => other.id === own) !== i) throw new Complaint("unreadable", "contest.twice", { at: `${at}.${i}`, name: own });
  for (const [i, { judge, entry }] of contest.conflicts.entries()) {
    if (!judges.has(judge)) throw bad(`conflicts.${i}.judge`, judge);
    if (!entries.has(entry)) throw bad(`conflicts.${i}.entry`, entry);
  }
  for (const [i, ballot] of contest.ballots.entries()) {
    if (!judges.has(ballot.judge)) throw bad(`ballots.${i}.judge`, ballot.judge);
    for (const key of isPair(ballot) ? (["a", "b"] as const) : (["entry"] as const)) {
      const named = (ballot as Record<string, unknown>)[key] as Id;
      if (!entries.has(named)) throw bad(`ballots.${i}.${key}`, named);
    }
    if (isPair(ballot) && ballot.a === ballot.b) throw new Complaint("unreadable", "contest.self", { at: `ballots.${i}`, name: ballot.a });
    if (isPair(ballot) !== isPair(contest.ballots[0]!)) throw new Complaint("unreadable", "contest.mixed", { at: `ballots.${i}` });
  }
  return contest;
}

const Plan = z.looseObject({
  kuishi: z.literal("contest-plan/1"),
  entries: z.number().int().min(2).max(200),
  judges: z.number().int().min(1).max(200),
  comparisons: z.number().int().min(1).max(20_000),
  spread: z.number().min(0.01).max(20),
  runs: z.number().int().min(1).max(2_000),
  seed: z.number().int().min(0).max(4294967295),
});
/** `contest-plan/1`: what an organiser wants to know before the call. */
export interface ContestPlan {
  readonly kuishi: "contest-plan/1";
  readonly entries: number;
  readonly judges: number;
  /** In all. */
  readonly comparisons: number;
  /** Deviation of the entries' true abilities, logits. */
  readonly spread: number;
  readonly runs: number;
  readonly seed: number;
}
/** @throws Complaint with the place of what is wrong. */
export const readContestPlan = (data: unknown): ContestPlan => checked(Plan, "contest.invalid", data);
