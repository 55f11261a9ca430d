import { BLOCK, type Decibels, type Frames } from "@kuishi/base";
import type { Address, Kernels } from "@kuishi/signal";
import { type DialField, Dials } from "./dials.ts";
import type { Envelope } from "./plan.ts";

/** Where a channel's fader stands. */
export interface FaderSettings {
  readonly gainDb: Decibels;
  readonly pan?: number;
  readonly mute?: boolean;
  readonly sends?: Readonly<Record<string, Decibels>>;
}
/** The fader's values as the kernel has them (`kernels/automation.ts`); the sends come behind them. */
const [GAIN, RIDE, PAN, OPEN, SENDS] = [0, 1, 2, 3, 4] as const;
/** A send as low as this is none. */
const NOTHING: Decibels = -200;
const field = (path: readonly (string | number)[], value: number, low: number, high: number): DialField => ({ path, value, isLog: false, low, high });

/** A stereo block with a fader, pan and sends to the buses. Nothing of it jumps: what is set by hand gets there within 11 ms. */
export class Channel {
  readonly id: string;
  readonly left: Address;
  readonly right: Address;
  readonly leftView: Float32Array;
  readonly rightView: Float32Array;
  readonly fader: Dials;
  protected readonly kernels: Kernels;
  readonly #buses: readonly Channel[];
  readonly #gains: Address;
  readonly #sendTo: Uint32Array;
  readonly #sends: Address;
  readonly #peak: Float32Array;
  readonly #peakAt: Address;
  /** Its gains are not what its values say. */
  #isStale = true;

  /** @param buses which it can be sent to. */
  constructor(kernels: Kernels, id: string, settings: FaderSettings, buses: readonly Channel[] = []) {
    this.id = id;
    this.kernels = kernels;
    this.#buses = buses;
    // one side behind the other: cleared and mixed in one stroke
    this.left = kernels.floats(2 * BLOCK);
    this.right = this.left + BLOCK * 4;
    this.leftView = kernels.view(this.left, BLOCK);
    this.rightView = kernels.view(this.right, BLOCK);
    this.fader = new Dials(kernels, [
      field(["gainDb"], settings.gainDb, NOTHING, 40),
      field(["ride"], 0, NOTHING, 40),
      field(["pan"], settings.pan ?? 0, -1, 1),
      field(["open"], settings.mute ? 0 : 1, 0, 1),
      ...buses.map((bus) => field(["sends", bus.id], settings.sends?.[bus.id] ?? NOTHING, NOTHING, 40)),
    ]);
    this.#gains = kernels.floats((2 + buses.length) * BLOCK);
    this.#sends = kernels.floats(Math.max(1, buses.length));
    this.#sendTo = kernels.viewWhole(this.#sends, buses.length);
    this.#peakAt = kernels.floats(1);
    this.#peak = kernels.view(this.#peakAt, 1);
    this.wire();
  }
  /** Greatest absolute value of the block mixed last. */
  get peak(): number {
    return this.#peak[0]!;
  }
  clear(): void {
    this.kernels.call.clear(this.left, 2 * BLOCK * 4);
  }
  /** Its fader otherwise, from a frame on. */
  setFader(to: FaderSettings, frame: Frames): void {
    this.fader.put(GAIN, to.gainDb, frame);
    this.fader.put(PAN, to.pan ?? 0, frame);
    this.fader.put(OPEN, to.mute ? 0 : 1, frame);
    this.#buses.forEach((bus, k) => {
      this.fader.put(SENDS + k, to.sends?.[bus.id] ?? NOTHING, frame);
    });
    this.wire();
  }
  /** What the arrangement rides on top of the fader. */
  ride(envelope: Envelope | undefined, frame: Frames): void {
    this.fader.ride(RIDE, envelope, frame);
    this.wire();
  }
  /** To be told when envelopes of the fader were changed. Connects the sends in use: one that once was stays, since it may still be on its way down. */
  wire(): void {
    this.#buses.forEach((bus, k) => {
      if (this.fader.isUsed(SENDS + k, NOTHING)) this.#sendTo[k] = bus.left;
    });
    this.#isStale = true;
  }
  /** Fader, pan and sends over the block, into a sum. */
  mixInto(sum: Channel, frame: Frames): void {
    this.#turn(frame);
    this.kernels.call.stripMix(this.left, this.#gains, sum.left, this.#sends, this.#buses.length, this.#peakAt);
  }
  /** Its gain over the block at an address and the one behind it. */
  scale(left: Address, frame: Frames): void {
    this.#turn(frame);
    this.kernels.call.scale(left, this.#gains);
  }
  /** Passes over a block that is silent. */
  rest(): void {
    if (this.fader.moves) this.#isStale = true;
    this.#peak[0] = 0;
  }
  #turn(frame: Frames): void {
    if (!this.#isStale && !this.fader.moves) return;
    this.kernels.call.faderGains(this.fader.list, this.fader.at, this.#buses.length, this.#gains, frame);
    this.#isStale = this.fader.turn(frame + BLOCK);
  }
  /** For a jump in time: what was on its way is there. */
  settle(): void {
    this.fader.settle();
    this.#isStale = true;
  }
}
