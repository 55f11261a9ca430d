// Prints how well a take is told beside its master, each figure beside the one asked for and with its worst piece.
//   npm run bench:practice [-- PIECES [SEED]]
// Masters and takes are composed and rendered here: another lute, tuning and room for the take, faults that are known (packages/lab/src/lute/retake.ts).
import { type Cents, centsToHertz, exp, exp2, log2, median, PI, type Random, seeded, silent, sin } from "@kuishi/base";
import { accompanySound, followSound } from "@kuishi/flow";
import {
  composeForm,
  composeTune,
  drawLute,
  drawRetake,
  drawRoom,
  type Fault,
  LUTE_RATE,
  type Lute,
  type LuteWish,
  matched,
  place,
  type Retake,
  renderTouches,
  type Touch,
} from "@kuishi/lab/lute";
import { Ear } from "@kuishi/listen";
import { compare, type Pair, type Practice, readTuning, type TakeSound } from "@kuishi/practice";
import { type Heard, noLocks } from "@kuishi/score";
import { Kernels, resampled } from "@kuishi/signal";
import { kernelModule } from "@kuishi/signal/node";
import { dombra } from "@kuishi/tuning";
import { type BandFigures, bandFigures, strokesPlan } from "./practice/band.ts";
import { type FollowFigures, followFigures } from "./practice/follow.ts";

const pieces = Number(process.argv[2] ?? 6);
const seed = Number(process.argv[3] ?? Math.floor(Math.random() * 1e6));
const clock = (): number => performance.now() / 1000;
const FAULTS: readonly Fault[] = ["early", "late", "semitone", "neighbour", "missed", "extra"];
/** A fourth as dombras have it; frets as tied by another hand. */
const WISH: LuteWish = { interval: 500, stray: 15 };

function recorded(random: Random, lute: Lute, touches: readonly Touch[], seconds: number): Float32Array {
  const samples = renderTouches(random, lute, touches, [], seconds);
  place(random, drawRoom(random), samples);
  return samples;
}
async function heard(samples: Float32Array): Promise<Heard> {
  const module = kernelModule();
  const ear = await Ear.of(new Kernels(module), [resampled(new Kernels(module), samples, LUTE_RATE, 48_000)], dombra, silent, clock);
  return await ear.hear(noLocks, silent, clock);
}

/** What was found of one kind of touch: how many, how many of them told as asked. */
class Count {
  readonly byPiece: [told: number, all: number][] = [];
  add(told: number, all: number): void {
    this.byPiece.push([told, all]);
  }
  say(): string {
    const share = (list: readonly (readonly [number, number])[]): number =>
      list.reduce((sum, [told]) => sum + told, 0) /
      Math.max(
        1,
        list.reduce((sum, [, all]) => sum + all, 0),
      );
    const shares = this.byPiece.filter(([, all]) => all > 0).map((one) => share([one]));
    const all = this.byPiece.reduce((sum, [, count]) => sum + count, 0);
    return `${(100 * share(this.byPiece)).toFixed(1)} % of ${all} (pieces ${(100 * Math.min(...shares)).toFixed(1)} to ${(100 * Math.max(...shares)).toFixed(1)})`;
  }
}

/** Each pair of a comparison with what is true of it, where the master's note was really played. */
function withTruth(result: Practice, master: Heard, touches: readonly Touch[], retake: Retake): { pair: Pair; fault: Fault | null; at: number | null }[] {
  const own = touches.map((touch, index) => ({ ...touch, index }));
  const notes = master.notes.map((note) => ({ at: note.onset, note }));
  const touchOf = new Map(
    matched(own, notes, 0.04, (touch, { note }) => touch.string === note.string).hits.map(([touch, { note }]) => [note.id, touch.index] as const),
  );
  return result.pairs.flatMap((pair) => {
    const index = pair.master === null ? undefined : touchOf.get(pair.master);
    // a place that was played twice is told by the time
    const about = pair.takeOnset ?? result.pairs[result.pairs.indexOf(pair) - 1]?.takeOnset ?? 0;
    const truths = retake.truth
      .map((one, k) => ({ one, time: one.at ?? retake.truth.slice(k + 1).find(({ at }) => at !== null)?.at ?? 0 }))
      .filter(({ one }) => one.master === index);
    const best = truths.sort((a, b) => Math.abs(a.time - about) - Math.abs(b.time - about))[0];
    return index === undefined || !best ? [] : [{ pair, fault: best.one.fault, at: best.one.at }];
  });
}

const counts = Object.fromEntries(
  ["onsets", "semitone", "neighbour", "shifted", "pitchAlarm", "timeAlarm", "missed", "missedAlarm", "extra", "unsure"].map((name) => [name, new Count()]),
) as Record<string, Count>;
const errors: number[] = [];
const followed: FollowFigures[] = [];
const bands: (BandFigures & { readonly bar: number })[] = [];
const retakes: { points: number; same: boolean }[] = [];
let identical = true;
const report: number[] = [];

for (let k = 0; k < pieces; k++) {
  const random = seeded(seed, `piece ${k}`);
  const lute = drawLute(random, WISH);
  const piece =
    k % 2 === 0
      ? composeTune(random, lute, {
          bars: random.pick([
            [[3, 2, 2]],
            [[2, 2]],
            [[3, 2]],
            [
              [2, 3],
              [3, 3],
            ],
          ]),
          mode: { name: "drawn", degrees: [0, 200, 300, 500, 700, 800, 1000] },
          seconds: 40,
          pulse: random.between(0.2, 0.3),
          rubato: 0.06,
        })
      : composeForm(random, lute, "tokpe");
  const master = await heard(recorded(random, lute, piece.touches, piece.seconds));
  const tempo = [random.between(0.85, 1.4), random.between(0.85, 1.4)] as const;
  const retake = drawRetake(random, piece.touches, { tempo, jitter: 0.005, every: 9, faults: FAULTS, jumps: k % 3, shift: 0.03 });
  const other = drawLute(random, WISH);
  const samples = recorded(random, other, retake.touches, retake.seconds);
  const sound: TakeSound = { samples, sampleRate: LUTE_RATE };
  const take = await heard(samples);
  const began = process.cpuUsage();
  const result = compare(master, take, sound, { score: true });
  report.push((process.cpuUsage(began).user / 1e6 / retake.seconds) * 180);
  identical &&= JSON.stringify(compare(master, take, sound, { score: true })) === JSON.stringify(result);
  const told = withTruth(result, master, piece.touches, retake);
  const of = (...faults: (Fault | null)[]): typeof told => told.filter(({ fault }) => faults.includes(fault));
  const share = (name: string, list: typeof told, ...verdicts: string[]): void =>
    counts[name]!.add(list.filter(({ pair }) => verdicts.includes(pair.verdict)).length, list.length);
  share("semitone", of("semitone"), "wrongPitch");
  share("neighbour", of("neighbour"), "wrongPitch");
  share("shifted", of("early"), "early");
  share("shifted", of("late"), "late");
  share("missed", of("missed"), "missed");
  share("pitchAlarm", of(null), "wrongPitch");
  share("timeAlarm", of(null), "early", "late");
  share("missedAlarm", of(null), "missed");
  share("unsure", of(null), "unsure");
  const extras = retake.truth.filter(({ fault }) => fault === "extra");
  const found = result.pairs.filter(({ verdict }) => verdict === "extra").map(({ takeOnset }) => ({ at: takeOnset! }));
  counts["extra"]!.add(
    matched(
      extras.map(({ at }) => ({ at: at! })),
      found,
      0.05,
    ).hits.length,
    extras.length,
  );
  const placed = told.flatMap(({ pair, at }) => (at === null || pair.takeOnset === null ? [] : [Math.abs(at - pair.takeOnset)]));
  counts["onsets"]!.add(placed.filter((error) => error <= 0.05).length, told.filter(({ at }) => at !== null).length);
  errors.push(...placed);
  followed.push(followFigures(await followSound({ kernels: kernelModule() }, samples, dombra, master, silent), retake, piece.touches));
  const drifting = drawRetake(seeded(seed, `band ${k}`), piece.touches, {
    tempo: [1, 1],
    jitter: 0.008,
    every: 0,
    faults: [],
    jumps: 0,
    shift: 0,
    drift: 0.15,
    waits: 2,
  });
  const band = recorded(seeded(seed, `band room ${k}`), other, drifting.touches, drifting.seconds);
  const [beside] = await accompanySound({ kernels: kernelModule() }, band, dombra, master, strokesPlan(piece.touches, piece.seconds), silent);
  bands.push({ ...bandFigures(beside, drifting), bar: median(master.downbeats.slice(1).map((at, i) => at - master.downbeats[i]!)) });
  const again = recorded(seeded(seed, `room ${k}`), other, retake.touches, retake.seconds);
  const second = compare(master, await heard(again), { samples: again, sampleRate: LUTE_RATE }, { score: true });
  const codes = ({ three }: Practice): string =>
    three
      .map(({ code }) => code)
      .sort()
      .join();
  retakes.push({ points: Math.abs(result.score! - second.score!), same: codes(result) === codes(second) });
}

/** A stiff string that decays; `cents` is where its first partial sounds. */
function synthetic(random: Random, cents: Cents, stiffness: number): TakeSound {
  const samples = new Float32Array(2 * LUTE_RATE);
  for (let n = 1; n <= 12; n++) {
    const turn = (2 * PI * n * centsToHertz(cents) * Math.sqrt((1 + stiffness * n * n) / (1 + stiffness))) / LUTE_RATE;
    const [phase, height, loss] = [random.between(0, 6), random.between(0.05, 0.2) / n, (1 + 0.5 * n) / LUTE_RATE];
    for (let i = 4000; i < samples.length; i++) samples[i] = samples[i]! + height * sin(turn * (i - 4000) + phase) * exp(-loss * (i - 4000));
  }
  return { samples, sampleRate: LUTE_RATE };
}
const tuned = { synthetic: [] as number[], plucked: [] as number[], strum: [] as number[] };
let bothFound = 0;
const TUNED = 12;
for (let k = 0; k < TUNED; k++) {
  const random = seeded(seed, `string ${k}`);
  const [cents, stiffness] = [random.between(4400, 6200), exp2(random.between(-17, -12))];
  for (const string of readTuning(synthetic(random, cents, stiffness)).strings.slice(0, 1)) tuned.synthetic.push(Math.abs(string.cents - cents));
  const drawn = drawLute(random, WISH);
  // without the beating of a string's two directions, whose pitch is no single number
  const lute = { ...drawn, strings: drawn.strings.map((string) => ({ ...string, split: 0 })) };
  const truth = lute.strings.map((string) => string.frets[0]! + 600 * log2(1 + string.stiffness));
  const steady: Random = { ...random, gauss: () => 0 };
  for (const strung of [[1], [0, 1]]) {
    const touches = strung.map((string, i): Touch => ({ at: 0.2 + 0.008 * i, string, fret: 0, velocity: 0.8, kind: "plucked" }));
    const samples = renderTouches(steady, lute, touches, [], 2.4);
    place(random, drawRoom(random), samples);
    const { strings } = readTuning({ samples, sampleRate: LUTE_RATE });
    const off = strung.map((string) => Math.min(...strings.map((one) => Math.abs(one.cents - truth[string]!))));
    if (strung.length === 1) tuned.plucked.push(off[0]!);
    else if (strings.length === 2 && Math.max(...off) < 30) {
      bothFound++;
      tuned.strum.push(...off);
    }
  }
}

const shareNear = (list: readonly boolean[]): string => `${((100 * list.filter(Boolean).length) / Math.max(1, list.length)).toFixed(1)} %`;
const mean = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0) / list.length;
const recoveries = bands.flatMap(({ recovery }) => recovery);
const asynchrony = (): string => {
  const of = (list: readonly number[]): string => (1000 * mean(list.map(Math.abs))).toFixed(1);
  return `mean ${of(bands.flatMap(({ late }) => late))} (pieces ${bands.map(({ late }) => of(late)).join(", ")})`;
};
const foundAgain = followed.flatMap(({ found }) => found);
const worst = (list: readonly number[]): string => `${median(list).toFixed(2)}, worst ${Math.max(...list).toFixed(2)}`;
const rows: readonly (readonly [string, string, string])[] = [
  ["take to master, onsets within 50 ms", counts["onsets"]!.say(), "97 %"],
  ["  median error, ms", (1000 * median(errors)).toFixed(1), "8"],
  ["wrong fret by a semitone found", counts["semitone"]!.say(), "99 %"],
  ["wrong fret by 25-50 cents found", counts["neighbour"]!.say(), "95 %"],
  ["  false alarms of pitch", counts["pitchAlarm"]!.say(), "1 %"],
  ["timing fault of 30 ms found", counts["shifted"]!.say(), "90 %"],
  ["  false alarms of time", counts["timeAlarm"]!.say(), "5 %"],
  ["missed note found", counts["missed"]!.say(), "–"],
  ["  right notes said to be missed", counts["missedAlarm"]!.say(), "–"],
  ["extra note found", counts["extra"]!.say(), "–"],
  ["right notes that cannot be told", counts["unsure"]!.say(), "–"],
  ["same file, same answer", identical ? "identical" : "DIFFERENT", "identical"],
  ["retake in another room: points apart", `${Math.max(...retakes.map(({ points }) => points))} at most`, "2"],
  ["  the same three things", `${retakes.filter(({ same }) => same).length} of ${retakes.length}`, "9 of 10"],
  [
    "live, place within 100 ms",
    shareNear(followed.flatMap(({ near }) => near)) + ` (pieces ${followed.map(({ near }) => shareNear(near)).join(", ")})`,
    "92 %",
  ],
  [
    "  found again after a jump, s",
    foundAgain.length === 0 ? "no jumps" : `mean ${mean(foundAgain).toFixed(2)}, worst ${Math.max(...foundAgain).toFixed(2)} of ${foundAgain.length}`,
    ".7, 95th percentile 2",
  ],
  ["  runs lost for more than 2 s", `${followed.filter(({ lost }) => lost > 2).length} of ${followed.length}`, "1 %"],
  ["band beside a player who drifts 15 % and waits, ms", asynchrony(), "35"],
  [
    "  together again after a wait, s",
    `mean ${mean(recoveries).toFixed(2)}, worst ${Math.max(...recoveries).toFixed(2)}; within a bar ${shareNear(bands.flatMap(({ recovery, bar }) => recovery.map((s) => s <= bar)))} of ${recoveries.length}`,
    "one bar",
  ],
  ["tuner, synthetic string, cents", worst(tuned.synthetic), ".1"],
  ["tuner, plucked string, cents", worst(tuned.plucked), ".5"],
  ["tuner, two strings of one strum, cents", tuned.strum.length > 0 ? `${worst(tuned.strum)}; both found in ${bothFound} of ${TUNED}` : "none found", "1"],
  ["report after three minutes, CPU s beyond hearing", `${median(report).toFixed(1)}, worst ${Math.max(...report).toFixed(1)}`, "3"],
];
console.log(`practice: ${pieces} pieces, seed ${seed}`);
for (const [name, value, asked] of rows) console.log(`${name.padEnd(50)} ${value.padEnd(52)} asked ${asked}`);
