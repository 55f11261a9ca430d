import { runSeed } from "@kuishi/lab/seed";
import { expect, test } from "vitest";
import { kills } from "../tools/together/kills.ts";

test(`a server that is killed while people edit, and loses what it had not synced, has everything it acknowledged (seed ${runSeed})`, async () => {
  const { acknowledged, lost } = await kills(10, runSeed);
  expect(lost).toEqual([]);
  expect(acknowledged).toBeGreaterThan(0);
});
