import { Complaint, seeded } from "@kuishi/base";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Contest, readContest } from "./contest.ts";
import { rankContest } from "./rank.ts";
import { checkSeals, publicSeals, sealBallots } from "./seal.ts";
import { verifyContest } from "./verify.ts";

const seed = Number(process.env["KUISHI_SEED"] ?? 1);
function contest(count = 24): Contest {
  const random = seeded(seed, "seal");
  const ballots = Array.from({ length: count }, (_, k) => ({ judge: k % 3, a: k % 4, b: (k + 1) % 4, winner: random.pick(["a", "b", "tie"] as const) }));
  return readContest({
    kuishi: "contest/1",
    rules: { cap: 25 },
    entries: [0, 1, 2, 3].map((id) => ({ id })),
    judges: [0, 1, 2].map((id) => ({ id })),
    seed: 7,
    ballots,
  });
}
const nonces = (name: string): (() => string) => {
  const random = seeded(seed, name);
  return () => Array.from({ length: 64 }, () => "0123456789abcdef"[random.int(0, 15)]).join("");
};
const fault = (sealed: Contest): string | undefined => {
  try {
    checkSeals(sealed);
  } catch (error) {
    return error instanceof Complaint ? error.code : String(error);
  }
  return undefined;
};

describe("ballots under seal", () => {
  const sealed = sealBallots(contest(), nonces("one"));
  test("what was cast is found as it was, and ranks as if it had never been sealed", () => {
    expect(fault(sealed)).toBeUndefined();
    expect(rankContest(readContest(sealed))).toEqual(rankContest(contest()));
    // in whatever order they are opened
    expect(fault({ ...sealed, ballots: sealed.ballots.toReversed() })).toBeUndefined();
    const result = { ...sealed, ...rankContest(sealed) };
    expect(() => verifyContest(JSON.parse(JSON.stringify(result)))).not.toThrow();
    expect(() => verifyContest({ ...result, ballots: sealed.ballots.slice(1) })).toThrow(Complaint);
  });
  test("nothing of a ballot is published before, and the same ballot is sealed otherwise each time", () => {
    const told = JSON.stringify(publicSeals(sealed));
    expect(told).not.toMatch(/winner|nonce/);
    expect(told).toContain(sealed.seals.head);
    const other = sealBallots(contest(), nonces("two"));
    expect(other.seals.log.filter((hash) => sealed.seals.log.includes(hash))).toEqual([]);
    expect(other.seals.rules).toBe(sealed.seals.rules);
  });
  test("later ballots are sealed behind the first, which stay as they are", () => {
    const first = sealBallots(contest(10), nonces("one"));
    const both = sealBallots({ ...first, ballots: [...first.ballots, ...contest(24).ballots.slice(10)] }, nonces("more"));
    expect(both.seals.log.slice(0, 10)).toEqual(first.seals.log);
    expect(fault(both)).toBeUndefined();
    const [one, ...rest] = first.ballots;
    expect(() => sealBallots({ ...first, ballots: [{ ...one!, judge: 2 }, ...rest] }, nonces("x"))).toThrow(Complaint);
  });
  test("whatever is changed, added, left out or moved is found", () => {
    const change = fc.oneof(
      fc.record({ what: fc.constantFrom("winner", "judge", "nonce", "drop", "double", "forge"), at: fc.nat(sealed.ballots.length - 1), to: fc.nat(2) }),
      fc.record({ what: fc.constantFrom("swap", "cut", "head", "rules", "seed", "entries"), at: fc.nat(sealed.ballots.length - 2), to: fc.nat(2) }),
    );
    const changed = ({ what, at, to }: { what: string; at: number; to: number }): Contest => {
      const ballots = sealed.ballots.map((ballot) => ({ ...ballot })) as Record<string, unknown>[];
      const log = [...sealed.seals.log];
      const seals = { ...sealed.seals, log };
      const out = { ...sealed, ballots, seals } as unknown as Contest & { seals: { head: string; rules: string } };
      const own = ballots[at]!;
      if (what === "winner") own["winner"] = ["a", "b", "tie"].filter((one) => one !== own["winner"])[to % 2];
      if (what === "judge") own["judge"] = ((own["judge"] as number) + 1 + (to % 2)) % 3;
      if (what === "nonce") own["nonce"] = nonces(`other ${to}`)();
      if (what === "drop") ballots.splice(at, 1);
      if (what === "double") ballots.push({ ...own });
      if (what === "forge") ballots.push({ ...own, nonce: nonces("forged")() });
      if (what === "swap") [log[at], log[at + 1]] = [log[at + 1]!, log[at]!];
      if (what === "cut") {
        log.pop();
        ballots.pop();
      }
      if (what === "head") return { ...out, seals: { ...seals, head: log[0]! } };
      if (what === "rules") return { ...out, rules: { cap: 50 } };
      if (what === "seed") return { ...out, seed: 8 };
      if (what === "entries") return { ...out, entries: out.entries.slice(0, 3) };
      return out;
    };
    fc.assert(
      fc.property(change, (one) => {
        expect(fault(changed(one)), one.what).toMatch(/^contest\.(unsealed|unopened|chain|rulesChanged)$/);
      }),
      { seed, numRuns: 300 },
    );
  });
});
