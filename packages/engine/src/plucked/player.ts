import { type Cents, centsToHertz, clamp, exp, exp2, type Frames, fromDb, type Hertz, PI, SAMPLE_RATE, sin } from "@kuishi/base";
import type { Address, Kernels } from "@kuishi/signal";
import type { Dials } from "../dials.ts";
import { bendInto, type Note } from "../note.ts";
import { blockEnd, mixed, type SourceProcessor } from "../source-processor.ts";
import { GLIDE, type PluckedParameters } from "./parameters.ts";

/** One sounding note of a string. A string has two: the old one dies under the finger while the new one begins. */
interface StringVoice {
  /** Its state in the kernel. */
  readonly at: Address;
  /** Its bit among the instrument's banks. */
  readonly bit: number;
  /** Bend and damping, as the kernel reads them. */
  readonly wanted: Float64Array;
  event: Note | undefined;
  began: Frames;
  isDamped: boolean;
  /** Whether its pitch may still move. */
  moves: boolean;
}
/** A string at a pitch, at the reference stroke. */
interface Pitch {
  /** How many partials it has. */
  count: number;
  /** As the kernel reads them: rise, sharpness, cents of the course; of each partial Hz, loss, level, and what the place of the stroke takes. */
  readonly at: Address;
  readonly values: Float64Array;
}
/** Values of a pitch before its partials, and of each partial (`kernels/pluck.ts`). */
const [PITCH_VALUES, PARTIAL_VALUES] = [3, 4];
/** So many are kept, since a tune comes back to its pitches. */
const PITCHES = 128;
interface Course {
  readonly nut: Cents;
  now: StringVoice;
  before: StringVoice;
}

/** Radians or nepers a frame from those a second. */
const PER_FRAME = 1 / SAMPLE_RATE;
/** Loss under a finger or a plectrum that touches: dead in about 25 ms. */
const TOUCH_LOSS = 260 * PER_FRAME;
/** Loss of a note that is let go. */
const RELEASE_LOSS = 60 * PER_FRAME;
const MUTE_LOSS = 90 * PER_FRAME;
const NEVER = -1e9;
/** Two banks a string and one for the body, a bit each. */
const MAX_STRINGS = 15;

/**
 * Any plucked instrument: every string a bank of partials that ring freely, struck by what plucks it, coupled
 * over the bridge, changed by the left hand. Exact for linear strings (modal synthesis; Smith, PASP); what is not linear, the
 * tension of a hard stroke, moves all partials. No recorded note is in it.
 */
export class Plucked implements SourceProcessor {
  readonly #kernels: Kernels;
  readonly #parameters: PluckedParameters;
  readonly #courses: Course[];
  readonly #instrument: Address;
  readonly #bodyBank: Address;
  readonly #burst: Address;
  readonly #pluck: Address;
  /** A bit for each bank that sounds, and the sign while anything does. */
  #alive = 0;
  /** Nothing sounds since the end of a block: only there may work end, so that cuts change nothing. */
  #rests = true;
  readonly dials: Dials;
  readonly #seed: number;
  #strokes = 0;

  /**
   * @param open pitches of the open strings, at most 15: more than the model has make an ensemble on one body; none, the model's own.
   * @param dials one value, hardness: 0 the fingertip .. 1 hardness or plectrum; 0.5 is what the sound was measured with.
   */
  constructor(kernels: Kernels, sound: PluckedParameters, open: readonly Cents[], dials: Dials, seed: number) {
    this.#kernels = kernels;
    this.#parameters = sound;
    this.dials = dials;
    this.#seed = seed;
    this.#pitches = Array.from({ length: PITCHES }, () => {
      const values = PITCH_VALUES + PARTIAL_VALUES * sound.partials;
      const at = kernels.floats(2 * values);
      return { count: 0, at, values: kernels.doubles(at, values) };
    });
    this.#keysAt = kernels.floats(4 * PITCHES);
    this.#keys = kernels.doubles(this.#keysAt, 2 * PITCHES).fill(Number.NaN);
    const count = clamp(Math.max(sound.strings, open.length), 1, MAX_STRINGS);
    // two banks a string, the last one is the body's
    this.#instrument = kernels.call.instrumentMake(2 * count + 1, Math.max(sound.partials * 3 + 24, 4 * sound.body.length + 4));
    this.#bodyBank = kernels.call.instrumentBank(this.#instrument, 2 * count);
    const voice = (bank: number): StringVoice => {
      const at = kernels.call.instrumentBank(this.#instrument, bank);
      return {
        at: kernels.call.stringNoteMake(at),
        bit: 1 << bank,
        wanted: kernels.doubles(kernels.call.bankWanted(at), 2),
        event: undefined,
        began: NEVER,
        isDamped: false,
        moves: false,
      };
    };
    this.#courses = Array.from({ length: count }, (_, string) => {
      const nut = open[string] ?? sound.open[string % sound.strings]!;
      return { nut, now: voice(2 * string), before: voice(2 * string + 1) };
    });
    this.#burst = kernels.call.burstMake();
    this.#pluck = kernels.call.pluckMake(this.#burst, this.#bodyBank, sound.body.length, count - 1 + sound.sympathetic.length);
    const { touch, second } = sound;
    const settings = [
      touch.cutoff,
      sound.place,
      second.cents,
      second.dB,
      second.loss,
      sound.coupling,
      touch.noiseDb,
      touch.noiseHertz,
      touch.noiseSeconds,
      GLIDE,
    ];
    kernels.doubles(kernels.call.pluckSettings(this.#pluck), settings.length).set(settings);
    kernels.doubles(kernels.call.pluckBody(this.#pluck), 3 * sound.body.length).set(sound.body.flat());
    sound.sympathetic.forEach((cents, k) => {
      kernels.args[0] = cents;
      kernels.call.pluckOther(this.#pluck, count - 1 + k);
    });
  }

  start(event: Note): void {
    // the body answers every stroke
    this.#rests = false;
    this.#kernels.call.pluckSeed(this.#pluck, mixed(this.#seed, event.frame, (typeof event.voice === "number" ? event.voice : 16) + 32 * ++this.#strokes));
    if (this.dials.moves) this.dials.turn(event.frame);
    if (event.articulation === "tap") {
      this.#kernels.args[0] = event.velocity;
      this.#kernels.call.pluckTap(this.#pluck);
      return;
    }
    const course = this.#courses[this.#courseOf(event)]!;
    const { now } = course;
    const sounding = (this.#alive & now.bit) !== 0 && !now.isDamped;
    if (event.articulation === "slide" && sounding) {
      this.#slide(now, event);
      return;
    }
    const leftHand = sounding && (event.articulation === "hammerOn" || event.articulation === "pullOff");
    damp(now, TOUCH_LOSS);
    course.now = course.before;
    course.before = now;
    this.#strike(course, event, leftHand);
  }

  stop(event: Note): void {
    for (let k = 0; k < this.#courses.length; k++) {
      const { now } = this.#courses[k]!;
      if (now.event === event && !now.isDamped) damp(now, RELEASE_LOSS);
    }
  }

  process(left: Address, right: Address, frame: number, count: number): void {
    if (this.#rests) return;
    // where the whole block ends, wherever it is cut: cuts must not be heard
    const end = blockEnd(frame);
    for (let k = 0; k < this.#courses.length; k++) {
      const { now, before } = this.#courses[k]!;
      if (now.moves && this.#alive & now.bit) this.#updatePitch(now, end);
      if (before.moves && this.#alive & before.bit) this.#updatePitch(before, end);
    }
    this.#alive = this.#kernels.call.instrumentProcess(this.#instrument, this.#burst, left, right, count);
    if (frame + count === end) this.#rests = this.#alive === 0;
  }

  silence(): void {
    this.#kernels.call.instrumentClear(this.#instrument);
    this.#kernels.call.burstClear(this.#burst);
    this.#alive = 0;
    this.#rests = true;
  }

  /** The string told, else the free or least sounding one on which the hand finds the pitch lowest. */
  #courseOf(event: Note): number {
    const { voice } = event;
    if (typeof voice === "number") return voice < this.#courses.length ? voice : this.#courses.length - 1;
    let best = 0;
    let least = Infinity;
    for (let string = 0; string < this.#courses.length; string++) {
      const { nut, now } = this.#courses[string]!;
      const fret = (event.cents - nut) / 100;
      const busy = now.event !== undefined && !now.isDamped && event.frame - now.began < now.event.length ? 40 : 0;
      const cost = (fret < -0.5 ? 100 - fret : fret) + busy;
      if (cost < least) {
        least = cost;
        best = string;
      }
    }
    return best;
  }

  #strike(course: Course, event: Note, leftHand: boolean): void {
    const { args, call } = this.#kernels;
    const string = this.#courses.indexOf(course);
    const voice = course.now;
    const pitch = this.#pitch(string, event);
    this.#tuneOthers(course);
    args[0] = event.velocity;
    args[1] = event.cents;
    args[2] = this.dials.values[0]!;
    args[3] = event.touch;
    const hand = (leftHand ? 1 : 0) | (this.#parameters.octaveTwin?.(string) ? 2 : 0);
    call.pluckStrike(this.#pluck, voice.at, course.before.at, pitch.at, pitch.count, hand, event.frame);
    voice.event = event;
    voice.began = event.frame;
    damp(voice, event.articulation === "muted" ? MUTE_LOSS : 0);
    this.#alive |= voice.bit;
    this.#updatePitch(voice, event.frame);
  }

  /** What a string is at the pitch of a note: reckoned when it is first met, then kept. */
  #pitch(string: number, { cents }: Note): Pitch {
    this.#kernels.args[0] = cents;
    const known = this.#kernels.call.pluckFind(this.#keysAt, PITCHES, string);
    if (known >= 0) return this.#pitches[known]!;
    const k = this.#nextPitch;
    this.#nextPitch = (k + 1) % PITCHES;
    this.#keys[2 * k] = string;
    this.#keys[2 * k + 1] = cents;
    const pitch = this.#pitches[k]!;
    this.#reckon(pitch, string, cents);
    return pitch;
  }
  #reckon(pitch: Pitch, string: number, cents: Cents): void {
    const sound = this.#parameters;
    const fret = clamp((cents - this.#courses[string]!.nut) / 100, 0, 36);
    const b = sound.stiffness(string, fret);
    const ground = tempered(sound, string, fret, centsToHertz(clamp(cents, 0, 15_000)), b);
    pitch.values.set([sound.rise(string, fret), sound.sharp(string, fret), sound.twin(string)]);
    pitch.count = 0;
    for (let n = 1; n <= sound.partials; n++) {
      const at = n * ground * Math.sqrt(1 + b * n * n);
      if (at > 20_000) break;
      const place = 0.2 + Math.abs(sin(PI * n * sound.place));
      pitch.values.set([at, sound.loss(string, fret, at), fromDb(sound.level(string, n, at)), place], PITCH_VALUES + PARTIAL_VALUES * (n - 1));
      pitch.count = n;
    }
  }
  readonly #pitches: readonly Pitch[];
  /** String and cents of each. */
  readonly #keys: Float64Array;
  readonly #keysAt: Address;
  #nextPitch = 0;

  /** Pitches at which other strings would ring along. */
  #tuneOthers(course: Course): void {
    const { args, call } = this.#kernels;
    let k = 0;
    for (let string = 0; string < this.#courses.length; string++) {
      const other = this.#courses[string]!;
      if (other === course) continue;
      const { now, nut } = other;
      args[0] = nut;
      if (now.event && !now.isDamped) args[0] = now.event.cents;
      call.pluckOther(this.#pluck, k++);
    }
  }

  /** The finger travels on the sounding string. */
  #slide(now: StringVoice, event: Note): void {
    const { args, call } = this.#kernels;
    args[0] = event.velocity;
    args[1] = event.cents;
    args[2] = event.length;
    call.pluckSlide(this.#pluck, now.at, event.frame);
    now.began = event.frame;
    now.event = event;
    now.moves = true;
  }

  /** Tells the kernel where a note's pitch stands. */
  #updatePitch(voice: StringVoice, frame: number): void {
    const { args, call } = this.#kernels;
    const { event } = voice;
    args[0] = 0;
    if (event) bendInto(args, 0, event, frame);
    voice.moves = call.pluckTune(this.#pluck, voice.at, frame) === 1 || event?.bend !== undefined;
  }
}
/** What a finger takes from a sounding note: nepers a frame. */
function damp(voice: StringVoice, loss: number): void {
  voice.isDamped = loss > 0;
  voice.wanted[1] = loss;
}

/**
 * Fundamental, at rest, of a string that is tuned to sound `hertz`. The ear takes the stretched partials of a stiff string together (by power
 * and the square of their number, as autocorrelation does), the fundamental alone says something lower: between the two. And it is tuned as
 * it is struck: what tension adds between 25 and 325 ms, on the mean, is taken off.
 */
function tempered(sound: PluckedParameters, string: number, fret: number, hertz: Hertz, b: number): Hertz {
  let [weight, stretch] = [0, 0];
  for (let n = 1; n <= 8; n++) {
    const power = n * n * fromDb(2 * sound.level(string, n, n * hertz));
    weight += power;
    stretch += power * 0.5 * b * n * n;
  }
  const tension = ((sound.sharp(string, fret) * GLIDE) / 0.3) * (exp(-0.025 / GLIDE) - exp(-0.325 / GLIDE));
  return (hertz / (1 + (0.45 * stretch) / weight)) * exp2(-tension / 1200);
}
