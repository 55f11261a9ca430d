import { BLOCK, type Cents, centsToHertz, clamp, type Frames, fromDb, type Hertz, log2, SAMPLE_RATE } from "@kuishi/base";
import type { Address, Kernels } from "@kuishi/signal";
import type { Dials } from "./dials.ts";
import { Line } from "./line.ts";
import { type Note, UNTIL_LIFTED } from "./note.ts";
import { blockEnd, mixed, type SourceProcessor } from "./source-processor.ts";

/** A qobyz as a strip's source. */
export interface QobyzSource {
  /** Pitches of the two strings, lowest first; D3 and A3 where none are told. */
  readonly open?: readonly Cents[];
  /** How loud the other string sounds along, bowed open, 0..1. */
  readonly drone: number;
  /** High notes that are natural harmonics of a string are touched at their nodes, not stopped. */
  readonly harmonics: boolean;
}
declare module "./plan.ts" {
  interface Sources {
    qobyz: QobyzSource;
  }
}

const OPEN: readonly Cents[] = [5000, 5700];
/** So far up its string a hand stops; what is higher is a harmonic, if it is one. */
const REACH: Cents = 1400;
/** Highest partial that is touched (docs/sources.md#qobyz: to 8), and how near to it a pitch must lie. */
const [HIGHEST, NEAR_CENTS] = [8, 35];
/** Cents of the partials above the first. */
const PARTIALS = Float64Array.from({ length: HIGHEST + 1 }, (_, n) => 1200 * log2(n));
/** Within so long of the last note's end the bow turns without leaving the string. */
const LEGATO = 0.06 * SAMPLE_RATE;
/** A bow lasts so long at full speed. */
const BOW_SEC = 2.4;
/** Rosin on hair: noise in the friction. */
const ROUGH = 0.5;
/** Frames by which a string sounds too low, as the player's ear finds them. */
const TRIM = -1.9;
/**
 * Skin and bowl: resonances side by side, fitted to the levels of harmonics in 30 s of a real one; what room and microphone did is in
 * them. Hertz, quality, gain in dB, and which way it moves.
 */
const BODY = [
  [280, 11, 0, 1],
  [434, 3, 1.4, -1],
  [491, 3.6, -0.9, 1],
  [681, 6.3, 3.5, 1],
  [671, 2.5, -5.2, -1],
  [1152, 6.9, -18.6, 1],
  [1949, 4.6, -22.9, -1],
  [3104, 4.1, -24, 1],
] as const;
/** What passes it by, and where that is half as strong. */
const [DIRECT_DB, DIRECT_POLE] = [-30, 0.3];
const GAIN = 1.6;
/** What the body takes from high notes the hand gives back in part, dB an octave above F4. */
const LIFT_DB = 8;

interface BowedString {
  readonly at: Address;
  readonly open: Cents;
  readonly openHertz: Hertz;
  readonly line: Line;
  /** How fast the bow is drawn over it, one value that the kernel has. */
  readonly speed: Float64Array;
  ended: Frames;
  /** The bow is drawn over it for the sake of the other. */
  drone: boolean;
}

/** The qyl-qobyz: two strings of horsehair under one bow. A note without a string is laid where the hand finds it; both may sound. */
export class Qobyz implements SourceProcessor {
  readonly holds = true;
  readonly #kernels: Kernels;
  readonly #strings: readonly [BowedString, BowedString];
  readonly #body: Address;
  readonly #mono: Address;
  /** The drone's share. */
  readonly dials: Dials;
  readonly #harmonics: boolean;
  readonly #seed: number;
  #direction = 1;
  #turned: Frames = 0;
  /** Where the block ends that was begun last. */
  #end = -1;
  #tail = 0;

  constructor(kernels: Kernels, source: QobyzSource, dials: Dials, seed: number) {
    this.dials = dials;
    this.#kernels = kernels;
    this.#seed = seed;
    this.#harmonics = source.harmonics;
    const string = (k: 0 | 1): BowedString => {
      const at = kernels.call.bowedMake(2048, SAMPLE_RATE);
      kernels.call.bowedString(at, 0.5, 0.004, ROUGH);
      const open = clamp(source.open?.[k] ?? OPEN[k]!, 3600, 7200);
      return {
        at,
        open,
        openHertz: centsToHertz(open),
        line: new Line(kernels, { glide: [0.025, 0.06], vibrato: { hertz: 5.4, cents: 13, after: 0.25 }, notes: [3600, 10_000], range: [3000, 10_800] }),
        speed: kernels.doubles(kernels.call.bowedFull(at), 1),
        ended: -1e9,
        drone: false,
      };
    };
    this.#strings = [string(0), string(1)];
    this.#body = kernels.call.bodyMake(BODY.length);
    BODY.forEach(([hertz, quality, dB, way], k) => kernels.call.bodyMode(this.#body, k, hertz, quality, way * fromDb(dB), SAMPLE_RATE));
    kernels.call.bodyDirect(this.#body, fromDb(DIRECT_DB), DIRECT_POLE);
    this.#mono = kernels.floats(BLOCK);
  }

  start(event: Note): void {
    const { args, call } = this.#kernels;
    const string = this.#stringFor(event);
    const { line, at } = string;
    const sounding = call.bowedSounds(at) === 1 && !string.drone;
    // a note that begins while another is held, or is slid to, is on the same bow; one that follows turns it
    const slurred =
      sounding && (line.event !== undefined || event.articulation === "slide" || event.articulation === "hammerOn" || event.articulation === "pullOff");
    const bound = sounding && (slurred || event.frame - string.ended < LEGATO);
    line.begin(event, bound, mixed(this.#seed, event.frame, 1));
    string.drone = false;
    if (!slurred) this.#turn(event.frame);
    args[0] = event.velocity;
    args[1] = event.cents;
    args[2] = GAIN;
    args[3] = LIFT_DB;
    call.bowedNote(at, this.#partialOf(string, event) > 1 ? 1 : 0);
    line.handPitch(event.frame);
    args[1] = TRIM;
    call.bowedPitch(at, bound ? 0 : 1);
    this.#draw(string, event.frame);
    this.#droneAlong(string, event.frame);
    this.#tail = SAMPLE_RATE;
  }
  stop(event: Note): void {
    for (let k = 0; k < 2; k++) {
      const string = this.#strings[k]!;
      if (string.line.event !== event) continue;
      string.ended = event.frame + event.length;
      string.line.end(string.ended);
      this.#lift(string);
    }
    const low = this.#strings[0];
    const high = this.#strings[1];
    if (low.line.event || high.line.event) return;
    if (low.drone) this.#lift(low);
    if (high.drone) this.#lift(high);
  }
  process(left: Address, right: Address, frame: Frames, count: number): void {
    const { call } = this.#kernels;
    const low = this.#strings[0];
    const high = this.#strings[1];
    const sounds = call.bowedSounds(low.at) === 1 || call.bowedSounds(high.at) === 1;
    if (!sounds && this.#tail <= 0) return;
    const end = blockEnd(frame);
    if (end !== this.#end) this.#step(end);
    call.clear(this.#mono, count * 4);
    call.bowedProcess(low.at, this.#mono, count);
    call.bowedProcess(high.at, this.#mono, count);
    this.#tail = sounds ? SAMPLE_RATE : this.#tail - count;
    call.bodyProcess(this.#body, this.#mono, count);
    call.addBoth(this.#mono, left, right, count);
  }
  silence(): void {
    for (let k = 0; k < 2; k++) {
      const string = this.#strings[k]!;
      this.#kernels.call.bowedRest(string.at);
      string.line.event = undefined;
      string.drone = false;
      string.ended = -1e9;
    }
    this.#tail = 0;
  }

  /** Once a block, wherever it is cut: pitches, and a bow that has come to its end. */
  #step(end: Frames): void {
    this.#end = end;
    const hasTurned = this.dials.moves && this.dials.turn(end - BLOCK);
    let isAtEnd = false;
    for (let k = 0; k < 2; k++) {
      const string = this.#strings[k]!;
      if (hasTurned && string.drone) this.#stopDrone(string);
      if (string.line.event) {
        string.line.handPitch(end);
        this.#kernels.call.bowedPitch(string.at, 0);
      }
      // a bow lasts the shorter, the faster it is drawn
      if (string.line.event || string.drone) isAtEnd ||= end - this.#turned > (BOW_SEC * SAMPLE_RATE * 0.26) / string.speed[0]!;
    }
    if (!isAtEnd) return;
    this.#turn(end);
    for (let k = 0; k < 2; k++) {
      const string = this.#strings[k]!;
      if (string.line.event || string.drone) this.#draw(string, end);
    }
  }
  #turn(frame: Frames): void {
    this.#direction = -this.#direction;
    this.#turned = frame;
  }
  #draw({ at }: BowedString, frame: Frames): void {
    this.#kernels.call.bowedDraw(at, this.#direction, mixed(this.#seed, frame, 2));
  }
  #lift(string: BowedString): void {
    string.drone = false;
    this.#kernels.call.bowedLift(string.at);
  }
  #stopDrone({ at }: BowedString): void {
    this.#kernels.args[0] = GAIN * clamp(this.dials.values[0]!, 0, 1);
    this.#kernels.call.bowedOpen(at);
  }
  /** The bow takes the other string along. */
  #droneAlong(played: BowedString, frame: Frames): void {
    const other = this.#strings[played === this.#strings[0] ? 1 : 0];
    if (this.dials.values[0]! <= 0 || other.line.event) return;
    const { args, call } = this.#kernels;
    const fresh = call.bowedSounds(other.at) === 1 ? 0 : 1;
    other.drone = true;
    other.speed[0] = played.speed[0]!;
    this.#stopDrone(other);
    args[0] = other.openHertz;
    args[1] = TRIM;
    call.bowedPitch(other.at, fresh);
    this.#draw(other, frame);
  }

  /** The string told, else the upper one where it has the pitch; the other where that one is held by another note. */
  #stringFor(event: Note): BowedString {
    const low = this.#strings[0];
    const high = this.#strings[1];
    if (typeof event.voice === "number") return event.voice < 0.5 ? low : high;
    const wanted = event.cents >= high.open - 40 ? high : low;
    return wanted.line.event && wanted === high && event.length < UNTIL_LIFTED && wanted.line.event.frame + wanted.line.event.length > event.frame + LEGATO
      ? low
      : wanted;
  }
  /** Which partial of the string a note is touched at; 1 where it is stopped. */
  #partialOf({ open }: BowedString, { cents, articulation }: Note): number {
    const asked = articulation === "harmonic";
    if (!asked && (!this.#harmonics || cents - open < REACH)) return 1;
    for (let n = 2; n <= HIGHEST; n++) if (Math.abs(cents - open - PARTIALS[n]!) < NEAR_CENTS) return n;
    return asked ? 2 : 1;
  }
}
