import { fork } from "node:child_process";
import { once } from "node:events";
import { readdirSync, watch } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { example, scratch } from "./cli.ts";

test("a run whose starter is killed stops and leaves nothing", async () => {
  using folder = scratch();
  const run = fork(join(import.meta.dirname, "../apps/cli/src/main.mjs"), ["blend", example, "--style", "lo-fi", "--out", join(folder.path, "b")], {
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  const ended = once(run, "exit");
  // its work in progress stands beside what is to be, or it ended before that
  const watcher = watch(folder.path);
  await Promise.race([once(watcher, "change"), ended]);
  watcher.close();
  if (run.connected) run.disconnect();
  expect(await ended).toEqual([130, null]);
  expect(readdirSync(folder.path)).toEqual([]);
}, 300_000);
