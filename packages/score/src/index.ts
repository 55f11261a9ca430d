export * from "./heard.ts";
export * from "./meter.ts";
export * from "./midi.ts";
export * from "./musicxml.ts";
export * from "./transcript.ts";
