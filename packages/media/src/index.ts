export * from "./encode.ts";
export * from "./load.ts";
export * from "./source.ts";
export * from "./wav.ts";
