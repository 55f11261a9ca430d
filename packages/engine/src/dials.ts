import { clamp, type Frames } from "@kuishi/base";
import type { Address, Held, Kernels } from "@kuishi/signal";
import type { Envelope } from "./plan.ts";

/** A value of a device that may move. */
export interface DialField {
  readonly path: readonly (string | number)[];
  readonly value: number;
  /** It is felt in ratios. */
  readonly isLog: boolean;
  /** What an envelope may lead to. */
  readonly low: number;
  readonly high: number;
}

/** Farthest a point may lie: six hours. */
const LAST: Frames = 1_073_741_823;
/** Frames in which a value goes to where a hand puts it: 11 ms. */
const GLIDE: Frames = 512;

/**
 * The values of a device, side by side in the kernels' memory, each at rest or on its way: along an envelope of the plan, or shortly to where
 * a hand put it. What a value is at a frame depends on the frame alone.
 */
export class Dials {
  /** Where the values stand, and the same to read. */
  readonly at: Address;
  readonly values: Float32Array;
  readonly list: Address;
  readonly count: number;
  readonly #kernels: Kernels;
  readonly #keys: readonly string[];
  readonly #fields: readonly DialField[];
  /** Values as they are where no envelope moves them. */
  readonly #base: Float64Array;
  readonly #envelopes: (Envelope | undefined)[];
  readonly #points: (Held<Address> | undefined)[];
  /** How many move along envelopes. */
  #riding = 0;
  /** Where the last glide is over; before the beginning: none. */
  #until: Frames = -1;

  constructor(kernels: Kernels, fields: readonly DialField[]) {
    this.#kernels = kernels;
    this.count = fields.length;
    this.#fields = fields;
    this.#keys = fields.map((field) => field.path.join());
    this.#base = Float64Array.from(fields, (field) => field.value);
    this.#envelopes = fields.map(() => undefined);
    this.#points = fields.map(() => undefined);
    this.list = kernels.call.dialsMake(fields.length);
    this.at = kernels.put(this.#base);
    this.values = kernels.view(this.at, fields.length);
    fields.forEach((field, k) => kernels.call.dialKind(this.list, k, field.isLog ? 1 : 0));
  }
  /** Which value a path leads to; -1 for none. */
  indexOf(path: readonly (string | number)[]): number {
    return this.#keys.indexOf(path.join());
  }
  /** Whether a value ever comes above `least`: where it is put, where it is, or on its envelope. */
  isUsed(k: number, least: number): boolean {
    return this.#base[k]! > least || this.values[k]! > least || (this.#envelopes[k]?.some(([, value]) => value > least) ?? false);
  }
  /** Puts a value somewhere; it goes there from a frame on, shortly. One that an envelope moves stays with that. */
  put(k: number, value: number, frame: Frames): void {
    if (this.#base[k] === value) return;
    this.#base[k] = value;
    if (!this.#envelopes[k]) this.#glide(k, frame);
  }
  /** Puts a value on an envelope, or takes it off. @throws RangeError where there is no room for its points. */
  ride(k: number, envelope: Envelope | undefined, frame: Frames): void {
    const own = envelope && envelope.length > 0 ? envelope : undefined;
    if (own === this.#envelopes[k]) return;
    const before = this.#points[k];
    if (own) {
      const points = this.#kernels.hold(() => this.#kernels.floats(2 * own.length));
      const frames = this.#kernels.viewSigned(points.it, 2 * own.length);
      const values = this.#kernels.view(points.it, 2 * own.length);
      const { low, high } = this.#fields[k]!;
      let last = 0;
      own.forEach(([at, value], i) => {
        last = Math.max(last, clamp(Math.round(at) || 0, 0, LAST));
        frames[2 * i] = last;
        values[2 * i + 1] = clamp(Number.isNaN(value) ? this.#base[k]! : value, low, high);
      });
      this.#kernels.call.dialEnvelope(this.list, k, points.it, own.length);
      this.#points[k] = points;
    } else {
      this.#points[k] = undefined;
      this.#glide(k, frame);
    }
    if (before) before.free();
    this.#riding += (own ? 1 : 0) - (this.#envelopes[k] ? 1 : 0);
    this.#envelopes[k] = own;
  }
  #glide(k: number, frame: Frames): void {
    this.#kernels.call.dialGlide(this.list, k, this.at, frame, GLIDE, this.#base[k]!);
    this.#until = frame + GLIDE;
  }
  /** Ends all glides where they lead. */
  settle(): void {
    if (this.#until < 0) return;
    this.#until = -1;
    for (let k = 0; k < this.count; k++) {
      if (this.#envelopes[k]) continue;
      this.values[k] = this.#base[k]!;
      this.#kernels.call.dialEnvelope(this.list, k, 0, 0);
    }
  }
  /** Whether anything is on its way. */
  get moves(): boolean {
    return this.#riding > 0 || this.#until >= 0;
  }
  /** Brings all values to what they are at a frame. @returns whether any of them is another than before. */
  turn(frame: Frames): boolean {
    if (this.#until >= 0 && frame >= this.#until) {
      this.settle();
      this.#kernels.call.dialsTurn(this.list, this.count, this.at, frame);
      return true;
    }
    return this.#kernels.call.dialsTurn(this.list, this.count, this.at, frame) === 1;
  }
  /** Gives back the points; the values themselves go with the device. */
  free(): void {
    for (const points of this.#points) points?.free();
  }
}
