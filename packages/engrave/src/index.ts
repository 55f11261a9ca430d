export { type BarPlace, type Block, type Engraved, engrave } from "./engrave.ts";
export { PAGE_WIDTH } from "./pages.ts";
export type { Faces } from "./pdf.ts";
export { svgOf } from "./svg.ts";
