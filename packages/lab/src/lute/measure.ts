import type { SungLine } from "./voice.ts";

/** F1 of matching two lists of times, each used once, within `within` seconds and where `same` holds; with the pairs. */
export function matched<A extends { readonly at: number }, B extends { readonly at: number }>(
  truth: readonly A[],
  found: readonly B[],
  within: number,
  same: (a: A, b: B) => boolean = () => true,
): { f: number; hits: [A, B][] } {
  const used = new Set<B>();
  const hits: [A, B][] = [];
  for (const one of truth) {
    const near = found
      .filter((other) => !used.has(other) && Math.abs(other.at - one.at) <= within && same(one, other))
      .sort((a, b) => Math.abs(a.at - one.at) - Math.abs(b.at - one.at))[0];
    if (!near) continue;
    used.add(near);
    hits.push([one, near]);
  }
  return { f: truth.length + found.length === 0 ? 1 : (2 * hits.length) / (truth.length + found.length), hits };
}

/** Share of a sung line's frames whose pitch was heard within 50 cents. @param points [seconds, cents] in order. */
export function rawPitch(points: readonly (readonly [number, number])[], sung: SungLine): number {
  let [right, total, k] = [0, 0, 0];
  sung.curve.forEach((cents, f) => {
    if (cents === 0) return;
    total++;
    const t = f * sung.hopSec;
    while (k + 1 < points.length && Math.abs(points[k + 1]![0] - t) <= Math.abs(points[k]![0] - t)) k++;
    const point = points[k];
    if (point && Math.abs(point[0] - t) < 0.02 && Math.abs(point[1] - cents) < 50) right++;
  });
  return right / Math.max(1, total);
}

interface Labelled {
  readonly from: number;
  readonly to: number;
  readonly label: string;
}
/** How two divisions of the same time agree: boundaries within three seconds (F1), pairs of half seconds of one label (F1), half seconds whose label is the same. */
export function agreement(truth: readonly Labelled[], found: readonly Labelled[]): { boundaries: number; pairs: number; labels: number } {
  const merged = (list: readonly Labelled[]): Labelled[] => {
    const out: Labelled[] = [];
    for (const one of list) {
      const last = out.at(-1);
      if (last?.label === one.label) out[out.length - 1] = { ...last, to: one.to };
      else out.push(one);
    }
    return out;
  };
  const [a, b] = [merged(truth), merged(found)];
  const edges = (list: readonly Labelled[]): { at: number }[] => list.slice(1).map((one) => ({ at: one.from }));
  const at = (list: readonly Labelled[], t: number): string | undefined => list.find((one) => t >= one.from && t < one.to)?.label;
  const times = Array.from({ length: Math.floor((a.at(-1)?.to ?? 0) * 2) }, (_, k) => 0.25 + k / 2);
  const both = times.map((t) => [at(a, t), at(b, t)] as const);
  let [hit, extra, missed] = [0, 0, 0];
  both.forEach(([x, y], i) => {
    for (const [u, v] of both.slice(i + 1)) {
      if (x === u && y === v) hit++;
      else if (y === v) extra++;
      else if (x === u) missed++;
    }
  });
  return {
    boundaries: matched(edges(a), edges(b), 3).f,
    pairs: (2 * hit) / Math.max(1, 2 * hit + extra + missed),
    labels: both.filter(([x, y]) => x === y).length / Math.max(1, both.length),
  };
}
