import { clamp, type Seconds } from "@kuishi/base";
import type { Position } from "./follow.ts";

/** How a band goes on from a moment: a straight line through the master's time, and where it waits. */
export interface Lead {
  /** Seconds of the stream. */
  readonly at: Seconds;
  /** The place of the master at that moment. */
  readonly masterSec: Seconds;
  /** Master seconds for one of the player's; 0 holds. */
  readonly rate: number;
  /** It goes no farther than this before it is told anew. */
  readonly untilSec: Seconds;
}

/** How far the hand strays from its own tempo at a stroke, and the ear from the hand, seconds. */
const STRAY: Seconds = 0.014;
/** How much the tempo may change: variance of its ratio gained in a second. */
const DRIFT = 0.006;
/** How uncertain the tempo is before anything was played. */
const UNKNOWN = 0.04;
/** Slowest and fastest the band goes beside the master. */
const [SLOWEST, FASTEST] = [0.3, 3];
/** A stroke so far from where it was expected was waited for, or is a jump: the place is taken from it, the tempo is kept. */
const ASTRAY_SEC: Seconds = 0.16;
/** A place farther away than this is another one: the band goes there where so sure, or where the second stroke there says the same. */
const [ELSEWHERE, SURE]: readonly [Seconds, number] = [0.6, 0.5];
/** How far the band plays past the stroke that is expected next before it is heard. */
const PAST: Seconds = 0.25;

/**
 * Leads a band by where a player is: its place and tempo are a Kalman filter over the strokes (state: the place in the master and how fast it
 * goes; Kalman 1960), which a stroke that was waited for, or a jump, sets anew. It waits at the stroke that has not come, and while the
 * player is lost; repeats, stops and restarts are jumps like any other.
 *
 * @example
 * const band = new Accompanist({ endSec: 60 });
 * band.begin(0, 0); // counted in: the player begins at 0 with the master's tempo
 * band.follow({ masterSec: 0, confidence: 1, waiting: false, struck: { at: 0, masterSec: 0, nextSec: 1 } }, 0.1);
 * band.lead.rate; // => 1
 */
export class Accompanist {
  readonly #end: Seconds;
  #lead: Lead;
  /** The filter: the stroke it stands at, the tempo, and the covariance of both. */
  #at: Seconds = Number.NEGATIVE_INFINITY;
  #place: Seconds = 0;
  #rate = 1;
  #spread = { place: 0, both: 0, rate: UNKNOWN };
  /** A place elsewhere that one stroke has said. */
  #elsewhere: Seconds | undefined;

  constructor({ endSec }: { readonly endSec: Seconds }) {
    this.#end = endSec;
    this.#lead = { at: 0, masterSec: 0, rate: 0, untilSec: 0 };
  }
  /** How the band goes on. */
  get lead(): Lead {
    return this.#lead;
  }
  /** Waits at a place until the player is heard, wherever he begins. */
  stand(masterSec: Seconds): void {
    this.#at = Number.NEGATIVE_INFINITY;
    this.#lead = { at: 0, masterSec, rate: 0, untilSec: masterSec };
  }
  /** The player is about to begin at a place: the band begins with him, and waits if he does not. @param rate the tempo that was counted. */
  begin(at: Seconds, masterSec: Seconds, rate = 1): void {
    this.#restart(at, masterSec);
    this.#rate = rate;
    this.#lead = { at, masterSec, rate, untilSec: masterSec + PAST };
  }
  #restart(at: Seconds, place: Seconds): void {
    [this.#at, this.#place] = [at, place];
    this.#spread = { place: STRAY * STRAY, both: 0, rate: Math.max(this.#spread.rate, UNKNOWN / 4) };
    this.#elsewhere = undefined;
  }

  /** What the follower says now. @param now seconds of the stream. */
  follow({ masterSec, confidence, struck }: Position, now: Seconds): void {
    if (!struck) return;
    if (struck.at > this.#at) this.#hear(struck, confidence);
    if (masterSec === null) this.#lead = { at: now, masterSec: this.placeAt(now), rate: 0, untilSec: this.#end };
    else if (this.#elsewhere === undefined) {
      const untilSec = struck.nextSec === null ? this.#end : struck.nextSec + PAST * this.#rate;
      this.#lead = { at: this.#at, masterSec: this.#place, rate: this.#rate, untilSec };
    }
  }
  /** Where the band is at a moment. */
  placeAt(now: Seconds): Seconds {
    const { at, masterSec, rate, untilSec } = this.#lead;
    return Math.max(masterSec, Math.min(untilSec, masterSec + rate * (now - at)));
  }

  #hear({ at, masterSec }: NonNullable<Position["struck"]>, confidence: number): void {
    const since = at - this.#at;
    const expected = this.#place + this.#rate * since;
    const off = masterSec - expected;
    // a player who waits is at the same place later
    const away = Math.max(masterSec - expected, this.#place - masterSec);
    if (this.#at === Number.NEGATIVE_INFINITY || away > ELSEWHERE) {
      const second = this.#elsewhere !== undefined && Math.abs(masterSec - this.#elsewhere) < 2 * ELSEWHERE;
      if (confidence >= SURE || second) this.#restart(at, masterSec);
      else this.#elsewhere = masterSec;
    } else if (Math.abs(off) > ASTRAY_SEC) this.#restart(at, masterSec);
    else this.#correct(at, off, since);
  }
  #correct(at: Seconds, off: Seconds, since: Seconds): void {
    const { place, both, rate } = this.#spread;
    const ahead = {
      place: place + 2 * since * both + since * since * rate + (DRIFT * since * since * since) / 3,
      both: both + since * rate + (DRIFT * since * since) / 2,
      rate: rate + DRIFT * since,
    };
    const seen = ahead.place + STRAY * STRAY;
    const [toPlace, toRate] = [ahead.place / seen, ahead.both / seen];
    this.#place = this.#place + this.#rate * since + toPlace * off;
    this.#rate = clamp(this.#rate + toRate * off, SLOWEST, FASTEST);
    this.#at = at;
    this.#elsewhere = undefined;
    this.#spread = { place: (1 - toPlace) * ahead.place, both: (1 - toPlace) * ahead.both, rate: ahead.rate - toRate * ahead.both };
  }
}
