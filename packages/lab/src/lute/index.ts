export * from "./lute.ts";
export * from "./practice.ts";
export * from "./render.ts";
export * from "./voice.ts";
