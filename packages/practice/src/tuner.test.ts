import { type Cents, centsToHertz, exp2, median, type Random, seeded } from "@kuishi/base";
import { centsAt, drawLute, drawRoom, place, renderTouches, type Touch } from "@kuishi/lab/lute";
import { runSeed, seedNote } from "@kuishi/lab/seed";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { practiceSchemas } from "./contract.ts";
import { fretShift } from "./frets.ts";
import { readTuning } from "./reading.ts";
import { tuneStrings } from "./tuner.ts";

const RATE = 24_000;

/** Stiff strings that decay, each partial of its own height and phase; `cents` is where the first partial sounds. */
function strings(random: Random, all: readonly { cents: Cents; stiffness: number; at?: number }[], seconds = 1.6): Float32Array {
  const out = new Float32Array(seconds * RATE);
  for (const { cents, stiffness, at = 0.1 } of all) {
    const f0 = centsToHertz(cents) / Math.sqrt(1 + stiffness);
    for (let n = 1; n <= 14; n++) {
      const [turn, phase, height, loss] = [
        2 * Math.PI * n * f0 * Math.sqrt(1 + stiffness * n * n),
        random.between(0, 6),
        random.between(0.06, 0.2) / n,
        random.between(1, 3) + 0.4 * n,
      ];
      for (let i = Math.round(at * RATE); i < Math.min(out.length, (at + 1.5) * RATE); i++) {
        const t = i / RATE - at;
        out[i] = out[i]! + height * Math.sin(turn * t + phase) * Math.exp(-loss * t) * Math.min(1, t / 0.002) * Math.min(1, (1.5 - t) / 0.02);
      }
    }
  }
  return out.map((value) => value + 1e-4 * random.gauss());
}
const stiff = (random: Random): number => exp2(random.between(-17, -12));

describe(`the tuner, ${seedNote}`, () => {
  test("a synthetic string to a tenth of a cent, its stiffness along with it", () => {
    const random = seeded(runSeed, "synthetic");
    for (let k = 0; k < 8; k++) {
      const [cents, stiffness] = [random.between(4300, 6300), stiff(random)];
      const [found, ...others] = tuneStrings({ samples: strings(random, [{ cents, stiffness }]), sampleRate: RATE });
      expect(others, String(cents)).toEqual([]);
      expect(Math.abs(found!.cents - cents), String(cents)).toBeLessThan(0.1);
      expect(Math.abs(found!.inharmonicity - stiffness) / stiffness).toBeLessThan(0.2);
    }
  });
  test("both strings of one strum to a cent, a fourth or a fifth apart, mistuned as they are; found in nine of ten", () => {
    const random = seeded(runSeed, "strum");
    // 592 of 600 are found: of ten, two are missed once in a hundred runs
    const STRUMS = 40;
    let both = 0;
    for (let k = 0; k < STRUMS; k++) {
      const low = random.between(4800, 5400);
      const high = low + random.pick([498, 702]) + random.between(-30, 30);
      const samples = strings(
        random,
        [
          { cents: low, stiffness: stiff(random) },
          { cents: high, stiffness: stiff(random), at: 0.108 },
        ],
        1.4,
      );
      const found = tuneStrings({ samples, sampleRate: RATE });
      if (found.length !== 2 || [low, high].some((cents, s) => Math.abs(found[s]!.cents - cents) > 100)) continue;
      both++;
      [low, high].forEach((cents, s) => expect(Math.abs(found[s]!.cents - cents), `${low} ${high}`).toBeLessThan(1));
    }
    expect(both).toBeGreaterThanOrEqual(0.9 * STRUMS);
  });
  test("plucked lutes of any make, in a room, to half a cent in the middle", () => {
    const random = seeded(runSeed, "plucked");
    const off: number[] = [];
    for (let k = 0; k < 12; k++) {
      const drawn = drawLute(random);
      // without the beating of a string's two directions, whose pitch is no single number
      const lute = { ...drawn, strings: drawn.strings.map((string) => ({ ...string, split: 0 })) };
      const touch: Touch = { at: 0.2, string: random.int(0, 1), fret: random.int(0, 7), velocity: 0.8, kind: "plucked" };
      const samples = renderTouches({ ...random, gauss: () => 0 }, lute, [touch], [], 2);
      place(random, drawRoom(random), samples);
      const string = lute.strings[touch.string]!;
      const truth = centsAt(string, touch.fret) + 600 * Math.log2(1 + string.stiffness * exp2(touch.fret / 6));
      off.push(Math.min(...tuneStrings({ samples, sampleRate: RATE }).map(({ cents }) => Math.abs(cents - truth))));
    }
    expect(median(off)).toBeLessThan(0.5);
  });
  test("silence, noise and a click are no string", () => {
    const random = seeded(runSeed, "nothing");
    const noise = Float32Array.from({ length: 2 * RATE }, () => 0.1 * random.gauss());
    const click = new Float32Array(2 * RATE);
    click[RATE] = 1;
    for (const samples of [new Float32Array(2 * RATE), new Float32Array(0), click]) expect(readTuning({ samples, sampleRate: RATE }).strings).toEqual([]);
    for (const { confidence } of tuneStrings({ samples: noise, sampleRate: RATE })) expect(confidence).toBeLessThan(0.5);
  });
});

describe("frets", () => {
  test("three plucks, the median; where the fret goes by the length of the string", () => {
    // an octave above the nut lies in the middle of the string
    const octave = fretShift({ plucks: [6700, 6690, 6900], target: 6690, open: 5500, scaleMm: 640 });
    expect(octave).toMatchObject({ cents: 6700, offCents: 10 });
    const lengths = (cents: Cents): number => 640 / 2 ** ((cents - 5500) / 1200);
    expect(octave.moveMm).toBeCloseTo(lengths(6700) - lengths(6690), 6);
    // sharp: it must go towards the nut
    expect(octave.moveMm!).toBeLessThan(0);
    expect(fretShift({ plucks: [5600], target: 5610, open: 5500, scaleMm: null }).moveMm).toBeNull();
    expect(() => fretShift({ plucks: [], target: 0, open: 0, scaleMm: null })).toThrow(RangeError);
  });
  test("a recording of plucks one after another: each fret against a hearing, or a scale above the lowest string", () => {
    const random = seeded(runSeed, "neck");
    const frets = [0, 0, 0, 212, 212, 212, 386, 386, 386];
    const samples = strings(
      random,
      frets.map((above, k) => ({ cents: 5500 + above, stiffness: 5e-5, at: 0.2 + 1.2 * k })),
      11,
    );
    const places = [
      { string: 1, fret: 0, cents: 5500 },
      { string: 1, fret: 2, cents: 5700 },
      { string: 1, fret: 4, cents: 5900 },
    ];
    const tuned = readTuning({ samples, sampleRate: RATE }, { places, aboveLowest: false, scaleMm: 600 });
    expect(new Ajv2020({ strictTypes: false }).validate(practiceSchemas()["tuner-1"], tuned)).toBe(true);
    expect(tuned.frets!.map(({ string, fret, offCents }) => [string, fret, Math.round(offCents) + 0])).toEqual([
      [1, 0, 0],
      [1, 2, 12],
      [1, 4, -14],
    ]);
    expect(tuned.frets![0]!.moveMm).toBeNull();
    expect(tuned.frets![1]!.moveMm!).toBeLessThan(-3);
    expect(tuned.frets![2]!.moveMm!).toBeGreaterThan(3);
    const above = readTuning(
      { samples, sampleRate: RATE },
      { places: [0, 204, 390].map((cents, fret) => ({ string: 0, fret, cents })), aboveLowest: true, scaleMm: null },
    );
    expect(above.frets!.map(({ fret, offCents }) => [fret, Math.round(offCents) + 0])).toEqual([
      [0, 0],
      [1, 8],
      [2, -4],
    ]);
  });
});
