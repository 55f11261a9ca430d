import { type Cents, clamp, exp, log, median, rounded } from "@kuishi/base";
import type { HeardString } from "@kuishi/score";
import type { Instrument } from "@kuishi/tuning";
import { type Bias, bestPath, lattice, marginals, type State, statesOf } from "./lattice.ts";
import type { OnsetCandidate } from "./onset-candidates.ts";
import { findOpenStrings, hintsOf, massOf, type OpenStrings } from "./open-strings.ts";

/** A note on the neck. */
export interface PlacedNote {
  /** Index among the recording's pitches. */
  readonly pitch: number;
  readonly cents: Cents;
  readonly string: number;
  /** Frets from the nut; halves where a recording uses quarter tones. */
  readonly fret: number;
  /** That this pitch was struck here, and that it was on this string, 0..1. */
  readonly sure: number;
  readonly stringSure: number;
}
/** A candidate whose notes have strings. */
export interface PlacedStroke {
  readonly candidate: OnsetCandidate;
  readonly pitches: readonly PlacedNote[];
}

/** Where all notes of a recording lie on the neck. */
export interface Placement {
  /** One for each candidate, in order. */
  readonly strokes: readonly PlacedStroke[];
  readonly open: OpenStrings;
}

/** Log-odds given per log-odds of a drone's neighbours having it, and how many on each side are asked. Set by hand on the benchmark's drones (seeds 1-9). */
const DRONE_WEIGHT = 0.7;
const NEIGHBOURS = 6;
/** Frets a pitch may lie off a whole one before it is a quarter-tone fret: half of a half is 0.25, and necks stray. */
const WHOLE_FRET = 0.3;

/** What is known beforehand of a recording's neck and strokes. */
export interface PlacementConstraints {
  /** Open strings, where known. */
  readonly open: readonly (Cents | undefined)[];
  /** For candidates whose strokes are known: which strings sounded which pitch (its index). */
  readonly strokes: ReadonlyMap<number, readonly { readonly string: number; readonly pitch: number }[]>;
}
export const NO_CONSTRAINTS: PlacementConstraints = { open: [], strokes: new Map() };

/**
 * Decides jointly which strings were struck at every candidate and where: the network's activations as
 * evidence, the neck and the hand as the way from one candidate to the next.
 */
export function placeOnStrings(
  candidates: readonly OnsetCandidate[],
  pitches: readonly Cents[],
  instrument: Instrument,
  given: PlacementConstraints = NO_CONSTRAINTS,
): Placement {
  const { frets } = instrument;
  const statesAt = (candidate: OnsetCandidate, i: number, bias: Bias): State[] => {
    const known = given.strokes.get(i);
    const on = (string: number): number => known?.find((note) => note.string === string)?.pitch ?? -1;
    return known ? [{ low: on(0), high: on(1), score: 0 }] : statesOf(candidate, i, pitches, bias);
  };
  const plain = candidates.map((candidate, i) => statesAt(candidate, i, () => 0));
  const found = findOpenStrings(plain, pitches, massOf(candidates, pitches), frets, given.open, hintsOf(candidates, pitches));
  const [low, high] = found.nuts as [Cents, Cents];
  const open = { low, high };
  // A drone that is struck with every stroke hides behind its own ringing: its neighbours vouch for it.
  const vouched = neighbours(plain, marginals(lattice(plain, pitches, open, frets)), pitches.length);
  const states = candidates.map((candidate, i) => statesAt(candidate, i, (at, string, d) => DRONE_WEIGHT * Math.max(0, logit(vouched[string]![d]?.[at] ?? 0))));
  const whole = lattice(states, pitches, open, frets);
  const { path } = bestPath(whole);
  const chances = marginals(whole);
  const strokes = candidates.map((candidate, i): PlacedStroke => {
    const list = states[i]!;
    const chance = chances[i]!;
    const state = list[path[i]!]!;
    const placed: PlacedNote[] = [];
    for (const [string, d] of [state.low, state.high].entries()) {
      if (d < 0) continue;
      let [here, there] = [0, 0];
      list.forEach((other, k) => {
        const p = chance[k]!;
        if ((string === 0 ? other.low : other.high) === d) here += p;
        else if ((string === 0 ? other.high : other.low) === d) there += p;
      });
      const cents = pitches[d]!;
      placed.push({
        pitch: d,
        cents,
        string,
        fret: fretOf(cents, string === 0 ? open.low : open.high),
        sure: calibrated(here + there),
        stringSure: here / Math.max(1e-9, here + there),
      });
    }
    return { candidate, pitches: placed };
  });
  return { strokes, open: found };
}

/** What the lattice says, made to be right as often as it says: lines through what was measured on modelled lutes, in log-odds. */
const calibrated = (p: number): number => {
  const odds = log(clamp(p, 0.005, 0.9975) / (1 - clamp(p, 0.005, 0.9975)));
  const right = odds < 0 ? 0.2 + 1.2 * odds : odds < 1 ? 0.2 + 0.93 * odds : 1.13 + 1.95 * (odds - 1);
  return 1 / (1 + exp(-right));
};

/** Frets from the nut, in halves. */
export function fretOf(cents: Cents, nut: Cents): number {
  const fret = Math.max(0, (cents - nut) / 100);
  const whole = Math.round(fret);
  return Math.abs(fret - whole) <= WHOLE_FRET ? whole : Math.round(fret * 2) / 2;
}

const logit = (p: number): number => log(clamp(p, 0.05, 0.95) / (1 - clamp(p, 0.05, 0.95)));

/** For each string and pitch, how often the six candidates on each side have it. */
function neighbours(states: readonly (readonly State[])[], chances: readonly Float64Array[], count: number): Float32Array[][] {
  const n = states.length;
  return [0, 1].map((string) => {
    const seen = Array.from({ length: count }, () => new Float32Array(n + 1));
    states.forEach((list, i) => {
      list.forEach((state, k) => {
        const d = string === 0 ? state.low : state.high;
        if (d >= 0) seen[d]![i] = seen[d]![i]! + chances[i]![k]!;
      });
    });
    return seen.map((row) =>
      Float32Array.from({ length: n }, (_, i) => {
        let sum = 0;
        let weight = 0;
        for (let j = Math.max(0, i - NEIGHBOURS); j <= Math.min(n - 1, i + NEIGHBOURS); j++) {
          if (j === i) continue;
          sum += row[j]!;
          weight++;
        }
        return weight > 3 ? sum / weight : 0;
      }),
    );
  });
}

/** Where each fret of each string was heard to sound. */
export function fretTable(strokes: readonly PlacedStroke[], open: OpenStrings, frets: number): HeardString[] {
  return open.nuts.map((openCents, string) => {
    const heard: Cents[][] = Array.from({ length: frets + 1 }, () => []);
    for (const stroke of strokes) for (const pitch of stroke.pitches) if (pitch.string === string) heard[pitch.fret]?.push(pitch.cents);
    const fretCents = heard.map((list) => (list.length === 0 ? null : rounded(median(list), 1)));
    return {
      openCents: fretCents[0] ?? rounded(openCents, 1),
      fretCents,
      fretConfidence: heard.map((list) => rounded(list.length === 0 ? 0 : (list.length / (list.length + 3)) * open.sure, 3)),
      confidence: rounded(open.sure, 3),
    };
  });
}
