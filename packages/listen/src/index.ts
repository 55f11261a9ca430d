export { Ear, hear } from "./hear.ts";
export { type LiveEar, type LiveNote, type LiveTold, liveEar } from "./live.ts";
