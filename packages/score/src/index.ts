export * from "./fit.ts";
export * from "./heard.ts";
export * from "./locks.ts";
export * from "./meter.ts";
export * from "./midi.ts";
export * from "./musicxml.ts";
export * from "./text.ts";
export * from "./transcript.ts";
