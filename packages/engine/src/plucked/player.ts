import { BLOCK, type Cents, centsToHertz, clamp, cos, exp, exp2, fromDb, type Hertz, hash, log2, PI, pow, SAMPLE_RATE, sin } from "@kuishi/base";
import type { Address, Kernels } from "@kuishi/signal";
import type { Player } from "../instrument.ts";
import { bendAt, type PlanEvent } from "../plan.ts";
import { GLIDE, type PluckedSound } from "./sound.ts";

/** One sounding note of a string. A string has two: the old one dies under the finger while the new one begins. */
interface Ringing {
  readonly at: Address;
  /** Its bit among the instrument's banks. */
  readonly bit: number;
  /** Bend and damping, as the kernel reads them. */
  readonly wanted: Float64Array;
  event: PlanEvent | undefined;
  /** Pitch its partials were struck at, and the one the finger holds now. */
  struck: Cents;
  cents: Cents;
  /** Loudness of the stroke and loss of its fundamental: what a hammered finger finds left. */
  strength: number;
  loss: number;
  /** Cents by which it begins sharp. */
  sharp: Cents;
  /** A slide: where it came from, as cents beside `cents`, and how long it takes. */
  from: Cents;
  slide: number;
  began: number;
  damp: number;
  /** Whether its pitch may still move by itself. */
  moves: boolean;
}
/** A string at a pitch: its partials at the reference stroke. */
interface Pitch {
  readonly fret: number;
  readonly rise: number;
  readonly partials: readonly PitchPartial[];
}
interface PitchPartial {
  readonly hertz: Hertz;
  readonly loss: number;
  readonly level: number;
  readonly comb: number;
}
interface Course {
  readonly nut: Cents;
  now: Ringing;
  before: Ringing;
}

const TAU = 2 * PI;
/** Radians or nepers a frame from those a second. */
const PER_FRAME = 1 / SAMPLE_RATE;
/** Loss under a finger or a plectrum that touches: dead in about 25 ms. */
const TOUCHED = 260 * PER_FRAME;
/** Loss of a note that is let go. */
const LET_GO = 60 * PER_FRAME;
const MUTED = 90 * PER_FRAME;
const NEVER = -1e9;
/** Two banks a string and one for the body, a bit each. */
const MOST_STRINGS = 15;
const REST = -0x8000_0000;
const STEP = 256 * PER_FRAME;
/** Partials below this are not begun: 62 dB under a plain stroke. */
const FAINT = 1.5e-4;

/**
 * Any plucked instrument: every string a bank of partials that ring freely, struck by what plucks it, coupled
 * over the bridge, changed by the left hand. Exact for linear strings (modal synthesis; Smith, PASP); what is not linear, the
 * tension of a hard stroke, moves all partials. No recorded note is in it.
 */
export class Plucked implements Player {
  readonly #kernels: Kernels;
  readonly #sound: PluckedSound;
  readonly #courses: Course[];
  readonly #instrument: Address;
  readonly #thump: Address;
  readonly #burst: Address;
  /** A bit for each bank that sounds, and the sign while anything does. */
  #alive = 0;
  readonly #nail: number;
  readonly #seed: number;
  #strokes = 0;

  /**
   * @param open pitches of the open strings, at most 15: more than the model has make an ensemble on one body; none, the model's own.
   * @param nail 0 the fingertip .. 1 nail or plectrum; 0.5 is what the sound was measured with.
   */
  constructor(kernels: Kernels, sound: PluckedSound, open: readonly Cents[], nail: number, seed: number) {
    this.#kernels = kernels;
    this.#sound = sound;
    this.#nail = nail;
    this.#seed = seed;
    const count = clamp(Math.max(sound.strings, open.length), 1, MOST_STRINGS);
    // two banks a string, the last one is the body's
    this.#instrument = kernels.call.instrumentMake(2 * count + 1, Math.max(sound.partials * 3 + 24, 4 * sound.body.length + 4));
    this.#thump = kernels.call.instrumentBank(this.#instrument, 2 * count);
    const ringing = (bank: number, cents: Cents): Ringing => {
      const at = kernels.call.instrumentBank(this.#instrument, bank);
      return {
        at,
        bit: 1 << bank,
        wanted: kernels.doubles(kernels.call.bankWanted(at), 2),
        event: undefined,
        struck: cents,
        cents,
        strength: 0,
        loss: 1,
        sharp: 0,
        from: 0,
        slide: 0,
        began: NEVER,
        damp: 0,
        moves: false,
      };
    };
    this.#courses = Array.from({ length: count }, (_, string) => {
      const nut = open[string] ?? (sound.open[string % sound.strings] as Cents);
      return { nut, now: ringing(2 * string, nut), before: ringing(2 * string + 1, nut) };
    });
    this.#burst = kernels.call.burstMake();
  }

  start(event: PlanEvent): void {
    if (!Number.isFinite(event.cents)) return;
    // the body answers every stroke
    this.#alive |= REST;
    const random = chances(hash(`${this.#seed}/${event.frame}/${event.voice}/${++this.#strokes}`));
    if (event.articulation === "tap") {
      this.#knock(event.velocity, random, 12);
      return;
    }
    const course = this.#courses[this.#courseOf(event)] as Course;
    const { now } = course;
    const left = now.strength * exp(-now.loss * (event.frame - now.began) * PER_FRAME);
    const sounding = (this.#alive & now.bit) !== 0 && now.damp === 0;
    if (event.articulation === "slide" && sounding) {
      this.#slide(now, event, random);
      return;
    }
    const leftHand = sounding && (event.articulation === "hammerOn" || event.articulation === "pullOff");
    damp(now, TOUCHED);
    course.now = course.before;
    course.before = now;
    const strength = leftHand ? clamp(0.7 * left + 0.25 * event.velocity, 0.02, 1) : event.velocity;
    this.#strike(course, event, clamp(strength, 0, 1.5), leftHand, random);
  }

  stop(event: PlanEvent): void {
    for (const { now } of this.#courses) if (now.event === event && now.damp === 0) damp(now, LET_GO);
  }

  process(left: Address, right: Address, frame: number, count: number): void {
    if (this.#alive === 0) return;
    // where the whole block ends, wherever it is cut: cuts must not be heard
    const end = BLOCK * (Math.floor(frame / BLOCK) + 1);
    for (const { now, before } of this.#courses) {
      if (now.moves && this.#alive & now.bit) this.#steer(now, end);
      if (before.moves && this.#alive & before.bit) this.#steer(before, end);
    }
    this.#alive = this.#kernels.call.instrumentProcess(this.#instrument, this.#burst, left, right, count);
  }

  silence(): void {
    this.#kernels.call.instrumentClear(this.#instrument);
    this.#kernels.call.burstClear(this.#burst);
    this.#alive = 0;
  }

  /** The string told, else the free or least sounding one on which the hand finds the pitch lowest. */
  #courseOf(event: PlanEvent): number {
    const { voice } = event;
    if (typeof voice === "number" && Number.isFinite(voice)) return clamp(Math.round(voice), 0, this.#courses.length - 1);
    let best = 0;
    let least = Infinity;
    this.#courses.forEach(({ nut, now }, string) => {
      const fret = (event.cents - nut) / 100;
      const busy = now.event !== undefined && now.damp === 0 && event.frame - now.began < now.event.length ? 40 : 0;
      const cost = (fret < -0.5 ? 100 - fret : fret) + busy;
      if (cost < least) {
        least = cost;
        best = string;
      }
    });
    return best;
  }

  #strike(course: Course, event: PlanEvent, strength: number, leftHand: boolean, random: () => number): void {
    const { call } = this.#kernels;
    const sound = this.#sound;
    const string = this.#courses.indexOf(course);
    const ringing = course.now;
    const { fret, rise, partials } = this.#pitch(string, event.cents);
    const hard = log2(Math.max(0.02, strength) / 0.8);
    const nail = event.touch ?? this.#nail;
    // a hard stroke is shorter: brighter
    const cutoff = sound.touch.cutoff * pow(2, (leftHand ? -1.2 : 0) + 0.9 * hard + 1.6 * (nail - 0.5));
    const place = sound.place * (leftHand ? 0.5 : 1) * (1 + 0.12 * (random() - 0.5));
    const force = pow(strength / 0.8, 1.4) * (1 + 0.06 * (random() - 0.5));
    call.bankClear(ringing.at, rise * SAMPLE_RATE * (leftHand ? 0.6 : 1));
    const twin = sound.twin(string);
    const octave = sound.octaveTwin?.(string) ?? false;
    const others = this.#others(course);
    const second = fromDb(sound.second.dB);
    for (const [k, { hertz: at, loss, level: plain, comb }] of partials.entries()) {
      const n = k + 1;
      const brightness = Math.sqrt((1 + square(at / sound.touch.cutoff)) / (1 + square(at / cutoff)));
      // no stroke is like another: 0.8 dB either way
      const level = plain * (1 + 0.18 * (random() - 0.5)) * force * brightness * ((0.2 + Math.abs(sin(PI * n * place))) / comb);
      if (level < FAINT) continue;
      const phase = 0.9 * (random() - 0.5);
      // the beating of a course is heard in its lower partials; the higher ones stand for both strings
      const paired = twin > 0 && n <= 12;
      const one = paired ? 0.62 : 1;
      const answer = !leftHand && n <= 12 ? this.#answer(ringing.at, others, at, loss, level, phase) : 0;
      this.#add(ringing.at, at, loss, one * level * (1 - answer), phase);
      if (n <= 4) this.#add(ringing.at, at * (1 + sound.second.cents * 0.000578), loss * sound.second.loss, level * second, phase + 1.3);
      if (paired) this.#add(ringing.at, at * (octave ? 2 : 1) * (1 + twin * 0.000578), loss, (octave ? 0.35 : 0.6) * level, phase + 0.6 * random());
    }
    if (leftHand) this.#knock(0.25 * strength, random, -6);
    else {
      this.#knock(strength, random, 0);
      const { noiseDb, noiseHertz, noiseSeconds } = sound.touch;
      const noise = fromDb(noiseDb + 10 * (nail - 0.5)) * force * (0.7 + 0.6 * random());
      call.burstFire(this.#burst, noise, noiseSeconds * SAMPLE_RATE, noiseHertz * (0.85 + 0.3 * random()), Math.floor(random() * 4e9));
    }
    ringing.event = event;
    ringing.struck = event.cents;
    ringing.cents = event.cents;
    ringing.strength = strength;
    ringing.loss = partials[0]?.loss ?? 1;
    ringing.sharp = sound.sharp(string, fret) * Math.min(2, square(strength / 0.8)) * (leftHand ? 0.3 : 1);
    ringing.from = 0;
    ringing.slide = 0;
    ringing.began = event.frame;
    damp(ringing, event.articulation === "muted" ? MUTED : 0);
    this.#alive |= ringing.bit;
    this.#steer(ringing, event.frame);
  }

  /** What a string is at a pitch; kept, since a tune comes back to its pitches. */
  #pitch(string: number, cents: Cents): Pitch {
    const key = string * 1e6 + cents;
    const kept = this.#pitches.get(key);
    if (kept) return kept;
    const sound = this.#sound;
    const fret = clamp((cents - (this.#courses[string] as Course).nut) / 100, 0, 36);
    const b = sound.stiffness(string, fret);
    const hertz = tempered(sound, string, fret, centsToHertz(clamp(cents, 0, 15_000)), b);
    const partials: PitchPartial[] = [];
    for (let n = 1; n <= sound.partials; n++) {
      const at = n * hertz * Math.sqrt(1 + b * n * n);
      if (at > 20_000) break;
      partials.push({
        hertz: at,
        loss: sound.loss(string, fret, at),
        level: fromDb(sound.level(string, n, at)),
        comb: 0.2 + Math.abs(sin(PI * n * sound.place)),
      });
    }
    const pitch = { fret, rise: sound.rise(string, fret), partials };
    if (this.#pitches.size > 600) this.#pitches.clear();
    this.#pitches.set(key, pitch);
    return pitch;
  }
  readonly #pitches = new Map<number, Pitch>();

  /** Fundamentals at which other strings would ring along. */
  #others(course: Course): Hertz[] {
    const others = this.#courses.filter((other) => other !== course).map(({ now, nut }) => (now.damp === 0 && now.event ? now.cents : nut));
    return [...others, ...this.#sound.ringing].map(centsToHertz);
  }
  /**
   * Strings that ring along. To first order in the coupling k a partial p_n drives another string's p_m with
   * k A / (p_n - p_m) (exp(p_n t) - exp(p_m t)); what the other string gets, this one gives.
   * @returns the part of the amplitude given away.
   */
  #answer(bank: Address, others: readonly Hertz[], hertz: Hertz, loss: number, level: number, phase: number): number {
    let given = 0;
    for (const ground of others) {
      const m = Math.round(hertz / ground);
      const away = m < 1 || m > 10 ? Infinity : hertz - m * ground;
      if (Math.abs(away) > 9) continue;
      const own = 1.2 + 0.4 * m;
      const share = Math.min(0.4, this.#sound.coupling / Math.sqrt(square(own - loss) + square(TAU * away)));
      if (share * level < FAINT) continue;
      this.#add(bank, m * ground, own, share * level, phase + 1.5);
      given += 0.5 * share;
    }
    return Math.min(0.6, given);
  }
  #add(bank: Address, hertz: Hertz, loss: number, level: number, phase: number): void {
    // at phase 0 a partial begins at rest and rises: a sine
    this.#kernels.call.bankAdd(bank, TAU * hertz * PER_FRAME, loss * PER_FRAME, level * sin(phase), -level * cos(phase));
  }

  /** The finger travels on the sounding string. */
  #slide(now: Ringing, event: PlanEvent, random: () => number): void {
    now.from = now.cents - event.cents + this.#slid(now, event.frame);
    now.slide = Math.max(1, Math.min(event.length, 0.07 * SAMPLE_RATE));
    now.began = event.frame;
    now.strength *= 0.9;
    now.cents = event.cents;
    now.event = event;
    now.sharp = 0;
    now.moves = true;
    this.#kernels.call.burstFire(this.#burst, fromDb(this.#sound.touch.noiseDb - 8) * event.velocity, 0.03 * SAMPLE_RATE, 1800, Math.floor(random() * 4e9));
  }
  #slid(ringing: Ringing, frame: number): Cents {
    if (ringing.slide === 0) return 0;
    const part = clamp((frame - ringing.began) / ringing.slide, 0, 1);
    return ringing.from * (0.5 + 0.5 * cos(PI * part));
  }

  /** The body answers the hand. @param more dB beside a plain stroke. */
  #knock(velocity: number, random: () => number, more: number): void {
    for (const [hertz, seconds, dB] of this.#sound.body) {
      const level = fromDb(dB + more + 3 * (random() - 0.5)) * velocity;
      this.#add(this.#thump, hertz * (1 + 0.02 * (random() - 0.5)), 6.9 / seconds, level, 6.28 * random());
    }
    if (more > 0) this.#kernels.call.burstFire(this.#burst, fromDb(-26) * velocity, 0.004 * SAMPLE_RATE, 900, Math.floor(random() * 4e9));
  }

  /** Tells the kernel where a note's pitch stands: tension, slide, and what the event says. */
  #steer(ringing: Ringing, frame: number): void {
    const t = (frame - ringing.began) * PER_FRAME;
    const { event } = ringing;
    let cents = ringing.cents - ringing.struck + this.#slid(ringing, frame);
    // in steps of 5 ms: every step sets all partials anew
    const tension = Math.round(ringing.sharp * exp((-STEP * Math.floor(t / STEP)) / GLIDE));
    cents += tension;
    if (event?.bend) cents += bendAt(event.bend, frame - event.frame);
    ringing.wanted[0] = Math.abs(cents) < 0.05 ? 1 : centsToHertz(6900 + cents) / 440;
    ringing.moves = tension > 0 || event?.bend !== undefined || frame - ringing.began < ringing.slide;
  }
}
/** What a finger takes from a sounding note: nepers a frame. */
function damp(ringing: Ringing, loss: number): void {
  ringing.damp = loss;
  ringing.wanted[1] = loss;
}

/**
 * Fundamental, at rest, of a string that is tuned to sound `hertz`. The ear takes the stretched partials of a stiff string together (by power
 * and the square of their number, as autocorrelation does), the fundamental alone says something lower: between the two. And it is tuned as
 * it is struck: what tension adds between 25 and 325 ms, on the mean, is taken off.
 */
function tempered(sound: PluckedSound, string: number, fret: number, hertz: Hertz, b: number): Hertz {
  let [weight, stretch] = [0, 0];
  for (let n = 1; n <= 8; n++) {
    const power = n * n * fromDb(2 * sound.level(string, n, n * hertz));
    weight += power;
    stretch += power * 0.5 * b * n * n;
  }
  const tension = ((sound.sharp(string, fret) * GLIDE) / 0.3) * (exp(-0.025 / GLIDE) - exp(-0.325 / GLIDE));
  return (hertz / (1 + (0.45 * stretch) / weight)) * exp2(-tension / 1200);
}

const square = (x: number): number => x * x;

/** Uniform values in [0, 1) from a seed. */
function chances(seed: number): () => number {
  let state = seed | 0 || 1;
  return () => {
    // xorshift32 (Marsaglia 2003)
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 4294967296;
  };
}
