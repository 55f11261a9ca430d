import { centsToHertz } from "@kuishi/base";
import { Kernels } from "@kuishi/signal";
import { kernelModule } from "@kuishi/signal/node";
import { makeNamed } from "@kuishi/tuning";
import { describe, expect, test } from "vitest";
import { sourceOf } from "./devices.ts";
import { makeSourceProcessor } from "./models.ts";
import { noteOf } from "./note.ts";
import type { PlanEvent, Source } from "./plan.ts";

const note = (frame: number, length: number, cents: number, more: Partial<PlanEvent> = {}): PlanEvent => ({
  frame,
  length,
  cents,
  velocity: 0.7,
  voice: "",
  bend: [[0, 0]],
  ...more,
});
/** What a source makes of notes; its blocks are cut every so many frames as well as at notes. */
function play(source: Source, events: readonly PlanEvent[], frames: number, cut = 128): Float32Array {
  const kernels = new Kernels(kernelModule());
  const processor = makeSourceProcessor(kernels, source, new Map(), 5);
  const [left, right] = [kernels.floats(128), kernels.floats(128)];
  const out = new Float32Array(frames);
  const notes = events.map((event) => noteOf(event)!);
  const marks = new Set(events.flatMap((event) => [event.frame, event.frame + event.length]));
  for (let block = 0; block < frames; block += 128) {
    kernels.call.clear(left, 512);
    kernels.call.clear(right, 512);
    for (let at = block; at < block + 128; ) {
      for (const one of notes) if (one.frame + one.length === at) processor.stop(one);
      for (const one of notes) if (one.frame === at) processor.start(one);
      let to = Math.min(block + 128, at + cut - ((at - block) % cut));
      for (const mark of marks) if (mark > at && mark < to) to = mark;
      processor.process(left + (at - block) * 4, right + (at - block) * 4, at, to - at);
      at = to;
    }
    out.set(kernels.view(left, 128), block);
  }
  return out;
}
/** Cents by which a sound is off a pitch: its best correlation with itself some 40 ms later. @param from frame it is looked at from. */
function off(x: Float32Array, cents: number, from: number): number {
  const period = 48_000 / centsToHertz(cents);
  const turns = Math.max(1, Math.round(2000 / period));
  const likeness = (lag: number): number => {
    let [same, power] = [0, 1e-12];
    for (let i = from; i < from + 8192; i++) {
      same += x[i]! * x[i + lag]!;
      power += x[i]! * x[i]! + x[i + lag]! * x[i + lag]!;
    }
    return (2 * same) / power;
  };
  let best = 0;
  let most = -1;
  for (let lag = Math.round((turns - 0.4) * period); lag <= (turns + 0.4) * period; lag++) {
    const here = likeness(lag);
    if (here > most) [most, best] = [here, lag];
  }
  const [a, b] = [likeness(best - 1), likeness(best + 1)];
  const exact = (best + (0.5 * (a - b)) / (a - 2 * most + b)) / turns;
  return 1200 * Math.log2(period / exact);
}
const level = (x: Float32Array, cents: number): number => {
  let [re, im] = [0, 0];
  for (let i = 0; i < x.length; i++) {
    const w = 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / x.length);
    re += w * x[i]! * Math.cos((2 * Math.PI * centsToHertz(cents) * i) / 48_000);
    im += w * x[i]! * Math.sin((2 * Math.PI * centsToHertz(cents) * i) / 48_000);
  }
  return 10 * Math.log10(re * re + im * im + 1e-20);
};
const peak = (x: Float32Array): number => x.reduce((top, v) => Math.max(top, Math.abs(v)), 0);
const source = (name: string): Source => sourceOf(makeNamed(name)!);

describe.each([
  ["qobyz", 5000, 9200, 6],
  ["sybyzgy", 6000, 9200, 1],
] as const)("%s", (name, low, high, most) => {
  test(`is in tune over its range within ${most} cents, soft and loud, in the right register`, () => {
    for (let cents: number = low; cents <= high; cents += 430)
      for (const velocity of [0.3, 0.9]) {
        const x = play(source(name), [note(0, 90_000, cents, { velocity })], 48_000);
        expect(Math.abs(off(x, cents, 30_000)), `${cents} at ${velocity}`).toBeLessThan(most);
        // neither an octave nor a twelfth above, nor below
        const own = level(x.subarray(24_000), cents);
        expect(own, `${cents} at ${velocity}`).toBeGreaterThan(level(x.subarray(24_000), cents - 1200));
        expect(own, `${cents} at ${velocity}`).toBeGreaterThan(level(x.subarray(24_000), cents - 1902));
      }
  });
  test("sounds alike to the bit wherever its blocks are cut", () => {
    const bend = [
      [0, 0],
      [9000, 300],
      [20_000, -200],
    ] as const;
    const events = [note(100, 20_000, low + 800, { bend }), note(20_100, 9000, low + 1000, { bend: [] }), note(25_000, 14_000, low + 1900)];
    const whole = play(source(name), events, 46_080);
    for (const cut of [1, 17, 64]) expect(play(source(name), events, 46_080, cut).every((v, i) => v === whole[i])).toBe(true);
  });
  test("a bend of four octaves and back, and notes on each other, leave it bounded and then silent", () => {
    const wild = Array.from({ length: 40 }, (_, k) =>
      note(k * 500, 700, 3600 + ((k * 977) % 6000), {
        velocity: 1,
        bend: [
          [0, 4800],
          [300, -4800],
          [600, 4800],
        ],
      }),
    );
    const x = play(source(name), wild, 240_000);
    expect(x.every(Number.isFinite)).toBe(true);
    expect(peak(x)).toBeLessThan(4);
    // retired: exact silence, and no work
    expect(peak(x.subarray(200_000))).toBe(0);
  });
});

test("a qobyz takes its other string along, and touches high notes at nodes", () => {
  const plain = play(source("qobyz"), [note(0, 90_000, 5900)], 71_936).subarray(24_000);
  const droned = play({ ...source("qobyz"), drone: 1 } as Source, [note(0, 90_000, 5900)], 71_936).subarray(24_000);
  // D3's third partial is heard where it was not
  expect(level(droned, 5000 + 1902)).toBeGreaterThan(level(plain, 5000 + 1902) + 12);
  // A5, the fourth partial of the upper string, in the same pitch touched and stopped: touched is duller
  const touched = play(source("qobyz"), [note(0, 90_000, 8100)], 48_000).subarray(16_000);
  const stopped = play({ ...source("qobyz"), harmonics: false } as Source, [note(0, 90_000, 8100)], 48_000).subarray(16_000);
  const tilt = (x: Float32Array): number => level(x, 8100 + 1902) - level(x, 8100);
  expect(tilt(touched)).toBeLessThan(tilt(stopped) - 1);
});
test("who plays the sybyzgy hums while blowing, and not after", () => {
  const x = play({ kind: "sybyzgy", hum: 0.8, humCents: 5000 }, [note(0, 60_000, 7400)], 119_936);
  const plain = play({ kind: "sybyzgy", hum: 0, humCents: 5000 }, [note(0, 60_000, 7400)], 119_936);
  expect(level(x.subarray(24_000, 56_000), 5000)).toBeGreaterThan(level(plain.subarray(24_000, 56_000), 5000) + 20);
  expect(peak(x.subarray(100_000))).toBe(0);
});
