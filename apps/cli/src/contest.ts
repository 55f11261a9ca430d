import { randomBytes } from "node:crypto";
import { Complaint, stopIfCancelled } from "@kuishi/base";
import { publicSeals, rankContest, readContest, readContestPlan, sealBallots, simulateContest, verifyContest } from "@kuishi/stage";
import { type Console, oneLine } from "./console.ts";
import { readJson } from "./files.ts";
import { type JsonOutput, jsonOutput } from "./outputs.ts";

interface ContestOptions {
  readonly json?: string;
  readonly force: boolean;
}

const ACTIONS = ["simulate", "rank", "verify", "seal", "publish"];

/** Tries a contest out, seals its ballots, shows what may be seen of them, ranks it, or repeats its result. @throws Complaint. */
export function contest(action: string, path: string, options: ContestOptions, console: Console): void {
  if (!ACTIONS.includes(action)) throw new Complaint("usage", "contest.action", { text: action });
  const json = jsonOutput(options, [path]);
  const data = readJson(path, "contest.json");
  if (action === "verify") {
    verifyContest(data);
    console.say("contest.holds");
    return;
  }
  const answer = { rank: ranked, simulate: tried, seal: sealed, publish: shown }[action as "rank"](data, json, console);
  json.write(answer, console.progress);
}

/** Every ballot under seal: the file is secret until the ballots are opened. */
function sealed(data: Record<string, unknown>, { isStream }: JsonOutput, console: Console): object {
  const contest = sealBallots(readContest(data), () => randomBytes(32).toString("hex"));
  if (!isStream) console.say("contest.sealed", { count: contest.seals.log.length, head: contest.seals.head });
  return contest;
}
/** What may be published of it meanwhile. */
function shown(data: Record<string, unknown>): object {
  const contest = readContest(data);
  const { seals } = contest;
  if (!seals) throw new Complaint("unreadable", "contest.noseals");
  return publicSeals({ ...contest, seals });
}

/** Fewer judges, or fewer ballots an entry, and drawing them anew says little of what others would have found. */
const [FEW_JUDGES, FEW_BALLOTS] = [3, 5];

function ranked(data: Record<string, unknown>, { isStream }: JsonOutput, console: Console): object {
  const contest = readContest(data);
  const result = rankContest(contest);
  if (new Set(contest.ballots.map(({ judge }) => judge)).size < FEW_JUDGES || contest.ballots.length < FEW_BALLOTS * contest.entries.length)
    console.note("contest.few");
  if (!isStream) {
    for (const { entry, ability, rank, first } of result.ranking)
      process.stdout.write(
        `${rank[0] === rank[1] ? rank[0] : rank.join("–")}\t${oneLine(String(entry))}\t${ability.toFixed(2)}\t${Math.round(100 * first)} %\n`,
      );
    console.say(result.winners.length === 1 ? "contest.winner" : "contest.shared", { entries: result.winners.map((one) => oneLine(String(one))).join(", ") });
  }
  return { ...data, ...result };
}
function tried(data: Record<string, unknown>, { isStream }: JsonOutput, console: Console): object {
  const plan = readContestPlan(data);
  const designs = simulateContest(plan, (done) => {
    stopIfCancelled(console.progress);
    console.progress.report("simulate", done / plan.runs);
  });
  const percent = (share: number | null): string => (share === null ? "–" : String(Math.round(100 * share)));
  if (!isStream)
    for (const { design, bestFirst, soleDeclared, soleRight, sharedHasBest } of designs)
      console.say(`contest.${design}`, { best: percent(bestFirst), sole: percent(soleDeclared), right: percent(soleRight), shared: percent(sharedHasBest) });
  return { ...data, designs };
}
