import { readStyle, type Style } from "./style.ts";
import acousticBand from "./styles/acoustic-band.json" with { type: "json" };
import afroHouse from "./styles/afro-house.json" with { type: "json" };
import ambient from "./styles/ambient.json" with { type: "json" };
import cinematic from "./styles/cinematic-hybrid.json" with { type: "json" };
import deepHouse from "./styles/deep-house.json" with { type: "json" };
import downtempo from "./styles/downtempo.json" with { type: "json" };
import drumAndBass from "./styles/drum-and-bass.json" with { type: "json" };
import drumCircle from "./styles/drum-circle.json" with { type: "json" };
import dub from "./styles/dub.json" with { type: "json" };
import ethnoHouse from "./styles/ethno-house.json" with { type: "json" };
import folktronica from "./styles/folktronica.json" with { type: "json" };
import loFi from "./styles/lo-fi.json" with { type: "json" };
import orchestral from "./styles/orchestral-quart-quint.json" with { type: "json" };
import qPop from "./styles/q-pop.json" with { type: "json" };
import rockBallad from "./styles/rock-ballad.json" with { type: "json" };
import synthPop from "./styles/synth-pop.json" with { type: "json" };
import techno from "./styles/techno.json" with { type: "json" };
import trap from "./styles/trap.json" with { type: "json" };

/** The styles that come with Kuishi, by name. */
export const styles: ReadonlyMap<string, Style> = new Map(
  [
    ethnoHouse,
    deepHouse,
    techno,
    trap,
    loFi,
    downtempo,
    drumAndBass,
    synthPop,
    rockBallad,
    folktronica,
    orchestral,
    acousticBand,
    qPop,
    afroHouse,
    ambient,
    cinematic,
    dub,
    drumCircle,
  ].map((data) => [data.name, readStyle(data)]),
);
