/** How much of something may come: so much at once, and so much more each second. */
export interface Allowance {
  readonly burst: number;
  readonly perSecond: number;
}

/** A bucket that fills with time: whoever empties it waits. */
export class Bucket {
  readonly #allowance: Allowance;
  readonly #now: () => number;
  #left: number;
  #at: number;

  /** @param now milliseconds. */
  constructor(allowance: Allowance, now: () => number = () => performance.now()) {
    this.#allowance = allowance;
    this.#now = now;
    this.#left = allowance.burst;
    this.#at = now();
  }
  /** @returns whether there was that much; what is too much takes nothing. */
  take(amount = 1): boolean {
    const now = this.#now();
    this.#left = Math.min(this.#allowance.burst, this.#left + ((now - this.#at) / 1000) * this.#allowance.perSecond);
    this.#at = now;
    if (this.#left < amount) return false;
    this.#left -= amount;
    return true;
  }
  get isFull(): boolean {
    this.take(0);
    return this.#left >= this.#allowance.burst;
  }
}

/** Buckets by name (an address, a person); those that are full again are forgotten. */
export class Buckets {
  readonly #allowance: Allowance;
  readonly #buckets = new Map<string, Bucket>();
  static readonly #MAX_BUCKETS = 10_000;

  constructor(allowance: Allowance) {
    this.#allowance = allowance;
  }
  take(name: string, amount = 1): boolean {
    let bucket = this.#buckets.get(name);
    if (!bucket) {
      if (this.#buckets.size >= Buckets.#MAX_BUCKETS) for (const [other, { isFull }] of this.#buckets) if (isFull) this.#buckets.delete(other);
      bucket = new Bucket(this.#allowance);
      this.#buckets.set(name, bucket);
    }
    return bucket.take(amount);
  }
}
