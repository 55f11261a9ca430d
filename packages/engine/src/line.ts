import type { Cents, Frames, Seconds } from "@kuishi/base";
import type { Address, Kernels } from "@kuishi/signal";
import { bendInto, type Note } from "./note.ts";

/** How a line moves: seconds of a glide over next to nothing and how many more over a tone and a half; vibrato that comes after a while. */
export interface LineManner {
  readonly glide: readonly [least: Seconds, more: Seconds];
  readonly vibrato: { readonly hertz: number; readonly cents: Cents; readonly after: Seconds };
  /** Pitches between which notes lie, and between which bends and glides stay. */
  readonly notes: readonly [low: Cents, high: Cents];
  readonly range: readonly [low: Cents, high: Cents];
}

/** One melody line as its player leads it; its pitch is reckoned by `kernels/line.ts`. */
export class Line {
  readonly #kernels: Kernels;
  readonly #at: Address;
  /** The note that is held. */
  event: Note | undefined;

  constructor(kernels: Kernels, { glide, vibrato, notes, range }: LineManner) {
    this.#kernels = kernels;
    kernels.args.set([...glide, vibrato.hertz, vibrato.cents, vibrato.after, ...notes, ...range]);
    this.#at = kernels.call.lineMake();
  }
  /** Begins a note; a bound one sets out from where the line is. @param chance 32 bits: by how much its vibrato differs. */
  begin(event: Note, bound: boolean, chance: number): void {
    this.#handBend(event.frame);
    this.#kernels.args[1] = event.cents;
    this.#kernels.call.lineBegin(this.#at, event.frame, bound ? 1 : 0, event.bend ? 1 : 0, chance);
    this.event = event;
  }
  /** Ends the note where it is. */
  end(frame: Frames): void {
    this.#handBend(frame);
    this.#kernels.call.lineEnd(this.#at, frame);
    this.event = undefined;
  }
  /** Hands its pitch at a frame, in Hz, to the call that comes next: as its first number. */
  handPitch(frame: Frames): void {
    this.#handBend(frame);
    this.#kernels.call.linePitch(this.#at, frame);
  }
  #handBend(frame: Frames): void {
    const { args } = this.#kernels;
    args[0] = 0;
    if (this.event) bendInto(args, 0, this.event, frame);
  }
}
