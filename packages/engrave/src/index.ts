export { type BarPlace, type Block, type Engraved, engrave } from "./engrave.ts";
export { guitarProAsXml, readGuitarPro } from "./guitar-pro.ts";
export { legendOf } from "./legend.ts";
export { PAGE_WIDTH } from "./pages.ts";
export type { Faces } from "./pdf.ts";
export { songSheet } from "./song-sheet.ts";
export { svgOf } from "./svg.ts";
