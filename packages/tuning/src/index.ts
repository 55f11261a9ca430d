export * from "./instruments.ts";
export * from "./modes.ts";
export * from "./scl.ts";
export * from "./tuning.ts";
