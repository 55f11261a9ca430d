export { Ear, hear, type ReadTune, understandTune } from "./hear.ts";
export { type LiveEar, type LiveEvent, type LiveNote, liveEar } from "./live.ts";
