import { type Cents, clamp, cos, exp, log, PI } from "@kuishi/base";
import type { Instrument } from "@kuishi/tuning";
import { fretOf, type Given, massOf, NOTHING, type OpenStrings, type Placed, type PlacedStroke, placeOnStrings } from "./fretboard.ts";
import { type Moment, valueAt } from "./moments.ts";

/** A pitch heard at a moment: its log-odds, and those that it is of the lower half of the strings. */
interface Heard {
  readonly pitch: number;
  readonly odds: number;
  readonly lower: number;
}
/** One way to finger a moment: for each note its string. */
interface Fingering {
  readonly notes: readonly { readonly heard: Heard; readonly string: number; readonly fret: number }[];
  readonly score: number;
  /** Mean of the stopped frets; NaN when all strings are open. */
  readonly hand: number;
}
/** Fingerings of a moment that are followed. */
const KEPT = 12;
/** Pitches at this log-odds and above may be struck. */
const LEAST = -1.5;
/** Given for every note: between missing and inventing. */
const GREED = 0.2;
/** How far the network's opinion about strings is trusted. */
const TIMBRE = 0.35;
/** Frets a hand spans without effort, and the cost of each beyond. */
const [SPAN, STRETCH] = [4, 1.2];

/** Decides which strings were struck at every moment and where, on any plucked instrument. */
export function placeNotes(
  moments: readonly Moment[],
  pitches: readonly Cents[],
  instrument: Instrument,
  given: Given = NOTHING,
): { strokes: PlacedStroke[]; open: OpenStrings } {
  const many = (instrument.tunings[0]?.open.length ?? 2) > 2;
  return many ? placeOnCourses(moments, pitches, instrument, given) : placeOnStrings(moments, pitches, instrument, given);
}

/**
 * Places notes on instruments of more than two strings or courses: the tuning that fits what was heard, then the
 * easiest way for the hand from moment to moment (Viterbi). A string sounds one note at a time.
 */
function placeOnCourses(
  moments: readonly Moment[],
  pitches: readonly Cents[],
  instrument: Instrument,
  given: Given,
): { strokes: PlacedStroke[]; open: OpenStrings } {
  const heard = findTuning(moments, pitches, instrument);
  const open = { ...heard, nuts: heard.nuts.map((nut, string) => given.open[string] ?? nut) };
  const lists = moments.map((moment, i) => {
    const known = given.strokes.get(i);
    if (known) return [knownFingering(known, pitches, open.nuts)];
    return fingerings(heardAt(moment, pitches), pitches, open.nuts, instrument.frets);
  });
  let now: number[] = lists[0]?.map((fingering) => fingering.score) ?? [];
  const back: number[][] = [];
  for (let i = 1; i < lists.length; i++) {
    const before = lists[i - 1] as readonly Fingering[];
    const links: number[] = [];
    now = (lists[i] as readonly Fingering[]).map((fingering, k) => {
      let best = -Infinity;
      before.forEach((other, j) => {
        const value = (now[j] as number) - move(other.hand, fingering.hand);
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
    chosen[i] = (lists[i] as readonly Fingering[])[at] as Fingering;
    if (i > 0) at = (back[i - 1] as number[])[at] as number;
  }
  const strokes = moments.map((moment, i): PlacedStroke => {
    const list = lists[i] as readonly Fingering[];
    const best = chosen[i] as Fingering;
    return {
      moment,
      pitches: best.notes.map(({ heard, string, fret }): Placed => {
        const rival = list.find((other) => other.notes.some((note) => note.heard.pitch === heard.pitch && note.string !== string));
        return {
          pitch: heard.pitch,
          cents: pitches[heard.pitch] as Cents,
          string,
          fret,
          sure: clamp(sigmoid(heard.odds - GREED), 0.02, 0.99),
          stringSure: rival ? clamp(sigmoid(best.score - rival.score), 0.3, 0.97) : 0.97,
        };
      }),
    };
  });
  return { strokes, open };
}

const sigmoid = (x: number): number => 1 / (1 + exp(-x));
const move = (from: number, to: number): number => (Number.isNaN(from) || Number.isNaN(to) ? 0 : 0.12 * Math.min(9, Math.abs(from - to)));

function heardAt(moment: Moment, pitches: readonly Cents[]): Heard[] {
  return pitches
    .flatMap((cents, pitch): Heard[] => {
      const p = clamp(valueAt(moment.struck, cents), 0.002, 0.998);
      const odds = log(p / (1 - p)) + GREED;
      if (odds < LEAST) return [];
      const [low, high] = [valueAt(moment.opinion.low, cents), valueAt(moment.opinion.high, cents)];
      return [{ pitch, odds, lower: log((low + 0.05) / (high + 0.05)) }];
    })
    .sort((a, b) => b.odds - a.odds)
    .slice(0, 7);
}

/** What the listener says was struck; strings the instrument lacks are left out. */
function knownFingering(known: readonly { readonly string: number; readonly pitch: number }[], pitches: readonly Cents[], nuts: readonly Cents[]): Fingering {
  const notes = known.flatMap(({ string, pitch }) => {
    const nut = nuts[string];
    return nut === undefined ? [] : [{ heard: { pitch, odds: 5, lower: 0 }, string, fret: fretOf(pitches[pitch] as Cents, nut) }];
  });
  return { notes, score: 0, hand: handOf(notes) };
}

/** The best ways to finger what may have been struck, nothing among them. */
function fingerings(heard: readonly Heard[], pitches: readonly Cents[], nuts: readonly Cents[], frets: number): Fingering[] {
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
        const fret = ((pitches[one.pitch] as Cents) - nut) / 100;
        if (half.used & (1 << string) || fret < -0.45 || fret > frets + 0.5) return;
        const lean = string < nuts.length / 2 ? one.lower : -one.lower;
        const notes = [...half.notes, { heard: one, string, fret: fretOf(pitches[one.pitch] as Cents, nut) }];
        more.push({ notes, odds: half.odds + one.odds + TIMBRE * clamp(lean, -2, 2), used: half.used | (1 << string) });
      });
    }
    halves = more.sort((a, b) => rank(b) - rank(a)).slice(0, 4 * KEPT);
  }
  return halves
    .map((half) => ({ notes: half.notes, score: rank(half), hand: handOf(half.notes) }))
    .sort((a, b) => b.score - a.score)
    .slice(0, KEPT);
}

/** Evidence less effort: wide spans, high places, a string skipped by a lower note of a higher string. */
function rank({ notes, odds }: { readonly notes: Fingering["notes"]; readonly odds: number }): number {
  const stopped = notes.filter((note) => note.fret > 0).map((note) => note.fret);
  const span = stopped.length > 1 ? Math.max(...stopped) - Math.min(...stopped) : 0;
  let crossed = 0;
  for (const a of notes) for (const b of notes) if (a.string < b.string && a.heard.pitch > b.heard.pitch) crossed++;
  const high = stopped.reduce((sum, fret) => sum + fret, 0) / Math.max(1, stopped.length);
  return odds - STRETCH * Math.max(0, span - SPAN) - 0.6 * crossed - 0.05 * high;
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
    const value = pitches.reduce((sum, cents, d) => sum + (mass[d] as number) * cos((2 * PI * (cents - nut - off)) / 100), 0);
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
function findTuning(moments: readonly Moment[], pitches: readonly Cents[], instrument: Instrument): OpenStrings {
  const mass = massOf(moments, pitches);
  const total = mass.reduce((a, b) => a + b, 0) || 1;
  const tried = instrument.tunings.flatMap((tuning) =>
    SHIFTS.map((shift) => {
      const off = offsetOf(pitches, mass, tuning.open[0] as Cents);
      const nuts = tuning.open.map((cents) => cents + 100 * shift + off);
      let score = -0.06 * Math.abs(shift);
      pitches.forEach((cents, d) => {
        const part = (mass[d] as number) / total;
        if (nuts.some((nut) => Math.abs(nut - cents) < 40)) score += 0.5 * part;
        if (!nuts.some((nut) => cents > nut - 45 && cents < nut + 100 * instrument.frets + 50)) score -= 2 * part;
      });
      return { nuts, score };
    }),
  );
  tried.sort((a, b) => b.score - a.score);
  const best = tried[0] as (typeof tried)[number];
  const rival = tried.find((other) => Math.abs((other.nuts[0] as Cents) - (best.nuts[0] as Cents)) > 60);
  return { nuts: best.nuts, sure: clamp(0.5 + 2.5 * (best.score - (rival?.score ?? 0)), 0.3, 0.95) };
}
