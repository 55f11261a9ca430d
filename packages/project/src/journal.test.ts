import { expect, test } from "vitest";
import { Journal } from "./journal.ts";
import { MemoryStore, type Store } from "./store.ts";

/** Thrown by everything after the cut: the process is gone. */
class Crash extends Error {}

/** A store that fails at a given step: every byte that is appended is one, and every removal. */
class CutStore implements Store {
  readonly memory: MemoryStore;
  readonly #dies: boolean;
  #left: number;
  #dead = false;

  /** @param steps until the cut. @param dies whether it is a crash; otherwise one call fails and leaves its torn bytes. */
  constructor(memory: MemoryStore, steps: number, dies: boolean) {
    this.memory = memory;
    this.#left = steps;
    this.#dies = dies;
  }
  get wasCut(): boolean {
    return this.#left < 0;
  }
  #step(count: number): number {
    if (this.#dead) throw new Crash();
    const before = this.#left;
    this.#left -= count;
    if (before < 0 || this.#left >= 0) return count;
    this.#dead = this.#dies;
    return before;
  }
  async list(): Promise<readonly string[]> {
    this.#step(0);
    return await this.memory.list();
  }
  async read(name: string): Promise<Uint8Array | null> {
    this.#step(0);
    return await this.memory.read(name);
  }
  async append(name: string, bytes: Uint8Array): Promise<void> {
    const count = this.#step(bytes.length);
    await this.memory.append(name, bytes.subarray(0, count));
    if (count < bytes.length) throw new Crash();
  }
  async remove(name: string): Promise<void> {
    if (this.#step(1) < 1) throw new Crash();
    await this.memory.remove(name);
  }
}

/** A page in small: an update is a number of one byte, the state is all of them. */
class Page {
  readonly known = new Set<number>();
  readonly #journal: Journal;
  constructor(journal: Journal, updates: readonly Uint8Array[]) {
    this.#journal = journal;
    for (const update of updates) for (const id of update) this.known.add(id);
  }
  static async open(store: Store): Promise<Page> {
    const { journal, updates } = await Journal.open(store);
    return new Page(journal, updates);
  }
  /** @returns what is acknowledged. */
  async add(id: number, acknowledged: Set<number>): Promise<void> {
    this.known.add(id);
    await this.#journal.append(Uint8Array.of(id)).then(
      () => acknowledged.add(id),
      () => {},
    );
  }
  async compact(acknowledged: Set<number>): Promise<void> {
    const state = Uint8Array.from(this.known);
    if (state.length === 0) return;
    await this.#journal.compact(state).then(
      () => state.forEach((id) => acknowledged.add(id)),
      () => {},
    );
  }
}
/** A life: three changes, a snapshot, two changes, a snapshot, one change. */
async function live(store: Store, from: number, acknowledged: Set<number>): Promise<void> {
  const page = await Page.open(store);
  for (const id of [0, 1, 2]) await page.add(from + id, acknowledged);
  await page.compact(acknowledged);
  for (const id of [3, 4]) await page.add(from + id, acknowledged);
  await page.compact(acknowledged);
  await page.add(from + 5, acknowledged);
}
const copied = (memory: MemoryStore): MemoryStore => {
  const copy = new MemoryStore();
  for (const [name, bytes] of memory.files) copy.files.set(name, bytes.slice());
  return copy;
};
async function expectKept(memory: MemoryStore, acknowledged: ReadonlySet<number>, where: string): Promise<void> {
  const { known } = await Page.open(memory);
  expect(
    [...acknowledged].filter((id) => !known.has(id)),
    where,
  ).toEqual([]);
}

for (const dies of [true, false])
  test(`cut at every byte of everything it does (${dies ? "a crash" : "a failure"}), then once more at every byte, a journal loses nothing acknowledged`, async () => {
    for (let first = 0; ; first++) {
      const one = new CutStore(new MemoryStore(), first, dies);
      const acknowledged = new Set<number>();
      await live(one, 10, acknowledged).catch(() => {});
      await expectKept(one.memory, acknowledged, `cut at ${first}`);
      // opened and used as if nothing had been
      const after = copied(one.memory);
      const later = new Set(acknowledged);
      await live(after, 20, later);
      expect(later.size).toBe(acknowledged.size + 6 + [...(await Page.open(one.memory)).known].filter((id) => !acknowledged.has(id)).length);
      await expectKept(after, later, `cut at ${first}, then whole`);
      expect(after.files.size, "what is torn is gone after a snapshot").toBe(1);
      // and cut again; every seventh of the first cuts is enough for the pairs
      if (first % 7 === 0)
        for (let second = 0; ; second++) {
          const again = new CutStore(copied(one.memory), second, dies);
          const kept = new Set(acknowledged);
          await live(again, 20, kept).catch(() => {});
          await expectKept(again.memory, kept, `cut at ${first}, then at ${second}`);
          if (!again.wasCut) break;
        }
      if (!one.wasCut) break;
    }
  });

test("what a crash during a snapshot left is no obstacle to the next snapshot", async () => {
  for (let cut = 0; cut < 20; cut++) {
    const memory = new MemoryStore();
    const acknowledged = new Set<number>();
    const page = await Page.open(memory);
    for (const id of [1, 2, 3]) await page.add(id, acknowledged);
    const other = copied(memory);
    await page.compact(acknowledged);
    other.files.set("journal-2", (memory.files.get("journal-2") ?? new Uint8Array(0)).slice(0, cut));
    const reopened = await Page.open(other);
    await reopened.compact(acknowledged);
    await expectKept(other, acknowledged, `cut at ${cut}`);
  }
});
test("a damaged update in the middle takes no other with it, and zeros at the end are no updates", async () => {
  const memory = new MemoryStore();
  const page = await Page.open(memory);
  for (const id of [1, 2, 3]) await page.add(id, new Set());
  const bytes = (memory.files.get("journal-1") ?? new Uint8Array(0)).slice();
  bytes[4 + 9 + 8] = 99; // the second update's one byte
  const zeros = new Uint8Array(bytes.length + 64);
  zeros.set(bytes);
  memory.files.set("journal-1", zeros);
  const again = await Page.open(memory);
  expect([...again.known]).toEqual([1, 3]);
  await again.add(4, new Set());
  expect([...(await Page.open(memory)).known]).toEqual([1, 3, 4]);
});
test("a snapshot that cannot be read back takes nobody's place", async () => {
  const memory = new MemoryStore();
  const page = await Page.open(memory);
  const acknowledged = new Set<number>();
  await page.add(1, acknowledged);
  const append = memory.append.bind(memory);
  memory.append = (name, bytes) =>
    append(
      name,
      bytes.map((byte, i) => (i === bytes.length - 1 ? byte ^ 1 : byte)),
    );
  await expect((await Journal.open(memory)).journal.compact(Uint8Array.of(1))).rejects.toMatchObject({ kind: "cannotWrite" });
  await expectKept(memory, acknowledged, "damaged on the way");
});
test("a journal of a newer format is neither read nor touched", async () => {
  const memory = new MemoryStore();
  const newer = Uint8Array.from(new TextEncoder().encode("KJ2\nsomething"));
  memory.files.set("journal-3", newer);
  await expect(Journal.open(memory)).rejects.toMatchObject({ code: "project.newer" });
  expect([...memory.files]).toEqual([["journal-3", newer]]);
});
