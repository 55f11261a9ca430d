import { BLOCK, type Decibels, exp2, type Lufs, log10, SAMPLE_RATE } from "@kuishi/base";
import type { Arrangement } from "@kuishi/blend";
import { type Clips, Engine, type Plan } from "@kuishi/engine";
import { Kernels, LoudnessMeter, Spectrum } from "@kuishi/signal";

/** A mix as it would be written: both channels after the master chain, from the record's first frame to its last. */
export interface Mastered {
  readonly left: Float32Array;
  readonly right: Float32Array;
  readonly lufs: Lufs;
  readonly truePeak: Decibels;
}

/** Renders a plan once and masters it to a loudness; the plan's own gain is not looked at. */
export function mastered(module: WebAssembly.Module, plan: Plan, clips: Clips, target: Lufs): Mastered {
  const engine = Engine.of(new Kernels(module), plan, clips);
  const { frames } = plan;
  const [dryLeft, dryRight] = [new Float32Array(frames), new Float32Array(frames)];
  const before = new LoudnessMeter(new Kernels(module), false);
  for (let at = 0; at < frames; at += BLOCK) {
    engine.render(false);
    const { leftView, rightView } = engine.premaster;
    before.push(leftView, rightView);
    const rest = Math.min(BLOCK, frames - at);
    dryLeft.set(leftView.subarray(0, rest), at);
    dryRight.set(rightView.subarray(0, rest), at);
  }
  const { peakToLoudness = 100 } = plan;
  const ceiling = Math.min(plan.master.ceilingDbtp, target + peakToLoudness);
  let gainDb = target - before.read().integrated;
  let out: Mastered | undefined;
  for (let round = 0; round < 4; round++) {
    out = throughMaster(module, { ...plan, master: { ...plan.master, gainDb, ceilingDbtp: ceiling } }, dryLeft, dryRight);
    if (Math.abs(out.lufs - target) < 0.15) break;
    gainDb += (target - out.lufs) * 1.15;
  }
  return out!;
}

function throughMaster(module: WebAssembly.Module, plan: Plan, dryLeft: Float32Array, dryRight: Float32Array): Mastered {
  const kernels = new Kernels(module);
  const engine = Engine.of(kernels, { ...plan, strips: [], buses: [] }, new Map());
  const at = kernels.floats(2 * BLOCK);
  const [lv, rv] = [kernels.view(at, BLOCK), kernels.view(at + 4 * BLOCK, BLOCK)];
  const [left, right] = [new Float32Array(dryLeft.length), new Float32Array(dryLeft.length)];
  const meter = new LoudnessMeter(new Kernels(module), true);
  for (let from = 0; from + BLOCK <= dryLeft.length; from += BLOCK) {
    lv.set(dryLeft.subarray(from, from + BLOCK));
    rv.set(dryRight.subarray(from, from + BLOCK));
    engine.master(at, from);
    left.set(lv, from);
    right.set(rv, from);
    meter.push(lv, rv);
  }
  const { integrated: lufs, truePeak } = meter.read();
  return { left, right, lufs, truePeak };
}

const FFT = 8192;
const THIRDS = Array.from({ length: 25 }, (_, k) => 50 * exp2(k / 3));

/** Mean power of middle and side in third octaves from 50 Hz to 12.7 kHz. */
export function thirdOctaves(
  module: WebAssembly.Module,
  { left, right }: Pick<Mastered, "left" | "right">,
): { readonly hertz: number; readonly mid: number; readonly side: number }[] {
  const kernels = new Kernels(module);
  const spectrum = new Spectrum(kernels, FFT, FFT);
  const at = kernels.floats(FFT);
  const sums = [new Float64Array(FFT / 2 + 1), new Float64Array(FFT / 2 + 1)] as const;
  const view = kernels.view(at, FFT);
  for (let from = 0; from + FFT <= left.length; from += FFT)
    for (const [k, sign] of [1, -1].entries()) {
      for (let i = 0; i < FFT; i++) view[i] = (left[from + i]! + sign * right[from + i]!) / 2;
      const power = spectrum.power(at);
      const own = sums[k as 0 | 1];
      for (let bin = 0; bin < own.length; bin++) own[bin] = own[bin]! + power[bin]!;
    }
  return THIRDS.map((hertz) => {
    const [from, to] = [hertz * exp2(-1 / 6), hertz * exp2(1 / 6)].map((edge) => (edge * FFT) / SAMPLE_RATE) as [number, number];
    const sum = (own: Float64Array): number => {
      let total = 1e-12;
      for (let bin = Math.round(from); bin < Math.max(Math.round(from) + 1, Math.round(to)); bin++) total += own[bin]!;
      return total;
    };
    return { hertz, mid: sum(sums[0]), side: sum(sums[1]) };
  });
}

const decibels = (power: number): Decibels => 10 * log10(Math.max(power, 1e-15));

/** How a mix stands as a record. Units in the names; spectra are of power density. */
export interface RecordFigures {
  /** Peak of the last 10 ms, dBFS. */
  readonly lastDb: Decibels;
  /** Bars of company before the recording's first note, and after its last. */
  readonly barsBefore: number;
  readonly barsAfter: number;
  /** True peak over integrated loudness. */
  readonly plr: number;
  /** Farthest third octave from a line of -5 dB/octave, 63 Hz to 8 kHz; the line itself lies at their mean. */
  readonly toneDb: Decibels;
  /** Fall from 4 to 12.7 kHz, dB an octave. */
  readonly airSlope: number;
  /** Side against middle, .5-6 kHz and below 120 Hz. */
  readonly widthDb: Decibels;
  readonly lowWidthDb: Decibels;
  /** Third octaves of the mix, dB about their mean. */
  readonly thirds: readonly number[];
}

/** Measures a mix. @param bar seconds of a bar of the tune. */
export function recordFigures(module: WebAssembly.Module, mix: Mastered, arrangement: Arrangement, notes: readonly number[], bar: number): RecordFigures {
  const bands = thirdOctaves(module, mix);
  const density = bands.map(({ hertz, mid, side }) => decibels((mid + side) / hertz));
  const line = bands
    .map(({ hertz }, k) => ({ hertz, off: density[k]! + 5 * (log10(hertz / 1000) / log10(2)) }))
    .filter(({ hertz }) => hertz > 60 && hertz < 8200);
  const middle = line.reduce((sum, { off }) => sum + off, 0) / line.length;
  const worst = line.reduce((a, b) => (Math.abs(b.off - middle) > Math.abs(a.off - middle) ? b : a));
  const between = (low: number, high: number) => bands.filter(({ hertz }) => hertz >= low && hertz <= high);
  const ratio = (low: number, high: number): Decibels => {
    const own = between(low, high);
    return decibels(own.reduce((sum, { side }) => sum + side, 0) / own.reduce((sum, { mid }) => sum + mid, 0));
  };
  const high = bands.flatMap(({ hertz }, k) => (hertz > 3900 ? [[log10(hertz) / log10(2), density[k]!] as const] : []));
  const [mx, my] = [0, 1].map((i) => high.reduce((sum, point) => sum + point[i as 0 | 1], 0) / high.length) as [number, number];
  const airSlope = high.reduce((sum, [x, y]) => sum + (x - mx) * (y - my), 0) / high.reduce((sum, [x]) => sum + (x - mx) * (x - mx), 0);
  const mean = bands.reduce((sum, { mid, side }) => sum + decibels(mid + side), 0) / bands.length;
  const times = arrangement.parts.flatMap((part) => part.events.map((event) => event.at));
  let lastPeak = 0;
  for (let i = mix.left.length - 480; i < mix.left.length; i++) lastPeak = Math.max(lastPeak, Math.abs(mix.left[i]!), Math.abs(mix.right[i]!));
  return {
    lastDb: 2 * decibels(lastPeak),
    barsBefore: Math.max(0, (Math.min(...notes) - Math.min(...times)) / bar),
    barsAfter: Math.max(0, (Math.max(...times) - Math.max(...notes)) / bar),
    plr: mix.truePeak - mix.lufs,
    toneDb: worst.off - middle,
    airSlope,
    widthDb: ratio(500, 6000),
    lowWidthDb: ratio(40, 115),
    thirds: bands.map(({ mid, side }) => decibels(mid + side) - mean),
  };
}

/** Root mean square of how far two lists of levels are apart. */
export const spectraDistance = (a: readonly number[], b: readonly number[]): Decibels =>
  Math.sqrt(a.reduce((sum, value, k) => sum + (value - b[k]!) * (value - b[k]!), 0) / Math.max(1, a.length));

/** Correlation of two onset envelopes: energies of all that was added per 100 ms, as rises. */
export function envelopeCorrelation(a: readonly number[], b: readonly number[]): number {
  const rises = (list: readonly number[]): number[] => list.slice(1).map((value, i) => Math.max(0, decibels(value + 1e-9) - decibels(list[i]! + 1e-9)));
  const [x, y] = [rises(a), rises(b)];
  const n = Math.min(x.length, y.length);
  const mean = (list: readonly number[]): number => list.slice(0, n).reduce((sum, value) => sum + value, 0) / Math.max(1, n);
  const [mx, my] = [mean(x), mean(y)];
  let [sxy, sxx, syy] = [0, 1e-12, 1e-12];
  for (let i = 0; i < n; i++) {
    sxy += (x[i]! - mx) * (y[i]! - my);
    sxx += (x[i]! - mx) * (x[i]! - mx);
    syy += (y[i]! - my) * (y[i]! - my);
  }
  return sxy / Math.sqrt(sxx * syy);
}

/** Share of the tune's bars in which each named part sounds: the least of those its style calls below full energy. */
export function partShares(arrangement: Arrangement, bars: readonly { readonly from: number; readonly to: number }[]): ReadonlyMap<string, number> {
  return new Map(
    arrangement.parts.map((part) => [
      part.id,
      bars.filter((bar) => part.events.some((event) => event.at < bar.to - 0.03 && event.at + event.length > bar.from + 0.03)).length /
        Math.max(1, bars.length),
    ]),
  );
}

/** The longest run of bars in which no part enters or leaves. */
export function stillestBars(arrangement: Arrangement, bars: readonly { readonly from: number; readonly to: number }[]): number {
  const casts = bars.map((bar) =>
    arrangement.parts
      .filter((part) => part.events.some((event) => event.at >= bar.from - 0.03 && event.at < bar.to - 0.03))
      .map((part) => part.id)
      .join(),
  );
  let [longest, run] = [1, 1];
  for (let i = 1; i < casts.length; i++) {
    run = casts[i] === casts[i - 1] ? run + 1 : 1;
    longest = Math.max(longest, run);
  }
  return longest;
}
