import { Kernels } from "@kuishi/signal";
import { kernelModule } from "@kuishi/signal/node";
import { describe, expect, test } from "vitest";
import { AnalysisSignal } from "./analysis-signal.ts";
import type { PlacedStroke } from "./fretboard.ts";
import { isHeard, NoteEnds, strokesOf, tunePitches, writeNotes } from "./notes.ts";
import { PartialTuner } from "./pitches.ts";
import { candidateOf, plucks, type SeenNote } from "./testing.ts";

const kernels = new Kernels(kernelModule());
const signalOf = (x: Float32Array): AnalysisSignal => new AnalysisSignal(kernels, x);
/** A stroke whose notes are placed as said; a pitch's index is its place in `pitches`. */
function stroke(at: number, notes: readonly (SeenNote & { fret?: number })[], pitches: readonly number[], kinds = {}): PlacedStroke {
  return {
    candidate: candidateOf(at, notes, kinds),
    pitches: notes.map(({ cents, string, fret = 0 }) => ({ pitch: pitches.indexOf(cents), cents, string, fret, sure: 0.9, stringSure: 0.8 })),
  };
}
const PITCHES = [5000, 5500, 5700];

describe("pitches measured from partials", () => {
  test("a recording's pitch is where its notes sound, not where the network's bin is", () => {
    const signal = signalOf(
      plucks(
        [0.3, 0.9, 1.5].map((at) => ({ at, cents: 5712 })),
        3,
      ),
    );
    const placed = [0.3, 0.9, 1.5].map((at) => stroke(at, [{ cents: 5700, string: 1 }], PITCHES));
    const tuned = tunePitches(new PartialTuner(kernels), signal, placed, PITCHES);
    expect(tuned[2]).toBeCloseTo(5712, 0);
    expect(tuned.slice(0, 2)).toEqual([5000, 5500]);
  });
  test("partials of a string that rings on are left out", () => {
    const signal = signalOf(
      plucks(
        [
          { at: 0.1, cents: 5000, gain: 0.4 },
          { at: 0.5, cents: 5705 },
        ],
        2,
      ),
    );
    const placed = [stroke(0.1, [{ cents: 5000, string: 0 }], PITCHES), stroke(0.5, [{ cents: 5700, string: 1 }], PITCHES)];
    expect(tunePitches(new PartialTuner(kernels), signal, placed, PITCHES)[2]).toBeCloseTo(5705, 0);
  });
});

describe("strokes", () => {
  const signal = signalOf(
    plucks(
      [0.3, 0.8, 1.3].map((at, i) => ({ at, cents: 5500, gain: [0.1, 0.4, 0.2][i]!, seconds: 0.4 })),
      2,
    ),
  );
  test("a harder stroke is stronger; the strong ones are about 1", () => {
    const strengths = strokesOf(
      signal,
      [0.3, 0.8, 1.3].map((at) => stroke(at, [{ cents: 5500, string: 1 }], PITCHES)),
    ).map(({ strength }) => strength);
    expect(strengths[0]!).toBeLessThan(strengths[2]!);
    expect(strengths[2]!).toBeLessThan(strengths[1]!);
    expect(strengths[1]!).toBeCloseTo(1, 1);
  });
  test("a blow has no pitch, and is heard when the network is sure of it; a left hand plays one string", () => {
    const placed = [
      stroke(0.3, [], PITCHES, { knock: 0.9 }),
      stroke(0.8, [{ cents: 5700, string: 1 }], PITCHES, { pluck: 0.2, left: 0.8 }),
      stroke(1.3, [], PITCHES, { knock: 0.2 }),
    ];
    expect(placed.map(isHeard)).toEqual([true, true, false]);
    expect(strokesOf(signal, placed).map(({ tap, leftHand }) => [tap, leftHand])).toEqual([
      [true, false],
      [false, true],
      [true, false],
    ]);
  });
});

describe("notes as they are written", () => {
  const write = (placed: readonly PlacedStroke[], x: Float32Array) => {
    const signal = signalOf(x);
    return writeNotes(new NoteEnds(kernels), signal, strokesOf(signal, placed), 0.5);
  };
  const sound = plucks(
    [
      { at: 0.2, cents: 5000 },
      { at: 0.2, cents: 5500 },
      { at: 0.8, cents: 5700 },
      { at: 1.4, cents: 5500 },
    ],
    4,
  );
  const placed = [
    stroke(
      0.2,
      [
        { cents: 5000, string: 0, when: 0 },
        { cents: 5500, string: 1, when: 0.008 },
      ],
      PITCHES,
    ),
    stroke(0.8, [{ cents: 5700, string: 1, fret: 2 }], PITCHES, { pluck: 0.1, left: 0.9 }),
    stroke(1.4, [{ cents: 5500, string: 1 }], PITCHES, { pluck: 0.1, left: 0.9 }),
    stroke(2, [], PITCHES, { knock: 0.9 }),
  ];
  const { notes, strokes } = write(placed, sound);
  test("a string's note ends where the string is touched again, another's rings on", () => {
    expect(notes[1]!.offset).toBeCloseTo(0.8, 3);
    expect(notes[0]!.offset).toBeGreaterThan(1);
  });
  test("the left hand hammers up and pulls down; blows are taps without pitch", () => {
    expect(notes.map(({ articulation }) => articulation)).toEqual(["plucked", "plucked", "hammerOn", "pullOff", "tap"]);
    expect(notes.at(-1)).toMatchObject({ cents: null, string: null, offset: 2.05 });
  });
  test("which string sounded first is the way of the hand; one string alone says nothing", () => {
    expect(strokes.map(({ direction }) => direction)).toEqual(["down", null, null, null]);
    const up = stroke(
      0.2,
      [
        { cents: 5000, string: 0, when: 0.008 },
        { cents: 5500, string: 1, when: 0 },
      ],
      PITCHES,
    );
    expect(write([up], sound).strokes[0]!.direction).toBe("up");
    const together = stroke(
      0.2,
      [
        { cents: 5000, string: 0, when: 0.001 },
        { cents: 5500, string: 1, when: 0 },
      ],
      PITCHES,
    );
    expect(write([together], sound).strokes[0]!.direction).toBeNull();
  });
  test("how sure string and fret are hangs on how sure the pitch is", () => {
    const { pitch, string, fret } = notes[0]!.confidence;
    expect(pitch).toBeCloseTo(0.9, 3);
    expect(string).toBeCloseTo(0.72, 3);
    expect(fret).toBeCloseTo(0.36, 3);
  });
  test("a note that dies early ends early, and none is longer than three seconds", () => {
    const end = (decay: number): number => {
      const x = plucks([{ at: 0.2, cents: 5500 }], 5).map((v, i) => v * Math.exp(-decay * Math.max(0, i / 24_000 - 0.2)));
      return write([stroke(0.2, [{ cents: 5500, string: 1 }], PITCHES)], x).notes[0]!.offset;
    };
    expect(end(12)).toBeLessThan(0.7);
    expect(end(1)).toBeGreaterThan(end(12) + 0.3);
    expect(end(0)).toBeLessThanOrEqual(3.2);
  });
});
