export * from "./encode.ts";
export * from "./load.ts";
export * from "./soundfont.ts";
export * from "./source.ts";
export * from "./wav.ts";
