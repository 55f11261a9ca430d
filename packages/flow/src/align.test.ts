import { seeded } from "@kuishi/base";
import { judgedTake, simulatedTake } from "@kuishi/lab/takes";
import { Kernels } from "@kuishi/signal";
import { kernelModule } from "@kuishi/signal/node";
import { describe, expect, test } from "vitest";
import { alignment } from "./align.ts";

const kernels = (): Kernels => new Kernels(kernelModule());
/** Strokes with noise in them at uneven times, as what is played through a loudspeaker. */
function music(seconds: number, seed: number): Float32Array {
  const random = seeded(seed, "music");
  const out = new Float32Array(seconds * 48_000);
  for (let at = 2000; at < out.length; at += 6000 + random.int(0, 9000))
    for (let i = 0; i < 8000 && at + i < out.length; i++)
      out[at + i] = out[at + i]! + (0.3 * Math.sin(i * (0.02 + 0.001 * (at % 17))) + 0.1 * (random.next() - 0.5)) * Math.exp(-i / 2000);
  return out;
}
/** What a microphone hears of it: so late, so faint, under someone else's music. */
function taken(played: Float32Array, late: (frame: number) => number, level: number, seed: number): Float32Array {
  const own = music(played.length / 48_000, seed + 100);
  return played.map((_, i) => own[i]! * 0.5 + level * (played[Math.round(i - late(i))] ?? 0));
}

describe("where a take lies is read from the take", () => {
  test.each([
    [0, 1],
    [700, 0.5],
    [4321, 0.1],
    [17_000, 0.05],
  ])("to a millisecond, loud and faint, for any delay (%i frames, %d as loud)", (late, level) => {
    const played = music(12, late + 1);
    const told = alignment(
      kernels(),
      played,
      taken(played, () => late, level, late),
    );
    expect(told.stretches).toHaveLength(1);
    expect(Math.abs((told.stretches[0]?.late ?? -1e9) - late)).toBeLessThan(24);
    expect(Math.abs(told.driftPerMinute)).toBeLessThan(48);
  });
  test("a jump of a buffer is found and put right from there on", () => {
    const played = music(20, 7);
    const told = alignment(
      kernels(),
      played,
      taken(played, (i) => (i < 480_000 ? 3000 : 3512), 0.3, 7),
    );
    expect(told.stretches.map((one) => Math.round(one.late / 16))).toEqual([Math.round(3000 / 16), Math.round(3512 / 16)]);
    expect(Math.abs((told.stretches[1]?.from ?? 0) - 480_000)).toBeLessThan(100_000);
  });
  test("on a busy machine, where every stroke comes back at another delay and some never, each lies where it was played", () => {
    const random = seeded(5, "busy");
    const [played, heard] = [new Float32Array(480_000), new Float32Array(480_000)];
    const strokes: { readonly at: number; readonly late: number | null }[] = [];
    let late = 9600;
    for (let at = 4000; at < 460_000; at += 11_000 + random.int(0, 9000)) {
      if (random.chance(0.6)) late = random.int(8600, 10_600);
      const lost = random.chance(0.15);
      strokes.push({ at, late: lost ? null : late });
      for (let i = 0; i < 400; i++) {
        const x = 0.6 * Math.sin(i * 0.35) * Math.exp(-i / 60);
        played[at + i] = x;
        if (!lost) heard[at + late + i] = x;
      }
    }
    const own = music(10, 21);
    for (const mixed of [heard, heard.map((x, i) => x + 0.05 * own[i]!)]) {
      const { stretches } = alignment(kernels(), played, mixed);
      const errors = strokes.flatMap(({ at, late: truly }) =>
        truly === null ? [] : Math.abs((stretches.findLast((one) => one.from <= at)?.late ?? -1e9) - truly),
      );
      expect(errors.filter((error) => error > 48).length).toBeLessThanOrEqual(errors.length * 0.05);
    }
  });
  test("an echo of the room is no jump, before a jump and after it", () => {
    const played = music(12, 12);
    const late = (i: number): number => (i < 300_000 ? 5000 : 5900);
    const echoed = taken(played, late, 0.4, 12).map((x, i) => x + 0.25 * (played[i - late(i) - 1100] ?? 0) + 0.15 * (played[i - late(i) - 2900] ?? 0));
    const { stretches } = alignment(kernels(), played, echoed);
    expect(stretches.map((one) => Math.round(one.late / 100))).toEqual([50, 59]);
    expect(Math.abs(stretches[1]!.from - 295_000)).toBeLessThan(24_000);
  });
  test("clocks that run apart are told", () => {
    const played = music(40, 9);
    // 0.05 %: 1440 frames a minute is no real device, 288 is a bad one
    const told = alignment(
      kernels(),
      played,
      taken(played, (i) => 2000 + i * 1e-4, 0.5, 9),
    );
    expect(told.driftPerMinute).toBeGreaterThan(200);
    expect(told.driftPerMinute).toBeLessThan(380);
  }, 240_000);
  test("where nothing of it is in the take, nothing is claimed", () => {
    const played = music(15, 3);
    expect(alignment(kernels(), played, music(15, 999)).stretches).toEqual([]);
    expect(alignment(kernels(), played, new Float32Array(played.length)).stretches).toEqual([]);
  });
  test("where only a tuner's tone, beeps or a phone's metronome are in the take, it is laid by none of them", () => {
    const played = music(10, 31);
    const tone = Float32Array.from(played, (_, i) => 0.4 * Math.sin(i * 0.0576));
    const beeps = tone.map((x, i) => (i % 48_000 < 4800 ? x : 0));
    const clicks = Float32Array.from(played, (_, i) => 0.6 * Math.sin((i % 24_000) * 0.35) * Math.exp(-(i % 24_000) / 60));
    for (const sound of [tone, beeps, clicks]) expect(alignment(kernels(), played, sound).stretches).toEqual([]);
  });
  test.each([0, 1, 2, 3, 4, 5, 6])("a take as a hard day makes it (%i) is laid where it was played, and not at all where nothing of it is heard", (count) => {
    const take = simulatedTake(2, count);
    const verdict = judgedTake(take, alignment(kernels(), take.played, take.taken).stretches);
    expect(verdict, take.name).toBe(take.truth.length === 0 ? "refused" : "right");
  });
});
