export { Accompanist, type Lead } from "./accompany.ts";
export { type CompareOptions, compare } from "./compare.ts";
export type { Followed, Pair, Place, Practice, Thing, Tuned, Verdict } from "./contract.ts";
export { EarStrokes } from "./ear-strokes.ts";
export type { TakeSound } from "./evidence.ts";
export { Follower, type Position } from "./follow.ts";
export { memoryOf, type PassageMemory, type PassageRun, type Progress, progressOf, TURN_MS, turnsNow } from "./memory.ts";
export {
  type Click,
  FASTEST,
  type MetronomeBar,
  type MetronomeSettings,
  metronomeChanged,
  metronomeOf,
  metronomeUntil,
  plainMetronome,
  readBars,
  SLOWEST,
  tappedTempo,
  writeBars,
} from "./metronome.ts";
export { readTuning, type TunerTarget } from "./reading.ts";
export { passagePlayed, runOf } from "./run.ts";
