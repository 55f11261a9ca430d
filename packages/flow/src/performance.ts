import { Complaint, clamp, type Seconds } from "@kuishi/base";
import { midiParts, type PlayedScore, type PlayedTrack, playOut, type Score, type TimedNote, type TimedPart, type TimeSignature } from "@kuishi/score";
import { type Instrument, instrumentCalled, instruments, makeForProgram } from "@kuishi/tuning";
import { isMidi, readScore } from "./scores.ts";

/** What one part of a score sounds with: pitched sounds and percussion are tracks of their own. */
export interface PerformedTrack extends PlayedTrack {
  /** Which part of the score, from 0. */
  readonly part: number;
  /** What of ours it is played on, where the score names one that we have. */
  readonly instrument?: Instrument;
  /** Nothing says what plays it. */
  readonly unnamed?: true;
}
/** A score as it is performed, and as it is written, in the same seconds. */
export interface Performance {
  readonly score: Score;
  readonly tracks: readonly PerformedTrack[];
  /** Of each part of the score its pitched notes as they are written: no ornament played, nothing shortened. */
  readonly lines: readonly (readonly WrittenNote[])[];
  /** Bars in the order played, their groups in eighths; none where the score counts none. */
  readonly bars: readonly { readonly at: Seconds; readonly groups: readonly number[] }[];
  readonly seconds: Seconds;
}
export type WrittenNote = Pick<TimedNote, "at" | "length" | "cents" | "velocity" | "string" | "fret" | "stroke">;

/** What plays where nothing is named: General MIDI's plucked lute, the dombra. */
const DOMBRA_PROGRAM = 106;
const DRUM_CHANNEL = 9;

/**
 * Performs a score: MIDI exactly as it was recorded, what is written played out by its signs.
 * @param tell is told what cannot be read. @throws Complaint.
 */
export function performed(name: string, bytes: Uint8Array, tell?: (complaint: Complaint) => void): Performance {
  const score = readScore(name, bytes, tell);
  return isMidi(bytes) ? performedMidi(score, midiParts(bytes, tell && (() => {}))) : performedScore(score);
}

function performedMidi(score: Score, { tracks, bars, seconds }: PlayedScore): Performance {
  return {
    score,
    seconds,
    bars: bars.map(({ at, beats, unit }) => ({ at, groups: eighths([{ groups: Array(Math.min(32, beats)).fill(1), unit }]) })),
    tracks: tracks.map((track, part) => ({
      ...track,
      part,
      notes: [...track.notes].sort((a, b) => a.at - b.at),
      ...known(instrumentCalled(track.name) ?? (track.program > 0 ? makeForProgram(track.program)?.instrument : undefined)),
    })),
    lines: tracks.map((track) => (track.drums ? [] : [...track.notes].sort((a, b) => a.at - b.at || a.cents - b.cents))),
  };
}

function performedScore(score: Score): Performance {
  const { parts, bars, seconds } = playOut(score);
  const sounding = parts.filter((part) => part.notes.length > 0);
  const tracks = parts.flatMap((part, p): PerformedTrack[] => {
    const [told] = part.instruments;
    const drums = told?.channel === DRUM_CHANNEL;
    const place = sounding.length > 1 ? (sounding.indexOf(part) / (sounding.length - 1) - 0.5) * 0.8 : 0;
    const instrument = instrumentOf(score, part, p);
    const of = (struck: boolean): PerformedTrack => ({
      name: part.name || told?.name || "",
      program: clamp(told?.program ?? programCalled(part) ?? DOMBRA_PROGRAM, 0, 127),
      volume: clamp(told?.volume ?? 0.8, 0, 1),
      pan: clamp(told?.pan ?? place, -1, 1),
      reverb: 0.3,
      chorus: 0,
      part: p,
      drums: struck,
      notes: part.notes.filter((note) => (drums || note.drum !== undefined) === struck),
      ...(struck ? {} : instrument === "unnamed" ? { unnamed: true } : known(instrument)),
    });
    return [of(false), of(true)].filter((track) => track.notes.length > 0);
  });
  const written = playOut(score, { asWritten: true });
  return {
    score,
    seconds,
    tracks,
    lines: written.parts.map((part) => (part.instruments[0]?.channel === DRUM_CHANNEL ? [] : part.notes.filter((note) => note.drum === undefined))),
    bars: bars.some(({ time }) => (time?.meters.length ?? 0) > 0)
      ? bars.map(({ at, bar, time }) => {
          const { length } = score.bars[bar]!;
          return { at, groups: fitted(eighths(time?.meters ?? []), (8 * length[0]) / length[1]) };
        })
      : [],
  };
}
const known = (instrument: Instrument | undefined): { readonly instrument?: Instrument } => (instrument ? { instrument } : {});

/** The instrument of ours that a part names: by its name or its sound's, its program, or as many strings. */
function instrumentOf(score: Score, part: TimedPart, p: number): Instrument | "unnamed" | undefined {
  const [told] = part.instruments;
  const named = instrumentCalled(part.name) ?? instrumentCalled(told?.name ?? "");
  if (named) return named;
  const program = told?.program ?? programCalled(part);
  if (program !== undefined) return makeForProgram(program)?.instrument;
  const details = score.parts[p]?.bars[0]?.items.find((item) => item.kind === "staff");
  const strings = details?.kind === "staff" ? (details.strings?.length ?? 0) : 0;
  const strung = [...instruments.values()].find((one) => one.heard === "strokes" && one.tunings[0]?.open.length === strings);
  return strung ?? "unnamed";
}

/** Beginnings of the names that parts commonly have, and General MIDI's program for each; the first that fits. */
// biome-ignore format: a table
const CALLED: readonly (readonly [program: number, ...names: readonly string[]])[] = [
  [6, "harpsichord", "cembalo", "clavecin", "клавесин"], [0, "piano", "pno", "klavier", "keyboard", "фортеп", "пиано", "рояль"], [19, "organ", "orgel", "орган"],
  [21, "accordion", "akkordeon", "баян", "аккорд", "гармон", "сырнай"], [105, "banjo", "банджо"], [25, "mandolin", "ukulele", "мандол", "укулел"],
  [40, "violin", "fiddle", "geige", "скрип"], [41, "viola", "bratsche", "альт"], [42, "cello", "violoncello", "виолонч"], [43, "contrabass", "kontrabass", "контрабас"],
  [48, "strings", "streicher", "струн"], [46, "harp", "harfe", "арф"], [56, "trumpet", "trompete", "труб"], [57, "trombon", "posaune", "тромбон"], [58, "tuba", "туба"],
  [60, "horn", "валторн"], [65, "sax", "сакс"], [68, "oboe", "гобой"], [70, "bassoon", "fagot", "фагот"], [71, "clarinet", "klarinet", "кларнет"],
  [73, "flute", "flöte", "flauto", "флейт"], [74, "recorder", "blockfl", "блокфл"], [52, "voice", "vocal", "soprano", "alto", "tenor", "choir", "chor", "сопрано", "тенор", "хор", "голос", "дауыс"],
  [33, "bass", "бас"], [11, "vibraphon", "marimba", "xylophon", "вибрафон", "ксилофон"], [9, "glockenspiel", "bells", "колокол"],
];
function programCalled(part: TimedPart): number | undefined {
  const words = `${part.name} ${part.instruments[0]?.name ?? ""}`.toLowerCase().match(/[\p{L}\p{M}]+/gu) ?? [];
  return CALLED.find(([, ...names]) => names.some((name) => words.some((word) => word.startsWith(name))))?.[0];
}

/** Groups in eighths: of added signatures all, quarters and longer as two and more. */
function eighths(meters: TimeSignature["meters"]): readonly number[] {
  return meters.flatMap(({ groups, unit }) => groups.map((group) => clamp(Math.round((group * 8) / unit), 1, 32))).slice(0, 32);
}
/** The groups of a bar that lasts so many eighths: a pickup has the last of its meter's, a longer bar begins them again. */
function fitted(groups: readonly number[], length: number): readonly number[] {
  const whole = groups.reduce((sum, group) => sum + group, 0);
  if (groups.length === 0 || (!Number.isInteger(length) && length > whole)) return [clamp(Math.round(length), 1, 32)];
  const out: number[] = [];
  let left = Math.min(Math.max(1, Math.round(length)), 8 * 32);
  if (left >= whole) for (let k = 0; left > 0 && out.length < 32; k++) out.push(take(groups[k % groups.length]!));
  else for (let k = groups.length - 1; left > 0; k--) out.unshift(take(groups[k]!));
  return out;
  function take(group: number): number {
    const own = Math.min(group, left);
    left -= own;
    return own;
  }
}

/**
 * Which parts of a score are meant: by name, id, or number from 1.
 * @throws Complaint that names those there are.
 */
export function partsNamed(score: Score, wanted: readonly string[]): readonly number[] {
  const own = score.parts.map((part, p) => [part.id, part.name, `${p + 1}`].map((one) => one.toLowerCase().trim()));
  return wanted.flatMap((name) => {
    const found = own.flatMap((names, p) => (names.includes(name.toLowerCase().trim()) ? [p] : []));
    if (found.length > 0) return found;
    throw new Complaint("usage", "score.nopart", { name, known: score.parts.map((part, p) => `${p + 1} ${part.name || part.id}`).join(", ") });
  });
}
