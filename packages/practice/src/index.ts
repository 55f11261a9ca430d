export { type CompareOptions, compare } from "./compare.ts";
export type { Followed, Pair, Place, Practice, Thing, Tuned, Verdict } from "./contract.ts";
export { EarStrokes } from "./ear-strokes.ts";
export type { TakeSound } from "./evidence.ts";
export { Follower } from "./follow.ts";
export {
  type Click,
  type MetronomeBar,
  type MetronomeSettings,
  metronomeChanged,
  metronomeOf,
  metronomeUntil,
  plainMetronome,
  readBars,
  tappedTempo,
  writeBars,
} from "./metronome.ts";
export { readTuning, type TunerTarget } from "./reading.ts";
