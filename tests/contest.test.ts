import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { seeded } from "@kuishi/base";
import { expect, test } from "vitest";
import { kuishi, scratch } from "./cli.ts";

test("a contest is tried out, ranked and repeated from its file; what was changed is found", () => {
  using folder = scratch();
  const at = (name: string): string => join(folder.path, name);
  const random = seeded(3, "ballots");
  const ballots = Array.from({ length: 240 }, (_, k) => {
    const [a, b] = [k % 6, (k + 1 + (k % 5)) % 6].map((i) => `küi ${i}`);
    return { judge: `қазы ${k % 4}`, a, b, winner: random.chance(a! < b! ? 0.85 : 0.15) ? "a" : "b", heard: "2026" };
  }).filter(({ a, b }) => a !== b);
  const contest = {
    kuishi: "contest/1",
    rules: { call: "Домбыра" },
    entries: [0, 1, 2, 3, 4, 5].map((i) => ({ id: `küi ${i}`, title: "kept" })),
    judges: [0, 1, 2, 3].map((i) => ({ id: `қазы ${i}` })),
    conflicts: [],
    seed: 12,
    ballots,
  };
  writeFileSync(at("ballots.json"), JSON.stringify(contest));
  const ranked = kuishi(["contest", "rank", at("ballots.json"), "--json", at("result.json"), "--lang", "kk"]);
  expect(ranked).toMatchObject({ code: 0, err: "" });
  expect(ranked.out).toMatch(/Жеңімпаз|Бірінші орын бөлінді/);
  const result = JSON.parse(readFileSync(at("result.json"), "utf8"));
  expect(result).toMatchObject(contest);
  expect(result.ranking[0].entry).toBe("küi 0");
  expect(kuishi(["contest", "verify", at("result.json")])).toMatchObject({ code: 0 });
  writeFileSync(at("forged.json"), JSON.stringify({ ...result, winners: ["küi 5"] }));
  expect(kuishi(["contest", "verify", at("forged.json"), "--lang", "ru"])).toMatchObject({
    code: 6,
    err: expect.stringContaining("Результат не подтверждается"),
  });
  writeFileSync(at("plan.json"), JSON.stringify({ kuishi: "contest-plan/1", entries: 8, judges: 3, comparisons: 60, spread: 1, runs: 5, seed: 2 }));
  // under seal: what is published tells nothing, what is opened is what was cast
  expect(kuishi(["contest", "seal", at("ballots.json"), "--json", at("sealed.json"), "--lang", "kk"])).toMatchObject({
    code: 0,
    out: expect.stringContaining("мөрленді"),
  });
  expect(kuishi(["contest", "publish", at("sealed.json"), "--json", at("public.json")])).toMatchObject({ code: 0 });
  expect(readFileSync(at("public.json"), "utf8")).not.toMatch(/winner|nonce/);
  expect(kuishi(["contest", "rank", at("sealed.json"), "--json", at("opened.json")])).toMatchObject({ code: 0 });
  expect(kuishi(["contest", "verify", at("opened.json")])).toMatchObject({ code: 0 });
  const opened = JSON.parse(readFileSync(at("opened.json"), "utf8"));
  writeFileSync(at("short.json"), JSON.stringify({ ...opened, ballots: opened.ballots.slice(1) }));
  expect(kuishi(["contest", "verify", at("short.json")])).toMatchObject({ code: 6, err: expect.stringContaining("seals.log.0") });
  const tried = kuishi(["contest", "simulate", at("plan.json"), "--json", "-"]);
  expect(JSON.parse(tried.out).designs.map(({ design }: { design: string }) => design)).toEqual(["even", "heatFinal"]);
  expect(kuishi(["contest", "simulate", at("plan.json"), "--json", "-"]).out).toBe(tried.out);
  // one ballot settles nothing, whatever the arithmetic of one ballot says
  writeFileSync(at("one.json"), JSON.stringify({ ...contest, ballots: ballots.slice(0, 1) }));
  expect(kuishi(["contest", "rank", at("one.json")])).toMatchObject({ code: 0, err: expect.stringContaining("Few judges or ballots") });
  // what is wrong is said with its place
  writeFileSync(at("bad.json"), JSON.stringify({ ...contest, ballots: [{ ...ballots[0], a: "nobody" }] }));
  expect(kuishi(["contest", "rank", at("bad.json")])).toMatchObject({ code: 3, err: expect.stringContaining("ballots.0.a") });
  expect(kuishi(["contest", "win", at("bad.json")])).toMatchObject({ code: 2 });
});
