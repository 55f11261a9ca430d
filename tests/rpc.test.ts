import { Complaint } from "@kuishi/base";
import { expect, test } from "vitest";
import { type Answering, answerEach, asker } from "../apps/studio/src/workers/rpc.ts";

type Ask = { readonly do: "add"; readonly a: number; readonly b: number } | { readonly do: "complain" } | { readonly do: "break" };
interface Answers {
  add: number;
  complain: null;
  break: null;
}
function deepInside(): never {
  throw new TypeError("no such string");
}
const each: Answering<Ask, Answers> = {
  add: ({ a, b }) => Promise.resolve(a + b),
  complain: () => Promise.reject(new Complaint("cannotWrite", "store.full", { free: 3 })),
  break: async () => deepInside(),
};

/** A worker in the same thread: everything is cloned on its way, as between threads. */
function together(told: (said: string) => void) {
  const worker = { onmessage: (_event: unknown): void => {}, onerror: null, postMessage: (data: unknown) => scope.onmessage({ data: structuredClone(data) }) };
  const scope = { onmessage: (_event: unknown): void => {}, postMessage: (data: unknown) => worker.onmessage({ data: structuredClone(data) }) };
  Object.assign(globalThis, { self: scope });
  answerEach<Ask, Answers>(each);
  return { ask: asker<Ask, Answers, string>(worker as unknown as Worker, told), scope };
}

test("a question is answered by its own type, a complaint crosses whole, a bug keeps the place where it happened", async () => {
  const said: string[] = [];
  const { ask, scope } = together((one) => said.push(one));
  const sum: number = await ask({ do: "add", a: 2, b: 3 });
  expect(sum).toBe(5);
  const complaint: unknown = await ask({ do: "complain" }).catch((error: unknown) => error);
  expect(complaint).toBeInstanceOf(Complaint);
  expect(complaint).toMatchObject({ kind: "cannotWrite", code: "store.full", params: { free: 3 } });
  const bug: unknown = await ask({ do: "break" }).catch((error: unknown) => error);
  expect(bug).toBeInstanceOf(Error);
  expect(bug).not.toBeInstanceOf(Complaint);
  expect(bug).toMatchObject({ message: "no such string" });
  expect((bug as Error).stack).toContain("deepInside");
  scope.postMessage("half done");
  expect(said).toEqual(["half done"]);
});
