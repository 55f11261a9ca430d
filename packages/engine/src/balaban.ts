import { BLOCK, centsToHertz, clamp, fromDb, hash, log2, PI, SAMPLE_RATE, sin } from "@kuishi/base";
import type { Address, Kernels } from "@kuishi/signal";
import type { Player } from "./instrument.ts";
import { bendAt, type PlanEvent } from "./plan.ts";

/**
 * The reed: a low resonance is what makes it a duduk or balaban (Dalmont, Acta Acustica 8 (2024) 60); 600 Hz is the upper end of what
 * musicology 2.4 leaves to be fitted, the rest is set so that it speaks from 0.5 to 0.8 of the closing pressure.
 */
const REED = { resonance: 600, damping: 1.2, stiffness: 0.35, dull: 0.38, square: 0.55 };
/** Frames by which reed and bore end sound too low, as the player's ear finds them at 440 Hz. */
const TRIM = -2.8;
/** Within so long of the last note's end the breath goes on: legato, and circular breathing. */
const LEGATO = 0.045 * SAMPLE_RATE;

/** The balaban: one line of breath. Fingers and half-holes glide between notes that are bound; long notes take vibrato. */
export class Balaban implements Player {
  readonly #kernels: Kernels;
  readonly #reed: Address;
  readonly #mono: Address;
  readonly #seed: number;
  readonly #steady: boolean;
  #event: PlanEvent | undefined;
  #pitch = 6000;
  #level = 1;
  #now = 1;
  #ended = -1e9;
  #from = 0;
  #began = 0;

  /** @param steady the drone of a second player (dem): no vibrato, a softer tongue. */
  constructor(kernels: Kernels, steady: boolean, seed: number) {
    this.#kernels = kernels;
    this.#seed = seed;
    this.#steady = steady;
    this.#reed = kernels.call.reedMake(4096, SAMPLE_RATE);
    kernels.call.reedSet(this.#reed, REED.resonance, REED.damping, REED.stiffness, REED.dull, REED.square);
    this.#mono = kernels.floats(BLOCK);
  }
  start(event: PlanEvent): void {
    if (!Number.isFinite(event.cents)) return;
    const { call } = this.#kernels;
    const cents = clamp(event.cents, 3600, 9600);
    const bound = this.#event !== undefined || event.frame - this.#ended < LEGATO;
    const before = this.#event ? this.#cents(event.frame) : this.#from;
    const sounding = bound && call.reedSounds(this.#reed) === 1;
    this.#event = event;
    this.#pitch = cents;
    this.#began = event.frame;
    this.#from = sounding ? before : cents;
    const force = clamp(event.velocity, 0, 1);
    const pressure = 0.56 + 0.2 * force;
    call.reedPitch(this.#reed, centsToHertz(this.#from), sounding ? 0 : 1, TRIM);
    const attack = sounding ? 0.05 : (this.#steady ? 0.12 : 0.05) - 0.02 * force;
    call.reedBlow(this.#reed, pressure, attack * SAMPLE_RATE, 0.035, hash(`${this.#seed}/${event.frame}`));
    this.#level = 0.5 * fromDb(14 * log2((0.25 + force) / 1.05));
  }
  stop(event: PlanEvent): void {
    if (this.#event !== event) return;
    this.#ended = event.frame + event.length;
    this.#from = this.#cents(this.#ended);
    this.#event = undefined;
    this.#kernels.call.reedBlow(this.#reed, 0, 0.035 * SAMPLE_RATE, 0.035, 1);
  }
  process(left: Address, right: Address, frame: number, count: number): void {
    const { call } = this.#kernels;
    if (call.reedSounds(this.#reed) === 0) return;
    call.clear(this.#mono, count * 4);
    if (this.#event) call.reedPitch(this.#reed, centsToHertz(this.#cents(frame + count)), 0, 0);
    call.reedProcess(this.#reed, this.#mono, count);
    call.gainRamp(this.#mono, count, this.#now, (this.#now += (this.#level - this.#now) * Math.min(1, count / 1500)));
    this.#kernels.call.addBoth(this.#mono, left, right, count);
  }
  silence(): void {
    this.#kernels.call.reedBlow(this.#reed, 0, 1, 0, 1);
    this.#event = undefined;
  }

  /** Where the pitch is: a half-hole glide from the note before, the event's own bend, vibrato (4-6 Hz). */
  #cents(frame: number): number {
    const event = this.#event as PlanEvent;
    const t = (frame - this.#began) / SAMPLE_RATE;
    const away = this.#from - this.#pitch;
    // larger steps take longer, up to 90 ms
    const glide = 0.03 + 0.06 * Math.min(1, Math.abs(away) / 300);
    const part = clamp(t / glide, 0, 1);
    let cents = this.#pitch + away * (1 - part * part * (3 - 2 * part));
    if (event.bend) return cents + bendAt(event.bend, frame - event.frame);
    if (!this.#steady) cents += 13 * clamp((t - 0.3) / 0.5, 0, 1) * sin(2 * PI * (5.1 + 0.2 * sin(1.3 * t)) * t);
    return cents;
  }
}
