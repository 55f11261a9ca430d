export { type NamedChord, nearestQuality, readChordName, rootName, soundedChord, steppedChord, transposedChord } from "./chord-name.ts";
export type { Instrument, MakeSource, MelodicRole } from "./instrument.ts";
export { dombra } from "./instruments/dombra.ts";
export { type Mode, modes } from "./modes.ts";
export {
  allMakes,
  fretsOf,
  heardInstruments,
  instrumentCalled,
  instruments,
  type KnownMake,
  makeFor,
  makeForProgram,
  makeNamed,
  makeOf,
  openOf,
  registerInstrument,
} from "./registry.ts";
export { readKbm, readScl, scaleText, type WrittenScale, writeKbm, writeScl } from "./scl.ts";
export type { Range, Setting } from "./setting.ts";
export { classDistance, degreeCents, fold, nearestDegree, type Scale } from "./tuning.ts";
