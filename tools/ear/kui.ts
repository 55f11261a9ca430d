// Küi composed as print and practice have them (docs/audit/bars.md), and what the ear would make of any strokes: what barrings are weighed by.
import { type Cents, exp, type Random, type Seconds } from "@kuishi/base";
import { modes } from "@kuishi/tuning";

/** A stroke as `marksOf` asks for it. */
export interface HeardLike {
  readonly at: Seconds;
  readonly strength: number;
  readonly tap: boolean;
  readonly leftHand: boolean;
  readonly pitches: readonly { readonly cents: Cents; readonly string: number; readonly pitch: number }[];
  readonly direction: "down" | "up" | null;
}
/** A tune and where its bars and beats are. */
export interface Barred {
  readonly seconds: Seconds;
  readonly strokes: readonly HeardLike[];
  readonly bars: readonly { readonly at: Seconds; readonly groups: readonly number[] }[];
  readonly beats: readonly Seconds[];
}

/** What the ear makes of strokes: some missed, some invented, pitches mistaken, times ragged. */
export function misheard(random: Random, strokes: readonly HeardLike[]): HeardLike[] {
  const [missed, wrong, invented, ragged] = [random.between(0.01, 0.09), random.between(0.01, 0.08), random.between(0, 0.06), random.between(0.003, 0.009)];
  const out: HeardLike[] = [];
  for (const stroke of strokes) {
    if (random.chance(missed * (stroke.strength < 0.6 ? 1.5 : 0.7))) continue;
    const kept = stroke.pitches.length > 1 && random.chance(0.08) ? [random.pick(stroke.pitches)] : stroke.pitches;
    const other = stroke.direction === "down" ? "up" : "down";
    out.push({
      ...stroke,
      at: stroke.at + ragged * random.gauss(),
      pitches: kept.map((pitch) =>
        random.chance(wrong) ? { ...pitch, cents: pitch.cents + random.pick([-700, -500, -200, 200, 500]), pitch: pitch.pitch + 30 } : pitch,
      ),
      strength: stroke.strength * exp(0.18 * random.gauss()),
      direction: kept.length < 2 || random.chance(0.3) ? null : random.chance(0.12) ? other : stroke.direction,
    });
  }
  for (let k = 0; k < strokes.length * invented; k++) {
    const near = random.pick(strokes);
    out.push({ ...near, at: near.at + random.between(0.04, 0.1), strength: near.strength * random.between(0.2, 0.6), direction: null });
  }
  return out.sort((a, b) => a.at - b.at).filter((stroke, i, all) => i === 0 || stroke.at - all[i - 1]!.at > 0.035);
}

/** Places of a beat of two pulses that are struck, in sixteenths, and how often print has them; the same of a beat of three. */
const TWOS: readonly Weighted<readonly number[]>[] = [
  [[0, 1, 2], 3],
  [[0, 2, 3], 2],
  [[0, 2], 5],
  [[0], 1],
  [[0, 1, 2, 3], 1],
  [[0, 1], 0.4],
  [[0, 3], 0.5],
];
const THREES: readonly Weighted<readonly number[]>[] = [
  [[0, 1, 2, 3, 4], 4],
  [[0, 2, 4], 4],
  [[0, 1, 2, 4], 2],
  [[0, 2, 3, 4], 1],
  [[0, 4], 1],
  [[0, 2], 1],
];
type Weighted<T> = readonly [T, number];
function drawn<T>(random: Random, list: readonly Weighted<T>[]): T {
  let left = random.next() * list.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [value, weight] of list) {
    left -= weight;
    if (left <= 0) return value;
  }
  return list[0]![0];
}

/** Meters of printed küi: the usual bar, what is put in and how often a phrase has it, how often the meter is met. */
interface Meter {
  readonly homes: readonly (readonly number[])[];
  readonly inserted: readonly (readonly number[])[];
  readonly often: number;
}
const METERS: readonly Weighted<Meter>[] = [
  [{ homes: [[2, 2]], inserted: [], often: 0 }, 6],
  [{ homes: [[2, 2, 2, 2]], inserted: [[2, 2]], often: 0.2 }, 2.5],
  [{ homes: [[2, 2]], inserted: [[2, 2, 2], [2, 2, 2], [3], [2, 3]], often: 0.45 }, 3],
  [{ homes: [[3, 3]], inserted: [], often: 0 }, 0.8],
  [
    {
      homes: [
        [2, 3],
        [3, 2],
      ],
      inserted: [],
      often: 0,
    },
    0.7,
  ],
  [
    {
      homes: [
        [2, 2, 3],
        [3, 2, 2],
      ],
      inserted: [],
      often: 0,
    },
    0.3,
  ],
];

interface Written {
  readonly groups: readonly number[];
  readonly notes: readonly { readonly place: number; readonly top: number; readonly low: number | null; readonly down: boolean }[];
}

/** Writes the bars of one küi; what is usual in it is drawn once. */
function writer(
  random: Random,
  degrees: number,
): { bar: (groups: readonly number[]) => Written; rest: (groups: readonly number[]) => Written; move: () => void } {
  const changes = { line: random.between(0.6, 0.98), beat: random.between(0.28, 0.69), off: random.between(0.21, 0.6) };
  const both = random.between(0.5, 0.95);
  const downFirst = random.chance(0.8);
  const [pairAtLine, longAtLine, lowMoves] = [random.chance(0.6), random.chance(0.75), random.chance(0.35)];
  const [twos, threes] = [[0, 1, 2].map(() => drawn(random, TWOS)), [0, 1].map(() => drawn(random, THREES))];
  let region = random.int(0, 3);
  let [top, low] = [region + 2, 0];
  const rhythmOf = (group: number, first: boolean): readonly number[] => {
    if (group === 3) return random.pick(threes);
    if (first && longAtLine && random.chance(0.12)) return [0];
    if (first && pairAtLine && random.chance(0.5)) return [0, 1, 2];
    const rhythm = random.chance(0.8) ? random.pick(twos) : drawn(random, TWOS);
    return !first && pairAtLine && rhythm[1] === 1 ? [0, 2] : rhythm;
  };
  const step = (): void => {
    if (lowMoves && random.chance(0.3)) low = random.pick([0, 2, 4, 5, 7]);
    else {
      top += random.pick([-3, -2, -1, -1, 1, 1, 2, 3]);
      if (top < region) top = region + 1;
      if (top > region + 7 || top >= degrees) top = Math.min(degrees - 1, region + 5);
    }
  };
  const bar = (groups: readonly number[]): Written => {
    let begins = 0;
    const notes = groups.flatMap((group, g) => {
      const rhythm = rhythmOf(group, g === 0);
      const from = begins;
      begins += group * 2;
      return rhythm.map((place) => {
        if (random.chance(place === 0 ? (g === 0 ? changes.line : changes.beat) : place % 2 === 0 ? changes.off : changes.off * 0.7)) step();
        const down = (place % 4 === 0 || (place % 2 === 0 && rhythm.length < 4 && random.chance(0.5))) === downFirst;
        return { place: from + place, top, low: random.chance(both) ? low : null, down };
      });
    });
    return { groups, notes };
  };
  return {
    bar,
    // a cadence: a whole bar of the open pair
    rest: (groups) => {
      const written = bar(groups);
      top = 0;
      return { groups, notes: written.notes.map((note) => ({ ...note, top: 0, low: note.low === null ? null : 0 })) };
    },
    move: () => {
      region = random.int(0, 6);
    },
  };
}

/** Composes a küi: phrases that return, varied at their ends; bars steadier than the strokes in them; no stress on the bar line. */
export function composeKui(random: Random): Barred {
  const { homes, inserted, often } = drawn(random, METERS);
  const home = random.pick(homes);
  const pulse = homes[0]!.includes(3) ? random.between(0.13, 0.22) : random.between(0.125, 0.195);
  const low = 4800 + random.between(-150, 250);
  const high = low + random.pick([498, 498, 498, 702]);
  const scale = random.pick([...modes]).degrees;
  const degrees = [0, 1200].flatMap((octave) => scale.map((degree) => high + octave + degree)).filter((cents) => cents < high + 1500);
  const { bar, rest, move } = writer(random, degrees.length);
  const length = drawn(random, [
    [1, 0.7],
    [2, 4],
    [4, 2.5],
    [3, 0.5],
  ] as const);
  const rests = random.chance(0.6) ? random.between(0.2, 0.8) : 0;
  const phrase = (): Written[] => {
    const bars = Array.from({ length }, () => bar(home));
    if (length > 1 && random.chance(rests)) bars[length - 1] = rest(home);
    if (inserted.length > 0 && random.chance(often)) bars.splice(random.int(0, length - 1), home.length > 2 ? 0 : 1, bar(random.pick(inserted)));
    return bars;
  };
  const written: Written[] = [];
  const book: Written[][] = [];
  const bars = random.between(25, 60) / (home.reduce((a, b) => a + b, 0) * pulse);
  while (written.length < bars) {
    const old = book.length > 1 && random.chance(0.45) ? random.pick(book.slice(-6)) : undefined;
    if (random.chance(0.12)) move();
    const next = old ?? phrase();
    if (!old) book.push(next);
    const varied = old && random.chance(0.4) ? [...next.slice(0, -1), bar(next.at(-1)!.groups)] : next;
    for (let times = random.pick([1, 1, 2, 2, 3]); times > 0; times--) written.push(...varied);
  }
  return played(random, written, pulse, low, degrees);
}

function played(random: Random, written: readonly Written[], pulse: Seconds, low: Cents, degrees: readonly Cents[]): Barred {
  const stress = { line: random.between(0.75, 1.1), beat: random.between(0.92, 1.12) };
  // the first two of 16-16-8 are pressed together
  const press = random.between(0.8, 1);
  const swing = random.chance(0.3) ? random.between(0, 0.12) : 0;
  let at = random.between(0.2, 1.2);
  let tempo = 1;
  const bars: { at: Seconds; groups: readonly number[] }[] = [];
  const beats: Seconds[] = [];
  const strokes = written.flatMap(({ groups, notes }) => {
    tempo = 1 + 0.9 * (tempo - 1) + 0.012 * random.gauss();
    const sixteenth = (pulse / 2) * tempo * (1 + 0.012 * random.gauss());
    const from = at;
    bars.push({ at, groups });
    for (const group of groups) {
      beats.push(at);
      at += 2 * group * sixteenth;
    }
    return notes.map(({ place, top, low: fret, down }): HeardLike => {
      const off = (place % 2 === 1 ? 0.4 * (press - 1) : 0) + (place % 4 === 2 ? swing : 0);
      return {
        at: from + (place + off) * sixteenth,
        strength: 0.7 * (place === 0 ? stress.line : place % 4 === 0 ? stress.beat : 1) * exp(0.15 * random.gauss()),
        tap: false,
        leftHand: false,
        pitches: [
          ...(fret === null ? [] : [{ cents: low + 100 * fret, string: 0, pitch: fret }]),
          { cents: degrees[Math.min(top, degrees.length - 1)]!, string: 1, pitch: 40 + top },
        ],
        direction: down ? "down" : "up",
      };
    });
  });
  return { seconds: at + 1.5, strokes: misheard(random, strokes), bars, beats };
}
