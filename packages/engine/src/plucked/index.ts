import { arqa, western } from "./dombra.ts";
import { nylon, steel } from "./guitar.ts";
import type { PluckedSound } from "./sound.ts";
import { azerbaijani, persian } from "./tar.ts";

export { Plucked } from "./player.ts";
export type { PluckedSound } from "./sound.ts";

export type PluckedModel = "dombra-western" | "dombra-arqa" | "tar" | "tar-persian" | "guitar-nylon" | "guitar-steel";
/** Plucked instruments by name. */
export const plucked: Readonly<Record<PluckedModel, PluckedSound>> = {
  "dombra-western": western,
  "dombra-arqa": arqa,
  tar: azerbaijani,
  "tar-persian": persian,
  "guitar-nylon": nylon,
  "guitar-steel": steel,
};
