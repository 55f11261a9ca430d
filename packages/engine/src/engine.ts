import { BLOCK, type Frames } from "@kuishi/base";
import { type Address, type Held, type Kernels, truePeakBank } from "@kuishi/signal";
import { type Feeds, mixedHere } from "./ahead.ts";
import { Channel } from "./channel.ts";
import { Dials } from "./dials.ts";
import { type EffectContext, EffectProcessor } from "./effects.ts";
import type { Note } from "./note.ts";
import type { Automation, Bus, Clips, Master, Plan, PlanEvent, Strip } from "./plan.ts";
import { automate, InsertChain, placeIn, StripChannel, type StripSet } from "./strip.ts";

/** Values of a plan that may change while it sounds: what is not named stays. */
export interface PlanSet {
  /** Where the plan ends. */
  readonly frames?: Frames;
  /** Strips that come, behind those there are, and those that go. */
  readonly add?: readonly Strip[];
  readonly remove?: readonly string[];
  readonly strips?: readonly StripSet[];
  readonly buses?: readonly Bus[];
  readonly master?: Master;
}

/** Frames the limiter looks ahead, and with its detector how late the master is. */
const LOOKAHEAD_FRAMES = 96;
export const MASTER_LATENCY: Frames = LOOKAHEAD_FRAMES + 11;

/** The return of an effect. */
class BusChannel extends Channel {
  readonly effect: EffectProcessor<Bus["effect"]>;
  #automation: readonly Automation[] = [];

  constructor(kernels: Kernels, bus: Bus, context: EffectContext) {
    super(kernels, bus.id, bus);
    this.effect = new EffectProcessor(kernels, bus.effect, context);
    this.automate(bus, 0);
  }
  automate({ automation = [] }: Bus, frame: Frames): void {
    const find = (path: Automation["path"]) => (path[0] === "effect" ? placeIn(this.effect.dials, path.slice(1)) : placeIn(this.fader, path));
    automate(find, this.#automation, automation, frame);
    this.#automation = automation;
  }
  renderInto(sum: Channel, frame: Frames): void {
    this.effect.process(this.left, this.right, frame, BLOCK);
    this.mixInto(sum, frame);
  }
}

/**
 * Renders a plan block by block: strips, sends, buses, the sum, and the master chain. It knows no
 * host: a worklet, a worker and Node drive it alike and get the same bytes. Once made it allocates nothing but for edits.
 */
export class Engine {
  plan: Plan;
  readonly #kernels: Kernels;
  readonly #clips: Clips;
  readonly #feeds: Feeds;
  readonly #strips: Held<StripChannel>[] = [];
  readonly #buses: readonly BusChannel[];
  readonly #sum: Channel;
  readonly #master: Channel;
  readonly #inserts: InsertChain;
  readonly #limiter: Address;
  readonly #ceiling: Dials;
  readonly #bank: Address;
  #masterAutomation: readonly Automation[] = [];
  #stems: readonly Channel[] = [];
  #frame: Frames = 0;

  /** @param whole false leaves out the strips, which `building` adds. */
  private constructor(kernels: Kernels, plan: Plan, clips: Clips, whole: boolean, feeds: Feeds = new Map()) {
    this.plan = plan;
    this.#kernels = kernels;
    this.#clips = clips;
    this.#feeds = feeds;
    const { master } = plan;
    this.#buses = plan.buses.map((bus) => new BusChannel(kernels, bus, this.#context));
    this.#sum = new Channel(kernels, "premaster", { gainDb: 0 });
    this.#master = new Channel(kernels, "mix", master);
    this.#bank = truePeakBank(kernels);
    this.#limiter = kernels.call.limiterMake(LOOKAHEAD_FRAMES, 0.0004);
    this.#ceiling = new Dials(kernels, [{ path: ["ceilingDbtp"], value: master.ceilingDbtp, isLog: false, low: -40, high: 0 }]);
    kernels.call.limiterSet(this.#limiter, this.#ceiling.at);
    this.#inserts = new InsertChain(kernels, master.inserts ?? [], this.#context);
    this.#automateMaster(master);
    if (whole) for (const strip of plan.strips) this.#addStrip(strip);
    this.#list();
  }
  /**
   * An engine that can play a plan. @param feeds sound of strips that are rendered elsewhere.
   * @throws RangeError for a side-chain whose key does not stand earlier, and where there is no room.
   */
  static of(kernels: Kernels, plan: Plan, clips: Clips, feeds?: Feeds): Engine {
    return new Engine(kernels, plan, clips, true, feeds);
  }
  /** Makes an engine in steps, each short enough for an audio thread that plays something else meanwhile. @throws RangeError as `of`. */
  static *building(kernels: Kernels, plan: Plan, clips: Clips): Generator<void, Engine> {
    const engine = new Engine(kernels, plan, clips, false);
    for (const strip of plan.strips) {
      yield;
      engine.#addStrip(strip);
    }
    engine.#list();
    return engine;
  }
  get #context(): EffectContext {
    return { clips: this.#clips, keyOf: (id) => this.#buffersOf(id) };
  }
  #addStrip(strip: Strip): void {
    const feed = this.#feeds.get(strip.id);
    const own = feed ? mixedHere(strip) : strip;
    this.#strips.push(this.#kernels.hold(() => new StripChannel(this.#kernels, own, this.plan.seed, this.#buses, this.#context, feed?.into(this.#kernels))));
  }
  #removeStrip(id: string): void {
    const k = this.#strips.findIndex(({ it }) => it.id === id);
    if (k < 0) return;
    const [strip] = this.#strips.splice(k, 1);
    strip!.it.free();
    strip!.free();
  }
  #list(): void {
    this.#stems = [...this.#strips.map(({ it }) => it), ...this.#buses];
  }

  /**
   * Sets values while it sounds. What is a number gets there within 11 ms, or rides its envelope.
   * @returns false where something named is not there or would have to be made anew: then a new engine is needed.
   * @throws RangeError where there is no room for what comes: then a new engine is needed too.
   */
  set(to: PlanSet): boolean {
    let all = true;
    if (to.frames !== undefined) this.plan = { ...this.plan, frames: to.frames };
    for (const id of to.remove ?? []) this.#removeStrip(id);
    try {
      for (const strip of to.add ?? []) this.#addStrip(strip);
    } finally {
      if (to.add || to.remove) this.#list();
    }
    for (const strip of to.strips ?? []) {
      const own = this.#strips.find(({ it }) => it.id === strip.id);
      if (!own?.it.set(strip, this.#frame)) all = false;
    }
    for (const bus of to.buses ?? []) {
      const own = this.#buses.find((other) => other.id === bus.id);
      own?.setFader(bus, this.#frame);
      if (!own?.effect.set(bus.effect, this.#frame)) all = false;
      else own.automate(bus, this.#frame);
    }
    if (to.master) this.#setMaster(to.master);
    return all;
  }
  #setMaster(to: Master): void {
    this.#master.setFader(to, this.#frame);
    this.#ceiling.put(0, to.ceilingDbtp, this.#frame);
    this.#inserts.set(to.inserts ?? [], this.#frame);
    this.#automateMaster(to);
  }
  #automateMaster({ automation = [] }: Master): void {
    const find = (path: Automation["path"]) => {
      if (path[0] === "inserts") return placeIn(this.#inserts.dialsOf(Number(path[1])), path.slice(2));
      return placeIn(path[0] === "ceilingDbtp" ? this.#ceiling : this.#master.fader, path);
    };
    automate(find, this.#masterAutomation, automation, this.#frame);
    this.#masterAutomation = automation;
  }

  /** Position of the next block. */
  get frame(): Frames {
    return this.#frame;
  }
  /** Stems in order: strips, then bus returns. Their buffers hold the block rendered last. The same list until strips come or go. */
  get stems(): readonly Pick<Channel, "id" | "leftView" | "rightView" | "peak">[] {
    return this.#stems;
  }
  /** The sum of the stems, before the master. */
  get premaster(): Pick<Channel, "leftView" | "rightView"> {
    return this.#sum;
  }
  /** The master's output, MASTER_LATENCY frames late. */
  get mix(): Pick<Channel, "leftView" | "rightView"> {
    return this.#master;
  }

  /** Renders the next 128 frames. @param withMaster false leaves the master chain out. */
  render(withMaster = true): void {
    // counted, here and in all that runs each block: iterators are objects until code is optimised
    for (let k = 0; k < this.#buses.length; k++) this.#buses[k]!.clear();
    this.#sum.clear();
    for (let k = 0; k < this.#strips.length; k++) this.#strips[k]!.it.renderInto(this.#sum, this.#frame);
    for (let k = 0; k < this.#buses.length; k++) this.#buses[k]!.renderInto(this.#sum, this.#frame);
    if (withMaster) {
      this.#master.leftView.set(this.#sum.leftView);
      this.#master.rightView.set(this.#sum.rightView);
      this.master(this.#master.left, this.#frame);
    }
    this.#frame += BLOCK;
  }

  /** Runs the master chain in place over the block from `frame` on that stands at `left`, its right side behind it. */
  master(left: Address, frame: Frames): void {
    const { call } = this.#kernels;
    const right = left + BLOCK * 4;
    this.#inserts.process(left, right, frame);
    this.#master.scale(left, frame);
    if (this.#ceiling.moves && this.#ceiling.turn(frame)) call.limiterSet(this.#limiter, this.#ceiling.at);
    call.limiterProcess(this.#limiter, this.#bank, left, right, BLOCK);
  }

  /** Jumps to a frame (a multiple of 128): notes stop, tails of effects go on; what is held there by breath or current begins again. */
  seek(frame: Frames): void {
    this.#frame = Math.max(0, Math.floor(frame / BLOCK) * BLOCK);
    for (const { it } of this.#strips) it.seek(this.#frame);
    for (const bus of this.#buses) {
      bus.settle();
      bus.effect.dials.settle();
    }
    this.#master.settle();
    this.#inserts.settle();
    this.#ceiling.settle();
  }
  /** Plays on from a frame near by (a multiple of 128), before or behind the next: what sounds goes on, what lies between begins now, what was begun is not begun again. */
  move(frame: Frames): void {
    this.#frame = frame;
  }
  /** Goes elsewhere as players do (a multiple of 128): what is held is let go and rings out. */
  leap(frame: Frames): void {
    this.#frame = frame;
    for (const { it } of this.#strips) it.leap(frame);
  }

  /**
   * Begins a note by hand: it sounds from the next block on, until `lift`.
   * @returns the note to lift it by; undefined where there was nothing to play. @throws RangeError for a strip the plan has not.
   */
  press(id: string, event: PlanEvent): Note | undefined {
    return this.#stripOf(id).press(event);
  }
  /** Ends a note that was begun by hand. */
  lift(id: string, note: Note): void {
    this.#stripOf(id).lift(note, this.#frame);
  }
  #stripOf(id: string): StripChannel {
    const strip = this.#strips.find(({ it }) => it.id === id);
    if (!strip) throw new RangeError(`no strip ${id}`);
    return strip.it;
  }
  #buffersOf(id: string): readonly [Address, Address] {
    const strip = this.#strips.find(({ it }) => it.id === id);
    if (!strip) throw new RangeError(`side-chain key ${id} must stand before the strip it presses`);
    return [strip.it.left, strip.it.right];
  }
}
