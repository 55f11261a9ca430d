import { type Cents, clamp, exp, log, median, rounded } from "@kuishi/base";
import type { HeardString } from "@kuishi/score";
import type { Instrument } from "@kuishi/tuning";
import { lineAt, type Moment, valueAt } from "./moments.ts";

/** A note on the neck. */
export interface Placed {
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
/** A moment whose notes have strings. */
export interface PlacedStroke {
  readonly moment: Moment;
  readonly pitches: readonly Placed[];
}

/** Open strings, from what was heard alone. */
export interface OpenStrings {
  /** Lowest first. */
  readonly nuts: readonly Cents[];
  readonly sure: number;
}

/** What the two strings may do at one moment: an index of a pitch, or -1. */
interface State {
  readonly low: number;
  readonly high: number;
  /** Log-odds against "nothing struck". */
  readonly score: number;
}
const STATES = 14;
/** How far the network's opinion about strings is trusted against the neck. */
const TIMBRE = 0.6;
/** Given for every note: between missing and inventing. */
const GREED = 0.6;
/** Cost of a lone note on the low string. */
const LONE_LOW = 0.35;
const DRONE = 0.7;

type Bias = (moment: number, string: 0 | 1, pitch: number) => number;

/** Evidence of every pitch at one moment, as log-odds for each string. */
function statesOf(moment: Moment, index: number, pitches: readonly Cents[], bias: Bias): State[] {
  const heard: { d: number; low: number; high: number; both: number }[] = [];
  pitches.forEach((cents, d) => {
    const l = valueAt(moment.opinion.low, cents);
    const h = valueAt(moment.opinion.high, cents);
    if (l + h < 0.04) return;
    const both = Math.max(0, l + h - 1);
    const none = Math.max(0.004, 1 - l - h + both);
    const any = Math.max(0.01, l + h - both);
    const odds = log(any / none) + GREED;
    heard.push({
      d,
      low: odds + TIMBRE * log((l - both + 0.02) / (any + 0.04)) + bias(index, 0, d),
      high: odds + TIMBRE * log((h - both + 0.02) / (any + 0.04)) + bias(index, 1, d),
      both: log(Math.max(1e-4, both) / none) + 2 * GREED + bias(index, 0, d) + bias(index, 1, d),
    });
  });
  const states: State[] = [{ low: -1, high: -1, score: 0 }];
  for (const a of heard) {
    states.push({ low: a.d, high: -1, score: a.low - LONE_LOW }, { low: -1, high: a.d, score: a.high });
    for (const b of heard) states.push({ low: a.d, high: b.d, score: a === b ? a.both : a.low + b.high });
  }
  return states.sort((a, b) => b.score - a.score).slice(0, STATES);
}

interface Lattice {
  readonly states: readonly (readonly State[])[];
  /** Node scores with the neck in mind. */
  readonly scores: readonly Float64Array[];
  readonly hands: readonly Float64Array[];
}

function lattice(states: readonly (readonly State[])[], pitches: readonly Cents[], open: { low: Cents; high: Cents }, frets: number): Lattice {
  const hands: Float64Array[] = [];
  const scores = states.map((list) => {
    const hand = new Float64Array(list.length).fill(NaN);
    const out = Float64Array.from(list, (state, k) => {
      let score = state.score;
      const stopped: number[] = [];
      for (const [d, nut] of [
        [state.low, open.low],
        [state.high, open.high],
      ] as const) {
        if (d < 0) continue;
        const fret = ((pitches[d] as Cents) - nut) / 100;
        if (offNeck(fret, frets)) score -= STRETCH;
        else if (fret < 0.45) score += 0.04;
        else stopped.push(fret);
      }
      if (stopped.length > 0) hand[k] = stopped.reduce((a, b) => a + b, 0) / stopped.length;
      if (stopped.length === 2) score -= 0.1 * Math.max(0, Math.abs((stopped[0] as number) - (stopped[1] as number)) - 4);
      return score;
    });
    hands.push(hand);
    return out;
  });
  return { states, scores, hands };
}

/** Log-score of moving the hand between two states. */
function move(from: number, to: number): number {
  return Number.isNaN(from) || Number.isNaN(to) ? 0 : -0.05 * Math.min(9, Math.abs(from - to));
}

/** Best path (Viterbi) and its score. */
function bestPath({ states, scores, hands }: Lattice): { path: number[]; score: number } {
  let now = scores[0] ?? new Float64Array(0);
  const back: Int32Array[] = [];
  for (let i = 1; i < states.length; i++) {
    const [from, to] = [hands[i - 1] as Float64Array, hands[i] as Float64Array];
    const links = new Int32Array(to.length);
    now = (scores[i] as Float64Array).map((own, k) => {
      let best = -Infinity;
      for (let j = 0; j < from.length; j++) {
        const value = (now[j] as number) + move(from[j] as number, to[k] as number);
        if (value > best) {
          best = value;
          links[k] = j;
        }
      }
      return own + best;
    });
    back.push(links);
  }
  let at = 0;
  now.forEach((value, k) => {
    if (value > (now[at] as number)) at = k;
  });
  const score = now[at] ?? 0;
  const path: number[] = [];
  for (let i = states.length - 1; i >= 0; i--) {
    path[i] = at;
    if (i > 0) at = (back[i - 1] as Int32Array)[at] as number;
  }
  return { path, score };
}

/** Probability of every state (forward-backward). */
function marginals({ states, scores, hands }: Lattice): Float64Array[] {
  const n = states.length;
  const pass = (order: readonly number[]): Float64Array[] => {
    const out: Float64Array[] = [];
    let before = -1;
    for (const i of order) {
      const own = scores[i] as Float64Array;
      if (before < 0) out[i] = own.slice();
      else {
        const last = out[before] as Float64Array;
        const [from, to] = [hands[before] as Float64Array, hands[i] as Float64Array];
        out[i] = own.map((score, k) => {
          let sum = 0;
          for (let j = 0; j < from.length; j++) sum += exp((last[j] as number) + move(from[j] as number, to[k] as number));
          return score + log(sum);
        });
      }
      const list = out[i] as Float64Array;
      const top = Math.max(...list);
      for (let k = 0; k < list.length; k++) list[k] = (list[k] as number) - top;
      before = i;
    }
    return out;
  };
  const order = Array.from({ length: n }, (_, i) => i);
  const forth = pass(order);
  const back = pass(order.slice().reverse());
  return forth.map((list, i) => {
    const raw = list.map((value, k) => exp(value + ((back[i] as Float64Array)[k] as number) - ((scores[i] as Float64Array)[k] as number)));
    const sum = raw.reduce((a, b) => a + b, 0) || 1;
    return raw.map((value) => value / sum);
  });
}

const STRETCH = 9; // cost of a note off the neck

const offNeck = (fret: number, frets: number): boolean => fret < -0.45 || fret > frets + 0.6;

/** Evidence a pair of open strings leaves playable, whatever the hand. */
function playable(states: readonly (readonly State[])[], pitches: readonly Cents[], open: { low: Cents; high: Cents }, frets: number): number {
  const off = [open.low, open.high].map((nut) => pitches.map((cents) => offNeck((cents - nut) / 100, frets)));
  let sum = 0;
  for (const list of states) {
    let best = -Infinity;
    for (const { low, high, score } of list) {
      const value = score - (low >= 0 && off[0]?.[low] ? STRETCH : 0) - (high >= 0 && off[1]?.[high] ? STRETCH : 0);
      if (value > best) best = value;
    }
    sum += best;
  }
  return sum;
}

/** A note struck for sure, as one fret tells it: of which string by its timbre, and where on the neck by its timbre. */
interface Hint {
  readonly cents: Cents;
  readonly low: number;
  readonly high: number;
  readonly fret: number;
  readonly spread: number;
}
function hintsOf(moments: readonly Moment[], pitches: readonly Cents[]): Hint[] {
  return moments.flatMap(({ struck, opinion }) =>
    pitches.flatMap((cents): Hint[] => {
      if (valueAt(struck, cents) < 0.6) return [];
      const [low, high] = [valueAt(opinion.low, cents), valueAt(opinion.high, cents)];
      return [{ cents, low, high, fret: lineAt(opinion.fret, cents), spread: lineAt(opinion.fretSpread, cents) }];
    }),
  );
}
/**
 * How far hints contradict a pair of open strings. Timbre places a whole recording a fret too low or too high as easily as
 * not, so only what lies further off counts: the square of the median deviation of each string beyond that.
 */
function contradiction(hints: readonly Hint[], open: { low: Cents; high: Cents }): number {
  return [open.low, open.high].reduce((sum, nut, string) => {
    const own = hints.filter(({ low, high }) => (string === 0 ? low > high : high >= low));
    if (own.length < 4) return sum;
    const off = median(own.map(({ cents, fret, spread }) => (STRETCHED * fret - (cents - nut) / 100) / Math.max(0.8, spread)));
    return sum + square(Math.max(0, Math.abs(off) - HAZE));
  }, 0);
}
/** The network's guesses lean towards the nut. */
const STRETCHED = 1.07;
/** Deviations, in what the network itself says it may be off, that mean nothing. */
const HAZE = 0.6;
const square = (x: number): number => x * x;

/** How often each pitch was clearly struck. */
export function massOf(moments: readonly Moment[], pitches: readonly Cents[]): number[] {
  return pitches.map((cents) => moments.reduce((sum, { struck }) => sum + (valueAt(struck, cents) > 0.4 ? valueAt(struck, cents) : 0), 0));
}

/** Weight of what timbre says of the place on the neck; notes of one recording are wrong together. */
const HINTS = 6;

const bell = (x: number, centre: number, width: number): number => exp(-0.5 * ((x - centre) / width) * ((x - centre) / width));

/**
 * The open strings that explain a recording best: every note playable, their
 * interval a usual one (a fourth, then a fifth: tunings.json), near the tunings known (D3 and G3 first), and heard open.
 */
function findOpenStrings(
  states: readonly (readonly State[])[],
  pitches: readonly Cents[],
  mass: readonly number[],
  frets: number,
  known: readonly (Cents | undefined)[],
  hints: readonly Hint[],
): OpenStrings {
  const some = states.length > 500 ? states.slice(0, 500) : states;
  const total = mass.reduce((a, b) => a + b, 0);
  const usual = pitches.filter((_, d) => (mass[d] as number) > Math.max(1.2, 0.006 * total));
  const lowest = pitches.find((_, d) => (mass[d] as number) > 0.02 * total) ?? usual[0] ?? 5000;
  const common = pitches.find((_, d) => (mass[d] as number) > 0.06 * total) ?? lowest;
  const share = (cents: Cents): number =>
    pitches.reduce((sum, pitch, d) => sum + (Math.abs(pitch - cents) < 30 ? (mass[d] as number) : 0), 0) / Math.max(1, total);
  const highs = new Set<Cents>(known[1] === undefined ? [] : [known[1]]);
  for (const cents of usual) if (cents - lowest < 1000) highs.add(cents);
  for (let k = -5; k <= 7; k++) {
    highs.add(lowest - 100 * k);
    highs.add(lowest - 100 * k + 498);
  }
  const tried: { low: Cents; high: Cents; score: number }[] = [];
  for (const high of highs) {
    const lows = new Set<Cents>(known[0] === undefined ? [high - 498, high - 702] : [known[0], high - 498, high - 702]);
    for (const cents of usual) if (high - cents >= 280 && high - cents <= 820) lows.add(cents);
    for (const low of lows) {
      const interval = high - low;
      const familiar = 10 * bell(interval, 498, 18) + 7 * bell(interval, 702, 18);
      const usualPitch = log(2 * bell(low, 5000, 45) * bell(high, 5500, 45) + bell(low, 4950, 330) * bell(high, 5450, 330));
      const bottom = Math.abs(lowest - low) < 30 || Math.abs(lowest - high) < 30 ? 1 : 0;
      // the lowest pitch that is struck again and again is a drone
      const drone = Math.abs(common - low) < 30 ? 12 * clamp((share(low) - 0.06) / 0.1, 0, 1) : 0;
      const heard = 0.6 * (Math.min(1, share(low) / 0.04) + Math.min(1, share(high) / 0.04)) + bottom + drone;
      if ([low, high].some((cents, string) => Math.abs(cents - (known[string] ?? cents)) > 45)) continue;
      tried.push({
        low,
        high,
        score: playable(some, pitches, { low, high }, frets) + familiar + usualPitch + heard - HINTS * contradiction(hints, { low, high }),
      });
    }
  }
  tried.sort((a, b) => b.score - a.score);
  const best = tried[0] ?? { low: 5000, high: 5500, score: 0 };
  const rival = tried.find((other) => Math.abs(other.low - best.low) > 60 || Math.abs(other.high - best.high) > 60);
  const told = known[0] !== undefined && known[1] !== undefined ? 0.97 : 0.3;
  return { nuts: [best.low, best.high], sure: clamp(0.5 + (best.score - (rival?.score ?? best.score - 5)) * 0.06, told, 0.97) };
}

/** What is known beforehand of a recording's neck and strokes. */
export interface Given {
  /** Open strings, where known. */
  readonly open: readonly (Cents | undefined)[];
  /** For moments whose strokes are known: which strings sounded which pitch (its index). */
  readonly strokes: ReadonlyMap<number, readonly { readonly string: number; readonly pitch: number }[]>;
}
export const NOTHING: Given = { open: [], strokes: new Map() };

/**
 * Decides jointly which strings were struck at every moment and where: the network's opinions as
 * evidence, the neck and the hand as the way from one moment to the next.
 */
export function placeOnStrings(
  moments: readonly Moment[],
  pitches: readonly Cents[],
  instrument: Instrument,
  given: Given = NOTHING,
): { strokes: PlacedStroke[]; open: OpenStrings } {
  const { frets } = instrument;
  const statesAt = (moment: Moment, i: number, bias: Bias): State[] => {
    const known = given.strokes.get(i);
    const on = (string: number): number => known?.find((note) => note.string === string)?.pitch ?? -1;
    return known ? [{ low: on(0), high: on(1), score: 0 }] : statesOf(moment, i, pitches, bias);
  };
  const plain = moments.map((moment, i) => statesAt(moment, i, () => 0));
  const found = findOpenStrings(plain, pitches, massOf(moments, pitches), frets, given.open, hintsOf(moments, pitches));
  const [low, high] = found.nuts as [Cents, Cents];
  const open = { low, high };
  // A drone that is struck with every stroke hides behind its own ringing: its neighbours vouch for it.
  const vouched = neighbours(plain, marginals(lattice(plain, pitches, open, frets)), pitches.length);
  const states = moments.map((moment, i) =>
    statesAt(moment, i, (at, string, d) => DRONE * Math.max(0, logit((vouched[string] as Float32Array[])[d]?.[at] ?? 0))),
  );
  const whole = lattice(states, pitches, open, frets);
  const { path } = bestPath(whole);
  const chances = marginals(whole);
  const strokes = moments.map((moment, i): PlacedStroke => {
    const list = states[i] as readonly State[];
    const chance = chances[i] as Float64Array;
    const state = list[path[i] as number] as State;
    const placed: Placed[] = [];
    for (const [string, d] of [state.low, state.high].entries()) {
      if (d < 0) continue;
      let [here, there] = [0, 0];
      list.forEach((other, k) => {
        const p = chance[k] as number;
        if ((string === 0 ? other.low : other.high) === d) here += p;
        else if ((string === 0 ? other.high : other.low) === d) there += p;
      });
      const cents = pitches[d] as Cents;
      placed.push({
        pitch: d,
        cents,
        string,
        fret: fretOf(cents, string === 0 ? open.low : open.high),
        sure: calibrated(here + there),
        stringSure: here / Math.max(1e-9, here + there),
      });
    }
    return { moment, pitches: placed };
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
  return Math.abs(fret - whole) <= 0.3 ? whole : Math.round(fret * 2) / 2;
}

const logit = (p: number): number => log(clamp(p, 0.05, 0.95) / (1 - clamp(p, 0.05, 0.95)));

/** For each string and pitch, how often the six moments on each side have it. */
function neighbours(states: readonly (readonly State[])[], chances: readonly Float64Array[], count: number): Float32Array[][] {
  const n = states.length;
  return [0, 1].map((string) => {
    const seen = Array.from({ length: count }, () => new Float32Array(n + 1));
    states.forEach((list, i) => {
      list.forEach((state, k) => {
        const d = string === 0 ? state.low : state.high;
        if (d >= 0) (seen[d] as Float32Array)[i] = ((seen[d] as Float32Array)[i] as number) + ((chances[i] as Float64Array)[k] as number);
      });
    });
    return seen.map((row) =>
      Float32Array.from({ length: n }, (_, i) => {
        let sum = 0;
        let weight = 0;
        for (let j = Math.max(0, i - 6); j <= Math.min(n - 1, i + 6); j++) {
          if (j === i) continue;
          sum += row[j] as number;
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
