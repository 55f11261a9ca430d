import { BLOCK, type Frames, SAMPLE_RATE } from "@kuishi/base";
import type { Address, Held, Kernels } from "@kuishi/signal";
import { Channel } from "./channel.ts";
import { ClipPlayer } from "./clip.ts";
import { dialsOf, hasSameShape } from "./devices.ts";
import type { Dials } from "./dials.ts";
import { type EffectContext, EffectProcessor } from "./effects.ts";
import { makeSourceProcessor } from "./models.ts";
import { type Note, noteOf, UNTIL_LIFTED } from "./note.ts";
import type { Automation, Insert, PlanEvent, Strip } from "./plan.ts";
import type { SourceProcessor } from "./source-processor.ts";

/** Inserts ring no longer than this after their input: the slowest equaliser. */
const INSERT_TAIL_FRAMES: Frames = SAMPLE_RATE;

/** A chain of inserts, each of which may be made anew without the others. */
export class InsertChain {
  readonly #kernels: Kernels;
  readonly #context: EffectContext;
  #inserts: readonly Held<EffectProcessor<Insert>>[] = [];

  constructor(kernels: Kernels, inserts: readonly Insert[], context: EffectContext) {
    this.#kernels = kernels;
    this.#context = context;
    this.set(inserts, 0);
  }
  /** Sets them otherwise from a frame on; those that became others are made. @throws RangeError where there is no room: then it is as it was. */
  set(inserts: readonly Insert[], frame: Frames): void {
    const before = this.#inserts;
    const made: Held<EffectProcessor<Insert>>[] = [];
    try {
      this.#inserts = inserts.map((insert, k) => {
        const own = before[k];
        if (own?.it.set(insert, frame)) return own;
        const held = this.#kernels.hold(() => new EffectProcessor(this.#kernels, insert, this.#context));
        made.push(held);
        return held;
      });
    } catch (error) {
      for (const held of made) release(held);
      throw error;
    }
    for (const held of before) if (!this.#inserts.includes(held)) release(held);
  }
  /** Values of one of them. */
  dialsOf(k: number): Dials | undefined {
    return this.#inserts[k]?.it.dials;
  }
  /** Over a block, in place. */
  process(left: Address, right: Address, frame: Frames): void {
    for (let k = 0; k < this.#inserts.length; k++) this.#inserts[k]!.it.process(left, right, frame, BLOCK);
  }
  settle(): void {
    for (const { it } of this.#inserts) it.dials.settle();
  }
  free(): void {
    for (const held of this.#inserts) release(held);
  }
}
function release({ it, free }: Held<EffectProcessor>): void {
  it.dials.free();
  free();
}

/** A dial of a device, and which. */
type Place = readonly [Dials, number];
/** Puts values on their envelopes; those that were on one and are no longer rest. */
export function automate(
  find: (path: Automation["path"]) => Place | undefined,
  before: readonly Automation[],
  now: readonly Automation[],
  frame: Frames,
): void {
  const names = new Set(now.map(({ path }) => path.join()));
  for (const { path } of before) {
    const place = names.has(path.join()) ? undefined : find(path);
    place?.[0].ride(place[1], undefined, frame);
  }
  for (const { path, envelope } of now) {
    const place = find(path);
    place?.[0].ride(place[1], envelope, frame);
  }
}
/** A dial by its path. */
export function placeIn(dials: Dials | undefined, path: Automation["path"]): Place | undefined {
  const k = dials?.indexOf(path) ?? -1;
  return dials && k >= 0 ? [dials, k] : undefined;
}

/** Values of a strip that may change while it sounds. */
export type StripSet = Pick<Strip, "id" | "gainDb" | "pan" | "sends" | "inserts" | "mute" | "envelope" | "automation"> & {
  readonly source?: Strip["source"];
};

/** One strip of the mixer: what makes its sound, inserts, fader, pan, sends. */
export class StripChannel extends Channel {
  readonly #player: SourceProcessor;
  readonly #inserts: InsertChain;
  readonly #context: EffectContext;
  readonly #events: readonly Note[];
  /** The events in the order in which they end, and when. */
  readonly #stops: readonly Note[];
  readonly #ends: Int32Array;
  #source: Strip["source"];
  #automation: readonly Automation[] = [];
  #nextEvent = 0;
  #nextStop = 0;
  /** Frames for which its source has given nothing. */
  #quiet = 0;

  /** @param player what plays it in place of its source. */
  constructor(kernels: Kernels, strip: Strip, seed: number, buses: readonly Channel[], context: EffectContext, player?: SourceProcessor) {
    super(kernels, strip.id, strip, buses);
    this.#context = context;
    this.#source = strip.source;
    this.#events = strip.events.flatMap((event) => noteOf(event) ?? []);
    this.#stops = [...this.#events].sort((a, b) => endOf(a) - endOf(b));
    this.#ends = Int32Array.from(this.#stops, endOf);
    this.#player = player ?? makeSourceProcessor(kernels, strip.source, context.clips, seed);
    this.#inserts = new InsertChain(kernels, strip.inserts, context);
    this.#automate(strip, 0);
  }
  /** Sets values from a frame on. @returns false where its source would have to be made anew. @throws RangeError where there is no room. */
  set(to: StripSet, frame: Frames): boolean {
    this.setFader(to, frame);
    this.#inserts.set(to.inserts, frame);
    const taken = to.source === undefined || this.#setSource(to.source, frame);
    this.#automate(to, frame);
    return taken;
  }
  #setSource(source: Strip["source"], frame: Frames): boolean {
    if (source.kind === "clips") {
      if (!(this.#player instanceof ClipPlayer)) return false;
      this.#player.lay(source.pieces, this.#context.clips);
      this.#quiet = 0;
      return true;
    }
    if (this.#player.dials ? !hasSameShape(this.#source, source) : JSON.stringify(this.#source) !== JSON.stringify(source)) return false;
    this.#source = source;
    dialsOf(source).forEach((field, k) => this.#player.dials?.put(k, field.value, frame));
    return true;
  }
  #automate(to: Pick<Strip, "envelope" | "automation">, frame: Frames): void {
    const now = to.automation ?? [];
    automate((path) => this.#placeOf(path), this.#automation, now, frame);
    this.#automation = now;
    this.ride(to.envelope, frame);
  }
  #placeOf(path: Automation["path"]): Place | undefined {
    const [what, which] = path;
    if (what === "source") return placeIn(this.#player.dials, path.slice(1));
    if (what === "inserts") return placeIn(this.#inserts.dialsOf(Number(which)), path.slice(2));
    return placeIn(this.fader, path);
  }

  /** Renders a block of its source. */
  render(frame: Frames): void {
    this.clear();
    // cut the block at every start and stop: each happens exactly on its frame
    const end = frame + BLOCK;
    for (let at = frame; at < end; ) {
      for (; this.#nextStop < this.#stops.length && this.#ends[this.#nextStop]! <= at; this.#nextStop++) this.#player.stop(this.#stops[this.#nextStop]!);
      for (; this.#nextEvent < this.#events.length && this.#events[this.#nextEvent]!.frame <= at; this.#nextEvent++)
        this.#player.start(this.#events[this.#nextEvent]!);
      let to = end;
      if (this.#nextEvent < this.#events.length) to = Math.min(to, this.#events[this.#nextEvent]!.frame);
      if (this.#nextStop < this.#stops.length) to = Math.min(to, this.#ends[this.#nextStop]!);
      const offset = (at - frame) * 4;
      this.#player.process(this.left + offset, this.right + offset, at, to - at);
      at = to;
    }
  }
  /** Renders a block, its inserts included. @returns false where it has been silent longer than any insert rings: then there is nothing to do. */
  renderDry(frame: Frames): boolean {
    this.render(frame);
    this.#quiet = this.kernels.call.areSilent(this.left, this.right, BLOCK) === 0 ? 0 : this.#quiet + BLOCK;
    if (this.#quiet > INSERT_TAIL_FRAMES) return false;
    this.#inserts.process(this.left, this.right, frame);
    return true;
  }
  /** Renders a block and adds it to a sum and to the sends. */
  renderInto(sum: Channel, frame: Frames): void {
    if (this.renderDry(frame)) this.mixInto(sum, frame);
    else this.rest();
  }
  /** Jumps: notes stop, tails of effects go on; what is held by breath or current begins again. */
  seek(frame: Frames): void {
    this.#player.silence();
    this.settle();
    this.#inserts.settle();
    this.#player.dials?.settle();
    this.#goTo(frame);
  }
  /** Goes elsewhere in what it plays as a player does: what is held is let go and rings out. */
  leap(frame: Frames): void {
    const begun = this.#nextEvent < this.#events.length ? this.#events[this.#nextEvent]!.frame : UNTIL_LIFTED;
    for (let k = this.#nextStop; k < this.#stops.length; k++) if (this.#stops[k]!.frame < begun) this.#player.stop(this.#stops[k]!);
    this.#goTo(frame);
  }
  #goTo(frame: Frames): void {
    this.#nextEvent = this.#events.findIndex((event) => event.frame >= frame);
    if (this.#nextEvent < 0) this.#nextEvent = this.#events.length;
    this.#nextStop = this.#ends.findIndex((end) => end > frame);
    if (this.#nextStop < 0) this.#nextStop = this.#ends.length;
    if (!this.#player.holds) return;
    for (let k = 0; k < this.#nextEvent; k++) {
      const event = this.#events[k]!;
      if (event.frame + event.length <= frame) continue;
      this.#player.start(event);
      this.#quiet = 0;
    }
  }
  /** Begins a note by hand. @returns the note to lift it by; undefined where there was nothing to play. */
  press(event: PlanEvent): Note | undefined {
    const note = noteOf(event);
    this.#quiet = 0;
    if (note) this.#player.start(note);
    return note;
  }
  /** Ends it at a frame. */
  lift(note: Note, frame: Frames): void {
    this.#quiet = 0;
    note.length = frame - note.frame;
    this.#player.stop(note);
  }
  free(): void {
    this.#inserts.free();
    this.fader.free();
    this.#player.dials?.free();
  }
}
const endOf = (event: Note): Frames => event.frame + Math.max(1, event.length);
