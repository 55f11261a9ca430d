import type { Pair } from "@kuishi/practice";

/** Of each bar that was played: how many of its notes could be told, and how many of these were right. */
export function barsOf(pairs: readonly Pair[], downbeats: readonly number[]): { readonly bar: number; readonly told: number; readonly right: number }[] {
  const bars = new Map<number, { told: number; right: number }>();
  for (const { masterOnset, verdict } of pairs) {
    if (masterOnset === null || verdict === "unsure") continue;
    const bar = downbeats.findLastIndex((at) => at <= masterOnset + 0.02) + 1;
    const own = bars.get(bar) ?? { told: 0, right: 0 };
    bars.set(bar, { told: own.told + 1, right: own.right + (verdict === "right" ? 1 : 0) });
  }
  return [...bars].sort(([a], [b]) => a - b).map(([bar, counts]) => ({ bar, ...counts }));
}
