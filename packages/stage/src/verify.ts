import { Complaint } from "@kuishi/base";
import { readContest } from "./contest.ts";
import { type Ranked, rankContest } from "./rank.ts";
import { checkSeals } from "./seal.ts";

/**
 * Repeats a contest from its file, and looks whether sealed ballots are those that were cast.
 *
 * @throws Complaint `doesNotHold` with the first place where the file says otherwise; `unreadable` where it is no contest.
 */
export function verifyContest(data: unknown): void {
  const contest = readContest(data);
  checkSeals(contest);
  const { ranking, winners } = rankContest(contest);
  const claimed = contest as unknown as { ranking?: unknown; winners?: unknown };
  if (!Array.isArray(claimed.ranking) || !Array.isArray(claimed.winners)) throw new Complaint("doesNotHold", "contest.unranked");
  if (claimed.ranking.length !== ranking.length) throw new Complaint("doesNotHold", "contest.differs", { at: "ranking", text: claimed.ranking.length });
  for (const [i, own] of ranking.entries()) {
    const said = claimed.ranking[i] as Partial<Ranked> | null;
    for (const field of ["entry", "ability", "rank", "first"] as const)
      if (JSON.stringify(said?.[field]) !== JSON.stringify(own[field]))
        throw new Complaint("doesNotHold", "contest.differs", { at: `ranking.${i}.${field}`, text: JSON.stringify(own[field]) });
  }
  if (JSON.stringify(claimed.winners) !== JSON.stringify(winners))
    throw new Complaint("doesNotHold", "contest.differs", { at: "winners", text: JSON.stringify(winners) });
}
