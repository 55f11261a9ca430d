import type { Cents, Seconds } from "@kuishi/base";
import type { Heard } from "@kuishi/score";
import { classDistance, fold, type Scale } from "@kuishi/tuning";
import { curveAt } from "./choices.ts";
import { type Grid, strokeNear } from "./grid.ts";
import { roughness, type Timbre } from "./roughness.ts";
import { type ArrangedSection, sectionIndexAt } from "./sections.ts";
import type { Colour } from "./style.ts";

/** What sounds together over a root; named by what stands above it. Fourths and fifths lead (docs/sources.md#quart-quint). */
export type Sonority = "unison" | "quint" | "quart" | "quartquint" | "quartal" | "quintal" | "third" | "triad" | "seventh";

/** What sounds under a bar, in the tune's own cents. */
export interface Harmony {
  readonly from: Seconds;
  readonly to: Seconds;
  /** Pitch class of the root, as absolute cents near the tonic. */
  readonly root: Cents;
  readonly kind: Sonority;
  /** Cents above the root, ascending, the root itself (0) first; within two octaves. */
  readonly tones: readonly Cents[];
  /** Which degree of the scale the root is, 0 = tonic. */
  readonly degree: number;
  /** Where the section rests: a pedal that stays while the roots move, as absolute cents near the tonic. */
  readonly pedal: Cents;
  /** Roughness of the sonority with the recording's own timbre. */
  readonly roughness: number;
  /** How many of its tones are not of the tune's scale. */
  readonly outside: number;
}

/** How often two tones that sound together stand in each interval class, as shares. */
export interface Intervals {
  readonly unison: number;
  readonly third: number;
  readonly fourth: number;
  readonly fifth: number;
  readonly other: number;
}

/** The measured scale of the tune. */
export const scaleOf = (heard: Heard): Scale => ({ name: heard.mode.name, degrees: heard.mode.degreesCents, period: 1200 });

/** Within so many cents of a pure fifth or fourth a degree is one. */
const PURE = 32;

/** How well a note stands over a root: open intervals carry, thirds colour, seconds and tritones rub. */
export function affinity(interval: Cents): number {
  const near = (target: Cents): boolean => Math.abs(interval - target) < 45;
  if (near(0) || near(1200)) return 1;
  if (near(702)) return 0.75;
  if (near(498)) return 0.3;
  if (interval > 270 && interval < 430) return 0.4;
  if (near(900) || near(800)) return 0.15;
  if (near(1000)) return 0.05;
  return -0.35;
}

/** Shares of interval classes among pairs of tones. */
export function intervalsOf(pairs: Iterable<readonly [Cents, Cents, number]>): Intervals {
  const sums = { unison: 0, third: 0, fourth: 0, fifth: 0, other: 0 };
  let all = 0;
  for (const [a, b, weight] of pairs) {
    sums[classOf(Math.abs(a - b))] += weight;
    all += weight;
  }
  if (all > 0) for (const key of Object.keys(sums) as (keyof Intervals)[]) sums[key] = sums[key] / all;
  return sums;
}
function classOf(interval: Cents): keyof Intervals {
  const folded = fold(interval, 0);
  if (folded < 60 || folded > 1140) return "unison";
  if (folded >= 250 && folded <= 440) return "third";
  if (folded > 440 && folded < 560) return "fourth";
  if (folded > 640 && folded < 760) return "fifth";
  return "other";
}

/** What the tune itself does where both strings sound. One-voiced tunes answer the Qosalqa's figures (docs/sources.md#kui-form). */
export function tuneIntervals(heard: Heard): Intervals {
  const byId = new Map(heard.notes.map((note) => [note.id, note]));
  const pairs = heard.strokes.flatMap((stroke): [Cents, Cents, number][] => {
    const sounding = stroke.noteIds.map((id) => byId.get(id)?.cents ?? null).filter((cents): cents is number => cents !== null);
    return sounding.length === 2 ? [[sounding[0]!, sounding[1]!, 1]] : [];
  });
  return pairs.length >= 12 ? intervalsOf(pairs) : { unison: 0.16, third: 0.28, fourth: 0.35, fifth: 0.13, other: 0.08 };
}

interface Span {
  readonly from: Seconds;
  readonly to: Seconds;
}
/** Bars; where there are none, stretches of about four seconds, each from a stroke on. */
function spansOf(grid: Grid): Span[] {
  const first = grid.bars[0]?.from ?? grid.end;
  const spans = first > 0.4 ? stretches(grid, 0, first) : [];
  grid.bars.forEach((bar, i) => {
    spans.push({ from: bar.from, to: bar.to });
    const next = grid.bars[i + 1]?.from ?? grid.end;
    if (next - bar.to > 3) spans.push(...stretches(grid, bar.to, next));
  });
  return spans;
}
function stretches(grid: Grid, from: Seconds, to: Seconds): Span[] {
  const count = Math.max(1, Math.round((to - from) / 4));
  const cuts = Array.from({ length: count }, (_, i) =>
    i === 0 ? from : (strokeNear(grid.strokes, from + ((to - from) * i) / count, 1.5)?.at ?? from + ((to - from) * i) / count),
  );
  return cuts.map((at, i) => ({ from: at, to: cuts[i + 1] ?? to })).filter((span) => span.to > span.from);
}

/** How well each degree would be the root of each span. */
function rootScores(heard: Heard, spans: readonly Span[]): number[][] {
  const tonic = heard.mode.tonicCents;
  const degrees = heard.mode.degreesCents;
  const open = heard.tuning.strings.map((string) => string.openCents);
  // a root without a fifth or fourth of its own in the scale stands badly
  const bonus = degrees.map((degree, i) => {
    const has = (interval: Cents): boolean => degrees.some((other) => classDistance(tonic + other, tonic + degree + interval) < PURE);
    return (
      (i === 0 ? 0.35 : 0) +
      (open.some((cents) => classDistance(cents, tonic + degree) < 40) ? 0.15 : 0) +
      (has(702) ? 0.1 : 0) +
      (has(702) || has(498) ? 0 : -0.3)
    );
  });
  let start = 0;
  return spans.map((span) => {
    while (start < heard.notes.length && (heard.notes[start] as { onset: number }).onset < span.from - 6) start++;
    const sums = degrees.map(() => 0);
    let weight = 0;
    for (let k = start; k < heard.notes.length; k++) {
      const note = heard.notes[k]!;
      if (note.onset >= span.to - 0.03) break;
      if (note.cents === null || note.offset <= span.from + 0.05) continue;
      const w = Math.min(note.offset, span.to) - Math.max(note.onset, span.from);
      weight += w;
      degrees.forEach((degree, i) => {
        sums[i] = sums[i]! + w * affinity(fold(note.cents! + 30, tonic + degree) - 30);
      });
    }
    return degrees.map((_, i) => bonus[i]! + (weight > 0 ? (2 * sums[i]!) / weight : 0));
  });
}

/** Gain for staying on a root, and for a step of a fourth or fifth. */
const [STAY, LEAP] = [0.25, 0.12];
/** In so many spans at least three roots are touched, where the mode carries three. */
const WINDOW_SPANS = 16;

/** The walk of roots that the tune's notes want most (Viterbi). */
function rootsOf(scores: readonly (readonly number[])[], degrees: readonly Cents[]): number[] {
  const link = (a: number, b: number): number => {
    if (a === b) return STAY;
    const step = fold(degrees[b]!, degrees[a]!);
    return Math.abs(step - 498) < PURE || Math.abs(step - 702) < PURE ? LEAP : 0;
  };
  let now = [...(scores[0] ?? [])];
  const back: number[][] = [];
  for (const own of scores.slice(1)) {
    const from = own.map((_, b) => now.reduce((best, value, a) => (value + link(a, b) > now[best]! + link(best, b) ? a : best), 0));
    now = own.map((value, b) => value + now[from[b]!]! + link(from[b]!, b));
    back.push(from);
  }
  let at = now.indexOf(Math.max(...now));
  const path: number[] = [];
  for (let i = scores.length - 1; i >= 0; i--) {
    path[i] = at;
    if (i > 0) at = back[i - 1]![at]!;
  }
  // a ground that never moves is let move where it costs the tune least: in the second half of each window, where phrases turn
  for (let from = 0; from + WINDOW_SPANS <= path.length; from += WINDOW_SPANS / 4) {
    while (new Set(path.slice(from, from + WINDOW_SPANS)).size < Math.min(3, degrees.length)) {
      let change: { i: number; d: number; loss: number } | undefined;
      for (let i = from + 3; i < from + WINDOW_SPANS; i++) {
        if (i % 4 === 0 || path.slice(from, from + WINDOW_SPANS).filter((d) => d === path[i]).length < 2) continue;
        scores[i]!.forEach((score, d) => {
          if (path.slice(from, from + WINDOW_SPANS).includes(d)) return;
          const loss = scores[i]![path[i]!]! - score + (i % 4 === 3 ? 0 : 0.15);
          if (!change || loss < change.loss) change = { i, d, loss };
        });
      }
      if (!change) break;
      path[change.i] = change.d;
    }
  }
  return path;
}

interface RootCandidate {
  readonly kind: Sonority;
  readonly tones: readonly Cents[];
  readonly outside: number;
}

/** Every sonority that stands over a degree and that the colour allows. */
function candidatesOver(degree: number, degrees: readonly Cents[], colour: Colour): RootCandidate[] {
  const base = degrees[degree]!;
  const own = (target: Cents, reach: Cents): Cents | undefined => {
    let best: Cents | undefined;
    for (const other of degrees) {
      const interval = fold(other, base);
      if (Math.abs(interval - target) < reach && (best === undefined || Math.abs(interval - target) < Math.abs(best - target))) best = interval;
    }
    return best;
  };
  const fifth = own(702, PURE);
  const fourth = own(498, PURE);
  const list: RootCandidate[] = [{ kind: "unison", tones: [0, 1200], outside: 0 }];
  const add = (kind: Sonority, ...tones: (Cents | undefined)[]): void => {
    if (tones.every((tone) => tone !== undefined)) list.push({ kind, tones: tones, outside: 0 });
  };
  add("quint", 0, fifth, 1200);
  add("quart", 0, fourth, 1200);
  if (colour === "drone") return list;
  add("quartquint", 0, fourth, fifth, 1200);
  const seventh = own(996, 45);
  add("quartal", 0, fourth, seventh);
  const second = own(204, 45);
  add("quintal", 0, fifth, second === undefined ? undefined : second + 1200);
  if (colour === "open") return list;
  const third = own(350, 110);
  if (colour === "modal") {
    // close, and open with the third as a tenth: roughness says which
    add("third", 0, third, fifth ?? 1200);
    add("third", 0, fifth ?? 1200, third === undefined ? undefined : third + 1200);
    return list;
  }
  // Western: a triad or seventh on any root; what the scale lacks comes from outside and is counted
  const major = degrees.some((other) => Math.abs(fold(other, base) - 386) < 60);
  const triad = [0, third !== undefined && Math.abs(third - 350) > 25 ? third : major ? 400 : 300, fifth ?? 700];
  const outside = (third !== undefined && Math.abs(third - 350) > 25 ? 0 : 1) + (fifth === undefined ? 1 : 0);
  const top = own(1000, 60) ?? own(1100, 60);
  list.push({ kind: "triad", tones: triad, outside }, { kind: "seventh", tones: [...triad, top ?? 1000], outside: outside + (top === undefined ? 1 : 0) });
  return list;
}

const CLASSES: readonly (keyof Intervals)[] = ["unison", "third", "fourth", "fifth", "other"];
const pairsOf = (tones: readonly Cents[]): [Cents, Cents, number][] =>
  tones.flatMap((a, i) => tones.slice(i + 1).map((b): [Cents, Cents, number] => [a, b, 1]));

/** What harmony is chosen by. */
export interface HarmonyTask {
  readonly heard: Heard;
  readonly grid: Grid;
  readonly sections: readonly ArrangedSection[];
  readonly energy: readonly (readonly [Seconds, number])[];
  readonly timbre: Timbre;
  /** Of the style in a section. */
  readonly colourOf: (section: ArrangedSection) => { readonly colour: Colour; readonly tension: readonly [number, number] };
}

/**
 * One root a bar: the degrees that carry what the player sounds there. Over it a sonority: the tension the energy asks for chooses among
 * what mode and colour allow, by measured roughness, drawn towards the tune's own use of fourths, fifths, thirds and unisons.
 */
export function harmonise(task: HarmonyTask): Harmony[] {
  const { heard, grid, sections, energy, timbre } = task;
  const tonic = heard.mode.tonicCents;
  const degrees = heard.mode.degreesCents;
  const spans = spansOf(grid);
  const scores = rootScores(heard, spans);
  const roots = rootsOf(scores, degrees);
  const pedals = sections.map((section) => {
    const inside = spans.flatMap((span, i) => (span.from >= section.from - 0.05 && span.from < section.to - 0.05 ? [i] : []));
    const sums = degrees.map((_, d) => inside.reduce((sum, i) => sum + scores[i]![d]!, 0));
    return tonic + degrees[sums.indexOf(Math.max(...sums))]!;
  });
  const wanted = tuneIntervals(heard);
  const counts = { unison: 1, third: 0, fourth: 0, fifth: 0, other: 0 };
  const rough = new Map<string, number>();
  const bars = spans.map((span, i): Harmony => {
    const degree = roots[i]!;
    const section = sectionIndexAt(sections, (span.from + span.to) / 2);
    const { colour, tension } = task.colourOf(sections[section]!);
    const list = candidatesOver(degree, degrees, colour).map((candidate) => {
      const key = `${degree} ${candidate.tones.join()}`;
      let value = rough.get(key);
      if (value === undefined) rough.set(key, (value = roughness(pad(tonic + degrees[degree]!, candidate.tones), timbre)));
      return { ...candidate, roughness: value };
    });
    const [least, most] = [Math.min(...list.map((one) => one.roughness)), Math.max(...list.map((one) => one.roughness), 1e-9)];
    const at = curveAt(energy, (span.from + span.to) / 2);
    const target = tension[0] + (tension[1] - tension[0]) * at;
    const all = CLASSES.reduce((sum, key) => sum + counts[key], 0);
    const cost = (one: (typeof list)[number]): number => {
      const own = intervalsOf(pairsOf(one.tones));
      // what this adds to the intervals heard so far, against what the tune itself does
      const drift = CLASSES.reduce((sum, key) => sum + Math.abs((counts[key] + 3 * own[key]) / (all + 3) - wanted[key]), 0);
      const rich = colour === "western" ? (one.kind === "triad" || one.kind === "seventh" ? -0.5 : 0) : 0;
      return Math.abs((one.roughness - least) / Math.max(1e-6, most - least) - target) + 1.1 * drift + rich + (one.kind === "unison" ? 0.12 : 0);
    };
    const best = list.reduce((a, b) => (cost(b) < cost(a) - 1e-9 ? b : a));
    const own = intervalsOf(pairsOf(best.tones));
    for (const key of CLASSES) counts[key] += own[key];
    const root = tonic + degrees[degree]!;
    return { ...span, root, kind: best.kind, tones: best.tones, degree, pedal: pedals[section]!, roughness: best.roughness, outside: best.outside };
  });
  return joined(bars, sections);
}

/** The sonority as a pad plays it: around the middle of the keyboard. */
const pad = (root: Cents, tones: readonly Cents[]): Cents[] => tones.map((tone) => inOctave(root, 4900) + tone);

/** Neighbours of one harmony are one, but not across sections nor longer than nine seconds. */
function joined(bars: readonly Harmony[], sections: readonly ArrangedSection[]): Harmony[] {
  const out: Harmony[] = [];
  for (const bar of bars) {
    const before = out.at(-1);
    const same = before && before.root === bar.root && before.kind === bar.kind && before.pedal === bar.pedal;
    const within = before && sectionIndexAt(sections, before.from) === sectionIndexAt(sections, bar.from);
    if (before && same && within && Math.abs(before.to - bar.from) < 0.05 && bar.to - before.from < 9) out[out.length - 1] = { ...before, to: bar.to };
    else out.push(bar);
  }
  return out;
}

/** The harmony at a time. */
export function harmonyAt(list: readonly Harmony[], at: Seconds): Harmony {
  return list.findLast((harmony) => harmony.from <= at + 0.02) ?? list[0]!;
}

/** The pitch of a class in the octave that begins at `low`. */
export function inOctave(cents: Cents, low: Cents): Cents {
  return low + fold(cents, low);
}

/** Voices of a harmony above a floor, close to where the voices before lay: each tone once, by the least movement and roughness. */
export function voiced(harmony: Harmony, low: Cents, before: readonly Cents[], timbre: Timbre): Cents[] {
  const classes = [...new Set(harmony.tones.map((tone) => Math.round(fold(harmony.root + tone, 0) * 1000) / 1000))];
  let best: { tones: Cents[]; cost: number } | undefined;
  // each class in one of two octaves
  for (let mask = 0; mask < 1 << classes.length; mask++) {
    const tones = classes.map((cents, k) => inOctave(cents, low) + (mask & (1 << k) ? 1200 : 0)).sort((a, b) => a - b);
    const root = inOctave(harmony.root, low);
    const width = tones.at(-1)! - tones[0]!;
    const moved = before.length === 0 ? 0 : tones.reduce((sum, tone) => sum + Math.min(...before.map((other) => Math.abs(other - tone))), 0) / tones.length;
    const cost = moved / 300 + roughness(tones, timbre) * 0.5 + (tones[0] === root ? 0 : 0.4) + Math.max(0, width - 1500) / 300;
    if (!best || cost < best.cost - 1e-9) best = { tones, cost };
  }
  const tones = best?.tones ?? [];
  // the root's octave on top, where the sonority asks for it
  return harmony.tones.includes(1200) && tones.length < 3 ? [...tones, tones[0]! + 1200] : tones;
}
