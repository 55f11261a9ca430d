import { Complaint, seeded } from "@kuishi/base";
import { expect, test } from "vitest";
import { ProjectDocument } from "./document.ts";
import { Journal } from "./journal.ts";
import { Keeper, type Kept } from "./keeper.ts";
import { MemoryStore, type Store } from "./store.ts";
import { type Channel, type Lock, type Place, ProjectTab, type Role, type Said } from "./tab.ts";

type Random = ReturnType<typeof seeded>;
const turn = async (count: number): Promise<void> => {
  for (let k = 0; k < count; k++) await Promise.resolve();
};

/** A disk that fails as the world wishes, leaving torn bytes, and that a dead page cannot write to. */
class Disk implements Store {
  readonly #memory: MemoryStore;
  readonly #random: Random;
  readonly #world: World;
  isDead = false;
  constructor(world: World) {
    this.#memory = world.memory;
    this.#random = world.random;
    this.#world = world;
  }
  async #step(): Promise<void> {
    await turn(this.#random.int(0, 3));
    if (this.isDead) await new Promise(() => {});
  }
  async list(): Promise<readonly string[]> {
    await this.#step();
    return await this.#memory.list();
  }
  async read(name: string): Promise<Uint8Array | null> {
    await this.#step();
    return await this.#memory.read(name);
  }
  async append(name: string, bytes: Uint8Array): Promise<void> {
    await this.#step();
    this.#world.writes++;
    if (this.#random.next() < this.#world.failing) {
      await this.#memory.append(name, bytes.subarray(0, this.#random.int(0, bytes.length - 1)));
      throw new Complaint("cannotWrite", "store.full");
    }
    await this.#memory.append(name, bytes);
    await this.#step();
  }
  async remove(name: string): Promise<void> {
    await this.#step();
    if (this.#random.next() < this.#world.failing) throw new Complaint("cannotWrite", "store.refused");
    this.#world.writes++;
    await this.#memory.remove(name);
  }
}
/** One lock for all pages, in the order of asking. */
class FakeLock {
  #queue: { readonly owner: object; readonly grant: () => void }[] = [];
  #holder: object | undefined;
  readonly #dead = new WeakSet<object>();
  of(owner: object): Lock {
    return {
      hold: async (run, { wait, signal }) => {
        // a page that is gone asks for nothing more, whatever it was about to do
        if (this.#dead.has(owner)) return await new Promise<boolean>(() => {});
        if (this.#holder && !wait) return false;
        if (this.#holder) {
          const had = await new Promise<boolean>((resolve) => {
            const own = { owner, grant: () => resolve(true) };
            this.#queue.push(own);
            signal?.addEventListener("abort", () => {
              this.#queue = this.#queue.filter((one) => one !== own);
              resolve(false);
            });
          });
          if (!had) return false;
          if (this.#dead.has(owner)) return await new Promise<boolean>(() => {});
        } else this.#holder = owner;
        try {
          await run();
        } finally {
          if (this.#holder === owner) this.#next();
        }
        return true;
      },
    };
  }
  #next(): void {
    const next = this.#queue.shift();
    // claimed at once: nobody comes between
    this.#holder = next?.owner;
    next?.grant();
  }
  /** The page is gone, and with it its lock and its waiting. */
  die(owner: object): void {
    this.#dead.add(owner);
    this.#queue = this.#queue.filter((one) => one.owner !== owner);
    if (this.#holder === owner) this.#next();
  }
  get holder(): object | undefined {
    return this.#holder;
  }
}
class Room {
  readonly listeners = new Map<object, (said: Said) => void>();
  of(owner: object): Channel {
    return {
      post: (said) => {
        for (const other of this.listeners.keys()) if (other !== owner) void Promise.resolve().then(() => this.listeners.get(other)?.(said));
      },
      listen: (heard) => void this.listeners.set(owner, heard),
      close: () => void this.listeners.delete(owner),
    };
  }
}

/** A browser with one project: its disk, its lock, its pages. */
class World {
  readonly memory = new MemoryStore();
  readonly lock = new FakeLock();
  readonly room = new Room();
  readonly pages: Page[] = [];
  /** On their way out; their timers still run. */
  readonly closing: Page[] = [];
  readonly random: Random;
  /** Marks that some page said were kept. */
  readonly kept = new Set<string>();
  failing = 0;
  count = 0;
  /** Changes of the disk so far. */
  writes = 0;
  #expected = "";
  constructor(seed: number) {
    this.random = seeded(seed, "tabs");
  }
  async open(): Promise<void> {
    const page = new Page(this);
    this.pages.push(page);
    await page.open();
  }
  /** What a page that opens the project now would find. */
  async found(): Promise<Set<string>> {
    const document = new ProjectDocument();
    // as it is at this very moment, whoever is writing
    const now = new MemoryStore();
    for (const [name, bytes] of this.memory.files) now.files.set(name, bytes);
    document.apply(...(await Journal.open(now)).updates);
    return new Set(document.session.markers.map((marker) => marker.id));
  }
  ring(): void {
    for (const page of [...this.pages, ...this.closing]) page.ring();
  }
  async expectKept(where: string): Promise<void> {
    const now = `${this.writes} ${this.kept.size}`;
    if (now === this.#expected) return;
    this.#expected = now;
    const found = await this.found();
    expect(
      [...this.kept].filter((id) => !found.has(id)),
      where,
    ).toEqual([]);
  }
}
class Page {
  readonly document = new ProjectDocument();
  readonly timers = new Set<() => void>();
  readonly #world: World;
  readonly #disk: Disk;
  role: Role = "follows";
  keeping: Kept | undefined;
  tab: ProjectTab | undefined;
  isDead = false;

  constructor(world: World) {
    this.#world = world;
    this.#disk = new Disk(world);
  }
  async open(): Promise<void> {
    this.tab = await ProjectTab.open(this.document, {
      place: this.#place(),
      lock: this.#world.lock.of(this),
      channel: this.#world.room.of(this),
      told: {
        role: (role) => {
          this.role = role;
        },
        kept: (kept) => {
          this.keeping = kept;
          if (kept === "kept" && !this.isDead) for (const marker of this.document.session.markers) this.#world.kept.add(marker.id);
        },
      },
      later: (run) => {
        this.timers.add(run);
        return () => this.timers.delete(run);
      },
    });
  }
  #place(): Place {
    let journal: Journal | undefined;
    return {
      open: async (write) => {
        const opened = await Journal.open(this.#disk);
        if (write) journal = opened.journal;
        return opened.updates;
      },
      append: async (updates) => {
        await journal!.append(...updates);
        return journal!.isLong || this.#world.random.next() < 0.2;
      },
      compact: (state) => journal!.compact(state),
      close: () => Promise.resolve(),
    };
  }
  edit(): void {
    if (this.role !== "leads" || !this.tab) return;
    const id = `marker-${this.#world.count++}`;
    this.document.edit("x", (draft) => draft.put({ id, kind: "marker", at: 1, name: id }));
  }
  crash(): void {
    this.isDead = true;
    this.#disk.isDead = true;
    this.timers.clear();
    this.#world.room.listeners.delete(this);
    this.#world.lock.die(this);
  }
  ring(): void {
    const timers = [...this.timers];
    this.timers.clear();
    for (const run of timers) run();
  }
}

const RUNS = 1000;
const FIRST = Number(process.env["KUISHI_SEED"] ?? 1);
test(`in ${RUNS} lives of a project, with failing disks, crashes and several pages, nothing that was called kept is lost`, async () => {
  let leaders = 0;
  let edits = 0;
  for (let seed = FIRST; seed < FIRST + RUNS; seed++) {
    const world = new World(seed);
    const { random } = world;
    for (let step = 0; step < 30; step++) {
      const what = random.int(0, 11);
      const page = world.pages[random.int(0, Math.max(0, world.pages.length - 1))];
      if (!page || (what === 0 && world.pages.length < 3)) await Promise.race([world.open(), turn(60)]).catch(() => {});
      else if (what <= 5) page.edit();
      else if (what === 6) world.failing = random.next() < 0.5 ? 0 : 0.7;
      else if (what === 7) page.tab?.takeOver();
      else if (what === 8) world.ring();
      else if (what === 9) {
        page.crash();
        world.pages.splice(world.pages.indexOf(page), 1);
      } else if (what === 10) {
        world.pages.splice(world.pages.indexOf(page), 1);
        if (page.tab) {
          void page.tab.close();
          world.closing.push(page);
        } else page.crash();
      } else await turn(40);
      await turn(random.int(0, 12));
      expect(
        world.pages.filter((one) => one.role === "leads" && one.tab && !one.isDead && world.lock.holder !== one).length,
        `KUISHI_SEED=${seed}: one writer`,
      ).toBe(0);
      await world.expectKept(`KUISHI_SEED=${seed}, step ${step}`);
    }
    // the disk is well again: somebody leads, everything is kept, everybody sees the same
    world.failing = 0;
    if (world.pages.length === 0) void world.open();
    for (let k = 0; k < 12; k++) {
      world.ring();
      await turn(60);
    }
    const leading = world.pages.filter((one) => one.role === "leads");
    expect(leading.length, `KUISHI_SEED=${seed}: one leads`).toBe(1);
    leaders += leading.length;
    leading[0]?.edit();
    await leading[0]?.tab?.settled();
    await turn(20);
    expect(leading[0]?.keeping, `KUISHI_SEED=${seed}`).toBe("kept");
    const all = new Set(leading[0]?.document.session.markers.map((marker) => marker.id));
    for (const one of world.pages) expect(new Set(one.document.session.markers.map((marker) => marker.id)), `KUISHI_SEED=${seed}: pages agree`).toEqual(all);
    expect(await world.found(), `KUISHI_SEED=${seed}`).toEqual(all);
    await world.expectKept(`KUISHI_SEED=${seed}, at the end`);
    edits += world.count;
  }
  expect(leaders).toBe(RUNS);
  expect(edits).toBeGreaterThan(RUNS * 3);
}, 240_000);

test("what a page hears from one that dies while it opens is written before it counts as kept", async () => {
  const memory = new MemoryStore();
  const { journal } = await Journal.open(memory);
  const other = new ProjectDocument();
  other.edit("x", (draft) => draft.put({ id: "marker-1", kind: "marker", at: 1, name: "1" }));
  let heard: (said: Said) => void = () => {};
  const kept: Kept[] = [];
  const tab = await ProjectTab.open(new ProjectDocument(), {
    place: {
      open: async () => {
        // the last word of a page that is gone before it could write it
        heard({ say: "update", update: other.state() });
        return [];
      },
      append: async (updates) => journal.append(...updates).then(() => false),
      compact: (state) => journal.compact(state),
      close: () => Promise.resolve(),
    },
    lock: { hold: (run) => run().then(() => true) },
    channel: { post: () => {}, listen: (listener) => void (heard = listener), close: () => {} },
    told: { role: () => {}, kept: (now) => kept.push(now) },
  });
  await tab.settled();
  expect(tab.document.session.markers.map(({ id }) => id)).toEqual(["marker-1"]);
  expect(kept.at(-1)).toBe("kept");
  const again = new ProjectDocument();
  again.apply(...(await Journal.open(memory)).updates);
  expect(again.session.markers.map(({ id }) => id)).toEqual(["marker-1"]);
});

test("after a write that failed, later ones do not count as kept until the whole is written", async () => {
  const memory = new MemoryStore();
  const { journal } = await Journal.open(memory);
  const document = new ProjectDocument();
  const told: Kept[] = [];
  let full = false;
  const failing = async <T>(work: () => Promise<T>): Promise<T> => {
    if (full) throw new Complaint("cannotWrite", "store.full");
    return await work();
  };
  const keeper = new Keeper(
    document,
    {
      append: (updates) => failing(async () => journal.append(...updates).then(() => false)),
      compact: (state) => failing(() => journal.compact(state)),
    },
    false,
    (kept) => told.push(kept),
    () => () => {},
  );
  const mark = async (id: string): Promise<void> => {
    document.edit("x", (draft) => draft.put({ id, kind: "marker", at: 1, name: id }));
    await keeper.settled();
  };
  const found = async (): Promise<string[]> => new ProjectDocument((await Journal.open(memory)).updates).session.markers.map((marker) => marker.id);
  await mark("a");
  full = true;
  await mark("b");
  expect(told.at(-1)).toBe("failed");
  full = false;
  await mark("c");
  expect(told.at(-1)).toBe("kept");
  expect(await found()).toEqual(["a", "b", "c"]);
});
test("what comes from a peer is kept as well", async () => {
  const memory = new MemoryStore();
  const { journal } = await Journal.open(memory);
  const [document, peer] = [new ProjectDocument(), new ProjectDocument()];
  const writing = {
    append: (updates: readonly Uint8Array[]) => journal.append(...updates).then(() => false),
    compact: (state: Uint8Array) => journal.compact(state),
  };
  const keeper = new Keeper(document, writing, false, () => {});
  peer.edit("x", (draft) => draft.put({ id: "theirs", kind: "marker", at: 1, name: "theirs" }));
  document.apply(peer.state());
  await keeper.settled();
  await keeper.stop();
  expect(new ProjectDocument((await Journal.open(memory)).updates).session.markers.map((marker) => marker.id)).toEqual(["theirs"]);
});
