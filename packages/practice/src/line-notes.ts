import type { Cents, Seconds } from "@kuishi/base";
import type { FollowedStroke } from "./follow.ts";

/** A moment of a line's pitch; 0 cents where it rests. */
interface LinePitch {
  readonly at: Seconds;
  readonly cents: Cents;
}
/** A pitch held within so many cents for so long is a note; the next one lies farther off, or after a rest. */
const [HELD_CENTS, HELD_SEC, ANOTHER_CENTS, REST_SEC] = [40, 0.06, 70, 0.04];

/** Notes of one line (a voice, a reed, a bow) as they come: each told once its pitch holds. */
export class LineNotes {
  #held: LinePitch[] = [];
  #note: Cents | null = null;
  #silentSince: Seconds | null = null;
  #count = 0;

  /** @param moment the next of the line. @returns the note that is now known, if any. */
  hear({ at, cents }: LinePitch): FollowedStroke[] {
    if (cents === 0) {
      this.#silentSince ??= at;
      this.#held = [];
      if (at - this.#silentSince >= REST_SEC) this.#note = null;
      return [];
    }
    this.#silentSince = null;
    this.#held = [...this.#held.filter((one) => Math.abs(one.cents - cents) < HELD_CENTS), { at, cents }];
    const first = this.#held[0]!;
    if (at - first.at < HELD_SEC || (this.#note !== null && Math.abs(cents - this.#note) < ANOTHER_CENTS)) return [];
    this.#note = cents;
    return [{ id: this.#count++, at: first.at, cents: [cents] }];
  }
}
