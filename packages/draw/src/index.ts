export { fretboardSvg } from "./fretboard.ts";
export { laneBoxes } from "./lanes.ts";
export { eachColumn, type Peaks, peaksOf } from "./peaks.ts";
export { scoreSystems, writtenShift } from "./score.ts";
export { linePath, waveformPath } from "./svg.ts";
