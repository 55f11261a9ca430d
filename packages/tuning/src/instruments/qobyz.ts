import type { Instrument } from "../instrument.ts";
import { part } from "../setting.ts";

/**
 * The qyl-qobyz: two strings of horsehair over a bowl half closed by skin, bowed; stopped by nail or fingertip from the side, and touched
 * at the nodes of natural harmonics to partial 8. Open D3 and A3 (baeuke, qobyz.jsx; a fourth is also used). Gathered in `docs/sources.md#qobyz`.
 */
export const qobyz: Instrument = {
  name: "qobyz",
  family: "bowed",
  answersTo: ["qobyz", "kobyz", "qyl", "kyl", "қобыз", "қылқобыз", "қыл", "кобыз", "кыл"],
  heard: "line",
  tunings: [{ name: "D A", open: [5000, 5700], source: "baeuke/dombyra-tuner qobyz.jsx" }],
  frets: 24,
  lowest: 4700,
  highest: 9300,
  played: "line",
  partials: [2, 3, 4, 5, 6, 8],
  strokes: ["harmonic", "slide", "hammerOn", "pullOff"],
  polyphony: 2,
  sustains: { breath: null, quickest: 0.1 },
  roles: ["dem", "counter", "double"],
  settings: { drone: part(0), harmonics: { flag: true } },
  // General MIDI has a fiddle
  makes: [{ name: "qobyz", source: { kind: "qobyz", drone: 0, harmonics: true }, programs: { 110: {} } }],
};
