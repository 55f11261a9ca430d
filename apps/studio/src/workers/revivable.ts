import { type Asker, asker } from "./rpc.ts";

interface Waiting<Ask> {
  readonly question: Ask;
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * A worker that answers one question after the other, and is begun anew where one of them keeps it for ever: a thread that is stuck hears
 * nothing, so it is ended from outside. What waited behind the question is asked again.
 */
export class Revivable<Ask extends { readonly do: string }, Answers> {
  readonly #waiting: Waiting<Ask>[] = [];
  readonly #begin: (stopped: AbortSignal) => Asker<Ask, Answers>;
  readonly #restore: () => Ask | undefined;
  readonly #lost: (error: unknown) => void;
  #stop = new AbortController();
  #ask: Asker<Ask, Answers>;

  /**
   * @param start a worker. @param onTold told what it says beside its answers.
   * @param restore what brings a new worker to where the old one stood. @param lost told where that goes wrong.
   */
  constructor(start: () => Worker, onTold: (told: never) => void, restore: () => Ask | undefined, lost: (error: unknown) => void) {
    this.#begin = (stopped) => asker<Ask, Answers, never>(start(), onTold, stopped);
    this.#restore = restore;
    this.#lost = lost;
    this.#ask = this.#begin(this.#stop.signal);
  }

  /** Asks in turn. @throws what was thrown there, or why the worker was ended. */
  readonly ask: Asker<Ask, Answers> = (question) =>
    new Promise((resolve, reject) => {
      const own: Waiting<Ask> = { question, resolve, reject };
      this.#waiting.push(own);
      this.#post(own);
    });
  /** Says something that waits for nothing. */
  say(word: Ask): void {
    this.#ask(word).catch(() => {});
  }
  /** The question that is being answered. */
  get current(): object | undefined {
    return this.#waiting[0];
  }
  /** Ends the worker with the question that keeps it, and begins another where it stood. */
  revive(why: Error): void {
    this.#stop.abort(why);
    const stuck = this.#waiting.shift();
    this.#stop = new AbortController();
    this.#ask = this.#begin(this.#stop.signal);
    const restore = this.#restore();
    if (restore) this.#ask(restore).catch(this.#lost);
    for (const waiting of this.#waiting) this.#post(waiting);
    stuck?.reject(why);
  }

  #post(own: Waiting<Ask>): void {
    const { signal } = this.#stop;
    const ended = (settle: () => void): void => {
      // of a worker that was ended nothing more is heard
      if (signal.aborted) return;
      this.#waiting.splice(this.#waiting.indexOf(own), 1);
      settle();
    };
    this.#ask(own.question).then(
      (value) => ended(() => own.resolve(value as never)),
      (error: unknown) => ended(() => own.reject(error)),
    );
  }
}
