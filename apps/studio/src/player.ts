import type { Clips, Plan, StripControl } from "@kuishi/engine";
import kernelsUrl from "@kuishi/signal/kernels.wasm?url";
import type { Command, Report, Setup } from "./engine.worklet.ts";
import workletUrl from "./engine.worklet.ts?worker&url";

/** False where the browser forbids live sound: AudioWorklet exists on secure pages only. */
export const canPlay = (): boolean => typeof AudioContext !== "undefined" && "audioWorklet" in AudioContext.prototype && window.isSecureContext;

/** The engine node of a context, ready to run. */
export async function makeEngineNode(context: BaseAudioContext, plan: Plan, clips: Setup["clips"], running: boolean): Promise<AudioWorkletNode> {
  await context.audioWorklet.addModule(workletUrl);
  const kernels = await (await fetch(kernelsUrl)).arrayBuffer();
  const setup: Setup = { kernels, plan, clips, running };
  return new AudioWorkletNode(context, "kuishi-engine", { numberOfInputs: 0, outputChannelCount: [2], processorOptions: setup });
}

/** Plays a plan through the AudioWorklet. */
export class Player {
  readonly #context: AudioContext;
  readonly #node: AudioWorkletNode;

  private constructor(context: AudioContext, node: AudioWorkletNode) {
    this.#context = context;
    this.#node = node;
  }
  /** @param onReport called with position and peaks while it plays. */
  static async create(plan: Plan, clips: Clips, onReport: (report: Report) => void): Promise<Player> {
    const context = new AudioContext({ sampleRate: 48_000, latencyHint: "playback" });
    const node = await makeEngineNode(context, plan, [...clips], false);
    node.port.onmessage = (event: MessageEvent<Report>) => onReport(event.data);
    node.connect(context.destination);
    return new Player(context, node);
  }
  #send(command: Command): void {
    this.#node.port.postMessage(command);
  }
  async play(): Promise<void> {
    await this.#context.resume();
    this.#send({ type: "play" });
  }
  pause(): void {
    this.#send({ type: "pause" });
  }
  seek(frame: number): void {
    this.#send({ type: "seek", frame });
  }
  control(controls: Readonly<Record<string, StripControl>>): void {
    this.#send({ type: "control", controls });
  }
  async close(): Promise<void> {
    this.#node.disconnect();
    await this.#context.close();
  }
}
