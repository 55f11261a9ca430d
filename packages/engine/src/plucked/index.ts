import type { Cents } from "@kuishi/base";
import { arqa, western } from "./dombra.ts";
import { nylon, steel } from "./guitar.ts";
import type { PluckedParameters } from "./parameters.ts";
import { azerbaijani, persian } from "./tar.ts";

export type { PluckedParameters } from "./parameters.ts";
export { Plucked } from "./player.ts";

declare module "../plan.ts" {
  interface Sources {
    plucked: {
      readonly model: PluckedModel;
      /** Open strings, lowest first; the model's own where none are told. */
      readonly open?: readonly Cents[];
      /** 0 fingertip .. 1 nail or plectrum. */
      readonly nail: number;
    };
  }
}
export type PluckedModel = "dombra-western" | "dombra-arqa" | "tar" | "tar-persian" | "guitar-nylon" | "guitar-steel";
/** Plucked instruments by name. */
export const plucked: Readonly<Record<PluckedModel, PluckedParameters>> = {
  "dombra-western": western,
  "dombra-arqa": arqa,
  tar: azerbaijani,
  "tar-persian": persian,
  "guitar-nylon": nylon,
  "guitar-steel": steel,
};
