import { SAMPLE_RATE } from "@kuishi/base";
import { type LiveEar, liveEar } from "@kuishi/listen";
import { wavBytes, wavHeader } from "@kuishi/media";
import { Kernels, Resampler } from "@kuishi/signal";
import kernelsUrl from "@kuishi/signal/kernels.wasm?url";
import { instruments } from "@kuishi/tuning";
import type { LiveAsk, LiveTell } from "./messages.ts";

const tell = (message: LiveTell): void => self.postMessage(message);
const kernels = fetch(kernelsUrl).then(async (response) => WebAssembly.compile(await response.arrayBuffer()));
const EAR_RATE = 24_000;
/** Longest take that is kept, seconds; listening goes on. */
const MAX_TAKE_SEC = 600;
/** A level is told at least this often, blocks. */
const OFTEN = 10;

/** A take: the ear hears it block by block, and it is kept to be heard again as a whole. */
class Take {
  readonly #ear: LiveEar;
  readonly #toEar: Resampler;
  readonly #blocks: Float32Array[] = [];
  readonly #port: MessagePort;
  #startSec = 0;
  #since = 0;
  #peak = 0;

  constructor(module: WebAssembly.Module, instrument: string, port: MessagePort, rate: number) {
    const chosen = instruments.get(instrument);
    if (!chosen || rate !== SAMPLE_RATE) throw new RangeError(`${instrument} at ${rate} Hz`);
    const own = new Kernels(module);
    this.#ear = liveEar(own, chosen);
    this.#toEar = new Resampler(own, rate, EAR_RATE);
    this.#port = port;
    port.onmessage = ({ data }: MessageEvent<Float32Array | number>) => {
      if (typeof data === "number") this.#startSec = data;
      else this.#hear(data);
    };
  }
  #hear(block: Float32Array): void {
    if (this.#blocks.length * block.length < MAX_TAKE_SEC * SAMPLE_RATE) this.#blocks.push(block);
    for (const x of block) this.#peak = Math.max(this.#peak, Math.abs(x));
    const told = this.#ear.push(this.#toEar.push(block));
    if (told.length === 0 && ++this.#since < OFTEN) return;
    tell({ type: "told", told, startSec: this.#startSec, heardSec: this.#ear.seconds, level: this.#peak });
    this.#since = 0;
    this.#peak = 0;
  }
  finish(): Blob | null {
    this.#port.close();
    const frames = this.#blocks.reduce((sum, block) => sum + block.length, 0);
    if (frames === 0) return null;
    return new Blob([wavHeader("float32", SAMPLE_RATE, 1, frames), ...this.#blocks.map((block) => wavBytes("float32", [block]))], { type: "audio/wav" });
  }
}

let take: Take | undefined;
self.onmessage = async ({ data }: MessageEvent<LiveAsk>) => {
  if (data.type === "start") take = new Take(await kernels, data.instrument, data.port, data.rate);
  else {
    tell({ type: "take", file: take?.finish() ?? null });
    take = undefined;
  }
};
