export * from "./browser.ts";
export * from "./site.ts";
