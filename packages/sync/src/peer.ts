import { FORMAT } from "@kuishi/project";
import type { ProjectDocument } from "@kuishi/project/document";
import { type Later, laterByTimer } from "@kuishi/project/keeper";
import { checksumOf } from "./checksum.ts";
import { hashOf } from "./hash.ts";
import {
  encoded,
  fromServer,
  MAX_UPDATE_BYTES,
  type Person,
  type Place,
  PROTOCOL,
  type Present,
  type Refusal,
  type ToPeer,
  type ToServer,
} from "./messages.ts";
import { allows, type Role } from "./roles.ts";

/**
 * Where the last change is: on the server's disk; on its way there; here alone, for want of a line; here alone,
 * because the server did not take it.
 */
export type Safety = "safe" | "sending" | "offline" | "refused";

export interface PeerOptions {
  readonly told: {
    safety(safety: Safety): void;
    welcome(you: Person, role: Role): void;
    people(people: readonly Present[]): void;
    refused(why: Refusal): void;
    /** The document has all that the server had when it answered. */
    current(): void;
    /** Nothing comes back: the line may be dead without knowing it. */
    stale(): void;
  };
  readonly later?: Later;
}
/** After so long without a change the server is asked whether both came to the same. */
const QUIET_MS = 2000;
/** Where somebody is, is told at most ten times a second. */
const PRESENCE_MS = 100;
/** An answer that takes longer will not come. */
const ANSWER_MS = 20_000;
/** Refusals of what may be taken another time. */
const PASSING: ReadonlySet<Refusal> = new Set<Refusal>(["disk", "rate", "slow"]);
/** The state vector of a document that has nothing. */
const NOTHING = Uint8Array.of(0);

/**
 * Keeps a document in step with a server over a line that may break at any time. Nothing waits for the line: changes
 * are made here first, and what the server lacks is reckoned anew from its state vector at every meeting.
 */
export class SyncPeer {
  readonly #document: ProjectDocument;
  readonly #told: PeerOptions["told"];
  readonly #later: Later;
  readonly #unsubscribe: () => void;
  /** The line, while there is one. */
  #line: ((frame: Uint8Array<ArrayBuffer>) => void) | undefined;
  #role: Role | undefined;
  /** Everything up to this number is here; undefined while the server's state is awaited. */
  #seq: number | undefined;
  /** Numbers of own changes that are not acknowledged. */
  readonly #pending = new Set<number>();
  #nextId = 0;
  #isRefused = false;
  /** The change that is being made comes from the server. */
  #isApplying = false;
  #place: Place | undefined;
  #presence: (() => void) | undefined;
  #quiet: (() => void) | undefined;
  #patience: (() => void) | undefined;

  constructor(document: ProjectDocument, { told, later = laterByTimer }: PeerOptions) {
    this.#document = document;
    this.#told = told;
    this.#later = later;
    this.#unsubscribe = document.onUpdate((update) => {
      if (!this.#isApplying) this.#offer(update);
    });
    told.safety(this.safety);
  }
  get safety(): Safety {
    if (!this.#line) return "offline";
    if (this.#isRefused) return "refused";
    return this.#seq === undefined || this.#pending.size > 0 ? "sending" : "safe";
  }
  /** A line is open. */
  connected(send: (frame: Uint8Array<ArrayBuffer>) => void): void {
    this.#line = send;
    this.#isRefused = false;
    this.#forget();
    this.#say({ say: "hello", protocol: PROTOCOL, format: FORMAT, vector: this.#document.vector });
    this.#await();
  }
  /** The line is gone. */
  disconnected(): void {
    this.#line = undefined;
    this.#forget();
    this.#told.people([]);
    this.#told.safety(this.safety);
  }
  /** Tells others where this person is. */
  moveTo(place: Place): void {
    this.#place = place;
    this.#presence ??= this.#later(() => {
      this.#presence = undefined;
      if (this.#place && this.#role) this.#say({ say: "presence", place: this.#place });
    }, PRESENCE_MS);
  }
  close(): void {
    this.#unsubscribe();
    this.#line = undefined;
    this.#forget();
    this.#presence?.();
  }
  /** What came over the line. */
  receive(frame: Uint8Array): void {
    const message = fromServer(frame);
    if (message && this.#line) this.#hear(message);
    this.#told.safety(this.safety);
  }

  #hear(message: ToPeer): void {
    switch (message.say) {
      case "welcome":
        this.#role = message.role;
        this.#told.welcome(message.you, message.role);
        if (this.#place) this.moveTo(this.#place);
        break;
      case "state":
        if (!this.#take(message)) break;
        this.#seq = message.seq;
        // whatever is only here, deletions too; where nothing is, the server says so by the number it had
        this.#pending.clear();
        this.#offer(this.#document.state(message.vector));
        this.#told.current();
        this.#await();
        break;
      case "ack":
        this.#pending.delete(message.id);
        this.#seen(message.seq);
        this.#await();
        break;
      case "update":
        if (this.#take(message)) this.#seen(message.seq);
        break;
      case "agree":
        if (!message.same && message.seq === this.#seq) this.#resync(NOTHING);
        else if (!message.same) this.#resync();
        break;
      case "people":
        this.#told.people(message.people);
        break;
      case "refuse":
        this.#refused(message.id, message.why);
    }
  }
  /** @returns whether it could be taken; otherwise the server is asked again. */
  #take({ update, sha256 }: { readonly update: Uint8Array; readonly sha256: string }): boolean {
    try {
      if (hashOf(update) !== sha256) throw new Error("damaged on its way");
      this.#isApplying = true;
      this.#document.apply(update);
      return true;
    } catch {
      this.#resync();
      return false;
    } finally {
      this.#isApplying = false;
    }
  }
  /** A change with this number is here. A number left out means that something was lost on the way. */
  #seen(seq: number): void {
    if (this.#seq === undefined) return;
    if (seq > this.#seq + 1) this.#resync();
    else this.#seq = Math.max(this.#seq, seq);
    this.#askWhenQuiet();
  }
  #resync(vector: Uint8Array = this.#document.vector): void {
    this.#seq = undefined;
    this.#say({ say: "resync", vector });
    this.#await();
  }
  #refused(id: number | null, why: Refusal): void {
    if (id !== null) this.#pending.delete(id);
    if (why === "gap") {
      this.#resync();
      return;
    }
    this.#isRefused = true;
    this.#told.refused(why);
    // what hung on the server's state may be taken at the next meeting
    if (PASSING.has(why)) this.#patience ??= this.#later(() => this.#told.stale(), ANSWER_MS);
  }
  /** Sends a change, where the server is known and takes changes from here. What cannot be sent now is in the next meeting. */
  #offer(update: Uint8Array): void {
    if (this.#line && this.#seq !== undefined && this.#role && allows(this.#role, "edit")) {
      if (update.length > MAX_UPDATE_BYTES) this.#refused(null, "size");
      else {
        const id = this.#nextId++;
        this.#pending.add(id);
        this.#say({ say: "update", id, sha256: hashOf(update), update });
        this.#await();
      }
    }
    this.#told.safety(this.safety);
  }
  #say(message: ToServer): void {
    this.#line?.(encoded(message));
  }
  /** After a while without changes: are we alike? */
  #askWhenQuiet(): void {
    this.#quiet?.();
    this.#quiet = this.#later(() => {
      this.#quiet = undefined;
      if (this.safety === "safe") this.#say({ say: "sum", seq: this.#seq!, sum: checksumOf(this.#document) });
    }, QUIET_MS);
  }
  /** While an answer is due, waits for it; the line is not believed for ever. */
  #await(): void {
    this.#patience?.();
    this.#patience = undefined;
    if (this.safety !== "sending") return;
    this.#patience = this.#later(() => {
      this.#patience = undefined;
      this.#told.stale();
    }, ANSWER_MS);
  }
  #forget(): void {
    this.#role = undefined;
    this.#seq = undefined;
    this.#pending.clear();
    for (const callOff of [this.#quiet, this.#patience]) callOff?.();
    this.#quiet = undefined;
    this.#patience = undefined;
  }
}
