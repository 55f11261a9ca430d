export { type Bundle, bundleTexts, canonicalJson, openBundle, packBundle } from "./bundle.ts";
export * from "./clips.ts";
export type { Draft } from "./document.ts";
export * from "./journal.ts";
export * from "./records.ts";
