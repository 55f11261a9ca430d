export { Complaint, EXIT_CODES, type Warning } from "./complaint.ts";
export { crc32 } from "./crc32.ts";
export { escapeXml } from "./escape.ts";
export { joinedBytes, joinedSamples } from "./join.ts";
export { canonicalJson } from "./json.ts";
export {
  MOST_BARS,
  MOST_DEPTH,
  MOST_EVENTS,
  MOST_LINES,
  MOST_NOTES,
  MOST_PARTS,
  MOST_SCORE_BYTES,
  MOST_SECONDS,
  MOST_TUNE,
  MOST_TUNE_LINE,
  MOST_TUNE_LINES,
  MOST_TUNE_NOTES,
} from "./limits.ts";
export {
  along,
  atan2,
  centsToHertz,
  clamp,
  cos,
  exp,
  exp2,
  fromDb,
  hertzToCents,
  log,
  log2,
  log10,
  median,
  PI,
  pow,
  pow2i,
  rounded,
  sin,
  tan,
  toDb,
} from "./maths.ts";
export { pngOf } from "./png.ts";
export { breathe, type Progress, silent, stopIfCancelled } from "./progress.ts";
export { Queue } from "./queue.ts";
export { hash, type Random, seeded } from "./random.ts";
export { checked, type Schema } from "./schema.ts";
export { BLOCK, type Cents, type Decibels, type Frames, type Hertz, type Lufs, SAMPLE_RATE, type Seconds, TICKS_PER_QUARTER, type Ticks } from "./units.ts";
