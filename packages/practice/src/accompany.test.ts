import { exp, median, type Random, type Seconds, seeded, sin } from "@kuishi/base";
import { runSeed, seedNote } from "@kuishi/lab/seed";
import { type Heard, heardFromText } from "@kuishi/score";
import { describe, expect, test } from "vitest";
import { Accompanist } from "./accompany.ts";
import { type FollowedStroke, Follower } from "./follow.ts";
import { TUNE } from "./testing.ts";

/** The tune, and the same again on other frets, twice. */
const higher = (by: number): string => TUNE.slice(TUNE.indexOf("|")).replaceAll(/d(\d+)/g, (_, fret: string) => `d${Number(fret) + by}`);
const PLAIN = heardFromText(`${TUNE} ${higher(3)} ${higher(5)}`);
/** Its sections are four bars each. */
const STARTS = [0, 4, 8, 12, 16, 20].map((bar) => PLAIN.downbeats[bar]!);
const KUI: Heard = { ...PLAIN, form: STARTS.map((fromSec, k) => ({ fromSec, toSec: STARTS[k + 1] ?? PLAIN.durationSec, label: `${k}`, confidence: 1 })) };

const strokeAt = (start: Seconds): number => KUI.strokes.findIndex(({ at }) => at >= start - 0.01);
interface SimulatedStroke {
  /** When it is really struck, and which of the master's it is. */
  readonly at: Seconds;
  readonly master: number;
}
/** What a player does beside playing on: waits, begins somewhere else after a breath, plays a section again. */
interface Wish {
  readonly waits?: number;
  readonly jumps?: number;
  readonly repeats?: number;
}
/** A player: the tempo drifts by 15 % either way. */
function playedBy(random: Random, { waits = 0, jumps = 0, repeats = 0 }: Wish): { strokes: SimulatedStroke[]; breaks: number[] } {
  const strokes: SimulatedStroke[] = [];
  const breaks: number[] = [];
  const [phase, round] = [random.between(0, 6), random.between(9, 16)];
  let [at, k] = [1, 0];
  const wait = new Set(Array.from({ length: waits }, () => random.int(20, KUI.strokes.length - 12)));
  const again = new Set(Array.from({ length: repeats }, () => strokeAt(random.pick(STARTS.slice(1)))));
  const jump = new Set(Array.from({ length: jumps }, () => random.int(20, KUI.strokes.length - 12)));
  while (k < KUI.strokes.length) {
    if (wait.delete(k)) {
      breaks.push(strokes.length);
      at += random.between(0.8, 3);
    }
    if (jump.delete(k)) {
      breaks.push(strokes.length);
      at += random.between(0.4, 1);
      k = strokeAt(random.pick(KUI.downbeats.slice(0, -3)));
    }
    if (again.delete(k)) {
      breaks.push(strokes.length);
      k = strokeAt(STARTS.findLast((start) => start < KUI.strokes[k]!.at - 0.01)!);
    }
    strokes.push({ at: at + 0.01 * random.gauss(), master: k });
    const gap = (KUI.strokes[k + 1]?.at ?? KUI.durationSec) - KUI.strokes[k]!.at;
    at += gap * exp(0.15 * sin(phase + (6.283 * at) / round));
    k++;
  }
  return { strokes: strokes.sort((a, b) => a.at - b.at), breaks };
}
/** What the live ear makes of it: later, not quite, with strokes missed and made up. */
function heardOf(random: Random, strokes: readonly SimulatedStroke[]): (FollowedStroke & { told: Seconds })[] {
  const cents = new Map(KUI.notes.map((note) => [note.id, note.cents!]));
  return strokes.flatMap(({ at, master }, id) => {
    if (random.chance(0.04)) return [];
    const pitches = KUI.strokes[master]!.noteIds.map((note) => cents.get(note)! + (random.chance(0.03) ? 200 : 10 * random.gauss()));
    const own = { id, at: at + 0.004 * random.gauss(), cents: pitches, told: at + random.between(0.06, 0.1) };
    return random.chance(0.03) ? [own, { ...own, id: id + 9000, at: own.at + 0.09, told: own.told + 0.09 }] : [own];
  });
}
/** Plays along, asked each 5 ms. @returns for each stroke how much later than the player the band was there, and what it took to be there again after breaks. */
function bandWith(random: Random, wish: Wish): { late: number[]; recovery: number[] } {
  const { strokes, breaks } = playedBy(random, wish);
  const heard = heardOf(random, strokes);
  const [follower, band] = [new Follower(KUI), new Accompanist({ endSec: KUI.durationSec })];
  band.begin(1, 0);
  const places: [Seconds, Seconds][] = [];
  let next = 0;
  for (let now = 0; now < strokes.at(-1)!.at + 1; now += 0.005) {
    for (; next < heard.length && heard[next]!.told <= now; next++) follower.hear(heard[next]!);
    band.follow(follower.position(now), now);
    places.push([now, band.placeAt(now)]);
  }
  // the band's own hit nearest to the player's: the first moment at which it is there
  const lateAt = ({ at, master }: SimulatedStroke): number => {
    const place = KUI.strokes[master]!.at;
    const crossings = places.filter(([, there], i) => there >= place && (places[i - 1]?.[1] ?? -1) < place).map(([now]) => now - at);
    return crossings.reduce((best, late) => (Math.abs(late) < Math.abs(best) ? late : best), FARTHEST);
  };
  const late = strokes.map(lateAt);
  const recovery = breaks.map((from) => {
    const together = late.findIndex((one, k) => k >= from && Math.abs(one) < 0.06 && Math.abs(late[k + 1] ?? 0) < 0.06);
    return (strokes[together < 0 ? strokes.length - 1 : together]!.at ?? 0) - strokes[from]!.at;
  });
  const lost = (k: number): boolean => breaks.some((from, i) => k >= from && strokes[k]!.at < strokes[from]!.at + recovery[i]!);
  return { late: late.filter((_, k) => k > 6 && !lost(k)), recovery };
}
/** What is farther from a stroke than this is no hit for it. */
const FARTHEST: Seconds = 0.5;
const mean = (list: readonly number[]): number => list.reduce((sum, x) => sum + Math.abs(x), 0) / list.length;
const BAR = KUI.downbeats[1]! - KUI.downbeats[0]!;

describe(`a band that follows (${seedNote})`, () => {
  test("whose player drifts is there with him", () => {
    const all = Array.from({ length: 8 }, (_, run) => bandWith(seeded(runSeed, `drift ${run}`), {}).late).flat();
    console.log(`drift: ${(1000 * mean(all)).toFixed(1)} ms`);
    expect(mean(all)).toBeLessThan(0.035);
  });
  test.each([
    ["waits", { waits: 2 }, 1],
    ["plays sections again", { repeats: 2 }, 1],
    ["begins elsewhere", { jumps: 1 }, 2],
  ] as const)("whose player %s is with him again within a bar or two", (what, wish, bars) => {
    const runs = Array.from({ length: 12 }, (_, run) => bandWith(seeded(runSeed, `${what} ${run}`), wish));
    const [late, recovery] = [runs.flatMap((run) => run.late), runs.flatMap((run) => run.recovery)];
    console.log(`${what}: ${(1000 * mean(late)).toFixed(1)} ms, again after ${mean(recovery).toFixed(2)} s, worst ${Math.max(...recovery).toFixed(2)} s`);
    expect(mean(late)).toBeLessThan(0.035);
    // once in a while the ear misses the very strokes by which he would be found
    expect(median(recovery)).toBeLessThan(bars * BAR);
    expect(mean(recovery)).toBeLessThan(2 * bars * BAR);
  });
  test("it waits while the player is lost, and where he does not begin", () => {
    const band = new Accompanist({ endSec: 60 });
    band.begin(2, 10);
    expect([band.placeAt(1), band.placeAt(2.1), band.placeAt(9)].map((at) => at.toFixed(2))).toEqual(["10.00", "10.10", "10.25"]);
    const here = { confidence: 1, waiting: false, struck: { at: 2, masterSec: 10, nextSec: 11 } };
    band.follow({ ...here, masterSec: 10.5 }, 2.5);
    expect(band.placeAt(2.5)).toBeCloseTo(10.5, 2);
    band.follow({ ...here, masterSec: null }, 2.6);
    expect(band.placeAt(8)).toBeCloseTo(10.6, 2);
  });
});
