import type { Instrument } from "../instrument.ts";

/** One singer, bass to soprano (textbook ranges). */
export const voice: Instrument = {
  name: "voice",
  family: "voice",
  answersTo: [],
  heard: "line",
  tunings: [],
  frets: 0,
  lowest: 4000,
  highest: 8400,
  played: "line",
  strokes: [],
  polyphony: 1,
  sustains: { breath: 10, quickest: 0.1 },
  roles: [],
  settings: {},
  makes: [],
  standIn: "balaban",
};
