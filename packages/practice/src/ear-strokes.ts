import type { Cents, Seconds } from "@kuishi/base";
import type { FollowedStroke } from "./follow.ts";
import { LineNotes } from "./line-notes.ts";

/** What a live ear tells, as far as it is followed. */
export type EarEvent =
  | { readonly type: "onset" }
  | { readonly type: "pitch"; readonly at: Seconds; readonly cents: Cents }
  | { readonly type: "stroke"; readonly id: number; readonly at: Seconds; readonly notes: readonly { readonly cents: Cents }[]; readonly tap: boolean };

/** Strokes of a lute, and notes of a line, from what a live ear tells; blows on the board are none. */
export class EarStrokes {
  readonly #line = new LineNotes();

  /** @param event the next that is told. @returns the strokes that are known by it. */
  hear(event: EarEvent): FollowedStroke[] {
    if (event.type === "pitch") return this.#line.hear(event);
    if (event.type === "onset" || event.tap) return [];
    return [{ id: event.id, at: event.at, cents: event.notes.map(({ cents }) => cents) }];
  }
}
