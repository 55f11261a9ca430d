export { type Arrangement, blend, groupsTogether } from "./blend.ts";
export { type Choices, Choices as ChoicesSchema, choicesOf, curveAt, type Reference, type Styles } from "./choices.ts";
export { type Grid, makeGrid, strokeNear } from "./grid.ts";
export { type ChordOffer, offeredChords } from "./offer.ts";
export type { Part } from "./parts/context.ts";
export { type Violation, violations } from "./parts/playable.ts";
export { DOMBRA_TIMBRE, type Timbre } from "./roughness.ts";
export { readStyle, Style, styleSchema } from "./style.ts";
export { styles } from "./styles.ts";
