import { exp, exp2, log2 } from "@kuishi/base";
import { type PluckedParameters, resonances } from "./parameters.ts";

/**
 * A skin: the bridge moves it ever more easily towards a formant at 500-800 Hz, and two higher ones of the bridge itself
 * (Woodhouse, Politzer, Mansour, Acta Acustica 5 (2021) 15, 16, on the banjo). Membrane ratios 1, 1.593, 2.136, 2.296.
 */
const skin = (size: number): ((hertz: number) => number) =>
  resonances(
    [
      [285 * size, 7, -3],
      [455 * size, 8, -2],
      [640 * size, 4, 3],
      [1480 * size, 5, -1],
      [2750 * size, 4, -3],
    ],
    -14,
  );

interface Kind {
  readonly open: readonly number[];
  readonly octave: readonly number[];
  readonly size: number;
  readonly sympathetic: readonly number[];
}

/** Thin metal strings in pairs, a hard mizrab near the bridge; notes live 3-10 times shorter than on wood. */
function tar({ open, octave, size, sympathetic }: Kind): PluckedParameters {
  const body = skin(size);
  return {
    strings: open.length,
    open,
    twin: (string) => (string < 3 ? 1.1 + 0.7 * string : 0),
    octaveTwin: (string) => octave.includes(string),
    level: (_string, n, hertz) => body(hertz) - 2.6 * log2(n) - (hertz > 4200 ? 9 * log2(hertz / 4200) : 0) - 16,
    loss: (_string, fret, hertz) => {
      const kilo = hertz / 1000;
      // what the skin takes, it radiates: the formant also rings shortest
      const taken = 2.4 * exp2((body(hertz) + 3) / 6);
      return (1.7 + taken + 0.5 * kilo * kilo) * (1 + 0.018 * fret);
    },
    stiffness: (string, fret) => (string === 1 ? 3.4e-5 : string === 2 ? 2.2e-5 : 5.7e-5) * exp2(fret / 6),
    rise: () => 0.0012,
    body: [
      [285 * size, 0.09, -30],
      [455 * size, 0.07, -30],
      [609 * size, 0.06, -31],
      [656 * size, 0.06, -33],
    ],
    place: 0.09,
    touch: { cutoff: 9000, noiseDb: -33, noiseHertz: 3200, noiseSeconds: 0.004 },
    sharp: (_string, fret) => 9 * exp(-fret / 5),
    second: { cents: 0.7, dB: -11, loss: 0.5 },
    coupling: 0.5,
    sympathetic: sympathetic,
    partials: 26,
  };
}

/**
 * Azerbaijani: 11 strings, three double courses, bass, and zang strings that ring along (musicmuseum.az; one of 13 tunings,
 * saxonianfolkways vol. 05: c g c1 melody, g bass, zang g1 c2).
 */
export const azerbaijani: PluckedParameters = tar({ open: [4800, 5500, 6000, 4300], octave: [], size: 1, sympathetic: [6700, 7200] });
/** Persian: three double courses, the lowest an octave pair; a larger skin. */
export const persian: PluckedParameters = tar({ open: [4800, 5500, 6000], octave: [0], size: 0.9, sympathetic: [] });
