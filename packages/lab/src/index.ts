export * from "./browser.ts";
export * from "./loop.ts";
export * from "./site.ts";
export * from "./tone.ts";
