export * from "./fretboard.ts";
export * from "./lanes.ts";
export * from "./svg.ts";
