import { type Bend, type Clips, Engine, type Plan, type PlanEvent, type PlanSet } from "@kuishi/engine";
import { integrated, Kernels, LoudnessMeter, toLufs } from "@kuishi/signal";
import { SIDE } from "./side.ts";

declare const currentFrame: number;
declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(name: string, make: new (options: { processorOptions: Setup }) => AudioWorkletProcessor): void;

type Sounds = readonly (readonly [string, readonly Float32Array[]])[];
/** What the worklet is made with. */
export interface Setup {
  readonly kernels: ArrayBuffer;
  readonly plan: Plan;
  readonly clips: Sounds;
  /** Play from the start at once; else wait for `play`. */
  readonly running: boolean;
}
/** What the page tells the worklet. */
export type Command =
  /** `lead` frames of the side plan before the first of the plan: a count-in. */
  | { readonly type: "play"; readonly lead?: number }
  | { readonly type: "pause" }
  /** `count` is told back in reports, so that those of before can be told apart. */
  | { readonly type: "seek"; readonly frame: number; readonly count: number }
  /** Round and round between two frames; null ends it. */
  | { readonly type: "loop"; readonly loop: { readonly from: number; readonly to: number } | null }
  /** Another plan: it is built beside the one that plays and takes over at the same frame. */
  | { readonly type: "plan"; readonly plan: Plan; readonly clips: Sounds; readonly keep: readonly string[] }
  /** Values of the plan that plays. */
  | { readonly type: "set"; readonly to: PlanSet; readonly clips: Sounds }
  /** A plan that runs along beside the other and is never written: metronome, drone. Its frame 0 is `SIDE` before the other's. */
  | { readonly type: "side"; readonly plan: Plan | null }
  /** Notes by hand, known by a key of the player's; `frame` and `length` are the worklet's to say. */
  | { readonly type: "press"; readonly strip: string; readonly key: string; readonly note: Pick<PlanEvent, "cents" | "velocity" | "voice" | "articulation"> }
  | { readonly type: "lift"; readonly strip: string; readonly key: string }
  /** Cents beside the pitch at which the note was begun. */
  | { readonly type: "bend"; readonly key: string; readonly cents: number };
/** What the worklet reports about twenty times a second. */
export interface Report {
  readonly frame: number;
  /** Of the last jump that was asked for. */
  readonly count: number;
  readonly ended: boolean;
  readonly peaks: Readonly<Record<string, number>>;
  /** Of what is heard, LUFS and dBTP; of the whole so far and of the loudest moment. */
  readonly loudness: { readonly momentary: number; readonly shortTerm: number; readonly integrated: number; readonly truePeak: number };
}
/** From this context frame on, the plan runs from this frame of its own. */
export interface Anchor {
  readonly context: number;
  readonly frame: number;
}

const REPORT_FRAMES = 2048;
/** Blocks over which a new engine takes over from the old one. */
const FADE = 8;

/** A note under a finger: its pitch may be moved while it sounds. */
type HeldNote = PlanEvent & { bend: Bend };
/** Until it is let go. */
const HELD = 1e12;

/** The engine inside the audio thread. The context runs at 48 kHz; any quantum will do. */
class EngineProcessor extends AudioWorkletProcessor {
  readonly #module: WebAssembly.Module;
  readonly #clips: Map<string, readonly Float32Array[]>;
  #engine: Engine;
  #running: boolean;
  #used = 128; // frames of the current block already given out
  #since = 0;
  #lead = 0;
  #count = 0;
  #loop: { readonly from: number; readonly to: number } | null = null;
  /** The engine that is being built, and the one that fades away. */
  #building: Generator<void, Engine> | undefined;
  #keep: ReadonlySet<string> | undefined;
  #old: Engine | undefined;
  #fade = 0;
  #side: Engine | undefined;
  #sideBuilding: Generator<void, Engine> | undefined;
  #anchored = false;
  #meter: LoudnessMeter;
  #reports = 0;
  #integrated = Number.NEGATIVE_INFINITY;
  readonly #left = new Float32Array(128);
  readonly #right = new Float32Array(128);
  readonly #held = new Map<string, HeldNote>();

  constructor(options: { processorOptions: Setup }) {
    super();
    const { kernels, plan, clips, running } = options.processorOptions;
    this.#module = new WebAssembly.Module(kernels);
    this.#clips = new Map(clips);
    this.#engine = Engine.of(new Kernels(this.#module), plan, this.#clips as Clips);
    this.#meter = new LoudnessMeter(new Kernels(this.#module), true);
    this.#running = running;
    this.port.onmessage = (event: MessageEvent<Command>) => this.#obey(event.data);
  }
  #obey(command: Command): void {
    switch (command.type) {
      case "play":
        this.#running = true;
        this.#lead = Math.ceil((command.lead ?? 0) / 128) * 128;
        this.#used = 128;
        this.#jumped();
        break;
      case "pause":
        this.#running = false;
        this.#lead = 0;
        break;
      case "seek":
        this.#count = command.count;
        this.#seek(command.frame);
        this.#report(false);
        break;
      case "loop":
        this.#loop = command.loop && command.loop.to - command.loop.from >= 1280 ? command.loop : null;
        break;
      case "plan":
        for (const [name, sound] of command.clips) this.#clips.set(name, sound);
        this.#keep = new Set(command.keep);
        this.#building = Engine.building(new Kernels(this.#module), command.plan, this.#clips as Clips);
        break;
      case "set":
        for (const [name, sound] of command.clips) this.#clips.set(name, sound);
        this.#engine.set(command.to);
        break;
      case "side":
        this.#sideBuilding = command.plan ? Engine.building(new Kernels(this.#module), command.plan, this.#clips as Clips) : undefined;
        if (!command.plan) this.#side = undefined;
        break;
      case "press": {
        const note: HeldNote = { ...command.note, frame: this.#engine.frame, length: HELD, bend: [[0, 0]] };
        const pressed = this.#engine.press(command.strip, note);
        if (pressed) this.#held.set(command.key, pressed as HeldNote);
        break;
      }
      case "lift": {
        const note = this.#held.get(command.key);
        this.#held.delete(command.key);
        if (note) this.#engine.lift(command.strip, note);
        break;
      }
      case "bend": {
        const note = this.#held.get(command.key);
        if (note) note.bend = [[0, command.cents]];
      }
    }
  }
  #seek(frame: number): void {
    this.#engine.seek(frame);
    this.#used = 128;
    this.#jumped();
  }
  /** After a jump the side plan follows, and whoever records is told. */
  #jumped(): void {
    this.#side?.seek(this.#engine.frame - this.#lead + SIDE);
    this.#anchored = false;
  }
  /** One step of what is being built. */
  #build(): void {
    if (this.#building) {
      const { done, value } = this.#building.next();
      if (done) {
        this.#building = undefined;
        value.seek(this.#engine.frame);
        this.#old = this.#running ? this.#engine : undefined;
        this.#fade = 0;
        this.#engine = value;
        this.port.postMessage({ type: "built" });
        for (const name of this.#clips.keys()) if (this.#keep && !this.#keep.has(name)) this.#clips.delete(name);
      }
    } else if (this.#sideBuilding) {
      const { done, value } = this.#sideBuilding.next();
      if (done) {
        this.#sideBuilding = undefined;
        this.#side = value;
        value.seek(this.#engine.frame - this.#lead + SIDE);
      }
    }
  }
  #report(ended: boolean): void {
    const { energies } = this.#meter;
    if (++this.#reports % 20 === 0) this.#integrated = integrated(energies);
    const over = (count: number): number => {
      const last = energies.slice(-count);
      return last.length === 0 ? Number.NEGATIVE_INFINITY : toLufs(last.reduce((sum, energy) => sum + energy, 0) / last.length);
    };
    const report: Report = {
      frame: this.#engine.frame - this.#lead,
      count: this.#count,
      ended,
      peaks: Object.fromEntries(this.#engine.stems.map((stem) => [stem.id, stem.peak])),
      loudness: { momentary: over(4), shortTerm: over(30), integrated: this.#integrated, truePeak: this.#meter.truePeak },
    };
    this.port.postMessage(report);
  }
  /** Renders the next block of all that sounds. */
  #block(): void {
    const engine = this.#engine;
    const [left, right] = [this.#left, this.#right];
    if (this.#lead > 0) {
      this.#lead -= 128;
      left.fill(0);
      right.fill(0);
    } else {
      engine.render();
      left.set(engine.mix.leftView);
      right.set(engine.mix.rightView);
      if (this.#old) {
        this.#old.render();
        const { leftView, rightView } = this.#old.mix;
        for (let i = 0; i < 128; i++) {
          const part = (this.#fade + i / 128) / FADE;
          left[i] = (left[i] as number) * part + (leftView[i] as number) * (1 - part);
          right[i] = (right[i] as number) * part + (rightView[i] as number) * (1 - part);
        }
        if (++this.#fade >= FADE) this.#old = undefined;
      }
      this.#meter.push(left, right);
    }
    if (this.#side) {
      this.#side.render();
      for (let i = 0; i < 128; i++) {
        left[i] = (left[i] as number) + (this.#side.mix.leftView[i] as number);
        right[i] = (right[i] as number) + (this.#side.mix.rightView[i] as number);
      }
    }
    this.#used = 0;
  }
  process(_inputs: Float32Array[][], [output]: Float32Array[][]): boolean {
    this.#build();
    const left = output?.[0];
    if (!left || !this.#running) return true;
    const right = output[1] ?? left;
    for (let at = 0; at < left.length; ) {
      if (this.#used === 128) {
        const { engine, loop } = { engine: this.#engine, loop: this.#loop };
        if (loop && this.#lead === 0 && engine.frame >= loop.to) this.#seek(loop.from);
        if (engine.frame >= engine.plan.frames) {
          this.#running = false;
          this.#report(true);
          return true;
        }
        if (!this.#anchored) {
          this.#anchored = true;
          const anchor: Anchor = { context: currentFrame + at, frame: engine.frame - this.#lead };
          this.port.postMessage({ type: "anchor", ...anchor });
        }
        this.#block();
      }
      const take = Math.min(left.length - at, 128 - this.#used);
      left.set(this.#left.subarray(this.#used, this.#used + take), at);
      right.set(this.#right.subarray(this.#used, this.#used + take), at);
      this.#used += take;
      at += take;
    }
    this.#since += left.length;
    if (this.#since >= REPORT_FRAMES) {
      this.#since = 0;
      this.#report(false);
    }
    return true;
  }
}
registerProcessor("kuishi-engine", EngineProcessor);
