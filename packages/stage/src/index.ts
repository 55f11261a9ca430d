export { type Contest, type ContestPlan, readContest, readContestPlan } from "./contest.ts";
export { type Ranked, type Ranking, rankContest } from "./rank.ts";
export { type DesignOutcome, simulateContest } from "./simulate.ts";
export { verifyContest } from "./verify.ts";
