import type { Instrument } from "../instrument.ts";

/** Root about A3, a ninth to an eleventh (Grove; maisonduduk.com); other sizes lie up to a fifth off. */
export const balaban: Instrument = {
  name: "balaban",
  family: "reed",
  answersTo: ["balaban", "duduk", "балабан", "дудук"],
  heard: "line",
  tunings: [],
  frets: 15,
  lowest: 4800,
  highest: 8100,
  played: "line",
  strokes: [],
  polyphony: 1,
  sustains: { breath: 10, quickest: 0.14 },
  roles: ["dem", "counter", "double"],
  settings: { steady: { flag: false } },
  makes: [
    {
      name: "balaban",
      source: { kind: "balaban", steady: false },
      open: [5600],
      // reeds, a bagpipe, a shanai
      programs: Object.fromEntries([64, 65, 66, 67, 68, 69, 70, 71, 109, 111].map((program) => [program, {}])),
    },
  ],
};
