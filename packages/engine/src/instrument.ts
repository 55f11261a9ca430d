import type { Frames } from "@kuishi/base";
import type { Address } from "@kuishi/signal";
import type { PlanEvent } from "./plan.ts";

/** Makes the sound of one strip. Events come in order, each at its own frame. */
export interface Player {
  /** Begins a note. */
  start(event: PlanEvent): void;
  /** Ends a note that was begun with this event. */
  stop(event: PlanEvent): void;
  /** Adds `count` frames to both channels. `frame` is the absolute position of the first. */
  process(left: Address, right: Address, frame: Frames, count: number): void;
  /** Silences everything at once, for a jump in time. */
  silence(): void;
}
