declare const currentFrame: number;
declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(name: string, make: new (options: { processorOptions: RecordSetup }) => AudioWorkletProcessor): void;

export interface RecordSetup {
  readonly channels: number;
}
/** Ports into which samples go: what the microphone gives, interleaved, and beside it what was played at the same frames, mono. */
export type RecordCommand = { readonly type: "begin"; readonly take: MessagePort; readonly played: MessagePort } | { readonly type: "end" };
export type RecordReport =
  /** Context frame of the first sample. */
  | { readonly type: "began"; readonly context: number }
  | { readonly type: "level"; readonly peak: number; readonly frames: number }
  /** The audio thread was late: so many frames are silence. */
  | { readonly type: "gap"; readonly frames: number };

/** Frames sent at once: 20 ms. */
const FRAMES = 960;

/** Takes the microphone and what is played, sample by sample on one clock; what the thread misses is filled with silence, so that time stays true. */
class RecordProcessor extends AudioWorkletProcessor {
  readonly #channels: number;
  #take: MessagePort | undefined;
  #played: MessagePort | undefined;
  #taken: Float32Array<ArrayBuffer>;
  #heard = new Float32Array(FRAMES);
  #used = 0;
  #next = -1;
  #peak = 0;
  #since = 0;
  #frames = 0;

  constructor(options: { processorOptions: RecordSetup }) {
    super();
    this.#channels = options.processorOptions.channels;
    this.#taken = new Float32Array(FRAMES * this.#channels);
    this.port.onmessage = ({ data }: MessageEvent<RecordCommand>) => {
      if (data.type === "begin") {
        this.#take = data.take;
        this.#played = data.played;
        this.#next = -1;
      } else this.#end();
    };
  }
  #tell(report: RecordReport): void {
    this.port.postMessage(report);
  }
  #end(): void {
    if (!this.#take) return;
    this.#take.postMessage(this.#taken.slice(0, this.#used * this.#channels));
    this.#played?.postMessage(this.#heard.slice(0, this.#used));
    this.#take.postMessage(null);
    this.#played?.postMessage(null);
    this.#take = this.#played = undefined;
    this.#used = 0;
  }
  #sample(input: Float32Array[] | undefined, played: Float32Array[] | undefined, i: number): void {
    for (let c = 0; c < this.#channels; c++) {
      const x = (input?.[c] ?? input?.[0])?.[i] ?? 0;
      this.#taken[this.#used * this.#channels + c] = x;
      if (Math.abs(x) > this.#peak) this.#peak = Math.abs(x);
    }
    this.#heard[this.#used] = ((played?.[0]?.[i] ?? 0) + (played?.[1]?.[i] ?? played?.[0]?.[i] ?? 0)) / 2;
    this.#frames++;
    if (++this.#used < FRAMES) return;
    this.#take?.postMessage(this.#taken, [this.#taken.buffer]);
    this.#played?.postMessage(this.#heard, [this.#heard.buffer]);
    this.#taken = new Float32Array(FRAMES * this.#channels);
    this.#heard = new Float32Array(FRAMES);
    this.#used = 0;
  }
  process([input, played]: Float32Array[][]): boolean {
    const length = input?.[0]?.length ?? played?.[0]?.length ?? 128;
    if (this.#take) {
      if (this.#next < 0) this.#tell({ type: "began", context: currentFrame });
      else if (currentFrame > this.#next) {
        this.#tell({ type: "gap", frames: currentFrame - this.#next });
        for (let missed = this.#next; missed < currentFrame; missed++) this.#sample(undefined, undefined, 0);
      }
      this.#next = currentFrame + length;
      for (let i = 0; i < length; i++) this.#sample(input, played, i);
    } else for (const x of input?.[0] ?? []) if (Math.abs(x) > this.#peak) this.#peak = Math.abs(x);
    this.#since += length;
    if (this.#since >= 2048) {
      this.#since = 0;
      this.#tell({ type: "level", peak: this.#peak, frames: this.#frames });
      this.#peak = 0;
    }
    return true;
  }
}
registerProcessor("kuishi-record", RecordProcessor);
