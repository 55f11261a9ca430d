import type { ProjectDocument } from "./document.ts";
import { Keeper, type Kept, type Later, laterByTimer, type Writing } from "./keeper.ts";

/** A lock that one page of all holds at a time, and loses when it dies: Web Locks. */
export interface Lock {
  /**
   * Holds the lock while `run` lasts.
   * @param wait until it is free; otherwise it is taken only if it is free now.
   * @returns whether it was had, when `run` has ended; false also where `signal` ended the waiting.
   * @throws what `run` throws.
   */
  hold(run: () => Promise<void>, options: { readonly wait: boolean; readonly signal?: AbortSignal }): Promise<boolean>;
}
/** What pages of one project say to each other: a BroadcastChannel. Nobody hears their own words. */
export interface Channel {
  post(said: Said): void;
  listen(heard: (said: Said) => void): void;
  close(): void;
}
export type Said =
  /** Who leads? The one who does answers with `leads`. */
  | { readonly say: "hello" }
  /** Here is all I have, and I write. */
  | { readonly say: "leads"; readonly state: Uint8Array }
  /** A change. */
  | { readonly say: "update"; readonly update: Uint8Array }
  /** Let me write. Whoever leads leaves off, others that wait stand back. */
  | { readonly say: "yield" };

/** A project's folder. What is opened to read is never written to. */
export interface Place extends Writing {
  /** @returns what its journal tells. */
  open(write: boolean): Promise<readonly Uint8Array[]>;
  /** Lets go of it, so that another page can write. */
  close(): Promise<void>;
}
/** Whether this page writes the project, or reads along while another does. */
export type Role = "leads" | "follows";

/** What a tab needs of its page. */
export interface TabOptions {
  readonly place: Place;
  readonly lock: Lock;
  readonly channel: Channel;
  readonly told: TabTold;
  /** The document holds what is not in the place yet. */
  readonly isNew?: boolean;
  /** Ends what must not be cut off when another page takes over, as a recording. */
  readonly beforeYield?: () => Promise<void>;
  readonly later?: Later;
}
/** How a tab is told to its page. */
export interface TabTold {
  role(role: Role): void;
  kept(kept: Kept, error?: unknown): void;
}
/** So long a page waits for the leader's word before it goes on without. */
const ANSWER_MS = 1500;
const RETRY_MS = 1000;

/**
 * One page's hold on a project that several pages have open: one leads and writes, the others follow
 * its changes and write nothing. Any of them can take over; when the leader closes or dies, one of
 * the others leads.
 */
export class ProjectTab {
  readonly document: ProjectDocument;
  readonly #place: Place;
  readonly #lock: Lock;
  readonly #channel: Channel;
  readonly #told: TabTold;
  readonly #later: Later;
  readonly #beforeYield: () => Promise<void>;
  #role: Role = "follows";
  #keeper: Keeper | undefined;
  /** The document holds what is not in the place. */
  #ahead: boolean;
  /** Gives the lock back. */
  #release = (): void => {};
  /** Ends the waiting for the lock. */
  #waiting: AbortController | undefined;
  /** What waits until somebody leads. */
  #onLeader = (): void => {};
  #isYielding = false;
  #closed = false;

  private constructor(
    document: ProjectDocument,
    { place, lock, channel, told, isNew = false, beforeYield = async () => {}, later = laterByTimer }: TabOptions,
  ) {
    this.document = document;
    this.#place = place;
    this.#lock = lock;
    this.#channel = channel;
    this.#told = told;
    this.#later = later;
    this.#beforeYield = beforeYield;
    this.#ahead = isNew;
    channel.listen((said) => this.#hear(said));
    document.onUpdate((update) => {
      if (this.#role === "leads") channel.post({ say: "update", update });
    });
  }
  /**
   * Opens a project: to write where nobody else does, to read along otherwise.
   * @param document takes what the place tells.
   * @throws what the place throws where it cannot be opened.
   */
  static async open(document: ProjectDocument, options: TabOptions): Promise<ProjectTab> {
    const tab = new ProjectTab(document, options);
    try {
      if (!(await tab.#leadIfFree())) await tab.#follow();
    } catch (error) {
      await tab.close();
      throw error;
    }
    return tab;
  }
  get role(): Role {
    return this.#role;
  }
  /** Resolves when what was changed so far is kept, or could not be. */
  async settled(): Promise<void> {
    await this.#keeper?.settled();
  }
  /** Writes now what could not be written before. */
  retry(): void {
    this.#keeper?.retry();
  }
  /** Asks the page that writes to leave that to this one. */
  takeOver(): void {
    if (this.#role === "follows") this.#channel.post({ say: "yield" });
  }
  async close(): Promise<void> {
    this.#closed = true;
    await this.#leave();
    this.#channel.close();
  }

  /** @returns whether this page leads now. @throws what the place throws. */
  #leadIfFree(): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const run = async (): Promise<void> => {
        const { until } = await this.#lead(new AbortController().signal);
        resolve(true);
        await until;
      };
      this.#lock.hold(run, { wait: false }).then((had) => had || resolve(false), reject);
    });
  }
  /** Reads along, and waits to lead: until whoever does closes, dies or yields. */
  async #follow(): Promise<void> {
    this.#told.role("follows");
    // what others say while this page follows is not in the place for certain
    this.#ahead = true;
    const answered = this.#leaderSpeaks();
    this.#channel.post({ say: "hello" });
    let unread: unknown;
    // files lie there; the journal may be in the middle of being written, and its writer knows better
    const updates = await this.#place.open(false).catch((error: unknown) => {
      unread = error;
      return [];
    });
    this.document.apply(...updates);
    this.#queue();
    if (!(await answered) && unread) throw unread;
  }
  #queue(): void {
    this.#waiting?.abort();
    const waiting = new AbortController();
    this.#waiting = waiting;
    const run = async (): Promise<void> => {
      while (!waiting.signal.aborted) {
        try {
          await (await this.#lead(waiting.signal)).until;
          return;
        } catch (error) {
          this.#told.kept("failed", error);
          await new Promise<void>((resolve) => void this.#later(resolve, RETRY_MS));
        }
      }
    };
    void this.#lock.hold(run, { wait: true, signal: waiting.signal });
  }
  /** Leads from now on. @returns `until` resolves when it leaves off. */
  async #lead(stop: AbortSignal): Promise<{ readonly until: Promise<void> }> {
    this.document.apply(...(await this.#place.open(true)));
    if (this.#closed || stop.aborted) {
      await this.#place.close();
      return { until: Promise.resolve() };
    }
    const until = new Promise<void>((resolve) => {
      this.#release = resolve;
    });
    this.#role = "leads";
    this.#told.role("leads");
    this.#keeper = new Keeper(this.document, this.#place, this.#ahead, (kept, error) => this.#told.kept(kept, error), this.#later);
    this.#channel.post({ say: "leads", state: this.document.state() });
    this.#leaderIsKnown();
    return { until };
  }
  /** Leaves off leading, or waiting for it. */
  async #leave(): Promise<void> {
    this.#waiting?.abort();
    const keeper = this.#keeper;
    if (!keeper) return;
    this.#keeper = undefined;
    this.#role = "follows";
    this.#ahead = true;
    if (!this.#closed) this.#told.role("follows");
    await keeper.settled();
    await keeper.stop();
    // also what could not be written: whoever leads next has it
    this.#channel.post({ say: "update", update: this.document.state() });
    await this.#place.close().catch(() => {});
    this.#release();
  }
  /** Stands back for the page that asked; after it leads, this one waits again. */
  async #yield(): Promise<void> {
    if (this.#isYielding) return;
    this.#isYielding = true;
    if (this.#role === "leads") await this.#beforeYield().catch(() => {});
    const next = this.#leaderSpeaks();
    await this.#leave();
    await next;
    this.#isYielding = false;
    if (!this.#closed && this.#role === "follows") this.#queue();
  }
  #leaderIsKnown(): void {
    const onLeader = this.#onLeader;
    this.#onLeader = () => {};
    onLeader();
  }
  /** @returns resolves when a page leads, this one or another that says so: true; or when it is quiet for too long: false. */
  #leaderSpeaks(): Promise<boolean> {
    return new Promise((resolve) => {
      const before = this.#onLeader;
      this.#onLeader = () => {
        before();
        resolve(true);
      };
      this.#later(() => resolve(false), ANSWER_MS);
    });
  }
  #hear(said: Said): void {
    if (this.#closed) return;
    // what another page says before this one leads need not lie in the place: that page may be gone before it writes
    if (this.#role === "follows" && (said.say === "update" || said.say === "leads")) this.#ahead = true;
    if (said.say === "yield") void this.#yield();
    else if (said.say === "update") this.document.apply(said.update);
    else if (said.say === "leads") {
      this.document.apply(said.state);
      // what this page saw of a leader that died before it could write it
      this.#channel.post({ say: "update", update: this.document.state() });
      this.#leaderIsKnown();
    } else if (this.#role === "leads") this.#channel.post({ say: "leads", state: this.document.state() });
  }
}
