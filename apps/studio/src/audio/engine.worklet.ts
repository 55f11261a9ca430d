import { Transport, type TransportCommand, type TransportSetup } from "@kuishi/engine";

declare const currentFrame: number;
declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(name: string, make: new (options: { processorOptions: WorkletSetup }) => AudioWorkletProcessor): void;

/** What the worklet is made with: the bytes of the kernels besides. */
export type WorkletSetup = TransportSetup & { readonly kernels: ArrayBuffer };

/** The transport inside the audio thread. The context runs at 48 kHz; any quantum will do. */
class EngineProcessor extends AudioWorkletProcessor {
  readonly #transport: Transport;

  constructor(options: { processorOptions: WorkletSetup }) {
    super();
    const { kernels, ...setup } = options.processorOptions;
    this.#transport = new Transport(new WebAssembly.Module(kernels), setup, (message) => this.port.postMessage(message));
    this.port.onmessage = (event: MessageEvent<TransportCommand>) => this.#transport.obey(event.data);
  }
  process(_inputs: Float32Array[][], outputs: Float32Array[][]): boolean {
    const output = outputs[0];
    const left = output?.[0];
    if (left) this.#transport.process(left, output[1] ?? left, currentFrame);
    return true;
  }
}
registerProcessor("kuishi-engine", EngineProcessor);
