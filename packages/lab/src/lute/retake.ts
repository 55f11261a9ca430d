import { type Cents, exp, PI, type Random, type Seconds, sin } from "@kuishi/base";
import type { Touch } from "./render.ts";

/** What a player does otherwise than the master did, at one touch. */
export type Fault = "early" | "late" | "semitone" | "neighbour" | "missed" | "extra";

/** A touch of a take and the one of the master's it is; null on the side that has none. */
export interface RetakenTouch {
  /** Index into the master's touches. */
  readonly master: number | null;
  readonly at: Seconds | null;
  readonly fault: Fault | null;
  /** What the fault moved the pitch by. */
  readonly cents: Cents;
}
/** A take after a master, and all that is true of it. */
export interface Retake {
  readonly touches: readonly Touch[];
  readonly seconds: Seconds;
  readonly truth: readonly RetakenTouch[];
  /** What was played of the master in the order of the take: strokes `from` up to, not with, `to`. */
  readonly route: readonly (readonly [from: number, to: number])[];
  /** Moments at which the player begins again after a jump or a wait. */
  readonly breaks: readonly Seconds[];
}
/** How a take is played. */
export interface RetakeWish {
  /** Take seconds for one of the master's, at the beginning and at the end. */
  readonly tempo: readonly [number, number];
  /** Deviation of every stroke, seconds. */
  readonly jitter: Seconds;
  /** Strokes between two faults; 0: none. */
  readonly every: number;
  readonly faults: readonly Fault[];
  /** How many times the player breaks off and goes on elsewhere: back, ahead, or the bar again after a stop. */
  readonly jumps: number;
  /** How far a timing fault lies off, seconds. */
  readonly shift: Seconds;
  /** How far the tempo swings to and fro beside that, as a share. */
  readonly drift?: number;
  /** How many times the player waits in the middle of it. */
  readonly waits?: number;
}

/** Touches within this time are one stroke. */
const STROKE_SEC = 0.03;

/** Touches in order of time, cut into strokes; indices into `touches`. */
function strokesOfTouches(touches: readonly Touch[]): number[][] {
  const order = touches.map((_, i) => i).sort((a, b) => touches[a]!.at - touches[b]!.at);
  const strokes: number[][] = [];
  for (const i of order) {
    const last = strokes.at(-1);
    if (last && touches[i]!.at - touches[last[0]!]!.at < STROKE_SEC) last.push(i);
    else strokes.push([i]);
  }
  return strokes;
}

/** Draws where the player goes: stretches of at least a dozen strokes. */
function drawRoute(random: Random, strokes: number, jumps: number): [number, number][] {
  const route: [number, number][] = [];
  let from = 0;
  for (let k = 0; k < jumps; k++) {
    const to = Math.min(strokes - 13, from + random.int(14, Math.max(15, Math.floor(strokes / (jumps + 1)))));
    if (to - from < 12) break;
    route.push([from, to]);
    const kind = random.pick(["again", "back", "ahead"]);
    from =
      kind === "again"
        ? Math.max(0, to - random.int(3, 10))
        : kind === "back"
          ? random.int(0, Math.max(0, to - 14))
          : random.int(Math.min(to + 4, strokes - 13), strokes - 13);
  }
  route.push([from, strokes]);
  return route;
}

/** Draws a take after a master's touches: another tempo, the hand's own unevenness, faults far enough apart to be told one by one, jumps after a pause. */
export function drawRetake(random: Random, master: readonly Touch[], wish: RetakeWish): Retake {
  const strokes = strokesOfTouches(master);
  const route = drawRoute(random, strokes.length, wish.jumps);
  const total = route.reduce((sum, [from, to]) => sum + to - from, 0);
  const touches: Touch[] = [];
  const truth: RetakenTouch[] = [];
  const breaks: Seconds[] = [];
  const { drift = 0, waits = 0 } = wish;
  const waited = new Set(Array.from({ length: waits }, () => random.int(12, Math.max(13, total - 8))));
  const [phase, turn] = drift > 0 ? [random.between(0, 2 * PI), (2 * PI) / random.between(9, 16)] : [0, 0];
  let at = random.between(0.3, 1.2);
  let played = 0;
  let next = wish.every > 0 ? random.int(4, 4 + wish.every) : Number.POSITIVE_INFINITY;
  for (const [from, to] of route) {
    for (let s = from; s < to; s++, played++) {
      const own = strokes[s]!;
      const start = master[own[0]!]!.at;
      if (waited.has(played)) at += random.between(0.8, 3);
      if (waited.has(played) || (s === from && played > 0)) breaks.push(at);
      const gap = (s + 1 < strokes.length ? master[strokes[s + 1]![0]!]!.at : start + 0.5) - start;
      const pace = (wish.tempo[0] + ((wish.tempo[1] - wish.tempo[0]) * played) / total) * exp(drift * sin(phase + turn * at));
      const fault = played >= next && s > from + 2 && s < to - 3 ? random.pick(wish.faults) : null;
      if (fault) next = played + random.int(Math.ceil(wish.every * 0.7), Math.ceil(wish.every * 1.3));
      const shifted = at + random.gauss() * wish.jitter + (fault === "late" ? wish.shift : fault === "early" ? -wish.shift : 0);
      // a pitch is missed on the higher string, which carries the tune
      const target = own.reduce((best, i) => (master[i]!.string > master[best]!.string ? i : best), own[0]!);
      for (const i of own) {
        const touch = master[i]!;
        const when = shifted + (touch.at - start);
        const hit = i === target ? fault : fault === "early" || fault === "late" ? fault : null;
        if (hit === "missed") {
          truth.push({ master: i, at: null, fault: "missed", cents: 0 });
          continue;
        }
        const cents =
          hit === "semitone"
            ? touch.fret < 1
              ? 100
              : random.pick([-100, 100])
            : hit === "neighbour"
              ? (touch.fret < 1 ? 1 : random.pick([-1, 1])) * random.between(25, 50)
              : 0;
        touches.push({ ...touch, at: when, fret: touch.fret + cents / 100, velocity: Math.min(1, touch.velocity * random.between(0.9, 1.1)) });
        truth.push({ master: i, at: when, fault: hit === "extra" ? null : hit, cents });
      }
      if (fault === "extra" && gap * pace > 0.22) {
        const when = shifted + (gap * pace) / 2;
        const fret = master[target]!.fret + random.pick([2, 3, 4]);
        touches.push({ at: when, string: master[target]!.string, fret, velocity: 0.8, kind: "plucked" });
        truth.push({ master: null, at: when, fault: "extra", cents: 0 });
      }
      at += gap * pace;
    }
    at += random.between(0.6, 2.5);
  }
  touches.sort((a, b) => a.at - b.at);
  return { touches, seconds: touches.at(-1)!.at + 2, truth, route, breaks };
}
