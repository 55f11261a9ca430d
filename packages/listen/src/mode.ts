import { type Cents, clamp, exp, median, rounded, type Seconds } from "@kuishi/base";
import { classDistance, fold, modes } from "@kuishi/tuning";

/** A note as the mode finder sees it. */
export interface Sounding {
  readonly cents: Cents;
  readonly at: Seconds;
  readonly seconds: Seconds;
  readonly loud: number;
  /** The highest note of its stroke: melody rather than drone. */
  readonly melody: boolean;
}
/** Tonic, name and the degrees as they were really played. */
export interface FoundMode {
  readonly tonicCents: Cents;
  readonly name: string;
  readonly degreesCents: Cents[];
  /** How sure each degree is. */
  readonly degreeConfidence: number[];
  readonly confidence: number;
}

/** Weight of phrase endings. */
const CADENCE = 0.7;
/** Bars in a phrase. */
const PHRASES = [2, 4];

/** For every way of counting phrases in bars, the melody's last note in each. */
function cadencesOf(line: readonly Sounding[], downbeats: readonly Seconds[]): Cents[][] {
  const lasts = downbeats.slice(1).map((to, i) => line.filter((note) => note.at < to - 0.04 && note.at >= downbeats[i]! - 0.04).at(-1)?.cents);
  return PHRASES.flatMap((bars) =>
    Array.from({ length: bars }, (_, phase) => lasts.flatMap((cents, i) => (i % bars === phase && cents !== undefined ? [cents] : []))),
  ).filter((ends) => ends.length >= 2);
}

/**
 * Tonic and mode. Every pitch class that is used much may be tonic; for it speak how much the melody dwells on it,
 * the notes before the melody's rests, its first note and its last where the tune was let ring out (`ends`), and a
 * string droning on it; a tonic the listener gave (`known`) is kept. The mode is the template that covers most of the weight with fewest idle degrees; its cents
 * are the measured ones.
 */
export function findMode(notes: readonly Sounding[], openLow: Cents, ends: boolean, downbeats: readonly Seconds[] = [], known?: Cents): FoundMode {
  const classes: { cents: Cents; weight: number; drone: number; closing: number; all: Cents[] }[] = [];
  const line = notes.filter((note) => note.melody);
  const gaps = line.map((note, i) => (line[i + 1]?.at ?? note.at + 1) - note.at);
  const usual = gaps.length > 0 ? median(gaps) : 1;
  const closings = new Map(line.map((note, i) => [note, clamp(gaps[i]! / usual - 1.5, 0, 1)]));
  let [total, drones, closing] = [0, 0, 0];
  for (const note of notes) {
    // plucked notes fade: beyond half a second length says nothing
    const weight = Math.min(0.5, note.seconds) * (0.3 + note.loud);
    const end = closings.get(note) ?? 0;
    let home = classes.find((entry) => classDistance(entry.cents, note.cents) < 40);
    if (!home) classes.push((home = { cents: note.cents, weight: 0, drone: 0, closing: 0, all: [] }));
    home.all.push(note.cents);
    home.closing += end;
    closing += end;
    if (note.melody) {
      home.weight += weight;
      total += weight;
    } else {
      home.drone += weight;
      drones += weight;
    }
  }
  if (total === 0) return { tonicCents: openLow, name: "unknown", degreesCents: [0], degreeConfidence: [0], confidence: 0 };
  const used = classes.filter((entry) => entry.weight > 0.015 * total).sort((a, b) => b.weight - a.weight);
  const sum = (target: Cents, of: (entry: (typeof classes)[number]) => number): number =>
    classes.filter((entry) => classDistance(entry.cents, target) < 40).reduce((all, entry) => all + of(entry), 0);
  const share = (target: Cents): number => sum(target, (entry) => entry.weight) / total;
  const cadences = cadencesOf(line, downbeats);
  /** How many phrases end on a pitch class, in the count of bars that suits it best. */
  const cadence = (target: Cents): number =>
    Math.max(0, ...cadences.map((ends) => ends.filter((cents) => classDistance(cents, target) < 40).length / Math.max(3, ends.length)));
  const first = line[0]?.cents ?? openLow;
  const last = ends ? (line.at(-1)?.cents ?? openLow) : null;
  const told = known === undefined ? [] : used.filter((entry) => classDistance(entry.cents, known) < 60);
  const ranked = (told.length > 0 ? told : used)
    .flatMap((tonic) =>
      modes.map((mode) => {
        const covered = used.reduce((sum, entry) => {
          const step = fold(entry.cents, tonic.cents);
          const near = Math.min(...[...mode.degrees, 1200].map((degree) => Math.abs(degree - step)));
          return sum + (entry.weight / total) * (near < 30 ? 1 : near < 60 ? 0.5 : 0);
        }, 0);
        const idle = mode.degrees.filter((degree) => share(tonic.cents + degree) < 0.015).length;
        const tonicness =
          0.5 * share(tonic.cents) +
          0.12 * share(tonic.cents + 700) +
          0.05 * share(tonic.cents + 500) +
          (closing > 0 ? 0.25 * (sum(tonic.cents, (entry) => entry.closing) / closing) : 0) +
          CADENCE * cadence(tonic.cents) +
          (drones > 0 ? 0.12 * (sum(tonic.cents, (entry) => entry.drone) / drones) * Math.min(1, drones / total) : 0) +
          (last !== null && classDistance(last, tonic.cents) < 40 ? 0.3 : 0) +
          (classDistance(first, tonic.cents) < 40 ? 0.05 : 0);
        return { tonic, mode, score: covered - 0.035 * idle + tonicness - (mode.confidence === "low" ? 0.03 : 0) };
      }),
    )
    .sort((a, b) => b.score - a.score);
  const best = ranked[0];
  if (!best) return { tonicCents: openLow, name: "unknown", degreesCents: [0], degreeConfidence: [0], confidence: 0 };
  // The tonic's register: its lowest octave that was heard.
  const pitches = best.tonic.all.slice().sort((a, b) => a - b);
  const lowest = pitches[0]!;
  const tonicCents = rounded(median(pitches.filter((cents) => cents - lowest < 100)), 1);
  // a degree is the surer the more often it came, and the closer its cents lie together
  const degrees = used
    .map((entry) => {
      const steps = entry.all.map((cents) => fold(cents + 40, tonicCents) - 40);
      const middle = median(steps);
      const stray = median(steps.map((step) => Math.abs(step - middle)));
      return { step: rounded(middle, 1), sure: rounded(clamp((entry.all.length / (entry.all.length + 4)) * exp(-stray / 20), 0, 0.99), 3) };
    })
    .map((degree) => (Math.abs(degree.step) < 40 ? { ...degree, step: 0 } : degree))
    .sort((a, b) => a.step - b.step || b.sure - a.sure);
  const rising = degrees.filter((degree) => degree.step > 0);
  const rival = ranked.find((other) => other.tonic !== best.tonic || other.mode.name !== best.mode.name);
  return {
    tonicCents,
    name: best.mode.name,
    degreesCents: [0, ...rising.map((degree) => degree.step)],
    degreeConfidence: [degrees.find((degree) => degree.step === 0)?.sure ?? 0, ...rising.map((degree) => degree.sure)],
    confidence: rounded(clamp(0.35 + (best.score - (rival?.score ?? 0)) * 4, 0.1, 0.95), 3),
  };
}
