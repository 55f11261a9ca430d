import { type Bend, type Clips, Engine, type Plan, type PlanEvent, type StripControl } from "@kuishi/engine";
import { Kernels } from "@kuishi/signal";

declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(name: string, make: new (options: { processorOptions: Setup }) => AudioWorkletProcessor): void;

/** What the worklet is made with. */
export interface Setup {
  readonly kernels: ArrayBuffer;
  readonly plan: Plan;
  readonly clips: readonly (readonly [string, readonly Float32Array[]])[];
  /** Play from the start at once; else wait for `play`. */
  readonly running: boolean;
}
/** What the page tells the worklet. */
export type Command =
  | { readonly type: "play" }
  | { readonly type: "pause" }
  | { readonly type: "seek"; readonly frame: number }
  | { readonly type: "control"; readonly controls: Readonly<Record<string, StripControl>> }
  /** Notes by hand, known by a key of the player's; `frame` and `length` are the worklet's to say. */
  | { readonly type: "press"; readonly strip: string; readonly key: string; readonly note: Pick<PlanEvent, "cents" | "velocity" | "voice" | "articulation"> }
  | { readonly type: "lift"; readonly strip: string; readonly key: string }
  /** Cents beside the pitch at which the note was begun. */
  | { readonly type: "bend"; readonly key: string; readonly cents: number };
/** What the worklet reports about twenty times a second. */
export interface Report {
  readonly frame: number;
  readonly ended: boolean;
  readonly peaks: Readonly<Record<string, number>>;
}

const REPORT_FRAMES = 2048;

/** A note under a finger: its pitch may be moved while it sounds. */
type HeldNote = PlanEvent & { bend: Bend };
/** Until it is let go. */
const HELD = 1e12;

/** The engine inside the audio thread. The context runs at 48 kHz; any quantum will do. */
class EngineProcessor extends AudioWorkletProcessor {
  readonly #engine: Engine;
  #running: boolean;
  #used = 128; // frames of the current block already given out
  #since = 0;
  readonly #held = new Map<string, HeldNote>();

  constructor(options: { processorOptions: Setup }) {
    super();
    const { kernels, plan, clips, running } = options.processorOptions;
    this.#engine = Engine.of(new Kernels(new WebAssembly.Module(kernels)), plan, new Map(clips) as Clips);
    this.#running = running;
    this.port.onmessage = (event: MessageEvent<Command>) => this.#obey(event.data);
  }
  #obey(command: Command): void {
    if (command.type === "play") this.#running = true;
    else if (command.type === "pause") this.#running = false;
    else if (command.type === "control") this.#engine.control(command.controls);
    else if (command.type === "press") {
      const note: HeldNote = { ...command.note, frame: this.#engine.frame, length: HELD, bend: [[0, 0]] };
      const pressed = this.#engine.press(command.strip, note);
      if (pressed) this.#held.set(command.key, pressed as HeldNote);
    } else if (command.type === "lift") {
      const note = this.#held.get(command.key);
      this.#held.delete(command.key);
      if (note) this.#engine.lift(command.strip, note);
    } else if (command.type === "bend") {
      const note = this.#held.get(command.key);
      if (note) note.bend = [[0, command.cents]];
    } else {
      this.#engine.seek(command.frame);
      this.#used = 128;
      this.#report(false);
    }
  }
  #report(ended: boolean): void {
    const report: Report = { frame: this.#engine.frame, ended, peaks: Object.fromEntries(this.#engine.stems.map((stem) => [stem.id, stem.peak])) };
    this.port.postMessage(report);
  }
  process(_inputs: Float32Array[][], [output]: Float32Array[][]): boolean {
    const left = output?.[0];
    if (!left || !this.#running) return true;
    const right = output[1] ?? left;
    const engine = this.#engine;
    for (let at = 0; at < left.length; ) {
      if (this.#used === 128) {
        if (engine.frame >= engine.plan.frames) {
          this.#running = false;
          this.#report(true);
          return true;
        }
        engine.render();
        this.#used = 0;
      }
      const take = Math.min(left.length - at, 128 - this.#used);
      left.set(engine.mix.leftView.subarray(this.#used, this.#used + take), at);
      right.set(engine.mix.rightView.subarray(this.#used, this.#used + take), at);
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
