import { expect, test } from "vitest";
import { Queue } from "./queue.ts";

test("work is done in turn, also behind work that failed; each caller is told of their own", async () => {
  const queue = new Queue();
  const done: string[] = [];
  const slow = queue.run(async () => {
    await new Promise((resolve) => setTimeout(resolve, 10));
    done.push("slow");
    return 1;
  });
  const failed = queue.run(async () => {
    done.push("failed");
    throw new Error("no");
  });
  const last = queue.run(async () => done.push("last"));
  expect(done).toEqual([]);
  await expect(failed).rejects.toThrow("no");
  expect([await slow, await last]).toEqual([1, 3]);
  expect(done).toEqual(["slow", "failed", "last"]);
});
