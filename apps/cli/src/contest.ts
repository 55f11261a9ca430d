import { Complaint, stopIfCancelled } from "@kuishi/base";
import { rankContest, readContest, readContestPlan, simulateContest, verifyContest } from "@kuishi/stage";
import { type Console, oneLine } from "./console.ts";
import { readWhole } from "./files.ts";
import { type JsonOutput, jsonOutput } from "./outputs.ts";

interface ContestOptions {
  readonly json?: string;
  readonly force: boolean;
}

function parsed(path: string): Record<string, unknown> {
  try {
    return JSON.parse(new TextDecoder().decode(readWhole(path))) as Record<string, unknown>;
  } catch (error) {
    if (error instanceof Complaint) throw error;
    throw new Complaint("unreadable", "contest.json", { path });
  }
}

/** Tries a contest out, ranks it, or repeats its result. @throws Complaint. */
export function contest(action: string, path: string, options: ContestOptions, console: Console): void {
  if (!["simulate", "rank", "verify"].includes(action)) throw new Complaint("usage", "contest.action", { text: action });
  const json = jsonOutput(options, [path]);
  const data = parsed(path);
  if (action === "verify") {
    verifyContest(data);
    console.say("contest.holds");
    return;
  }
  json.write(action === "rank" ? ranked(data, json, console) : tried(data, json, console), console.progress);
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
