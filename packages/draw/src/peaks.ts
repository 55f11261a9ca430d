/** Lowest and highest sample of each stretch of a sound, so that a waveform of any zoom is drawn in the time of its pixels. */
export interface Peaks {
  /** Frames a stretch has. */
  readonly step: number;
  readonly low: Float32Array;
  readonly high: Float32Array;
}

const FRAMES_PER_PEAK = 256;

/** Peaks of a sound's first channel. */
export function peaksOf(channel: Float32Array): Peaks {
  const count = Math.ceil(channel.length / FRAMES_PER_PEAK);
  const low = new Float32Array(count);
  const high = new Float32Array(count);
  for (let k = 0; k < count; k++) {
    let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let i = k * FRAMES_PER_PEAK; i < Math.min(channel.length, (k + 1) * FRAMES_PER_PEAK); i++) {
      const x = channel[i]!;
      if (x < least) least = x;
      if (x > most) most = x;
    }
    low[k] = least;
    high[k] = most;
  }
  return { step: FRAMES_PER_PEAK, low, high };
}

/**
 * One vertical line for each pixel of a waveform: what lies between `from + x * perPixel` and the next.
 * @param each is given x, lowest and highest sample.
 */
export function eachColumn(
  channel: Float32Array,
  peaks: Peaks,
  from: number,
  perPixel: number,
  width: number,
  each: (x: number, low: number, high: number) => void,
): void {
  const coarse = perPixel >= peaks.step * 2;
  for (let x = 0; x < width; x++) {
    const a = from + x * perPixel;
    const b = a + perPixel;
    if (b <= 0 || a >= channel.length) continue;
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    if (coarse) {
      for (let k = Math.max(0, Math.floor(a / peaks.step)); k < Math.min(peaks.low.length, Math.ceil(b / peaks.step)); k++) {
        low = Math.min(low, peaks.low[k]!);
        high = Math.max(high, peaks.high[k]!);
      }
    } else {
      // zoomed in, every sample counts; so many are never looked at that it would be slow
      const stride = Math.max(1, Math.floor(perPixel / 64));
      for (let i = Math.max(0, Math.floor(a)); i < Math.min(channel.length, Math.max(Math.floor(a) + 1, b)); i += stride) {
        low = Math.min(low, channel[i]!);
        high = Math.max(high, channel[i]!);
      }
    }
    if (high >= low) each(x, low, high);
  }
}
