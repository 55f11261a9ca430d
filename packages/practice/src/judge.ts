import { type Cents, median, type Seconds } from "@kuishi/base";
import type { Heard, HeardNote } from "@kuishi/score";
import type { Verdict } from "./contract.ts";
import { type Evidence, evidenceFor, type Standing, type TakeSound } from "./evidence.ts";
import type { Run } from "./route.ts";
import type { PlayedStroke, Shift } from "./strokes.ts";
import type { Band, Offset } from "./timing.ts";

/** One of the master's notes in a run, and what may be it in the take. */
export interface Expected {
  readonly note: HeardNote;
  /** Index of its stroke. */
  readonly stroke: number;
  readonly takeStroke: number | null;
  /** The take's note at its place. */
  readonly take: HeardNote | null;
  /** When it came, or should have. */
  readonly at: Seconds;
  /** Where it sounds in the take's tuning. */
  readonly cents: Cents;
  /** When its string sounds something else. */
  readonly next: Seconds;
  /** What else sounds then. */
  readonly others: readonly Cents[];
  readonly offset: Offset | null;
}
/** The same, told. */
export interface Judged extends Expected {
  readonly verdict: Verdict;
  readonly takeOnset: Seconds | null;
  /** How much too high, cents; null where it cannot be told. */
  readonly off: Cents | null;
  /** What its fret sounds higher all over the take. */
  readonly ofFret: Cents;
}

/** Partials must stand out so far and be so many to say how high a note is; so far to say that it is there at all, dB. */
const [CLEAR_DB, CLEAR_PARTIALS, THERE_DB, ROSE_DB] = [8, 3, 6, 5];
/** A neighbouring fret lies at least so far off, and the more so the seldomer its own fret was heard, cents. */
const [WRONG_CENTS, WRONG_SELDOM_CENTS] = [18, 8];
/** The sound alone, against what was heard, may move a note so far: farther off another string may be meant. */
const FARTHEST_CENTS = 75;
/** How sure the ear must be of a note to be believed alone. */
const SURE = 0.8;
/** How sure the master's own note must be for its lack to be a fault; an open string more. */
const [PLAYED, PLAYED_OPEN] = [0.93, 0.985];
/** The ear names what lies between two frets by one of them: a note heard less far off may be that, cents. */
const NEXT_FRET_CENTS = 135;
/** A finger that sounds so far off was somewhere else, cents. */
const SAME_CENTS = 70;

/** Pitches that sound on other strings at a time: those of the strokes before that have not ended. */
function sounding(played: readonly PlayedStroke[], at: Seconds, from: number, string: number | null): Cents[] {
  const seen = new Map<number, Cents>();
  for (let j = from; j >= 0 && j > from - 12; j--) {
    for (const note of played[j]!.notes) {
      if (note.string === null || note.string === string || seen.has(note.string) || note.offset < at) continue;
      seen.set(note.string, note.cents!);
    }
  }
  return [...seen.values()];
}

/** The master's notes over one run of a take, each with its place there. */
export function expectedNotes(
  own: readonly PlayedStroke[],
  played: readonly PlayedStroke[],
  run: Run,
  offsets: readonly (Offset | null)[],
  shift: Shift,
  take: Heard,
): Expected[] {
  const out: Expected[] = [];
  run.forEach(([i, j], k) => {
    // strokes of the master that went by unplayed
    const [before] = run[k - 1] ?? [i - 1];
    for (let missed = before + 1; missed < i; missed++) {
      const [c, d] = [run[k - 1]!, [i, j] as const];
      const part = (own[missed]!.at - own[c[0]]!.at) / (own[d[0]]!.at - own[c[0]]!.at);
      const at = played[c[1]]!.at + part * (played[d[1]]!.at - played[c[1]]!.at);
      for (const note of own[missed]!.notes) out.push({ ...placed(note, at, c[1]), stroke: missed, takeStroke: null, take: null, offset: null });
    }
    const taken = matched(own[i]!.notes, played[j]!.notes, shift);
    for (const note of own[i]!.notes)
      out.push({ ...placed(note, played[j]!.at, j), stroke: i, takeStroke: j, take: taken.get(note) ?? null, offset: offsets[k] ?? null });
  });
  return out;

  function placed(note: HeardNote, at: Seconds, j: number): Pick<Expected, "note" | "at" | "cents" | "next" | "others"> {
    const { string } = note;
    const later = played.slice(j + 1, j + 8).find((stroke) => stroke.at > at + 0.03 && (string === null || stroke.notes.some((one) => one.string === string)));
    return { note, at, cents: note.cents! + shift.of(note), next: later?.at ?? take.durationSec, others: sounding(played, at, j, string) };
  }
}

/** Which note of the take stands for which of the master's: on its string, else at its pitch. */
function matched(master: readonly HeardNote[], take: readonly HeardNote[], shift: Shift): Map<HeardNote, HeardNote> {
  const far = (a: HeardNote, b: HeardNote): number => Math.abs(b.cents! - a.cents! - shift.of(a));
  const cost = (a: HeardNote, b: HeardNote): number => far(a, b) + (a.string === b.string ? 0 : far(a, b) < SAME_CENTS ? 60 : 5000);
  const all = master.flatMap((a) => take.map((b) => ({ a, b, cost: cost(a, b) }))).sort((x, y) => x.cost - y.cost);
  const out = new Map<HeardNote, HeardNote>();
  const used = new Set<HeardNote>();
  for (const { a, b, cost: price } of all) {
    if (out.has(a) || used.has(b) || price >= 5000) continue;
    out.set(a, b);
    used.add(b);
  }
  return out;
}

const fretOf = ({ note }: Expected): string => `${note.string} ${note.fret ?? Math.round(note.cents! / 50)}`;

/** Looks for every expected note in the sound and says what became of it. */
export function judge(expected: readonly Expected[], sound: TakeSound, band: Band): Judged[] {
  const seen = expected.map((one) => evidenceFor(sound, one.at, one.next, one.cents, one.others));
  const clear = (evidence: Standing | Evidence | null): boolean =>
    evidence !== null && evidence.off !== null && evidence.clear >= CLEAR_DB && evidence.partials >= CLEAR_PARTIALS;
  // what each fret sounds higher, all over the take: that is tuning, not playing
  const frets = new Map<string, { readonly one: Expected; readonly off: Cents }[]>();
  expected.forEach((one, i) => {
    const { off } = seen[i]!;
    if (clear(seen[i]!) && Math.abs(off!) < FARTHEST_CENTS) frets.set(fretOf(one), [...(frets.get(fretOf(one)) ?? []), { one, off: off! }]);
  });
  return expected.map((one, i): Judged => {
    const rest = (frets.get(fretOf(one)) ?? []).filter((other) => other.one !== one).map(({ off }) => off);
    const ofFret = rest.length > 0 ? (median(rest) * rest.length) / (rest.length + 1.5) : 0;
    const wrong = WRONG_CENTS + WRONG_SELDOM_CENTS / (1 + rest.length);
    const beside = clear(seen[i]!.beside) ? seen[i]!.beside!.off - ofFret : null;
    const told = pitchOf(one, seen[i]!, { clear: clear(seen[i]!), beside }, ofFret, wrong);
    const late = one.offset !== null && Math.abs(one.offset.seconds) > band(one.stroke, one.offset.reach) ? Math.sign(one.offset.seconds) : 0;
    const verdict: Verdict = told.verdict === "right" && late !== 0 ? (late > 0 ? "late" : "early") : told.verdict;
    return { ...one, ...told, verdict, takeOnset: verdict === "missed" ? null : one.at, ofFret };
  });
}

/** Whether an expected note sounded, and how high: what the ear heard and what the sound says, and where they disagree, that it cannot be told. */
function pitchOf(
  one: Expected,
  evidence: Evidence,
  { clear, beside }: { readonly clear: boolean; readonly beside: Cents | null },
  ofFret: Cents,
  wrong: Cents,
): { verdict: Verdict; off: Cents | null } {
  const { take, cents } = one;
  const measured = clear ? evidence.off! - ofFret : null;
  if (take === null) {
    // the ear heard nothing: only the sound can still say that it was there
    if (measured !== null && Math.abs(measured) < wrong && evidence.rise >= ROSE_DB) return { verdict: "right", off: measured };
    const gone = evidence.partials >= CLEAR_PARTIALS && (evidence.clear < THERE_DB || evidence.rise < 0 || Math.abs(evidence.off!) > FARTHEST_CENTS);
    return { verdict: wanted(one) && (gone || one.takeStroke === null) ? "missed" : "unsure", off: null };
  }
  const heard = take.cents! - cents - ofFret;
  const sure = take.confidence.pitch >= SURE;
  if (Math.abs(heard) < SAME_CENTS) {
    if (measured !== null && Math.abs(evidence.off!) < FARTHEST_CENTS) {
      if (Math.abs(measured) > wrong) return { verdict: "wrongPitch", off: measured };
      return { verdict: onOtherString(one) ? "wrongString" : "right", off: measured };
    }
    if (beside !== null && Math.abs(beside) > wrong && Math.abs(beside + ofFret) < FARTHEST_CENTS) return { verdict: "wrongPitch", off: beside };
    // nothing stands out against what was heard, or something else does
    if (!sure && measured !== null) return { verdict: "unsure", off: null };
    return { verdict: Math.abs(heard) > wrong ? (sure ? "wrongPitch" : "unsure") : onOtherString(one) ? "wrongString" : "right", off: heard };
  }
  if (measured !== null && Math.abs(evidence.off!) < FARTHEST_CENTS) {
    // between two frets: the ear took the next one
    if (Math.abs(measured) > wrong && Math.sign(measured) === Math.sign(heard) && Math.abs(heard) < NEXT_FRET_CENTS)
      return { verdict: "wrongPitch", off: measured };
    // the sound says it is there, the ear that it is another
    return Math.abs(measured) < wrong && evidence.rise >= ROSE_DB && !sure
      ? { verdict: "right", off: measured }
      : { verdict: sure ? "wrongPitch" : "unsure", off: heard };
  }
  const agree = evidence.off !== null && Math.abs(evidence.off - (take.cents! - cents)) < 40;
  return sure || agree ? { verdict: "wrongPitch", off: heard } : { verdict: "unsure", off: null };
}

/** Whether the master surely played it: an open string may have rung along. */
const wanted = ({ note }: Expected): boolean => Math.min(note.confidence.onset, note.confidence.pitch) >= (note.fret === 0 ? PLAYED_OPEN : PLAYED);

const onOtherString = ({ note, take }: Expected): boolean =>
  take !== null &&
  note.string !== null &&
  take.string !== null &&
  take.string !== note.string &&
  note.confidence.string >= SURE &&
  take.confidence.string >= SURE;

/** What was played within the runs and is not the master's. An open string that rings along is a drone and no fault. */
export function ownNotes(
  own: readonly PlayedStroke[],
  played: readonly PlayedStroke[],
  runs: readonly Run[],
  judged: readonly Judged[],
  sound: TakeSound,
): HeardNote[] {
  const used = new Set(judged.flatMap(({ take }) => take?.id ?? []));
  // the open strings the master lets ring along
  const drones = new Set(own.flatMap(({ notes }) => notes.flatMap((note) => (note.fret === 0 ? [note.string] : []))));
  return runs.flatMap((run) => {
    const [from, to] = [run[0]![1], run.at(-1)![1]];
    const struck = new Set(run.map(([, j]) => j));
    return played.slice(from, to + 1).flatMap((stroke, k) => {
      const j = from + k;
      return stroke.notes.filter((note) => {
        if (used.has(note.id) || note.confidence.onset < SURE || note.confidence.pitch < SURE) return false;
        if (struck.has(j) && note.fret === 0 && drones.has(note.string)) return false;
        const next = played.slice(j + 1, j + 8).find((one) => one.notes.some((other) => other.string === note.string));
        const { off, clear, rise, partials } = evidenceFor(
          sound,
          stroke.at,
          next?.at ?? stroke.at + 1,
          note.cents!,
          sounding(played, stroke.at, j, note.string),
        );
        return off !== null && partials >= CLEAR_PARTIALS && Math.abs(off) < FARTHEST_CENTS && clear >= CLEAR_DB && rise >= ROSE_DB;
      });
    });
  });
}
