import { Complaint } from "@kuishi/base";
import { runSeed } from "@kuishi/lab/seed";
import { heardFromText } from "@kuishi/score";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type MetronomeBar,
  type MetronomeSettings,
  metronomeChanged,
  metronomeOf,
  metronomeUntil,
  plainMetronome,
  readBars,
  tappedTempo,
  tempoAt,
  writeBars,
} from "./metronome.ts";

const set = (some: Partial<MetronomeSettings>): MetronomeSettings => ({ ...plainMetronome, ...some });
const MARKS = { bar: "B", group: "G", pulse: ".", between: "'", count: "c" } as const;
/** Bars as text: B bar, G group, . pulse, ' between, c counted, _ left out. */
const text = (bars: readonly MetronomeBar[]): string =>
  bars.map(({ clicks }) => clicks.map(({ muted, rank }) => (muted ? "_" : MARKS[rank])).join("")).join("|");
const starts = (bars: readonly MetronomeBar[]): number[] => bars.map(({ from }) => Math.round(from * 1e6) / 1e6);

describe("bars as they are written", () => {
  test.each([
    ["3+2+2", [[3, 2, 2]]],
    [
      "  2+3 | 3+2 ",
      [
        [2, 3],
        [3, 2],
      ],
    ],
    ["4", [[4]]],
  ])("%s", (written, bars) => {
    expect(readBars(written)).toEqual(bars);
    expect(readBars(writeBars(bars))).toEqual(bars);
  });
  test.each(["", "  ", "3+", "3+x", "0", "2.5", "33", "9+9+9+9+9+9+9+9", "7/8", "-2", Array(65).fill("2").join(" ")])("“%s” is refused in words", (written) =>
    expect(() => readBars(written)).toThrow(Complaint),
  );
});

describe("clicks", () => {
  test("bars of groups in turn, at a tempo of pulses", () => {
    const bars = metronomeUntil(
      set({
        bars: [
          [3, 2, 2],
          [2, 3],
        ],
        tempo: 240,
      }),
      3,
    );
    expect(text(bars)).toBe("B..G.G.|B.G..");
    expect(starts(bars)).toEqual([0, 1.75]);
  });
  test("a pulse in long and short", () => {
    const [bar] = metronomeUntil(set({ bars: [[2]], tempo: 60, division: [2, 1] }), 1);
    expect(text([bar!])).toBe("B'.'");
    expect(bar!.clicks.map(({ at }) => Math.round(at * 1000))).toEqual([0, 667, 1000, 1667]);
  });
  test("two bars counted first, the music begins after them", () => {
    const bars = metronomeUntil(set({ bars: [[3], [2]], countIn: 2, division: [1, 1] }), 3);
    expect(text(bars)).toBe("ccc|ccc|B'.'.'");
    expect(bars.map(({ bar }) => bar)).toEqual([-2, -1, 0]);
  });
  test("bars of silence: what does not sound is still there to be seen", () =>
    expect(text(metronomeUntil(set({ bars: [[2]], tempo: 120, sounding: 2, silent: 1 }), 5))).toBe("B.|B.|__|B.|B."));
  test("strokes of a hand stand where it puts them, in bars of any tempo", () => {
    const strokes = [
      { at: 0, accent: 1, direction: "down" },
      { at: 0.46, accent: 0.4, direction: "up" },
    ] as const;
    const [, bar] = metronomeUntil(set({ bars: [[2]], tempo: 120, strokes }), 2);
    expect(bar!.clicks).toMatchObject([
      { at: 1, rank: "bar", direction: "down" },
      { at: 1.46, rank: "pulse", direction: "up", accent: 0.4 },
    ]);
  });
});

describe("the ladder", () => {
  const ladder = set({ bars: [[2]], tempo: 100, ladderStep: 10, ladderBars: 2, ladderTo: 125 });
  test("goes up each two bars, and stays at the top", () =>
    expect([0, 1, 2, 3, 4, 5, 6, 99].map((bar) => tempoAt(ladder, bar))).toEqual([100, 100, 110, 110, 120, 120, 125, 125]));
  test("goes down as well", () => expect([0, 2, 4, 50].map((bar) => tempoAt({ ...ladder, ladderTo: 85 }, bar))).toEqual([100, 90, 85, 85]));
  test("is not climbed while counting in", () => expect(tempoAt(ladder, -1)).toBe(100));
});

test("a change waits for the bar line, and what has sounded stays as it was", () => {
  const before = metronomeUntil(set({ bars: [[2]], tempo: 120 }), 10);
  const after = metronomeChanged(before, set({ bars: [[3]], tempo: 180 }), 2.2, 6);
  expect(after.slice(0, 3)).toEqual(before.slice(0, 3));
  expect(starts(after)).toEqual([0, 1, 2, 3, 4, 5]);
  expect(text(after)).toBe("B.|B.|B.|B..|B..|B..");
  expect(after.map(({ bar }) => bar)).toEqual([0, 1, 2, 3, 4, 5]);
});

test("clicks left out by chance: about the share, more and more, the same each time", () => {
  const some = set({ bars: [[4]], tempo: 600, left: 0.5, leftAfter: 400, seed: runSeed });
  const bars = metronomeUntil(some, 800);
  expect(metronomeUntil(some, 800)).toEqual(bars);
  const share = (part: readonly MetronomeBar[]): number =>
    part.flatMap(({ clicks }) => clicks).filter(({ muted }) => muted).length / part.flatMap(({ clicks }) => clicks).length;
  expect(share(bars.slice(0, 40))).toBeLessThan(0.12);
  // 6,400 throws: six standard deviations
  expect(Math.abs(share(bars.slice(400)) - 0.5)).toBeLessThan(0.04);
});

test("nothing drifts: any bar begins where the pulses before it end", () =>
  fc.assert(
    fc.property(
      fc.array(fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 3 }),
      fc.integer({ min: 20, max: 900 }),
      (bars, tempo) => {
        const last = metronomeUntil(set({ bars, tempo }), 600).at(-1)!;
        let pulses = 0;
        for (let b = 0; b < last.bar; b++) pulses += bars[b % bars.length]!.reduce((x, y) => x + y, 0);
        expect(Math.abs(last.from - (pulses * 60) / tempo)).toBeLessThan(1e-7);
      },
    ),
    { numRuns: 30 },
  ));

describe("taps", () => {
  test.each([
    [[], null],
    [[0, 0.5], null],
    [[0, 0.5, 1], 120],
    // one late tap says nothing
    [[0, 0.5, 1, 1.62, 2, 2.5], 120],
    // after a pause it begins anew
    [[0, 0.5, 1, 9, 9.25, 9.5, 9.75], 240],
  ])("%j: %s", (taps, tempo) => expect(tappedTempo(taps)).toBe(tempo));
});

describe("as a tune has it", () => {
  const heard = heardFromText("2+3/8 pulse=0.25 tonic=5500 | d0 d2 d3 d5 d7 | d0 d2 d3 d5 d7");
  test("its groups, and a plain tempo and pulses where neither tempo nor hand was told", () =>
    expect(metronomeOf({ ...heard, rhythm: undefined, tempo: undefined })).toEqual({ bars: [[2, 3]], tempo: 160, strokes: null }));
  test("the bar it has most of, the middle of its tempi, the strokes that come often", () => {
    const slot = (at: number, share: number) => ({ at, spread: 0, share, accent: 0.5, direction: "down" as const });
    const rhythm = [
      { groups: [2], bars: 3, slots: [slot(0, 1)] },
      { groups: [3, 2], bars: 9, slots: [slot(0, 1), slot(0.3, 0.2), slot(0.62, 0.9)] },
    ];
    const tempo = [90, 200, 210, 204.4, 400].map((pulsesPerMinute, at) => ({ at, pulsesPerMinute }));
    expect(metronomeOf({ ...heard, rhythm, tempo })).toEqual({
      bars: [[3, 2]],
      tempo: 204,
      strokes: [
        { at: 0, accent: 0.5, direction: "down" },
        { at: 0.62, accent: 0.5, direction: "down" },
      ],
    });
  });
});
