import { exp2 } from "@kuishi/base";

interface OneString {
  readonly openCents: number;
  readonly fretCents: readonly (number | null)[];
  readonly fretConfidence: readonly number[];
}

/**
 * One set of frets for a whole neck: one fret crosses all strings, so what each string tells of it is weighed by how sure it is.
 * Frets that never sounded stand between their neighbours, beyond the last heard one a semitone apart.
 * @param frets how many.
 * @returns cents above the nut by fret, the nut first; rising.
 */
export function fretTable(strings: readonly OneString[], frets: number): number[] {
  const heard = Array.from({ length: frets + 1 }, (_, fret): number | undefined => {
    let [sum, weight] = [0, 0];
    for (const string of strings) {
      const cents = string.fretCents[fret];
      if (cents === null || cents === undefined) continue;
      const sure = Math.max(0.01, string.fretConfidence[fret] ?? 0.01);
      sum += sure * (cents - string.openCents);
      weight += sure;
    }
    return weight > 0 ? sum / weight : undefined;
  });
  heard[0] = 0;
  const table: number[] = [0];
  for (let fret = 1; fret <= frets; fret++) {
    const own = heard[fret];
    const before = table[fret - 1]!;
    if (own !== undefined && own > before + 20) {
      table.push(own);
      continue;
    }
    const next = heard.findIndex((cents, k) => k > fret && cents !== undefined && cents > before + 20 * (k - fret + 1));
    table.push(next < 0 ? before + 100 : before + (heard[next]! - before) / (next - fret + 1));
  }
  return table;
}

/** Where a finger stands for a fret, as cents above the nut at both sides of its cell; a half fret lies in the upper half of one. */
export function cellOf(table: readonly number[], fret: number): readonly [number, number] {
  const upper = Math.min(table.length - 1, Math.ceil(fret));
  return [table[Math.max(0, upper - 1)]!, table[upper]!];
}

/** How far along a string a pitch lies, 0 at the nut, 1 at the bridge. */
export const alongString = (cents: number): number => 1 - exp2(-cents / 1200);
