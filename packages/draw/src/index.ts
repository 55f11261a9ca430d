export * from "./fretboard.ts";
export * from "./lanes.ts";
export * from "./peaks.ts";
export * from "./score.ts";
export * from "./svg.ts";
