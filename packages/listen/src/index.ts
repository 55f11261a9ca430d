export { Ear, hear, type ReadTune, understandTune } from "./hear.ts";
export { type LiveEar, type LiveNote, type LiveTold, liveEar } from "./live.ts";
