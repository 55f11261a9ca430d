import type { Instrument } from "../instrument.ts";

/** The drone: four strings to Sa as 3:4 (or 2:3), 1, 1, 1:2; the middle pair two cents apart (`docs/sources.md#tanpura`). It is never stopped. */
export const tanpura: Instrument = {
  name: "tanpura",
  family: "plucked",
  answersTo: ["tanpura", "tambura", "танпура", "тамбура"],
  heard: null,
  tunings: [{ name: "Pa Sa Sa Sa", open: [4300, 5500, 5502, 4302], source: "Oli Larkin, Faust tambura; browser-lehra" }],
  frets: 0,
  lowest: 3600,
  highest: 7600,
  played: "fretboard",
  strokes: [],
  polyphony: 4,
  roles: ["drone"],
  settings: {},
  // a sitar is the nearest that General MIDI has
  makes: [{ name: "tanpura", source: { kind: "tanpura" }, programs: { 104: {} } }],
};
