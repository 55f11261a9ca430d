import { type Cents, type Frames, SAMPLE_RATE } from "@kuishi/base";
import type { Played } from "@kuishi/project";
import type { HandGesture } from "../audio/play-instrument.ts";

/** What is plucked and never let go ends after so long, or when its string is plucked again. */
const RING_FRAMES: Frames = SAMPLE_RATE;
const MIN_FRAMES: Frames = 480;
/** Further back than this and it is another pass of the loop. */
const BACK_FRAMES: Frames = SAMPLE_RATE / 10;
const MAX_BENDS = 2000;

interface Held {
  note: Played;
  readonly bend: [Frames, Cents][];
}
/** Gathers what is played along with the tune into notes, each pass of a loop by itself. */
export class Capture {
  readonly #passes: Played[][] = [[]];
  readonly #held = new Map<string, Held>();
  #last = Number.NEGATIVE_INFINITY;

  take(gesture: HandGesture, frame: Frames): void {
    const at = Math.round(frame);
    if (at < this.#last - BACK_FRAMES) this.turn(this.#last);
    this.#last = Math.max(at, this.#last);
    if (gesture.type === "bend") {
      const own = this.#held.get(gesture.key);
      if (own && own.bend.length < MAX_BENDS) own.bend.push([Math.max(0, at - own.note.at), gesture.cents]);
      return;
    }
    this.#end(gesture.key, at, gesture.type === "lift");
    if (gesture.type === "lift") return;
    const { cents, voice } = gesture;
    const velocity = Math.max(0, Math.min(1, gesture.velocity));
    this.#held.set(gesture.key, { note: { at, length: RING_FRAMES, cents, velocity, voice }, bend: [] });
  }
  #end(key: string, at: Frames, isLifted: boolean): void {
    const own = this.#held.get(key);
    if (!own) return;
    this.#held.delete(key);
    const length = isLifted ? Math.max(MIN_FRAMES, at - own.note.at) : Math.max(MIN_FRAMES, Math.min(RING_FRAMES, at - own.note.at));
    // straight lines between points: the pitch stays until the first of them
    const bend = own.bend.length > 0 ? { bend: [[0, 0] as [number, number], ...own.bend] } : {};
    this.#passes.at(-1)!.push({ ...own.note, length, ...bend });
  }
  /** A pass ends at a frame, and the next begins. */
  turn(frame: Frames): void {
    const at = Math.round(frame);
    for (const key of [...this.#held.keys()]) this.#end(key, Math.max(at, this.#held.get(key)!.note.at + MIN_FRAMES), false);
    if (this.#passes.at(-1)!.length > 0) this.#passes.push([]);
    this.#last = Number.NEGATIVE_INFINITY;
  }
  /** Everything that was played, pass by pass, in time; passes in which nothing was played are none. */
  done(frame: Frames): readonly (readonly Played[])[] {
    this.turn(frame);
    return this.#passes.filter((pass) => pass.length > 0).map((pass) => pass.sort((a, b) => a.at - b.at));
  }
}
