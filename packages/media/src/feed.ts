import type { ByteSource } from "./source.ts";

const READ_BYTES = 1 << 17;
/** Bytes behind the end of the window, so that readers of words need not look for it. */
export const SLACK = 8;

/** A window that slides over a source: bytes [at, end) of `bytes` are here, followed by eight zeros. */
export class Feed {
  bytes: Uint8Array = new Uint8Array(2 * READ_BYTES + SLACK);
  at = 0;
  end = 0;
  readonly #source: ByteSource;
  #next: number;

  /** @param from position in the source where the window begins */
  constructor(source: ByteSource, from = 0) {
    this.#source = source;
    this.#next = from;
  }
  /** Makes the window hold `count` bytes from `at` on, fewer only at the end of the source. May move what it holds. @returns how many it holds. */
  async want(count: number): Promise<number> {
    while (this.end - this.at < count && this.#next < this.#source.size) {
      const held = this.bytes.subarray(this.at, this.end);
      const need = Math.max(READ_BYTES, count - held.length);
      if (held.length + need + SLACK > this.bytes.length) {
        const wider = new Uint8Array(held.length + need + SLACK);
        wider.set(held);
        this.bytes = wider;
      } else this.bytes.copyWithin(0, this.at, this.end);
      this.at = 0;
      this.end = held.length;
      const piece = await this.#source.read(this.#next, Math.min(this.#next + need, this.#source.size));
      this.bytes.set(piece, this.end);
      this.end += piece.length;
      this.#next += piece.length;
      this.bytes.fill(0, this.end, this.end + SLACK);
      if (piece.length === 0) break;
    }
    return this.end - this.at;
  }
}
