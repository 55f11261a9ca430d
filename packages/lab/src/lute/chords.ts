import type { Cents, Random } from "@kuishi/base";
import type { Touch } from "./render.ts";

/** Open-position chords of a guitar in standard tuning: root above E2, quality, fret of each string (-1 = not struck). */
const SHAPES: readonly (readonly [root: Cents, quality: string, frets: readonly number[]])[] = [
  [800, "major", [-1, 3, 2, 0, 1, 0]],
  [300, "major", [3, 2, 0, 0, 0, 3]],
  [500, "minor", [-1, 0, 2, 2, 1, 0]],
  [100, "major", [1, 3, 3, 2, 1, 1]],
  [1000, "minor", [-1, -1, 0, 2, 3, 1]],
  [0, "major", [0, 2, 2, 1, 0, 0]],
  [500, "major", [-1, 0, 2, 2, 2, 0]],
  [1000, "major", [-1, -1, 0, 2, 3, 2]],
  [0, "minor", [0, 2, 2, 0, 0, 0]],
];

/** A row of strummed chords, four strums each. */
export interface StrummedChords {
  readonly touches: readonly Touch[];
  /** `root` above the lowest open string. */
  readonly chords: readonly { readonly from: number; readonly to: number; readonly root: Cents; readonly quality: string }[];
  readonly seconds: number;
}

/** Strums `count` chords of a guitar. */
export function strumChords(random: Random, count: number): StrummedChords {
  const touches: Touch[] = [];
  const chords: StrummedChords["chords"][number][] = [];
  const beat = random.between(0.35, 0.55);
  let at = 0.4;
  for (let k = 0; k < count; k++) {
    const [root, quality, frets] = random.pick(SHAPES);
    chords.push({ from: at, to: at + 4 * beat, root, quality });
    for (let strum = 0; strum < 4; strum++, at += beat) {
      const spread = random.between(0.003, 0.009);
      frets.forEach((fret, string) => {
        if (fret >= 0) touches.push({ at: at + string * spread, string, fret, velocity: random.between(0.6, 1), kind: "plucked" });
      });
    }
  }
  return { touches, chords, seconds: at + 1 };
}
