import { seeded } from "@kuishi/base";
import { runSeed } from "@kuishi/lab/seed";
import { ProjectDocument } from "@kuishi/project/document";
import { hashOf } from "@kuishi/sync";
import { expect, test } from "vitest";
import * as Y from "yjs";
import type { LogRecord } from "./log.ts";
import { Reader, TooMuch } from "./reader.ts";

/** A reader over a log in memory, as a room would keep it. */
function reading(...patience: [{ ms: number; msPerMb: number }?]): {
  readonly reader: Reader;
  readonly records: LogRecord[];
  take(update: Uint8Array, by: string): Promise<unknown>;
} {
  const records: LogRecord[] = [];
  const reader = new Reader(async () => records, ...patience);
  const take = async (update: Uint8Array, by: string): Promise<unknown> => {
    const verdict = await reader.take("p", update, by);
    if (verdict === "new") records.push({ seq: records.length + 1, by, sha256: hashOf(update), update });
    return verdict;
  };
  return { reader, records, take };
}
const marked = (id: string, from?: ProjectDocument): ProjectDocument => {
  const document = new ProjectDocument(from ? [from.state()] : []);
  document.edit("marker", (draft) => draft.put({ id, kind: "marker", at: 1, name: id }));
  return document;
};

test("a change is taken once, with all it builds on, under its author's name", async () => {
  const { reader, take } = reading();
  const one = marked("marker-1");
  expect(await take(one.state(), "a")).toBe("new");
  expect(await take(one.state(), "b")).toBe("known");
  // b goes on under a's number: another's hand
  const before = one.vector;
  one.edit("marker", (draft) => draft.remove("marker-1"));
  one.edit("marker", (draft) => draft.put({ id: "marker-2", kind: "marker", at: 1, name: "x" }));
  const next = one.state(before);
  const then = one.vector;
  one.edit("marker", (draft) => draft.put({ id: "marker-3", kind: "marker", at: 1, name: "x" }));
  expect(await take(next, "b")).toEqual({ refused: "author" });
  expect(await take(one.state(then), "a")).toEqual({ refused: "gap" });
  const sum = await reader.sum("p");
  expect(await take(next, "a")).toBe("new");
  expect(await reader.sum("p")).not.toBe(sum);
  await reader.close();
});

/** One change by each of so many writers: one writer's bytes, with another number in each. */
function crowdOf(writers: number): Uint8Array {
  const numbered = (n: number): number[] => (n < 128 ? [n] : [(n & 127) | 128, ...numbered(n >> 7)]);
  const doc = new Y.Doc();
  doc.clientID = 1;
  doc.getArray("crowd").insert(0, [1]);
  const [, count, , ...rest] = Y.encodeStateAsUpdate(doc);
  const change = rest.slice(0, -1);
  return Uint8Array.from([...numbered(writers), ...Array.from({ length: writers }, (_, k) => [count!, ...numbered(k + 1), ...change]).flat(), 0]);
}
test("what keeps the thread too long ends it, and the document is what it was", async () => {
  const { reader, records, take } = reading({ ms: 40, msPerMb: 0 });
  await take(marked("marker-1").state(), "a");
  const sum = await reader.sum("p");
  const crowd = crowdOf(80_000);
  await expect(reader.take("p", crowd, "b")).rejects.toThrow(TooMuch);
  expect(await reader.sum("p")).toBe(sum);
  expect(records).toHaveLength(1);
  await reader.close();
});

test(`damaged and forged changes neither stop the reader nor change anything but as their sender (seed ${runSeed})`, async () => {
  const random = seeded(runSeed, "hostile");
  const { reader, records, take } = reading();
  const one = marked("marker-1");
  await take(one.state(), "a");
  const mine = Y.decodeUpdate(one.state()).structs[0]!.id.client;
  const samples = [one.state(), marked("marker-2").state(), marked("marker-3", one).state()];
  // the sample of yjs issue 687 and its like: counts and lengths beyond all measure
  samples.push(Uint8Array.of(1, 1, 0xff, 0xff, 0xff, 0xff, 0x0f, 0, 1, 1), Uint8Array.of(0, 1, 0xff, 0xff, 0xff, 0xff, 0x0f, 1, 0, 0xff, 0xff, 0xff, 0x7f));
  for (let k = 0; k < 600; k++) {
    const bytes = Uint8Array.from(random.pick(samples));
    for (let flips = random.int(1, 6); flips > 0; flips--) bytes[random.int(0, bytes.length - 1)] = random.int(0, 255);
    const hostile = random.chance(0.3) ? bytes.subarray(0, random.int(0, bytes.length)) : bytes;
    await take(hostile, "hostile").catch((error: unknown) => expect(error).toBeInstanceOf(TooMuch));
  }
  const { writers, state } = await reader.snapshot("p");
  expect(writers[mine]).toBe("a");
  // nothing waits for what will never come, and honest work goes on
  const whole = new Y.Doc();
  Y.applyUpdate(whole, state);
  expect([whole.store.pendingStructs, whole.store.pendingDs]).toEqual([null, null]);
  expect(await take(marked("marker-9", new ProjectDocument([state])).state(), "b")).toBe("new");
  for (const record of records) if ("by" in record) expect(["a", "hostile", "b"]).toContain(record.by);
  await reader.close();
});
