import {
  allows,
  encoded,
  hashOf,
  MAX_UPDATE_BYTES,
  type Person,
  type Place,
  PROTOCOL,
  type Refusal,
  type Role,
  type ToPeer,
  type ToServer,
} from "@kuishi/sync";
import type { ProjectLog } from "./log.ts";
import type { Verdict } from "./reading.ts";

/** Somebody's line into a room. */
export interface Member {
  readonly person: Person;
  readonly role: Role;
  send(frame: Uint8Array<ArrayBuffer>): void;
}
/** Who reads documents: a thread of its own, or, for tests, this one. */
export interface Reads {
  take(project: string, update: Uint8Array, by: string): Promise<Verdict>;
  since(project: string, vector: Uint8Array): Promise<{ readonly update: Uint8Array; readonly vector: Uint8Array }>;
  snapshot(project: string): Promise<{ readonly state: Uint8Array; readonly writers: Readonly<Record<string, string>> }>;
  sum(project: string): Promise<string>;
  forget(project: string): Promise<void>;
}
/** What waits for the disk: a change, or an answer that must not overtake one. */
interface Ready {
  readonly epoch: number;
  readonly change?: { readonly by: string; readonly update: Uint8Array };
  /** @param seq of the change, or of the last one before. */
  written(seq: number): void;
  failed(): void;
}
/** People are told where others are at most so often. */
const PEOPLE_MS = 100;

/**
 * One project while people are in it. A change is read first (may it be taken?), then written with whatever else waits,
 * and only then acknowledged and handed to the others, in the order of its number.
 */
export class Room {
  readonly #id: string;
  readonly #log: ProjectLog;
  readonly #reads: Reads;
  /** Members that were welcomed get what happens. */
  readonly #members = new Map<Member, { place: Place | null; isWelcome: boolean }>();
  #reading: Promise<unknown> = Promise.resolve();
  #ready: Ready[] = [];
  #writing: Promise<void> | undefined;
  /** Counts how often the disk refused: what was read before then does not hold. */
  #epoch = 0;
  #epochRead = 0;
  #tellingPeople: ReturnType<typeof setTimeout> | undefined;

  constructor(id: string, log: ProjectLog, reads: Reads) {
    this.#id = id;
    this.#log = log;
    this.#reads = reads;
  }
  get isEmpty(): boolean {
    return this.#members.size === 0;
  }
  enter(member: Member): void {
    this.#members.set(member, { place: null, isWelcome: false });
  }
  leave(member: Member): void {
    this.#members.delete(member);
    this.#tellPeople();
  }
  /** Resolves when all that was taken is on the disk, or could not be. */
  async settled(): Promise<void> {
    await this.#reading;
    await this.written();
  }
  /** Resolves when nothing waits for the disk. */
  async written(): Promise<void> {
    while (this.#writing) await this.#writing;
  }

  /** What a member says. */
  hear(member: Member, message: ToServer): void {
    const own = this.#members.get(member);
    if (!own) return;
    switch (message.say) {
      case "hello":
        if (message.protocol !== PROTOCOL) {
          tell(member, { say: "refuse", id: null, why: "version" });
          break;
        }
        tell(member, { say: "welcome", protocol: PROTOCOL, you: member.person, role: member.role });
        own.isWelcome = true;
        this.#tellPeople();
        this.#answerState(member, message.vector);
        break;
      case "resync":
        this.#answerState(member, message.vector);
        break;
      case "update":
        this.#take(member, message);
        break;
      case "sum":
        this.#compare(member, message.seq, message.sum);
        break;
      case "presence":
        own.place = message.place;
        this.#tellPeople();
    }
  }
  #take(member: Member, { id, sha256, update }: Extract<ToServer, { readonly say: "update" }>): void {
    const refuse = (why: Refusal): void => tell(member, { say: "refuse", id, why });
    const by = member.person.id;
    const wrong = !allows(member.role, "edit") ? "rights" : update.length > MAX_UPDATE_BYTES ? "size" : hashOf(update) !== sha256 ? "hash" : undefined;
    if (wrong) {
      refuse(wrong);
      return;
    }
    this.#read(async () => {
      const verdict = await this.#reads.take(this.#id, update, by).catch((): Verdict => ({ refused: "slow" }));
      if (typeof verdict === "object") return refuse(verdict.refused);
      const isNew = verdict === "new";
      this.#write({
        ...(isNew ? { change: { by, update } } : {}),
        written: (seq) => {
          if (isNew)
            for (const [other, { isWelcome }] of this.#members) if (isWelcome && other !== member) tell(other, { say: "update", seq, by, sha256, update });
          tell(member, { say: "ack", id, seq });
        },
        failed: () => refuse("disk"),
      });
      await this.#shorten();
    });
  }
  #answerState(member: Member, vector: Uint8Array): void {
    this.#read(async () => {
      const answer = await this.#reads.since(this.#id, vector).catch(() => undefined);
      if (!answer) return tell(member, { say: "refuse", id: null, why: "damaged" });
      this.#write({
        written: (seq) => tell(member, { say: "state", seq, sha256: hashOf(answer.update), ...answer }),
        failed: () => this.#answerState(member, vector),
      });
    });
  }
  #compare(member: Member, seq: number, sum: string): void {
    this.#read(async () => {
      await this.written();
      const same = seq === this.#log.seq && sum === (await this.#reads.sum(this.#id).catch(() => ""));
      tell(member, { say: "agree", seq, same });
    });
  }

  /** One thing after the other. After the disk has refused, the document is read anew from what it did take. */
  #read(work: () => Promise<void>): void {
    this.#reading = this.#reading
      .then(async () => {
        if (this.#epochRead !== this.#epoch) {
          await this.#reads.forget(this.#id);
          this.#epochRead = this.#epoch;
        }
        await work();
      })
      .catch(console.error);
  }
  #write(ready: Omit<Ready, "epoch">): void {
    this.#ready.push({ ...ready, epoch: this.#epochRead });
    this.#writing ??= this.#drain().finally(() => {
      this.#writing = undefined;
    });
  }
  /** Writes what waits, all at once; while that lasts, more may come to wait. */
  async #drain(): Promise<void> {
    while (this.#ready.length > 0) {
      const batch = this.#ready;
      this.#ready = [];
      const isGood = ({ epoch }: Ready): boolean => epoch === this.#epoch;
      for (const one of batch) if (!isGood(one)) one.failed();
      const good = batch.filter(isGood);
      let seq = this.#log.seq;
      try {
        const changes = good.flatMap(({ change }) => change ?? []);
        if (changes.length > 0) await this.#log.append(changes);
      } catch {
        this.#epoch++;
        for (const one of good) one.failed();
        continue;
      }
      for (const one of good) one.written(one.change ? ++seq : seq);
    }
  }
  /** Writes the log anew where it has grown long. Nothing is read meanwhile, so the state is what the log holds. */
  async #shorten(): Promise<void> {
    if (!this.#log.isLong) return;
    await this.written();
    if (this.#epochRead !== this.#epoch) return;
    try {
      const { state, writers } = await this.#reads.snapshot(this.#id);
      await this.#log.compact(state, writers);
    } catch {
      // the long log is as good as the short one
    }
  }

  #tellPeople(): void {
    this.#tellingPeople ??= setTimeout(() => {
      this.#tellingPeople = undefined;
      // somebody with two windows is here once, where they were last heard of
      const here = [...this.#members].flatMap(([{ person, role }, { place, isWelcome }]) =>
        isWelcome ? [[person.id, { ...person, role, place }] as const] : [],
      );
      const people = [...new Map(here).values()];
      for (const [member, { isWelcome }] of this.#members) if (isWelcome) tell(member, { say: "people", people });
    }, PEOPLE_MS);
  }
}

const tell = (member: Member, message: ToPeer): void => member.send(encoded(message));
