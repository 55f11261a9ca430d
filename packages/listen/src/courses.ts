import { type Cents, clamp, cos, exp, log, PI } from "@kuishi/base";
import type { Instrument } from "@kuishi/tuning";
import { fretOf, NO_CONSTRAINTS, type PlacedNote, type PlacedStroke, type Placement, type PlacementConstraints, placeOnStrings } from "./fretboard.ts";
import { type OnsetCandidate, valueAt } from "./onset-candidates.ts";
import { massOf, type OpenStrings } from "./open-strings.ts";

/** A pitch heard at a candidate: its log-odds, and those that it is of the lower half of the strings. */
interface PitchOdds {
  readonly pitch: number;
  readonly odds: number;
  readonly lower: number;
}
/** One way to finger a candidate: for each note its string. */
interface Fingering {
  readonly notes: readonly { readonly heard: PitchOdds; readonly string: number; readonly fret: number }[];
  readonly score: number;
  /** Mean of the stopped frets; NaN when all strings are open. */
  readonly hand: number;
}

/**
 * Weights in log-odds unless another unit is said. Set by hand on `bench:listen`'s modelled tar and guitar (practice and strummed chords, seeds drawn
 * anew), never on a recording: none with a known fingering was at hand.
 */
const WEIGHTS = {
  /** Fingerings of a candidate that are followed, and pitches of it that are fingered. */
  beam: 12,
  pitches: 7,
  /** Pitches at this and above may be struck. */
  least: -1.5,
  /** Given for every note: between missing and inventing. */
  note: 0.2,
  /** How far the network's activations of lower and higher strings are trusted, and the most they may say. */
  timbre: 0.35,
  timbreMost: 2,
  /** Least activation (0..1) beside the logarithm of two. */
  timbreFloor: 0.05,
  /** Frets a hand spans without effort, and the cost of each beyond. */
  span: 4,
  spanPerFret: 1.2,
  /** Cost of a higher string that sounds below a lower one. */
  crossed: 0.6,
  /** Cost of each fret up the neck: the same note lies easier low. */
  perFret: 0.05,
  /** Cost of each fret the hand moves, and frets beyond which it costs no more. */
  movePerFret: 0.12,
  longestMove: 9,
  /** Frets below the nut and beyond the last that are still on the neck: pitches stray. */
  belowNut: 0.45,
  beyondLast: 0.5,
} as const;
/** What speaks for a tuning, in parts of all that was struck; set on the same lutes, tuned up to three semitones off their presets. */
const TUNING_WEIGHTS = {
  /** Cost of each semitone the whole lies off its preset. */
  perSemitone: 0.06,
  /** Worth of what was struck open, within so many cents. */
  open: 0.5,
  same: 40,
  /** Cost of what lies on no string. */
  offNeck: 2,
  /** Confidence of a lead of nothing, and for a lead of one. */
  sure: 0.5,
  surePerLead: 2.5,
} as const;

/** Decides which strings were struck at every candidate and where, on any plucked instrument. */
export function placeNotes(
  candidates: readonly OnsetCandidate[],
  pitches: readonly Cents[],
  instrument: Instrument,
  given: PlacementConstraints = NO_CONSTRAINTS,
): Placement {
  const many = (instrument.tunings[0]?.open.length ?? 2) > 2;
  return many ? placeOnCourses(candidates, pitches, instrument, given) : placeOnStrings(candidates, pitches, instrument, given);
}

/**
 * Places notes on instruments of more than two strings or courses: the tuning that fits what was heard, then the
 * easiest way for the hand from candidate to candidate (Viterbi). A string sounds one note at a time.
 */
function placeOnCourses(candidates: readonly OnsetCandidate[], pitches: readonly Cents[], instrument: Instrument, given: PlacementConstraints): Placement {
  const heard = findTuning(candidates, pitches, instrument);
  const open = { ...heard, nuts: heard.nuts.map((nut, string) => given.open[string] ?? nut) };
  const lists = candidates.map((candidate, i) => {
    const known = given.strokes.get(i);
    if (known) return [knownFingering(known, pitches, open.nuts)];
    return fingerings(heardAt(candidate, pitches), pitches, open.nuts, instrument.frets);
  });
  let now: number[] = lists[0]?.map((fingering) => fingering.score) ?? [];
  const back: number[][] = [];
  for (let i = 1; i < lists.length; i++) {
    const before = lists[i - 1]!;
    const links: number[] = [];
    now = lists[i]!.map((fingering, k) => {
      let best = -Infinity;
      before.forEach((other, j) => {
        const value = now[j]! - move(other.hand, fingering.hand);
        if (value > best) {
          best = value;
          links[k] = j;
        }
      });
      return fingering.score + best;
    });
    back.push(links);
  }
  let at = now.indexOf(Math.max(...now));
  const chosen: Fingering[] = [];
  for (let i = lists.length - 1; i >= 0; i--) {
    chosen[i] = lists[i]![at]!;
    if (i > 0) at = back[i - 1]![at]!;
  }
  const strokes = candidates.map((candidate, i): PlacedStroke => {
    const list = lists[i]!;
    const best = chosen[i]!;
    return {
      candidate,
      pitches: best.notes.map(({ heard, string, fret }): PlacedNote => {
        const rival = list.find((other) => other.notes.some((note) => note.heard.pitch === heard.pitch && note.string !== string));
        return {
          pitch: heard.pitch,
          cents: pitches[heard.pitch]!,
          string,
          fret,
          sure: clamp(sigmoid(heard.odds - WEIGHTS.note), 0.02, 0.99),
          stringSure: rival ? clamp(sigmoid(best.score - rival.score), 0.3, 0.97) : 0.97,
        };
      }),
    };
  });
  return { strokes, open };
}

const sigmoid = (x: number): number => 1 / (1 + exp(-x));
const move = (from: number, to: number): number =>
  Number.isNaN(from) || Number.isNaN(to) ? 0 : WEIGHTS.movePerFret * Math.min(WEIGHTS.longestMove, Math.abs(from - to));

function heardAt(candidate: OnsetCandidate, pitches: readonly Cents[]): PitchOdds[] {
  return pitches
    .flatMap((cents, pitch): PitchOdds[] => {
      const p = clamp(valueAt(candidate.pitchActivation, cents), 0.002, 0.998);
      const odds = log(p / (1 - p)) + WEIGHTS.note;
      if (odds < WEIGHTS.least) return [];
      const [low, high] = [valueAt(candidate.activations.low, cents), valueAt(candidate.activations.high, cents)];
      return [{ pitch, odds, lower: log((low + WEIGHTS.timbreFloor) / (high + WEIGHTS.timbreFloor)) }];
    })
    .sort((a, b) => b.odds - a.odds)
    .slice(0, WEIGHTS.pitches);
}

/** What the listener says was struck; strings the instrument lacks are left out. */
function knownFingering(known: readonly { readonly string: number; readonly pitch: number }[], pitches: readonly Cents[], nuts: readonly Cents[]): Fingering {
  const notes = known.flatMap(({ string, pitch }) => {
    const nut = nuts[string];
    return nut === undefined ? [] : [{ heard: { pitch, odds: 5, lower: 0 }, string, fret: fretOf(pitches[pitch]!, nut) }];
  });
  return { notes, score: 0, hand: handOf(notes) };
}

/** The best ways to finger what may have been struck, nothing among them. */
function fingerings(heard: readonly PitchOdds[], pitches: readonly Cents[], nuts: readonly Cents[], frets: number): Fingering[] {
  interface Half {
    readonly notes: Fingering["notes"];
    readonly odds: number;
    readonly used: number;
  }
  let halves: Half[] = [{ notes: [], odds: 0, used: 0 }];
  for (const one of heard) {
    const more: Half[] = [];
    for (const half of halves) {
      more.push(half);
      nuts.forEach((nut, string) => {
        const fret = (pitches[one.pitch]! - nut) / 100;
        if (half.used & (1 << string) || fret < -WEIGHTS.belowNut || fret > frets + WEIGHTS.beyondLast) return;
        const lean = string < nuts.length / 2 ? one.lower : -one.lower;
        const notes = [...half.notes, { heard: one, string, fret: fretOf(pitches[one.pitch]!, nut) }];
        more.push({
          notes,
          odds: half.odds + one.odds + WEIGHTS.timbre * clamp(lean, -WEIGHTS.timbreMost, WEIGHTS.timbreMost),
          used: half.used | (1 << string),
        });
      });
    }
    halves = more.sort((a, b) => rank(b) - rank(a)).slice(0, 4 * WEIGHTS.beam);
  }
  return halves
    .map((half) => ({ notes: half.notes, score: rank(half), hand: handOf(half.notes) }))
    .sort((a, b) => b.score - a.score)
    .slice(0, WEIGHTS.beam);
}

/** Evidence less effort: wide spans, high places, a string skipped by a lower note of a higher string. */
function rank({ notes, odds }: { readonly notes: Fingering["notes"]; readonly odds: number }): number {
  const stopped = notes.filter((note) => note.fret > 0).map((note) => note.fret);
  const span = stopped.length > 1 ? Math.max(...stopped) - Math.min(...stopped) : 0;
  let crossed = 0;
  for (const a of notes) for (const b of notes) if (a.string < b.string && a.heard.pitch > b.heard.pitch) crossed++;
  const high = stopped.reduce((sum, fret) => sum + fret, 0) / Math.max(1, stopped.length);
  return odds - WEIGHTS.spanPerFret * Math.max(0, span - WEIGHTS.span) - WEIGHTS.crossed * crossed - WEIGHTS.perFret * high;
}
function handOf(notes: Fingering["notes"]): number {
  const stopped = notes.filter((note) => note.fret > 0);
  return stopped.length === 0 ? NaN : stopped.reduce((sum, note) => sum + note.fret, 0) / stopped.length;
}

/** Where a recording's pitches lie against the semitones of a string, -50..45: the best of steps of 5 cents. */
function offsetOf(pitches: readonly Cents[], mass: readonly number[], nut: Cents): Cents {
  let best = -Infinity;
  let offset = 0;
  for (let off = -50; off < 50; off += 5) {
    const value = pitches.reduce((sum, cents, d) => sum + mass[d]! * cos((2 * PI * (cents - nut - off)) / 100), 0);
    if (value > best) {
      best = value;
      offset = off;
    }
  }
  return offset;
}

/** Semitones by which a whole tuning may lie off its preset (a capo, another pitch of the ensemble). */
const SHIFTS = [0, -1, 1, -2, 2, -3, 3, -4, 4, -5, 5];

/** The preset, moved as a whole, whose open strings were struck most and which leaves least off the neck. */
function findTuning(candidates: readonly OnsetCandidate[], pitches: readonly Cents[], instrument: Instrument): OpenStrings {
  const mass = massOf(candidates, pitches);
  const total = mass.reduce((a, b) => a + b, 0) || 1;
  const tried = instrument.tunings.flatMap((tuning) =>
    SHIFTS.map((shift) => {
      const off = offsetOf(pitches, mass, tuning.open[0]!);
      const nuts = tuning.open.map((cents) => cents + 100 * shift + off);
      let score = -TUNING_WEIGHTS.perSemitone * Math.abs(shift);
      pitches.forEach((cents, d) => {
        const part = mass[d]! / total;
        if (nuts.some((nut) => Math.abs(nut - cents) < TUNING_WEIGHTS.same)) score += TUNING_WEIGHTS.open * part;
        if (!nuts.some((nut) => cents > nut - 100 * WEIGHTS.belowNut && cents < nut + 100 * (instrument.frets + WEIGHTS.beyondLast)))
          score -= TUNING_WEIGHTS.offNeck * part;
      });
      return { nuts, score };
    }),
  );
  tried.sort((a, b) => b.score - a.score);
  const best = tried[0]!;
  const rival = tried.find((other) => Math.abs(other.nuts[0]! - best.nuts[0]!) > 60);
  return { nuts: best.nuts, sure: clamp(TUNING_WEIGHTS.sure + TUNING_WEIGHTS.surePerLead * (best.score - (rival?.score ?? 0)), 0.3, 0.95) };
}
