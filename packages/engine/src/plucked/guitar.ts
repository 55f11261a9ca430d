import { exp, exp2, log2 } from "@kuishi/base";
import { type PluckedParameters, resonances } from "./parameters.ts";

/**
 * Air and plate resonances of a classical guitar, in the range every textbook gives (Helmholtz about 100 Hz, the
 * plates about 200, 275 and 400 Hz); levels and the rest are set by hand, no measurement stands behind them.
 */
const air = resonances(
  [
    [101, 9, -1],
    [205, 14, 2],
    [272, 16, -1],
    [395, 18, -3],
    [560, 14, -6],
    [760, 12, -8],
    [1350, 5, -9],
    [2600, 3, -11],
  ],
  -15,
);
/** 650 mm, E2 to E4; the three low strings are wound. */
function guitar(steelStrings: boolean): PluckedParameters {
  const wound = (string: number): boolean => string < 3;
  return {
    strings: 6,
    open: [4000, 4500, 5000, 5500, 5900, 6400],
    twin: () => 0,
    level: (string, n, hertz) => {
      // a string plucked sideways: -6 dB per octave, brighter with steel and with wound strings
      const slope = (steelStrings ? 4.2 : 6.4) - (wound(string) ? 0.8 : 0);
      return air(hertz) - slope * log2(n) - (hertz > 5000 ? 7 * log2(hertz / 5000) : 0) - 11;
    },
    // Steel loses little of its own; nylon's inner friction grows with frequency.
    loss: (string, fret, hertz) => {
      const kilo = hertz / 1000;
      const constant = steelStrings ? 0.75 : 1.3;
      const inner = steelStrings ? 0.16 : wound(string) ? 0.55 : 0.9;
      return (constant + inner * kilo * kilo + 0.5 * kilo) * (1 + 0.02 * fret);
    },
    // B = pi^3 E d^4 / (64 T L^2): plain 1 mm nylon (5 GPa) under 70 N, plain 0.3 mm steel (200 GPa) under 70 N, wound by their cores
    stiffness: (string, fret) => (steelStrings ? (wound(string) ? 9e-5 : 2.1e-5) : wound(string) ? 3e-5 : 8.2e-5) * exp2(fret / 6),
    rise: () => (steelStrings ? 0.0022 : 0.0035),
    body: [
      [101, 0.2, -33],
      [205, 0.16, -32],
      [272, 0.12, -36],
      [395, 0.1, -38],
    ],
    place: 0.19,
    touch: steelStrings
      ? { cutoff: 7500, noiseDb: -41, noiseHertz: 3600, noiseSeconds: 0.005 }
      : { cutoff: 3600, noiseDb: -44, noiseHertz: 2000, noiseSeconds: 0.008 },
    sharp: (_string, fret) => (steelStrings ? 4 : 7) * exp(-fret / 5),
    second: { cents: 0.6, dB: -10, loss: 0.5 },
    coupling: 0.3,
    sympathetic: [],
    partials: 32,
  };
}
/** Classical: nylon, fingers. */
export const nylon: PluckedParameters = guitar(false);
/** Western: steel, plectrum. */
export const steel: PluckedParameters = guitar(true);
