// Fits the dombra's body, strings and losses to the even frets of the real notes and writes packages/engine/src/plucked/dombra-measured.json.
//   node tools/sound/fit-dombra.ts FOLDER
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { exp, log, log2, log10, median, rounded } from "@kuishi/base";
import type { MeasuredPartial } from "@kuishi/lab";
import { loadNotes, type RealNote } from "./notes.ts";

const PARTIALS = 24;
/** The body's response stands at points a sixth of an octave apart, its losses a third. */
const BODY = { from: log2(110), step: 1 / 6, count: 38 };
const LOSS = { from: log2(110), step: 1 / 3, count: 19 };

/** Least squares by normal equations and Cholesky. Rows: sparse columns and their values, then what they should sum to. */
function solve(count: number, rows: readonly { at: readonly (readonly [number, number])[]; value: number; weight: number }[]): Float64Array {
  const a = Array.from({ length: count }, () => new Float64Array(count));
  const b = new Float64Array(count);
  for (const { at, value, weight } of rows) {
    for (const [i, x] of at) {
      b[i] = b[i]! + weight * x * value;
      const row = a[i] as Float64Array;
      for (const [j, y] of at) row[j] = row[j]! + weight * x * y;
    }
  }
  for (let i = 0; i < count; i++) {
    const ri = a[i] as Float64Array;
    for (let j = 0; j <= i; j++) {
      const rj = a[j] as Float64Array;
      let sum = ri[j]!;
      for (let k = 0; k < j; k++) sum -= ri[k]! * rj[k]!;
      ri[j] = i === j ? Math.sqrt(Math.max(sum, 1e-9)) : sum / rj[j]!;
    }
  }
  for (let i = 0; i < count; i++) {
    let sum = b[i]!;
    for (let k = 0; k < i; k++) sum -= (a[i] as Float64Array)[k]! * b[k]!;
    b[i] = sum / (a[i] as Float64Array)[i]!;
  }
  for (let i = count - 1; i >= 0; i--) {
    let sum = b[i]!;
    for (let k = i + 1; k < count; k++) sum -= (a[k] as Float64Array)[i]! * b[k]!;
    b[i] = sum / (a[i] as Float64Array)[i]!;
  }
  return b;
}

/** The two points beside a frequency and their shares. */
function hats(hertz: number, grid: { from: number; step: number; count: number }, first: number): [number, number][] {
  const x = Math.min(grid.count - 1.001, Math.max(0, (log2(hertz) - grid.from) / grid.step));
  const k = Math.floor(x);
  return [
    [first + k, 1 - (x - k)],
    [first + k + 1, x - k],
  ];
}
const smoothness = (first: number, count: number, weight: number) =>
  Array.from({ length: count - 2 }, (_, i) => ({
    at: [
      [first + i, -1],
      [first + i + 1, 2],
      [first + i + 2, -1],
    ] as [number, number][],
    value: 0,
    weight,
  }));

const notes = loadNotes(process.argv[2]!);
const even = notes.filter((note) => note.fret % 2 === 0);
const isClear = (partial: MeasuredPartial): boolean => Math.max(...partial.envelope.slice(2, 12)) > 6 * partial.floor;

// losses: log sigma = body(f) + string and fret
const lossCount = LOSS.count + 2 + 2;
const lossRows = even.flatMap((note) =>
  note.tone.partials.filter(isClear).flatMap((partial) =>
    partial.t60 === null || partial.t60 < 0.08 || partial.t60 > 8
      ? []
      : [
          {
            at: [...hats(partial.hertz, LOSS, 0), [LOSS.count + note.string, 1], [LOSS.count + 2 + note.string, note.fret / 10]] as [number, number][],
            value: log(6.907755 / partial.t60),
            weight: 1,
          },
        ],
  ),
);
const loss = solve(lossCount, [
  ...lossRows,
  ...smoothness(0, LOSS.count, 3),
  ...[0, 1, 2, 3].map((i) => ({ at: [[LOSS.count + i, 1]] as [number, number][], value: 0, weight: 0.05 })),
]);
const sigmaAt = (note: RealNote, hertz: number): number =>
  exp(
    [...hats(hertz, LOSS, 0), [LOSS.count + note.string, 1] as const, [LOSS.count + 2 + note.string, note.fret / 10] as const].reduce(
      (sum, [i, x]) => sum + loss[i]! * x,
      0,
    ),
  );

// levels: dB at the stroke = body(f) + string profile(n) + how loud and how bright this note was struck
const profile = BODY.count;
const own = profile + 2 * PARTIALS;
const count = own + 2 * even.length;
const levelRows = even.flatMap((note, index) =>
  note.tone.partials.filter(isClear).map((partial) => {
    const sigma = partial.t60 === null ? sigmaAt(note, partial.hertz) : 6.907755 / partial.t60;
    // mean power over 20-520 ms back to the amplitude at the stroke
    const spread = (exp(-2 * sigma * 0.02) - exp(-2 * sigma * 0.52)) / (2 * sigma * 0.5);
    return {
      at: [
        ...hats(partial.hertz, BODY, 0),
        [profile + note.string * PARTIALS + partial.number - 1, 1],
        [own + 2 * index, 1],
        [own + 2 * index + 1, log2(partial.number) - 2],
      ] as [number, number][],
      value: partial.level - 10 * log10(spread),
      weight: 1,
    };
  }),
);
const level = solve(count, [
  ...levelRows,
  ...smoothness(0, BODY.count, 0.3),
  ...Array.from({ length: 2 * PARTIALS }, (_, i) => ({ at: [[profile + i, 1]] as [number, number][], value: 0, weight: 0.04 })),
  ...[0, 1].flatMap((string) => smoothness(profile + string * PARTIALS, PARTIALS, 0.05)),
  ...even.flatMap((_, index) => [
    { at: [[own + 2 * index, 1]] as [number, number][], value: 0, weight: 1e-4 },
    { at: [[own + 2 * index + 1, 1]] as [number, number][], value: 0, weight: 4 },
  ]),
]);

const inOrder = (string: number): RealNote[] => even.filter((note) => note.string === string);
/** Straight line through the values of a string's even frets. */
function line(string: number, of: (note: RealNote) => number): [number, number] {
  const points = inOrder(string).map((note) => [note.fret, of(note)] as const);
  const slopes = points.flatMap(([x, y], i) => points.slice(i + 1).map(([u, v]) => (v - y) / (u - x)));
  const slope = median(slopes); // Theil-Sen: single notes stray
  return [rounded(median(points.map(([x, y]) => y - slope * x)), 5), rounded(slope, 6)];
}
const range = (from: number, count: number, values: Float64Array, digits: number): number[] =>
  Array.from(values.subarray(from, from + count), (v) => rounded(v, digits));
const bodyMean = median(range(0, BODY.count, level, 3));
const measured = {
  source: "fitted by tools/sound/fit-dombra.ts to the even frets of the 40 MIT notes (metahdev/Dombra); body includes room and microphone",
  body: { fromHertz: 110, pointsPerOctave: 6, dB: range(0, BODY.count, level, 2).map((v) => rounded(v - bodyMean, 2)) },
  partialsDb: [0, 1].map((string) => range(profile + string * PARTIALS, PARTIALS, level, 2)),
  loss: {
    fromHertz: 110,
    pointsPerOctave: 3,
    logNepers: range(0, LOSS.count, loss, 4),
    string: range(LOSS.count, 2, loss, 4),
    perFret: range(LOSS.count + 2, 2, loss, 4).map((v) => rounded(v / 10, 5)),
  },
  stiffness: [0, 1].map((string) => line(string, (note) => log(Math.max(1e-5, note.tone.inharmonicity)))),
  attackMs: [0, 1].map((string) => line(string, (note) => 1000 * note.tone.attack)),
  glideCents: [0, 1].map((string) => line(string, (note) => note.tone.glide)),
};
const path = join(import.meta.dirname, "..", "..", "packages", "engine", "src", "plucked", "dombra-measured.json");
writeFileSync(path, `${JSON.stringify(measured, null, 1)}\n`);
console.log(`${even.length} notes, ${levelRows.length} levels, ${lossRows.length} decays -> ${path}`);
