import { BLOCK, type Frames, SAMPLE_RATE, type Seconds } from "@kuishi/base";
import type { Address, Kernels } from "@kuishi/signal";
import { Line } from "./line.ts";
import type { Note } from "./note.ts";
import { blockEnd, mixed, type SourceProcessor } from "./source-processor.ts";

/** A balaban as a strip's source. */
export interface BalabanSource {
  /** The drone of a second player. */
  readonly steady: boolean;
}
declare module "./plan.ts" {
  interface Sources {
    balaban: BalabanSource;
  }
}

/**
 * The reed: a low resonance is what makes it a duduk or balaban (Dalmont, Acta Acustica 8 (2024) 60); 600 Hz is the upper end of what
 * docs/sources.md#balaban leaves to be fitted, the rest is set so that it speaks from 0.5 to 0.8 of the closing pressure.
 */
const REED = { resonance: 600, damping: 1.2, stiffness: 0.35, dull: 0.38, square: 0.55 };
/** Frames by which reed and bore end sound too low, as the player's ear finds them at 440 Hz. */
const TRIM = -2.8;
/** Within so long of the last note's end the breath goes on: legato, and circular breathing. */
const LEGATO = 0.045 * SAMPLE_RATE;
/** Frames in which the breath dies away. */
const FALL = 0.035 * SAMPLE_RATE;

/** The balaban: one line of breath. Fingers and half-holes glide between notes that are bound; long notes take vibrato. */
export class Balaban implements SourceProcessor {
  readonly holds = true;
  readonly #kernels: Kernels;
  readonly #reed: Address;
  readonly #mono: Address;
  readonly #seed: number;
  /** Seconds in which a soft tongue lets it speak. */
  readonly #attack: Seconds;
  readonly #line: Line;
  #ended: Frames = -1e9;

  /** @param steady the drone of a second player (dem): no vibrato, a softer tongue. */
  constructor(kernels: Kernels, steady: boolean, seed: number) {
    this.#kernels = kernels;
    this.#seed = seed;
    this.#attack = steady ? 0.12 : 0.05;
    this.#reed = kernels.call.reedMake(4096, SAMPLE_RATE);
    kernels.call.reedSet(this.#reed, REED.resonance, REED.damping, REED.stiffness, REED.dull, REED.square);
    // vibrato of 4-6 Hz on long notes; a half-hole glide takes up to 90 ms
    this.#line = new Line(kernels, {
      glide: [0.03, 0.06],
      vibrato: { hertz: 5.1, cents: steady ? 0 : 13, after: 0.3 },
      notes: [3600, 9600],
      range: [-1200, 15_500],
    });
    this.#mono = kernels.floats(BLOCK);
  }
  start(event: Note): void {
    const { args, call } = this.#kernels;
    const sounding = call.reedSounds(this.#reed) === 1 && (this.#line.event !== undefined || event.frame - this.#ended < LEGATO);
    this.#line.begin(event, sounding, mixed(this.#seed, event.frame, 1));
    this.#line.handPitch(event.frame);
    args[1] = TRIM;
    call.reedPitch(this.#reed, sounding ? 0 : 1);
    args[0] = event.velocity;
    args[1] = this.#attack;
    call.reedNote(this.#reed, sounding ? 1 : 0, mixed(this.#seed, event.frame, 0));
  }
  stop(event: Note): void {
    if (this.#line.event !== event) return;
    this.#ended = event.frame + event.length;
    this.#line.end(this.#ended);
    this.#kernels.call.reedEnd(this.#reed, FALL);
  }
  process(left: Address, right: Address, frame: number, count: number): void {
    const { call } = this.#kernels;
    if (call.reedSounds(this.#reed) === 0) return;
    call.clear(this.#mono, count * 4);
    if (this.#line.event) {
      this.#line.handPitch(blockEnd(frame));
      call.reedPitch(this.#reed, 0);
    }
    call.reedProcess(this.#reed, this.#mono, count);
    call.addBoth(this.#mono, left, right, count);
  }
  silence(): void {
    this.#kernels.call.reedEnd(this.#reed, 1);
    this.#line.event = undefined;
  }
}
