import { Complaint, type Seconds, seeded } from "@kuishi/base";
import { type Heard, meterAt } from "@kuishi/score";

/** How strong a place of a bar is: its first pulse, the first of a later group, a pulse, a place between pulses, or one that is counted aloud before it begins. */
export type ClickRank = "bar" | "group" | "pulse" | "between" | "count";
/** One click. */
export interface Click {
  readonly at: Seconds;
  readonly rank: ClickRank;
  /** Bar it belongs to, counted from 0; a count-in lies in bars below. */
  readonly bar: number;
  /** Nothing sounds: a silent bar, or a click that was left out by chance. The eye may still see it. */
  readonly muted: boolean;
  /** Which way the hand goes, where strokes are clicked. */
  readonly direction?: "down" | "up";
  /** 0..1, how hard; where strokes are clicked. */
  readonly accent?: number;
}
/** A stroke of a pattern: where in the bar (0..1), how hard (0..1), which way. */
export interface PatternStroke {
  readonly at: number;
  readonly accent: number;
  readonly direction: "down" | "up" | null;
}

/** What a metronome is set to. */
export interface MetronomeSettings {
  /** Bars in turn, each as its groups of pulses: 3+2+2, then 2+3. */
  readonly bars: readonly (readonly number[])[];
  /** Pulses a minute. */
  readonly tempo: number;
  /** How a pulse is divided, as ratios: 1 is not at all, 1:1 evenly, 2:1 long and short. */
  readonly division: readonly number[];
  /** Strokes that are clicked in place of pulses and what lies between, for bars of the same number of pulses; their times are a player's own. */
  readonly strokes: readonly PatternStroke[] | null;
  /** So many bars sound, then so many are silent; 0 silent: none. */
  readonly sounding: number;
  readonly silent: number;
  /** Share of clicks that are left out by chance, reached after so many bars (0: from the first on). */
  readonly left: number;
  readonly leftAfter: number;
  /** The tempo goes on by so many pulses a minute, up or down, each so many bars, until `ladderTo`; 0: it stays. */
  readonly ladderStep: number;
  readonly ladderBars: number;
  readonly ladderTo: number;
  /** Bars counted before the first. */
  readonly countIn: number;
  readonly seed: number;
}

/** Pulses a minute that can be told apart and counted. */
export const [SLOWEST, FASTEST]: readonly [number, number] = [20, 900];
const [MOST_TURNS, MOST_GROUP, MOST_PULSES] = [64, 32, 64];

/** What a metronome begins with: two groups of two at a walking pace. */
export const plainMetronome: MetronomeSettings = {
  bars: [[2, 2]],
  tempo: 160,
  division: [1],
  strokes: null,
  sounding: 2,
  silent: 0,
  left: 0,
  leftAfter: 0,
  ladderStep: 0,
  ladderBars: 4,
  ladderTo: 240,
  countIn: 0,
  seed: 1,
};

/**
 * Bars as a musician writes them: groups joined by `+`, bars in turn divided by a space or a bar line.
 * @throws Complaint `usage` that names what cannot be read.
 * @example
 * readBars("3+2+2 | 2+3"); // => [[3, 2, 2], [2, 3]]
 */
export function readBars(text: string): readonly (readonly number[])[] {
  const words = text.split(/[\s|,]+/).filter((word) => word !== "");
  const bars = words.map((word) => {
    const groups = word.split("+").map((part) => (/^\d{1,2}$/.test(part) ? Number(part) : 0));
    const pulses = groups.reduce((a, b) => a + b, 0);
    if (groups.some((group) => group < 1 || group > MOST_GROUP) || pulses > MOST_PULSES)
      throw new Complaint("usage", "metronome.bar", { text: word.slice(0, 40) });
    return groups;
  });
  if (bars.length === 0 || bars.length > MOST_TURNS) throw new Complaint("usage", "metronome.turns", { most: MOST_TURNS });
  return bars;
}
/**
 * Bars as they are read.
 * @example
 * writeBars([[3, 2, 2], [2, 3]]); // => "3+2+2 2+3"
 */
export const writeBars = (bars: readonly (readonly number[])[]): string => bars.map((groups) => groups.join("+")).join(" ");

const tempoOf = (settings: MetronomeSettings, bar: number): number => {
  const { tempo, ladderStep, ladderBars, ladderTo } = settings;
  if (ladderStep === 0 || bar < 0) return tempo;
  const now = tempo + Math.sign(ladderTo - tempo) * Math.abs(ladderStep) * Math.floor(bar / Math.max(1, ladderBars));
  return ladderTo >= tempo ? Math.min(ladderTo, now) : Math.max(ladderTo, now);
};
/** Pulses a minute of a bar, counted from 0. */
export const tempoAt = (settings: MetronomeSettings, bar: number): number => Math.min(FASTEST, Math.max(SLOWEST, tempoOf(settings, bar)));

/** One bar's clicks, from its own beginning on. */
function barClicks(settings: MetronomeSettings, groups: readonly number[], pulse: Seconds): Omit<Click, "bar" | "muted">[] {
  const pulses = groups.reduce((a, b) => a + b, 0);
  const { strokes, division } = settings;
  if (strokes)
    return strokes.map(({ at, accent, direction }) => ({
      at: at * pulses * pulse,
      rank: at < 0.5 / pulses ? "bar" : "pulse",
      accent,
      ...(direction ? { direction } : {}),
    }));
  const whole = division.reduce((a, b) => a + b, 0);
  const starts = new Set<number>();
  groups.reduce((sum, group) => (starts.add(sum), sum + group), 0);
  return Array.from({ length: pulses }, (_, p) => {
    let sum = 0;
    return division.map((part, d): Omit<Click, "bar" | "muted"> => {
      const at = (p + sum / whole) * pulse;
      sum += part;
      return { at, rank: d > 0 ? "between" : p === 0 ? "bar" : starts.has(p) ? "group" : "pulse" };
    });
  }).flat();
}

/** A bar as it is clicked: when it begins, how long it is, its clicks. */
export interface MetronomeBar {
  readonly bar: number;
  readonly from: Seconds;
  readonly length: Seconds;
  readonly groups: readonly number[];
  /** Pulses a minute. */
  readonly tempo: number;
  readonly clicks: readonly Click[];
}

/**
 * Clicks bar by bar, without end: whoever asks stops. Times are exact sums of pulses; nothing drifts.
 * @param from when the first bar begins, its count-in before it taken along.
 * @param bar number of the first: what goes on after a change of settings keeps counting.
 */
export function* metronomeBars(settings: MetronomeSettings, from: Seconds = 0, bar = 0): Generator<MetronomeBar, never> {
  let at = from;
  const { bars, countIn, sounding, silent, left, leftAfter, seed } = settings;
  for (let b = bar === 0 ? 0 - countIn : bar; ; b++) {
    // a count-in counts the bars it leads to
    const groups = bars[(b < 0 ? 0 : b) % bars.length]!;
    const tempo = tempoAt(settings, b);
    const pulse = 60 / tempo;
    const isSilent = b >= 0 && silent > 0 && b % (sounding + silent) >= sounding;
    const share = b < 0 ? 0 : left * (leftAfter > 0 ? Math.min(1, b / leftAfter) : 1);
    const chance = seeded(seed, `metronome ${b}`);
    const plain = b < 0 ? { ...settings, strokes: null, division: [1] } : settings;
    const clicks = barClicks(plain, groups, pulse).map(
      (click): Click => ({ ...click, at: at + click.at, bar: b, rank: b < 0 ? "count" : click.rank, muted: isSilent || chance.next() < share }),
    );
    const length = groups.reduce((a, c) => a + c, 0) * pulse;
    yield { bar: b, from: at, length, groups, tempo, clicks };
    at += length;
  }
}

/** Bars until a time. */
export function metronomeUntil(settings: MetronomeSettings, until: Seconds): readonly MetronomeBar[] {
  const out: MetronomeBar[] = [];
  for (const bar of metronomeBars(settings)) {
    if (bar.from >= until) break;
    out.push(bar);
  }
  return out;
}
/**
 * Bars until a time after a change: what has begun is played to its end, the next bar is the first of the new settings.
 * @param now where it stands.
 */
export function metronomeChanged(before: readonly MetronomeBar[], settings: MetronomeSettings, now: Seconds, until: Seconds): readonly MetronomeBar[] {
  const kept = before.filter((bar) => bar.from <= now);
  const last = kept.at(-1);
  if (!last) return metronomeUntil(settings, until);
  const out = [...kept];
  for (const bar of metronomeBars(settings, last.from + last.length, last.bar + 1)) {
    if (bar.from >= until) break;
    out.push(bar);
  }
  return out;
}

/** Taps further apart than this begin anew. */
const NEW_TAP: Seconds = 2.5;
/**
 * Taps a minute of the last taps, by the median of what lies between the last eight; null until there are three.
 * @param taps seconds, in order.
 * @example
 * tappedTempo([0, 0.5, 1, 1.5]); // => 120
 */
export function tappedTempo(taps: readonly Seconds[]): number | null {
  const gaps: number[] = [];
  for (let k = taps.length - 1; k > 0 && gaps.length < 7; k--) {
    const gap = taps[k]! - taps[k - 1]!;
    if (gap > NEW_TAP || gap <= 0) break;
    gaps.push(gap);
  }
  if (gaps.length < 2) return null;
  gaps.sort((a, b) => a - b);
  const middle = gaps.length % 2 === 1 ? gaps[gaps.length >> 1]! : (gaps[gaps.length / 2 - 1]! + gaps[gaps.length / 2]!) / 2;
  return Math.min(FASTEST, Math.max(SLOWEST, Math.round(60 / middle)));
}

/**
 * The commonest bar of a tune, its tempo, and how the hand strikes it.
 * @returns strokes that come in two bars of five or more; null where none was told. strokes that come in two bars of five or more; null where none was told.
 */
export function metronomeOf(heard: Heard): Pick<MetronomeSettings, "bars" | "tempo" | "strokes"> {
  const tempo = (heard.tempo ?? []).map((one) => one.pulsesPerMinute).sort((a, b) => a - b);
  const [often] = [...(heard.rhythm ?? [])].sort((a, b) => b.bars - a.bars);
  const groups = often?.groups ?? (heard.downbeats.length > 0 ? meterAt(heard, 1).groups : plainMetronome.bars[0]!);
  const strokes = (often?.slots ?? []).filter((slot) => slot.share >= 0.4).map(({ at, accent, direction }) => ({ at, accent, direction }));
  return { bars: [groups], tempo: Math.round(tempo[tempo.length >> 1] ?? plainMetronome.tempo), strokes: strokes.length > 0 ? strokes : null };
}
