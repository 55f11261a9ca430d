import type { Instrument } from "../instrument.ts";
import { part } from "../setting.ts";

/**
 * The sybyzgy: an end-blown open pipe of 50-70 cm with three to seven holes, overblown to partials 2-5, under which its player may hum
 * (artandcrafts.cultural.kz; qazaqconcert.kz; SOAS 20; gathered in `docs/sources.md#sybyzgy`). `open` is the pitch of a pipe of 58 cm.
 */
export const sybyzgy: Instrument = {
  name: "sybyzgy",
  family: "flute",
  answersTo: ["sybyz", "sybiz", "сыбыз"],
  heard: "line",
  tunings: [],
  frets: 29,
  lowest: 5800,
  highest: 9200,
  played: "line",
  partials: [2, 3, 4, 5],
  strokes: [],
  polyphony: 1,
  sustains: { breath: 9, quickest: 0.1 },
  roles: ["counter", "double"],
  settings: { hum: part(0), humCents: { range: { unit: "cents", low: 3600, high: 6200, initial: 5000 } } },
  // General MIDI has another end-blown flute, the shakuhachi
  makes: [{ name: "sybyzgy", source: { kind: "sybyzgy", hum: 0, humCents: 5000 }, open: [6200], programs: { 77: {} } }],
};
