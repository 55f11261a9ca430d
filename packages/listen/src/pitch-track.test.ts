import { seeded } from "@kuishi/base";
import { Kernels } from "@kuishi/signal";
import { kernelModule } from "@kuishi/signal/node";
import { describe, expect, test } from "vitest";
import { AnalysisSignal } from "./analysis-signal.ts";
import { notesOfTrack, PitchStream, type PitchTrack, pathThrough, trackPitch } from "./pitch-track.ts";
import { noisy, tone } from "./testing.ts";

const kernels = new Kernels(kernelModule());
const track = (x: Float32Array, range: readonly [number, number] = [4800, 7200]): PitchTrack => trackPitch(new AnalysisSignal(kernels, x), range);
const glide = (t: number): number => 5600 + 300 * t;

describe("a line's pitch", () => {
  test("a glide is followed to a few cents, octaves not mistaken", () => {
    const { cents, startSec, hopSec } = track(tone(glide, 2));
    const off = Array.from(cents, (c, f) => Math.abs(c - glide(startSec + f * hopSec))).slice(5, -10);
    expect(Math.max(...off)).toBeLessThan(15);
  });
  test("rests are rests", () => {
    const x = tone(() => 6000, 3);
    x.fill(0, 24_000, 48_000);
    const { cents, startSec, hopSec } = track(x);
    const at = (t: number): number => cents[Math.round((t - startSec) / hopSec)]!;
    expect(at(0.5)).toBeCloseTo(6000, -1);
    expect(at(1.5)).toBe(0);
    expect(at(2.5)).toBeCloseTo(6000, -1);
  });
  test("noise is no line", () => {
    const { clarity } = track(noisy(new Float32Array(48_000), seeded(2), 0.1));
    expect(clarity.reduce((a, b) => a + b, 0) / clarity.length).toBeLessThan(0.5);
  });
  test("one frame that leaps an octave is not believed", () => {
    const lists = Array.from({ length: 9 }, (_, f) =>
      f === 4
        ? [
            { cents: 7200, cost: 0.1 },
            { cents: 6000, cost: 0.2 },
          ]
        : [{ cents: 6000, cost: 0.1 }],
    );
    expect([...pathThrough(lists, new Float32Array(9).fill(1), 0.1).cents]).toEqual(Array(9).fill(6000));
  });
});

describe("the line as it comes", () => {
  test("blocks of any length give the same points, near what the whole gives", () => {
    const x = tone(glide, 1.5);
    const points = (block: number) => {
      const stream = new PitchStream([4800, 7200]);
      const out: { at: number; cents: number }[] = [];
      for (let at = 0; at < x.length; at += block) out.push(...stream.push(x.subarray(at, at + block)));
      return out;
    };
    const [even, odd] = [points(128), points(777)];
    expect(odd.slice(0, even.length)).toEqual(even.slice(0, odd.length));
    const late = even.filter(({ at }) => at > 0.2 && at < 1.2);
    expect(late.length).toBeGreaterThan(90);
    for (const { at, cents } of late) expect(Math.abs(cents - glide(at))).toBeLessThan(25);
  });
});

describe("notes of a line", () => {
  const steps = (t: number): number => [5500, 5700, 6000, 5700][Math.floor(t / 0.5)] ?? 5700;
  test("cut where the pitch moves on", () => {
    const notes = notesOfTrack(track(tone(steps, 2)));
    expect(notes.map(({ cents }) => Math.round(cents / 100) * 100)).toEqual([5500, 5700, 6000, 5700]);
    notes.forEach((note, i) => {
      expect(note.onset).toBeCloseTo(i * 0.5, 1);
    });
  });
  test("vibrato, as deep as singers have it, is one note at its middle", () => {
    const notes = notesOfTrack(track(tone((t) => 6000 + 80 * Math.sin(2 * Math.PI * 5.5 * t), 2)));
    expect(notes).toHaveLength(1);
    expect(notes[0]!.cents).toBeCloseTo(6000, -1.3);
  });
  test("a blip is none", () => {
    const x = new Float32Array(24_000);
    x.set(
      tone(() => 6000, 0.02),
      12_000,
    );
    expect(notesOfTrack(track(x))).toEqual([]);
  });
});
