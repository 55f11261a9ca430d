import { type Random, type Seconds, seeded } from "@kuishi/base";
import { runSeed, seedNote } from "@kuishi/lab/seed";
import { heardFromText } from "@kuishi/score";
import { describe, expect, test } from "vitest";
import { type FollowedStroke, Follower } from "./follow.ts";
import { master, TUNE } from "./testing.ts";

/** The tune, the same again on other frets, and an end. */
const AGAIN = TUNE.slice(TUNE.indexOf("|")).replaceAll(/d(\d+)/g, (_, fret: string) => `d${Number(fret) + 3}`);
const KUI = heardFromText(`${TUNE} ${AGAIN} | d12+u0 . d10 u0+d9 d7 | d5+u0 d7 d9 u0+d10 . | d7+u0 d5 d4 u0+d2 d0`);

/** Strokes of the master as a player strikes them. @param when take seconds of one of the master's moments; null: not played. */
function played(heard: typeof KUI, when: (at: Seconds) => Seconds | null, random?: Random): FollowedStroke[] {
  const notes = new Map(heard.notes.map((note) => [note.id, note.cents!]));
  return heard.strokes.flatMap((stroke, id) => {
    const at = when(stroke.at);
    return at === null
      ? []
      : [{ id, at: at + (random ? 0.006 * random.gauss() : 0), cents: stroke.noteIds.map((note) => notes.get(note)! + (random ? 12 * random.gauss() : 0)) }];
  });
}
/** Errors of the place over a run, asked 50 ms after each stroke once `after` seconds have passed; infinite where it is not known. */
function errors(follower: Follower, strokes: readonly FollowedStroke[], truth: (takeSec: Seconds) => Seconds, after = 2): number[] {
  return strokes.flatMap((stroke) => {
    follower.hear(stroke);
    const now = stroke.at + 0.05;
    const { masterSec } = follower.position(now);
    return now < after ? [] : [masterSec === null ? Number.POSITIVE_INFINITY : Math.abs(masterSec - truth(now))];
  });
}
const worst = (...run: Parameters<typeof errors>): number => Math.max(...errors(...run));

describe(`following (${seedNote})`, () => {
  test("a player half as fast again, from a second on", () => {
    const strokes = played(KUI, (at) => 1 + at / 1.5, seeded(runSeed, "faster"));
    expect(worst(new Follower(KUI), strokes, (t) => (t - 1) * 1.5, 2.5)).toBeLessThan(0.1);
  });
  test("who plays slower and slower", () => {
    const strokes = played(KUI, (at) => at + (0.3 * at * at) / KUI.durationSec, seeded(runSeed, "slower"));
    const back = (t: Seconds): Seconds => ((Math.sqrt(1 + (1.2 * t) / KUI.durationSec) - 1) * KUI.durationSec) / 0.6;
    expect(worst(new Follower(KUI), strokes, back)).toBeLessThan(0.1);
  });
  test("who stops is waited for where he stopped", () => {
    const strokes = played(KUI, (at) => (at < 5 ? at : at + 3));
    const follower = new Follower(KUI);
    const until = strokes.filter(({ at }) => at < 5);
    until.forEach((stroke) => follower.hear(stroke));
    const held = follower.position(until.at(-1)!.at + 2.5);
    expect(held.waiting).toBe(true);
    expect(Math.abs(held.masterSec! - 5)).toBeLessThan(0.4);
    expect(worst(follower, strokes.slice(until.length), (t) => t - 3)).toBeLessThan(0.1);
  });
  test("who jumps to another bar is found within a second and a half", () => {
    const random = seeded(runSeed, "jump");
    const first = played(KUI, (at) => (at < 6 ? at : null), random);
    const from = KUI.downbeats[12]!;
    const then = played(KUI, (at) => (at < from ? null : at - from + 6.2), random).map((stroke) => ({ ...stroke, id: stroke.id + 1000 }));
    const follower = new Follower(KUI);
    first.forEach((stroke) => follower.hear(stroke));
    expect(worst(follower, then, (t) => t - 6.2 + from, 7.7)).toBeLessThan(0.1);
  });
  test("wrong notes, strokes left out and strokes of his own do not lose him", () => {
    const all = Array.from({ length: 20 }, (_, run) => {
      const random = seeded(runSeed, `faults ${run}`);
      const strokes = played(KUI, (at) => (random.chance(0.08) ? null : at), random).flatMap((stroke) => {
        const wrong = random.chance(0.08) ? { ...stroke, cents: stroke.cents.map((cents) => cents + random.pick([-200, 200, 300])) } : stroke;
        return random.chance(0.06) ? [wrong, { id: stroke.id + 5000, at: stroke.at + 0.09, cents: [random.pick(stroke.cents) + 150] }] : [wrong];
      });
      return errors(new Follower(KUI), strokes, (t) => t);
    }).flat();
    expect(all.filter((error) => error < 0.1).length / all.length).toBeGreaterThan(0.92);
    expect(all.filter((error) => error > 2).length / all.length).toBeLessThan(0.02);
  });
  test("who is known to begin in the middle is there with his first stroke", () => {
    const from = KUI.downbeats[9]!;
    const follower = new Follower(KUI);
    played(KUI, (at) => at).forEach((stroke) => follower.hear(stroke));
    follower.enter(from);
    const [first] = played(KUI, (at) => (at < from - 0.01 ? null : at - from + 100));
    follower.hear(first!);
    expect(follower.position(100.01).masterSec).toBeCloseTo(from, 1);
  });
  test("an instrument tuned a fourth lower is followed once that is heard", () => {
    const strokes = played(KUI, (at) => at).map((stroke) => ({ ...stroke, cents: stroke.cents.map((cents) => cents - 500) }));
    expect(worst(new Follower(KUI), strokes, (t) => t, 8)).toBeLessThan(0.1);
  });
  test("what is known better later replaces what was told", () => {
    const heard = master();
    const strokes = played(heard, (at) => at);
    const [once, twice] = [new Follower(heard), new Follower(heard)];
    for (const stroke of strokes) {
      once.hear(stroke);
      twice.hear({ ...stroke, cents: [4000] });
      twice.hear(stroke);
    }
    expect(twice.position(12)).toEqual(once.position(12));
  });
  test("another tune is nowhere, and nothing heard is nothing known", () => {
    const random = seeded(runSeed, "other");
    const follower = new Follower(KUI);
    expect(follower.position(1)).toEqual({ masterSec: null, confidence: 0, waiting: false, struck: null });
    let found = 0;
    for (let id = 0; id < 60; id++) {
      follower.hear({ id, at: id * random.between(0.14, 0.3), cents: [5000 + 100 * random.int(0, 30) + 50] });
      if (follower.position(id * 0.3 + 0.05).masterSec !== null) found++;
    }
    expect(found).toBeLessThan(20);
  });
});
