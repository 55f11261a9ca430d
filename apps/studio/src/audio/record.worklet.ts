import { Recorder, type RecordReport, type RecordSetup } from "@kuishi/engine";

declare const currentFrame: number;
declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(name: string, make: new (options: { processorOptions: RecordSetup }) => AudioWorkletProcessor): void;

/** Ports into which samples go: what the microphone gives, interleaved, and beside it what was played at the same frames, mono. */
export type RecordCommand = { readonly type: "begin"; readonly take: MessagePort; readonly played: MessagePort } | { readonly type: "end" };

/** The recorder inside the audio thread. */
class RecordProcessor extends AudioWorkletProcessor {
  readonly #recorder: Recorder;

  constructor(options: { processorOptions: RecordSetup }) {
    super();
    this.#recorder = new Recorder(options.processorOptions, (report: RecordReport) => this.port.postMessage(report));
    this.port.onmessage = ({ data }: MessageEvent<RecordCommand>) => {
      if (data.type === "end") this.#recorder.end();
      else
        this.#recorder.begin(
          (samples) => data.take.postMessage(samples),
          (samples) => data.played.postMessage(samples),
        );
    };
  }
  process(inputs: Float32Array[][]): boolean {
    this.#recorder.process(inputs[0], inputs[1], currentFrame);
    return true;
  }
}
registerProcessor("kuishi-record", RecordProcessor);
