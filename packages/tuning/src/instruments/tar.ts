import type { Cents } from "@kuishi/base";
import type { Instrument } from "../instrument.ts";
import { part } from "../setting.ts";

/** Frets of the Persian tar above the nut, an octave of them: means of Farhat 1966 (docs/sources.md#tar). */
export const PERSIAN_FRETS: readonly Cents[] = [0, 90, 135, 205, 295, 340, 410, 500, 565, 630, 700, 790, 835, 905, 995, 1040, 1110];

/**
 * The Azerbaijani tar's three double courses of melody and, played by hand, a bass (of its 11 strings, one of 13 tunings: saxonianfolkways
 * vol. 05); 22 frets (musicmuseum.az). The Persian tar has the same courses, the lowest an octave pair, and 25 to 28 frets.
 */
export const tar: Instrument = {
  name: "tar",
  family: "plucked",
  answersTo: ["tar", "тар"],
  heard: "strokes",
  tunings: [{ name: "c g c1", open: [4800, 5500, 6000], source: "saxonianfolkways.wordpress.com, Music of Azerbaijan vol. 05" }],
  frets: 22,
  lowest: 4700,
  highest: 8400,
  played: "fretboard",
  span: 5,
  strokes: ["hammerOn", "pullOff", "slide", "muted", "tap"],
  polyphony: 3,
  roles: ["strum", "double"],
  settings: { nail: part(0.5) },
  makes: [
    // a banjo is the skin that General MIDI has
    { name: "tar", source: { kind: "plucked", model: "tar", nail: 0.5 }, open: [4800, 5500, 6000, 4300], programs: { 105: {} } },
    { name: "tar-persian", source: { kind: "plucked", model: "tar-persian", nail: 0.5 }, frets: 25, octave: PERSIAN_FRETS },
  ],
};
