import { BLOCK, cos, type Decibels, type Frames, fromDb, PI, SAMPLE_RATE, sin } from "@kuishi/base";
import { type Address, type Kernels, truePeakBank } from "@kuishi/signal";
import { Balaban } from "./balaban.ts";
import { ClipPlayer } from "./clip.ts";
import { DrumKit } from "./drumkit.ts";
import { makeBus, makeInsert, type Running } from "./effects.ts";
import type { Player } from "./instrument.ts";
import { type Bus, type Clips, type Insert, type Master, type Piece, type Plan, type PlanEvent, type Source, type Strip, soundEvent } from "./plan.ts";
import { Plucked, plucked } from "./plucked/index.ts";
import { Sampler } from "./sampler.ts";
import { PolySynth } from "./synth.ts";
import { Tanpura } from "./tanpura.ts";

/** Live changes to a strip, on top of the plan. */
export interface StripControl {
  readonly gainDb?: number;
  readonly mute?: boolean;
  readonly solo?: boolean;
}

/** Values of a strip that may change while it sounds. */
export type StripSet = Pick<Strip, "id" | "gainDb" | "pan" | "sends" | "inserts" | "mute"> & { readonly pieces?: readonly Piece[] };
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

interface Channel {
  readonly id: string;
  readonly left: Address;
  readonly right: Address;
  readonly leftView: Float32Array;
  readonly rightView: Float32Array;
  peak: number;
}
interface Stop {
  readonly frame: Frames;
  readonly event: PlanEvent;
}
interface StripState extends Channel {
  readonly strip: Strip;
  readonly events: readonly PlanEvent[];
  readonly player: Player;
  inserts: readonly Running<Insert>[];
  panLeft: number;
  panRight: number;
  /** As the kernel reads them: room for one to each bus, and how many there are. */
  readonly sends: Address;
  sendCount: number;
  /** Notes that sound, those that end first last. */
  readonly stops: Stop[];
  /** The fader where no curve moves it, as a ratio. */
  readonly fader: number;
  /** By how much it was moved since, as a ratio, and whether it is silent. */
  moved: number;
  muted: boolean;
  /** Pan at the end of the block before. */
  wasLeft: number;
  wasRight: number;
  nextEvent: number;
  nextPoint: number;
  wanted: number;
  control: number;
  /** Frames for which its source has given nothing. */
  quiet: number;
}

/** Inserts ring no longer than this after their input: the slowest equaliser. */
const INSERT_TAIL: Frames = SAMPLE_RATE;

/** Frames the limiter looks ahead, and with its detector how late the master is. */
const LOOK = 96;
export const MASTER_LATENCY: Frames = LOOK + 11;

/**
 * Renders a plan block by block: strips, sends, buses, the sum, and the master chain. It knows no
 * host: a worklet, a worker and Node drive it alike and get the same bytes.
 */
export class Engine {
  plan: Plan;
  readonly #kernels: Kernels;
  readonly #strips: StripState[];
  readonly #buses: (Channel & { running: Running<Bus["effect"]>; gain: number; wanted: number })[];
  readonly #sum: Channel;
  readonly #master: Channel;
  #inserts: readonly Running<Insert>[];
  #limiter: Address;
  #ceilingDbtp: Decibels;
  readonly #clips: Clips;
  #controls: Readonly<Record<string, StripControl>> = {};
  readonly #bank: Address;
  #masterGain: number;
  #frame: Frames = 0;

  /** @param whole false leaves out the strips, which `building` adds. */
  private constructor(kernels: Kernels, plan: Plan, clips: Clips, whole: boolean) {
    this.plan = plan;
    this.#kernels = kernels;
    this.#clips = clips;
    this.#buses = plan.buses.map((bus) => {
      const gain = fromDb(bus.gainDb);
      return { ...this.#channel(bus.id), running: makeBus(kernels, bus, clips), gain, wanted: gain };
    });
    this.#strips = [];
    this.#sum = this.#channel("premaster");
    this.#master = this.#channel("mix");
    this.#bank = truePeakBank(kernels);
    this.#ceilingDbtp = plan.master.ceilingDbtp;
    this.#limiter = kernels.call.limiterMake(fromDb(plan.master.ceilingDbtp), LOOK, 0.0004);
    this.#masterGain = fromDb(plan.master.gainDb);
    this.#inserts = (plan.master.inserts ?? []).map((insert) => makeInsert(kernels, insert, (id) => this.#buffersOf(id)));
    if (whole) for (const strip of plan.strips) this.#addStrip(strip);
  }
  /** An engine that can play a plan. @throws RangeError for a side-chain whose key does not stand earlier. */
  static of(kernels: Kernels, plan: Plan, clips: Clips): Engine {
    return new Engine(kernels, plan, clips, true);
  }
  /** Makes an engine in steps, each short enough for an audio thread that plays something else meanwhile. */
  static *building(kernels: Kernels, plan: Plan, clips: Clips): Generator<void, Engine> {
    const engine = new Engine(kernels, plan, clips, false);
    for (const strip of plan.strips) {
      yield;
      engine.#addStrip(strip);
    }
    return engine;
  }
  #addStrip(strip: Strip): void {
    const kernels = this.#kernels;
    const sends = kernels.putWhole(new Array(3 * this.#buses.length).fill(0));
    const [panLeft, panRight] = panOf(strip.pan);
    const level = strip.mute ? 0 : 1;
    const state: StripState = {
      ...this.#channel(strip.id),
      strip,
      events: strip.events.flatMap((event) => soundEvent(event) ?? []),
      player: makePlayer(kernels, strip.source, this.#clips, this.plan.seed),
      inserts: strip.inserts.map((insert) => makeInsert(kernels, insert, (id) => this.#buffersOf(id))),
      panLeft,
      panRight,
      wasLeft: panLeft,
      wasRight: panRight,
      sends,
      sendCount: 0,
      fader: fromDb(strip.gainDb),
      moved: 1,
      muted: strip.mute === true,
      stops: [],
      nextEvent: 0,
      nextPoint: 0,
      wanted: level,
      control: level,
      quiet: 0,
    };
    this.#setSends(state, strip.sends);
    this.#strips.push(state);
  }

  /**
   * Sets values while it sounds; faders and pans move within one block.
   * @returns false where something named is not there or would have to be made anew: then a new engine is needed.
   */
  set(to: PlanSet): boolean {
    let all = true;
    if (to.frames !== undefined) this.plan = { ...this.plan, frames: to.frames };
    for (const id of to.remove ?? []) {
      const k = this.#strips.findIndex((strip) => strip.id === id);
      if (k >= 0) this.#strips.splice(k, 1);
    }
    for (const strip of to.add ?? []) this.#addStrip(strip);
    for (const strip of to.strips ?? []) {
      const state = this.#strips.find((other) => other.id === strip.id);
      if (!state) {
        all = false;
        continue;
      }
      state.moved = strip.gainDb === state.strip.gainDb ? 1 : fromDb(strip.gainDb - state.strip.gainDb);
      state.muted = strip.mute === true;
      [state.panLeft, state.panRight] = panOf(strip.pan);
      this.#setSends(state, strip.sends);
      state.inserts = this.#reset(state.inserts, strip.inserts);
      if (strip.pieces) {
        if (state.player instanceof ClipPlayer) state.player.lay(strip.pieces, this.#clips);
        else all = false;
        state.quiet = 0;
      }
    }
    for (const bus of to.buses ?? []) {
      const own = this.#buses.find((other) => other.id === bus.id);
      if (own) own.wanted = fromDb(bus.gainDb);
      if (!own?.running.set(bus.effect)) all = false;
    }
    if (to.master) {
      this.#masterGain = fromDb(to.master.gainDb);
      this.#inserts = this.#reset(this.#inserts, to.master.inserts ?? []);
      if (to.master.ceilingDbtp !== this.#ceilingDbtp) {
        this.#ceilingDbtp = to.master.ceilingDbtp;
        this.#limiter = this.#kernels.call.limiterMake(fromDb(to.master.ceilingDbtp), LOOK, 0.0004);
      }
    }
    this.control(this.#controls);
    return all;
  }
  /** Sets inserts otherwise; those that became others are made. */
  #reset(running: readonly Running<Insert>[], inserts: readonly Insert[]): Running<Insert>[] {
    return inserts.map((insert, k) => {
      const own = running[k];
      return own?.set(insert) ? own : makeInsert(this.#kernels, insert, (id) => this.#buffersOf(id));
    });
  }

  /** Position of the next block. */
  get frame(): Frames {
    return this.#frame;
  }
  /** Stems in order: strips, then bus returns. Their buffers hold the block rendered last. */
  get stems(): readonly { readonly id: string; readonly leftView: Float32Array; readonly rightView: Float32Array; readonly peak: number }[] {
    return [...this.#strips, ...this.#buses];
  }
  /** The sum of the stems, before the master. */
  get premaster(): { readonly leftView: Float32Array; readonly rightView: Float32Array } {
    return this.#sum;
  }
  /** The master's output, MASTER_LATENCY frames late. */
  get mix(): { readonly leftView: Float32Array; readonly rightView: Float32Array } {
    return this.#master;
  }

  /** Renders the next 128 frames. @param withMaster false leaves the master chain out. */
  render(withMaster = true): void {
    const { call } = this.#kernels;
    const from = this.#frame;
    for (const bus of this.#buses) {
      call.clear(bus.left, 2 * BLOCK * 4);
    }
    call.clear(this.#sum.left, 2 * BLOCK * 4);
    for (const state of this.#strips) this.#renderStrip(state, from);
    for (const bus of this.#buses) {
      bus.running.process(bus.left, bus.right, from, BLOCK);
      call.gainRamp(bus.left, BLOCK, bus.gain, bus.wanted);
      call.gainRamp(bus.right, BLOCK, bus.gain, bus.wanted);
      bus.gain = bus.wanted;
      call.mixRamp(this.#sum.left, bus.left, BLOCK, 1, 1);
      call.mixRamp(this.#sum.right, bus.right, BLOCK, 1, 1);
    }
    if (withMaster) {
      this.#master.leftView.set(this.#sum.leftView);
      this.#master.rightView.set(this.#sum.rightView);
      this.master(this.#master.left, this.#master.right);
    }
    this.#frame += BLOCK;
  }

  /** Runs the master chain over one block in place. */
  master(left: Address, right: Address): void {
    const { call } = this.#kernels;
    for (const insert of this.#inserts) insert.process(left, right, this.#frame, BLOCK);
    call.gainRamp(left, BLOCK, this.#masterGain, this.#masterGain);
    call.gainRamp(right, BLOCK, this.#masterGain, this.#masterGain);
    call.limiterProcess(this.#limiter, this.#bank, left, right, BLOCK);
  }

  /** Jumps to a frame (a multiple of 128): notes stop, tails of effects go on; what is held there by breath or current begins again. */
  seek(frame: Frames): void {
    this.#frame = Math.max(0, Math.floor(frame / BLOCK) * BLOCK);
    for (const state of this.#strips) {
      state.player.silence();
      state.stops.length = 0;
      state.nextEvent = state.events.findIndex((event) => event.frame >= this.#frame);
      if (state.nextEvent < 0) state.nextEvent = state.events.length;
      state.nextPoint = 0;
      const { kind } = state.strip.source;
      if (kind !== "synth" && kind !== "balaban") continue;
      for (let k = 0; k < state.nextEvent; k++) {
        const event = state.events[k] as PlanEvent;
        if (event.frame + event.length <= this.#frame) continue;
        state.player.start(event);
        hold(state.stops, { frame: event.frame + event.length, event });
        state.quiet = 0;
      }
    }
  }

  /** Sets faders, mutes and solos; they move within one block. */
  control(controls: Readonly<Record<string, StripControl>>): void {
    this.#controls = controls;
    const solo = Object.values(controls).some((control) => control.solo);
    for (const state of this.#strips) {
      const control = controls[state.id] ?? {};
      state.wanted = state.muted || control.mute || (solo && !control.solo) ? 0 : fromDb(control.gainDb ?? 0) * state.moved;
    }
  }

  /**
   * Begins a note by hand: it sounds from the next block on, until `lift`.
   * @returns the event to lift it by; undefined where there was nothing to play. @throws RangeError for a strip the plan has not.
   */
  press(id: string, event: PlanEvent): PlanEvent | undefined {
    const sound = soundEvent(event);
    if (sound) this.#stripOf(id).player.start(sound);
    return sound;
  }
  /** Ends a note that was begun by hand. */
  lift(id: string, event: PlanEvent): void {
    this.#stripOf(id).player.stop(event);
  }
  #stripOf(id: string): StripState {
    const state = this.#strips.find((strip) => strip.id === id);
    if (!state) throw new RangeError(`no strip ${id}`);
    state.quiet = 0;
    return state;
  }

  #renderStrip(state: StripState, from: Frames): void {
    const { call } = this.#kernels;
    call.clear(state.left, 2 * BLOCK * 4);
    const { events } = state;
    // cut the block at every start and stop: each happens exactly on its frame
    let at = from;
    const end = from + BLOCK;
    while (at < end) {
      for (let stop = state.stops.at(-1); stop && stop.frame <= at; stop = state.stops.at(-1)) {
        state.player.stop(stop.event);
        state.stops.pop();
      }
      for (let event = events[state.nextEvent]; event && event.frame <= at; event = events[state.nextEvent]) {
        state.player.start(event);
        hold(state.stops, { frame: event.frame + Math.max(1, event.length), event });
        state.nextEvent++;
      }
      let to = end;
      const next = events[state.nextEvent];
      if (next && next.frame < to) to = next.frame;
      const stop = state.stops.at(-1);
      if (stop && stop.frame < to) to = stop.frame;
      const offset = (at - from) * 4;
      state.player.process(state.left + offset, state.right + offset, at, to - at);
      at = to;
    }
    // a strip that has been silent longer than any insert rings needs no work
    state.quiet = call.areSilent(state.left, state.right, BLOCK) === 0 ? 0 : state.quiet + BLOCK;
    if (state.quiet > INSERT_TAIL) {
      state.control = state.wanted;
      state.peak = 0;
      return;
    }
    for (const insert of state.inserts) insert.process(state.left, state.right, from, BLOCK);
    const before = this.#level(state, from) * state.control;
    state.control = state.wanted;
    const after = this.#level(state, end) * state.control;
    const { left, right, panLeft, panRight, wasLeft, wasRight } = state;
    state.wasLeft = panLeft;
    state.wasRight = panRight;
    const { left: sumLeft, right: sumRight } = this.#sum;
    state.peak = call.stripMix(
      left,
      right,
      before * wasLeft,
      after * panLeft,
      before * wasRight,
      after * panRight,
      sumLeft,
      sumRight,
      state.sends,
      state.sendCount,
    );
  }

  /** Writes sends as the kernel reads them: two addresses and a gain for each. Those to buses that are not there are left out. */
  #setSends(state: StripState, sends: Strip["sends"]): void {
    state.sendCount = 0;
    const whole = this.#kernels.viewWhole(state.sends, 3 * this.#buses.length);
    const gains = this.#kernels.view(state.sends, 3 * this.#buses.length);
    for (const [id, db] of Object.entries(sends)) {
      const bus = this.#buses.find((other) => other.id === id);
      if (!bus) continue;
      const at = 3 * state.sendCount++;
      whole[at] = bus.left;
      whole[at + 1] = bus.right;
      gains[at + 2] = fromDb(db);
    }
  }

  /** Fader times curve at a frame, as a ratio. */
  #level(state: StripState, frame: Frames): number {
    const { curve, gainDb } = state.strip;
    if (!curve || curve.length === 0) return state.fader;
    while (state.nextPoint + 1 < curve.length && (curve[state.nextPoint + 1] as readonly [number, number])[0] <= frame) state.nextPoint++;
    while (state.nextPoint > 0 && (curve[state.nextPoint] as readonly [number, number])[0] > frame) state.nextPoint--;
    const a = curve[state.nextPoint] as readonly [number, number];
    const b = curve[state.nextPoint + 1];
    const db = !b || frame <= a[0] ? a[1] : a[1] + ((b[1] - a[1]) * (frame - a[0])) / (b[0] - a[0]);
    return fromDb(gainDb + db);
  }

  #channel(id: string): Channel {
    // one behind the other, to be cleared in one stroke
    const left = this.#kernels.floats(2 * BLOCK);
    const right = left + BLOCK * 4;
    return { id, left, right, leftView: this.#kernels.view(left, BLOCK), rightView: this.#kernels.view(right, BLOCK), peak: 0 };
  }
  #buffersOf(id: string): readonly [Address, Address] {
    const state = this.#strips.find((other) => other.id === id);
    if (!state) throw new RangeError(`side-chain key ${id} must stand before the strip it presses`);
    return [state.left, state.right];
  }
}

/** Puts a note that sounds among the others, which stand in the order of their ends, the first one last. */
function hold(stops: Stop[], stop: Stop): void {
  let [from, to] = [0, stops.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((stops[middle] as Stop).frame >= stop.frame) from = middle + 1;
    else to = middle;
  }
  stops.splice(from, 0, stop);
}

/** Constant power, 1 in the middle. */
function panOf(pan: number): [number, number] {
  const angle = ((pan + 1) * PI) / 4;
  return [cos(angle) * Math.SQRT2, sin(angle) * Math.SQRT2];
}

function makePlayer(kernels: Kernels, source: Source, clips: Clips, seed: number): Player {
  switch (source.kind) {
    case "clips":
      return new ClipPlayer(kernels, source.pieces, clips);
    case "plucked":
      return new Plucked(kernels, plucked[source.model], source.open, source.nail, seed);
    case "balaban":
      return new Balaban(kernels, source.steady, seed);
    case "sampler":
      return new Sampler(kernels, source.zones, clips);
    case "tanpura":
      return new Tanpura(kernels, seed);
    case "drums":
      return new DrumKit(kernels, source.kit, seed);
    case "synth":
      return new PolySynth(kernels, source.patch, seed);
  }
}
