import { BLOCK, type Cents, clamp, type Frames, log2, SAMPLE_RATE } from "@kuishi/base";
import type { Address, Kernels } from "@kuishi/signal";
import type { Dials } from "./dials.ts";
import { Line } from "./line.ts";
import type { Note } from "./note.ts";
import { blockEnd, mixed, type SourceProcessor } from "./source-processor.ts";

/** A sybyzgy as a strip's source. */
export interface SybyzgySource {
  /** How loud its player hums along, 0..1, and at which pitch. */
  readonly hum: number;
  readonly humCents: Cents;
}
declare module "./plan.ts" {
  interface Sources {
    sybyzgy: SybyzgySource;
  }
}

/** Lowest tone of a pipe of 58 cm; and how far its holes lead up from it in each register (docs/instruments/sybyzgy.md). */
const PIPE: Cents = 6200;
const REGISTERS: readonly Cents[] = [1200, 702, 498, 386, 3000];
/** Highest pitch of each. */
const TOPS = Float64Array.from(REGISTERS, (above, k) => PIPE + 1200 * log2(k + 1) + above);
/** Within so long of the last note's end the breath goes on. */
const LEGATO = 0.045 * SAMPLE_RATE;
/** Loss at the ends; the jet's lean, which gives even partials. */
const [DULL, LEAN] = [0.3, 0.8];
/** Frames in which the breath dies away. */
const FALL = 0.04 * SAMPLE_RATE;
/** Formants of a mouth that blows while it hums: a closed vowel. */
const [FIRST, SECOND] = [330, 760];
const GAIN = 0.022;
const HUM = 10;

/** The sybyzgy: one line of breath over an open pipe, overblown from register to register, its player humming if asked. */
export class Sybyzgy implements SourceProcessor {
  readonly holds = true;
  readonly #kernels: Kernels;
  readonly #flute: Address;
  readonly #mono: Address;
  readonly #line: Line;
  /** How loud the hum is, and its pitch. */
  readonly dials: Dials;
  readonly #seed: number;
  #ended: Frames = -1e9;
  #partial = 1;
  /** Where the block ends that was begun last. */
  #end = -1;

  constructor(kernels: Kernels, dials: Dials, seed: number) {
    this.dials = dials;
    this.#kernels = kernels;
    this.#seed = seed;
    this.#flute = kernels.call.fluteMake(2048, SAMPLE_RATE);
    kernels.call.fluteSet(this.#flute, DULL, LEAN);
    this.#hum();
    this.#line = new Line(kernels, { glide: [0.02, 0.05], vibrato: { hertz: 5, cents: 11, after: 0.4 }, notes: [4800, 9800], range: [4200, 10_400] });
    this.#mono = kernels.floats(BLOCK);
  }
  start(event: Note): void {
    const { args, call } = this.#kernels;
    const sounding = call.fluteSounds(this.#flute) === 1;
    const bound = sounding && (this.#line.event !== undefined || event.frame - this.#ended < LEGATO);
    this.#line.begin(event, bound, mixed(this.#seed, event.frame, 1));
    // the lowest register whose holes reach the pitch
    let partial = 1;
    while (partial < TOPS.length && event.cents > TOPS[partial - 1]!) partial++;
    this.#partial = partial;
    this.#line.handPitch(event.frame);
    args[1] = event.cents;
    call.flutePitch(this.#flute, this.#partial, bound ? 0 : 1);
    args[0] = event.velocity;
    call.fluteNote(this.#flute, mixed(this.#seed, event.frame, 2));
  }
  stop(event: Note): void {
    if (this.#line.event !== event) return;
    this.#ended = event.frame + event.length;
    this.#line.end(this.#ended);
    this.#kernels.call.fluteEnd(this.#flute, FALL);
  }
  process(left: Address, right: Address, frame: Frames, count: number): void {
    const { call } = this.#kernels;
    if (call.fluteSounds(this.#flute) === 0) return;
    const end = blockEnd(frame);
    if (end !== this.#end) {
      // once a block, wherever it is cut
      this.#end = end;
      if (this.dials.moves && this.dials.turn(end - BLOCK)) this.#hum();
      if (this.#line.event) {
        this.#line.handPitch(end);
        call.flutePitch(this.#flute, this.#partial, 0);
      }
    }
    call.clear(this.#mono, count * 4);
    call.fluteProcess(this.#flute, this.#mono, count);
    call.gainRamp(this.#mono, count, GAIN, GAIN);
    call.addBoth(this.#mono, left, right, count);
  }
  #hum(): void {
    const { args, call } = this.#kernels;
    args[0] = HUM * clamp(this.dials.values[0]!, 0, 1);
    args[1] = clamp(this.dials.values[1]!, 3000, 7200);
    args[2] = FIRST;
    args[3] = SECOND;
    call.fluteHum(this.#flute);
  }
  silence(): void {
    this.#kernels.call.fluteRest(this.#flute);
    this.#line.event = undefined;
    this.#ended = -1e9;
  }
}
