// How well a live follower knew where the player was, against what was really played.
import type { Seconds } from "@kuishi/base";
import type { Retake, Touch } from "@kuishi/lab/lute";
import type { Followed } from "@kuishi/practice";

/** What one take shows of a follower. */
export interface FollowFigures {
  /** Whether the place was within 100 ms, for each row while something is played. */
  readonly near: readonly boolean[];
  /** Seconds from the first stroke after each jump until the place was right again. */
  readonly found: readonly Seconds[];
  /** Longest time the place was wrong or unknown, seconds. */
  readonly lost: Seconds;
}
const NEAR_SEC = 0.1;

/** A stretch that was played in the master's order: moments of the take and of the master. */
type Passage = readonly { readonly take: Seconds; readonly master: Seconds }[];

/** The passages of a take; a step back, or farther ahead than a few strokes at once, begins another. */
function passagesOf({ truth }: Retake, master: readonly Touch[]): Passage[] {
  const out: { take: Seconds; master: Seconds }[][] = [[]];
  const moments = truth
    .flatMap(({ at, master: index }) => (at === null || index === null ? [] : [{ take: at, master: master[index]!.at }]))
    .sort((a, b) => a.take - b.take);
  for (const moment of moments) {
    const last = out.at(-1)!.at(-1);
    if (last && (moment.master < last.master - 0.05 || moment.master - last.master > 3 * (moment.take - last.take) + 1)) out.push([]);
    out.at(-1)!.push(moment);
  }
  return out;
}

/** Where the player is in the master at a moment of a passage; null outside of it. */
function placeIn(passage: Passage, at: Seconds): Seconds | null {
  const next = passage.findIndex(({ take }) => take > at);
  if (next < 1) return null;
  const [a, b] = [passage[next - 1]!, passage[next]!];
  return a.master + ((at - a.take) / Math.max(1e-6, b.take - a.take)) * (b.master - a.master);
}

/** Measures a follower's rows against a take whose truth is known. */
export function followFigures({ at: rows }: Followed, retake: Retake, master: readonly Touch[]): FollowFigures {
  const passages = passagesOf(retake, master);
  const judged = rows.flatMap(([at, said]) => {
    const place = passages.map((passage) => placeIn(passage, at)).find((one) => one !== null);
    return place === undefined ? [] : [{ at, near: said !== null && Math.abs(said - place!) < NEAR_SEC }];
  });
  let [lost, since] = [0, null as number | null];
  for (const { at, near } of judged) {
    since = near ? null : (since ?? at);
    if (since !== null) lost = Math.max(lost, at - since);
  }
  const found = passages.slice(1).flatMap(([first]) => {
    const right = first && judged.find(({ at, near }) => at >= first.take && near);
    return first ? [(right?.at ?? Number.POSITIVE_INFINITY) - first.take] : [];
  });
  return { near: judged.map(({ near }) => near), found, lost };
}
