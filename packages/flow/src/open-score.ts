import { type Cents, Complaint, clamp, type Progress, SAMPLE_RATE, type Seconds } from "@kuishi/base";
import { type Strip, sourceOf } from "@kuishi/engine";
import { understandTune } from "@kuishi/listen";
import type { Heard, HeardNote, HeardStroke, MidiTrack } from "@kuishi/score";
import { type Instrument, instruments, makeFor } from "@kuishi/tuning";
import { type HeardFile, type Host, instrumentOf } from "./hear.ts";
import { type Performance, type PerformedTrack, partsNamed, performed, type WrittenNote } from "./performance.ts";
import { planOfScore } from "./play.ts";
import { eventsHeard, soundOf } from "./play-heard.ts";

/** How a score is to be opened. */
export interface ScoreOptions {
  /** Who plays the tune's part; without it, what the score names. */
  readonly instrument?: string | undefined;
  /** Parts that sound, by name, id or number; without them, all. */
  readonly parts?: readonly string[] | undefined;
  readonly seed: number;
  /** What is known of the tune already, used instead. */
  readonly analysis?: Heard | undefined;
  /** Is told what of a damaged file cannot be read. */
  readonly tell?: ((complaint: Complaint) => void) | undefined;
}
/** Silence before the first note, and sound after the last, seconds. */
const [LEAD_SEC, RING_SEC] = [0.25, 1.2];
/** Of a longer score the beginning is taken, seconds. */
const LONGEST_SEC = 1200;

/**
 * Opens a written score: its own parts play it, each with its own instrument, and the part that has the tune is read, not heard.
 * @throws Complaint.
 */
export async function openScore(host: Host, name: string, bytes: Uint8Array, options: ScoreOptions, progress: Progress): Promise<HeardFile> {
  const whole = performed(name, bytes, options.tell);
  const wanted = options.parts && options.parts.length > 0 ? new Set(partsNamed(whole.score, options.parts)) : undefined;
  const { tracks, lines, bars, seconds, cut } = moved(whole, (part) => !wanted || wanted.has(part));
  const asked = options.instrument === undefined ? undefined : instrumentOf(options.instrument);
  const lead = leadOf({ ...whole, lines }, asked ?? instrumentOf());
  const track = tracks.find((one) => one.part === lead && !one.drums);
  // a part that no instrument of ours plays is read as a singer's line
  const own = track?.unnamed ? undefined : track?.instrument?.heard ? track.instrument : instruments.get("voice");
  const instrument = asked ?? own ?? instrumentOf();
  const other = instrument !== own;
  const tune = lines[lead]!;
  const line = other ? inReach(tune, instrument) : tune;
  const laid = instrument.heard === "strokes" ? onStrings(line, instrument) : asLine(line);
  if (laid.notes.length < 3) throw new Complaint("notEnough", "listen.few", { count: laid.notes.length });
  const read =
    options.analysis ?? (await understandTune({ ...laid, strings: stringsOf(instrument), bars, beats: beatsOf(bars, seconds), seconds }, instrument, progress));
  const heard = cut && !options.analysis ? { ...read, warnings: [...read.warnings, { code: "passage", fromSec: 0, toSec: seconds }] } : read;
  const plan = planOfScore({ tracks, seconds }, options.seed);
  const make = other || instrument.heard === "strokes" ? makeFor(instrument) : undefined;
  const strips = plan.strips.map((strip, t): Strip => {
    if (tracks[t] !== track || !make) return strip;
    const open = instrument.tunings[0]?.open ?? [];
    const source = (other ? { ...sourceOf(make), ...(open.length > 0 ? { open } : {}) } : strip.source) as Strip["source"];
    return { ...strip, source, events: eventsHeard(heard, options.seed) };
  });
  const recording = await soundOf(host, { ...plan, strips, frames: Math.round(seconds * SAMPLE_RATE) }, progress);
  return { heard, recording, written: { score: whole.score, tracks: tracks.map((one) => midiTrack(one, one === track ? instrument.name : "")) } };
}

/** @param player who plays it, where nothing names it. */
const midiTrack = ({ name, drums, notes }: PerformedTrack, player: string): MidiTrack => ({ name: name || player, drums, notes });

/** Parts that are wanted, behind a little silence, and no longer than is taken of a score. */
function moved(
  { tracks, lines, bars, seconds }: Performance,
  wanted: (part: number) => boolean,
): Pick<Performance, "tracks" | "lines" | "bars" | "seconds"> & { readonly cut: boolean } {
  const cut = seconds > LONGEST_SEC;
  const most = cut ? LONGEST_SEC : Number.POSITIVE_INFINITY;
  const later = <T extends { readonly at: Seconds }>(list: readonly T[]): T[] =>
    list.flatMap((one) => (one.at < most ? [{ ...one, at: one.at + LEAD_SEC }] : []));
  const kept = tracks.filter((track) => wanted(track.part)).map((track) => ({ ...track, notes: later(track.notes) }));
  const end = kept.reduce((last, track) => track.notes.reduce((most, note) => Math.max(most, note.at + note.length), last), 0);
  return {
    tracks: kept.filter((track) => track.notes.length > 0),
    lines: lines.map((line, part) => (wanted(part) ? later(line) : [])),
    bars: later(bars).filter((bar) => bar.at < end + RING_SEC - 1),
    seconds: end + RING_SEC,
    cut,
  };
}

/** The part that has the tune: named like the instrument it is wanted for, else that which has words, else the highest of those that play often. */
function leadOf({ score, tracks, lines }: Performance, instrument: Instrument): number {
  const playing = lines.flatMap((line, part) => (line.length > 0 ? [part] : []));
  if (playing.length === 0) throw new Complaint("notEnough", "score.empty");
  const named = playing.find((part) => tracks.some((track) => track.part === part && track.instrument === instrument && score.parts.length > 1));
  if (named !== undefined) return named;
  const sung = playing.filter((part) =>
    score.parts[part]?.bars.some((bar) => bar.items.some((item) => item.kind === "chord" && (item.lyrics?.length ?? 0) > 0)),
  );
  const most = Math.max(...playing.map((part) => lines[part]!.length));
  const often = sung.length > 0 ? sung : playing.filter((part) => lines[part]!.length > most * 0.4);
  const height = (part: number): number => lines[part]!.reduce((sum, note) => sum + note.cents, 0) / lines[part]!.length;
  return often.reduce((a, b) => (height(b) > height(a) ? b : a));
}

/** A tune brought by octaves to where another instrument has most of it. */
function inReach(tune: readonly WrittenNote[], instrument: Instrument): WrittenNote[] {
  const open = instrument.tunings[0]?.open ?? [];
  const [low, high] = open.length > 0 ? [open[0]!, open.at(-1)! + instrument.frets * 100] : [instrument.lowest, instrument.highest];
  const middle = [...tune].sort((a, b) => a.cents - b.cents)[tune.length >> 1]?.cents ?? 0;
  const target = open.length > 0 ? open.at(-1)! + 500 : (low + high) / 2;
  const move = Math.round((target - middle) / 1200) * 1200;
  const folded = (cents: Cents): Cents => {
    const over = Math.ceil(Math.max(0, cents - high - 1) / 1200);
    const under = Math.ceil(Math.max(0, low - 1 - cents) / 1200);
    return cents + (under - over) * 1200;
  };
  return tune.map(({ at, length, cents, velocity }) => ({ at, length, cents: folded(cents + move), velocity }));
}

/** Notes that begin so near to each other are struck together, seconds. */
const TOGETHER_SEC = 0.03;
const CERTAIN = { onset: 1, pitch: 1, string: 1, fret: 1 } as const;

interface Laid {
  readonly notes: HeardNote[];
  readonly strokes: HeardStroke[];
}
/** One note after the other: of what sounds together, the highest. */
function asLine(tune: readonly WrittenNote[]): Laid {
  return {
    notes: chordsOf(tune).map(([top], i) => noteOf(top!, i, null, null, "sustained")),
    strokes: [],
  };
}
function chordsOf(tune: readonly WrittenNote[]): WrittenNote[][] {
  const out: WrittenNote[][] = [];
  for (const note of tune) {
    const last = out.at(-1);
    if (last && note.at - last[0]!.at < TOGETHER_SEC) last.push(note);
    else out.push([note]);
  }
  return out.map((chord) => chord.sort((a, b) => b.cents - a.cents));
}
const noteOf = (note: WrittenNote, index: number, string: number | null, fret: number | null, articulation: HeardNote["articulation"]): HeardNote => ({
  id: `n${index + 1}`,
  onset: note.at,
  offset: note.at + Math.max(0.05, note.length),
  cents: note.cents,
  string,
  fret,
  articulation,
  confidence: CERTAIN,
});

/** A tune on the strings of an instrument: where it is written so, else each moment's highest note on the highest string that has it, others below. */
function onStrings(tune: readonly WrittenNote[], instrument: Instrument): Laid {
  const open = instrument.tunings[0]?.open ?? [];
  const notes: HeardNote[] = [];
  const strokes: HeardStroke[] = [];
  for (const chord of chordsOf(tune)) {
    const taken = new Set<number>();
    const ids: string[] = [];
    for (const note of chord) {
      const string = stringFor(note, open, instrument.frets, taken);
      if (string !== null) taken.add(string);
      const fret = string === null ? null : (note.fret ?? Math.max(0, Math.round((note.cents - open[string]!) / 50) / 2));
      const own = noteOf(note, notes.length, string, fret, "plucked");
      notes.push(own);
      ids.push(own.id);
    }
    const direction = chord.find((note) => note.stroke)?.stroke ?? (strokes.length % 2 === 0 ? "down" : "up");
    strokes.push({ at: chord[0]!.at, direction, noteIds: ids, accent: clamp(Math.max(...chord.map((note) => note.velocity)), 0, 1), confidence: 1 });
  }
  return { notes, strokes };
}
/** Written strings count from the highest. */
function stringFor(note: WrittenNote, open: readonly Cents[], frets: number, taken: ReadonlySet<number>): number | null {
  const written = note.string === undefined ? -1 : open.length - note.string;
  if (written >= 0 && written < open.length && !taken.has(written)) return written;
  for (let k = open.length - 1; k >= 0; k--) if (!taken.has(k) && note.cents >= open[k]! - 30 && note.cents <= open[k]! + frets * 100) return k;
  return null;
}
function stringsOf({ heard, tunings, frets }: Instrument): Heard["tuning"]["strings"] {
  const open = heard === "strokes" ? (tunings[0]?.open ?? []) : [];
  return open.map((openCents) => ({
    openCents,
    fretCents: Array.from({ length: frets + 1 }, (_, fret) => openCents + fret * 100),
    fretConfidence: Array<number>(frets + 1).fill(1),
    confidence: 1,
  }));
}

/** Where the groups of each bar begin; a bar's last group ends with the next bar. */
function beatsOf(bars: Performance["bars"], seconds: Seconds): Seconds[] {
  return bars.flatMap((bar, i) => {
    const pulses = bar.groups.reduce((sum, group) => sum + group, 0);
    const before = bars[i - 1];
    const to = bars[i + 1]?.at ?? (before ? bar.at + (bar.at - before.at) : seconds);
    let at = 0;
    return bar.groups.map((group) => {
      at += group;
      return bar.at + ((to - bar.at) * (at - group)) / pulses;
    });
  });
}
