import { readStyle, type Style } from "./style.ts";
import deepHouse from "./styles/deep-house.json" with { type: "json" };
import loFi from "./styles/lo-fi.json" with { type: "json" };
import synthPop from "./styles/synth-pop.json" with { type: "json" };

/** The styles that come with Kuishi, by name. */
export const styles: ReadonlyMap<string, Style> = new Map([deepHouse, loFi, synthPop].map((data) => [data.name, readStyle(data)]));
