/** Work that is done one piece after the other, in the order in which it came. */
export class Queue {
  #last: Promise<unknown> = Promise.resolve();

  /** Begins work when all that came before has ended, well or not. @returns what comes of it. */
  run<T>(work: () => Promise<T>): Promise<T> {
    const next = this.#last.then(work);
    this.#last = next.catch(() => {});
    return next;
  }
}
