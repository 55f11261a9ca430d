export * from "./blend.ts";
export { FLAM_SEC, type Grid, makeGrid } from "./grid.ts";
export type { Harmony } from "./harmony.ts";
export type { BlendEvent, Part, Reason } from "./parts.ts";
export type { ArrangedSection } from "./sections.ts";
export * from "./style.ts";
export { styles } from "./styles.ts";
