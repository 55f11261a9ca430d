import { seeded } from "@kuishi/base";
import { describe, expect, test } from "vitest";
import { barsOfBeats, type Pulse, subdivision, trackBeats } from "./beats.ts";

/** Strokes at the places of a bar, again and again: `[part of the bar, weight, mark]`. */
const played = (bar: readonly (readonly [number, number, number])[], seconds: number, count: number): Pulse[] =>
  Array.from({ length: count }, (_, k) => bar.map(([place, weight, mark]) => ({ at: 0.4 + (k + place) * seconds, weight, mark }))).flat();

describe("beats that repeat", () => {
  test("steady strokes: a beat on each, the first and the last too", () => {
    const pulses = played([[0, 1, 0.6]], 0.5, 24);
    const { beats, free, regularity } = trackBeats(pulses, 13);
    expect(free).toBe(false);
    expect(regularity).toBeGreaterThan(0.5);
    expect(beats.map(({ at }) => at)).toEqual(pulses.map(({ at }) => at));
  });
  test("weak strokes between strong ones are no beats", () => {
    const { beats } = trackBeats(
      played(
        [
          [0, 1, 0.8],
          [0.5, 0.4, 0.1],
        ],
        0.5,
        24,
      ),
      13,
    );
    const gaps = beats.slice(1).map(({ at }, i) => at - beats[i]!.at);
    expect(gaps.every((gap) => Math.abs(gap - 0.5) < 0.02)).toBe(true);
  });
  test("a tempo that drifts is followed", () => {
    const pulses: Pulse[] = [];
    let at = 0.4;
    for (let gap = 0.5; pulses.length < 50; gap *= 0.994) {
      pulses.push({ at, weight: 1, mark: 0.6 });
      at += gap;
    }
    const { beats } = trackBeats(pulses, at);
    const hit = pulses.filter((pulse) => beats.some((beat) => Math.abs(beat.at - pulse.at) < 0.03));
    expect(hit.length / pulses.length).toBeGreaterThan(0.9);
  });
  test("a missing stroke does not stop the count", () => {
    const pulses = played([[0, 1, 0.6]], 0.5, 24).filter((_, i) => i !== 10);
    const { beats } = trackBeats(pulses, 13);
    expect(beats.some(({ at }) => Math.abs(at - 5.4) < 0.06)).toBe(true);
  });
  test("strokes at any time at all repeat less than strokes in time, and too few make no pulse", () => {
    const regularity = Array.from({ length: 20 }, (_, k) => {
      const random = seeded(k, "free");
      let at = 0;
      const pulses = Array.from({ length: 60 }, (): Pulse => ({ at: (at += random.between(0.2, 1.4)), weight: random.between(0.3, 1), mark: random.next() }));
      return trackBeats(pulses, at + 1).regularity;
    });
    const steady = trackBeats(played([[0, 1, 0.6]], 0.5, 60), 31).regularity;
    expect(regularity.reduce((a, b) => a + b, 0) / 20).toBeLessThan(steady / 2);
    expect(trackBeats(played([[0, 1, 0.6]], 1.9, 4), 8).free).toBe(true);
  });
});

describe("bars of beats", () => {
  const beats = Array.from({ length: 24 }, (_, i) => ({ at: 0.4 + i * 0.5 }));
  const marked = (every: number, first = 0): Pulse[] =>
    beats.map(({ at }, i) => ({ at, weight: i % every === first ? 1 : 0.5, mark: i % every === first ? 0.8 : 0.1 }));
  test.each([2, 3, 4])("of %s", (length) => {
    const { bars } = barsOfBeats(marked(length), beats);
    expect(new Set(bars.slice(1, -1).map((bar) => bar.beats))).toEqual(new Set([length]));
    expect(bars[0]!.firstBeat).toBe(0);
  });
  test("an upbeat stands before the first bar", () => {
    expect(barsOfBeats(marked(3, 1), beats).bars[0]!.firstBeat).toBe(1);
  });
  test("a bar known to begin outweighs what is heard, its length too", () => {
    const { bars } = barsOfBeats(marked(2), beats, [{ at: 0.4 + 5 * 0.5, groups: [2, 2, 2, 2, 2] }]);
    expect(bars.find((bar) => bar.firstBeat === 5)?.beats).toBe(5);
  });
  test("what marks no bar is less sure of it", () => {
    const plain = beats.map(({ at }): Pulse => ({ at, weight: 0.7, mark: 0.3 }));
    expect(barsOfBeats(plain, beats).confidence).toBeLessThan(barsOfBeats(marked(3), beats).confidence);
  });
  test("nothing has no bars", () => {
    expect(barsOfBeats([], []).bars).toEqual([]);
  });
});

describe("what lies inside beats", () => {
  const beats = Array.from({ length: 12 }, (_, i) => ({ at: i * 0.6 }));
  const inside = (places: readonly number[]): Pulse[] => beats.flatMap(({ at }) => places.map((place) => ({ at: at + place * 0.6, weight: 1, mark: 0 })));
  test("thirds are threes, halves and quarters twos", () => {
    expect(subdivision(inside([0, 1 / 3, 2 / 3]), beats)).toBe(3);
    expect(subdivision(inside([0, 0.5]), beats)).toBe(2);
    expect(subdivision(inside([0, 0.25, 0.5, 0.75]), beats)).toBe(2);
  });
});
