import { Complaint, canonicalJson } from "@kuishi/base";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import type { Contest, Seals } from "./contest.ts";

/*
 * A jury's ballots under seal: nothing of a ballot can be read from what is published when it is cast; once the ballots are opened, anyone
 * can see that none was changed, added, left out or moved since. Each sealed ballot has a `nonce`, 32 bytes as hexadecimal digits.
 */
type Ballot = Contest["ballots"][number] & { readonly nonce?: unknown };

const digest = (text: string): string => bytesToHex(sha256(utf8ToBytes(text)));
const NONCE = /^[0-9a-f]{64}$/;

/** Hash of everything that was settled before the first ballot. */
export function rulesHash({ rules, entries, judges, conflicts, seed }: Contest): string {
  return digest(canonicalJson({ rules, entries, judges, conflicts, seed }));
}
const chained = (head: string, hash: string): string => digest(`${head}\n${hash}`);

/**
 * Seals every ballot that is not sealed yet, behind those that are.
 * @param nonce draws 32 secret bytes, as 64 hexadecimal digits.
 * @throws Complaint where what is sealed already does not fit.
 */
export function sealBallots(contest: Contest, nonce: () => string): Contest & { readonly seals: Seals } {
  const rules = rulesHash(contest);
  const before = contest.seals ?? { rules, log: [], head: rules };
  const isSealed = (ballot: Ballot): boolean => ballot.nonce !== undefined;
  if (contest.seals) checkSeals({ ...contest, ballots: contest.ballots.filter(isSealed) });
  let { head } = before;
  const log = [...before.log];
  const ballots = contest.ballots.map((ballot) => {
    if (isSealed(ballot)) return ballot;
    const sealed = { ...ballot, nonce: nonce() };
    const hash = digest(canonicalJson(sealed));
    log.push(hash);
    head = chained(head, hash);
    return sealed;
  });
  return { ...contest, ballots, seals: { rules, log, head } };
}

/** What may be published while the ballots are secret: everything but them. */
export function publicSeals(contest: Contest & { readonly seals: Seals }): object {
  const secret = new Set(["ballots", "ranking", "winners"]);
  return Object.fromEntries(Object.entries(contest).filter(([key]) => !secret.has(key)));
}

/**
 * Looks whether opened ballots are those that were sealed: all of them, none else, as they were cast.
 * @throws Complaint `doesNotHold` with the first place that differs.
 */
export function checkSeals(contest: Contest): void {
  const { seals } = contest;
  if (!seals) return;
  if (seals.rules !== rulesHash(contest)) throw new Complaint("doesNotHold", "contest.rulesChanged");
  const opened = new Map<string, number>();
  for (const [i, ballot] of (contest.ballots as readonly Ballot[]).entries()) {
    if (typeof ballot.nonce !== "string" || !NONCE.test(ballot.nonce)) throw new Complaint("doesNotHold", "contest.unsealed", { at: `ballots.${i}` });
    const hash = digest(canonicalJson(ballot));
    if (opened.has(hash)) throw new Complaint("doesNotHold", "contest.unsealed", { at: `ballots.${i}` });
    opened.set(hash, i);
  }
  let head = seals.rules;
  for (const [i, hash] of seals.log.entries()) {
    head = chained(head, hash);
    if (!opened.delete(hash)) throw new Complaint("doesNotHold", "contest.unopened", { at: `seals.log.${i}` });
  }
  for (const i of opened.values()) throw new Complaint("doesNotHold", "contest.unsealed", { at: `ballots.${i}` });
  if (head !== seals.head) throw new Complaint("doesNotHold", "contest.chain");
}
