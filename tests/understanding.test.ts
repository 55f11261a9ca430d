import { type Random, SAMPLE_RATE, seeded, silent } from "@kuishi/base";
import { agreement, composeForm, composeTune, drawLute, drawRoom, LUTE_RATE, type Lute, matched, place, renderTouches, strumChords } from "@kuishi/lab/lute";
import { runSeed, seedNote } from "@kuishi/lab/seed";
import { Ear, hear } from "@kuishi/listen";
import { type Heard, type HeardNote, noLocks } from "@kuishi/score";
import { Kernels, resampled } from "@kuishi/signal";
import { kernelModule } from "@kuishi/signal/node";
import { classDistance, type Instrument, instruments, modes } from "@kuishi/tuning";
import { describe, expect, test } from "vitest";

// Everything is drawn at run time from the run's seed.
const seed = runSeed;
const instrument = (name: string): Instrument => instruments.get(name)!;
const up = (x: Float32Array): Float32Array[] => [resampled(new Kernels(kernelModule()), x, LUTE_RATE, SAMPLE_RATE)];
const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

async function listen(random: Random, x: Float32Array, name = "dombra"): Promise<Heard> {
  place(random, drawRoom(random), x);
  return await hear(new Kernels(kernelModule()), up(x), instrument(name), silent, () => 0);
}

describe(`what is understood of pieces drawn (${seedNote})`, () => {
  test("the kind of piece and, for a tökpe küi, its registers", async () => {
    const zones: number[] = [];
    const kinds: boolean[] = [];
    const pieces = (["tokpe", "tokpe", "tokpe", "tokpe", "shertpe", "song"] as const).flatMap((kind) => [kind, kind]);
    for (const [index, kind] of pieces.entries()) {
      const random = seeded(seed + index, "form test");
      const lute = drawLute(random, { stray: 10, interval: 498 });
      const piece = composeForm(random, lute, kind);
      const heard = await listen(random, renderTouches(random, lute, piece.touches, [], piece.seconds));
      kinds.push(heard.kind?.name === kind);
      const found = heard.form.map((section) => ({ from: section.fromSec, to: section.toSec, label: section.zone ?? section.label }));
      if (kind === "tokpe") zones.push(agreement(piece.sections, found).labels);
      // what was taken for a tökpe küi is told so above, and has registers
      else if (heard.kind?.name !== "tokpe") expect(heard.form.every((section) => section.zone === undefined)).toBe(true);
    }
    expect(kinds.filter((right) => right).length).toBeGreaterThanOrEqual(11);
    console.log(`${seedNote}: registers ${zones.map((score) => score.toFixed(2)).join(" ")}`);
    // 90 pieces gave .87 with a spread of .23, most above .95, one of six with a register merged or all named too high: eight are within .24 of that
    expect(mean(zones)).toBeGreaterThan(0.63);
    expect(zones.filter((score) => score > 0.9).length).toBeGreaterThanOrEqual(4);
  });

  test("tar and guitar: notes on their courses, chords by name", async () => {
    const scores: number[] = [];
    for (let index = 0; index < 3; index++) {
      const random = seeded(seed + index, "chord test");
      const lute = drawLute(random, { kind: "guitar", stray: 8, low: [3980, 4020] });
      const strummed = strumChords(random, 6);
      const heard = await listen(random, renderTouches(random, lute, strummed.touches, [], strummed.seconds), "guitar");
      expect(heard.tuning.strings.length).toBe(6);
      const base = lute.strings[0]?.frets[0] ?? 4000;
      const right = strummed.chords.filter((chord) => {
        const found = heard.chords?.filter((other) => other.at < (chord.from + chord.to) / 2).at(-1);
        return found?.quality === chord.quality && classDistance(found.rootCents, base + chord.root) < 50;
      });
      scores.push(right.length / strummed.chords.length);
    }
    expect(mean(scores)).toBeGreaterThan(0.7);
    const random = seeded(seed, "tar test");
    const lute = drawLute(random, { kind: "tar", stray: 10, low: [4780, 4820] });
    const touches = Array.from({ length: 30 }, (_, k) => ({
      at: 0.4 + k * 0.3,
      string: random.int(0, 2),
      fret: random.int(0, 9),
      velocity: 0.8,
      kind: "plucked" as const,
    }));
    const heard = await listen(random, renderTouches(random, lute, touches, [], 10), "tar");
    expect(heard.tuning.strings.length).toBe(3);
    const found = heard.notes.filter((note) => note.cents !== null).map((note) => ({ at: note.onset, cents: note.cents! }));
    const truth = touches.map((touch) => ({ at: touch.at, cents: lute.strings[touch.string]?.frets[touch.fret] ?? 0 }));
    expect(matched(truth, found, 0.05, (a, b) => Math.abs(a.cents - b.cents) < 50).f).toBeGreaterThan(0.8);
  });

  test("a bass below the instrument is told as a warning", async () => {
    const random = seeded(seed, "company test");
    const lute = drawLute(random, { low: [4950, 5050], interval: 498 });
    const { touches, seconds } = tuneOf(random, lute);
    const x = renderTouches(random, lute, touches, [], seconds);
    const level = Math.sqrt(x.reduce((sum, v) => sum + v * v, 0) / x.length);
    const alone = await hear(new Kernels(kernelModule()), up(x), instrument("dombra"), silent, () => 0);
    expect(alone.warnings.map((warning) => warning.code)).not.toContain("accompanied");
    for (let i = 0; i < x.length; i++) x[i] = x[i]! + level * Math.sin((2 * Math.PI * 55 * i) / LUTE_RATE);
    const both = await hear(new Kernels(kernelModule()), up(x), instrument("dombra"), silent, () => 0);
    expect(both.warnings.map((warning) => warning.code)).toContain("accompanied");
  });
});

const tuneOf = (random: Random, lute: Lute) => composeTune(random, lute, { bars: [[2, 3]], mode: [...modes][0]!, seconds: 20, pulse: 0.24, rubato: 0 });

describe(`corrections are kept and thought on (${seedNote})`, () => {
  const prepared = (async () => {
    const random = seeded(seed, "lock test");
    const lute = drawLute(random, { low: [4950, 5050], interval: 498, stray: 8 });
    const tune = tuneOf(random, lute);
    const x = renderTouches(random, lute, tune.touches, [], tune.seconds);
    const ear = await Ear.of(new Kernels(kernelModule()), up(x), instrument("dombra"), silent, () => 0);
    return { tune, ear, first: await ear.hear(noLocks, silent, () => 0) };
  })();
  const stopped = (heard: Heard): HeardNote => heard.notes.find((note) => note.string === 1 && (note.fret ?? 0) > 2 && note.onset > 2)!;

  test("one fret counted anew moves every fret of its string", async () => {
    const { ear, first } = await prepared;
    const note = stopped(first);
    const stroke = { at: note.onset, notes: [{ string: 1, cents: note.cents!, fret: note.fret! + 2 }] };
    const second = await ear.hear({ ...noLocks, strokes: [stroke] }, silent, () => 0);
    const kin = second.notes.filter((other) => other.string === 1 && other.cents !== null && Math.abs(other.cents - note.cents!) > 90);
    expect(kin.length).toBeGreaterThan(5);
    const before = new Map(first.notes.map((other) => [`${other.onset} ${other.cents === null ? "" : Math.round(other.cents / 30)}`, other.fret]));
    const moved = kin.filter((other) => {
      const fret = before.get(`${other.onset} ${Math.round(other.cents! / 30)}`);
      return fret !== undefined && other.fret === fret! + 2;
    });
    expect(moved.length / kin.length).toBeGreaterThan(0.7);
  });
  test("a stroke that was not there is gone, one that was put in stands", async () => {
    const { ear, first } = await prepared;
    const note = stopped(first);
    const between = note.onset + 0.06;
    const locks = {
      ...noLocks,
      strokes: [
        { at: note.onset, notes: [] },
        { at: between, notes: [{ string: 0, cents: 5600 }] },
      ],
    };
    const second = await ear.hear(locks, silent, () => 0);
    expect(second.notes.some((other) => Math.abs(other.onset - note.onset) < 0.02)).toBe(false);
    const added = second.notes.find((other) => Math.abs(other.onset - between) < 0.02);
    expect(added?.string).toBe(0);
    expect(Math.abs((added?.cents ?? 0) - 5600)).toBeLessThan(60);
    expect(added?.confidence.string).toBe(1);
    expect(second.locks).toEqual(locks);
  });
  test("a downbeat with its groups re-bars the section", async () => {
    const { ear, tune } = await prepared;
    const bar = tune.bars[6];
    if (!bar) throw new Error("too short a tune");
    const heard = await ear.hear(
      {
        ...noLocks,
        bars: [
          { at: bar.at, groups: [2, 3] },
          { at: tune.bars[7]!.at, groups: [2, 3] },
        ],
      },
      silent,
      () => 0,
    );
    const right = matched(
      tune.bars.slice(3, 11),
      heard.downbeats.map((at) => ({ at })),
      0.08,
    ).hits.length;
    expect(right).toBeGreaterThanOrEqual(6);
    expect(heard.meter.some((entry) => "groups" in entry && entry.groups.join() === "2,3")).toBe(true);
  });
});
