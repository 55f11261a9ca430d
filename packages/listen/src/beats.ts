import { clamp, exp, log2, type Seconds } from "@kuishi/base";

/** A stroke as the beat tracker sees it. */
export interface Pulse {
  readonly at: Seconds;
  /** Loudness of the stroke, 1 = strong. */
  readonly weight: number;
  /** How much it marks a beginning: new melody pitch, bass struck, long after. About 0..1. */
  readonly mark: number;
}
/** Beats and how well they explain the strokes. */
export interface BeatTrack {
  readonly beats: readonly { readonly at: Seconds; readonly confidence: number }[];
  /** How strongly the strokes repeat at the beat, 0..1. */
  readonly regularity: number;
  /** No pulse holds: neither repeated strokes nor an even walk of beats. */
  readonly free: boolean;
}

const FRAME_SEC = 0.01;

/**
 * Beats by dynamic programming over a stroke envelope (Ellis 2007), the period estimated per
 * stretch by autocorrelation with a preference around 0.5 s, and let drift between stretches.
 */
export function trackBeats(pulses: readonly Pulse[], seconds: Seconds): BeatTrack {
  const length = Math.ceil(seconds / FRAME_SEC) + 1;
  const envelope = new Float32Array(length);
  for (const pulse of pulses) {
    const centre = pulse.at / FRAME_SEC;
    for (let k = Math.max(0, Math.floor(centre - 6)); k <= Math.min(length - 1, centre + 6); k++) {
      const d = (k - centre) / 2.2;
      envelope[k] = Math.max(envelope[k]!, pulse.weight * (0.55 + 0.9 * pulse.mark) * exp(-0.5 * d * d));
    }
  }
  const { lags, regularity } = periods(envelope);
  const score = new Float32Array(length);
  const from = new Int32Array(length).fill(-1);
  for (let i = 0; i < length; i++) {
    const period = lags[Math.min(lags.length - 1, Math.floor((i * FRAME_SEC) / TEMPO_STRETCH_SEC))]!;
    let best = 0;
    for (let j = Math.max(0, Math.round(i - period * 1.45)); j <= i - period * 0.65; j++) {
      const d = log2((i - j) / period);
      const value = score[j]! - 9 * d * d * 4;
      if (value > best) {
        best = value;
        from[i] = j;
      }
    }
    score[i] = envelope[i]! + best;
  }
  const lastPulse = Math.min(length - 1, Math.ceil(((pulses.at(-1)?.at ?? 0) + 0.1) / FRAME_SEC));
  const end = Math.max(0, lastPulse - Math.round(lags.at(-1)! * 1.1));
  let at = end;
  for (let i = end; i <= lastPulse; i++) if (score[i]! > score[at]!) at = i;
  const frames: number[] = [];
  for (; at >= 0; at = from[at]!) frames.push(at);
  frames.reverse();
  // Each beat takes the time of a stroke close to it: the player's own moment, not the grid's.
  const beats = frames.map((frame) => {
    const time = frame * FRAME_SEC;
    let near: Pulse | undefined;
    for (const pulse of pulses) if (Math.abs(pulse.at - time) < 0.045 && (!near || Math.abs(pulse.at - time) < Math.abs(near.at - time))) near = pulse;
    return { at: near?.at ?? time, confidence: clamp(regularity * (near ? 0.6 + 0.4 * near.weight : 0.45), 0.05, 1) };
  });
  const rising = beats.filter((beat, i) => i === 0 || beat.at - beats[i - 1]!.at > 0.12);
  const gaps = rising
    .slice(1)
    .map((beat, i) => beat.at - rising[i]!.at)
    .sort((a, b) => a - b);
  const quantile = (part: number): number => gaps[Math.floor((gaps.length - 1) * part)] ?? 1;
  const uneven = (quantile(0.75) - quantile(0.25)) / quantile(0.5);
  const free = rising.length < 6 || regularity < 0.03 || (regularity < 0.12 && uneven > 0.055);
  return { beats: rising, regularity, free };
}

const TEMPO_STRETCH_SEC = 8; // seconds

/** Beat period in frames for each stretch, and how strongly the envelope repeats. */
function periods(envelope: Float32Array): { lags: number[]; regularity: number } {
  const low = Math.round(0.27 / FRAME_SEC);
  const high = Math.round(1.05 / FRAME_SEC);
  const correlate = (from: number, to: number): Float32Array => {
    const out = new Float32Array(high * 2 + 1);
    for (let lag = 0; lag <= high * 2; lag++) {
      let sum = 0;
      for (let i = from; i + lag < to; i++) sum += envelope[i]! * envelope[i + lag]!;
      out[lag] = sum / Math.max(1, to - from - lag);
    }
    return out;
  };
  const choose = (r: Float32Array, around: number | null): number => {
    let best = -1;
    let lag = Math.round(0.5 / FRAME_SEC);
    for (let k = low; k <= high; k++) {
      const centre = around === null ? log2((k * FRAME_SEC) / 0.5) / 0.75 : log2(k / around) / 0.12;
      const value = (r[k]! + 0.5 * r[k * 2]!) * exp(-0.5 * centre * centre);
      if (value > best) {
        best = value;
        lag = k;
      }
    }
    return lag;
  };
  const whole = correlate(0, envelope.length);
  const main = choose(whole, null);
  let mean = 0;
  for (let k = low; k <= high; k++) mean += whole[k]! / (high - low + 1);
  const regularity = clamp((whole[main]! / Math.max(1e-9, mean) - 1) / 1.6, 0, 1);
  const lags: number[] = [];
  const frames = Math.round(TEMPO_STRETCH_SEC / FRAME_SEC);
  for (let from = 0; from < envelope.length; from += frames) {
    const r = correlate(Math.max(0, from - frames / 2), Math.min(envelope.length, from + frames * 1.5));
    lags.push(choose(r, lags.at(-1) ?? main));
  }
  return { lags: lags.length > 0 ? lags : [main], regularity };
}

/** What a bar of so many beats costs; other lengths are there for those who know better. */
const PRIORS: Readonly<Record<number, number>> = { 2: 0, 3: 0.06, 4: 0.1 };
const RARE = 20;
const KNOWN = 1000;

/** A bar: which beats it holds. */
export interface BeatBar {
  readonly firstBeat: number;
  readonly beats: number;
}

/**
 * Bars of two, three or four beats by dynamic programming: bars begin where strokes mark a
 * beginning, and keep their length unless the strokes insist.
 */
export function barsOfBeats(
  pulses: readonly Pulse[],
  beats: readonly { at: Seconds }[],
  known: readonly { at: Seconds; groups?: readonly number[] | undefined }[] = [],
): { bars: BeatBar[]; confidence: number } {
  const marks = beats.map((beat) => {
    const near = pulses.filter((pulse) => Math.abs(pulse.at - beat.at) < 0.05);
    return near.reduce((most, pulse) => Math.max(most, pulse.weight * (0.4 + pulse.mark)), 0);
  });
  const mean = marks.reduce((sum, mark) => sum + mark, 0) / Math.max(1, marks.length);
  const isKnown = beats.map((beat) => known.find((bar) => Math.abs(bar.at - beat.at) < 0.12));
  /** What a bar gains where one is known to begin: everything; its length too where that is known. */
  const knownGain = (at: number, length: number): number => (isKnown[at] ? KNOWN * (isKnown[at].groups && isKnown[at].groups.length !== length ? 0.5 : 1) : 0);
  const lengths = [1, 2, 3, 4, 5, 6, 7];
  const priors = lengths.map((length) => PRIORS[length] ?? RARE);
  interface Cell {
    score: number;
    from: number;
    before: number;
  }
  const n = beats.length;
  const table: Cell[][] = Array.from({ length: n + 1 }, () => lengths.map(() => ({ score: -Infinity, from: -1, before: -1 })));
  for (let start = 0; start < Math.min(4, n); start++) {
    lengths.forEach((length, k) => {
      if (start + length <= n) {
        const cell = table[start + length]![k]!;
        const score = (marks[start]! - mean) * Math.min(4, length) - start * 0.02 - (PRIORS[length] === undefined ? RARE * mean : 0) + knownGain(start, length);
        if (score > cell.score) Object.assign(cell, { score, from: start, before: -1 });
      }
    });
  }
  for (let at = 1; at <= n; at++) {
    lengths.forEach((length, k) => {
      if (at + length > n) return;
      const gain = (marks[at]! - mean) * Math.sqrt(length) - priors[k]! * mean + knownGain(at, length);
      lengths.forEach((_, before) => {
        const cell = table[at]![before]!;
        if (cell.score === -Infinity) return;
        const score = cell.score + gain - (before === k ? 0 : 0.9 * mean);
        const next = table[at + length]![k]!;
        if (score > next.score) Object.assign(next, { score, from: at, before });
      });
    });
  }
  let end = n;
  let kind = -1;
  for (let at = Math.max(1, n - 3); at <= n; at++) {
    table[at]!.forEach((cell, k) => {
      const best = kind < 0 ? -Infinity : table[end]![kind]!.score;
      if (cell.score > best) {
        end = at;
        kind = k;
      }
    });
  }
  const bars: BeatBar[] = [];
  while (kind >= 0) {
    const cell = table[end]![kind]!;
    bars.push({ firstBeat: cell.from, beats: end - cell.from });
    end = cell.from;
    kind = cell.before;
  }
  bars.reverse();
  const on = bars.map((bar) => marks[bar.firstBeat]!);
  const contrast = on.length === 0 ? 0 : on.reduce((a, b) => a + b, 0) / on.length / Math.max(1e-9, mean) - 1;
  return { bars, confidence: clamp(0.3 + contrast * 1.2, 0.1, 0.95) };
}

/** Pulses per beat: three where the strokes inside beats fall at thirds rather than halves and quarters. */
export function subdivision(pulses: readonly Pulse[], beats: readonly { at: Seconds }[]): 2 | 3 {
  let thirds = 0;
  let halves = 0;
  for (let i = 0; i + 1 < beats.length; i++) {
    const [a, b] = [beats[i]!.at, beats[i + 1]!.at];
    for (const pulse of pulses) {
      const phase = (pulse.at - a) / (b - a);
      if (phase < 0.12 || phase > 0.88) continue;
      const near = (targets: readonly number[]): number => Math.min(...targets.map((target) => Math.abs(phase - target)));
      if (near([1 / 3, 2 / 3]) < near([0.25, 0.5, 0.75])) thirds++;
      else halves++;
    }
  }
  return thirds > halves * 1.8 ? 3 : 2;
}
