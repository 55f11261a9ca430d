import { eachColumn, type Peaks, peaksOf } from "@kuishi/draw";

const peaks = new WeakMap<Float32Array, Peaks>();
/** Peaks of a sound, found once. */
export function peaksFor(channel: Float32Array): Peaks {
  const own = peaks.get(channel) ?? peaksOf(channel);
  peaks.set(channel, own);
  return own;
}
const loudest = new WeakMap<Float32Array, number>();
/** What a quiet recording is drawn larger by, so that its shape is seen. */
export function drawnGain(channel: Float32Array): number {
  const known = loudest.get(channel);
  if (known !== undefined) return known;
  let peak = 0;
  eachColumn(channel, peaksFor(channel), 0, Math.max(1, channel.length / 400), 400, (_, low, high) => {
    peak = Math.max(peak, high, -low);
  });
  const gain = Math.min(12, 1 / Math.max(0.05, peak));
  loudest.set(channel, gain);
  return gain;
}
