import { openSync, writeSync } from "node:fs";
import { inputOf, type Outcome, type Task, tried } from "./input.ts";

/** Reads one stretch of inputs; which one is at hand stands in a file, for a process that is stuck or dies says nothing more. */
async function work(task: Task): Promise<Outcome> {
  const at = openSync(task.at, "r+");
  let [index, read, refused] = [task.from, 0, 0];
  const failures: { index: number; what: string }[] = [];
  // what a reader leaves behind it must not fail later either
  process.on("unhandledRejection", (error) => failures.push({ index, what: `later: ${String(error)}` }));
  for (; index < task.to; index++) {
    writeSync(at, String(index).padEnd(12), 0);
    const outcome = await tried(task.name, inputOf(task, index));
    if (outcome === "read") read++;
    else if (outcome === "refused") refused++;
    else failures.push({ index, what: outcome.what });
  }
  await new Promise((resolve) => setTimeout(resolve, 0));
  return { read, refused, failures };
}

process.once("message", async (task: Task) => {
  const outcome = await work(task);
  process.send?.(outcome, () => process.disconnect());
});
