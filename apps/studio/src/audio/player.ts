import { Complaint, SAMPLE_RATE } from "@kuishi/base";
import {
  clipsOf,
  differenceOf,
  isSomething,
  type Plan,
  type TransportCommand,
  type TransportLead,
  type TransportMessage,
  type TransportReport,
} from "@kuishi/engine";
import kernelsUrl from "@kuishi/signal/kernels.wasm?url";
import { measure } from "../measure.ts";
import type { AudioChannels, NamedAudio } from "../workers/messages.ts";
import type { WorkletSetup } from "./engine.worklet.ts";
import workletUrl from "./engine.worklet.ts?worker&url";

/** False where the browser forbids live sound: AudioWorklet exists on secure pages only. */
export const canPlay = (): boolean => typeof AudioContext !== "undefined" && "audioWorklet" in AudioContext.prototype && window.isSecureContext;

let kernels: Promise<ArrayBuffer> | undefined;
/** The engine node of a context, ready to run. */
export async function makeEngineNode(context: BaseAudioContext, plan: Plan, clips: NamedAudio, running: boolean): Promise<AudioWorkletNode> {
  kernels ??= fetch(kernelsUrl).then((response) => response.arrayBuffer());
  const [bytes] = await Promise.all([kernels, context.audioWorklet.addModule(workletUrl)]);
  const setup: WorkletSetup = { kernels: bytes, plan, clips, running };
  return new AudioWorkletNode(context, "kuishi-engine", { numberOfInputs: 0, outputChannelCount: [2], processorOptions: setup });
}

/** What the worklet reports, the peaks by the names of their stems. */
export type Report = Omit<TransportReport, "peaks"> & { readonly peaks: Readonly<Record<string, number>> };
/** From this context frame on, the plan runs from this frame of its own. */
export interface Anchor {
  readonly context: number;
  readonly frame: number;
}
export interface Listener {
  report(report: Report): void;
  anchor(anchor: Anchor): void;
  /** A plan could not be taken, and what played goes on as it was. */
  refused(complaint: Complaint): void;
}
/** Gives the names of the stems, as they were told, to the peaks of reports. */
export function peaksByName(): (message: TransportMessage) => Report | undefined {
  let ids: readonly string[] = [];
  return (message) => {
    if (message.type === "stems") ids = message.ids;
    return message.type === "report" ? { ...message, peaks: Object.fromEntries(ids.map((id, k) => [id, message.peaks[k] ?? 0])) } : undefined;
  };
}

/** What runs along, so many frames later. */
const later = (plan: Plan, lead: number): Plan =>
  lead === 0
    ? plan
    : {
        ...plan,
        frames: plan.frames + lead,
        strips: plan.strips.map((strip) => ({ ...strip, events: strip.events.map((event) => ({ ...event, frame: event.frame + lead })) })),
      };

/** Plays a plan through the AudioWorklet. Its frames are the recording's: what a record begins with lies before 0. */
export class Player {
  readonly context: AudioContext;
  readonly #node: AudioWorkletNode;
  #plan: Plan;
  #side: Plan | undefined;
  #jumps = 0;
  /** Where it was heard last. */
  #frame = 0;
  /** Frames of what sounds before the recording's first. */
  #lead: number;
  /** Plans that were sent and have not taken over yet, and who waits for that. */
  #settling: (() => void)[] = [];
  #isSettled = true;
  /** Sounds the worklet has, by name: each is sent once. */
  readonly #sent: Map<string, AudioChannels>;

  private constructor(context: AudioContext, node: AudioWorkletNode, plan: Plan, sent: Map<string, AudioChannels>) {
    this.context = context;
    this.#node = node;
    this.#plan = plan;
    this.#lead = plan.lead ?? 0;
    this.#sent = sent;
  }
  static async create(plan: Plan, sounds: ReadonlyMap<string, AudioChannels>, listener: Listener): Promise<Player> {
    // recording needs to hear itself soon; what is played only back may wait, but one context does both
    const context = new AudioContext({ sampleRate: SAMPLE_RATE, latencyHint: "interactive" });
    measure("context", context);
    const wanted = new Map(clipsOf(plan).flatMap((name) => (sounds.has(name) ? [[name, sounds.get(name)!] as const] : [])));
    const node = await makeEngineNode(context, plan, [...wanted], false);
    node.connect(context.destination);
    const player = new Player(context, node, plan, wanted);
    const reportOf = peaksByName();
    node.port.onmessage = ({ data }: MessageEvent<TransportMessage>) => {
      const report = reportOf(data);
      if (report) {
        player.#frame = report.frame - player.#lead;
        listener.report({ ...report, frame: player.#frame });
      } else if (data.type === "anchor") listener.anchor({ ...data, frame: data.frame - player.#lead });
      else if (data.type === "built") player.#took(data.lead);
      else if (data.type === "refused") player.#refused(data.command, listener);
    };
    return player;
  }
  /** The plan that was sent last has taken over. */
  #took(lead: number): void {
    const moved = lead !== this.#lead;
    this.#lead = lead;
    this.#settle();
    if (!moved) return;
    // what runs along lies elsewhere beside it now
    const side = this.#side;
    this.#side = undefined;
    this.side(side);
  }
  #settle(): void {
    this.#isSettled = true;
    for (const done of this.#settling.splice(0)) done();
  }
  /** Waits until the plan that was put in place last is the one that sounds. */
  settled(): Promise<void> {
    return this.#isSettled ? Promise.resolve() : new Promise((resolve) => this.#settling.push(resolve));
  }
  get output(): AudioNode {
    return this.#node;
  }
  /** An edit that could not be set is taken with the whole plan, by an engine with memory of its own; if that has no room either, the user is told. */
  #refused(command: TransportCommand["type"], listener: Listener): void {
    if (command === "set") this.#send({ type: "plan", plan: this.#plan, clips: [], keep: [...this.#sent.keys()] });
    else if (command === "plan" || command === "side") {
      this.#settle();
      listener.refused(new Complaint("unsupported", "engine.full"));
    }
  }
  #send(command: TransportCommand): void {
    this.#node.port.postMessage(command);
  }
  /** Puts another plan in place of the one that plays, without a gap. @param at where what plays comes to a frame of the recording; without it at once. */
  update(plan: Plan, sounds: ReadonlyMap<string, AudioChannels>, at?: number): void {
    if (plan === this.#plan) return;
    const names = [...new Set([...clipsOf(plan), ...(this.#side ? clipsOf(this.#side) : [])])];
    const clips = names.flatMap((name): [string, AudioChannels][] => {
      const sound = sounds.get(name);
      if (!sound || this.#sent.get(name) === sound) return [];
      this.#sent.set(name, sound);
      return [[name, sound]];
    });
    const set = clips.some(([name]) => clipsOf(this.#plan).includes(name)) ? undefined : differenceOf(this.#plan, plan);
    this.#plan = plan;
    if (!set) {
      for (const name of this.#sent.keys()) if (!names.includes(name)) this.#sent.delete(name);
      this.#isSettled = false;
      this.#send({ type: "plan", plan, clips, keep: names, ...(at === undefined ? {} : { at: at + this.#lead }) });
    } else if (isSomething(set) || clips.length > 0) this.#send({ type: "set", to: set, clips });
  }
  /** What runs along and is never written. */
  side(plan: Plan | undefined): void {
    if (JSON.stringify(plan) === JSON.stringify(this.#side)) return;
    this.#side = plan;
    this.#send({ type: "side", plan: plan ? later(plan, this.#lead) : null });
  }
  /** @param lead frames of count-in. */
  async play(lead = 0): Promise<void> {
    await this.context.resume();
    this.#send({ type: "play", lead });
  }
  pause(): void {
    this.#send({ type: "pause" });
  }
  seek(frame: number): void {
    this.#frame = frame;
    this.#send({ type: "seek", frame: frame + this.#lead, count: ++this.#jumps });
  }
  /** Whether a report is of before the last jump. */
  isOld(report: Report): boolean {
    return report.count < this.#jumps;
  }
  loop(loop: { readonly from: number; readonly to: number } | null): void {
    this.#send({ type: "loop", loop: loop && { from: loop.from + this.#lead, to: loop.to + this.#lead } });
  }
  /** Goes with someone who plays; frames are the plan's own. */
  leadBy(lead: TransportLead): void {
    this.#send({ type: "lead", lead });
  }
  /** Ends it: from here on the listener hears nothing more, not even what is already on its way. */
  async close(): Promise<void> {
    this.#node.port.onmessage = null;
    this.#node.disconnect();
    await this.context.close();
  }
}
