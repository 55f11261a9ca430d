import { Capture } from "@kuishi/engine";

declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(name: string, make: new () => AudioWorkletProcessor): void;

declare const currentTime: number;

/** Sends what the microphone hears, mixed to one channel, straight to the port it is given. */
class CaptureProcessor extends AudioWorkletProcessor {
  readonly #capture = new Capture();
  #to: MessagePort | undefined;
  readonly #send = (samples: Float32Array | null): void => this.#to?.postMessage(samples);
  #began = false;

  constructor() {
    super();
    this.port.onmessage = (event: MessageEvent<MessagePort>) => {
      this.#to = event.data;
    };
  }
  process(inputs: Float32Array[][]): boolean {
    const input = inputs[0];
    if (!input?.[0] || !this.#to) return true;
    // context time of the first sample: delays are counted from it
    if (!this.#began) this.#to.postMessage(currentTime);
    this.#began = true;
    this.#capture.process(input, this.#send);
    return true;
  }
}
registerProcessor("kuishi-capture", CaptureProcessor);
