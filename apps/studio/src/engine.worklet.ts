import { type Clips, Engine, type Plan, type StripControl } from "@kuishi/engine";
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
  | { readonly type: "control"; readonly controls: Readonly<Record<string, StripControl>> };
/** What the worklet reports about twenty times a second. */
export interface Report {
  readonly frame: number;
  readonly ended: boolean;
  readonly peaks: Readonly<Record<string, number>>;
}

const REPORT_FRAMES = 2048;

/** The engine inside the audio thread. The context runs at 48 kHz; any quantum will do. */
class EngineProcessor extends AudioWorkletProcessor {
  readonly #engine: Engine;
  #running: boolean;
  #used = 128; // frames of the current block already given out
  #since = 0;

  constructor(options: { processorOptions: Setup }) {
    super();
    const { kernels, plan, clips, running } = options.processorOptions;
    this.#engine = new Engine(new Kernels(new WebAssembly.Module(kernels)), plan, new Map(clips) as Clips);
    this.#running = running;
    this.port.onmessage = (event: MessageEvent<Command>) => this.#obey(event.data);
  }
  #obey(command: Command): void {
    if (command.type === "play") this.#running = true;
    else if (command.type === "pause") this.#running = false;
    else if (command.type === "control") this.#engine.control(command.controls);
    else {
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
