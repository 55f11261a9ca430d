import { atan2, BLOCK, centsToHertz, clamp, cos, exp, exp2, hash, PI, pow, SAMPLE_RATE, sin } from "@kuishi/base";
import type { Address, Kernels } from "@kuishi/signal";
import { addToBoth, type Player } from "./instrument.ts";
import type { PlanEvent } from "./plan.ts";

/**
 * Body modes, Hz, quality and level in dB: onset noise peaks 231, 331, 387, 590, 662, 773 Hz
 * measured on a real instrument (musicology 1.1.3); qualities 10-30 are starting values.
 */
const BODIES = {
  western: {
    modes: [
      [231, 9, -3],
      [331, 12, -1],
      [387, 14, 0],
      [590, 14, -9],
      [662, 16, -11],
      [773, 16, -13],
      [1150, 14, -18],
      [1900, 12, -22],
    ],
    low: 0.2,
  },
  arqa: {
    modes: [
      [205, 8, -1],
      [300, 10, 0],
      [360, 12, -1],
      [540, 12, -11],
      [610, 14, -13],
      [700, 14, -16],
      [1000, 12, -22],
      [1600, 12, -27],
    ],
    low: 0.16,
  },
} as const;

/** Loss sigma(f) = s0 + s2 (f / kHz)^2 per fret zone, measured (musicology 1.1.3). */
function losses(fret: number): readonly [number, number] {
  if (fret <= 2) return [2.4, 2.55];
  if (fret <= 7) return [2.86, 2.61];
  return fret <= 12 ? [4.99, 2.12] : [5.66, 2.65];
}

/** Settings of one loop of the string. */
export interface LoopDesign {
  readonly delay: number;
  readonly b0: number;
  readonly b1: number;
  readonly a1: number;
  readonly dispersion: number;
}

/** Phase delay in frames of (b0 + b1 z^-1)/(1 + a1 z^-1) at `w` radians per frame. */
function phaseDelay(b0: number, b1: number, a1: number, w: number): number {
  const [c, s] = [cos(w), sin(w)];
  const top = atan2(-b1 * s, b0 + b1 * c);
  const bottom = atan2(-a1 * s, 1 + a1 * c);
  return -(top - bottom) / w;
}

/**
 * A string loop tuned to `hertz`: a one-pole loss filter fitted to the decay at the fundamental and at 2 kHz
 * (Jaffe and Smith 1983; Karjalainen, Valimaki and Tolonen 1998), two allpasses for stiffness `b`
 * chosen so that partial 8 lies where f_n = n f0 sqrt(1 + B n^2) puts it, the delay making up the rest.
 */
export function designLoop(hertz: number, fret: number, b: number, lossScale: number): LoopDesign {
  const [s0, s2] = losses(fret);
  const gainAt = (f: number): number => exp((-(s0 + s2 * (f / 1000) * (f / 1000)) * lossScale) / hertz);
  const g0 = gainAt(hertz);
  const high = Math.max(2000, hertz * 5);
  const g1 = gainAt(high);
  // |H| = g (1 + a) / |1 + a z^-1|, a in (-1, 0]: bisection on the ratio at `high`
  const w1 = (2 * PI * high) / SAMPLE_RATE;
  let low = -0.9;
  let top = 0;
  for (let i = 0; i < 40; i++) {
    const a = (low + top) / 2;
    const magnitude = (1 + a) / Math.sqrt(1 + 2 * a * cos(w1) + a * a);
    if (magnitude * g0 > g1) top = a;
    else low = a;
  }
  const a1 = (low + top) / 2;
  const b0 = g0 * (1 + a1);
  const delayFor = (d: number, n: number): number => {
    const w = (2 * PI * hertz * n * Math.sqrt(1 + b * n * n)) / SAMPLE_RATE;
    const wanted = (n * 2 * PI) / w;
    return wanted - phaseDelay(b0, 0, a1, w) - 2 * phaseDelay(d, 1, d, w);
  };
  const n = Math.max(2, Math.min(8, Math.floor(9000 / hertz)));
  let dLow = -0.9;
  let dHigh = 0.3;
  for (let i = 0; i < 40; i++) {
    const d = (dLow + dHigh) / 2;
    // partial n needs less delay than partial 1 allows: more negative d spreads them further
    if (delayFor(d, n) > delayFor(d, 1)) dLow = d;
    else dHigh = d;
  }
  const dispersion = (dLow + dHigh) / 2;
  return { delay: Math.max(4, delayFor(dispersion, 1)), b0, b1: 0, a1, dispersion };
}

interface StringVoice {
  readonly at: Address;
  event: PlanEvent | undefined;
}

/** The dombra: strings with two polarisations each into one body. No sample of a real note is in it. */
export class Dombra implements Player {
  readonly #kernels: Kernels;
  readonly #strings: StringVoice[][];
  readonly #body: Address;
  readonly #mono: Address;
  readonly #nail: number;
  readonly #seed: number;
  readonly #designs = new Map<string, LoopDesign>();
  #idle = Infinity;

  constructor(kernels: Kernels, strings: number, nail: number, body: "arqa" | "western", seed: number) {
    this.#kernels = kernels;
    this.#nail = nail;
    this.#seed = seed;
    // two voices a string: the old note dies under the finger while the new one starts
    this.#strings = Array.from({ length: strings }, () => [0, 1].map(() => ({ at: kernels.call.pluckMake(2048), event: undefined })));
    const { modes, low } = BODIES[body];
    this.#body = kernels.call.bodyMake(modes.length);
    modes.forEach(([hertz, quality, level], k) => kernels.call.bodyMode(this.#body, k, hertz, quality, exp(level * 0.1151292546), SAMPLE_RATE));
    kernels.call.bodyDirect(this.#body, 0.55, low);
    this.#mono = kernels.floats(BLOCK);
  }

  start(event: PlanEvent): void {
    const string = clamp(typeof event.voice === "number" ? event.voice : 0, 0, this.#strings.length - 1);
    const voices = this.#strings[string] as StringVoice[];
    const [old, fresh] = voices as [StringVoice, StringVoice];
    this.#kernels.call.pluckRelease(old.at, 240);
    voices.reverse();
    fresh.event = event;
    const hertz = centsToHertz(event.cents);
    const fret = clamp(Math.round((event.cents - (string === 0 ? 5000 : 5500)) / 100), 0, 24);
    const stiffness = (string === 0 ? 6.3e-5 : 4.9e-5) * exp2(0.14 * fret);
    const vertical = this.#design(hertz * 0.9997, fret, stiffness, 1);
    const horizontal = this.#design(hertz * 1.0002, fret, stiffness, 0.55);
    const { call } = this.#kernels;
    call.pluckTune(fresh.at, 0, vertical.delay, vertical.b0, vertical.b1, vertical.a1, vertical.dispersion);
    call.pluckTune(fresh.at, 1, horizontal.delay, horizontal.b0, horizontal.b1, horizontal.a1, horizontal.dispersion);
    const chance = hash(`${this.#seed}/${event.frame}/${string}`);
    const vary = (chance % 1000) / 1000 - 0.5;
    const force = pow(event.velocity, 1.3) * (1 + 0.08 * vary);
    const period = SAMPLE_RATE / hertz;
    // A harder stroke is a shorter push: brighter (finger 2-5 kHz, nail 6-12 kHz; musicology 2.1.5).
    const pulse = Math.round(clamp(44 - 26 * event.velocity - 10 * this.#nail, 8, 60));
    const beta = 0.17 + 0.04 * vary;
    call.pluckStrike(
      fresh.at,
      force * (18 / pulse) * 0.16,
      pulse,
      Math.max(2, Math.round(beta * period)),
      0.05 * this.#nail * force,
      0.985,
      0.5,
      0.012,
      0.35,
      0.05 * event.velocity * event.velocity,
      chance,
    );
    this.#idle = 0;
  }
  stop(event: PlanEvent): void {
    for (const voices of this.#strings) for (const voice of voices) if (voice.event === event) this.#kernels.call.pluckRelease(voice.at, 4000);
  }
  process(left: Address, right: Address, _frame: number, count: number): void {
    const { call } = this.#kernels;
    let sounding = false;
    for (const voices of this.#strings) for (const voice of voices) if (call.pluckSounds(voice.at) === 1) sounding = true;
    this.#idle = sounding ? 0 : this.#idle + count;
    if (this.#idle > SAMPLE_RATE / 2) return; // the body has rung out
    call.clear(this.#mono, count * 4);
    for (const voices of this.#strings) for (const voice of voices) call.pluckProcess(voice.at, this.#mono, count);
    call.bodyProcess(this.#body, this.#mono, count);
    addToBoth(this.#kernels, this.#mono, left, right, count);
  }
  silence(): void {
    for (const voices of this.#strings) for (const voice of voices) this.#kernels.call.pluckRelease(voice.at, 1);
    this.#idle = Infinity;
  }

  #design(hertz: number, fret: number, stiffness: number, lossScale: number): LoopDesign {
    const key = `${hertz}/${fret}/${lossScale}`;
    let design = this.#designs.get(key);
    if (!design) this.#designs.set(key, (design = designLoop(hertz, fret, stiffness, lossScale)));
    return design;
  }
}
