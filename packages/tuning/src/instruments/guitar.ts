import type { Instrument } from "../instrument.ts";
import { part } from "../setting.ts";

/** Six strings, standard tuning (textbook). */
export const guitar: Instrument = {
  name: "guitar",
  family: "plucked",
  answersTo: ["guitar", "гитар"],
  heard: "strokes",
  tunings: [
    { name: "E A D g b e1", open: [4000, 4500, 5000, 5500, 5900, 6400], source: "textbook" },
    { name: "D A D g b e1", open: [3800, 4500, 5000, 5500, 5900, 6400], source: "textbook" },
  ],
  frets: 20,
  lowest: 3800,
  highest: 8400,
  played: "fretboard",
  span: 4,
  strokes: ["hammerOn", "pullOff", "slide", "muted", "tap"],
  polyphony: 6,
  roles: ["strum", "double"],
  settings: { nail: part(0.5) },
  makes: [
    {
      name: "guitar-nylon",
      source: { kind: "plucked", model: "guitar-nylon", nail: 0.5 },
      frets: 19,
      // also a harp and a koto
      programs: { 24: {}, 29: {}, 30: {}, 31: {}, 46: { nail: 0.3 }, 107: { nail: 0.8 } },
    },
    {
      name: "guitar-steel",
      source: { kind: "plucked", model: "guitar-steel", nail: 0.5 },
      programs: { 25: {}, 26: { nail: 0.4 }, 27: { nail: 0.4 }, 28: { nail: 0.3 } },
    },
  ],
};
