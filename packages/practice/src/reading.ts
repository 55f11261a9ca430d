import { type Cents, median, rounded } from "@kuishi/base";
import type { Tuned } from "./contract.ts";
import type { TakeSound } from "./evidence.ts";
import { fretShift } from "./frets.ts";
import { type TunedString, tuneStrings } from "./tuner.ts";

/** Where a string or fret should sound: absolute cents, or cents above the lowest string that is heard. */
export interface TunerTarget {
  readonly places: readonly { readonly string: number; readonly fret: number; readonly cents: Cents }[];
  readonly aboveLowest: boolean;
  /** Free length of the strings, millimetres; null where it is not known. */
  readonly scaleMm: number | null;
}

/** Frames of the level, a rise that is a stroke (in power), what is too soft against the loudest, the least between two strokes. */
const [FRAME_SEC, RISE, SOFT, BETWEEN_SEC] = [0.01, 5, 1e-4, 0.2];
/** Readings nearer than this are of one string or fret; farther from every target they are nobody's; less sure they are none. */
const [SAME_CENTS, NEAR_CENTS, LEAST_SURE] = [20, 60, 0.45];

/** A recording cut at its strokes. */
function strokesIn({ samples, sampleRate }: TakeSound): TakeSound[] {
  const hop = Math.round(FRAME_SEC * sampleRate);
  const levels: number[] = [];
  for (let at = 0; at + hop <= samples.length; at += hop) {
    let sum = 0;
    for (let i = at; i < at + hop; i++) sum += samples[i]! * samples[i]!;
    levels.push(sum);
  }
  const loudest = levels.reduce((most, level) => Math.max(most, level), 0);
  if (loudest <= 0) return [];
  const starts: number[] = [];
  levels.forEach((level, k) => {
    const before = k === 0 ? 0 : Math.min(...levels.slice(Math.max(0, k - 4), k));
    if (level > SOFT * loudest && level > RISE * before && k - (starts.at(-1) ?? Number.NEGATIVE_INFINITY) > BETWEEN_SEC / FRAME_SEC) starts.push(k);
  });
  return starts.map((start, i) => ({ samples: samples.subarray(start * hop, (starts[i + 1] ?? levels.length) * hop), sampleRate }));
}

/** Readings of one string or fret over several strokes as one: the median. */
function gathered(readings: readonly TunedString[]): TunedString[] {
  const groups: TunedString[][] = [];
  for (const reading of readings.toSorted((a, b) => a.cents - b.cents)) {
    const last = groups.at(-1);
    if (last && reading.cents - last.at(-1)!.cents < SAME_CENTS) last.push(reading);
    else groups.push([reading]);
  }
  return groups.map((group) => {
    const best = group.reduce((a, b) => (b.confidence > a.confidence ? b : a));
    return { ...best, cents: median(group.map(({ cents }) => cents)) };
  });
}

/**
 * Reads a recording of strings and frets, plucked one by one or strummed together: each that sounded as the median of its plucks, and where a target is
 * given how far every one lies from it.
 * @returns `tuner/1`; no strings where none sounds clearly.
 */
export function readTuning(sound: TakeSound, target?: TunerTarget): Tuned {
  const readings = strokesIn(sound)
    .flatMap((stroke) => tuneStrings(stroke))
    .filter(({ confidence }) => confidence >= LEAST_SURE);
  const heard = gathered(readings).map((one) => ({
    ...one,
    cents: rounded(one.cents, 2),
    confidence: rounded(one.confidence, 3),
    inharmonicity: rounded(one.inharmonicity, 8),
  }));
  if (!target || heard.length === 0) return { kuishi: "tuner/1", strings: heard };
  const lowest = target.aboveLowest ? heard[0]!.cents : 0;
  const places = target.places.map((place) => ({ ...place, cents: place.cents + lowest }));
  const found = heard.map((one) => {
    const place = places.reduce((best, other) => (Math.abs(other.cents - one.cents) < Math.abs(best.cents - one.cents) ? other : best));
    return { one, place };
  });
  const openOf = (string: number): Cents =>
    found.find(({ place }) => place.string === string && place.fret === 0)?.one.cents ??
    places.find((place) => place.string === string && place.fret === 0)?.cents ??
    lowest;
  return {
    kuishi: "tuner/1",
    strings: heard,
    frets: found
      .filter(({ one, place }) => place.fret === 0 || Math.abs(place.cents - one.cents) <= NEAR_CENTS)
      .map(({ one, place }) => {
        const { cents, offCents, moveMm } = fretShift({
          plucks: [one.cents],
          target: place.cents,
          open: openOf(place.string),
          scaleMm: place.fret === 0 ? null : target.scaleMm,
        });
        return { string: place.string, fret: place.fret, cents, offCents: rounded(offCents, 2), moveMm: moveMm === null ? null : rounded(moveMm, 2) };
      })
      .sort((a, b) => a.string - b.string || a.fret - b.fret),
  };
}
