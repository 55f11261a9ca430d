import { BLOCK, type Cents, centsToHertz, clamp, exp2, type Frames, hash, PI, pow, SAMPLE_RATE, type Seconds } from "@kuishi/base";
import type { Address, Kernels } from "@kuishi/signal";
import type { Note } from "./note.ts";
import type { PlanEvent } from "./plan.ts";
import { mixed, type SourceProcessor } from "./source-processor.ts";

declare module "./plan.ts" {
  interface Sources {
    tanpura: object;
  }
}

/** Strings first (Pa, Ma or Ni), jora, jora, low Sa: the pair is 8.6 cents apart in one source; 2 is heard as unison. */
const JORA: Cents = 2;

/** Cents of the four strings about the middle Sa. */
export function tanpuraStrings(sa: Cents, first: Cents): readonly [Cents, Cents, Cents, Cents] {
  return [sa - 1200 + first, sa, sa + JORA, sa - 1200];
}

/**
 * The drone player: one string after another, the low Sa left to ring, over and over. Cycle 3.5-6 s (docs/sources.md#tanpura).
 * @param first cents of the first string above the low Sa: 702 Pa, 498 Ma, 1088 Ni.
 */
export function tanpuraCycle(from: Frames, to: Frames, sa: Cents, first: Cents, cycle: Seconds, seed: number): PlanEvent[] {
  const strings = tanpuraStrings(sa, first);
  const events: PlanEvent[] = [];
  const length = Math.round(cycle * SAMPLE_RATE);
  for (let at = from, k = 0; at < to; at += length, k++) {
    [0, 0.24, 0.44, 0.64].forEach((part, voice) => {
      const stray = (hash(`${seed}/${k}/${voice}`) % 2000) / 2000 - 0.5;
      const frame = Math.round(at + (part + 0.02 * stray) * length);
      if (frame < to && frame >= from) events.push({ frame, length, cents: strings[voice]!, velocity: 0.7 + 0.12 * stray, voice });
    });
  }
  return events;
}

const k = 1 / SAMPLE_RATE;
/** Losses of a thin metal string, 1/s and of the second kind; stiffness B; all set by hand within what metal strings have. */
const [SIGMA0, SIGMA1, STIFF] = [0.33, 0.00014, 2.5e-5];
/** Length of the bridge and of its curve's radius, as parts of the string; the thread lifts the string to where it only just touches. */
const [BRIDGE, RADIUS, THREAD] = [0.034, 1.7, 0.0075];

interface DroneString {
  readonly at: Address;
  cents: Cents;
}

/** Four strings of metal over one broad curved bridge; their buzz is the bridge's. */
export class Tanpura implements SourceProcessor {
  readonly #kernels: Kernels;
  readonly #strings: DroneString[];
  readonly #body: Address;
  readonly #mono: Address;
  readonly #seed: number;
  #tail = 0;

  constructor(kernels: Kernels, seed: number) {
    this.#kernels = kernels;
    this.#seed = seed;
    this.#strings = [0, 1, 2, 3].map(() => ({ at: kernels.call.jivariMake(900), cents: Number.NaN }));
    // a gourd: few broad resonances, by hand
    const modes = [
      [118, 5, -8],
      [190, 6, -7],
      [310, 6, -9],
      [520, 5, -10],
      [980, 4, -10],
      [2100, 3, -8],
    ] as const;
    this.#body = kernels.call.bodyMake(modes.length);
    modes.forEach(([hertz, quality, dB], i) => kernels.call.bodyMode(this.#body, i, hertz, quality, pow(10, dB / 20), SAMPLE_RATE));
    kernels.call.bodyDirect(this.#body, 0.5, 0.35);
    this.#mono = kernels.floats(BLOCK);
  }
  start(event: Note): void {
    const { voice } = event;
    const index = clamp(typeof voice === "number" ? voice : Math.round(event.cents / 500) % 4, 0, 3);
    const string = this.#strings[index]!;
    if (string.cents !== event.cents) this.#tune(string, clamp(event.cents, 3600, 7600));
    string.cents = event.cents;
    this.#kernels.args[0] = event.velocity;
    this.#kernels.call.jivariPluck(string.at, (mixed(this.#seed, event.frame, index) >>> 0) % 1000);
    this.#tail = SAMPLE_RATE;
  }
  stop(): void {
    // a tanpura's strings ring until they are plucked again
  }
  process(left: Address, right: Address, _frame: number, count: number): void {
    const { call } = this.#kernels;
    let sounds = false;
    call.clear(this.#mono, count * 4);
    for (let k = 0; k < this.#strings.length; k++) {
      const { at } = this.#strings[k]!;
      if (call.jivariSounds(at) === 0) continue;
      sounds = true;
      call.jivariProcess(at, this.#mono, count);
    }
    this.#tail = sounds ? SAMPLE_RATE : this.#tail - count;
    if (this.#tail <= 0) return;
    call.gainRamp(this.#mono, count, LOUD, LOUD);
    call.bodyProcess(this.#body, this.#mono, count);
    this.#kernels.call.addBoth(this.#mono, left, right, count);
  }
  silence(): void {
    for (const { at } of this.#strings) this.#kernels.call.jivariRest(at);
    this.#tail = 0;
  }

  /** The scheme's coefficients for a pitch (Bilbao, Numerical Sound Synthesis, ch. 7): the finest grid that is stable. */
  #tune(string: DroneString, cents: Cents): void {
    // the bridge, on which the string rolls, shortens it: measured on this model, 3.6 cents at 5500
    const hertz = centsToHertz(cents - 3.6 * exp2((5500 - cents) / 1200));
    const c = (2 * hertz) / Math.sqrt(1 + STIFF);
    const kappa = (c * Math.sqrt(STIFF)) / PI;
    const spread = c * c * k * k + 4 * SIGMA1 * k;
    const least = Math.sqrt((spread + Math.sqrt(spread * spread + 16 * kappa * kappa * k * k)) / 2);
    const points = Math.min(890, Math.floor(0.97 / least)) - 1;
    const h = 1 / (points + 1);
    const l = (c * c * k * k) / (h * h);
    const m = (kappa * kappa * k * k) / (h * h * h * h);
    const s = (2 * SIGMA1 * k) / (h * h);
    const d = SIGMA0 * k;
    const gain = 1 / (1 + d);
    const contact = Math.min(60, Math.max(3, Math.round(BRIDGE * (points + 1))));
    const { args, call } = this.#kernels;
    args[0] = gain * (2 - 2 * l - 6 * m - 2 * s);
    args[1] = gain * (l + 4 * m + s);
    args[2] = -gain * m;
    args[3] = gain * (-(1 - d) + 2 * s);
    args[4] = -gain * s;
    args[5] = STIFFNESS;
    args[6] = gain;
    call.jivariSet(string.at, points, contact);
    for (let i = 0; i < contact; i++) {
      // a parabola that begins under the thread and falls away towards the string's middle
      const x = (i + 1) * h - THREAD;
      args[0] = x < 0 ? -1 : (-x * x) / (2 * RADIUS) - 4e-6;
      call.jivariBridge(string.at, i);
    }
  }
}
/** k sqrt(spring): one point's rebound takes a few frames. */
const STIFFNESS = 0.9;
const LOUD = 6500;
