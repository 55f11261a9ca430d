import { silent } from "@kuishi/base";
import { type Heard, heardFromText } from "@kuishi/score";
import { dombra } from "@kuishi/tuning";
import { describe, expect, test } from "vitest";
import { understandTune } from "./hear.ts";
import { findMode, type Sounding } from "./mode.ts";

/** What is understood of a tune in text. */
async function understood(text: string): Promise<Heard> {
  const heard = heardFromText(text);
  const groups = "groups" in heard.meter[0]! ? heard.meter[0].groups : [];
  return await understandTune(
    {
      notes: heard.notes,
      strokes: heard.strokes,
      strings: heard.tuning.strings,
      bars: heard.downbeats.map((at) => ({ at, groups })),
      beats: heard.beats.map(({ at }) => at),
      seconds: heard.durationSec,
    },
    dombra,
    silent,
  );
}
/** Notes a third of a second apart. */
const line = (cents: readonly number[], long: readonly number[] = []): Sounding[] =>
  cents.map((c, i) => ({ cents: c, at: i / 3, seconds: long[i] ?? 0.3, loud: 0.6, melody: true }));

describe("tonic and mode of tunes in text", () => {
  test("a mixolydian tune that ends its phrases on its open string", async () => {
    const { mode } = await understood(
      "2+2/8 tonic=5500 | d0 d2 d4 d5 | d7 d5 d4 d2 | d7 d9 d10 d7 | d5 d4 d2 d0 | d4 d5 d7 d10 | d9 d7 d5 d4 | d5 d4 d2 d4 | d2 d2 d0 d0",
    );
    expect(mode.name).toBe("mixolydian");
    expect(mode.tonicCents % 1200).toBeCloseTo(5500 % 1200, 5);
    expect(mode.degreesCents).toEqual([0, 200, 400, 500, 700, 900, 1000]);
  });
  test("the same degrees with rests a tone higher are aeolian: the cadence decides", async () => {
    const { mode } = await understood(
      "2+2/8 tonic=5700 | d2 d4 d5 d7 | d9 d7 d5 d2 | d9 d10 d12 d9 | d7 d5 d4 d2 | d5 d7 d9 d12 | d10 d9 d7 d5 | d7 d5 d4 d5 | d4 d4 d2 d2",
    );
    expect(mode.tonicCents % 1200).toBeCloseTo(5700 % 1200, 5);
    expect(mode.name).toBe("aeolian");
  });
});

describe("findMode", () => {
  const melody = [5500, 5700, 5900, 6000, 6200, 6000, 5900, 5700, 5500, 5700, 5900, 6200, 6400, 6500, 6200, 6000, 5900, 5700, 5500];
  test("degrees are the cents that were played, not those of the template", () => {
    const mode = findMode(line(melody.map((cents) => (cents === 5900 ? 5886 : cents))), 5500, true);
    expect(mode.degreesCents).toContain(386);
    expect(mode.degreesCents).not.toContain(400);
  });
  test("a neutral third is its own degree", () => {
    const mode = findMode(line(melody.map((cents) => (cents === 5900 ? 5850 : cents))), 5500, true);
    expect(mode.degreesCents).toContain(350);
  });
  test("a degree whose cents stray is less sure than one that stands", () => {
    let side = 1;
    const strays = line(melody.map((cents) => (cents === 5700 ? cents + 15 * (side = -side) : cents)));
    const { degreesCents, degreeConfidence } = findMode(strays, 5500, true);
    const sure = (cents: number): number => degreeConfidence[degreesCents.findIndex((degree) => Math.abs(degree - cents) < 30)]!;
    expect(sure(200)).toBeLessThan(sure(400));
  });
  test("a tonic the listener gave is kept", () => {
    const free = findMode(line(melody), 5500, true);
    const told = findMode(line(melody), 5500, true, [], 6200);
    expect(free.tonicCents % 1200).toBeCloseTo(5500 % 1200, 5);
    expect(told.tonicCents % 1200).toBeCloseTo(6200 % 1200, 5);
  });
  test("nothing heard is no mode", () => {
    expect(findMode([], 5000, false)).toEqual({ tonicCents: 5000, name: "unknown", degreesCents: [0], degreeConfidence: [0], confidence: 0 });
  });
});
