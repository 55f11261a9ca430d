import { clamp, rounded, type Seconds } from "@kuishi/base";
import type { HeardSection } from "@kuishi/score";
import { fold } from "@kuishi/tuning";

/** A note as the form finder sees it. */
export interface FormNote {
  readonly at: Seconds;
  readonly cents: number;
  readonly loud: number;
}

const FEATURES = 24 + 3;

/** What happens between two downbeats: pitch classes (50-cent bins), register, density, loudness. */
function describe(notes: readonly FormNote[], from: Seconds, to: Seconds, tonic: number): Float32Array {
  const out = new Float32Array(FEATURES);
  const inside = notes.filter((note) => note.at >= from - 0.03 && note.at < to - 0.03);
  for (const note of inside) {
    const bin = Math.floor(fold(note.cents + 25, tonic) / 50) % 24;
    out[bin] = (out[bin] as number) + 0.3 + note.loud;
  }
  let sum = 0;
  for (let k = 0; k < 24; k++) sum += (out[k] as number) * (out[k] as number);
  const scale = sum > 0 ? 1 / Math.sqrt(sum) : 0;
  for (let k = 0; k < 24; k++) out[k] = (out[k] as number) * scale;
  if (inside.length > 0) {
    const top = inside.map((note) => note.cents).sort((a, b) => a - b)[Math.floor(inside.length * 0.8)] as number;
    out[24] = (top - tonic) / 1200;
    out[25] = Math.min(2, inside.length / (to - from) / 12);
    out[26] = inside.reduce((most, note) => Math.max(most, note.loud), 0) * 0.5;
  }
  return out;
}

function distance(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let k = 0; k < FEATURES; k++) sum += ((a[k] as number) - (b[k] as number)) * ((a[k] as number) - (b[k] as number));
  return Math.sqrt(sum);
}

/**
 * Sections where what is played changes (novelty of bar descriptions over four bars on each
 * side), lettered by likeness. Zone names of the küi are not claimed here.
 */
export function findForm(notes: readonly FormNote[], downbeats: readonly Seconds[], end: Seconds, tonic: number): HeardSection[] {
  const edges =
    downbeats.length >= 4
      ? [...downbeats, end]
      : Array.from({ length: Math.max(2, Math.ceil(end / 2)) + 1 }, (_, i) => (i * end) / Math.max(2, Math.ceil(end / 2)));
  const bars = edges.slice(0, -1).map((from, i) => describe(notes, from, edges[i + 1] as number, tonic));
  const reach = 4;
  const mean = (from: number, to: number): Float32Array => {
    const out = new Float32Array(FEATURES);
    for (let i = from; i < to; i++) for (let k = 0; k < FEATURES; k++) out[k] = (out[k] as number) + ((bars[i] as Float32Array)[k] as number) / (to - from);
    return out;
  };
  const novelty = bars.map((_, i) => (i < 3 || i > bars.length - 3 ? 0 : distance(mean(Math.max(0, i - reach), i), mean(i, Math.min(bars.length, i + reach)))));
  const level = novelty.reduce((a, b) => a + b, 0) / Math.max(1, novelty.length);
  const cuts = [0];
  novelty.forEach((value, i) => {
    const peak = novelty.slice(Math.max(0, i - reach), i + reach + 1).every((other) => other <= value);
    if (peak && value > level * 1.15 && value > 0.25 && i - (cuts.at(-1) as number) >= reach && bars.length - i >= 3) cuts.push(i);
  });
  const sections: HeardSection[] = [];
  const kinds: { label: string; mean: Float32Array }[] = [];
  cuts.forEach((from, i) => {
    const to = cuts[i + 1] ?? bars.length;
    const centre = mean(from, to);
    const alike = kinds.map((kind) => ({ kind, d: distance(kind.mean, centre) })).sort((a, b) => a.d - b.d)[0];
    const same = alike !== undefined && alike.d < 0.42;
    const label = same ? alike.kind.label : String.fromCharCode(65 + (kinds.length % 26));
    if (!same) kinds.push({ label, mean: centre });
    sections.push({
      fromSec: rounded(i === 0 ? 0 : (edges[from] as number), 3),
      toSec: rounded(edges[to] as number, 3),
      label,
      ...(same ? { repeatOf: label } : {}),
      confidence: rounded(clamp(0.3 + (novelty[from] as number) * 0.5, 0.2, 0.85), 3),
    });
  });
  return sections;
}
