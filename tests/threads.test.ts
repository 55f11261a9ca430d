import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { example, kuishi, scratch } from "./cli.ts";

test("a blend is the same bytes on one core and on several", () => {
  using folder = scratch();
  const files = (threads: string): Map<string, Buffer> => {
    const out = join(folder.path, threads);
    const run = kuishi(["blend", example, "--style", "ethno-house", "--out", out], { KUISHI_THREADS: threads });
    expect(run.err).toBe("");
    expect(run.code).toBe(0);
    const names = readdirSync(out, { recursive: true, encoding: "utf8" }).filter((name) => /\.\w+$/.test(name) && name !== "timing.json");
    return new Map(names.map((name) => [name, readFileSync(join(out, name))]));
  };
  const alone = files("0");
  expect(alone.size).toBeGreaterThan(10);
  const several = files("2");
  expect([...several.keys()]).toEqual([...alone.keys()]);
  for (const [name, bytes] of alone) expect(several.get(name)!.equals(bytes), name).toBe(true);
});
