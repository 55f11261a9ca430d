import { type Cents, clamp, exp, log, median } from "@kuishi/base";
import { type OpenPair, playable, type State } from "./lattice.ts";
import { lineAt, type OnsetCandidate, valueAt } from "./onset-candidates.ts";

/** Open strings, from what was heard alone. */
export interface OpenStrings {
  /** Lowest first. */
  readonly nuts: readonly Cents[];
  readonly sure: number;
}

/**
 * What speaks for a pair of open strings, in the log-odds of the lattice unless another unit is said. Set by hand on the shared benchmark's seeds
 * 1-9, on instruments made by shifting its frets by up to 200 cents, and on modelled lutes; no search. `share`s are parts of all that was struck.
 */
const WEIGHTS = {
  /** Candidates that are looked at: the neck does not change within a recording. */
  candidates: 500,
  /** A pitch is usual when struck so often, and this share of all. */
  usualCount: 1.2,
  usualShare: 0.006,
  /** The lowest pitch of so much share is the lowest there is; one of so much is common. */
  lowestShare: 0.02,
  commonShare: 0.06,
  /** Cents within which a pitch is an open string's. */
  same: 30,
  /** A fourth is the commonest tuning, then a fifth: worth, and width in cents. */
  fourth: { cents: 498, worth: 10, width: 18 },
  fifth: { cents: 702, worth: 7, width: 18 },
  /** Least and greatest interval between the strings that is tried. */
  interval: [280, 820],
  /** Where open strings usually are, D3 and G3, and where they are in general; how much more usual the former. */
  usual: { low: 5000, high: 5500, width: 45, worth: 2 },
  about: { low: 4950, high: 5450, width: 330 },
  /** The lowest pitch is an open string. */
  bottom: 1,
  /** The lowest common pitch is a drone, the more the more of all it is: all of it at this share beyond the common one. */
  drone: 12,
  droneShare: 0.1,
  /** Each string is heard open: all of it at this share. */
  heard: 0.6,
  heardShare: 0.04,
  /** Cents an open string may lie off where it is known to be. */
  known: 45,
  /** What timbre says of the place on the neck; notes of one recording are wrong together. */
  hints: 6,
  /** Activation (0..1) from which a note is a hint, and notes of a string from which they count. */
  hintActivation: 0.6,
  hintCount: 4,
  /** The network's guesses lean towards the nut. */
  stretch: 1.07,
  /** Least deviation the network is believed to have, frets; deviations, in what it says itself, that mean nothing. */
  leastSpread: 0.8,
  haze: 0.6,
  /** Activation (0..1) from which a pitch is clearly struck. */
  clear: 0.4,
  /** Cents by which a pair differs from another, confidence of a lead of nothing, and per log-odds of lead. */
  rival: 60,
  sure: 0.5,
  surePerLead: 0.06,
} as const;

/** A note struck for sure, as one fret tells it: of which string by its timbre, and where on the neck by its timbre. */
export interface Hint {
  readonly cents: Cents;
  readonly low: number;
  readonly high: number;
  readonly fret: number;
  readonly spread: number;
}
/** What timbre tells of a recording. */
export function hintsOf(candidates: readonly OnsetCandidate[], pitches: readonly Cents[]): Hint[] {
  return candidates.flatMap(({ pitchActivation: struck, activations }) =>
    pitches.flatMap((cents): Hint[] => {
      if (valueAt(struck, cents) < WEIGHTS.hintActivation) return [];
      const [low, high] = [valueAt(activations.low, cents), valueAt(activations.high, cents)];
      return [{ cents, low, high, fret: lineAt(activations.fret, cents), spread: lineAt(activations.fretSpread, cents) }];
    }),
  );
}
/**
 * How far hints contradict a pair of open strings. Timbre places a whole recording a fret too low or too high as easily as
 * not, so only what lies further off counts: the square of the median deviation of each string beyond that.
 */
function contradiction(hints: readonly Hint[], open: OpenPair): number {
  return [open.low, open.high].reduce((sum, nut, string) => {
    const own = hints.filter(({ low, high }) => (string === 0 ? low > high : high >= low));
    if (own.length < WEIGHTS.hintCount) return sum;
    const off = median(own.map(({ cents, fret, spread }) => (WEIGHTS.stretch * fret - (cents - nut) / 100) / Math.max(WEIGHTS.leastSpread, spread)));
    return sum + square(Math.max(0, Math.abs(off) - WEIGHTS.haze));
  }, 0);
}
const square = (x: number): number => x * x;

/** How often each pitch was clearly struck. */
export function massOf(candidates: readonly OnsetCandidate[], pitches: readonly Cents[]): number[] {
  const clearly = (value: number): number => (value > WEIGHTS.clear ? value : 0);
  return pitches.map((cents) => candidates.reduce((sum, { pitchActivation: struck }) => sum + clearly(valueAt(struck, cents)), 0));
}

const bell = (x: number, centre: number, width: number): number => exp(-0.5 * ((x - centre) / width) * ((x - centre) / width));

/** What is known of how lutes are tuned: usual intervals near usual pitches. */
function familiarity({ low, high }: OpenPair): number {
  const { fourth, fifth, usual, about } = WEIGHTS;
  const interval = fourth.worth * bell(high - low, fourth.cents, fourth.width) + fifth.worth * bell(high - low, fifth.cents, fifth.width);
  const exactly = usual.worth * bell(low, usual.low, usual.width) * bell(high, usual.high, usual.width);
  return interval + log(exactly + bell(low, about.low, about.width) * bell(high, about.high, about.width));
}

/**
 * The open strings that explain a recording best: every note playable, their
 * interval a usual one (a fourth, then a fifth), near the tunings known (D3 and G3 first), and heard open.
 * @param states of every candidate, no neck in mind. @param mass how often each pitch was struck. @param known open strings the listener gave.
 */
export function findOpenStrings(
  states: readonly (readonly State[])[],
  pitches: readonly Cents[],
  mass: readonly number[],
  frets: number,
  known: readonly (Cents | undefined)[],
  hints: readonly Hint[],
): OpenStrings {
  const some = states.slice(0, WEIGHTS.candidates);
  const total = mass.reduce((a, b) => a + b, 0);
  const usual = pitches.filter((_, d) => mass[d]! > Math.max(WEIGHTS.usualCount, WEIGHTS.usualShare * total));
  const lowest = pitches.find((_, d) => mass[d]! > WEIGHTS.lowestShare * total) ?? usual[0] ?? WEIGHTS.usual.low;
  const common = pitches.find((_, d) => mass[d]! > WEIGHTS.commonShare * total) ?? lowest;
  const share = (cents: Cents): number =>
    pitches.reduce((sum, pitch, d) => sum + (Math.abs(pitch - cents) < WEIGHTS.same ? mass[d]! : 0), 0) / Math.max(1, total);
  const tried = pairsOf(lowest, usual, known).map((open) => {
    const { low, high } = open;
    const bottom = Math.abs(lowest - low) < WEIGHTS.same || Math.abs(lowest - high) < WEIGHTS.same ? WEIGHTS.bottom : 0;
    // the lowest pitch that is struck again and again is a drone
    const drone = Math.abs(common - low) < WEIGHTS.same ? WEIGHTS.drone * clamp((share(low) - WEIGHTS.commonShare) / WEIGHTS.droneShare, 0, 1) : 0;
    const heard = WEIGHTS.heard * (Math.min(1, share(low) / WEIGHTS.heardShare) + Math.min(1, share(high) / WEIGHTS.heardShare)) + bottom + drone;
    return { low, high, score: playable(some, pitches, open, frets) + familiarity(open) + heard - WEIGHTS.hints * contradiction(hints, open) };
  });
  tried.sort((a, b) => b.score - a.score);
  const best = tried[0] ?? { ...WEIGHTS.usual, score: 0 };
  const rival = tried.find((other) => Math.abs(other.low - best.low) > WEIGHTS.rival || Math.abs(other.high - best.high) > WEIGHTS.rival);
  const least = known[0] !== undefined && known[1] !== undefined ? 0.97 : 0.3;
  const lead = best.score - (rival?.score ?? best.score - 5);
  return { nuts: [best.low, best.high], sure: clamp(WEIGHTS.sure + lead * WEIGHTS.surePerLead, least, 0.97) };
}

/** Pairs worth a try: those known, pitches that are played, and fourths and fifths around the lowest. */
function pairsOf(lowest: Cents, usual: readonly Cents[], known: readonly (Cents | undefined)[]): OpenPair[] {
  const [fourth, fifth] = [WEIGHTS.fourth.cents, WEIGHTS.fifth.cents];
  const highs = new Set<Cents>(known[1] === undefined ? [] : [known[1]]);
  for (const cents of usual) if (cents - lowest < 1000) highs.add(cents);
  for (let k = -5; k <= 7; k++) {
    highs.add(lowest - 100 * k);
    highs.add(lowest - 100 * k + fourth);
  }
  const fits = (cents: Cents, string: number): boolean => Math.abs(cents - (known[string] ?? cents)) <= WEIGHTS.known;
  return [...highs].flatMap((high) => {
    const lows = new Set<Cents>(known[0] === undefined ? [high - fourth, high - fifth] : [known[0], high - fourth, high - fifth]);
    for (const cents of usual) if (high - cents >= WEIGHTS.interval[0] && high - cents <= WEIGHTS.interval[1]) lows.add(cents);
    return [...lows].filter((low) => fits(low, 0) && fits(high, 1)).map((low) => ({ low, high }));
  });
}
