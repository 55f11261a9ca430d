export * from "./complaint.ts";
export * from "./maths.ts";
export * from "./progress.ts";
export * from "./random.ts";
export * from "./units.ts";
