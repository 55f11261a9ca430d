import { heardFromText } from "@kuishi/score";
import { classDistance } from "@kuishi/tuning";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Arrangement, blend } from "./blend.ts";
import { type Choices, Choices as ChoicesSchema, choicesOf } from "./choices.ts";
import { styles } from "./styles.ts";

const METERS = { "2+2/8": "d0 d2 . d5+u0", "3+2/8": "d0 d2 d3+u0 d5 .", "2+2+3/8": "d0 . d3+u0 d5 d7 . d2" } as const;
const heardIn = (meter: keyof typeof METERS, pulse: number) =>
  heardFromText(`${meter} pulse=${pulse} tonic=5500 | ${Array.from({ length: 24 }, () => METERS[meter]).join(" | ")}`);
const made = (heard: ReturnType<typeof heardIn>, style: string, change: Partial<Choices> = {}): Arrangement =>
  blend(heard, styles, ChoicesSchema.parse({ ...choicesOf(style, 1), ...change }));
const timesOf = ({ parts }: Arrangement): number[] => parts.flatMap((part) => part.events.map((event) => event.at));

test.each([...styles.keys()])("%s begins before the recording and ends after it, on the tonic, on a downbeat", (style) => {
  fc.assert(
    fc.property(fc.constantFrom(...(Object.keys(METERS) as (keyof typeof METERS)[])), fc.integer({ min: 15, max: 35 }), (meter, pulse) => {
      const heard = heardIn(meter, pulse / 100);
      const arrangement = made(heard, style);
      const { head, tail, last, lead, end } = arrangement.edges;
      const onsets = heard.notes.map((note) => note.onset);
      const bar = (heard.downbeats[5]! - heard.downbeats[1]!) / 4;
      // whole bars: as many as the style has, more of short ones, of a short tune fewer
      const count = (head!.to - head!.from) / bar;
      expect(count).toBeCloseTo(Math.round(count), 6);
      expect(count).toBeGreaterThan(1.9);
      expect(lead).toBeGreaterThanOrEqual(-head!.from - 1e-9);
      expect(timesOf(arrangement).filter((at) => at < Math.min(...onsets) - 0.9 * bar).length).toBeGreaterThan(0);
      expect(last! - Math.max(...onsets)).toBeGreaterThan(1.9 * bar);
      expect(end - last!).toBeGreaterThan(3);
      expect(tail!.to).toBe(last);
      // the last chord: together, of the tonic's own tones, and nothing begins after it
      const chord = arrangement.parts.filter((part) => part.events.some((event) => Math.abs(event.at - last!) < 0.1));
      expect(chord.length).toBeGreaterThanOrEqual(2);
      const basses = chord.filter((part) => part.role === "bass").flatMap((part) => part.events.filter((event) => event.at > last! - 0.1));
      for (const event of basses) expect(classDistance(event.cents, heard.mode.tonicCents)).toBeLessThan(2);
      expect(Math.max(...timesOf(arrangement))).toBeLessThanOrEqual(last! + 0.1);
    }),
    { numRuns: 6 },
  );
});
test("the length of both can be chosen; without them the tune is as it was", () => {
  const heard = heardIn("3+2/8", 0.2);
  const [bare, eight] = [made(heard, "ethno-house", { head: 0, tail: 0 }), made(heard, "ethno-house", { head: 8, tail: 4 })];
  expect(bare.edges).toMatchObject({ head: undefined, tail: undefined, lead: 0 });
  expect(Math.min(...timesOf(bare))).toBeGreaterThanOrEqual(0);
  expect(eight.edges.head!.to - eight.edges.head!.from).toBeCloseTo(8 * (heard.downbeats[2]! - heard.downbeats[1]!), 6);
  const inTune = (arrangement: Arrangement, id: string) =>
    arrangement.parts.find((part) => part.id === id)?.events.filter((event) => event.at > 1 && event.at < 15);
  for (const part of bare.parts.filter(({ role }) => role === "drums")) expect(inTune(eight, part.id)).toEqual(inTune(bare, part.id));
});
test("an ending that slows lengthens bar after bar; one that keeps time does not", () => {
  const heard = heardIn("2+2/8", 0.25);
  const tailOf = (style: string) => made(heard, style, { tail: 4 }).edges.tail!;
  const length = (style: string) => tailOf(style).to - tailOf(style).from;
  expect(length("techno")).toBeCloseTo(4, 6);
  expect(length("orchestral-quart-quint")).toBeGreaterThan(4.4);
});
test("a tune in free rhythm gets ground before and after it", () => {
  const heard = { ...heardIn("2+2/8", 0.25), downbeats: [], beats: [], meter: [{ fromSec: 0, toSec: 30, free: true as const }] };
  const arrangement = made(heard, "downtempo");
  expect(arrangement.edges.lead).toBeGreaterThan(2);
  expect(Math.min(...timesOf(arrangement))).toBeLessThan(-1);
  expect(Math.max(...timesOf(arrangement))).toBeGreaterThan(Math.max(...heard.notes.map((note) => note.onset)));
});
