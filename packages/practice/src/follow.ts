import { type Cents, clamp, exp, log, type Seconds } from "@kuishi/base";
import type { Heard } from "@kuishi/score";
import { meetingShift, strokesOf } from "./strokes.ts";

/** What a live ear heard struck, or a line that came to a note. Seconds of the stream; the same `id` again: now known better. */
export interface FollowedStroke {
  readonly id: number;
  readonly at: Seconds;
  readonly cents: readonly Cents[];
}
/** Where a player is. */
export interface Position {
  /** Seconds of the master; null while the player is not found. */
  readonly masterSec: Seconds | null;
  /** How sure that is, 0..1: the share of what is believed that lies there, less where strokes are not what they should be. */
  readonly confidence: number;
  /** The next stroke is overdue: the place holds until it comes. */
  readonly waiting: boolean;
  /** The stroke that was played last: when it was heard, when the master's is, and when the master's next one is (null: it is the last). */
  readonly struck: { readonly at: Seconds; readonly masterSec: Seconds; readonly nextSec: Seconds | null } | null;
}

/** Strokes of the master that may be left out at once; what each costs, one that is the player's own, a jump, a jump after a pause; a bar is entered cheaper (natural logarithms). */
const [MOST_MISSED, MISSED, EXTRA, JUMP, JUMP_AFTER_PAUSE, TO_A_BAR] = [5, 1.6, 2, 9, 5, 1];
/** What the beginning of a section is entered cheaper by who stands before one: sections are played again. */
const AT_AN_END = 6;
/** A stroke whose notes are others; what a gap costs at most, and how far gaps stray (natural logarithm). */
const [OTHER, MOST_GAP, GAP_SPREAD] = [3.4, 4, 0.2];
/** How far the first gap may stray, before any tempo is known. */
const UNKNOWN_SPREAD = 0.7;
/** What having waited before a stroke costs. */
const HAVING_WAITED = 1;
/** Beginning elsewhere than at the start, what each stroke farther on costs more, and the most. */
const [ELSEWHERE, FARTHER, FARTHEST] = [2, 0.02, 5];
/** How much better another place must be before the player is taken to be there: passages that come again are alike. */
const ELSEWHERE_NOW = 1.5;
/** Gap that is a pause: so long and so many times the expected one. */
const [PAUSE_SEC, WAITED] = [0.6, 1.6];
/** Part of a gap's deviation the tempo takes over, and the slowest and fastest it may become (take seconds for one of the master's). */
const [PULL, SLOWEST, FASTEST] = [0.25, 4, 0.25];
/** States this much less probable than the best are forgotten. */
const FORGOTTEN = 40;
/** Pitches within are the same fret, within the second a neighbour's. */
const [SAME_CENTS, NEAR_CENTS] = [70, 130];
/** A stroke so long before a place belongs to it. */
const BEFORE_SEC: Seconds = 0.05;
/** Places this near each other are one when belief is counted. */
const NEAR_SEC: Seconds = 0.3;
/** What a stroke costs on the best way, averaged with the last few (the part the newest has): from the first on the player is not sure to be found, at the second he is lost. */
const [NEWEST, DOUBT, LOST] = [0.2, 0.5, 1.5];
/** How far the place may run past a stroke that was expected. */
const PAST_SEC: Seconds = 0.3;
/** While strokes are not what they should be, the tuning of the player is asked again each so many, of the last so many; how much better another must explain them. */
const [ASK_EVERY, ASK_LAST, BETTER] = [8, 48, 1.25];

/** One thing that may be so: the master's stroke `i` was the last to be played. */
interface Belief {
  /** The state the player is taken to be in; -1: none. */
  readonly shown: number;
  /** Strokes heard. */
  readonly strokes: number;
  /** What strokes cost of late on the best way. */
  readonly surprise: number;
  readonly cost: Float64Array;
  /** When, and at which tempo (logarithm of take seconds for one of the master's). */
  readonly at: Float64Array;
  readonly tempo: Float64Array;
  /** Strokes of the player's own since. */
  readonly extras: Float64Array;
}

/**
 * Follows a player through a master as the strokes come (Viterbi scores over states of one stroke each, with strokes left out, strokes of the player's own
 * and jumps, Nakamura et al. 2016, arXiv 1512.07748; every state carries the tempo of its best way). Never reads ahead: what it says of a moment it says
 * from what came before.
 *
 * @example
 * const note = { offset: 0, confidence: 1, string: 1, fret: 0, velocity: 1 };
 * const tune = [5500, 5700, 5900, 6000].map((cents, i) => ({ ...note, id: `n${i}`, onset: i, cents }));
 * const follower = new Follower({ notes: tune, strokes: [], downbeats: [], form: [], tuning: { strings: [] }, durationSec: 4 });
 * // the player begins a second later and plays twice as fast
 * tune.forEach(({ cents }, id) => follower.hear({ id, at: 1 + id / 2, cents: [cents] }));
 * follower.position(2.5).masterSec; // => 3
 */
export class Follower {
  readonly #times: Float64Array;
  readonly #pitches: readonly (readonly Cents[])[];
  readonly #bars: ReadonlySet<number>;
  readonly #sections: ReadonlySet<number>;
  readonly #master: Heard;
  /** The stroke the player is expected to begin with. */
  #enter = 0;
  #shift: Cents = 0;
  #heard: FollowedStroke[] = [];
  #belief: Belief;
  /** As it was before the last stroke, which may yet be known better. */
  #before: Belief;

  /** @param master a hearing with at least one pitched note. */
  constructor(master: Heard) {
    const strokes = strokesOf(master);
    this.#master = master;
    this.#times = Float64Array.from(strokes, ({ at }) => at);
    this.#pitches = strokes.map(({ notes }) => notes.map(({ cents }) => cents!));
    const near = (at: Seconds): number => this.#times.reduce((best, time, i) => (Math.abs(time - at) < Math.abs(this.#times[best]! - at) ? i : best), 0);
    this.#bars = new Set(master.downbeats.map(near));
    this.#sections = new Set(master.form.map(({ fromSec }) => near(fromSec)));
    this.#belief = this.#before = this.#nothing();
  }

  #nothing(): Belief {
    const n = this.#times.length;
    return {
      shown: -1,
      strokes: 0,
      surprise: 0,
      cost: new Float64Array(n).fill(Number.POSITIVE_INFINITY),
      at: new Float64Array(n),
      tempo: new Float64Array(n),
      extras: new Float64Array(n),
    };
  }

  /** The player is about to begin at a place: what was heard before says nothing of it. */
  enter(masterSec: Seconds): void {
    this.#enter = Math.max(
      0,
      this.#times.findIndex((at) => at >= masterSec - BEFORE_SEC),
    );
    this.#heard = [];
    this.#belief = this.#before = this.#nothing();
  }
  /** A stroke was heard; strokes come in the order of their times. */
  hear(stroke: FollowedStroke): void {
    if (stroke.cents.length === 0 || this.#times.length === 0) return;
    const again = this.#heard.findLastIndex(({ id }) => id === stroke.id);
    if (again < 0) {
      this.#heard.push(stroke);
      this.#believe(this.#heard.length - 1);
      if (this.#heard.length % ASK_EVERY === 0 && this.#belief.surprise >= DOUBT) this.#askTuning();
      return;
    }
    this.#heard[again] = stroke;
    // on an older one too much has been built
    if (again < this.#heard.length - 1) return;
    this.#belief = this.#before;
    this.#believe(again);
  }
  /** Goes one stroke on. */
  #believe(index: number): void {
    this.#before = this.#belief;
    this.#belief = this.#after(this.#before, this.#heard[index]!, this.#heard[index - 1]?.at ?? null);
  }

  /** Hears the last strokes anew in another tuning that may explain them, and keeps to it where it does: a tune may be its own transposition. */
  #askTuning(): void {
    const played = this.#heard.slice(-ASK_LAST).flatMap(({ cents }) => cents.map((one) => ({ cents: one, onset: 0, offset: 0.2 })));
    const shift = meetingShift(this.#master.notes, played, { instead: this.#shift, better: BETTER });
    if (shift === this.#shift) return;
    const was = [this.#shift, this.#heard, this.#belief, this.#before] as const;
    this.#shift = shift;
    this.#heard = this.#heard.slice(-ASK_LAST);
    this.#belief = this.#nothing();
    this.#heard.forEach((_, index) => this.#believe(index));
    if (this.#belief.surprise > was[2].surprise) [this.#shift, this.#heard, this.#belief, this.#before] = was;
  }

  /** How little a stroke sounds like the master's: 0 alike .. 1 not at all. */
  #unlike(i: number, cents: readonly Cents[]): number {
    const there = this.#pitches[i]!;
    let alike = 0;
    for (const a of there) {
      let best = 0;
      for (const b of cents) {
        const off = Math.abs(b - a - this.#shift);
        best = Math.max(best, off < SAME_CENTS ? 1 : off < NEAR_CENTS ? 0.45 : 0);
      }
      alike += best;
    }
    return 1 - alike / Math.max(there.length, cents.length);
  }

  /** What is believed after a stroke. */
  #after(belief: Belief, { at, cents }: FollowedStroke, lastAt: Seconds | null): Belief {
    const [times, next] = [this.#times, this.#nothing()];
    const first = lastAt === null;
    // the first strokes say at which tempo he plays
    const pull = Math.max(PULL, 1 / Math.max(1, belief.strokes));
    const spread = Math.max(GAP_SPREAD, UNKNOWN_SPREAD / Math.max(1, belief.strokes));
    const leader = belief.shown;
    const pace = leader < 0 ? 0 : belief.tempo[leader]!;
    const expected = leader < 0 ? 0 : ((times[leader + 1] ?? times[leader]!) - times[leader]!) * exp(pace);
    const paused = lastAt !== null && at - lastAt > Math.max(PAUSE_SEC, WAITED * expected);
    const landed = first ? ELSEWHERE : (leader < 0 ? 0 : belief.cost[leader]!) + (paused ? JUMP_AFTER_PAUSE : JUMP);
    const toSection = this.#sections.has(leader + 1) ? AT_AN_END : 0;
    for (let j = 0; j < times.length; j++) {
      const begun = first ? (j === this.#enter ? 0 : Math.min(FARTHEST, landed + FARTHER * Math.abs(j - this.#enter))) : landed;
      let best = begun - (j > 0 && this.#bars.has(j) ? TO_A_BAR : 0) - (!first && this.#sections.has(j) ? toSection : 0);
      let tempo = pace;
      for (let k = 1; k <= Math.min(j, MOST_MISSED); k++) {
        const i = j - k;
        if (belief.cost[i] === Number.POSITIVE_INFINITY) continue;
        const off = log(Math.max(0.02, at - belief.at[i]!) / Math.max(0.02, times[j]! - times[i]!)) - belief.tempo[i]!;
        const most = paused && off > 0 ? HAVING_WAITED : MOST_GAP;
        const total = belief.cost[i]! + (k - 1) * MISSED + Math.min(most, (off * off) / (2 * spread * spread));
        if (total < best) [best, tempo] = [total, belief.tempo[i]! + (paused && off > 0 ? 0 : pull * off)];
      }
      const played = best + OTHER * this.#unlike(j, cents);
      // one after the other they are less and less likely: else a place that was left long ago would stay the best there is
      const extra = belief.cost[j]! + EXTRA * (1 + belief.extras[j]!);
      if (extra < played) [next.cost[j], next.at[j], next.tempo[j], next.extras[j]] = [extra, belief.at[j]!, belief.tempo[j]!, belief.extras[j]! + 1];
      else [next.cost[j], next.at[j], next.tempo[j]] = [played, at, clamp(tempo, log(FASTEST), log(SLOWEST))];
    }
    const best = leastOf(next.cost, 0, times.length);
    const least = next.cost[best]!;
    for (let j = 0; j < times.length; j++) next.cost[j] = next.cost[j]! - least > FORGOTTEN ? Number.POSITIVE_INFINITY : next.cost[j]! - least;
    const onward = leader < 0 ? -1 : leastOf(next.cost, leader, leader + MOST_MISSED + 1);
    const shown = onward >= 0 && next.cost[onward]! < ELSEWHERE_NOW ? onward : best;
    return { ...next, shown, strokes: belief.strokes + 1, surprise: first ? 0 : belief.surprise + NEWEST * (least - belief.surprise) };
  }

  /** Where the player is. @param now seconds of the stream, not before the last stroke. */
  position(now: Seconds): Position {
    const leader = this.#belief.shown;
    if (leader < 0) return { masterSec: null, confidence: 0, waiting: false, struck: null };
    const { tempo, cost, surprise } = this.#belief;
    const times = this.#times;
    let [near, all] = [0, 0];
    cost.forEach((value, i) => {
      const weight = exp(-value);
      all += weight;
      if (Math.abs(this.#placeOf(i, now) - this.#placeOf(leader, now)) < NEAR_SEC) near += weight;
    });
    const confidence = (near / all) * clamp((LOST - surprise) / (LOST - DOUBT), 0, 1);
    const next = times[leader + 1] ?? times[leader]!;
    const expected = (next - times[leader]!) * exp(tempo[leader]!);
    const waiting = now - this.#heard.at(-1)!.at > Math.max(PAUSE_SEC, WAITED * expected);
    const struck = { at: this.#belief.at[leader]!, masterSec: times[leader]!, nextSec: times[leader + 1] ?? null };
    return { masterSec: surprise >= LOST ? null : this.#placeOf(leader, now), confidence, waiting, struck };
  }

  /** Seconds of the master at a moment, if stroke `i` was the last: never far past the next one before it is heard. */
  #placeOf(i: number, now: Seconds): Seconds {
    // the last stroke rings to the end
    const next = this.#times[i + 1] ?? this.#master.durationSec;
    return Math.min(this.#times[i]! + (now - this.#belief.at[i]!) / exp(this.#belief.tempo[i]!), next + PAST_SEC);
  }
}

/** The most probable of some states; -1 where none is believed. */
function leastOf(cost: Float64Array, from: number, to: number): number {
  let best = -1;
  for (let i = from; i < Math.min(to, cost.length); i++) if (cost[i]! < (best < 0 ? Number.POSITIVE_INFINITY : cost[best]!)) best = i;
  return best;
}
