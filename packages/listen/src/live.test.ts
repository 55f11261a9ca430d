import { Kernels } from "@kuishi/signal";
import { kernelModule } from "@kuishi/signal/node";
import { dombra, type Instrument, instruments } from "@kuishi/tuning";
import { describe, expect, test } from "vitest";
import { type LiveEvent, liveEar } from "./live.ts";
import { plucks, tone } from "./testing.ts";

/** What the ear tells of a sound fed in blocks, and how many seconds it had heard then. */
function listen(x: Float32Array, instrument: Instrument, block = 256): (LiveEvent & { heard: number })[] {
  const ear = liveEar(new Kernels(kernelModule()), instrument);
  const told: (LiveEvent & { heard: number })[] = [];
  for (let at = 0; at < x.length; at += block) told.push(...ear.push(x.subarray(at, at + block)).map((event) => ({ ...event, heard: ear.seconds })));
  return told;
}
const MELODY = [5523, 5723, 5873, 6023, 6223, 6023, 5873, 5723];
const TIMES = Array.from({ length: 28 }, (_, i) => 0.5 + i * 0.3);
const lute = plucks(
  TIMES.flatMap((at, i) => [
    { at, cents: MELODY[i % 8]!, seconds: 0.8 },
    { at: at + 0.008, cents: 5023, gain: 0.15, seconds: 0.8 },
  ]),
  9.4,
);

describe("strokes as they are played", () => {
  const told = listen(lute, dombra);
  const strokes = told.filter((event) => event.type === "stroke");
  test("each is told within 100 ms with its pitch, the onset before it", () => {
    const found = TIMES.filter((at, i) =>
      strokes.some(
        (stroke) =>
          Math.abs(stroke.at - at) < 0.04 && stroke.heard - stroke.at < 0.1 && stroke.notes.some(({ cents }) => Math.abs(cents - MELODY[i % 8]!) < 40),
      ),
    );
    expect(found.length / TIMES.length).toBeGreaterThan(0.85);
    for (const stroke of strokes.slice(0, 5))
      expect(told.find((event) => event.type === "onset" && Math.abs(event.at - stroke.at) < 0.04)!.heard).toBeLessThanOrEqual(stroke.heard);
  });
  test("strings are left open until they are sure, then both are known", () => {
    const placed = strokes.map((stroke) => stroke.notes.some(({ string }) => string !== null));
    expect(placed[0]).toBe(false);
    expect(placed.slice(-8).filter(Boolean).length).toBeGreaterThan(5);
  });
  test("a stroke that is told again keeps its number", () => {
    const byId = Map.groupBy(strokes, ({ id }) => id);
    expect([...byId.values()].some((list) => list.length > 1)).toBe(true);
    for (const list of byId.values()) expect(new Set(list.map(({ at }) => at)).size).toBe(1);
  });
  test("however the stream is cut, the same strokes", () => {
    const key = (events: readonly LiveEvent[]): string[] => [
      ...new Set(
        events.flatMap((event) => (event.type === "stroke" ? event.notes.map(({ cents }) => `${event.at.toFixed(2)} ${Math.round(cents / 50)}`) : [])),
      ),
    ];
    const [a, b] = [key(told), key(listen(lute, dombra, 1000))];
    const same = a.filter((one) => b.includes(one));
    expect(same.length / Math.max(a.length, b.length)).toBeGreaterThan(0.9);
  });
  test("silence says nothing", () => {
    expect(listen(new Float32Array(48_000), dombra)).toEqual([]);
  });
});

test("a line is told every 10 ms", () => {
  const points = listen(
    tone((t) => 6000 + 100 * t, 2),
    instruments.get("voice")!,
  ).filter((event) => event.type === "pitch");
  expect(points.length).toBeGreaterThan(180);
  const steady = points.filter(({ at }) => at > 0.3);
  for (const { at, cents } of steady) expect(Math.abs(cents - 6000 - 100 * at)).toBeLessThan(30);
  expect(Math.max(...points.map(({ at, heard }) => heard - at))).toBeLessThan(0.08);
});
