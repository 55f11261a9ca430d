import type { Scale } from "./tuning.ts";

/** A mode the ear can name: the scale and where its cents come from. */
export interface Mode extends Scale {
  readonly source: string;
  readonly confidence: "high" | "medium" | "low";
}

const mode = (name: string, degrees: readonly number[], source: string, confidence: Mode["confidence"] = "high"): Mode => ({
  name,
  degrees,
  period: 1200,
  source,
  confidence,
});
const theory = "general theory";
const hajibeyov = "Hajibeyov, musbook.musigi-dunya.az (octave form)";

/** Templates (docs/sources.md#modes) against which measured degrees are matched; the measured cents are what is used. */
export const modes: readonly Mode[] = [
  mode("ionian", [0, 200, 400, 500, 700, 900, 1100], theory),
  mode("mixolydian", [0, 200, 400, 500, 700, 900, 1000], theory),
  mode("dorian", [0, 200, 300, 500, 700, 900, 1000], theory),
  mode("aeolian", [0, 200, 300, 500, 700, 800, 1000], theory),
  mode("phrygian", [0, 100, 300, 500, 700, 800, 1000], theory),
  mode("major pentatonic", [0, 200, 400, 700, 900], "Sipos: Mongolian Kazakh songs"),
  mode("minor pentatonic", [0, 300, 500, 700, 1000], theory),
  mode("neutral third", [0, 200, 350, 500, 700, 900, 1000], "analogy with al-Farabi; not a measurement", "low"),
  mode("neutral second and third", [0, 150, 350, 500, 700, 850, 1000], "analogy with al-Farabi; not a measurement", "low"),
  mode("chahargah", [0, 100, 400, 500, 700, 800, 1100], hajibeyov, "medium"),
  mode("humayun", [0, 100, 400, 500, 700, 800, 1000], hajibeyov, "medium"),
];
