import type { Style } from "@kuishi/blend";

const [LOW, BACK, HIGH] = [0, 1, 2];
const ROW: Readonly<Record<string, number>> = {
  kick: LOW,
  drum: LOW,
  timpani: LOW,
  frame: LOW,
  clap: BACK,
  snare: BACK,
  rim: BACK,
  tek: BACK,
};

/**
 * A bar of a style as a picture: three rows (what is deep, what answers, what is high) over the half pulses of a bar of these groups.
 * @param groups pulses of each group of the tune's own bar.
 * @returns by row, how strong each half pulse is, 0..1.
 */
export function pulseOf(style: Style, groups: readonly number[]): readonly (readonly number[])[] {
  const pulses = groups.reduce((sum, one) => sum + one, 0);
  const starts = groups.map((_, k) => groups.slice(0, k).reduce((sum, one) => sum + one, 0));
  const every = Array.from({ length: pulses }, (_, pulse) => pulse);
  // in half pulses
  const places: Readonly<Record<string, readonly number[]>> = {
    bar: [0],
    group: starts.map((at) => 2 * at),
    inner: starts.slice(1).map((at) => 2 * at),
    back: starts.filter((_, k) => k % 2 === 1).map((at) => 2 * at),
    off: starts.map((at, k) => 2 * at + (groups[k] ?? 2)),
    pulse: every.map((at) => 2 * at),
    half: every.map((at) => 2 * at + 1),
    end: [2 * pulses - 2],
    pickup: [2 * pulses - 1],
  };
  const rows = [LOW, BACK, HIGH].map(() => Array.from({ length: 2 * pulses }, () => 0));
  for (const [drum, { rules }] of Object.entries(style.drums)) {
    const row = rows[ROW[drum] ?? HIGH]!;
    for (const rule of rules)
      for (const at of places[rule.place] ?? []) {
        const k = Math.min(row.length - 1, Math.round(at));
        row[k] = Math.max(row[k]!, rule.velocity * (rule.chance ?? 1));
      }
  }
  return rows;
}
