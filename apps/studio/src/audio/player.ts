import type { Plan, PlanSet, Strip, StripSet } from "@kuishi/engine";
import kernelsUrl from "@kuishi/signal/kernels.wasm?url";
import type { NamedSounds, Sound } from "../work/messages.ts";
import type { Anchor, Command, Report, Setup } from "./engine.worklet.ts";
import workletUrl from "./engine.worklet.ts?worker&url";

/** False where the browser forbids live sound: AudioWorklet exists on secure pages only. */
export const canPlay = (): boolean => typeof AudioContext !== "undefined" && "audioWorklet" in AudioContext.prototype && window.isSecureContext;

let kernels: Promise<ArrayBuffer> | undefined;
/** The engine node of a context, ready to run. */
export async function makeEngineNode(context: BaseAudioContext, plan: Plan, clips: NamedSounds, running: boolean): Promise<AudioWorkletNode> {
  kernels ??= fetch(kernelsUrl).then((response) => response.arrayBuffer());
  const [bytes] = await Promise.all([kernels, context.audioWorklet.addModule(workletUrl)]);
  const setup: Setup = { kernels: bytes, plan, clips, running };
  return new AudioWorkletNode(context, "kuishi-engine", { numberOfInputs: 0, outputChannelCount: [2], processorOptions: setup });
}

const same = (a: unknown, b: unknown): boolean => a === b || JSON.stringify(a) === JSON.stringify(b);
const settings = ({ id, gainDb, pan, sends, inserts, mute, source }: Strip): StripSet => ({
  id,
  gainDb,
  pan,
  sends,
  inserts,
  ...(mute === undefined ? {} : { mute }),
  ...(source.kind === "clips" ? { pieces: source.pieces } : {}),
});

/** What must be set to make one plan the other while it sounds; undefined where another engine is needed. */
export function difference(from: Plan, to: Plan): PlanSet | undefined {
  if (from.seed !== to.seed || from.buses.length !== to.buses.length) return undefined;
  const before = new Map(from.strips.map((strip) => [strip.id, strip]));
  const after = new Set(to.strips.map((strip) => strip.id));
  const add = to.strips.filter((strip) => !before.has(strip.id));
  // tracks of clips come and go at once; an instrument takes its time to be made
  if (add.some((strip) => strip.source.kind !== "clips")) return undefined;
  const strips: StripSet[] = [];
  for (const next of to.strips) {
    const own = before.get(next.id);
    if (!own || own === next) continue;
    const alike = own.events === next.events && same(own.curve, next.curve) && own.source.kind === next.source.kind;
    if (!alike || (next.source.kind !== "clips" && !same(own.source, next.source))) return undefined;
    const [a, b] = [settings(own), settings(next)];
    if (!same(a, b)) strips.push(b);
  }
  const buses = to.buses.filter((bus, k) => !same(bus, from.buses[k]));
  for (const [k, bus] of to.buses.entries()) if (bus.id !== from.buses[k]?.id || bus.effect.kind !== from.buses[k]?.effect.kind) return undefined;
  return {
    ...(from.frames === to.frames ? {} : { frames: to.frames }),
    add,
    remove: from.strips.flatMap((strip) => (after.has(strip.id) ? [] : [strip.id])),
    strips,
    buses,
    ...(same(from.master, to.master) ? {} : { master: to.master }),
  };
}
/** Whether there is anything to set. */
const isSomething = (to: PlanSet): boolean => Object.values(to).some((value) => (Array.isArray(value) ? value.length > 0 : value !== undefined));

/** Names of the sounds that a plan plays. */
const soundsOf = (plan: Plan | undefined): string[] =>
  plan
    ? [
        ...plan.strips.flatMap(({ source }) =>
          source.kind === "clips" ? source.pieces.map((piece) => piece.clip) : source.kind === "sampler" ? source.zones.map((zone) => zone.clip) : [],
        ),
        ...plan.buses.flatMap(({ effect }) => (effect.kind === "convolution" ? [effect.clip] : [])),
      ]
    : [];

export interface Listener {
  report(report: Report): void;
  anchor(anchor: Anchor): void;
}

/** Plays a plan through the AudioWorklet. */
export class Player {
  readonly context: AudioContext;
  readonly #node: AudioWorkletNode;
  #plan: Plan;
  #side: Plan | undefined;
  #jumps = 0;
  /** Sounds the worklet has, by name: each is sent once. */
  readonly #sent: Map<string, Sound>;

  private constructor(context: AudioContext, node: AudioWorkletNode, plan: Plan, sent: Map<string, Sound>) {
    this.context = context;
    this.#node = node;
    this.#plan = plan;
    this.#sent = sent;
  }
  static async create(plan: Plan, sounds: ReadonlyMap<string, Sound>, listener: Listener): Promise<Player> {
    // recording needs to hear itself soon; what is played only back may wait, but one context does both
    const context = new AudioContext({ sampleRate: 48_000, latencyHint: "interactive" });
    // for those who measure
    Object.assign(globalThis, { kuishiContext: context });
    const wanted = new Map(soundsOf(plan).flatMap((name) => (sounds.has(name) ? [[name, sounds.get(name) as Sound] as const] : [])));
    const node = await makeEngineNode(context, plan, [...wanted], false);
    node.port.onmessage = ({ data }: MessageEvent<Report | ({ type: "anchor" } & Anchor) | { type: "built" }>) => {
      if (!("type" in data)) listener.report(data);
      else if (data.type === "anchor") listener.anchor(data);
    };
    node.connect(context.destination);
    return new Player(context, node, plan, wanted);
  }
  get output(): AudioNode {
    return this.#node;
  }
  #send(command: Command): void {
    this.#node.port.postMessage(command);
  }
  /** Puts another plan in place of the one that plays, without a gap. */
  update(plan: Plan, sounds: ReadonlyMap<string, Sound>): void {
    if (plan === this.#plan) return;
    const names = [...new Set([...soundsOf(plan), ...soundsOf(this.#side)])];
    const clips = names.flatMap((name): [string, Sound][] => {
      const sound = sounds.get(name);
      if (!sound || this.#sent.get(name) === sound) return [];
      this.#sent.set(name, sound);
      return [[name, sound]];
    });
    const set = clips.some(([name]) => soundsOf(this.#plan).includes(name)) ? undefined : difference(this.#plan, plan);
    this.#plan = plan;
    if (!set) {
      for (const name of this.#sent.keys()) if (!names.includes(name)) this.#sent.delete(name);
      this.#send({ type: "plan", plan, clips, keep: names });
    } else if (isSomething(set) || clips.length > 0) this.#send({ type: "set", to: set, clips });
  }
  /** What runs along and is never written. */
  side(plan: Plan | undefined): void {
    if (same(plan, this.#side)) return;
    this.#side = plan;
    this.#send({ type: "side", plan: plan ?? null });
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
    this.#send({ type: "seek", frame, count: ++this.#jumps });
  }
  /** Whether a report is of before the last jump. */
  isOld(report: Report): boolean {
    return report.count < this.#jumps;
  }
  loop(loop: { readonly from: number; readonly to: number } | null): void {
    this.#send({ type: "loop", loop });
  }
  async close(): Promise<void> {
    this.#node.disconnect();
    await this.context.close();
  }
}
