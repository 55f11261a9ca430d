import { type Cents, seeded } from "@kuishi/base";
import { dombra } from "@kuishi/tuning";
import { describe, expect, test } from "vitest";
import { fretOf, fretTable, type Placement, placeOnStrings } from "./fretboard.ts";
import type { OnsetCandidate } from "./onset-candidates.ts";
import { pitchesUsed } from "./pitches.ts";
import { candidateOf, candidatesFromText } from "./testing.ts";

const place = (candidates: readonly OnsetCandidate[]): Placement => placeOnStrings(candidates, pitchesUsed(candidates), dombra);
/** Strokes as text: `u0+d4`. */
const written = ({ strokes }: Placement): string =>
  strokes
    .map(({ pitches }) =>
      pitches
        .map(({ string, fret }) => `${"ud"[string]}${fret}`)
        .sort()
        .reverse()
        .join("+"),
    )
    .join(" ");

/** The network is so sure of its frets: mean deviation, frets. */
const withFrets = (candidate: OnsetCandidate, spread: number): OnsetCandidate => ({
  ...candidate,
  activations: { ...candidate.activations, fretSpread: candidate.activations.fretSpread.map(() => spread) },
});

const TUNE = "2+2/8 | u0+d0 d2 u0+d4 d5 | u0+d7 d5 u0+d4 d2 | u0+d9 d7 d10 u0+d7 | d5 u0+d4 d2 u0+d0";
const AS_TEXT = "u0+d0 d2 u0+d4 d5 u0+d7 d5 u0+d4 d2 u0+d9 d7 d10 u0+d7 d5 u0+d4 d2 u0+d0";

describe("strings and frets, told neither", () => {
  test.each<[string, readonly [Cents, Cents]]>([
    ["a fourth, D3-G3", [5000, 5500]],
    ["a fourth, as the benchmark's dombra stands", [4770, 5267]],
    ["a fourth a third of a tone off", [5035, 5533]],
  ])("%s", (_, open) => {
    const found = place(candidatesFromText(TUNE, open));
    expect(found.open.nuts[0]).toBeCloseTo(open[0], -1.2);
    expect(found.open.nuts[1]).toBeCloseTo(open[1], -1.2);
    expect(written(found)).toBe(AS_TEXT);
  });
  test("a fifth is told from a fourth by how its frets sound", () => {
    const candidates = candidatesFromText(TUNE, [4900, 5602]);
    expect(place(candidates.map((candidate) => withFrets(candidate, 1))).open.nuts[1]).toBeCloseTo(5602, -1.2);
    // where timbre says nothing, the usual interval wins
    expect(place(candidates).open.nuts[1]).toBeCloseTo(5400, -1.2);
  });
  test("the weaker of two readings loses: a harmonic's shadow is no note", () => {
    const candidates = candidatesFromText(TUNE).map((candidate, i) =>
      i === 1
        ? candidateOf(candidate.at, [
            { cents: 5700, string: 1 },
            { cents: 6900, string: 1, sure: 0.2 },
          ])
        : candidate,
    );
    expect(written(place(candidates))).toBe(AS_TEXT);
  });
  test("a faint drone is vouched for by its neighbours; alone it is none", () => {
    const notes = (low: number) => [
      { cents: 5700, string: 1 },
      { cents: 5000, string: 0, sure: low },
    ];
    const drone = Array.from({ length: 16 }, (_, i) => candidateOf(0.5 + i * 0.25, notes(i === 8 ? 0.32 : 0.95)));
    const alone = Array.from({ length: 16 }, (_, i) => candidateOf(0.5 + i * 0.25, notes(i === 8 ? 0.32 : 0)));
    expect(place(drone).strokes[8]!.pitches.map(({ string }) => string)).toContain(0);
    expect(place(alone).strokes[8]!.pitches.map(({ string }) => string)).not.toContain(0);
  });
  test("open strings and strokes that are known are kept", () => {
    const candidates = candidatesFromText(TUNE);
    const pitches = pitchesUsed(candidates);
    const at = pitches.findIndex((cents) => Math.abs(cents - 5700) < 20);
    const given = { open: [undefined, 5300], strokes: new Map([[1, [{ string: 0, pitch: at }]]]) };
    const found = placeOnStrings(candidates, pitches, dombra, given);
    expect(found.open.nuts[1]).toBeCloseTo(5300, -2);
    expect(found.strokes[1]!.pitches.map(({ string, pitch }) => [string, pitch])).toEqual([[0, at]]);
  });
  test("surer activations are surer notes", () => {
    const sure = (activation: number): number => {
      const candidates = Array.from({ length: 12 }, (_, i) =>
        candidateOf(i / 4, [{ cents: 5500 + 100 * (i % 5), string: 1, sure: i === 6 ? activation : 0.95 }]),
      );
      return place(candidates).strokes[6]!.pitches[0]?.sure ?? 0;
    };
    expect(sure(0.99)).toBeGreaterThan(sure(0.7));
    expect(sure(0.7)).toBeGreaterThan(sure(0.2));
  });
  test("nothing is placed of nothing, and chance is not sure of its strings", () => {
    expect(place([]).strokes).toEqual([]);
    const random = seeded(3);
    const scattered = Array.from({ length: 40 }, (_, i) => candidateOf(i / 5, [{ cents: random.between(5000, 6800), string: random.int(0, 1), sure: 0.6 }]));
    expect(place(scattered).open.sure).toBeLessThan(place(candidatesFromText(TUNE)).open.sure);
  });
});

test("frets from the nut: whole ones though they stray, halves between", () => {
  expect(fretOf(5725, 5500)).toBe(2);
  expect(fretOf(5650, 5500)).toBe(1.5);
  expect(fretOf(5480, 5500)).toBe(0);
  expect(fretOf(5500 + 1668, 5500)).toBe(16.5);
});

test("the table of frets holds the median of what was heard and nothing where nothing was", () => {
  const { strokes, open } = place(candidatesFromText(TUNE));
  const bent = strokes.map((stroke, i) => ({ ...stroke, pitches: stroke.pitches.map((note) => ({ ...note, cents: note.cents + (i % 3) * 10 })) }));
  const [low, high] = fretTable(bent, open, 19);
  expect(high!.fretCents).toHaveLength(20);
  expect(high!.fretCents[2]).toBeGreaterThan(5695);
  expect(high!.fretCents[3]).toBeNull();
  expect(high!.fretConfidence[3]).toBe(0);
  expect(high!.fretConfidence[5]).toBeGreaterThan(0);
  expect(low!.openCents).toBeCloseTo(5010, -1.2);
});
