export * from "./chords.ts";
export * from "./form.ts";
export * from "./lute.ts";
export * from "./measure.ts";
export * from "./practice.ts";
export * from "./render.ts";
export * from "./tune.ts";
export * from "./voice.ts";
