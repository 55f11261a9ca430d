import { BLOCK, type Frames } from "@kuishi/base";
import { Kernels, LiveLoudness } from "@kuishi/signal";
import { Engine, type PlanSet } from "./engine.ts";
import { type Note, UNTIL_LIFTED } from "./note.ts";
import type { Clips, Plan, PlanEvent } from "./plan.ts";

/** Frames by which the side plan begins before the plan: room for a count-in. */
export const COUNT_IN_FRAMES: Frames = 128 * 375 * 20;

type NamedClips = readonly (readonly [string, readonly Float32Array[]])[];
/** What a transport is made with. */
export interface TransportSetup {
  readonly plan: Plan;
  readonly clips: NamedClips;
  /** Play from the start at once; else wait for `play`. */
  readonly running: boolean;
}
/** How a plan is led: a straight line from frames of the host to its own. */
export interface TransportLead {
  readonly context: Frames;
  readonly frame: Frames;
  readonly rate: number;
  readonly until: Frames;
}
/** What a transport is told. */
export type TransportCommand =
  /** `lead` frames of the side plan before the first of the plan: a count-in. */
  | { readonly type: "play"; readonly lead?: number }
  | { readonly type: "pause" }
  /** `count` is told back in reports, so that those of before can be told apart. */
  | { readonly type: "seek"; readonly frame: number; readonly count: number }
  /** Round and round between two frames; null ends it. */
  | { readonly type: "loop"; readonly loop: { readonly from: number; readonly to: number } | null }
  /**
   * Another plan: it is built beside the one that plays and takes over at the same moment of the tune; where `at` is told, only when what
   * plays comes to that frame of its own.
   */
  | { readonly type: "plan"; readonly plan: Plan; readonly clips: NamedClips; readonly keep: readonly string[]; readonly at?: Frames }
  /** Values of the plan that plays. */
  | { readonly type: "set"; readonly to: PlanSet; readonly clips: NamedClips }
  /** A plan that runs along beside the other and is never written: metronome, drone. Its frame 0 is `COUNT_IN_FRAMES` before the other's. */
  | { readonly type: "side"; readonly plan: Plan | null }
  /**
   * The plan goes with someone who plays: at a frame of the host it is at a frame of its own, goes `rate` of them for one of the host's, and
   * waits at `until`; null: by itself again. Only for plans of notes: a recording would stutter.
   */
  | { readonly type: "lead"; readonly lead: TransportLead | null }
  /** Notes by hand, known by a key of the player's; `frame` and `length` are the transport's to say. */
  | { readonly type: "press"; readonly strip: string; readonly key: string; readonly note: Pick<PlanEvent, "cents" | "velocity" | "voice" | "articulation"> }
  | { readonly type: "lift"; readonly strip: string; readonly key: string }
  /** Cents beside the pitch at which the note was begun. */
  | { readonly type: "bend"; readonly key: string; readonly cents: number };

/** Where it stands and how loud it is, told about twenty times a second. It is one object, filled anew each time. */
export interface TransportReport {
  readonly type: "report";
  readonly frame: number;
  /** Of the last jump that was asked for. */
  readonly count: number;
  readonly ended: boolean;
  /** In the order of the stems that were told last. */
  readonly peaks: Float32Array;
  /** Of what is heard, LUFS and dBTP; of the whole so far and of the loudest moment. */
  readonly loudness: { readonly momentary: number; readonly shortTerm: number; readonly integrated: number; readonly truePeak: number };
}
/** What a transport tells. */
export type TransportMessage =
  | TransportReport
  /** Names of the stems from now on. */
  | { readonly type: "stems"; readonly ids: readonly string[] }
  /** From this frame of the host on, the plan runs from this frame of its own. */
  | { readonly type: "anchor"; readonly context: number; readonly frame: number }
  /** Another plan has taken over, with so many frames before the recording's first. */
  | { readonly type: "built"; readonly lead: Frames }
  /** A command could not be taken: for a `set` a whole plan is needed, a plan has no room. */
  | { readonly type: "refused"; readonly command: TransportCommand["type"]; readonly reason: string };

const REPORT_FRAMES: Frames = 2048;
/** Blocks over which a new engine takes over from the old one. */
const FADE_BLOCKS = 8;
/** A passage shorter than this does not go round. */
const MIN_LOOP_FRAMES: Frames = 10 * BLOCK;
/** A plan that is led waits where it is up to so far ahead of where it should be, and catches up over so much at once; farther away it leaps. */
const [MOST_HOLD_FRAMES, MOST_SKIP_FRAMES]: readonly [Frames, Frames] = [128 * 150, 128 * 60];
/** The whole's loudness takes a while to reckon: once a second is enough. */
const INTEGRATED_REPORTS = 20;

/** An engine in the making, one step at a time. */
class Building {
  readonly #steps: Generator<void, Engine>;
  constructor(module: WebAssembly.Module, plan: Plan, clips: Clips) {
    this.#steps = Engine.building(new Kernels(module), plan, clips);
  }
  /** @returns the engine once it is ready. @throws RangeError where there is no room for it. */
  step(): Engine | undefined {
    const { done, value } = this.#steps.next();
    return done ? value : undefined;
  }
}

/**
 * Plays a plan for a host that asks for frames: swaps engines with a crossfade, goes round, counts in, holds notes, meters, and tells where it
 * stands. It knows no host; all it needs is to be asked in order, any number of frames at a time. It allocates nothing but for commands.
 */
export class Transport {
  readonly #module: WebAssembly.Module;
  readonly #tell: (message: TransportMessage) => void;
  readonly #clips: Map<string, readonly Float32Array[]>;
  readonly #meter: LiveLoudness;
  #engine: Engine;
  #isRunning: boolean;
  #lead: Frames = 0;
  #count = 0;
  #loop: { readonly from: Frames; readonly to: Frames } | null = null;
  #led: TransportLead | null = null;
  /** The engine that is being built, and the one that fades away. */
  #building: Building | undefined;
  #keep: ReadonlySet<string> | undefined;
  /** The engine that is built and waits for its moment, and the frame at which one may take over. */
  #waiting: Engine | undefined;
  #at: Frames = 0;
  #old: Engine | undefined;
  #faded = 0;
  #side: Engine | undefined;
  #sideBuilding: Building | undefined;
  #isAnchored = false;
  /** The block rendered last, and how many of its frames are given out. */
  readonly #left = new Float32Array(BLOCK);
  readonly #right = new Float32Array(BLOCK);
  #used = BLOCK;
  readonly #held = new Map<string, Note>();
  #since = 0;
  #reports = 0;
  #stems: Engine["stems"] = [];
  readonly #report = { type: "report" as const, frame: 0, count: 0, ended: false, peaks: new Float32Array(0), loudness: silence() };

  /** @throws RangeError where there is no room for the plan. */
  constructor(module: WebAssembly.Module, { plan, clips, running }: TransportSetup, tell: (message: TransportMessage) => void) {
    this.#module = module;
    this.#tell = tell;
    this.#clips = new Map(clips);
    this.#engine = Engine.of(new Kernels(module), plan, this.#clips);
    this.#meter = new LiveLoudness(new Kernels(module), true);
    this.#isRunning = running;
  }

  /** Does what it is told; what it cannot do it tells. */
  obey(command: TransportCommand): void {
    try {
      if (!this.#obey(command)) this.#refuse(command.type, "not without another engine");
    } catch (error) {
      this.#refuse(command.type, String(error));
    }
  }
  #refuse(command: TransportCommand["type"], reason: string): void {
    this.#tell({ type: "refused", command, reason });
  }
  /** @returns false where it could not be done. */
  #obey(command: TransportCommand): boolean {
    switch (command.type) {
      case "play":
        this.#isRunning = true;
        this.#lead = Math.ceil((command.lead ?? 0) / BLOCK) * BLOCK;
        this.#used = BLOCK;
        this.#jumped();
        return true;
      case "pause":
        this.#isRunning = false;
        this.#lead = 0;
        return true;
      case "seek":
        this.#count = command.count;
        this.#seek(command.frame);
        this.#sendReport(false);
        return true;
      case "loop":
        this.#loop = command.loop && command.loop.to - command.loop.from >= MIN_LOOP_FRAMES ? command.loop : null;
        return true;
      case "lead":
        this.#led = command.lead;
        return true;
      case "plan":
        this.#takeClips(command.clips);
        this.#keep = new Set(command.keep);
        this.#at = command.at ?? 0;
        this.#waiting = undefined;
        this.#building = new Building(this.#module, command.plan, this.#clips);
        return true;
      case "set":
        this.#takeClips(command.clips);
        return (this.#waiting ?? this.#engine).set(command.to);
      case "side":
        this.#sideBuilding = command.plan ? new Building(this.#module, command.plan, this.#clips) : undefined;
        if (!command.plan) this.#side = undefined;
        return true;
      case "press":
        return this.#press(command.strip, command.key, { ...command.note, frame: this.#engine.frame, length: UNTIL_LIFTED, bend: [[0, 0]] });
      case "lift":
        return this.#lift(command.strip, command.key);
      case "bend": {
        const bend = this.#held.get(command.key)?.bend;
        if (bend) bend[1] = command.cents;
        return true;
      }
    }
  }
  #takeClips(clips: NamedClips): void {
    for (const [name, sound] of clips) this.#clips.set(name, sound);
  }
  #press(strip: string, key: string, note: PlanEvent): boolean {
    const pressed = this.#engine.press(strip, note);
    if (pressed) this.#held.set(key, pressed);
    return true;
  }
  #lift(strip: string, key: string): boolean {
    const note = this.#held.get(key);
    this.#held.delete(key);
    if (note) this.#engine.lift(strip, note);
    return true;
  }
  #seek(frame: Frames): void {
    // who goes elsewhere does not wait for a bar here
    this.#at = 0;
    this.#engine.seek(frame);
    this.#used = BLOCK;
    this.#jumped();
  }
  /** After a jump the side plan follows, and whoever records is told. */
  #jumped(): void {
    this.#side?.seek(this.#engine.frame - this.#lead + COUNT_IN_FRAMES);
    this.#isAnchored = false;
  }

  /** One step of what is being built. */
  #build(): void {
    const what = this.#building ? "plan" : "side";
    const building = this.#building ?? this.#sideBuilding;
    if (!building) return;
    try {
      const engine = building.step();
      if (!engine) return;
      if (what === "plan") {
        this.#building = undefined;
        this.#waiting = engine;
      } else {
        this.#sideBuilding = undefined;
        this.#side = engine;
        engine.seek(this.#engine.frame - this.#lead + COUNT_IN_FRAMES);
      }
    } catch (error) {
      if (what === "plan") this.#building = undefined;
      else this.#sideBuilding = undefined;
      this.#refuse(what, String(error));
    }
  }
  /** Lets an engine that waits take over, if its moment has come. */
  #takeOver(): void {
    const engine = this.#waiting;
    if (!engine || (this.#isRunning && this.#engine.frame < this.#at)) return;
    this.#waiting = undefined;
    const lead = engine.plan.lead ?? 0;
    const by = lead - (this.#engine.plan.lead ?? 0);
    const to = Math.max(0, this.#engine.frame + by);
    // one block ahead, so that the limiter's look-ahead is full when it is heard
    engine.seek(to - BLOCK);
    if (to >= BLOCK) engine.render();
    if (this.#loop && by !== 0) this.#loop = { from: this.#loop.from + by, to: this.#loop.to + by };
    this.#old = this.#isRunning ? this.#engine : undefined;
    this.#faded = 0;
    this.#engine = engine;
    if (by !== 0) this.#jumped();
    this.#tell({ type: "built", lead });
    for (const name of this.#clips.keys()) if (this.#keep && !this.#keep.has(name)) this.#clips.delete(name);
  }

  #sendReport(ended: boolean): void {
    const report = this.#report;
    const { stems } = this.#engine;
    if (stems !== this.#stems) {
      this.#stems = stems;
      report.peaks = new Float32Array(stems.length);
      this.#tell({ type: "stems", ids: stems.map((stem) => stem.id) });
    }
    for (let k = 0; k < stems.length; k++) report.peaks[k] = stems[k]!.peak;
    report.frame = this.#engine.frame - this.#lead;
    report.count = this.#count;
    report.ended = ended;
    const { loudness } = report;
    loudness.momentary = this.#meter.momentary;
    loudness.shortTerm = this.#meter.shortTerm;
    loudness.truePeak = this.#meter.truePeak;
    if (++this.#reports % INTEGRATED_REPORTS === 0) loudness.integrated = this.#meter.integrated;
    this.#tell(report);
  }

  /** Goes to where it is led: a block twice or a block left out where that is near, a leap where it is not. */
  #follow({ context, frame, rate, until }: TransportLead, now: Frames): void {
    const engine = this.#engine;
    const led = Math.max(0, Math.min(until, frame + rate * (now - context)));
    const block = Math.floor(led / BLOCK) * BLOCK;
    const last = engine.frame - BLOCK;
    if (block < last - MOST_HOLD_FRAMES || block > last + MOST_SKIP_FRAMES) engine.leap(block);
    else engine.move(Math.max(block, Math.max(0, last)));
  }

  /** Renders the next block of all that sounds. */
  #block(): void {
    const left = this.#left;
    const right = this.#right;
    if (this.#lead > 0) {
      this.#lead -= BLOCK;
      left.fill(0);
      right.fill(0);
    } else {
      this.#engine.render();
      left.set(this.#engine.mix.leftView);
      right.set(this.#engine.mix.rightView);
      if (this.#old) this.#crossfade(this.#old);
      this.#meter.push(left, right);
    }
    if (this.#side) {
      this.#side.render();
      const { leftView, rightView } = this.#side.mix;
      for (let i = 0; i < BLOCK; i++) {
        left[i] = left[i]! + leftView[i]!;
        right[i] = right[i]! + rightView[i]!;
      }
    }
    this.#used = 0;
  }
  #crossfade(old: Engine): void {
    old.render();
    const { leftView, rightView } = old.mix;
    for (let i = 0; i < BLOCK; i++) {
      const part = (this.#faded + i / BLOCK) / FADE_BLOCKS;
      this.#left[i] = this.#left[i]! * part + leftView[i]! * (1 - part);
      this.#right[i] = this.#right[i]! * part + rightView[i]! * (1 - part);
    }
    if (++this.#faded >= FADE_BLOCKS) this.#old = undefined;
  }
  /** Fills both sides with the next frames; `context` is the host's frame of the first. They stay as they are while nothing plays. */
  process(left: Float32Array, right: Float32Array, context: Frames): void {
    this.#build();
    this.#takeOver();
    for (let at = 0; at < left.length; ) {
      if (!this.#isRunning) return;
      if (this.#used === BLOCK && !this.#next(context + at)) return;
      const take = Math.min(left.length - at, BLOCK - this.#used);
      for (let i = 0; i < take; i++) {
        left[at + i] = this.#left[this.#used + i]!;
        right[at + i] = this.#right[this.#used + i]!;
      }
      this.#used += take;
      at += take;
    }
    this.#since += left.length;
    if (this.#since < REPORT_FRAMES) return;
    this.#since = 0;
    this.#sendReport(false);
  }
  /** Renders the block that begins at a frame of the host. @returns false at the end. */
  #next(context: Frames): boolean {
    const loop = this.#loop;
    if (loop && this.#lead === 0 && this.#engine.frame >= loop.to) this.#seek(loop.from);
    const engine = this.#engine;
    if (this.#led && this.#lead === 0) this.#follow(this.#led, context);
    if (engine.frame >= engine.plan.frames) {
      this.#isRunning = false;
      this.#sendReport(true);
      return false;
    }
    if (!this.#isAnchored) {
      this.#isAnchored = true;
      this.#tell({ type: "anchor", context, frame: engine.frame - this.#lead });
    }
    this.#block();
    return true;
  }
}
const silence = () => ({
  momentary: Number.NEGATIVE_INFINITY,
  shortTerm: Number.NEGATIVE_INFINITY,
  integrated: Number.NEGATIVE_INFINITY,
  truePeak: Number.NEGATIVE_INFINITY,
});
