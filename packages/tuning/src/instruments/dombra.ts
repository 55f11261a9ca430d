import type { Instrument } from "../instrument.ts";
import { part } from "../setting.ts";

/**
 * The dombra. Tunings: docs/sources.md#dombra-tunings; 19 frets on the modern instrument, 7-11 in Arqa
 * (docs/sources.md#dombra-kinds); measured dombras lie up to a
 * fourth off D3-G3, so the ear searches two octaves and a half.
 */
export const dombra: Instrument = {
  name: "dombra",
  family: "plucked",
  answersTo: ["dombra", "dombyra", "домбра", "домбыр"],
  heard: "strokes",
  tunings: [
    { name: "on buraw", open: [5000, 5500], source: "dombyra.kz simulator; Grove" },
    { name: "teris buraw", open: [4800, 5500], source: "dombyra.kz simulator" },
  ],
  frets: 19,
  lowest: 4350,
  highest: 8000,
  played: "fretboard",
  span: 5,
  strokes: ["hammerOn", "pullOff", "slide", "muted", "tap"],
  polyphony: 2,
  roles: ["strum", "double"],
  settings: { nail: part(0.5) },
  makes: [
    // a shamisen is the nearest that General MIDI has; whatever else is of its family, too
    { name: "dombra-western", source: { kind: "plucked", model: "dombra-western", nail: 0.5 }, programs: { 106: {} } },
    { name: "dombra-arqa", source: { kind: "plucked", model: "dombra-arqa", nail: 0.5 }, frets: 11 },
  ],
};

/** The commonest Kazakh recording: someone sings and plays. Voices from bass to alto (textbook ranges). */
export const dombraVoice: Instrument = { ...dombra, name: "dombra-voice", answersTo: [], makes: [], standIn: "dombra", singer: [4300, 7600] };
