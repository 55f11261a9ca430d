import { rounded } from "@kuishi/base";

const n = (value: number): string => String(rounded(value, 2));

/** Peaks of a signal for `columns` pixels: lowest and highest sample under each. */
export function peaks(channel: Float32Array, columns: number): { low: Float32Array; high: Float32Array } {
  const low = new Float32Array(columns);
  const high = new Float32Array(columns);
  for (let c = 0; c < columns; c++) {
    const from = Math.floor((c * channel.length) / columns);
    const to = Math.max(from + 1, Math.floor(((c + 1) * channel.length) / columns));
    let [a, b] = [0, 0];
    for (let i = from; i < to && i < channel.length; i++) {
      const v = channel[i]!;
      if (v < a) a = v;
      if (v > b) b = v;
    }
    low[c] = a;
    high[c] = b;
  }
  return { low, high };
}

/** Path of a waveform in a box of `width` x `height`, scaled to its own peak. */
export function waveformPath(channel: Float32Array, width: number, height: number): string {
  const { low, high } = peaks(channel, width);
  let top = 1e-6;
  for (let c = 0; c < width; c++) top = Math.max(top, high[c]!, -low[c]!);
  const y = (v: number): string => n(height / 2 - (v / top) * (height / 2 - 1));
  const forth = Array.from(high, (v, c) => `${c} ${y(v)}`);
  const back = Array.from(low, (v, c) => `${c} ${y(v)}`).reverse();
  return `M${forth.join("L")}L${back.join("L")}Z`;
}

/** A line through points, for curves. */
export function linePath(points: readonly (readonly [number, number])[]): string {
  return points.length === 0 ? "" : `M${points.map(([x, y]) => `${n(x)} ${n(y)}`).join("L")}`;
}
