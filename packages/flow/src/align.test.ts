import { seeded } from "@kuishi/base";
import { Kernels } from "@kuishi/signal";
import { kernelModule } from "@kuishi/signal/node";
import { describe, expect, test } from "vitest";
import { alignment, passesOf } from "./align.ts";

const kernels = (): Kernels => new Kernels(kernelModule());
/** Strokes with noise in them at uneven times, as what is played through a loudspeaker. */
function music(seconds: number, seed: number): Float32Array {
  const random = seeded(seed, "music");
  const out = new Float32Array(seconds * 48_000);
  for (let at = 2000; at < out.length; at += 6000 + random.int(0, 9000))
    for (let i = 0; i < 8000 && at + i < out.length; i++)
      out[at + i] = (out[at + i] as number) + (0.3 * Math.sin(i * (0.02 + 0.001 * (at % 17))) + 0.1 * (random.next() - 0.5)) * Math.exp(-i / 2000);
  return out;
}
/** What a microphone hears of it: so late, so faint, under someone else's music. */
function taken(played: Float32Array, late: (frame: number) => number, level: number, seed: number): Float32Array {
  const own = music(played.length / 48_000, seed + 100);
  return played.map((_, i) => (own[i] as number) * 0.5 + level * (played[Math.round(i - late(i))] ?? 0));
}

describe("where a take lies is read from the take", () => {
  test("to a millisecond, loud and faint, for any delay", () => {
    for (const [late, level] of [
      [0, 1],
      [700, 0.5],
      [4321, 0.1],
      [17_000, 0.05],
    ] as const) {
      const played = music(12, late + 1);
      const told = alignment(
        kernels(),
        played,
        taken(played, () => late, level, late),
      );
      expect(told.stretches, `${late} at ${level}`).toHaveLength(1);
      expect(Math.abs((told.stretches[0]?.late ?? -1e9) - late)).toBeLessThan(24);
      expect(Math.abs(told.driftPerMinute)).toBeLessThan(48);
    }
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
  });
  test("where nothing of it is in the take, nothing is claimed", () => {
    const played = music(15, 3);
    expect(alignment(kernels(), played, music(15, 999)).stretches).toEqual([]);
    expect(alignment(kernels(), played, new Float32Array(played.length)).stretches).toEqual([]);
  });
});

describe("passes of a take", () => {
  const common = { began: 1000, start: 48_000, stretches: [{ from: 0, late: 500 }] };
  test("after a count-in, from where it was started", () => {
    const { passes, heard } = passesOf({ ...common, frames: 200_000, anchors: [{ context: 5000, frame: 38_000 }] });
    // 10,000 frames of counting, then the tune; heard 500 late
    expect(passes).toEqual([{ at: 48_000, from: 14_500, length: 185_500, pieces: [{ at: 48_000, from: 14_500, length: 185_500 }] }]);
    expect(heard).toBe(0);
  });
  test("in a loop each turn is one; of the last, broken off before its half, the one before is heard", () => {
    const anchors = [0, 96_000, 192_000].map((context) => ({ context: 1000 + context, frame: 48_000 }));
    const told = passesOf({ ...common, frames: 220_000, anchors });
    expect(told.passes.map((pass) => [pass.at, pass.from, pass.length])).toEqual([
      [48_000, 500, 96_000],
      [48_000, 96_500, 96_000],
      [48_000, 192_500, 27_500],
    ]);
    expect(told.heard).toBe(1);
    expect(passesOf({ ...common, frames: 280_000, anchors }).heard).toBe(2);
  });
  test("where the delay jumps the pass is cut, and what follows is moved by as much", () => {
    const { passes } = passesOf({
      ...common,
      stretches: [
        { from: 0, late: 500 },
        { from: 60_000, late: 1500 },
      ],
      frames: 100_000,
      anchors: [{ context: 1000, frame: 48_000 }],
    });
    expect(passes[0]?.pieces).toEqual([
      { at: 48_000, from: 500, length: 59_500 },
      { at: 107_500, from: 61_000, length: 40_000 },
    ]);
  });
  test("what is too short, or never ran, gives nothing", () => {
    expect(passesOf({ ...common, frames: 1000, anchors: [{ context: 1000, frame: 48_000 }] }).passes).toEqual([]);
    expect(passesOf({ ...common, frames: 100_000, anchors: [] }).passes).toEqual([]);
  });
});
