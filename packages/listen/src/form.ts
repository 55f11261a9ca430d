import { type Cents, clamp, exp, median, rounded, type Seconds } from "@kuishi/base";
import type { Heard, HeardNote, HeardSection, HeardStroke } from "@kuishi/score";
import { fold } from "@kuishi/tuning";

/** What a form is told from. */
export interface FormParts {
  /** Notes that mode and form are told from, in order. */
  readonly notes: readonly HeardNote[];
  readonly strokes: readonly HeardStroke[];
  readonly downbeats: readonly Seconds[];
  readonly end: Seconds;
  readonly tonic: Cents;
  /** Open high string of a two-string lute; null for others. */
  readonly openHigh: Cents | null;
  /** Part of the time somebody sings. */
  readonly sung: number;
}
/** Sections, and for plucked two-string lutes the kind of piece. */
export interface FoundForm {
  readonly kind: Heard["kind"];
  readonly sections: HeardSection[];
}

/**
 * Decides what kind of piece it is, then its sections: registers of the neck for a tökpe küi, letters and refrain by
 * likeness for all else.
 */
export function findForm(parts: FormParts): FoundForm {
  const kind = kindOf(parts);
  const bars = barsOf(parts);
  const sections = kind?.name === "tokpe" && parts.openHigh !== null ? zones(parts, parts.openHigh, bars) : letters(parts, bars);
  return { kind, sections };
}

/** Tökpe strums both strings fast and evenly, shertpe plucks single strings freely (docs/sources.md#kui-form), a song is sung or evenly accompanied. */
function kindOf({ notes, strokes, openHigh, sung }: FormParts): Heard["kind"] {
  if (openHigh === null) return undefined;
  const strings = new Map(notes.map((note) => [note.id, note]));
  const plucked = strokes.filter((stroke) => stroke.noteIds.some((id) => strings.has(id)));
  if (plucked.length < 12) return undefined;
  const gaps = plucked.slice(1).map((stroke, i) => stroke.at - plucked[i]!.at);
  const rate = 1 / median(gaps);
  const both = plucked.filter((stroke) => stroke.noteIds.length > 1).length / plucked.length;
  const left = notes.filter((note) => note.articulation !== "plucked").length / notes.length;
  const steps = gaps.slice(1).map((gap, i) => Math.min(...SIMPLE.map((simple) => Math.abs(gap / gaps[i]! / simple - 1))));
  const even = steps.filter((off) => off < 0.08).length / Math.max(1, steps.length);
  const scores = {
    tokpe: 7 * (both - 0.55) + 0.7 * (clamp(rate, 1, 9) - 5.5) - 8 * sung,
    shertpe: 9 * (0.3 - both) + 3 * (0.5 - even) + 6 * Math.min(0.3, left) - 8 * sung,
    song: 3 * (even - 0.5) - 0.5 * (clamp(rate, 1, 9) - 4) - 4 * Math.max(0, Math.abs(both - 0.5) - 0.15) + 6 * Math.max(0, sung - 0.1),
  };
  const [[name, best]] = Object.entries(scores).sort((a, b) => b[1] - a[1]) as [[keyof typeof scores, number]];
  const sum = Object.values(scores).reduce((all, score) => all + exp(score - best), 0);
  return { name, confidence: rounded(clamp(1 / sum, 0.34, 0.95), 3) };
}
/** Ratios of neighbouring gaps in even playing. */
const SIMPLE = [1 / 4, 1 / 3, 1 / 2, 2 / 3, 1, 1.5, 2, 3, 4];

interface Stretch {
  readonly from: Seconds;
  readonly to: Seconds;
  readonly notes: readonly HeardNote[];
}
/** Bars, or where none were found stretches of two seconds. */
function barsOf({ notes, downbeats, end }: FormParts): Stretch[] {
  const count = Math.max(2, Math.ceil(end / 2));
  const edges = downbeats.length >= 4 ? [0, ...downbeats.slice(1), end] : Array.from({ length: count + 1 }, (_, i) => (i * end) / count);
  return edges.slice(0, -1).map((from, i) => {
    const to = edges[i + 1]!;
    return { from, to, notes: notes.filter((note) => note.onset >= from - 0.03 && note.onset < to - 0.03) };
  });
}

type Zone = "bas" | "orta" | "kishi" | "ulken";
/** Frets of the melody in each register: middle and spread (docs/sources.md#kui-form: 0-5, 5-7, 9-12, 12-17). */
const ZONES: readonly (readonly [Zone, number, number])[] = [
  ["bas", 3, 2],
  ["orta", 6.7, 1.3],
  ["kishi", 10.4, 1.4],
  ["ulken", 14.3, 1.8],
];
/** Cost of going to another register: a saga lasts. */
const MOVE = 9;

/** Registers of a tökpe küi: the most probable walk of the melody's hand (Viterbi). */
function zones({ end }: FormParts, openHigh: Cents, bars: readonly Stretch[]): HeardSection[] {
  const costs = bars.map(({ notes }) => {
    const frets = topFrets(notes, openHigh);
    return ZONES.map(
      ([, middle, spread]) =>
        frets.reduce((sum, fret) => sum + Math.min(4, 0.5 * ((fret - middle) / spread) * ((fret - middle) / spread)), 0) / Math.max(1, Math.sqrt(frets.length)),
    );
  });
  let now = costs[0] ?? [];
  const back: number[][] = [];
  for (const own of costs.slice(1)) {
    const links = own.map((_, z) => now.reduce((best, cost, k) => (cost + (k === z ? 0 : MOVE) < now[best]! + (best === z ? 0 : MOVE) ? k : best), z));
    now = own.map((cost, z) => cost + now[links[z]!]! + (links[z] === z ? 0 : MOVE));
    back.push(links);
  }
  let at = now.indexOf(Math.min(...now));
  const path: number[] = [];
  for (let i = bars.length - 1; i >= 0; i--) {
    path[i] = at;
    if (i > 0) at = back[i - 1]![at]!;
  }
  const seen = new Set<string>();
  const sections: HeardSection[] = [];
  path.forEach((zone, i) => {
    if (i > 0 && path[i - 1] === zone) return;
    let to = i;
    while (to < path.length && path[to] === zone) to++;
    const [name] = ZONES[zone]!;
    // how much better this register explains its bars than the next best does
    const lead = median(
      bars.slice(i, to).map((_, k) => {
        const all = costs[i + k]!;
        return Math.min(...all.filter((_, z) => z !== zone)) - all[zone]!;
      }),
    );
    sections.push({
      fromSec: rounded(i === 0 ? 0 : bars[i]!.from, 3),
      toSec: rounded(to === path.length ? end : bars[to]!.from, 3),
      label: name,
      zone: name,
      ...(seen.has(name) ? { repeatOf: name } : {}),
      confidence: rounded(clamp(1 / (1 + exp(-0.7 * lead)), 0.2, 0.95), 3),
    });
    seen.add(name);
  });
  return sections;
}

/** Fret of the melody in each stroke: of the high string. */
function topFrets(notes: readonly HeardNote[], openHigh: Cents): number[] {
  const tops = new Map<Seconds, Cents>();
  for (const note of notes) if (note.cents !== null) tops.set(note.onset, Math.max(tops.get(note.onset) ?? -Infinity, note.cents));
  return [...tops.values()].map((cents) => Math.max(0, (cents - openHigh) / 100));
}

const HALVES = 2;
const BINS = 24;
const FEATURES = HALVES * BINS + 2;

/** What happens in a bar: pitch classes of its halves (50-cent bins), register, density. */
function describe({ notes, from, to }: Stretch, tonic: Cents): Float32Array {
  const out = new Float32Array(FEATURES);
  for (const note of notes) {
    const half = clamp(Math.floor(((note.onset - from + 0.03) / (to - from)) * HALVES), 0, HALVES - 1);
    const bin = Math.floor(fold(note.cents! + 25, tonic) / 50) % BINS;
    out[half * BINS + bin] = out[half * BINS + bin]! + Math.min(0.4, note.offset - note.onset);
  }
  let sum = 0;
  for (let k = 0; k < HALVES * BINS; k++) sum += out[k]! * out[k]!;
  const scale = sum > 0 ? 1 / Math.sqrt(sum) : 0;
  for (let k = 0; k < HALVES * BINS; k++) out[k] = out[k]! * scale;
  if (notes.length > 0) {
    const heights = notes.map((note) => note.cents!).sort((a, b) => a - b);
    out[FEATURES - 2] = (heights[Math.floor(heights.length * 0.8)]! - tonic) / 900;
    out[FEATURES - 1] = Math.min(2, notes.length / (to - from) / 12);
  }
  return out;
}

function distance(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += (a[k]! - b[k]!) * (a[k]! - b[k]!);
  return Math.sqrt(sum);
}

/** Bars on each side that tell whether something new begins. */
const REACH = 4;
/** Sections this like are the same. */
const SAME_SECTION_DISTANCE = 0.45;

/** Sections where what is played changes (novelty of bar descriptions), lettered by likeness; what returns after others is a refrain. */
function letters({ end, tonic }: FormParts, stretches: readonly Stretch[]): HeardSection[] {
  const bars = stretches.map((stretch) => describe(stretch, tonic));
  const mean = (from: number, to: number): Float32Array => {
    const out = new Float32Array(FEATURES);
    for (let i = from; i < to; i++) for (let k = 0; k < FEATURES; k++) out[k] = out[k]! + bars[i]![k]! / (to - from);
    return out;
  };
  const novelty = bars.map((_, i) => (i < 3 || i > bars.length - 3 ? 0 : distance(mean(Math.max(0, i - REACH), i), mean(i, Math.min(bars.length, i + REACH)))));
  const level = novelty.reduce((a, b) => a + b, 0) / Math.max(1, novelty.length);
  const cuts = [0];
  novelty.forEach((value, i) => {
    const peak = novelty.slice(Math.max(0, i - REACH), i + REACH + 1).every((other) => other <= value);
    if (peak && value > level * 1.15 && value > 0.25 && i - cuts.at(-1)! >= REACH && bars.length - i >= 3) cuts.push(i);
  });
  const kinds: { label: string; mean: Float32Array; count: number }[] = [];
  const found = cuts.map((from, i) => {
    const to = cuts[i + 1] ?? bars.length;
    const centre = mean(from, to);
    const near = kinds.map((kind) => ({ kind, d: distance(kind.mean, centre) })).sort((a, b) => a.d - b.d)[0];
    const known = near !== undefined && near.d < SAME_SECTION_DISTANCE ? near.kind : undefined;
    const kind = known ?? { label: String.fromCharCode(65 + (kinds.length % 26)), mean: centre, count: 0 };
    if (!known) kinds.push(kind);
    kind.count++;
    return { from, to, kind, again: known !== undefined };
  });
  // neighbours of one kind are one section
  const merged = found.filter((section, i) => i === 0 || section.kind !== found[i - 1]!.kind);
  const returns = kinds.map((kind) => merged.filter((section) => section.kind === kind).length);
  const most = Math.max(...returns);
  const refrain = most >= 2 && kinds.length >= 2 && returns.filter((count) => count === most).length === 1 ? kinds[returns.indexOf(most)] : undefined;
  return merged.map((section, i) => {
    const next = merged[i + 1];
    const label = section.kind === refrain ? "refrain" : section.kind.label;
    return {
      fromSec: rounded(i === 0 ? 0 : stretches[section.from]!.from, 3),
      toSec: rounded(next ? stretches[next.from]!.from : end, 3),
      label,
      ...(section.again ? { repeatOf: label } : {}),
      confidence: rounded(clamp(0.3 + novelty[section.from]! * 0.5, 0.2, 0.85), 3),
    };
  });
}
