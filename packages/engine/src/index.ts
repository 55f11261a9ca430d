export * from "./devices.ts";
export * from "./drumkit.ts";
export * from "./engine.ts";
export * from "./plan.ts";
export * from "./plucked/index.ts";
export * from "./strokes.ts";
export { tanpuraCycle, tanpuraStrings } from "./tanpura.ts";
