import { Complaint, type Random, seeded } from "@kuishi/base";
import { runSeed } from "@kuishi/lab/seed";
import { MemoryStore, type Store } from "@kuishi/project";
import { ProjectDocument } from "@kuishi/project/document";
import { checksumOf, fromPeer, type Role, SyncPeer } from "@kuishi/sync";
import { expect, test } from "vitest";
import { ProjectLog } from "./log.ts";
import { type Member, Room } from "./room.ts";
import { ReadsHere } from "./testing.ts";

/** Time that passes when it is told to. */
class Clock {
  #now = 0;
  #timers: { readonly at: number; readonly run: () => void }[] = [];
  readonly later = (run: () => void, afterMs: number): (() => void) => {
    const timer = { at: this.#now + afterMs, run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((one) => one !== timer);
    };
  };
  pass(ms: number): void {
    this.#now += ms;
    const due = this.#timers.filter(({ at }) => at <= this.#now).sort((a, b) => a.at - b.at);
    this.#timers = this.#timers.filter(({ at }) => at > this.#now);
    for (const { run } of due) run();
  }
}
/** A disk that fails now and then, leaving part of what was to be written, or all of it. */
class ShakyStore extends MemoryStore {
  readonly #random: Random;
  failing = 0;
  constructor(random: Random) {
    super();
    this.#random = random;
  }
  override async append(name: string, bytes: Uint8Array): Promise<void> {
    if (!this.#random.chance(this.failing)) return await super.append(name, bytes);
    await super.append(name, bytes.subarray(0, this.#random.int(0, bytes.length)));
    throw new Complaint("cannotWrite", "store.full");
  }
}
async function roomOver(store: Store): Promise<Room> {
  const { log } = await ProjectLog.open(store);
  const room: Room = new Room(
    "p",
    log,
    new ReadsHere(async () => {
      await room.written();
      return await log.records();
    }),
  );
  return room;
}

/** An editor with a line that loses, doubles, delays and breaks. */
class Editor {
  readonly document = new ProjectDocument();
  readonly peer: SyncPeer;
  /** Markers that this editor was told are safe. */
  readonly safe = new Set<string>();
  #made: string[] = [];
  readonly #name: string;
  readonly #role: Role;
  readonly #random: Random;
  #member: Member | undefined;
  #room: Room | undefined;
  #toServer: Uint8Array[] = [];
  #toPeer: Uint8Array<ArrayBuffer>[] = [];

  constructor(name: string, role: Role, random: Random, clock: Clock) {
    this.#name = name;
    this.#role = role;
    this.#random = random;
    this.peer = new SyncPeer(this.document, {
      later: clock.later,
      told: {
        safety: (safety) => {
          if (safety !== "safe") return;
          for (const id of this.#made) this.safe.add(id);
          this.#made = [];
        },
        welcome: () => {},
        people: () => {},
        refused: () => {},
        current: () => {},
        stale: () => this.cut(),
      },
    });
  }
  /** @param removed takes the markers that were taken away on purpose. */
  edit(removed: Set<string>): void {
    const id = `marker-${this.#name}-${this.#random.int(0, 1e9)}`;
    this.document.edit("marker", (draft) => {
      const { markers } = draft.session;
      const other = markers.length > 0 && this.#random.chance(0.5) ? this.#random.pick(markers) : undefined;
      if (other && this.#random.chance(0.3)) {
        draft.remove(other.id);
        removed.add(other.id);
      } else if (other) draft.set("marker", other.id, { name: `${this.#name} ${this.#random.int(0, 99)}` });
      draft.put({ id, kind: "marker", at: this.#random.int(0, 1e6), name: this.#name });
    });
    this.#made.push(id);
  }
  connect(room: Room): void {
    if (this.#member) return;
    const member: Member = { person: { id: this.#name, name: this.#name, colour: 0 }, role: this.#role, send: (frame) => void this.#toPeer.push(frame) };
    this.#member = member;
    this.#room = room;
    room.enter(member);
    this.peer.connected((frame) => void this.#toServer.push(frame));
  }
  cut(): void {
    if (!this.#member) return;
    this.#room?.leave(this.#member);
    this.#member = undefined;
    this.#toServer = [];
    this.#toPeer = [];
    this.peer.disconnected();
  }
  /** Some of what is on its way arrives. @param bad how likely a frame is lost, doubled or overtaken. */
  deliver(bad: number): void {
    const next = <T>(queue: T[]): T | undefined => {
      const at = this.#random.chance(bad) ? this.#random.int(0, queue.length - 1) : 0;
      if (this.#random.chance(bad)) return queue[at];
      const [frame] = queue.splice(at, 1);
      return this.#random.chance(bad) ? undefined : frame;
    };
    const up = this.#toServer.length > 0 ? next(this.#toServer) : undefined;
    const message = up && fromPeer(up);
    if (message && this.#member) this.#room?.hear(this.#member, message);
    const down = this.#toPeer.length > 0 ? next(this.#toPeer) : undefined;
    if (down) this.peer.receive(down);
  }
  get isQuiet(): boolean {
    return this.#toServer.length === 0 && this.#toPeer.length === 0;
  }
}

/** What a world came to: checksums of all editors and of the server's disk, how much was called safe, and what of it is missing. */
interface Outcome {
  readonly sums: readonly string[];
  readonly server: string;
  readonly safe: number;
  readonly lost: readonly string[];
}
async function world(seed: number, editors: number, steps: number): Promise<Outcome> {
  const random = seeded(seed, "together");
  const clock = new Clock();
  const store = new ShakyStore(random);
  let room = await roomOver(store);
  const all = Array.from({ length: editors }, (_, k) => new Editor(`e${k}`, k === 0 ? "owner" : "editor", random, clock));
  const listener = new Editor("l", "listener", random, clock);
  const everybody = [...all, listener];
  const removed = new Set<string>();
  for (let step = 0; step < steps; step++) {
    const one = random.pick(everybody);
    const what = random.next();
    store.failing = random.chance(0.2) ? 0.3 : 0;
    if (what < 0.25) random.pick(all).edit(removed);
    else if (what < 0.35) one.connect(room);
    else if (what < 0.38) one.cut();
    else if (what < 0.385) {
      // the server is killed: what it had not written is gone, whoever was connected is cut off
      for (const editor of everybody) editor.cut();
      await room.settled();
      room = await roomOver(store);
    } else for (const editor of everybody) editor.deliver(0.1);
    if (random.chance(0.3)) await room.settled();
    clock.pass(random.int(0, 500));
  }
  // everybody comes back over good lines
  store.failing = 0;
  for (const editor of everybody) editor.cut();
  await room.settled();
  for (const editor of everybody) editor.connect(room);
  for (let quiet = 0; quiet < 60; ) {
    for (const editor of everybody) editor.deliver(0);
    await room.settled();
    quiet = everybody.every((editor) => editor.isQuiet) ? quiet + 1 : 0;
    clock.pass(100);
  }
  expect(everybody.map(({ peer }) => peer.safety)).toEqual(everybody.map(() => "safe"));
  const onDisk = new ReadsHere(async () => await (await ProjectLog.open(store)).log.records());
  const there = new Set(listener.document.session.markers.map(({ id }) => id));
  const safe = all.flatMap((editor) => [...editor.safe]);
  return {
    sums: everybody.map(({ document }) => checksumOf(document)),
    server: await onDisk.sum(),
    safe: safe.length,
    lost: safe.filter((id) => !there.has(id) && !removed.has(id)),
  };
}

test(`editors over lines that lose, double and reorder, and a server that dies, end with one checksum (seed ${runSeed})`, { timeout: 600_000 }, async () => {
  for (let run = 0; run < 12; run++) {
    const { sums, server, safe, lost } = await world(runSeed + run, 2 + (run % 5), 300);
    expect(new Set([...sums, server]).size, `run ${run}`).toBe(1);
    expect(lost, `run ${run}`).toEqual([]);
    expect(safe, `run ${run}`).toBeGreaterThan(0);
  }
});
