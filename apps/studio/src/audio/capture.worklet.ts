declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(name: string, make: new () => AudioWorkletProcessor): void;

declare const currentTime: number;

/** Frames sent at once: 5 ms. */
const FRAMES = 256;

/** Sends what the microphone hears, mixed to one channel, straight to the port it is given. */
class CaptureProcessor extends AudioWorkletProcessor {
  #to: MessagePort | undefined;
  #block = new Float32Array(FRAMES);
  #used = 0;
  #began = false;

  constructor() {
    super();
    this.port.onmessage = (event: MessageEvent<MessagePort>) => {
      this.#to = event.data;
    };
  }
  process([input]: Float32Array[][]): boolean {
    const first = input?.[0];
    if (!first || !this.#to) return true;
    // context time of the first sample: delays are counted from it
    if (!this.#began) this.#to.postMessage(currentTime);
    this.#began = true;
    for (let i = 0; i < first.length; i++) {
      let sum = 0;
      for (const channel of input) sum += channel[i] as number;
      this.#block[this.#used++] = sum / input.length;
      if (this.#used < FRAMES) continue;
      this.#to.postMessage(this.#block, [this.#block.buffer]);
      this.#block = new Float32Array(FRAMES);
      this.#used = 0;
    }
    return true;
  }
}
registerProcessor("kuishi-capture", CaptureProcessor);
