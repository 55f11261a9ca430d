/** A file that is being read. */
export interface Reading {
  readonly name: string;
  readonly bytes: number;
}

/**
 * How long a file may keep its reader without a sign of progress, seconds: readers are bounded by what they are given, but some of them are
 * others' and may find a way to go on for ever. Here no processor time can be had, and a busy machine is no fault of the file: it is generous.
 */
export const allowedSec = (bytes: number): number => Math.min(300, 30 + bytes / 50_000);

/** Looks on from another thread while a file is read. */
export class ReadingDeadline {
  readonly #late: (reading: Reading, seconds: number) => void;
  #reading: Reading | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** @param late told of a file that took too long. */
  constructor(late: (reading: Reading, seconds: number) => void) {
    this.#late = late;
  }
  began(reading: Reading): void {
    this.#reading = reading;
    this.#wait();
  }
  /** Work goes on: decoding is still reading, whatever else is said is not. */
  progressed(stage: string, done: number): void {
    if (stage !== "decode" || done >= 1) this.ended();
    else if (this.#reading) this.#wait();
  }
  ended(): void {
    clearTimeout(this.#timer);
    this.#reading = undefined;
  }
  #wait(): void {
    clearTimeout(this.#timer);
    const reading = this.#reading!;
    const seconds = allowedSec(reading.bytes);
    this.#timer = setTimeout(() => {
      this.ended();
      this.#late(reading, Math.round(seconds));
    }, seconds * 1000);
  }
}
