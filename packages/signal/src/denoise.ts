import { breathe, clamp, cos, log10, PI, type Progress } from "@kuishi/base";
import type { Kernels } from "./kernels.ts";

const FFT_SIZE = 2048;
const HOP_SAMPLES = FFT_SIZE / 2;
const BINS = FFT_SIZE / 2 + 1;
/** Frames the floor is looked for in, spread over the sound; which of their levels is the floor's; and its bias. */
const [LOOKS, RANK, BIAS] = [400, 0.1, 1.6];
/** Bins to each side over which one look is averaged, so that its level is a level and not a throw of dice. */
const SMOOTHING_BINS = 4;
/** Bins to each side over which the floor is a median: hiss is broad, a drone that never stops is not. */
const BROAD = 24;
/** No bin is pressed below this, so that no chirping is heard; how fast a gain may fall, per frame. */
const [MIN_GAIN, GAIN_FALL] = [0.28, 0.72];

/** What cleaning did. */
export interface Denoised {
  readonly channels: readonly Float32Array[];
  /** Level of what was played over the floor before, dB. */
  readonly overFloorDb: number;
}

function averaged(power: Float32Array): Float32Array {
  return power.map((_, k) => {
    let sum = 0;
    for (let i = Math.max(0, k - SMOOTHING_BINS); i <= Math.min(BINS - 1, k + SMOOTHING_BINS); i++) sum += power[i]!;
    return sum / (Math.min(BINS - 1, k + SMOOTHING_BINS) - Math.max(0, k - SMOOTHING_BINS) + 1);
  });
}

/** Brings each band's gain to what stands over the floor, with its neighbours: up at once, down slowly. */
function press(seen: Float32Array, floor: Float64Array, raw: Float32Array, gain: Float32Array): void {
  for (let k = 0; k < BINS; k++) {
    const ratio = 1 - (1.6 * floor[k]!) / Math.max(1e-20, seen[k]!);
    raw[k] = ratio <= 0 ? MIN_GAIN : Math.max(MIN_GAIN, Math.sqrt(ratio));
  }
  for (let k = 0; k < BINS; k++) {
    const wide = (raw[Math.max(0, k - 1)]! + 2 * raw[k]! + raw[Math.min(BINS - 1, k + 1)]!) / 4;
    gain[k] = clamp(Math.max(wide, gain[k]! * GAIN_FALL), MIN_GAIN, 1);
  }
}

/**
 * Takes steady hiss out of a recording: the floor of each band is its level in the quietest moments, a median over neighbouring bands so
 * that droning strings do not count; what does not stand out of it is pressed by up to 11 dB (spectral subtraction with a gain floor,
 * Berouti, Schwartz, Makhoul 1979; the gain rises at once and falls slowly, so attacks are untouched). A recording whose music
 * stands more than `cleanDb` over its floor is left as it is.
 */
export async function denoised(kernels: Kernels, channels: readonly Float32Array[], progress: Progress, cleanDb = 52): Promise<Denoised> {
  const left = channels[0] ?? new Float32Array(0);
  const right = channels[1] ?? left;
  const frames = Math.ceil(left.length / HOP_SAMPLES) + 1;
  if (left.length < FFT_SIZE * 8) return { channels, overFloorDb: Number.POSITIVE_INFINITY };
  const { call } = kernels;
  const plan = call.fftMake(2 * FFT_SIZE);
  const window = kernels.put(Float32Array.from({ length: FFT_SIZE }, (_, i) => Math.sqrt(0.5 - 0.5 * cos((2 * PI * (i + 0.5)) / FFT_SIZE))));
  const [l, r, re, im, power, gains, outL, outR] = Array.from({ length: 8 }, () => kernels.floats(FFT_SIZE)) as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const load = (frame: number): void => {
    const from = (frame - 1) * HOP_SAMPLES;
    for (const [at, x] of [
      [l, left],
      [r, right],
    ] as const) {
      const view = kernels.view(at, FFT_SIZE);
      view.fill(0);
      const [a, b] = [Math.max(0, from), Math.min(x.length, from + FFT_SIZE)];
      if (b > a) view.set(x.subarray(a, b), a - from);
    }
    call.pairForth(plan, l, r, window, re, im);
    call.pairPower(plan, re, im, power);
  };
  // the floor
  const step = Math.max(1, Math.floor((frames - 4) / LOOKS));
  const looks: Float32Array[] = [];
  for (let frame = 2; frame < frames - 2; frame += step) {
    load(frame);
    const seen = kernels.view(power, BINS).slice();
    // digital silence is no floor
    if (seen.some((value) => value > 1e-12)) looks.push(averaged(seen));
  }
  if (looks.length < 8) return { channels, overFloorDb: Number.POSITIVE_INFINITY };
  const ranks = Float64Array.from({ length: BINS }, (_, k) => {
    const levels = looks.map((look) => look[k]!).sort((a, b) => a - b);
    return levels[Math.floor(levels.length * RANK)]!;
  });
  const floor = Float64Array.from({ length: BINS }, (_, k) => {
    const near = Array.from(ranks.subarray(Math.max(0, k - BROAD), Math.min(BINS, k + BROAD + 1))).sort((a, b) => a - b);
    return near[near.length >> 1]! * BIAS;
  });
  const total = (list: ArrayLike<number>): number => {
    let sum = 0;
    for (let k = 4; k < list.length; k++) sum += list[k]!;
    return sum;
  };
  const loud = looks.map(total).sort((a, b) => a - b)[Math.floor(looks.length * 0.8)]!;
  const overFloorDb = 10 * log10(loud / Math.max(1e-20, total(floor)));
  if (overFloorDb > cleanDb) return { channels, overFloorDb };
  // and what stands over it
  const outs = channels.map((channel) => new Float32Array(channel.length));
  const gain = new Float32Array(BINS).fill(MIN_GAIN);
  const raw = new Float32Array(BINS);
  const tails = [new Float32Array(HOP_SAMPLES), new Float32Array(HOP_SAMPLES)];
  for (let frame = 0; frame < frames; frame++) {
    if (frame % 1000 === 0) {
      progress.report("clean", frame / frames);
      await breathe(progress);
    }
    load(frame);
    press(kernels.view(power, BINS), floor, raw, gain);
    kernels.view(gains, BINS).set(gain);
    for (const at of [outL, outR]) kernels.view(at, FFT_SIZE).fill(0);
    call.pairBack(plan, re, im, gains, window, outL, outR);
    outs.forEach((out, c) => {
      const view = kernels.view(c === 0 ? outL : outR, FFT_SIZE);
      const tail = tails[c] as Float32Array;
      const from = (frame - 1) * HOP_SAMPLES;
      for (let i = 0; i < HOP_SAMPLES; i++) {
        const to = from + i;
        if (to >= 0 && to < out.length) out[to] = tail[i]! + view[i]!;
        tail[i] = view[HOP_SAMPLES + i]!;
      }
    });
  }
  return { channels: outs, overFloorDb };
}
